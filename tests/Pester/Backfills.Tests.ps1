<#
    Backfills, most of it in real time.
    Takes about 50 s.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'They change an emulator of the tests only.')]
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSAvoidUsingInvokeExpression', '', Justification = 'Recommended commands are run as they are printed.')]
param()

BeforeDiscovery {
    $local = [datetime]::SpecifyKind([datetime]'2026-10-01', 'Local')
    $utc = [datetime]::SpecifyKind([datetime]'2026-10-01', 'Utc')
    $none = [datetime]'2026-10-01'
    $offset = [datetimeoffset]::new(2026, 10, 1, 0, 0, 0, [timespan]::FromHours(2))

    $times = @(
        @{ As = 'text without an offset'; Time = '2026-10-01'; Hourly = '2026-10-01T00:00:00Z' }
        @{ As = 'text with an offset'; Time = '2026-10-01T00:00:00+02:00'; Hourly = '2026-09-30T22:00:00Z' }
        @{ As = 'text that names the month'; Time = '1 Oct 2026'; Hourly = '2026-10-01T00:00:00Z' }
        @{ As = 'a time without a zone'; Time = $none; Hourly = '2026-10-01T00:00:00Z' }
        @{ As = 'a UTC time'; Time = $utc; Hourly = '2026-10-01T00:00:00Z' }
        @{ As = 'a local time'; Time = $local; Hourly = $local.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ') }
        @{ As = 'a time with an offset'; Time = $offset; Hourly = '2026-09-30T22:00:00Z' }
    )
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '4', '--concurrent-backfill-limit', '3'
    Connect-Emulator @{ MaximumRetryCount = 0 }
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
    $unknown = '0195f1c2-0000-0000-0000-00000000dead'

    function New-Export([string] $Interval, [hashtable] $With = @{}) {
        (New-BatchExport -Name $Interval -Interval $Interval -Destination $http @With).Id
    }

    function Get-SentBody {
        @(Get-EmulatorRequest | Where-Object { $_.method -eq 'POST' -and $_.path -like '*/backfills/' }).body
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Start-BatchExportBackfill' {
    BeforeEach {
        Reset-Emulator
    }

    It 'accepts <As>' -ForEach $times {
        $ids = @(New-Export hour; New-Export day @{ TimeZone = 'Europe/Berlin'; OffsetHour = 3 })
        $null = Start-BatchExportBackfill $ids -StartAt $Time -EndAt 2026-10-03
        Get-SentBody | Should -Be @(
            "{`"start_at`":`"$Hourly`",`"end_at`":`"2026-10-03T00:00:00Z`"}"
            '{"start_at":"2026-10-01","end_at":"2026-10-03"}'
        )
    }

    It 'selects its own runs when it is piped to Get-BatchExportRun' {
        $export = Get-BatchExport prod-events-s3
        $started = $export | Start-BatchExportBackfill -StartAt 2026-10-01T00:00 -EndAt 2026-10-01T03:00
        $all = $export | Get-BatchExportRun -After 2020-01-01
        $own = $started | Get-BatchExportRun
        $own.Count | Should -BeLessThan $all.Count
        $own.BackfillId | Select-Object -Unique | Should -Be $started.BackfillId
        ($started | Get-BatchExportRun -First 1).RunId | Should -Be $own[0].RunId
        ($own[0], ($all | Where-Object BackfillId -EQ $null)[0] | Get-BatchExportRun).RunId | Should -HaveCount 2
        $export | Get-BatchExportRun -BackfillId @() | Should -BeNullOrEmpty
    }

    It 'reads times the same in every culture' {
        $id = New-Export hour
        $before = [cultureinfo]::CurrentCulture
        try {
            foreach ($culture in 'de-DE', 'th-TH', 'ar-SA') {
                [cultureinfo]::CurrentCulture = $culture
                $null = Start-BatchExportBackfill $id -StartAt '26/01/2026' -EndAt '2026-01-27 12:00'
            }
        }
        finally {
            [cultureinfo]::CurrentCulture = $before
        }
        Get-SentBody | Select-Object -Unique | Should -Be '{"start_at":"2026-01-26T00:00:00Z","end_at":"2026-01-27T12:00:00Z"}'
    }

    It 'backfills an interval of <Interval> from <StartAt> to <EndAt>' -ForEach @(
        @{ Interval = 'every 5 minutes'; With = @{}; StartAt = '2026-10-01T10:05Z'; EndAt = '2026-10-01T10:10Z'; Hours = 1 / 12 }
        @{ Interval = 'day'; With = @{ TimeZone = 'Europe/Berlin' }; StartAt = '2026-03-28'; EndAt = '2026-03-30'; Hours = 47 }
        @{ Interval = 'day'; With = @{ TimeZone = 'Europe/Berlin' }; StartAt = '2026-10-25'; EndAt = '2026-10-26'; Hours = 25 }
        @{ Interval = 'week'; With = @{ OffsetDay = 'Monday' }; StartAt = '2026-10-05'; EndAt = '2026-10-19'; Hours = 336 }
    ) {
        $id = New-Export $Interval $With
        $backfill = Start-BatchExportBackfill $id -StartAt $StartAt -EndAt $EndAt | Get-BatchExportBackfill
        ($backfill.EndAt - $backfill.StartAt).TotalHours | Should -Be $Hours
    }

    It 'refuses <Why>, says what to give, and starts nothing' -ForEach @(
        @{
            Why      = 'a time of day on a daily export'
            Interval = 'day'
            With     = @{ StartAt = '2026-10-01T03:00Z'; EndAt = '2026-10-02' }
            Id       = 'InvalidBackfillBound'
            Says     = '-StartAt has a time of day, 03:00:00;*give the date only: 2026-10-01.*'
        }
        @{
            Why      = 'the wrong day of the week'
            Interval = 'week'
            With     = @{ StartAt = '2026-10-01'; EndAt = '2026-10-04' }
            Id       = 'InvalidBackfillBound'
            Says     = '-StartAt 2026-10-01 is a Thursday; the weeks of ''week'' begin on Sunday: give 2026-09-27 or 2026-10-04.*'
        }
        @{
            Why      = 'an end before the start'
            Interval = 'hour'
            With     = @{ StartAt = '2026-10-02'; EndAt = '2026-10-01' }
            Id       = 'InvalidBackfillBound'
            Says     = '-EndAt must be later than the start*'
        }
        @{ Why = 'no end'; Interval = 'hour'; With = @{ StartAt = '2026-10-02' }; Id = 'EndMissing'; Says = '-EndAt is needed*' }
        @{
            Why      = 'what is no time'
            Interval = 'hour'
            With     = @{ StartAt = 'rubbish'; EndAt = '2026-10-02' }
            Id       = 'ParameterArgumentTransformationError'
            Says     = '*2026-11-01T12:00:00Z*'
        }
        @{
            Why      = 'a bare number'
            Interval = 'hour'
            With     = @{ StartAt = 20261001; EndAt = '2026-10-02' }
            Id       = 'ParameterArgumentTransformationError'
            Says     = '*2026-11-01T12:00:00Z*'
        }
    ) {
        $export = New-Export $Interval
        $seen = Invoke-Watched { Start-BatchExportBackfill $export @With }
        $failure = @($seen.Errors) + $seen.Terminating | Where-Object { $_ }
        $failure | Should -HaveCount 1
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        "$failure" | Should -BeLike $Says
        Get-SentBody | Should -BeNullOrEmpty
    }

    It 'lets the server decide whether an end is in the future, and says what to give' {
        $id = New-Export hour
        $seen = Invoke-Watched { Start-BatchExportBackfill $id -StartAt 2026-10-01 -EndAt (Get-Date).AddDays(1) }
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'InvalidBackfillBound,*'
        "$($seen.Errors[0])" | Should -BeLike '-EndAt * is in the future, by the server''s clock; give a time up to now.'
        Get-SentBody | Should -HaveCount 1
        Get-BatchExportBackfill $id | Should -BeNullOrEmpty
    }

    It 'lets the server decide about a missing start' {
        $id = New-Export hour
        $seen = Invoke-Watched { Start-BatchExportBackfill $id -EndAt 2026-10-02 }
        "$($seen.Errors[0])" | Should -BeLike '*Backfilling from the beginning of time is not enabled*'
    }

    It 'reports an unknown export and continues' {
        $id = New-Export hour
        $seen = Invoke-Watched { Start-BatchExportBackfill $unknown, $id -StartAt 2026-10-01 -EndAt 2026-10-02 }
        "$($seen.Errors)" | Should -BeLike "Batch export '$unknown' was not found*"
        $seen.Output.BatchExportId | Should -Be $id
    }

    It 'reports too many concurrent backfills without waiting' {
        $id = New-Export hour
        1..3 | ForEach-Object { $null = Start-BatchExportBackfill $id -StartAt "2026-10-0$_" -EndAt 2026-10-08 }
        $seen = Invoke-Watched { Start-BatchExportBackfill $id -StartAt 2026-09-01 -EndAt 2026-09-02 }
        $seen.Errors[0].CategoryInfo.Category | Should -Be LimitsExceeded
        $seen.Seconds | Should -BeLessThan 3
    }

    It 'sends nothing with -WhatIf' {
        $id = New-Export hour
        Clear-EmulatorRequest
        Start-BatchExportBackfill $id -StartAt 2026-10-01 -EndAt 2026-10-02 -WhatIf
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }
}

Describe 'Get-BatchExportBackfill' {
    BeforeEach {
        Reset-Emulator
        $id = New-Export hour
    }

    It 'finds a backfill right after its start, before the service shows it' {
        $started = Start-BatchExportBackfill $id -StartAt 2026-10-01 -EndAt 2026-10-02
        Add-EmulatorFault @{
            pathPattern = "/backfills/$($started.BackfillId)/"
            status      = 404
            body        = @{ type = 'invalid_request'; code = 'not_found'; detail = 'Not found.'; attr = $null }
        }
        $backfill = $started | Get-BatchExportBackfill
        $backfill.BackfillId | Should -Be $started.BackfillId
        $backfill.Status | Should -BeIn Starting, Running
        $backfill.ProjectId | Should -Be $emulator.ProjectId
    }

    It 'does not wait for a backfill that was not just started' {
        $seen = Invoke-Watched { Get-BatchExportBackfill $id -BackfillId $unknown }
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        $seen.Seconds | Should -BeLessThan 2
    }

    It 'outputs the progress of a backfill, which Stop-BatchExportBackfill cancels' {
        $started = Start-BatchExportBackfill $id -StartAt 2026-10-01 -EndAt 2026-10-02
        Wait-Until { ($started | Get-BatchExportBackfill).Status -ne 'Starting' }
        $backfill = $started | Get-BatchExportBackfill
        $backfill.Progress.TotalRuns | Should -Be 24
        "$($backfill.Progress)" | Should -BeLike '* of 24 runs'

        $backfill | Stop-BatchExportBackfill -WhatIf
        ($started | Get-BatchExportBackfill).Status | Should -Be Running
        $backfill | Stop-BatchExportBackfill | Should -BeNullOrEmpty
        ($started | Get-BatchExportBackfill).Status | Should -Be Cancelled
        (Get-BatchExportRun $id).Status | Select-Object -Unique | Sort-Object | Should -Contain Cancelled

        $seen = Invoke-Watched { $backfill | Stop-BatchExportBackfill }
        "$($seen.Errors[0])" | Should -BeLike '*Cannot cancel a backfill that is in ''Cancelled'' status*'
    }

    It 'lists the newest first unless -OrderBy is given, for each export' {
        $other = New-Export hour
        foreach ($export in $id, $other) {
            $null = Start-BatchExportBackfill $export -StartAt 2026-10-02 -EndAt 2026-10-03
        }
        $null = Start-BatchExportBackfill $id -StartAt 2026-10-01 -EndAt 2026-10-02
        Wait-Until { @(Get-BatchExportBackfill $id).Count -eq 2 -and @(Get-BatchExportBackfill $other).Count -eq 1 }
        (Get-BatchExportBackfill $id).StartAt.Day | Should -Be @(1, 2)
        (Get-BatchExportBackfill $id -OrderBy -start_at).StartAt.Day | Should -Be @(2, 1)
        (Get-BatchExportBackfill $id, $other -First 1).BatchExportId | Should -Be @($id, $other)
        Get-BatchExportBackfill @() | Should -BeNullOrEmpty
        Get-BatchExportBackfill $id -BackfillId @() | Should -BeNullOrEmpty
    }
}

Describe 'Wait-BatchExportBackfill' {
    BeforeAll {
        $wait = @{ PollingIntervalSec = 1 }

        # The service goes through a backfill of a day in four seconds.
        function Start-Day([string] $Export, [int] $Day = 1) {
            Start-BatchExportBackfill $Export -StartAt "2026-10-0$Day" -EndAt "2026-10-0$($Day + 1)"
        }
    }

    BeforeEach {
        Reset-Emulator
        $id = New-Export hour
    }

    It 'outputs backfills in the order in which they complete' {
        $first = Start-Day $id
        Wait-Until { ($first | Get-BatchExportBackfill).Progress.FinishedRuns -ge 8 }
        $second = Start-Day (New-Export hour)
        $seen = [System.Collections.Generic.List[object]]::new()
        $second, $first | Wait-BatchExportBackfill @wait | ForEach-Object { $seen.Add($_) }
        $seen.BackfillId | Should -Be @($first.BackfillId, $second.BackfillId)
        $seen[0] | Should -BeOfType PSBatchExports.BatchExportBackfill
        $seen.Status | Should -Be @('Completed', 'Completed')
        $seen.ProjectId | Should -Be @($emulator.ProjectId, $emulator.ProjectId)
    }

    It 'waits for the backfill that a restart starts, and not for the old run' {
        $run = Get-BatchExport nightly | Get-BatchExportRun -First 1 | ForEach-Object { Set-EmulatorRun $_.RunId Failed; $_ }
        $ended = $run | Restart-BatchExportRun | Wait-BatchExportBackfill @wait
        $ended.Status | Should -Be Completed
        $ended.StartAt, $ended.EndAt | Should -Be $run.DataIntervalStart, $run.DataIntervalEnd
        ($ended | Get-BatchExportRun).RunId | Should -Not -Contain $run.RunId

        $again = $run | Restart-BatchExportRun
        $start, $end = $run.DataIntervalStart, $run.DataIntervalEnd |
            ForEach-Object { $_.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:sszzz') }
        $again.BackfillId | Should -Be "$($run.BatchExportId)-Backfill-$start-$end"
        ($again | Wait-BatchExportBackfill @wait).BackfillId | Should -Not -Be $ended.BackfillId
    }

    It 'accepts what Get- and Stop-BatchExportBackfill accept: a restart' {
        $again = Get-BatchExport nightly | Get-BatchExportRun -First 1 | Restart-BatchExportRun
        $backfill = $again | Get-BatchExportBackfill
        $backfill.Status | Should -BeIn Starting, Running
        $again | Stop-BatchExportBackfill
        (Get-BatchExportBackfill $again.BatchExportId -BackfillId $backfill.BackfillId).Status | Should -Be Cancelled
    }

    It 'is required for a restart: Wait-BatchExportRun refuses it' {
        $again = Get-BatchExport prod-events-s3 | Get-BatchExportRun -First 1 | Restart-BatchExportRun
        Clear-EmulatorRequest
        $seen = Invoke-Watched { $again | Wait-BatchExportRun }
        $seen.Errors | Should -HaveCount 1
        $seen.Output | Should -BeNullOrEmpty
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'reports a cancelled backfill' {
        $started = Start-Day $id
        $started | Stop-BatchExportBackfill
        $seen = Invoke-Watched { $started | Wait-BatchExportBackfill @wait }
        $seen.Output | Should -BeNullOrEmpty
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'BackfillCancelled,*'
        $seen.Errors[0].CategoryInfo.Category | Should -Be OperationStopped
        $seen.Errors[0].TargetObject | Should -BeOfType PSBatchExports.BatchExportBackfill
        $seen.Errors[0].TargetObject.BackfillId | Should -Be $started.BackfillId
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike "*Get-BatchExportRun $id -BackfillId $($started.BackfillId)*"
    }

    It 'reports a backfill that ends as <_>' -ForEach 'Failed', 'Terminated', 'SomethingNew' {
        $started = Start-Day $id
        Add-EmulatorFault @{
            pathPattern = "/backfills/$($started.BackfillId)/"
            status      = 200
            body        = @{ id = $started.BackfillId; status = $_; batch_export = $id }
        }
        $seen = Invoke-Watched { $started | Wait-BatchExportBackfill @wait }
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'BackfillFailed,*'
        $seen.Errors.CategoryInfo.Category | Should -Be InvalidResult
        "$($seen.Errors)" | Should -BeLike "Backfill $($started.BackfillId) ended as $_.*"
    }

    It 'reports failed runs with a command that exports them again' {
        $good, $bad = (Start-Day $id), (Start-Day $id 2)
        Wait-Until { @($bad | Get-BatchExportRun).Count -gt 3 }
        $runs = $bad | Get-BatchExportRun | Sort-Object DataIntervalStart
        Set-EmulatorRun $runs[3].RunId Failed -ErrorMessage 'DiskFull: no space.'
        $seen = Invoke-Watched { $good, $bad | Wait-BatchExportBackfill @wait }
        $seen.Output.BackfillId | Should -Be $good.BackfillId
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'BackfillRunsFailed,*'
        $seen.Errors[0].CategoryInfo.Category | Should -Be InvalidResult
        $seen.Errors[0].TargetObject.BackfillId | Should -Be $bad.BackfillId
        $seen.Errors[0].TargetObject.Status | Should -Be Completed
        "$($seen.Errors[0])" |
            Should -Be ("Backfill $($bad.BackfillId) has completed, but 1 of its 24 runs did not: " +
                '2026-10-02 03:00 to 10-02 04:00 Failed, DiskFull: no space.')

        $seen.Errors[0].ErrorDetails.RecommendedAction -match ': (Get-.*)\.$' | Should -BeTrue
        $again = Invoke-Expression $Matches[1]
        $again.RestartedRunId | Should -Be $runs[3].RunId
        ($again | Wait-BatchExportBackfill @wait).Status | Should -Be Completed
    }

    It 'waits no longer than -TimeoutSec, and reports the last status' {
        $started = Start-Day $id
        $seen = Invoke-Watched { $started | Wait-BatchExportBackfill -TimeoutSec 1 @wait }
        $seen.Seconds | Should -BeLessThan 3.5
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'WaitTimedOut,*'
        $seen.Errors.CategoryInfo.Category | Should -Be OperationTimeout
        $seen.Errors.TargetObject.BackfillId | Should -Be $started.BackfillId
        "$($seen.Errors)" |
            Should -BeLike "Backfill $($started.BackfillId) had not ended after 1 s: at ??:??:?? local time it was *ing*. It continues.*"
        $pattern = ': (Wait-\S+ \S+ -BatchExportId \S+)\. .*: (Stop-\S+ \S+ -BatchExportId \S+)\.$'
        $seen.Errors.ErrorDetails.RecommendedAction -match $pattern | Should -BeTrue
        $wait, $stop = $Matches[1, 2]
        Invoke-Expression $stop
        (Invoke-Watched { Invoke-Expression $wait }).Errors.FullyQualifiedErrorId | Should -BeLike 'BackfillCancelled,*'
    }

    It 'reports an unknown backfill and waits for the rest' {
        $started = Start-Day $id
        $seen = Invoke-Watched {
            Wait-BatchExportBackfill $unknown, $started.BackfillId,
                "$id-Backfill-2026-01-01T00:00:00+00:00-2026-01-02T00:00:00+00:00" -BatchExportId $id @wait
        }
        $seen.Output.BackfillId | Should -Be $started.BackfillId
        $seen.Errors | Should -HaveCount 2
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
    }

    It 'sends nothing for no backfills' {
        Clear-EmulatorRequest
        Wait-BatchExportBackfill -BackfillId @() -BatchExportId $id | Should -BeNullOrEmpty
        @() | Wait-BatchExportBackfill | Should -BeNullOrEmpty
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }
}

Describe 'Wait-BatchExportBackfill with an older server' {
    It 'accepts the name of a workflow, which an older server returns' {
        $older = Start-Emulator -Arguments '--run-duration', '2', '--older-server'
        try {
            Connect-Emulator -Emulator $older
            $started = Get-BatchExport nightly | Start-BatchExportBackfill -StartAt 2026-10-01 -EndAt 2026-10-02
            $started.BackfillId | Should -BeLike '*-Backfill-*'
            ($started | Wait-BatchExportBackfill).StartAt | Should -Be ([datetimeoffset]'2026-10-01Z')
        }
        finally {
            Stop-Emulator $older
        }
    }
}
