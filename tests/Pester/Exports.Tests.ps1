[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--exports', '8'
    Connect-Emulator
    $base = "/api/projects/$($emulator.ProjectId)/batch_exports/"
    $unknown = '0195f1c2-0000-0000-0000-00000000dead'
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }

    # One line a request, without the host: 'GET /api/...?limit=1'.
    function Get-Sent([string] $Method = '*') {
        Get-EmulatorRequest | Where-Object method -Like $Method |
            ForEach-Object { "$($_.method) $($_.path)$($_.query -replace '^(?=[^?])', '?')" }
    }

    function Get-SentBody([string] $Method) {
        (Get-EmulatorRequest | Where-Object method -EQ $Method | Select-Object -Last 1).body | ConvertFrom-Json -AsHashtable
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Exports' {
    BeforeEach {
        Reset-Emulator
    }

    Context 'Get-BatchExport by name' {
        It 'finds a literal name in any case' {
            (Get-BatchExport NIGHTLY).Name | Should -Be nightly
        }

        It 'finds what several names and wildcards match, each once' {
            (Get-BatchExport -Name prod-*, nightly, *-s3).Name | Sort-Object |
                Should -Be @('nightly', 'prod-events-postgres', 'prod-events-s3', 'prod-persons-bigquery')
        }

        It 'reports a literal name that does not exist, and continues' {
            $seen = Invoke-Watched { Get-BatchExport -Name nightly, missing, nothing-* }
            $seen.Output.Name | Should -Be nightly
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].CategoryInfo.Category | Should -Be ObjectNotFound
            $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'BatchExportNameNotFound,*'
            $seen.Errors[0].TargetObject | Should -Be missing
        }

        It 'reports a literal name that does not exist, even with -First' {
            $seen = Invoke-Watched { Get-BatchExport -Name missing -First 1 }
            $seen.Errors | Should -HaveCount 1
        }

        It 'reports nothing for a wildcard that matches nothing' {
            $seen = Invoke-Watched { Get-BatchExport -Name nothing-*, n[xyz]ghtly }
            $seen.Output | Should -BeNullOrEmpty
            $seen.Errors | Should -BeNullOrEmpty
        }

        It 'finds a name with brackets, written as it is, escaped or as a wildcard' {
            $null = New-BatchExport -Name 'events [eu]' -Interval hour -Destination $http
            foreach ($name in 'events [eu]', 'events `[eu`]', 'events *') {
                (Get-BatchExport -Name $name).Name | Should -Be 'events [eu]'
            }
        }

        It 'takes a name that is not a valid pattern literally' {
            $seen = Invoke-Watched { Get-BatchExport nightly, 'w[1' }
            $seen.Output.Name | Should -Be nightly
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'BatchExportNameNotFound,*'
        }

        It 'binds rows whose project is text, as from a CSV file' {
            $row = Get-BatchExport nightly | Select-Object Id, ProjectId | ConvertTo-Csv | ConvertFrom-Csv
            ($row | Get-BatchExport).Name | Should -Be nightly
        }

        It 'finds only paused or only active exports with -Paused' {
            (Get-BatchExport -Paused $true).Name | Should -Be prod-persons-bigquery
            Get-BatchExport -Paused $false | Should -HaveCount 7
            Get-BatchExport prod-* -Paused $false | Should -HaveCount 2
        }

        It 'outputs exports with their keys' {
            $export = Get-BatchExport nightly
            $export | Should -BeOfType PSBatchExports.BatchExport
            $export.BatchExportId | Should -Be $export.Id
            $export.ProjectId | Should -Be $emulator.ProjectId
            $export.Destination.Config.table_name | Should -Be events
        }

        It 'does not list all exports for a null name' {
            $seen = Invoke-Watched { Get-BatchExport -Name $null }
            $seen.Output | Should -BeNullOrEmpty
            $seen.Terminating.CategoryInfo.Category | Should -Be InvalidData
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'sends nothing for an empty list of names, or no input' {
            Get-BatchExport -Name @() | Should -BeNullOrEmpty
            @() | Get-BatchExport | Should -BeNullOrEmpty
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }
    }

    Context 'Get-BatchExport by id' {
        It 'reports an unknown id among several and continues' {
            $ids = (Get-BatchExport -First 2).Id
            $seen = Invoke-Watched { Get-BatchExport -Id $ids[0], $unknown, $ids[1] }
            $seen.Output.Id | Should -Be $ids
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].CategoryInfo.Category | Should -Be ObjectNotFound
            $seen.Errors[0].TargetObject | Should -Be $unknown
        }

        It 'takes objects with an Id or a BatchExportId' {
            $id = (Get-BatchExport nightly).Id
            ([pscustomobject]@{ BatchExportId = $id } | Get-BatchExport).Name | Should -Be nightly
            ([pscustomobject]@{ Id = $id; ProjectId = $emulator.ProjectId } | Get-BatchExport).Name | Should -Be nightly
            (Get-BatchExport nightly | Get-BatchExport).Name | Should -Be nightly
            ((Get-BatchExport nightly).LatestRuns[0] | Get-BatchExport).Name | Should -Be nightly
        }

        It 'takes GUIDs and arrays' {
            $ids = (Get-BatchExport -First 2).Id
            (Get-BatchExport -Id ([guid[]] $ids)).Id | Should -Be $ids
        }

        It 'refuses an object that names no export instead of listing all' {
            $seen = Invoke-Watched { [PSBatchExports.SavedBatchExportFile]::new() | Get-BatchExport }
            $seen.Output | Should -BeNullOrEmpty
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].CategoryInfo.Category | Should -Be InvalidArgument
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'sends nothing for no ids' {
            Get-BatchExport -Id @() | Should -BeNullOrEmpty
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'never puts a text that is not an id into a path' -ForEach @('../me', 'a/b', 'a b', '') {
            $seen = Invoke-Watched { Get-BatchExport -Id $_ }
            @($seen.Errors) + $seen.Terminating | Should -Not -BeNullOrEmpty
            Get-EmulatorRequest | ForEach-Object { $_.path | Should -BeExactly $base }
        }

        It 'counts -First and -Skip over all that is piped in' {
            $all = Get-BatchExport -First 4
            ($all | Get-BatchExport -First 2 -Skip 1).Id | Should -Be $all[1, 2].Id
        }

        It 'filters exports by id with -Paused' {
            $all = Get-BatchExport
            (Get-BatchExport -Id $all.Id -Paused $true).Name | Should -Be prod-persons-bigquery
        }
    }

    Context 'Paging' {
        It 'sends one request for what is wanted, and outputs the total first' {
            $all = (Get-BatchExport).Name
            Clear-EmulatorRequest
            $seen = Get-BatchExport -First 3 -Skip 2 -IncludeTotalCount
            Get-Sent | Should -Be "GET ${base}?limit=3&offset=2"
            $seen | Should -HaveCount 4
            $seen[0] | Should -BeOfType uint64
            $seen[0] | Should -Be 8
            $seen[0].Accuracy | Should -Be 1.0
            $seen[1..3].Name | Should -Be $all[2..4]
        }

        It 'reports an unknown total when the client filters <name>' -ForEach @(
            @{ name = 'by name'; filter = @{ Name = 'prod-*' }; found = 3 }
            @{ name = 'by pause'; filter = @{ Paused = $true }; found = 1 }
        ) {
            $seen = @(Get-BatchExport @filter -IncludeTotalCount)
            $seen[0] | Should -BeOfType uint64
            $seen[0].Accuracy | Should -Be 0.0
            $seen | Should -HaveCount ($found + 1)
        }

        It 'applies -First and -Skip after the client has filtered' {
            (Get-BatchExport prod-* -First 1 -Skip 1).Name | Should -Be (Get-BatchExport prod-*)[1].Name
        }

        It 'sends nothing for -First 0, and one request with -IncludeTotalCount' {
            Get-BatchExport -First 0 | Should -BeNullOrEmpty
            Get-EmulatorRequest | Should -BeNullOrEmpty
            $total = Get-BatchExport -First 0 -IncludeTotalCount
            $total | Should -Be 8
            $total.Accuracy | Should -Be 1.0
            Get-EmulatorRequest | Should -HaveCount 1
        }

        It 'outputs nothing beyond the end' {
            Get-BatchExport -Skip 100 | Should -BeNullOrEmpty
            Get-BatchExport -Skip 7 -First 5 | Should -HaveCount 1
        }

        It 'outputs a thousand exports, each once, in order' {
            $null = Add-EmulatorExport -Count 992 -NamePrefix many-
            $all = Get-BatchExport
            $all | Should -HaveCount 1000
            @($all.Id | Sort-Object -Unique) | Should -HaveCount 1000
            $times = $all.CreatedAt
            (Compare-Object -ReferenceObject $times -DifferenceObject ($times | Sort-Object -Descending) -SyncWindow 0) |
                Should -BeNullOrEmpty
            Get-EmulatorRequest | Should -HaveCount 3
        }

        It 'stops after the first page when no more is taken' {
            $null = Add-EmulatorExport -Count 992 -NamePrefix many-
            Get-BatchExport | Select-Object -First 1 | Should -HaveCount 1
            @(Get-EmulatorRequest).Count | Should -BeLessOrEqual 2
        }
    }

    Context 'Remove-BatchExport' {
        It 'does not prompt with <name>' -ForEach @(
            @{ name = '-Force'; switches = @{ Force = $true } }
            @{ name = '-Confirm:$false'; switches = @{ Confirm = $false } }
        ) {
            $id = (Get-BatchExport nightly).Id
            Remove-BatchExport -Id $id @switches | Should -BeNullOrEmpty
            Get-Sent DELETE | Should -Be "DELETE $base$id/"
            (Invoke-Watched { Get-BatchExport -Id $id }).Errors | Should -HaveCount 1
        }

        It 'fails without -Force in a noninteractive process, and sends nothing' {
            $id = (Get-BatchExport nightly).Id
            $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $id -Environment @{
                POSTHOG_PERSONAL_API_KEY = $emulator.Key; POSTHOG_HOST = $emulator.Api; POSTHOG_PROJECT_ID = "$($emulator.ProjectId)"
            } {
                param($Manifest, $Id)
                Import-Module $Manifest
                foreach ($more in @{}, @{ Force = $false }) {
                    try { Remove-BatchExport -Id $Id @more; 'nothing' } catch { "$_" }
                }
            }
            $run.Output | Should -HaveCount 2
            $run.Output | Should -BeLike '*NonInteractive*'
            Get-Sent DELETE | Should -BeNullOrEmpty
        }

        It 'reports an unknown id among several piped ones and removes the rest' {
            $all = Get-BatchExport -First 2
            $seen = Invoke-Watched { $all[0], ([pscustomobject]@{ Id = $unknown }), $all[1] | Remove-BatchExport -Force }
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].TargetObject | Should -Be $unknown
            Get-BatchExport | Should -HaveCount 6
        }

        It 'sends nothing for no ids' {
            Remove-BatchExport -Id @() -Force
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }
    }

    Context 'New-BatchExport' {
        It 'requests no list of names <name>' -ForEach @(
            @{ name = 'by default'; switches = @{} }
            @{ name = 'with -Confirm:$false'; switches = @{ Confirm = $false } }
        ) {
            $null = New-BatchExport -Name twin -Interval hour -Destination $http @switches
            Get-Sent | Should -Be "POST $base"
        }

        It 'requests the list of names with -WhatIf' {
            New-BatchExport -Name twin -Interval hour -Destination $http -WhatIf
            Get-Sent | Should -BeLike "GET $base*"
        }
    }

    Context 'Suspend-BatchExport and Resume-BatchExport' {
        It 'pauses and resumes without output' {
            $id = (Get-BatchExport nightly).Id
            Suspend-BatchExport $id | Should -BeNullOrEmpty
            (Get-BatchExport -Id $id).Status | Should -Be Paused
            Resume-BatchExport $id | Should -BeNullOrEmpty
            (Get-BatchExport -Id $id).Paused | Should -BeFalse
            Get-Sent POST | Should -Be @("POST $base$id/pause/", "POST $base$id/unpause/")
        }

        It 'outputs the export with -PassThru' {
            $paused = Get-BatchExport prod-* | Suspend-BatchExport -PassThru
            $paused | Should -HaveCount 3
            $paused.Paused | Should -Not -Contain $false
            $resumed = $paused | Resume-BatchExport -PassThru
            $resumed | Should -HaveCount 3
            $resumed.Paused | Should -Not -Contain $true
        }

        It 'accepts an export that is already <state>' -ForEach @(
            @{ state = 'paused'; command = 'Suspend-BatchExport'; name = 'prod-persons-bigquery' }
            @{ state = 'running'; command = 'Resume-BatchExport'; name = 'nightly' }
        ) {
            $seen = Invoke-Watched { Get-BatchExport $name | & $command -PassThru }
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output | Should -HaveCount 1
        }

        It 'requests a backfill only with -Backfill' {
            $export = Get-BatchExport prod-persons-bigquery
            $export | Resume-BatchExport -Backfill:$false
            (Get-SentBody POST).backfill | Should -BeFalse
            $export | Suspend-BatchExport
            $export | Resume-BatchExport -Backfill
            (Get-SentBody POST).backfill | Should -BeTrue
        }

        It 'pauses the exports of piped runs' {
            $run = (Get-BatchExport nightly).LatestRuns[0]
            $run | Suspend-BatchExport
            (Get-BatchExport nightly).Paused | Should -BeTrue
        }
    }

    Context 'An organization' {
        BeforeAll {
            $organization = $emulator.OrganizationId
            $theirs = "/api/organizations/$organization/batch_exports/"
        }

        It 'lists the exports of all its projects' {
            @(Get-BatchExport -OrganizationId $organization).Count | Should -BeGreaterOrEqual 8
            Get-Sent | Should -Be "GET ${theirs}?limit=100"
        }

        It 'can be given as <_>' -ForEach 'current', '@current' {
            $null = Get-BatchExport -OrganizationId $_ -First 1
            Get-Sent | Should -Be 'GET /api/organizations/@current/batch_exports/?limit=1'
        }

        It 'overrides the project of a piped export' {
            Get-BatchExport -OrganizationId $organization nightly | Suspend-BatchExport -OrganizationId $organization
            Get-Sent POST | Should -BeLike "POST $theirs*/pause/"
            Get-BatchExport nightly | Get-BatchExport -OrganizationId $organization | Should -HaveCount 1
            (Get-Sent)[-1] | Should -BeLike "GET $theirs*"
        }

        It 'cannot be combined with -ProjectId: <name>' -ForEach @(
            @{ name = 'Get-BatchExport'; more = @{} }
            @{ name = 'Set-BatchExport'; more = @{ Id = 'x'; Name = 'y' } }
            @{ name = 'Remove-BatchExport'; more = @{ Id = 'x'; Force = $true } }
            @{ name = 'Suspend-BatchExport'; more = @{ Id = 'x' } }
            @{ name = 'Resume-BatchExport'; more = @{ Id = 'x' } }
            @{ name = 'New-BatchExport'; more = @{ Name = 'y'; Interval = 'hour'; Destination = @{ type = 'HTTP'; config = @{} } } }
            @{ name = 'Get-BatchExportLog'; more = @{ BatchExportId = 'x' } }
        ) {
            $seen = Invoke-Watched { & $name @more -ProjectId 1 -OrganizationId $organization }
            $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'AmbiguousParameterSet,*'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'is taken from the connection unless -ProjectId is given' {
            $connection = Connect-Emulator @{ OrganizationId = $organization; SkipValidation = $true; PassThru = $true }
            try {
                $export = Get-BatchExport nightly
                $export | Suspend-BatchExport
                $export | Resume-BatchExport
                Set-BatchExport $export.Id -Name nightly
                $null = Get-BatchExportLog $export.Id -First 1
                Remove-BatchExport $export.Id -Force
                Get-Sent | Should -BeLike "* $theirs*"

                Clear-EmulatorRequest
                $null = Get-BatchExport -ProjectId $emulator.ProjectId -First 1
                $null = Get-BatchExportRun -OnDemand
                Get-Sent | Should -BeLike "* /api/projects/$($emulator.ProjectId)/*"
            }
            finally {
                $connection | Disconnect-BatchExportService
                Connect-Emulator
            }
        }
    }

    Context '-ApiPath Environments' {
        It 'sets the prefix of every request, next pages included' {
            $null = Add-EmulatorExport -Count 120
            $connection = Connect-Emulator @{ ApiPath = 'Environments'; SkipValidation = $true; PassThru = $true }
            try {
                Get-BatchExport | Should -HaveCount 128
                (Get-Sent)[0] | Should -Be "GET /api/environments/$($emulator.ProjectId)/batch_exports/?limit=100"
            }
            finally {
                $connection | Disconnect-BatchExportService
                Connect-Emulator
            }
        }
    }
}
