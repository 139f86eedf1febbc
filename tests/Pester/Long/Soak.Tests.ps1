<#
    Mixed use of the module in one process for thirty minutes: memory, handles, threads and timers must not grow after minute 5.
    It runs with PSBATCHEXPORTS_LONG_TESTS=1 only; ../Concurrency.Tests.ps1 has a short check that nothing leaks.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot '../Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--exports', '120', '--concurrent-download-limit', '1000000'
    $surroundings = @{
        POSTHOG_PERSONAL_API_KEY = $emulator.Key
        POSTHOG_HOST             = $emulator.Api
        POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
    }
}

AfterAll {
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Soak' {
    It 'leaves memory, handles, threads and timers as they were' {
        $seconds = 1800
        $early = 300
        $run = Invoke-InFreshPwsh -Environment $surroundings -TimeoutSec ($seconds + 120) -Arguments (Get-ModuleUnderTest),
            (Join-Path $TestDrive 'soak'), $seconds, $early, $emulator.Api {
            param($Manifest, $Folder, $Seconds, $Early, $Api)
            $ErrorActionPreference = 'SilentlyContinue'
            $ProgressPreference = 'SilentlyContinue'
            Import-Module $Manifest

            function Measure-State([int] $Round) {
                $Error.Clear()
                # Connections that are idle end by themselves; what counts is what is left without them.
                Start-Sleep -Milliseconds 500
                foreach ($pass in 1..3) {
                    [gc]::Collect()
                    [gc]::WaitForPendingFinalizers()
                }
                [pscustomobject]@{
                    Round   = $Round
                    Heap    = [gc]::GetTotalMemory($true)
                    Handles = $IsLinux ? [System.IO.Directory]::GetFileSystemEntries('/proc/self/fd').Count :
                        (Get-Process -Id $PID).HandleCount
                    Threads = [System.Threading.ThreadPool]::ThreadCount
                    Timers  = [System.Threading.Timer]::ActiveCount
                }
            }

            $key = [System.Net.NetworkCredential]::new('', $env:POSTHOG_PERSONAL_API_KEY).SecurePassword
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $first = $null
            for ($round = 0; $clock.Elapsed.TotalSeconds -lt [int] $Seconds; $round++) {
                $connection = Connect-BatchExportService -ApiKey $key -ApiHost $Api -ProjectId $env:POSTHOG_PROJECT_ID -PassThru
                $exports = Get-BatchExport -Connection $connection
                $null = Get-BatchExport -Connection $connection | Select-Object -First 1
                $null = $exports[$round % 100] | Set-BatchExport -Interval day -Connection $connection
                $exports[$round % 100] | Suspend-BatchExport -Connection $connection
                $exports[$round % 100] | Resume-BatchExport -Connection $connection
                $null = $exports[0] | Get-BatchExportRun -First 20 -Connection $connection
                $null = $exports[0] | Get-BatchExportLog -First 50 -Connection $connection
                $null = Get-BatchExport -Id 0195f1c2-0000-0000-0000-00000000dead -Connection $connection
                $null = Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-01T01:00Z -Connection $connection |
                    Wait-BatchExportRun -PollingIntervalSec 1 -Connection $connection |
                    Save-BatchExportFile (Join-Path $Folder $round) -Verify -Connection $connection
                Remove-Item -LiteralPath (Join-Path $Folder $round) -Recurse
                Disconnect-BatchExportService -Connection $connection
                if ($round % 20 -eq 0) {
                    # What the emulator remembers of requests is its own.
                    $null = Invoke-RestMethod -Method Delete -Uri "$Api/_emulator/requests" -NoProxy
                }
                if (-not $first -and $clock.Elapsed.TotalSeconds -ge [int] $Early) {
                    $first = Measure-State $round
                }
            }
            $first, (Measure-State $round) | ConvertTo-Json -Compress
        }

        $run.Errors | Should -BeNullOrEmpty
        $first, $last = $run.Output[-1] | ConvertFrom-Json
        $results = New-Item -ItemType Directory -Force -Path (Join-Path $PSScriptRoot '../../../TestResults')
        $run.Output[-1] | Add-Content -LiteralPath (Join-Path $results 'soak.log')
        $last.Round | Should -BeGreaterThan $first.Round

        # Five per cent.
        $last.Heap | Should -BeLessOrEqual ($first.Heap * 1.05)
        $last.Handles | Should -BeLessOrEqual ($first.Handles * 1.05)
        $last.Timers | Should -BeLessOrEqual ([math]::Max($first.Timers * 1.05, $first.Timers + 1))
        $last.Threads | Should -BeLessOrEqual ($first.Threads * 1.05 + 4)
    }
}
