[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

# Short forms that are typed at a prompt.
BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--list-duration', '0'
    Connect-Emulator

    # The bounds that the last run was started with.
    function Get-SentSpan {
        $body = (Get-EmulatorRequest)[-1].body | ConvertFrom-Json -DateKind Offset
        [pscustomobject]@{ Start = $body.data_interval_start; End = $body.data_interval_end }
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'The span of a run' {
    It 'can be given by position' {
        $null = Start-BatchExportRun events 2026-11-01 2026-11-02
        (Get-SentSpan).Start | Should -Be ([datetimeoffset]::new(2026, 11, 1, 0, 0, 0, 0))
        (Get-SentSpan).End | Should -Be ([datetimeoffset]::new(2026, 11, 2, 0, 0, 0, 0))
    }

    It 'is the last <Text>' -ForEach @(
        @{ Text = '1d'; Last = 1d; Hours = 24 }
        @{ Text = '12h'; Last = '12h'; Hours = 12 }
        @{ Text = '90m'; Last = '90m'; Hours = 1.5 }
        @{ Text = 'a TimeSpan'; Last = [timespan]::FromHours(3); Hours = 3 }
        @{ Text = 'seconds'; Last = 7200; Hours = 2 }
    ) {
        $before = [datetimeoffset]::UtcNow
        $null = $Text -eq '1d' ? (Start-BatchExportRun -Last 1d) : (Start-BatchExportRun -Last $Last)
        $span = Get-SentSpan
        ($span.End - $span.Start).TotalHours | Should -Be $Hours
        $span.End | Should -BeGreaterOrEqual $before.AddSeconds(-1)
        $span.End | Should -BeLessOrEqual ([datetimeoffset]::UtcNow)
    }

    It 'starts or ends at a bound that is given with -Last' {
        $null = Start-BatchExportRun -DataIntervalEnd 2026-11-02 -Last 1d
        (Get-SentSpan).Start | Should -Be ([datetimeoffset]::new(2026, 11, 1, 0, 0, 0, 0))
        $null = Start-BatchExportRun events 2026-11-02 -Last 1d
        (Get-SentSpan).End | Should -Be ([datetimeoffset]::new(2026, 11, 3, 0, 0, 0, 0))
    }

    It 'is refused before it is sent: <Name>' -ForEach @(
        @{
            Name   = 'both bounds and -Last'
            Action = { Start-BatchExportRun events 2026-11-01 2026-11-02 -Last 1d }
            Id     = 'IntervalGivenTwice'
        }
        @{ Name = 'no length'; Action = { Start-BatchExportRun -Last 0 }; Id = 'InvalidLast' }
        @{ Name = 'more than seven days'; Action = { Start-BatchExportRun -Last 8d }; Id = 'IntervalTooLong' }
        @{ Name = 'one bound'; Action = { Start-BatchExportRun events 2026-11-01 }; Id = 'IntervalMissing' }
    ) {
        Clear-EmulatorRequest
        (Invoke-Watched $Action).Terminating.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'is refused as an hour too long for seven local days with a clock change' {
        $start = [datetimeoffset]::new(2026, 10, 20, 0, 0, 0, [timespan]::FromHours(2))
        $end = [datetimeoffset]::new(2026, 10, 27, 0, 0, 0, [timespan]::FromHours(1))
        "$((Invoke-Watched { Start-BatchExportRun events $start $end }).Terminating)" |
            Should -BeLike '*more than seven days*clocks change*1 h longer*'
        "$((Invoke-Watched { Start-BatchExportRun events $start $end.AddDays(1) }).Terminating)" | Should -Not -BeLike '*clocks*'
    }
}

Describe 'A folder to save to' {
    It 'can be a script block that is evaluated for each run' {
        $runs = 1..2 | ForEach-Object { Start-BatchExportRun events "2026-11-0$_" "2026-11-0${_}T01:00Z" } | Wait-BatchExportRun
        $saved = $runs | Save-BatchExportFile -Path { Join-Path $TestDrive "by-day/$($_.DataIntervalStart.ToString('yyyy-MM-dd'))" }
        $saved | Should -HaveCount 2
        foreach ($file in $saved) {
            $day = ($runs | Where-Object RunId -EQ $file.RunId).DataIntervalStart.ToString('yyyy-MM-dd')
            Split-Path (Split-Path $file.FullName) -Leaf | Should -Be $day
        }
    }
}

Describe 'A command without a target' {
    It 'fails without a prompt and says what to give: <_>' -ForEach @(
        'Get-BatchExportRun'
        'Get-BatchExportFile'
        'Get-BatchExportBackfill'
        'Get-BatchExportLog'
    ) {
        $seen = Invoke-Watched { & $_ }
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'NoIdentity,*'
    }

    It 'outputs nothing for an empty list: <_>' -ForEach @(
        'Get-BatchExportRun'
        'Get-BatchExportFile'
        'Get-BatchExportBackfill'
        'Get-BatchExportLog'
    ) {
        $seen = Invoke-Watched { @() | & $_ }
        $seen.Errors | Should -BeNullOrEmpty
        $seen = Invoke-Watched { & $_ @() }
        $seen.Errors | Should -BeNullOrEmpty
    }
}
