[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0.3'
    Connect-Emulator
    $base = "/api/projects/$($emulator.ProjectId)/file_download_batch_exports/"
    $unknown = '0195f1c2-0000-0000-0000-00000000dead'
    $span = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-01T01:00Z' }

    function Get-SentBody([string] $Method) {
        (Get-EmulatorRequest | Where-Object method -EQ $Method | Select-Object -Last 1).body
    }

    function Invoke-Run([int] $Count) {
        1..$Count | ForEach-Object { Start-BatchExportRun @span }
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Runs' {
    BeforeEach {
        Reset-Emulator
    }

    Context 'Start-BatchExportRun' {
        It 'exports events in the server''s default format by default' {
            $run = Start-BatchExportRun @span
            Get-SentBody POST |
                Should -Be ('{"file":{},"model":"events","data_interval_start":"2026-11-01T00:00:00Z",' +
                    '"data_interval_end":"2026-11-01T01:00:00Z"}')
            $run | Should -BeOfType PSBatchExports.BatchExportRun
            $run.RunId | Should -Not -BeNullOrEmpty
            $run.BatchExportId | Should -BeNullOrEmpty
            $run.ProjectId | Should -Be $emulator.ProjectId
        }

        It 'accepts format <format> and compression <compression> in any case' -ForEach @(
            @{ format = 'parquet'; compression = 'ZSTD'; file = '{"format":"Parquet","compression":"zstd"}' }
            @{ format = 'jsonlines'; compression = 'Gzip'; file = '{"format":"JSONLines","compression":"gzip"}' }
            @{ format = 'JSONLines'; compression = 'brotli'; file = '{"format":"JSONLines","compression":"brotli"}' }
        ) {
            $null = Start-BatchExportRun events @span -Format $format -Compression $compression
            Get-SentBody POST | Should -BeLike ('{"file":' + $file + ',*')
        }

        It 'sends everything that is given' {
            $null = Start-BatchExportRun events @span -Format JSONLines -MaxFileSizeMB 0 -Include a, b -Exclude c
            $body = Get-SentBody POST | ConvertFrom-Json
            $body.file.max_size_mb | Should -Be 0
            $body.include | Should -Be @('a', 'b')
            $body.exclude -is [array] | Should -BeTrue
        }

        It 'refuses JSONLines with <_> before anything is sent' -ForEach 'zstd', 'lz4', 'snappy' {
            $seen = Invoke-Watched { Start-BatchExportRun events @span -Format JSONLines -Compression $_ }
            $failure = @($seen.Errors) + $seen.Terminating | Where-Object { $_ }
            $failure.CategoryInfo.Category | Should -Be InvalidArgument
            $failure.ErrorDetails.Message | Should -BeLike '*gzip, brotli*'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'refuses <name> before anything is sent' -ForEach @(
            @{ name = 'no bounds'; parameters = @{} }
            @{ name = 'only a start'; parameters = @{ DataIntervalStart = '2026-11-01' } }
            @{ name = 'only an end'; parameters = @{ DataIntervalEnd = '2026-11-01' } }
            @{ name = 'null bounds'; parameters = @{ DataIntervalStart = $null; DataIntervalEnd = '' } }
        ) {
            $seen = Invoke-Watched { Start-BatchExportRun persons @parameters }
            $failure = @($seen.Errors) + $seen.Terminating | Where-Object { $_ }
            $failure.FullyQualifiedErrorId | Should -BeLike 'IntervalMissing,*'
            $failure.ErrorDetails.Message | Should -BeLike '*-DataIntervalStart*-DataIntervalEnd*'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'implies the model hogql with a query, which needs no bounds' {
            $null = Start-BatchExportRun -HogQLQuery 'SELECT event AS event FROM events' -HogQLModifier @{ bounceRateDurationSeconds = 5 }
            $body = Get-SentBody POST | ConvertFrom-Json
            $body.model | Should -Be hogql
            $body.hogql_query | Should -Be 'SELECT event AS event FROM events'
            $body.hogql_modifiers.bounceRateDurationSeconds | Should -Be 5
            $body.PSObject.Properties.Name | Should -Not -Contain data_interval_start
        }

        It 'sends -Utc as a modifier next to <name>' -ForEach @(
            @{ name = 'no others'; modifiers = @{}; sent = '{"convertToProjectTimezone":false}' }
            @{
                name      = 'another one'
                modifiers = @{ HogQLModifier = @{ optimizeProjections = $true } }
                sent      = '{"optimizeProjections":true,"convertToProjectTimezone":false}'
            }
            @{
                name      = 'the same, spelled otherwise'
                modifiers = @{ HogQLModifier = @{ CONVERTTOPROJECTTIMEZONE = $false } }
                sent      = '{"convertToProjectTimezone":false}'
            }
            @{
                name      = 'the same without a value'
                modifiers = @{ HogQLModifier = @{ convertToProjectTimezone = $null } }
                sent      = '{"convertToProjectTimezone":false}'
            }
        ) {
            $null = Start-BatchExportRun -HogQLQuery 'SELECT event FROM events' -Utc @modifiers
            Get-SentBody POST | Should -BeLike ('*"hogql_modifiers":' + $sent + '*')
        }

        It 'sends no modifier for -Utc:$false' {
            $null = Start-BatchExportRun -HogQLQuery 'SELECT event FROM events' -Utc:$false
            Get-SentBody POST | Should -Not -Match hogql_modifiers
        }

        It 'refuses -Utc with the opposite modifier, naming both, before anything is sent' {
            $seen = Invoke-Watched {
                Start-BatchExportRun -HogQLQuery 'SELECT event FROM events' -Utc -HogQLModifier @{ convertToProjectTimezone = $true }
            }
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].CategoryInfo.Category | Should -Be InvalidArgument
            "$($seen.Errors[0])" | Should -BeLike '-Utc *-HogQLModifier *True*'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'refuses -Utc for the model <_> before anything is sent' -ForEach 'events', 'persons', 'sessions' {
            $seen = Invoke-Watched { Start-BatchExportRun $_ @span -Utc }
            "$($seen.Errors[0])" | Should -BeLike "-Utc *hogql*$_*"
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }
    }

    Context 'Get-BatchExportRun -OnDemand' {
        It 'lists runs, newest first' {
            $started = Invoke-Run 3
            $listed = Get-BatchExportRun -OnDemand
            $listed.RunId | Should -Be $started[2, 1, 0].RunId
            $listed | Should -BeOfType PSBatchExports.BatchExportRun
            $listed.ProjectId | Should -Be @(12345, 12345, 12345)
        }

        It 'gets runs by id, and reports an unknown one among several' {
            $started = Invoke-Run 2
            $seen = Invoke-Watched { Get-BatchExportRun -OnDemand $started[0].RunId, $unknown, $started[1].RunId }
            $seen.Output.RunId | Should -Be $started.RunId
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].CategoryInfo.Category | Should -Be ObjectNotFound
            $seen.Errors[0].TargetObject | Should -Be $unknown
        }

        It 'outputs the files and records of a completed run' {
            $run = Start-BatchExportRun @span | Wait-BatchExportRun
            $read = $run | Get-BatchExportRun -OnDemand
            $read.Status | Should -Be Completed
            $read.Files.Count | Should -BeGreaterThan 0
            $read.RecordsCompleted | Should -BeGreaterThan 0
        }

        It 'sends one request for what is wanted, and outputs the exact total first' {
            $started = Invoke-Run 5
            Clear-EmulatorRequest
            $seen = Get-BatchExportRun -OnDemand -First 2 -Skip 1 -IncludeTotalCount
            (Get-EmulatorRequest).query.TrimStart('?') | Should -Be 'limit=2&offset=1'
            $seen[0] | Should -Be 5
            $seen[0].Accuracy | Should -Be 1.0
            $seen[1..2].RunId | Should -Be $started[3, 2].RunId
        }

        It 'sends nothing for -First 0 or no ids' {
            Get-BatchExportRun -OnDemand -First 0 | Should -BeNullOrEmpty
            Get-BatchExportRun -OnDemand -RunId @() | Should -BeNullOrEmpty
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'does not list all runs for a missing id' {
            $null = Invoke-Run 1
            Clear-EmulatorRequest
            foreach ($action in { Get-BatchExportRun -OnDemand -RunId $null },
                { [pscustomobject]@{ RunId = $null } | Get-BatchExportRun -OnDemand },
                { [pscustomobject]@{ Id = 1 } | Get-BatchExportRun -OnDemand }) {
                $seen = Invoke-Watched $action
                $seen.Output | Should -BeNullOrEmpty
                @(@($seen.Errors) + $seen.Terminating | Where-Object { $_ }) | Should -HaveCount 1
            }
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'applies -First and -Skip to ids' {
            $started = Invoke-Run 4
            (Get-BatchExportRun -OnDemand -RunId $started.RunId -First 2 -Skip 1).RunId | Should -Be $started[1, 2].RunId
            ($started | Get-BatchExportRun -OnDemand -First 2 -Skip 1).RunId | Should -Be $started[1, 2].RunId
        }
    }

    Context 'Stop-BatchExportRun' {
        It 'cancels runs without output' {
            $runs = Invoke-Run 2
            $runs | ForEach-Object { Set-EmulatorRun $_.RunId Running }
            $runs | Stop-BatchExportRun | Should -BeNullOrEmpty
            (Get-BatchExportRun -OnDemand).Status | Should -Be @('Cancelled', 'Cancelled')
        }

        It 'outputs the run with -PassThru' {
            $run = Start-BatchExportRun @span
            Set-EmulatorRun $run.RunId Running
            ($run | Stop-BatchExportRun -PassThru).Status | Should -Be Cancelled
        }

        It 'reports a run that has already ended, and continues' {
            $runs = Invoke-Run 2
            Set-EmulatorRun $runs[0].RunId Completed
            Set-EmulatorRun $runs[1].RunId Running
            $seen = Invoke-Watched { $runs | Stop-BatchExportRun }
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].TargetObject | Should -Be $runs[0].RunId
            "$($seen.Errors[0])" | Should -BeLike "*'Completed'*"
            (Get-BatchExportRun -OnDemand $runs[1].RunId).Status | Should -Be Cancelled
        }

        It 'cancels a scheduled run when its export is given' {
            $run = (Get-BatchExport nightly).LatestRuns[0]
            Clear-EmulatorRequest
            ($run | Stop-BatchExportRun -PassThru).Status | Should -Be Cancelled
            (Get-EmulatorRequest)[0].path | Should -Be "/api/projects/12345/batch_exports/$($run.BatchExportId)/runs/$($run.RunId)/cancel/"
        }

        It 'takes a null or empty BatchExportId for an on-demand run' -ForEach $null, '' {
            $run = Start-BatchExportRun @span
            Set-EmulatorRun $run.RunId Running
            [pscustomobject]@{ RunId = $run.RunId; BatchExportId = $_ } | Stop-BatchExportRun
            (Get-EmulatorRequest)[-1].path | Should -Be "$base$($run.RunId)/cancel/"
        }

        It 'succeeds when the first answer is lost' {
            $run = Start-BatchExportRun @span
            Set-EmulatorRun $run.RunId Running
            Add-EmulatorFault @{ pathPattern = 'cancel'; resetAfterProcessing = $true }
            $seen = Invoke-Watched { $run | Stop-BatchExportRun }
            $seen.Errors | Should -BeNullOrEmpty
            (Get-BatchExportRun -OnDemand $run.RunId).Status | Should -Be Cancelled
        }

        It 'cancels the runs that a list shows as running' {
            $runs = Invoke-Run 2
            $runs | ForEach-Object { Set-EmulatorRun $_.RunId Running }
            Get-BatchExportRun -OnDemand | Where-Object Status -EQ Running | Stop-BatchExportRun -Confirm:$false
            (Get-BatchExportRun -OnDemand).Status | Should -Not -Contain Running
        }
    }
}
