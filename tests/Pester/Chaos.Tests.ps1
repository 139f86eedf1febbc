<#
    Whole scenarios under random faults of the service and the storage, and afterwards a look at what the service really holds: nothing was
    made twice, nothing lost, no file is wrong, and every failure was an error record that says what to do. PSBATCHEXPORTS_LONG_TESTS=1 runs
    2,000 of them, PSBATCHEXPORTS_CHAOS_SEED one seed.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    $seeds = $env:PSBATCHEXPORTS_CHAOS_SEED ? @([int] $env:PSBATCHEXPORTS_CHAOS_SEED) :
        (1..($env:PSBATCHEXPORTS_LONG_TESTS -eq '1' ? 2000 : 3))
    # A test holds many seeds, so that the runner's own work does not outweigh theirs.
    $batches = for ($first = 0; $first -lt $seeds.Count; $first += 25) {
        @{
            seeds = $seeds[$first..([math]::Min($first + 24, $seeds.Count - 1))]
            name  = "$($seeds[$first]) to $($seeds[[math]::Min($first + 24, $seeds.Count - 1)])"
        }
    }
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--exports', '0', '--workers', '1',
        '--concurrent-download-limit', '100000', '--concurrent-backfill-limit', '100000'
    Connect-Emulator
    $destination = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
    $span = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-01T01:00Z' }

    # The files as they should be, by format.
    $expected = @{}
    foreach ($format in 'JSONLines', 'Parquet') {
        $saved = Start-BatchExportRun @span -Format $format | Wait-BatchExportRun | Save-BatchExportFile (Join-Path $TestDrive 'expected')
        $expected[$format] = (Get-FileHash -LiteralPath $saved.FullName).Hash
    }
    Disconnect-BatchExportService

    $totals = [ordered]@{ scenarios = 0; operations = 0; failures = 0; requests = 0 }

    # What the service holds, seen past the module.
    function Get-Held([string] $Path) {
        $uri = "$($emulator.Api)/api/projects/$($emulator.ProjectId)/$Path"
        (Invoke-RestMethod -Uri $uri -Headers @{ Authorization = "Bearer $($emulator.Key)" } -NoProxy).results
    }

    function Get-RandomFault([System.Random] $Random) {
        $fault = @{
            origin = $Random.Next(3) -eq 0 ? 'storage' : 'api'
            skip   = $Random.Next(8)
            times  = $Random.Next(5) -eq 0 ? $Random.Next(2, 7) : 1
        }
        $fault + $(switch ($Random.Next(14)) {
                0 { @{ reset = $true } }
                1 { @{ resetAfterProcessing = $true } }
                2 { @{ status = 500; body = '{"type":"server_error","code":"error","detail":"A server error occurred.","attr":null}' } }
                3 { @{
                    status       = 500
                    processFirst = $true
                    body         = '{"type":"server_error","code":"error","detail":"A server error occurred.","attr":null}'
                } }
                4 { @{ status = 502; body = '<html><body>Bad gateway</body></html>'; contentType = 'text/html' } }
                5 { @{ status = 504; processFirst = $true; body = '' } }
                6 { @{
                    status  = 503
                    headers = @{ 'Retry-After' = '0' }
                    body    = '{"type":"server_error","code":"database_unavailable","detail":"Try again.","attr":null}'
                } }
                7 { @{
                    status = 429
                    body   = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}'
                } }
                8 { @{
                    status  = 429
                    headers = @{ 'Retry-After' = '0' }
                    body    = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}'
                } }
                9 { @{ truncateAfter = $Random.Next(400) } }
                10 { @{ status = 200; processFirst = $true; body = '{"results": [' } }
                11 { @{ status = 408; body = '' } }
                12 { $fault.origin -eq 'storage' ? @{ ignoreRange = $true } : @{
                    status       = 200
                    processFirst = $true
                    body         = '{"type":"server_error","code":"error","detail":"No.","attr":null}'
                } }
                13 { $Random.Next(6) -eq 0 ? @{ stallHeaders = $true } : @{ delay = 0.02 } }
            })
    }

    # Runs one operation; what it puts out, and the errors, which must all say what to do.
    function Invoke-Operation([scriptblock] $Operation) {
        $seen = Invoke-Watched $Operation
        $failures = @(@($seen.Errors) + $seen.Terminating | Where-Object { $_ })
        foreach ($failure in $failures) {
            "$($failure.FullyQualifiedErrorId)" | Should -Match '^[A-Z]\w+,PSBatchExports\.'
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }
        $totals.operations++
        $totals.failures += $failures.Count
        [pscustomobject]@{ Output = $seen.Output; Failures = $failures; Succeeded = $failures.Count -eq 0 }
    }

    function Invoke-Scenario([int] $Seed) {
        $random = [System.Random]::new($Seed)
        $folder = Join-Path $TestDrive "seed-$Seed"
        Reset-Emulator
        Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = $random.Next(5); MaximumRetryDelay = 0.01; TimeoutSec = 1 }
        $lines = $random.Next(1, 900)
        $log = (Add-EmulatorExport -NamePrefix 'logged-').ToString()
        Add-EmulatorLog @{ sourceId = $log; message = 'row'; count = $lines; stepSeconds = 0.25; timestamp = '2026-11-01T00:00:00Z' }
        $others = Add-EmulatorExport -Count $random.Next(0, 130) -NamePrefix 'other-'
        $total = @($others).Count + 1

        # The names that were asked for, with how many of each there may be now.
        $made = @{}
        $runs = @{ min = 0; max = 0 }
        $backfills = @{ min = 0; max = 0 }
        for ($count = $random.Next(1, 9); $count -gt 0; $count--) {
            Add-EmulatorFault (Get-RandomFault $random)
        }

        for ($step = 0; $step -lt 6; $step++) {
            switch ($random.Next(7)) {
                0 {
                    $listed = Invoke-Operation { Get-BatchExport }
                    if ($listed.Succeeded) {
                        @($listed.Output.Id | Select-Object -Unique).Count | Should -Be $listed.Output.Count
                        $listed.Output.Count | Should -BeGreaterOrEqual $total
                    }
                }
                1 {
                    $name = "made-$Seed-$step"
                    $result = Invoke-Operation { New-BatchExport -Name $name -Interval hour -Destination $destination }
                    $isOpen = -not $result.Succeeded -and "$($result.Failures)" -like '*may have been created*'
                    $made[$name] = $result.Succeeded ? @(1) : $isOpen ? @(0, 1) : @(0)
                }
                2 {
                    $interval = 'day', 'hour', 'every 5 minutes' | Get-Random -SetSeed $random.Next(1000)
                    $result = Invoke-Operation { Set-BatchExport $log -Interval $interval }
                    if ($result.Succeeded) {
                        Clear-EmulatorFault
                        (Get-Held 'batch_exports/?limit=1000' | Where-Object id -EQ $log).interval | Should -Be $interval
                    }
                }
                3 {
                    $result = Invoke-Operation { Suspend-BatchExport $log }
                    if ($result.Succeeded) {
                        Clear-EmulatorFault
                        (Get-Held 'batch_exports/?limit=1000' | Where-Object id -EQ $log).paused | Should -BeTrue
                    }
                    $null = Invoke-Operation { Resume-BatchExport $log }
                }
                4 {
                    $format = 'JSONLines', 'Parquet' | Get-Random -SetSeed $random.Next(1000)
                    $result = Invoke-Operation { Start-BatchExportRun @span -Format $format }
                    $runs.max++
                    if ($result.Succeeded) {
                        $runs.min++
                        $waited = Invoke-Operation { $result.Output | Wait-BatchExportRun -TimeoutSec 10 -PollingIntervalSec 1 }
                        $saved = Invoke-Operation {
                            $waited.Output | Save-BatchExportFile (Join-Path $folder $step) -StallTimeoutSec 1 -Verify
                        }
                        foreach ($file in $saved.Output) {
                            (Get-FileHash -LiteralPath $file.FullName).Hash | Should -Be $expected[$format]
                        }
                        if ($saved.Succeeded -and $waited.Succeeded) {
                            $saved.Output | Should -HaveCount 1
                        }
                        Get-ChildItem -LiteralPath (Join-Path $folder $step) -ErrorAction Ignore |
                            ForEach-Object { (Get-FileHash -LiteralPath $_).Hash | Should -Be $expected[$format] }
                    }
                    elseif ("$($result.Failures)" -notlike '*may have been created*') {
                        $runs.max--
                    }
                }
                5 {
                    $read = Invoke-Operation { Get-BatchExportLog $log }
                    if ($read.Succeeded) {
                        $rows = @($read.Output.Message -like 'row*')
                        $rows.Count | Should -Be $lines
                        @($rows | Select-Object -Unique).Count | Should -Be $lines
                    }
                }
                6 {
                    $day = $random.Next(1, 20)
                    $result = Invoke-Operation {
                        Start-BatchExportBackfill $log -StartAt ('2026-10-{0:00}' -f $day) -EndAt ('2026-10-{0:00}' -f ($day + 1))
                    }
                    $backfills.min += [int] $result.Succeeded
                    $backfills.max += [int] ($result.Succeeded -or "$($result.Failures)" -like '*may have been created*')
                }
            }
        }

        Clear-EmulatorFault
        $held = @(Get-Held 'batch_exports/?limit=1000')
        foreach ($name in $made.Keys) {
            @($held | Where-Object name -EQ $name).Count | Should -BeIn $made[$name] -Because "$name was asked for once"
        }
        $held.Count | Should -BeGreaterOrEqual $total
        @(Get-Held 'file_download_batch_exports/?limit=1000').Count | Should -BeGreaterOrEqual $runs.min
        @(Get-Held 'file_download_batch_exports/?limit=1000').Count | Should -BeLessOrEqual $runs.max
        @(Get-Held "batch_exports/$log/backfills/").Count | Should -BeGreaterOrEqual $backfills.min
        @(Get-Held "batch_exports/$log/backfills/").Count | Should -BeLessOrEqual $backfills.max

        $totals.requests += @(Get-EmulatorRequest).Count
        $totals.scenarios++
        Disconnect-BatchExportService
        Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction Ignore
    }
}

AfterAll {
    if ($env:PSBATCHEXPORTS_LONG_TESTS -eq '1') {
        $results = New-Item -ItemType Directory -Force -Path (Join-Path $PSScriptRoot '../../TestResults')
        $totals | ConvertTo-Json -Compress | Add-Content -LiteralPath (Join-Path $results 'chaos.log')
    }
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Chaos' {
    It 'creates nothing twice, loses nothing and keeps no wrong file: seeds <name>' -ForEach $batches {
        foreach ($seed in $seeds) {
            try {
                Invoke-Scenario $seed
            }
            catch {
                throw "Seed $seed (run it again with PSBATCHEXPORTS_CHAOS_SEED=$seed): $_`n$($_.ScriptStackTrace)"
            }
        }
    }
}
