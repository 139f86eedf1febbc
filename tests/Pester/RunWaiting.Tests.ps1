<#
    Wait-BatchExportRun, most of it in real time.
    Takes about 75 s.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0.3'
    Connect-Emulator
    $unknown = '0195f1c2-0000-0000-0000-00000000dead'
    $span = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-01T01:00Z' }

    function Invoke-Run([int] $Count) {
        1..$Count | ForEach-Object { Start-BatchExportRun @span }
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Wait-BatchExportRun' {
    BeforeEach {
        Reset-Emulator
    }

    It 'outputs runs in the order in which they complete' {
        $runs = Invoke-Run 3
        Set-EmulatorRun $runs[0].RunId Running
        $seen = [System.Collections.Generic.List[string]]::new()
        $runs | Wait-BatchExportRun -PollingIntervalSec 1 | ForEach-Object {
            $seen.Add($_.RunId)
            if ($seen.Count -eq 2) { Set-EmulatorRun $runs[0].RunId Completed }
            $_.Status | Should -Be Completed
            $_.Files.Count | Should -BeGreaterThan 0
        }
        $seen | Should -HaveCount 3
        $seen[2] | Should -Be $runs[0].RunId
    }

    It 'keeps the interval, which the service returns only once' {
        $run = Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02
        foreach ($later in ($run | Wait-BatchExportRun), (Get-BatchExportRun -OnDemand $run.RunId),
            (Get-BatchExportRun -OnDemand -First 1)) {
            $later.RunId | Should -Be $run.RunId
            $later.DataIntervalStart | Should -Be ([datetimeoffset]'2026-11-01Z')
            $later.DataIntervalEnd | Should -Be ([datetimeoffset]'2026-11-02Z')
        }
        Disconnect-BatchExportService
        Connect-Emulator @{ SkipValidation = $true }
        (Get-BatchExportRun -OnDemand $run.RunId).DataIntervalStart | Should -BeNullOrEmpty
    }

    It 'waits for all runs concurrently' {
        $runs = Invoke-Run 6
        $seen = Invoke-Watched { $runs | Wait-BatchExportRun }
        $seen.Output | Should -HaveCount 6
        $seen.Seconds | Should -BeLessThan 5
    }

    It 'waits once for a run that is piped twice' {
        $run = Start-BatchExportRun @span
        $run, $run | Wait-BatchExportRun | Should -HaveCount 1
    }

    It 'reports a run that ends as <status>' -ForEach @(
        @{ status = 'Failed'; id = 'RunFailed'; category = 'InvalidResult' }
        @{ status = 'FailedRetryable'; id = 'RunFailed'; category = 'InvalidResult' }
        @{ status = 'FailedBilling'; id = 'RunFailed'; category = 'InvalidResult' }
        @{ status = 'TimedOut'; id = 'RunFailed'; category = 'InvalidResult' }
        @{ status = 'Terminated'; id = 'RunFailed'; category = 'InvalidResult' }
        @{ status = 'Cancelled'; id = 'RunCancelled'; category = 'OperationStopped' }
    ) {
        $runs = Invoke-Run 2
        Set-EmulatorRun $runs[0].RunId $status -ErrorMessage 'the reason of the run'
        $seen = Invoke-Watched { $runs | Wait-BatchExportRun -PollingIntervalSec 1 }
        $seen.Output.RunId | Should -Be $runs[1].RunId
        $seen.Terminating | Should -BeNullOrEmpty
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike "$id,*"
        $seen.Errors[0].CategoryInfo.Category | Should -Be $category
        $seen.Errors[0].TargetObject | Should -BeOfType PSBatchExports.BatchExportRun
        $seen.Errors[0].TargetObject.RunId | Should -Be $runs[0].RunId
        $seen.Errors[0].TargetObject.Status | Should -Be $status
        $seen.Errors[0].TargetObject.DataIntervalStart | Should -Not -BeNullOrEmpty
        "$($seen.Errors[0])" | Should -BeLike "*$($runs[0].RunId)*the reason of the run*"
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'waits no longer than -TimeoutSec for all runs together' {
        $runs = Invoke-Run 3
        Set-EmulatorRun $runs[0].RunId Running
        Set-EmulatorRun $runs[1].RunId Starting
        $seen = Invoke-Watched { $runs | Wait-BatchExportRun -TimeoutSec 4 -PollingIntervalSec 1 }
        $seen.Seconds | Should -BeLessThan 6
        $seen.Output.RunId | Should -Be $runs[2].RunId
        $seen.Errors | Should -HaveCount 2
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'WaitTimedOut,*'
        $seen.Errors.CategoryInfo.Category | Should -Be @('OperationTimeout', 'OperationTimeout')
        $seen.Errors.TargetObject.RunId | Sort-Object | Should -Be ($runs[0, 1].RunId | Sort-Object)
        $id = $seen.Errors[0].TargetObject.RunId
        "$($seen.Errors[0])" | Should -BeLike "Run $id had not ended after 4 s: at ??:??:?? local time it was *ing. It continues*"
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike "*Wait-BatchExportRun $id*Stop-BatchExportRun $id*"
    }

    It 'reports no error for many runs that end in time, at the limited request rate' {
        $runs = Invoke-Run 20
        Clear-EmulatorRequest
        $seen = Invoke-Watched { $runs | Wait-BatchExportRun -TimeoutSec 3 }
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Output.RunId | Sort-Object | Should -Be ($runs.RunId | Sort-Object)
        $seen.Output.Files.Count | Should -Be 20
        $sent = @(Get-EmulatorRequest)
        $sent.Count | Should -BeLessThan 50
        ($sent[-1].at - $sent[0].at).TotalSeconds | Should -BeGreaterThan (($sent.Count - 1) / 4 * 0.95)
    }

    It 'waits again by the id of a run that continues, and starts nothing' {
        $run = Start-BatchExportRun @span
        Set-EmulatorRun $run.RunId Running
        $seen = Invoke-Watched { Wait-BatchExportRun $run.RunId -TimeoutSec 1 }
        $seen.Errors | Should -HaveCount 1
        Set-EmulatorRun $run.RunId Completed
        (Wait-BatchExportRun $run.RunId).Status | Should -Be Completed
        Get-EmulatorRequest | Where-Object method -EQ POST | Should -HaveCount 1
    }

    It 'waits without limit with -TimeoutSec 0' {
        $run = Start-BatchExportRun @span
        (Wait-BatchExportRun $run.RunId -TimeoutSec 0).Status | Should -Be Completed
    }

    It 'sends its first request when a new run can have ended' {
        $run = Start-BatchExportRun @span
        $started = [datetime]::UtcNow
        $null = & {
            $PSDefaultParameterValues = @{}
            Wait-BatchExportRun $run.RunId
        }
        $first = Get-EmulatorRequest | Where-Object method -EQ GET | Select-Object -First 1
        ($first.at.ToUniversalTime() - $started).TotalSeconds | Should -BeGreaterThan 8
    }

    It 'keeps to -TimeoutSec when no answer comes' {
        $run = Start-BatchExportRun @span
        Add-EmulatorFault @{ pathPattern = $run.RunId; stallHeaders = $true }
        $seen = Invoke-Watched { $run | Wait-BatchExportRun -TimeoutSec 1 }
        $seen.Seconds | Should -BeLessThan 4
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'WaitTimedOut,*'
    }

    It 'reports an unknown run and waits for the rest' {
        $run = Start-BatchExportRun @span
        $seen = Invoke-Watched { Wait-BatchExportRun -RunId $unknown, $run.RunId }
        $seen.Output.RunId | Should -Be $run.RunId
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].CategoryInfo.Category | Should -Be ObjectNotFound
        $seen.Errors[0].TargetObject | Should -Be $unknown
    }

    It 'continues after requests that fail for a while' {
        $run = Start-BatchExportRun @span
        Add-EmulatorFault @{ pathPattern = $run.RunId; status = 502; body = '<html>'; contentType = 'text/html'; times = 2 }
        ($run | Wait-BatchExportRun).Status | Should -Be Completed
    }

    It 'waits for a scheduled run when its export is given' {
        $run = (Get-BatchExport nightly).LatestRuns[0]
        $run.Status | Should -Be Running
        Set-EmulatorRun $run.RunId Completed
        Clear-EmulatorRequest
        $ended = $run | Wait-BatchExportRun
        $ended.Status | Should -Be Completed
        $ended.BatchExportId | Should -Be $run.BatchExportId
        (Get-EmulatorRequest).path | Should -Be "/api/projects/12345/batch_exports/$($run.BatchExportId)/runs/$($run.RunId)/"
    }

    It 'accepts both kinds of run in one call' {
        $scheduled = (Get-BatchExport prod-events-s3).LatestRuns[1]
        $demanded = Start-BatchExportRun @span
        ($scheduled, $demanded | Wait-BatchExportRun).RunId | Sort-Object | Should -Be ($scheduled.RunId, $demanded.RunId | Sort-Object)
    }

    It 'takes a null or empty BatchExportId for an on-demand run' -ForEach $null, '' {
        $run = Start-BatchExportRun @span
        ([pscustomobject]@{ RunId = $run.RunId; BatchExportId = $_ } | Wait-BatchExportRun).Status | Should -Be Completed
    }

    It 'sends nothing for no runs' {
        Wait-BatchExportRun -RunId @() | Should -BeNullOrEmpty
        @() | Wait-BatchExportRun | Should -BeNullOrEmpty
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }
}
