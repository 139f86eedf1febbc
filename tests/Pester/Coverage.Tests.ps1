[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'They change an emulator of the tests only.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force

    # By the service's clock it is half past, so that the run of the last hour is due, and no other becomes so.
    $offset = [timespan]::FromMinutes(30 - [datetime]::UtcNow.Minute)
    $emulator = Start-Emulator -Arguments '--exports', '0', '--run-duration', '0.2', '--clock-offset', "$([int] $offset.TotalSeconds)"
    Connect-Emulator @{ MaximumRetryCount = 0 }

    $now = [datetimeoffset]::UtcNow + $offset
    $hour = [datetimeoffset]::new($now.Year, $now.Month, $now.Day, $now.Hour, 0, 0, [timespan]::Zero)

    # One character for each hour, the newest last: C completed, E without rows, F failed, R running, D twice, M none.
    function New-History([string] $Name, [string] $Hours) {
        $age = [datetimeoffset]::UtcNow + $offset - $hour.AddHours(-$Hours.Length).AddMinutes(20)
        $export = Add-EmulatorExport -NamePrefix $Name -History @{ interval = 'hour'; historyDays = $age.TotalDays; incident = 'neverRan' }
        for ($index = 0; $index -lt $Hours.Length; $index++) {
            $end = $hour.AddHours($index + 1 - $Hours.Length)
            $statuses = switch ($Hours[$index]) {
                'C' { 'Completed' }
                'E' { 'Completed' }
                'F' { 'Failed' }
                'R' { 'Running' }
                'D' { 'Completed', 'Completed' }
                'M' { }
            }
            foreach ($status in $statuses) {
                $null = Add-EmulatorScheduledRun $export -Run @{
                    start     = $end.AddHours(-1).ToString('o')
                    end       = $end.ToString('o')
                    createdAt = $end.AddMinutes(2).ToString('o')
                    status    = $status
                    records   = $Hours[$index] -eq 'E' ? 0 : 50
                    error     = $status -eq 'Failed' ? 'The bucket does not exist' : $null
                }
            }
        }
        $export
    }

    function Get-Posted {
        @(Get-EmulatorRequest | Where-Object { $_.method -eq 'POST' -and $_.path -like '*/backfills/' })
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Get-BatchExportCoverage' {
    BeforeEach {
        Reset-Emulator
    }

    It 'merges successive intervals of the same state' {
        $id = New-History nightly 'CCCFFCEEDDMMCC'
        $coverage = Get-BatchExportCoverage $id -After $hour.AddHours(-14)
        $coverage.ForEach{ "$($_.State) $($_.Intervals)" } |
            Should -Be 'Covered 3', 'Failed 2', 'Covered 1', 'Empty 2', 'Repeated 2', 'Missing 2', 'Covered 2'
        $coverage[0].Start | Should -Be $hour.AddHours(-14)
        $coverage[-1].End | Should -Be $hour
        $coverage.Records | Should -Be 150, $null, 50, 0, 200, $null, 100
        $coverage[1].LatestError | Should -Be 'The bucket does not exist'
        $coverage.ForEach{ $_.BatchExportId } | Should -Be (@($id) * 7)
        $coverage[0].Name | Should -BeLike 'nightly*'
        $coverage[0].ProjectId | Should -Be $emulator.ProjectId
    }

    It 'takes names and piped exports, and keeps their order' {
        $null = New-History beta 'CC'
        $null = New-History alpha 'CC'
        $names = (Get-BatchExport).Name
        (Get-BatchExport | Get-BatchExportCoverage).Name | Should -Be $names
        ($names | Get-BatchExportCoverage).Name | Should -Be $names
    }

    It 'does not read exports again that were just listed' {
        $null = New-History one 'CC'
        $null = New-History two 'CC'
        Clear-EmulatorRequest
        $null = Get-BatchExport | Get-BatchExportCoverage
        @(Get-EmulatorRequest).Count | Should -Be 3
    }

    It 'reports an unknown export and goes on' {
        $null = New-History one 'CC'
        $known = (Get-BatchExport).Name
        $coverage = Get-BatchExportCoverage 'none', $known -ErrorVariable problems -ErrorAction SilentlyContinue
        $coverage.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'BatchExportNameNotFound,*'
    }

    It 'returns nothing for an empty list and sends nothing' {
        @() | Get-BatchExportCoverage | Should -BeNullOrEmpty
        Get-BatchExportCoverage @() | Should -BeNullOrEmpty
        @(Get-EmulatorRequest).Count | Should -Be 0
    }

    It 'draws a picture above its stretches' {
        $id = New-History nightly ('C' * 30 + 'MM' + 'C' * 10)
        $text = Get-BatchExportCoverage $id | Out-String -Width 80
        $text | Should -Match '\u25A0{10}'
        # A day is a line, and the two hours may be of two days.
        $text | Should -Match 'M(\n\S+ )?M'
        $text | Should -Match '\u25A0 covered  M missing'
        ($text -split "`n").Where{ $_.TrimEnd().Length -gt 80 } | Should -BeNullOrEmpty
    }

    It 'survives a job as what it was, without the picture' {
        $id = New-History nightly 'CMC'
        $xml = [System.Management.Automation.PSSerializer]::Serialize((Get-BatchExportCoverage $id))
        $again = [System.Management.Automation.PSSerializer]::Deserialize($xml)
        $again.State.ForEach{ "$_" } | Should -Be 'Covered', 'Missing', 'Covered'
        $again | Out-String | Should -Match 'Missing'
    }
}

Describe 'Find-BatchExportGap' {
    BeforeEach {
        Reset-Emulator
    }

    It 'returns what lacks data, with how exactly it can be filled' {
        $id = New-History nightly 'CCFFCCMMCC'
        $gaps = Find-BatchExportGap $id
        $gaps.ForEach{ "$($_.Kind) $($_.Intervals) $($_.Exactness) $($_.EstimatedRecords)" } |
            Should -Be 'Failed 2 Exact 100', 'Missing 2 Exact 100'
        $gaps[0].Reason | Should -BeLike 'Exact: *'
    }

    It 'counts pauses only where asked to' {
        $export = Add-EmulatorExport -NamePrefix paused -History @{ interval = 'day'; historyDays = 20; incident = 'pausedByUser' }
        Find-BatchExportGap $export -After (Get-Date).AddDays(-15) | Should -BeNullOrEmpty
        (Find-BatchExportGap $export -After (Get-Date).AddDays(-15) -IncludePaused).Kind | Should -Be 'Paused'
    }

    It 'looks behind the seven days of the service' {
        $exports = Add-EmulatorExport -Count 2 -NamePrefix old -History @{ interval = 'day'; historyDays = 40; incident = 'neverRan' }
        $ofEvents = Get-BatchExport -Id $exports | Where-Object Model -EQ events
        $gap = $ofEvents | Find-BatchExportGap
        ($gap | Measure-Object Intervals -Sum).Sum | Should -BeGreaterOrEqual 29
        $gap[0].Exactness | Should -Be 'ByEventTime'
    }

    It 'says why it cannot tell the intervals of an unknown schedule' {
        $id = New-History nightly 'CC'
        $body = @{ id = $id; name = 'nightly'; interval = 'fortnight' } | ConvertTo-Json
        Add-EmulatorFault @{ pathPattern = "$id/$"; status = 200; body = $body }
        Find-BatchExportGap $id -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ScheduleUnknown,*'
        "$($problem[0])" | Should -Match 'fortnight'
    }
}

Describe 'Repair-BatchExportGap' {
    BeforeEach {
        Reset-Emulator
    }

    It 'fills what is missing, one interval first' {
        $id = New-History nightly 'CCMMMCCFCC'
        $repairs = Find-BatchExportGap $id | Repair-BatchExportGap
        $repairs.Status | Should -Be 'Completed', 'Completed', 'Completed'
        $repairs[0].Intervals | Should -Be 1
        @(Get-Posted).Count | Should -Be 3
        Find-BatchExportGap $id | Should -BeNullOrEmpty
        $repairs.BackfillId | Should -Not -Contain $null
    }

    It 'lists each range with -WhatIf and starts nothing' {
        $id = New-History nightly 'CCMMMCCFCC'
        Find-BatchExportGap $id | Repair-BatchExportGap -WhatIf
        @(Get-Posted).Count | Should -Be 0
    }

    It 'starts nothing for more rows than -MaximumRecords' {
        $id = New-History nightly 'CCMMMCC'
        Find-BatchExportGap $id | Repair-BatchExportGap -MaximumRecords 149 -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'RepairTooLarge,*'
        "$($problem[0])" | Should -Match '150'
        @(Get-Posted).Count | Should -Be 0
    }

    It 'refuses to guess where the number of rows is unknown' {
        $id = New-History nightly 'MM'
        Find-BatchExportGap $id | Repair-BatchExportGap -MaximumRecords 5 -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'RepairCostUnknown,*'
        @(Get-Posted).Count | Should -Be 0
    }

    It 'leaves out what is in progress and says so' {
        $id = New-History nightly 'CCMMCC'
        $gap = Find-BatchExportGap $id
        $null = Start-BatchExportBackfill $id -StartAt $gap.Start -EndAt $gap.End
        Clear-EmulatorRequest
        Set-EmulatorSwitch @{ runsNeverEnd = $true }
        $gap | Repair-BatchExportGap -WarningVariable warnings -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        @(Get-Posted).Count | Should -Be 0
    }
}

Describe 'Get-BatchExportHealth' {
    BeforeEach {
        Reset-Emulator
    }

    It 'says until when the data is whole' {
        $null = New-History nightly 'CCCCCC'
        $health = Get-BatchExportHealth nightly*
        $health.Verdict | Should -Be 'Fresh'
        $health.DataUntil | Should -Be $hour
        $health.Lag | Should -BeGreaterThan ([timespan]::FromMinutes(19))
        $health.NextExpected | Should -Be $hour.AddMinutes(76)
        $health.ApiHost | Should -Be "$($emulator.Api)/"
    }

    It 'finds those that are not fresh' {
        $null = New-History good 'CCCC'
        $null = New-History bad 'CCCF'
        (Get-BatchExportHealth | Where-Object Verdict -NE Fresh).Name | Should -BeLike 'bad*'
        (Get-BatchExport | Get-BatchExportHealth | Where-Object Verdict -NE Fresh).Name | Should -BeLike 'bad*'
    }

    It 'takes a lag as text' {
        $null = New-History good 'CCCC'
        (Get-BatchExportHealth -MaximumLag 10m).Verdict | Should -Be 'Late'
        (Get-BatchExportHealth -MaximumLag 2h).Verdict | Should -Be 'Fresh'
    }

    It 'reports a name that no export has' {
        Get-BatchExportHealth none -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'BatchExportNameNotFound,*'
        Get-BatchExportHealth none* | Should -BeNullOrEmpty
    }
}

Describe 'Wait-BatchExportData' {
    BeforeEach {
        Reset-Emulator
    }

    It 'returns the health once the data is whole' {
        $id = New-History nightly 'CCCC'
        $health = Wait-BatchExportData $id -Until $hour -TimeoutSec 60
        $health.DataUntil | Should -Be $hour
    }

    It 'fails with the health as its target when the time is up' {
        $id = New-History nightly 'CCFC'
        Wait-BatchExportData $id -Until $hour -TimeoutSec 1 -PollingIntervalSec 1 -ErrorVariable problem -ErrorAction SilentlyContinue `
            -WarningVariable warnings -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        $warnings.Count | Should -Be 1
        "$warnings" | Should -Match 'Repair-BatchExportGap'
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'WaitTimedOut,*'
        $problem[0].TargetObject.DataUntil | Should -Be $hour.AddHours(-2)
    }

    It 'fails at once when the export is paused' {
        $id = New-History nightly 'CCCC'
        Suspend-BatchExport $id
        Wait-BatchExportData $id -Until $hour.AddHours(3) -TimeoutSec 60 -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'BatchExportPaused,*'
        $problem[0].TargetObject.Verdict | Should -Be 'PausedByUser'
    }
}
