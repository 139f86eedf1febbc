[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

# Two services at once: what was read from one is never done at the other.
BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $options = '--run-duration', '0', '--list-duration', '0'
    $elsewhere = Start-Emulator -Arguments ($options + '--seed', '7')
    $other = Connect-Emulator @{ PassThru = $true }
    $here = Start-Emulator -Arguments $options
    Connect-Emulator
    $current = Get-BatchExportConnection
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
}

AfterAll {
    Disconnect-BatchExportService $other
    Disconnect-BatchExportService
    Stop-Emulator $elsewhere
    Stop-Emulator $here
    Remove-Module Support
}

Describe 'An object of another connection' {
    BeforeEach {
        Clear-EmulatorRequest -Emulator $here
        Clear-EmulatorRequest -Emulator $elsewhere
    }

    It 'is sent back to where it came from: <name>' -ForEach @(
        @{ name = 'an export that is suspended'; action = { Get-BatchExport nightly -Connection $other | Suspend-BatchExport } }
        @{ name = 'the runs of an export'; action = { Get-BatchExport nightly -Connection $other | Get-BatchExportRun -First 1 } }
        @{
            name   = 'a run that is looked at again'
            action = { Get-BatchExport nightly -Connection $other | Get-BatchExportRun -First 1 | Get-BatchExportRun }
        }
        @{
            name   = 'one of an export''s latest runs'
            action = { (Get-BatchExport nightly -Connection $other).LatestRuns[0] | Get-BatchExportLog -First 1 }
        }
        @{
            name   = 'a backfill'
            action = { Get-BatchExport prod-events-s3 -Connection $other | Get-BatchExportBackfill -First 1 | Get-BatchExportBackfill }
        }
        @{ name = 'a file'; action = {
                $run = Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-01T01:00Z -Connection $other
                $run | Wait-BatchExportRun | Get-BatchExportFile | Save-BatchExportFile (Join-Path $TestDrive file)
            }
        }
    ) {
        $seen = Invoke-Watched $action
        $seen.Errors | Should -BeNullOrEmpty
        Get-EmulatorRequest -Emulator $here | Should -BeNullOrEmpty
        Get-EmulatorRequest -Emulator $elsewhere | Should -Not -BeNullOrEmpty
    }

    It 'does not affect a following object of the current connection' {
        $exports = @(Get-BatchExport nightly -Connection $other) + @(Get-BatchExport nightly) +
            @(Get-BatchExport prod-events-s3 -Connection $other)
        $exports | Suspend-BatchExport -Connection $other -WhatIf
        $exports | Resume-BatchExport
        (Get-EmulatorRequest -Emulator $here | Where-Object method -EQ POST).path | Should -BeLike "*$($exports[1].Id)/unpause/"
        @(Get-EmulatorRequest -Emulator $elsewhere | Where-Object method -EQ POST) | Should -HaveCount 2
    }

    It 'is sent to an explicit -Connection' {
        $seen = Invoke-Watched { Get-BatchExport nightly -Connection $other | Get-BatchExportRun -First 1 -Connection $current }
        "$($seen.Errors[0])" | Should -BeLike '*was not found*'
    }

    It 'needs no current connection' {
        $export = Get-BatchExport nightly -Connection $other
        $runspace = New-TestRunspace
        try {
            $shell = [powershell]::Create($runspace).AddScript({ param($Export) $Export | Get-BatchExportRun -First 1 }).
                AddArgument($export)
            $shell.Invoke() | Should -HaveCount 1
            $shell.Streams.Error | Should -BeNullOrEmpty
        }
        finally {
            $runspace.Dispose()
        }
    }

    It 'shows no connection as its property' {
        $export = Get-BatchExport nightly -Connection $other
        ($export | Get-Member).Name | Should -Not -Contain Connection
        $export | ConvertTo-Json -Depth 5 -WarningAction Ignore | Should -Not -BeLike '*"Connection"*'
        ($export | Select-Object *).PSObject.Properties.Name | Should -Not -Contain Connection
    }

    Context 'that is closed' {
        BeforeAll {
            function Connect-To([object] $Emulator) {
                $key = ConvertTo-SecureString $Emulator.Key -AsPlainText
                $with = @{ ApiHost = $Emulator.Api; ApiKey = $key; ProjectId = $Emulator.ProjectId }
                Connect-BatchExportService @with -SkipValidation -PassThru
            }

            $closing = Connect-To $elsewhere
            $export = Get-BatchExport nightly -Connection $closing
            $project = Get-BatchExportProject -Connection $closing | Select-Object -First 1
            $folder = Join-Path $TestDrive closed
            $file = $export | Export-BatchExportConfiguration $folder
            (Get-Content $file -Raw).Replace('"nightly"', '"new"') | Set-Content $file
            $difference = Compare-BatchExportConfiguration $folder -Connection $closing
            Disconnect-BatchExportService $closing
            $null = Connect-To $here
        }

        It 'is not sent to another host: <name>' -ForEach @(
            @{ name = 'an export'; action = { $export | Get-BatchExportRun -First 1 } }
            @{ name = 'a project'; action = { $project | Get-BatchExport } }
            @{ name = 'a difference'; action = { $difference | Sync-BatchExportConfiguration } }
            @{ name = 'a difference that is typed'; action = { Sync-BatchExportConfiguration $difference } }
            @{ name = 'an export as -Connection'; action = { Get-BatchExport -Connection $export } }
        ) {
            $seen = Invoke-Watched $action
            "$($seen.Errors)$($seen.Terminating)" | Should -BeLike "*$($elsewhere.Api)*has been closed*"
            Get-EmulatorRequest -Emulator $here | Should -BeNullOrEmpty
        }

        It 'does not stop the objects that follow' {
            $seen = Invoke-Watched { $export, (Get-BatchExport nightly) | Get-BatchExport }
            $seen.Errors | Should -HaveCount 1
            $seen.Output | Should -HaveCount 1
        }

        It 'is sent to the typed connection' {
            $seen = Invoke-Watched { $project | Get-BatchExport -Connection $other }
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output.ApiHost | Sort-Object -Unique | Should -Be $other.ApiHost
        }

        It 'is sent to the current connection if that is to the same host' {
            $again = Connect-To $elsewhere
            $seen = Invoke-Watched {
                $export | Get-BatchExportRun -First 1
                $project | Get-BatchExport -First 1
                Sync-BatchExportConfiguration $difference -WhatIf
            }
            Disconnect-BatchExportService $again
            $null = Connect-To $here
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output | Should -HaveCount 2
            Get-EmulatorRequest -Emulator $here | Should -BeNullOrEmpty
        }
    }

    It 'goes back also as an argument of Sync-BatchExportConfiguration' {
        $folder = Join-Path $TestDrive typed
        $file = Get-BatchExport nightly -Connection $other | Export-BatchExportConfiguration $folder
        (Get-Content $file -Raw).Replace('"nightly"', '"typed"') | Set-Content $file
        Clear-EmulatorRequest -Emulator $here
        Sync-BatchExportConfiguration (Compare-BatchExportConfiguration $folder -Connection $other)
        Get-EmulatorRequest -Emulator $here | Should -BeNullOrEmpty
        (Get-EmulatorRequest -Emulator $elsewhere | Where-Object method -EQ POST).body | Should -BeLike '*"typed"*'
    }

    It 'is an error when it is null, and not sent to the current connection' {
        (Invoke-Watched { Get-BatchExport -Connection $null }).Terminating.FullyQualifiedErrorId | Should -BeLike 'NoConnection,*'
    }
}

