[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'They change an emulator of the tests only.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0.2'
    Connect-Emulator @{ MaximumRetryCount = 0 }
    $base = "/api/projects/$($emulator.ProjectId)/batch_exports/"
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
    $unknown = '0195f1c2-0000-0000-0000-00000000dead'

    function Get-Query {
        @(Get-EmulatorRequest | ForEach-Object { [uri]::UnescapeDataString($_.query).TrimStart('?') })
    }

    function New-Export([string] $Name = 'fresh') {
        (New-BatchExport -Name $Name -Interval hour -Destination $http).Id
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Get-BatchExportRun' {
    BeforeEach {
        Reset-Emulator
    }

    Context 'by id' {
        It 'searches the whole history' {
            $run = (Get-BatchExport nightly).LatestRuns[3]
            Clear-EmulatorRequest
            (Get-BatchExportRun $run.BatchExportId -RunId $run.RunId).RunId | Should -Be $run.RunId
            Get-Query | Should -BeLike 'after=2000*'
        }

        It 'finds a run that is 400 days old, which a list without -After does not' {
            $export = New-Export
            $old = Add-EmulatorScheduledRun $export -DaysAgo 400
            (Get-BatchExportRun $export -RunId $old).CreatedAt | Should -BeLessThan (Get-Date).AddDays(-399)
            Get-BatchExportRun $export -WarningAction SilentlyContinue | Should -BeNullOrEmpty
            (Get-BatchExportRun $export -After (Get-Date).AddDays(-401)).RunId | Should -Be $old
        }

        It 'reads ten pages with -After, each run once and in order' {
            $export = New-Export
            $added = Add-EmulatorScheduledRun $export -Count 1000 -DaysAgo 30
            Clear-EmulatorRequest
            (Get-BatchExportRun $export -After (Get-Date).AddDays(-40)).RunId | Should -Be $added
            Get-EmulatorRequest | Should -HaveCount 10
        }

        It 'accepts piped runs, scheduled and on demand' {
            $scheduled = (Get-BatchExport nightly).LatestRuns[0]
            $onDemand = Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02
            $onDemand.BatchExportId | Should -BeNullOrEmpty
            ($scheduled, $onDemand | Get-BatchExportRun).RunId | Should -Be @($scheduled.RunId, $onDemand.RunId)
        }

        It 'leaves out a run that is not in the statuses asked for' {
            $run = (Get-BatchExport nightly).LatestRuns | Where-Object Status -EQ Completed | Select-Object -First 1
            Get-BatchExportRun $run.BatchExportId -RunId $run.RunId -Status Failed | Should -BeNullOrEmpty
            Get-BatchExportRun $run.BatchExportId -RunId $run.RunId -Before 2020-01-01 | Should -BeNullOrEmpty
            (Get-BatchExportRun $run.BatchExportId -RunId $run.RunId -Status failed, completed).RunId | Should -Be $run.RunId
        }

        It 'accepts an on-demand run from a CSV file, whose export is an empty cell' {
            $run = Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02
            $row = $run | Select-Object RunId, BatchExportId | ConvertTo-Csv | ConvertFrom-Csv
            ($row | Get-BatchExportRun).RunId | Should -Be $run.RunId
        }

        It 'reports an unknown run and continues' {
            $run = (Get-BatchExport nightly).LatestRuns[0]
            $seen = Invoke-Watched { Get-BatchExportRun $run.BatchExportId -RunId $unknown, $run.RunId }
            $seen.Output.RunId | Should -Be $run.RunId
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].TargetObject | Should -Be $unknown
            $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        }

        It 'sends nothing for empty lists, and refuses an object that names neither run nor export' {
            @() | Get-BatchExportRun | Should -BeNullOrEmpty
            Get-BatchExportRun @() | Should -BeNullOrEmpty
            $id = (Get-BatchExport nightly).Id
            Clear-EmulatorRequest
            Get-BatchExportRun $id -RunId @() | Should -BeNullOrEmpty
            (Invoke-Watched {
                [pscustomobject]@{ BatchExportId = $null; RunId = $null } | Get-BatchExportRun
            }).Errors[0].FullyQualifiedErrorId | Should -BeLike 'NoIdentity,*'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }
    }

    Context 'as a list' {
        It 'reads ten pages' {
            $id = New-Export
            $null = Start-BatchExportBackfill $id -StartAt 2026-09-01 -EndAt 2026-10-10T23:00Z | Wait-BatchExportBackfill
            Clear-EmulatorRequest
            $runs = Get-BatchExportRun $id -After 2026-01-01
            $runs | Should -HaveCount 959
            $runs.RunId | Select-Object -Unique | Should -HaveCount 959
            Get-EmulatorRequest | Should -HaveCount 10
        }

        It 'counts -First and -Skip for each export' {
            $ids = (Get-BatchExport nightly, prod-events-s3).Id
            $runs = Get-BatchExport nightly, prod-events-s3 | Get-BatchExportRun -First 2 -Skip 1
            $runs | Group-Object BatchExportId | ForEach-Object Count | Should -Be @(2, 2)
            $all = Get-BatchExportRun $ids[0]
            ($runs | Where-Object BatchExportId -EQ $ids[0]).RunId | Should -Be $all[1, 2].RunId
        }

        It 'reads the lists of piped exports at once, and outputs them in order' {
            $exports = Get-BatchExport
            Clear-EmulatorRequest
            Add-EmulatorFault @{ pathPattern = '/runs/'; delay = 2; times = 1 }
            $runs = $exports | Get-BatchExportRun -First 1
            $runs.BatchExportId | Should -Be @($exports.Id | Where-Object { $_ -in $runs.BatchExportId })
            $sent = @(Get-EmulatorRequest).at | ForEach-Object { [datetime] $_ } | Sort-Object
            $sent | Should -HaveCount $exports.Count
            $sent[-1] - $sent[0] | Should -BeLessThan ([timespan] '0:00:01.9')
        }

        It 'outputs the other lists if one cannot be read' {
            $seen = Invoke-Watched { (Get-BatchExport nightly).Id, $unknown, (Get-BatchExport prod-events-s3).Id | Get-BatchExportRun -First 1 }
            $seen.Output | Should -HaveCount 2
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].TargetObject | Should -Be $unknown
        }

        It 'reads the list of exports once for several names' {
            Clear-EmulatorRequest
            $null = 'nightly', 'prod-events-s3' | Get-BatchExportRun -First 1
            Get-EmulatorRequest | Where-Object path -EQ $base | Should -HaveCount 1
        }

        It 'outputs first that the total is unknown' {
            $total, $runs = Get-BatchExportRun (Get-BatchExport nightly).Id -IncludeTotalCount -First 1
            $total | Should -BeOfType uint64
            $total.Accuracy | Should -Be 0.0
            $runs | Should -HaveCount 1
        }

        It 'sends several statuses in the spelling of the service' {
            $null = Get-BatchExportRun (Get-BatchExport nightly).Id -Status failed, TimedOut, Newer -ErrorAction SilentlyContinue
            (Get-Query)[-1] | Should -Be 'status=Failed&status=TimedOut&status=Newer'
        }

        It 'reports a status that the service does not know, naming the parameter' {
            $seen = Invoke-Watched { Get-BatchExportRun (Get-BatchExport nightly).Id -Status Nope }
            "$($seen.Errors[0])" | Should -BeLike '-Status: *'
        }

        It 'orders by data interval when -IntervalStart or -IntervalEnd is given' {
            $id = (Get-BatchExport nightly).Id
            Clear-EmulatorRequest
            $runs = Get-BatchExportRun $id -IntervalStart (Get-Date).AddDays(-2) -After 2020-01-01
            $runs | Should -Not -BeNullOrEmpty
            Get-Query | Should -BeLike 'ordering=-data_interval_start&start=*'
        }
    }

    Context 'without a start' {
        It 'recommends -After in a warning when nothing is found: <Given>' -ForEach @(
            @{ Given = 'nothing'; With = @{}; Names = '-After' }
            @{ Given = 'a status'; With = @{ Status = 'Failed' }; Names = '-After' }
            @{ Given = '-First'; With = @{ First = 3 }; Names = '-After' }
            @{ Given = 'an order by interval'; With = @{ OrderBy = 'data_interval_start' }; Names = '-IntervalStart' }
        ) {
            $seen = Invoke-Watched { New-Export one | ForEach-Object { Get-BatchExportRun $_ @With } }
            $seen.Output | Should -BeNullOrEmpty
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Warnings | Should -HaveCount 1
            $seen.Warnings | Should -BeLike "*one (*)*seven days*$Names*"
        }

        It 'does not warn when a start is given: <Given>' -ForEach @(
            @{ Given = '-After'; With = @{ After = '2026-01-01' } }
            @{ Given = '-IntervalStart'; With = @{ IntervalStart = '2026-01-01' } }
            @{ Given = 'both windows'; With = @{ After = '2026-01-01'; IntervalEnd = '2026-02-01' } }
            @{ Given = '-First 0'; With = @{ First = 0 } }
        ) {
            (Invoke-Watched { Get-BatchExportRun (New-Export) @With }).Warnings | Should -BeNullOrEmpty
        }

        It 'does not warn when something is found' {
            (Invoke-Watched { Get-BatchExportRun (Get-BatchExport nightly).Id }).Warnings | Should -BeNullOrEmpty
        }
    }

    It 'reports a server that repeats a cursor, after the runs that it sent' {
        $id = New-Export
        Add-EmulatorFault @{
            pathPattern = '/runs/'; times = 9; status = 200
            body = @{
                next     = "$($emulator.Api)$base$id/runs/?cursor=again"
                previous = $null
                results  = @(@{ id = $unknown; status = 'Completed' })
            }
        }
        $seen = Invoke-Watched { Get-BatchExportRun $id }
        $seen.Output | Should -HaveCount 1
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'UnexpectedResponse,*'
        Clear-EmulatorFault
    }
}

