#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Compares Save-BatchExportRange with a loop by day, and measures a year, and the memory of many windows.
.DESCRIPTION
    The emulator delays each response by 30 ms, and a run takes 20 s. The loop is what one would write: for each day, start a run, wait for
    it, and save its files. A year is compared with what the runs alone take, 20 at a time. The memory is that of 10 and of 10,000 windows,
    whose runs take no time.
.PARAMETER Days
    The number of days that both save.
.PARAMETER Part
    What is measured: Loop, Year, Memory.
.EXAMPLE
    ./bench/Ranges.ps1 -Part Loop
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateRange(1, 1000)]
    [int] $Days = 60,

    [ValidateSet('Loop', 'Year', 'Memory')]
    [string[]] $Part = ('Loop', 'Year', 'Memory')
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Bench.psm1')
Import-Module (Join-Path $PSScriptRoot '../tests/Pester/Support/Support.psm1')
Assert-Command -Name time

$minSpeedup = 5.0
$maxOverIdeal = 1.15
$maxMemory = 16
$duration = 20
$end = [datetime]::UtcNow.Date

# Runs a script in a process and a folder of its own, against an emulator of its own.
function Measure-Saving([string[]] $Emulator, [string] $Command) {
    $folder = Join-Path ([System.IO.Path]::GetTempPath()) "psbatchexports-bench-$([guid]::NewGuid().ToString('n'))"
    $running = Start-Emulator -Arguments (@('--exports', '0', '--events-per-hour', '20') + $Emulator)
    try {
        $before = @"
Import-Module '$(Get-MeasuredModule)'
`$env:POSTHOG_HOST = '$($running.Api)'
`$env:POSTHOG_PROJECT_ID = '$($running.ProjectId)'
`$env:POSTHOG_PERSONAL_API_KEY = '$($running.Key)'
`$folder = '$folder'
`$start = [datetimeoffset]'$($end.ToString('yyyy-MM-dd'))Z'
"@
        Measure-Pwsh -Before $before -Command $Command
    }
    finally {
        Stop-Emulator -Emulator $running
        Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction Ignore
    }
}

function Get-RangeCommand([int] $Windows, [string] $Every, [int] $Runs) {
    $hours = $Every -eq '1d' ? 24 : 1
    @"
`$saved = @(Save-BatchExportRange events -From `$start.AddHours(-$($Windows * $hours)) -To `$start -Every $Every -Path `$folder -MaximumRuns $Runs ``
    -Format JSONLines | ForEach-Object RunId)
if (`$saved.Count -ne $Windows) { throw "Only `$(`$saved.Count) windows were saved." }
`$saved = `$null
[System.GC]::GetTotalMemory(`$true) / 1MB
"@
}

if ($Part -contains 'Loop') {
    $slow = '--latency', '0.03', '--run-duration', "$duration"
    $range = Measure-Saving -Emulator $slow -Command (Get-RangeCommand -Windows $Days -Every 1d -Runs 8)
    $loop = Measure-Saving -Emulator $slow -Command @"
for (`$day = `$start.AddDays(-$Days); `$day -lt `$start; `$day = `$day.AddDays(1)) {
    Start-BatchExportRun events -DataIntervalStart `$day -DataIntervalEnd `$day.AddDays(1) -Format JSONLines |
        Wait-BatchExportRun | Save-BatchExportFile `$folder | Out-Null
}
if (@(Get-ChildItem -LiteralPath `$folder).Count -ne $Days) { throw 'Files are missing.' }
"@
    $speedup = $loop.Wall / $range.Wall
    "$Days days, runs of $duration s, 30 ms a request, once: Save-BatchExportRange -MaximumRuns 8 $(Format-Number $range.Wall '0.0') s, " +
    "the loop $(Format-Number $loop.Wall '0.0') s. " +
    "$(Format-Number $speedup) x faster, at least $(Format-Number $minSpeedup) x wanted: $($speedup -ge $minSpeedup ? 'met' : 'not met')."
}

if ($Part -contains 'Year') {
    $year = Measure-Saving -Emulator '--latency', '0.03', '--run-duration', "$duration" -Command (
        Get-RangeCommand -Windows 365 -Every 1d -Runs 20)
    $ideal = [math]::Ceiling(365 / 20) * $duration
    $ratio = $year.Command / $ideal
    "A year, 20 runs of $duration s at a time, once: $(Format-Number $year.Command '0.0') s, the runs alone $ideal s. " +
    "$(Format-Number $ratio) x, at most $(Format-Number $maxOverIdeal) x wanted: $($ratio -le $maxOverIdeal ? 'met' : 'not met')."
}

if ($Part -contains 'Memory') {
    $small, $large = foreach ($windows in 10, 10000) {
        Measure-Saving -Emulator '--run-duration', '0', '--concurrent-download-limit', '100' -Command (
            Get-RangeCommand -Windows $windows -Every 1h -Runs 100)
    }
    $growth = $large.Peak - $small.Peak
    "Peak memory of 10 windows $(Format-Number $small.Peak '0') MiB, of 10,000 $(Format-Number $large.Peak '0') MiB: " +
    "$(Format-Number $growth '0') MiB more, at most $maxMemory wanted: $($growth -le $maxMemory ? 'met' : 'not met'). " +
    "Held at the end: $(Format-Number ([double] $small.Output[0]) '0.0') and $(Format-Number ([double] $large.Output[0]) '0.0') MiB."
}