Describe 'The prompt before a change' {
    BeforeAll {
        $arguments = @(Get-ModuleUnderTest) + $here.Api, $here.Key, "$($here.ProjectId)", $elsewhere.Api, $elsewhere.Key
        $told = (Invoke-InFreshPwsh -Arguments $arguments {
                param($Manifest, $Api, $Key, $Project, $OtherApi, $OtherKey)
                Import-Module $Manifest
                $with = @{ ProjectId = $Project; PassThru = $true }
                $keys = $OtherKey, $Key | ForEach-Object { [System.Net.NetworkCredential]::new('', $_).SecurePassword }
                $other = $keys[0] | Connect-BatchExportService -ApiHost $OtherApi @with
                $null = $keys[1] | Connect-BatchExportService -ApiHost $Api @with
                $new = @{
                    Interval    = 'hour'
                    Destination = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 't' } }
                }
                Get-BatchExport nightly -Connection $other | Remove-BatchExport -WhatIf
                New-BatchExport fresh @new -Connection $other -WhatIf
                Suspend-BatchExport nightly -Connection $other -WhatIf
                Suspend-BatchExport 0195f1c2-0000-0000-0000-00000000dead -ProjectId "${Project}0" -WhatIf
                Get-BatchExport nightly | Suspend-BatchExport -WhatIf
                New-BatchExport Nightly @new -WhatIf
                $folder = Join-Path ([IO.Path]::GetTempPath()) ([guid]::NewGuid())
                $file = Get-BatchExport nightly | Export-BatchExportConfiguration $folder
                (Get-Content $file -Raw).Replace('"nightly"', '"copy"') | Set-Content $file
                $differences = Compare-BatchExportConfiguration $folder -Connection $other
                $differences, (Compare-BatchExportConfiguration $folder) | Sync-BatchExportConfiguration -WhatIf
                Remove-Item $folder -Recurse
                Disconnect-BatchExportService
                $env:POSTHOG_HOST, $env:POSTHOG_PROJECT_ID, $env:POSTHOG_PERSONAL_API_KEY = $Api, $Project, $Key
                $read = Get-BatchExport nightly
                $read | Suspend-BatchExport -WhatIf
                $env:POSTHOG_PROJECT_ID = "${Project}0"
                $read | Suspend-BatchExport -WhatIf
            }).Output
    }

    It 'names project and host when they are not the current ones' {
        $told | Should -HaveCount 10
        $told[0..2] | ForEach-Object { $_ | Should -BeLike "What if:* in project $($elsewhere.ProjectId) at $($elsewhere.Api)*" }
        $told[3] | Should -BeLike "What if:* in project $($here.ProjectId)0 at $($here.Api)*"
        $told[9] | Should -BeLike "What if:* in project $($here.ProjectId) at $($here.Api)*"
    }

    It 'does not name the current project and host' {
        $told[4, 8] | Should -BeLike 'What if:*nightly (*'
        $told[4, 8] | Should -Not -BeLike '* in project *'
    }

    It 'names those of each difference' {
        $told[6] | Should -BeLike "What if:* in project $($elsewhere.ProjectId) at $($elsewhere.Api)*"
        $told[7] | Should -BeLike 'What if:*copy*'
        $told[7] | Should -Not -BeLike '* in project *'
    }

    It 'warns that the name of a new export is taken' {
        $told[5] | Should -BeLike "What if:*$((Get-BatchExport nightly).Id) has that name already*"
        $told[1] | Should -Not -BeLike '*has that name*'
    }
}
