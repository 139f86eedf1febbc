[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--exports', '13', '--history', '40d'
    Connect-Emulator @{ MaximumRetryCount = 0 }
    $all = @(Get-BatchExport)
    $refused = '{"type":"authentication_error","code":"permission_denied","detail":"No access.","attr":null}'
    $unknownKey = '{"type":"authentication_error","code":"authentication_failed","detail":"Invalid key.","attr":null}'

    # The exports of the overview, in order.
    function Get-Shown([string] $Path) {
        $html = Get-Content -LiteralPath $Path -Raw
        [regex]::Matches($html, '<th scope="row"[^>]*><a [^>]*><bdi>([^<]*)</bdi>').ForEach{ [System.Net.WebUtility]::HtmlDecode($_.Groups[1].Value) }
    }

    function Get-RepairCommand([string] $Path) {
        $html = Get-Content -LiteralPath $Path -Raw
        [regex]::Matches($html, '<code>([^<]*)</code>').ForEach{ [System.Net.WebUtility]::HtmlDecode($_.Groups[1].Value) }
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Export-BatchExportReport' {
    BeforeEach {
        Clear-EmulatorRequest
        $folder = New-Item -ItemType Directory -Path (Join-Path $TestDrive ([guid]::NewGuid()))
        $file = Join-Path $folder 'report.html'
    }

    AfterEach {
        Clear-EmulatorFault
    }

    It 'writes a page about all exports of the project, and outputs nothing' {
        Export-BatchExportReport $file | Should -BeNullOrEmpty
        Get-Shown $file | Should -Be $all.Name
        Get-ChildItem $folder | Should -HaveCount 1
    }

    It 'shows the exports that are piped in, in their order' {
        $all[3, 1, 5] | Export-BatchExportReport $file
        Get-Shown $file | Should -Be $all[3, 1, 5].Name
    }

    It 'takes names and ids' {
        Export-BatchExportReport $file -Id $all[2].Name, $all[0].Id
        Get-Shown $file | Should -Be $all[2, 0].Name
    }

    It 'writes a page without exports if none are piped in' {
        @() | Export-BatchExportReport $file
        Get-Content $file -Raw | Should -Match 'There are no exports'
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'shows the verdicts of Get-BatchExportHealth' {
        Export-BatchExportReport $file
        $html = Get-Content $file -Raw
        $verdicts = [regex]::Matches($html, '<p class="verdict"><span[^>]*><svg.*?</svg>([^<]+)').ForEach{ $_.Groups[1].Value -replace ' ' }
        $verdicts | Should -Be (Get-BatchExportHealth).Verdict
    }

    It 'judges the lag by -MaximumLag' {
        $fresh = Get-BatchExportHealth | Where-Object Verdict -EQ Fresh | Select-Object -First 1
        $fresh | Export-BatchExportReport $file -MaximumLag 1
        Get-Content $file -Raw | Should -Match 'more than 1\.0 s'
    }

    It 'shows the time from -After on' {
        $all[0] | Export-BatchExportReport $file -After (Get-Date).ToUniversalTime().Date.AddDays(-3)
        $start = [datetime]::UtcNow.Date.AddDays(-3).ToString('yyyy-MM-dd HH:mm')
        Get-Content $file -Raw | Should -Match "pictures from $start"
    }

    It 'reads the list once and the runs of each export once' {
        Export-BatchExportReport $file
        $requests = @(Get-EmulatorRequest | ForEach-Object { "$($_.path)?$($_.query)" })
        $requests | Group-Object | Where-Object Count -GT 1 | Should -BeNullOrEmpty
        @($requests -match '/batch_exports/\?').Count | Should -Be 1
        @($requests -match '/runs/\?' -notmatch 'cursor=').Count | Should -Be $all.Count
    }

    It 'writes nothing and reads no runs with -WhatIf' {
        Export-BatchExportReport $file -WhatIf
        Test-Path $file | Should -BeFalse
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'outputs the file with -PassThru' {
        $item = Export-BatchExportReport $file -PassThru
        $item | Should -BeOfType System.IO.FileInfo
        $item.FullName | Should -Be $file
        $item.Length | Should -BeGreaterThan 1000
        ($item | Get-Item).FullName | Should -Be $file
    }

    Context 'the file' {
        It 'is not replaced without -Force, and nothing is read' {
            'old' | Set-Content $file
            { Export-BatchExportReport $file } | Should -Throw -ErrorId 'FileExists,*'
            Get-Content $file | Should -Be 'old'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'is replaced with -Force' {
            'old' | Set-Content $file
            $all[0] | Export-BatchExportReport $file -Force
            Get-Content $file -Raw | Should -Match '^<!doctype html>'
            Get-ChildItem $folder | Should -HaveCount 1
        }

        It 'is relative to the location of PowerShell' {
            Push-Location $folder
            try {
                $all[0] | Export-BatchExportReport report.html
            }
            finally {
                Pop-Location
            }
            $file | Should -Exist
        }

        It 'has the name that is given, without wildcards' {
            $literal = Join-Path $folder 'report[1].html'
            $all[0] | Export-BatchExportReport $literal
            Test-Path -LiteralPath $literal | Should -BeTrue
        }

        It 'must be in a folder that exists' {
            $seen = Invoke-Watched { Export-BatchExportReport (Join-Path $folder 'none/report.html') }
            $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'NotAFolder,*'
            "$($seen.Terminating)" | Should -Match 'does not exist'
            Get-ChildItem $folder | Should -BeNullOrEmpty
        }

        It 'cannot be a folder' {
            { Export-BatchExportReport $folder -Force } | Should -Throw -ErrorId 'FileWriteFailed,*'
        }

        It 'must be in the file system' {
            { Export-BatchExportReport variable:report } | Should -Throw -ErrorId 'NotAFile,*'
            { Export-BatchExportReport none:report } | Should -Throw -ErrorId 'NotAFile,*'
        }
    }

    Context 'failures' {
        It 'shows an export that is refused with its error, and the others' {
            Add-EmulatorFault @{ pathPattern = "/batch_exports/$($all[1].Id)/runs/"; status = 403; body = $refused; times = 10 }
            $seen = Invoke-Watched { $all[0..2] | Export-BatchExportReport $file }
            $seen.Terminating | Should -BeNullOrEmpty
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'PermissionDenied,*'
            $seen.Errors[0].TargetObject | Should -Be $all[1].Id
            Get-Shown $file | Should -Be $all[0..2].Name
            $html = Get-Content $file -Raw
            $html | Should -Match '1 Not readable'
            $html | Should -Match 'PostHog refused'
        }

        It 'shows an export that does not exist' {
            $missing = [guid]::NewGuid().ToString()
            $seen = Invoke-Watched { Export-BatchExportReport $file -Id $all[0].Id, $missing }
            $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
            Get-Shown $file | Should -Be $all[0].Name, $missing
        }

        It 'shows an export whose schedule is not known here' {
            $unknown = @($all)[0] | ForEach-Object {
                $json = @{ id = $_.Id; name = 'odd'; interval = 'fortnight'; team_id = $emulator.ProjectId; latest_runs = @() } | ConvertTo-Json
                Add-EmulatorFault @{ pathPattern = "/batch_exports/$($_.Id)/$"; status = 200; body = $json; times = 1 }
                $_.Id
            }
            $seen = Invoke-Watched { Export-BatchExportReport $file -Id $unknown }
            $seen.Errors | Should -HaveCount 1
            "$($seen.Errors[0])" | Should -Match 'fortnight'
            Get-Content $file -Raw | Should -Match 'fortnight'
        }

        It 'writes no page if the exports cannot be listed' {
            Add-EmulatorFault @{ pathPattern = '/batch_exports/$'; status = 403; body = $refused; times = 1 }
            $seen = Invoke-Watched { Export-BatchExportReport $file }
            $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'PermissionDenied,*'
            $file | Should -Not -Exist
        }

        It 'ends with an error if the key is refused' {
            Add-EmulatorFault @{ pathPattern = "/batch_exports/$($all[0].Id)/runs/"; status = 401; body = $unknownKey; times = 1 }
            { $all[0] | Export-BatchExportReport $file } | Should -Throw -ErrorId 'AuthenticationFailed,*'
            $file | Should -Not -Exist
        }
    }

    Context 'the commands' {
        It 'are parsed as cmdlets of this module with the export as one argument: <_>' -ForEach @(
            "it's; Write-Host pwned #"
            "it$([char] 0x2019)s; Write-Host pwned #"
            '$(Write-Host pwned)'
            '-Force'
            '<script>alert(1)</script> "quoted" & more'
            "a`nWrite-Host pwned"
            "a$([char] 0x202E)b"
        ) {
            $id = Add-EmulatorExport -Count 1 -NamePrefix gap -History @{ incident = 'outage'; historyDays = 20 }
            $name = $_
            $export = Set-BatchExport $id -Name $name -PassThru
            $export | Export-BatchExportReport $file
            $commands = Get-RepairCommand $file
            $commands.Count | Should -BeGreaterThan 1
            foreach ($text in $commands) {
                $problems = $null
                $tree = [System.Management.Automation.Language.Parser]::ParseInput($text, [ref] $null, [ref] $problems)
                $problems | Should -BeNullOrEmpty
                $calls = @($tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true))
                foreach ($call in $calls) {
                    $call.GetCommandName() | Should -BeIn (Get-Module PSBatchExports).ExportedCmdlets.Keys
                }
                $calls[0].CommandElements[1].Value | Should -BeIn $name, $id
            }
            Remove-BatchExport $id -Confirm:$false
        }

        It 'fill the gaps that the report shows' {
            $id = Add-EmulatorExport -Count 1 -NamePrefix gap -History @{ incident = 'outage'; historyDays = 20 }
            Get-BatchExport -Id $id | Export-BatchExportReport $file
            $list = (Get-RepairCommand $file) -match 'Find-BatchExportGap' -notmatch 'WhatIf'
            $list | Should -HaveCount 1
            $found = & ([scriptblock]::Create(($list[0] -replace ' \| Repair.*')))
            $found | Should -Not -BeNullOrEmpty
            $same = Find-BatchExportGap $id -After $found[0].Start -Before $found[-1].End
            $found.ForEach{ "$($_.Kind) $($_.Start) $($_.End)" } | Should -Be $same.ForEach{ "$($_.Kind) $($_.Start) $($_.End)" }
        }

        It 'have the prefix that the module was imported with' {
            $id = Add-EmulatorExport -Count 1 -NamePrefix gap -History @{ incident = 'outage'; historyDays = 20 }
            $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $file, $id -Environment @{
                POSTHOG_HOST             = $emulator.Api
                POSTHOG_PERSONAL_API_KEY = $emulator.Key
                POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
            } {
                param($Manifest, $File, $Id)
                Import-Module $Manifest -Prefix PH
                Export-PHBatchExportReport $File -Id $Id
            }

            $run.Errors | Should -BeNullOrEmpty
            (Get-RepairCommand $file) -match 'Find-PHBatchExportGap' | Should -Not -BeNullOrEmpty
        }
    }
}
