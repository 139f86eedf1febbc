#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Compares Find-BatchExportGap with a script, and measures the memory of a long history.
.DESCRIPTION
    The emulator delays each response by 30 ms. It has hourly exports with 30 days of runs, and outages, failures and pauses in them. The
    script is the shortest that is right about hourly exports: it follows next, counts completed runs, and lists the hours without one. The
    history is a year of runs every five minutes.
.PARAMETER Runs
    The number of measurements of each command.
.PARAMETER Exports
    The number of hourly exports.
.EXAMPLE
    ./bench/Coverage.ps1
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateRange(1, 101)]
    [int] $Runs = 3,

    [ValidateRange(1, 1000)]
    [int] $Exports = 200
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Bench.psm1')
Import-Module (Join-Path $PSScriptRoot '../tests/Pester/Support/Support.psm1')
Assert-Command -Name time

$minSpeedup = 6.0
$maxMemory = 30
$emulator = $null
try {
    $emulator = Start-Emulator -Arguments '--exports', '0', '--latency', '0.03'
    $null = Add-EmulatorExport -Count $Exports -History @{ interval = 'hour'; historyDays = 40; incident = 'outage' }
    $project = "$($emulator.Api)/api/projects/$($emulator.ProjectId)"
    $before = @"
Import-Module '$(Get-MeasuredModule)'
`$env:POSTHOG_HOST = '$($emulator.Api)'
`$env:POSTHOG_PROJECT_ID = '$($emulator.ProjectId)'
`$env:POSTHOG_PERSONAL_API_KEY = '$($emulator.Key)'
"@
    $headers = "@{ Authorization = 'Bearer $($emulator.Key)' }"
    $bounds = @'
$end = [datetime]::UtcNow.AddMinutes(-76)
$end = $end.Date.AddHours($end.Hour)
$start = $end.AddDays(-30)
'@
    $script = @"
$bounds
`$hours = 0
`$next = '$project/batch_exports/?limit=100'
while (`$next) {
    `$page = Invoke-RestMethod -Uri `$next -Headers $headers
    `$next = `$page.next
    foreach (`$export in `$page.results) {
        `$done = @{}
        `$query = '?ordering=data_interval_start&start=' + `$start.ToString('yyyy-MM-ddTHH:mm:ssZ')
        `$runs = '$project/batch_exports/' + `$export.id + '/runs/' + `$query
        while (`$runs) {
            `$list = Invoke-RestMethod -Uri `$runs -Headers $headers
            foreach (`$run in `$list.results) {
                if (`$run.status -eq 'Completed') { `$done[`$run.data_interval_start.ToUniversalTime()] = `$true }
            }
            `$runs = `$list.next
        }
        for (`$hour = `$start; `$hour -lt `$end; `$hour = `$hour.AddHours(1)) {
            if (-not `$done.ContainsKey(`$hour)) { `$hours++ }
        }
    }
}
if (`$hours -lt $Exports) { throw "Found only `$hours hours." }
"@
    $find = @"
$bounds
`$hours = 0
Get-BatchExport | Find-BatchExportGap -After `$start -Before `$end | ForEach-Object { `$hours += `$_.Intervals }
if (`$hours -lt $Exports) { throw "Found only `$hours hours." }
"@
    $tools = @(
        @{ Name = 'Find-BatchExportGap'; Measure = { Measure-Pwsh -Before $before -Command $find } }
        @{ Name = 'Invoke-RestMethod'; Measure = { Measure-Pwsh -Command $script } }
    )
    $results = Measure-Interleaved -Rounds $Runs -Tool $tools

    Stop-Emulator -Emulator $emulator
    $emulator = Start-Emulator -Arguments '--exports', '0'
    $year = Add-EmulatorExport -History @{ interval = 'every 5 minutes'; historyDays = 366; incident = 'repeated' }
    $before = @"
Import-Module '$(Get-MeasuredModule)'
`$env:POSTHOG_HOST = '$($emulator.Api)'
`$env:POSTHOG_PROJECT_ID = '$($emulator.ProjectId)'
`$env:POSTHOG_PERSONAL_API_KEY = '$($emulator.Key)'
"@
    $memory = Measure-Interleaved -Rounds $Runs -Tool @(
        foreach ($days in 1, 365) {
            $command = "`$null = Get-BatchExportCoverage $year -After (Get-Date).AddDays(-$days)"
            @{ Name = "$days"; Measure = { Measure-Pwsh -Before $before -Command $command }.GetNewClosure() }
        }
    )
}
finally {
    Stop-Emulator -Emulator $emulator
}

"Medians of $Runs; $Exports hourly exports over 30 days, 30 ms a request."
''
Format-Markdown -Row @(
    foreach ($result in $results) {
        [pscustomobject][ordered]@{
            tool         = $result.Name
            'command, s' = Format-Number $result.Command
            'process, s' = Format-Number $result.Wall
            'from-to, s' = "$(Format-Number $result.WallRange.Minimum)-$(Format-Number $result.WallRange.Maximum)"
            'CPU, s'     = Format-Number $result.Cpu
            'peak, MiB'  = Format-Number $result.Peak '0'
        }
    }
)
''
$speedup = $results[1].Wall / $results[0].Wall
$verdict = $speedup -ge $minSpeedup ? 'met' : 'not met'
"Whole processes: $(Format-Number $speedup) x faster, at least $(Format-Number $minSpeedup) x wanted: $verdict."
$growth = $memory[1].Peak - $memory[0].Peak
"A year of runs every five minutes: $(Format-Number $memory[1].Wall) s, peak $(Format-Number $memory[1].Peak '0') MiB, " +
"$(Format-Number $growth '0') MiB more than for a day, at most $maxMemory wanted: $($growth -le $maxMemory ? 'met' : 'not met')."
