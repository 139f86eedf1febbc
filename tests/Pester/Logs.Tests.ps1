[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0'
    Connect-Emulator
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }

    # The parameters of the last request, as a hashtable.
    function Get-SentQuery {
        $query = @{}
        foreach ($pair in (Get-EmulatorRequest)[-1].query.TrimStart('?').Split('&')) {
            $name, $value = $pair.Split('=', 2)
            $query[$name] = [uri]::UnescapeDataString($value)
        }
        $query
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Logs' {
    BeforeEach {
        Reset-Emulator
        $export = New-BatchExport -Name logging -Interval hour -Destination $http
        $other = New-BatchExport -Name quiet -Interval hour -Destination $http
        Add-EmulatorLog @(
            @{ sourceId = $export.Id; timestamp = '2026-10-01T00:00:00Z'; level = 'INFO'; message = 'begin'; instanceId = 'one' }
            @{ sourceId = $export.Id; timestamp = '2026-10-01T00:01:00Z'; level = 'DEBUG'; message = 'Timeout of 30 s'; instanceId = 'one' }
            @{ sourceId = $export.Id; timestamp = '2026-10-01T00:02:00Z'; level = 'WARNING'; message = 'slow'; instanceId = 'two' }
            @{ sourceId = $export.Id; timestamp = '2026-10-01T00:03:00Z'; level = 'WARN'; message = 'slower'; instanceId = 'two' }
            @{ sourceId = $export.Id; timestamp = '2026-10-01T00:04:00Z'; level = 'ERROR'; message = 'a TIMEOUT'; instanceId = 'two' }
            @{ sourceId = $other.Id; timestamp = '2026-10-01T00:00:30Z'; level = 'INFO'; message = 'quiet' }
        )
        Clear-EmulatorRequest
    }

    Context 'of exports' {
        It 'are read newest first, with their keys' {
            $lines = Get-BatchExportLog $export.Id
            $lines.Message | Should -Be @('a TIMEOUT', 'slower', 'slow', 'Timeout of 30 s', 'begin')
            $lines | Should -BeOfType PSBatchExports.BatchExportLogEntry
            $lines[0].BatchExportId | Should -Be $export.Id
            $lines[0].RunId | Should -BeNullOrEmpty
            $lines[0].InstanceId | Should -Be two
            $lines[0].ProjectId | Should -Be $emulator.ProjectId
            $lines[0].Timestamp.Offset | Should -Be ([timespan]::Zero)
        }

        It 'are read for every piped export' {
            ($export, $other | Get-BatchExportLog -Level info).Message | Should -Be @('begin', 'quiet')
        }

        It 'are an error for an unknown export among several' {
            $seen = Invoke-Watched { Get-BatchExportLog -BatchExportId '0195f1c2-0000-0000-0000-00000000dead', $other.Id }
            $seen.Output.Message | Should -Be quiet
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].CategoryInfo.Category | Should -Be ObjectNotFound
            $seen.Errors[0].TargetObject | Should -Be '0195f1c2-0000-0000-0000-00000000dead'
        }

        It 'are filtered by <name>' -ForEach @(
            @{ name = 'one level'; filter = @{ Level = 'error' }; messages = @('a TIMEOUT'); query = @{ level = 'ERROR' } }
            @{
                name     = 'several levels'
                filter   = @{ Level = 'ERROR', 'INFO' }
                messages = @('a TIMEOUT', 'begin')
                query    = @{ level = 'ERROR,INFO' }
            }
            @{
                name     = 'WARN, which finds both spellings'
                filter   = @{ Level = 'warn' }
                messages = @('slower', 'slow')
                query    = @{ level = 'WARN,WARNING' }
            }
            @{
                name     = 'WARNING, which finds both spellings'
                filter   = @{ Level = 'WARNING', 'WARN' }
                messages = @('slower', 'slow')
                query    = @{ level = 'WARN,WARNING' }
            }
            @{
                name     = 'text'
                filter   = @{ Search = 'timeout' }
                messages = @('a TIMEOUT', 'Timeout of 30 s')
                query    = @{ search = 'timeout' }
            }
            @{
                name     = 'text with special characters'
                filter   = @{ Search = 'of 30 s' }
                messages = @('Timeout of 30 s')
                query    = @{ search = 'of 30 s' }
            }
            @{
                name     = 'instance'
                filter   = @{ InstanceId = 'one' }
                messages = @('Timeout of 30 s', 'begin')
                query    = @{ instance_id = 'one' }
            }
            @{
                name     = 'a time they come after'
                filter   = @{ After = '2026-10-01 00:02' }
                messages = @('a TIMEOUT', 'slower')
                query    = @{ after = '2026-10-01T00:02:00Z' }
            }
            @{
                name     = 'a time they come before'
                filter   = @{ Before = '2026-10-01T02:01+02:00' }
                messages = @('begin')
                query    = @{ before = '2026-10-01T00:01:00Z' }
            }
            @{
                name     = 'all at once'
                filter   = @{
                    Level      = 'ERROR', 'DEBUG'
                    Search     = 'timeout'
                    InstanceId = 'one'
                    After      = '2026-10-01'
                    Before     = '2026-10-02'
                }
                messages = @('Timeout of 30 s')
                query    = @{}
            }
        ) {
            (Get-BatchExportLog $export.Id @filter).Message | Should -Be $messages
            $sent = Get-SentQuery
            foreach ($key in $query.Keys) { $sent[$key] | Should -Be $query[$key] }
        }

        It 'are requested without a blank <_>' -ForEach 'Search', 'InstanceId' {
            $filter = @{ $_ = '' }
            Get-BatchExportLog $export.Id @filter | Should -HaveCount 5
        }
    }

    Context 'of on-demand runs' {
        BeforeEach {
            $run = Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02
        }

        It 'are read by the run''s id' {
            $lines = Get-BatchExportLog -RunId $run.RunId
            $lines.Count | Should -BeGreaterThan 0
            $lines[0].RunId | Should -Be $run.RunId
            $lines[0].BatchExportId | Should -BeNullOrEmpty
            (Get-EmulatorRequest)[-1].path |
                Should -Be "/api/projects/$($emulator.ProjectId)/file_download_batch_exports/$($run.RunId)/logs/"
        }

        It 'are read for a piped run' {
            ($run | Get-BatchExportLog).RunId | Select-Object -Unique | Should -Be $run.RunId
        }

        It 'are read when the BatchExportId is empty' -ForEach $null, '' {
            ([pscustomobject]@{ BatchExportId = $_; RunId = $run.RunId } | Get-BatchExportLog).Count | Should -BeGreaterThan 0
        }
    }

    Context 'of scheduled runs' {
        It 'are those of the export, limited to the time of the run' {
            $exportWithRuns = Get-BatchExport nightly
            $scheduled = $exportWithRuns.LatestRuns[2]
            $lines = @($scheduled | Get-BatchExportLog)
            $lines | Should -HaveCount 3
            $lines.RunId | Select-Object -Unique | Should -Be $scheduled.RunId
            $lines.BatchExportId | Select-Object -Unique | Should -Be $exportWithRuns.Id
            $lines.Timestamp | ForEach-Object { $_ | Should -BeGreaterThan $scheduled.CreatedAt.AddMinutes(-2) }
            $lines.Timestamp | ForEach-Object { $_ | Should -BeLessThan $scheduled.FinishedAt.AddMinutes(2) }
            @($exportWithRuns | Get-BatchExportLog).Count | Should -BeGreaterThan 3
        }

        It 'are filtered like others, and -After and -Before narrow the time of the run' {
            $scheduled = (Get-BatchExport prod-events-s3).LatestRuns[0]
            ($scheduled | Get-BatchExportLog -Level ERROR).Level | Should -Be ERROR
            $scheduled | Get-BatchExportLog -After $scheduled.FinishedAt.AddMinutes(30) | Should -BeNullOrEmpty
            @($scheduled | Get-BatchExportLog -After 2020-01-01 -Before 2099-01-01).Count |
                Should -Be @($scheduled | Get-BatchExportLog).Count
        }

        It 'are an error for an unknown run' {
            $seen = Invoke-Watched { Get-BatchExportLog -BatchExportId $export.Id -RunId '0195f1c2-0000-0000-0000-00000000dead' }
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].CategoryInfo.Category | Should -Be ObjectNotFound
        }
    }

    Context 'without a source' {
        It 'are an error when neither export nor run is given, and nothing is sent' {
            foreach ($action in { Get-BatchExportLog }, { Get-BatchExportLog -BatchExportId $null -RunId '' },
                { [pscustomobject]@{ ProjectId = 1 } | Get-BatchExportLog }) {
                $seen = Invoke-Watched $action
                $failures = @(@($seen.Errors) + $seen.Terminating | Where-Object { $_ })
                $failures | Should -HaveCount 1
                $failures[0].CategoryInfo.Category | Should -Be InvalidArgument
                $failures[0].ErrorDetails.RecommendedAction | Should -BeLike '*-BatchExportId*-RunId*'
            }
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'are no error for empty lists' {
            $seen = Invoke-Watched {
                Get-BatchExportLog -BatchExportId @()
                Get-BatchExportLog -RunId @()
                @() | Get-BatchExportLog
            }
            $seen.Output | Should -BeNullOrEmpty
            $seen.Errors | Should -BeNullOrEmpty
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }
    }

    Context 'in pages' {
        It 'are counted by -First and -Skip for each export' {
            ($export, $other, $export | Get-BatchExportLog -First 2 -Skip 1).Message |
                Should -Be @('slower', 'slow', 'slower', 'slow')
        }

        It 'are requested no more than wanted' {
            $null = Get-BatchExportLog $export.Id -First 2
            (Get-SentQuery).limit | Should -Be 2
            Get-EmulatorRequest | Should -HaveCount 1
        }

        It 'have an unknown total, which is output first' {
            $seen = @(Get-BatchExportLog $export.Id -First 1 -IncludeTotalCount)
            $seen[0] | Should -BeOfType uint64
            $seen[0].Accuracy | Should -Be 0.0
            $seen | Should -HaveCount 2
        }

        It 'are not requested for -First 0' {
            Get-BatchExportLog $export.Id -First 0 | Should -BeNullOrEmpty
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'are read beyond the page limit of the service, each line once' {
            Add-EmulatorLog @{ sourceId = $other.Id; timestamp = '2026-10-02T00:00:00Z'; message = 'row'; count = 1200; stepSeconds = 0.5 }
            $lines = Get-BatchExportLog $other.Id
            $lines | Should -HaveCount 1201
            $lines.Message[0] | Should -Be 'row 1200'
            @($lines.Message | Sort-Object -Unique) | Should -HaveCount 1201
        }
    }

    Context 'with -Follow' {
        It 'continue with new lines, oldest first, until no more are taken' {
            $seen = Invoke-Watched {
                Get-BatchExportLog $export.Id -Follow -After 2026-10-01T00:03:30Z | ForEach-Object {
                    if ($_.Message -eq 'a TIMEOUT') {
                        Add-EmulatorLog @{ sourceId = $export.Id; message = 'fresh'; count = 3; stepSeconds = 0.001 }
                    }
                    $_
                } | Select-Object -First 4
            }
            $seen.Output.Message | Should -Be @('a TIMEOUT', 'fresh 1', 'fresh 2', 'fresh 3')
            $seen.Seconds | Should -BeLessThan 10
        }

        It 'start with the present' {
            Add-EmulatorLog @{
                sourceId  = $export.Id
                message   = 'to come'
                timestamp = [datetimeoffset]::UtcNow.AddMinutes(5).ToString('o')
            }
            (Get-BatchExportLog $export.Id -Follow | Select-Object -First 1).Message | Should -Be 'to come'
        }

        It 'are followed concurrently for several sources, and an unknown source is reported' {
            $missing = [pscustomobject]@{ BatchExportId = '0195f1c2-0000-0000-0000-00000000dead' }
            $seen = Invoke-Watched {
                # The three answers come in any order, so the last one ends the loop; each line that comes too early adds another.
                $lines = [System.Collections.Generic.List[object]]::new()
                $after = '2026-10-01T00:00:15Z'
                $missing, $export, $other | Get-BatchExportLog -Follow -After $after -ErrorVariable failures | ForEach-Object {
                    $lines.Add($_)
                    $isComplete = $failures -and $lines.Message -contains 'quiet' -and $lines.Message -contains 'a TIMEOUT'
                    if (-not $isComplete) {
                        Add-EmulatorLog @{ sourceId = $export.Id; message = 'one more' }
                    }
                    $isComplete
                } | Where-Object { $_ } | Select-Object -First 1
                $lines
            }
            $seen.Errors.TargetObject | Should -Be $missing.BatchExportId
            $seen.Output.BatchExportId | Should -Contain $other.Id
            $seen.Output.Message | Should -Contain 'a TIMEOUT'
        }

        It 'are followed for an on-demand run' {
            $run = Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02
            Get-BatchExportLog -RunId $run.RunId -Follow -After 2020-01-01 | Select-Object -First 1 | Should -HaveCount 1
        }
    }
}