Describe 'Restart-BatchExportRun' {
    BeforeEach {
        Reset-Emulator
        $run = Get-BatchExport nightly | Get-BatchExportRun -First 1
        Clear-EmulatorRequest
    }

    It 'restarts a run and outputs the name of the backfill' {
        $restarted = Restart-BatchExportRun $run.RunId -BatchExportId $run.BatchExportId
        $restarted.RestartedRunId | Should -Be $run.RunId
        $restarted.PSObject.Properties['RunId'] | Should -BeNullOrEmpty -Because 'that run is over'
        $restarted.BackfillId | Should -BeLike "$($run.BatchExportId)-Backfill-*"
        $restarted.ProjectId | Should -Be $emulator.ProjectId
    }

    It 'reports an unknown run' {
        $seen = Invoke-Watched { Restart-BatchExportRun $unknown -BatchExportId $run.BatchExportId }
        "$($seen.Errors[0])" | Should -BeLike "Run '$unknown' was not found*"
    }

    It 'sends one request, and says what to check when the answer is lost' {
        Add-EmulatorFault @{ pathPattern = '/retry/'; resetAfterProcessing = $true }
        $seen = Invoke-Watched { $run | Restart-BatchExportRun }
        "$($seen.Errors[0])" | Should -BeLike '*backfill may have been created*'
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike "*: Get-BatchExportBackfill $($run.BatchExportId) -First 3."
        Get-EmulatorRequest | Should -HaveCount 1
    }

    It 'sends nothing with -WhatIf, or without input' {
        $run | Restart-BatchExportRun -WhatIf
        $run | Stop-BatchExportRun -WhatIf
        @() | Restart-BatchExportRun
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'takes the same runs as Stop-BatchExportRun, which outputs them with -PassThru' {
        ($run | Stop-BatchExportRun -PassThru).Status | Should -Be Cancelled
    }
}

Describe 'Get-BatchExportLog -Follow' {
    BeforeEach {
        Reset-Emulator
    }

    It 'ends when the run that it follows has ended: <Kind>' -ForEach @(
        @{ Kind = 'scheduled'; Get = { Get-BatchExport nightly | Get-BatchExportRun -First 1 } }
        @{ Kind = 'on demand'; Get = { Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 } }
    ) {
        $run = & $Get
        Set-EmulatorRun $run.RunId Completed
        $seen = Invoke-Watched { $run | Get-BatchExportLog -Follow -After 2020-01-01 }
        $seen.Output | Should -Not -BeNullOrEmpty
        $seen.Output.Timestamp | Should -Be @($seen.Output.Timestamp | Sort-Object)
        $seen.Seconds | Should -BeLessThan 10
    }

    It 'continues after a 429 and a 502, with a warning for each' {
        $run = Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02
        Set-EmulatorRun $run.RunId Completed
        Add-EmulatorFault @{
            pathPattern = '/logs/'
            status      = 429
            headers     = @{ 'Retry-After' = '1' }
        }, @{ pathPattern = '/logs/'; status = 502 }
        $seen = Invoke-Watched { $run | Get-BatchExportLog -Follow -After 2020-01-01 }
        $seen.Warnings | Should -HaveCount 2
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Output | Should -Not -BeNullOrEmpty
    }

    It 'ends with -First, and with Select-Object -First' {
        $id = (Get-BatchExport nightly).Id
        $seen = Invoke-Watched { Get-BatchExportLog $id -Follow -After 2020-01-01 | Select-Object -First 2 }
        $seen.Output | Should -HaveCount 2
        $seen.Seconds | Should -BeLessThan 10
        $oldest = Get-BatchExportLog $id | Select-Object -Last 3
        (Get-BatchExportLog $id -Follow -After 2020-01-01 -First 2 -Skip 1).Message | Should -Be @($oldest[1].Message, $oldest[0].Message)
    }
}
