#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Compares long lists and logs with loops of Invoke-RestMethod.
.DESCRIPTION
    The emulator delays each response by 30 ms. The loops are written carefully: they follow next, and page a log by the time of its
    last line.
.PARAMETER Runs
    The number of measurements of each command.
.PARAMETER Baseline
    The manifest of an earlier package, to compare the memory of long lists with.
.EXAMPLE
    ./bench/Listing.ps1
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateRange(1, 101)]
    [int] $Runs = 5,

    [string] $Baseline
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Bench.psm1')
Import-Module (Join-Path $PSScriptRoot '../tests/Pester/Support/Support.psm1')
Assert-Command -Name time

$items = 5000
$minListSpeedup = 6.0
$minLogSpeedup = 1.6
$many = 20000
$maxMemory = 0.75
$connect = {
    param($Emulator, $Manifest)
    @"
Import-Module '$Manifest'
`$env:POSTHOG_HOST = '$($Emulator.Api)'
`$env:POSTHOG_PROJECT_ID = '$($Emulator.ProjectId)'
`$env:POSTHOG_PERSONAL_API_KEY = '$($Emulator.Key)'
"@
}

$emulator = $null
try {
    $emulator = Start-Emulator -Arguments '--exports', $many
    $cases = @(
        @{ Name = "$items"; First = $items; Manifest = Get-MeasuredModule }
        @{ Name = "$many"; First = $many; Manifest = Get-MeasuredModule }
        if ($Baseline) {
            @{ Name = "$many, baseline"; First = $many; Manifest = $Baseline }
        }
    )
    $memory = Measure-Interleaved -Rounds $Runs -Tool @(
        foreach ($case in $cases) {
            $first = $case.First
            $before = & $connect $emulator $case.Manifest
            $command = @"
`$count = 0
Get-BatchExport -First $first | ForEach-Object { `$count++ }
if (`$count -ne $first) { throw "Got only `$count." }
"@
            @{ Name = $case.Name; Measure = { Measure-Pwsh -Before $before -Command $command }.GetNewClosure() }
        }
    )
    Stop-Emulator -Emulator $emulator
    $emulator = Start-Emulator -Arguments '--exports', $items, '--latency', '0.03'
    $project = "$($emulator.Api)/api/projects/$($emulator.ProjectId)"
    $headers = "@{ Authorization = 'Bearer $($emulator.Key)' }"
    $authorization = @{ Authorization = "Bearer $($emulator.Key)" }
    $export = (Invoke-RestMethod -Uri "$project/batch_exports/?limit=1" -Headers $authorization).results[0].id
    $last = [datetimeoffset]::UtcNow.AddMinutes(-1)
    foreach ($batch in 0..9) {
        Add-EmulatorLog @(
            foreach ($line in 0..($items / 10 - 1)) {
                $time = $last.AddSeconds(-$line - $batch * $items / 10).ToString('yyyy-MM-ddTHH:mm:ss.ffffffZ')
                @{ sourceId = $export; level = 'INFO'; message = "Record $batch $line was exported"; timestamp = $time }
            }
        )
    }

    $before = & $connect $emulator (Get-MeasuredModule)
    $check = "if (`$count -lt $items) { throw `"Got only `$count.`" }"
    $listLoop = @"
`$count = 0
`$address = '$project/batch_exports/'
while (`$address) {
    `$page = Invoke-RestMethod -Uri `$address -Headers $headers
    foreach (`$item in `$page.results) { `$count++ }
    `$address = `$page.next
}
$check
"@
    $logLoop = @"
`$count = 0
`$before = ''
do {
    `$page = Invoke-RestMethod -Uri ('$project/batch_exports/$export/logs/?limit=500' + `$before) -Headers $headers
    foreach (`$item in `$page.results) { `$count++ }
    if (`$page.results) {
        `$before = '&before=' + `$page.results[-1].timestamp.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.ffffffZ')
    }
} while (`$page.results.Count -eq 500)
$check
"@
    $listExports = "`$count = 0; Get-BatchExport | ForEach-Object { `$count++ }; $check"
    $readLog = "`$count = 0; Get-BatchExportLog -BatchExportId $export | ForEach-Object { `$count++ }; $check"
    $tools = @(
        @{ Name = 'Get-BatchExport'; Measure = { Measure-Pwsh -Before $before -Command $listExports } }
        @{ Name = 'Invoke-RestMethod, exports'; Measure = { Measure-Pwsh -Command $listLoop } }
        @{ Name = 'Get-BatchExportLog'; Measure = { Measure-Pwsh -Before $before -Command $readLog } }
        @{ Name = 'Invoke-RestMethod, log'; Measure = { Measure-Pwsh -Command $logLoop } }
    )

    # Warms up the emulator.
    $null = Measure-Interleaved -Rounds 1 -Tool $tools
    $results = Measure-Interleaved -Rounds $Runs -Tool $tools
}
finally {
    Stop-Emulator -Emulator $emulator
}

"Medians of $Runs; $items exports, $items log lines, 30 ms a request."
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
$byName = @{}
foreach ($result in $results) {
    $byName[$result.Name] = $result
}
$list = $byName['Invoke-RestMethod, exports'], $byName['Get-BatchExport']
$log = $byName['Invoke-RestMethod, log'], $byName['Get-BatchExportLog']
Format-Markdown -Row @(
    foreach ($case in @("$items exports", $minListSpeedup, $list), @("$items log lines", $minLogSpeedup, $log)) {
        $title, $minSpeedup, $pair = $case
        $loop, $cmdlet = $pair
        [pscustomobject][ordered]@{
            'faster than Invoke-RestMethod' = $title
            'at least'                      = "$(Format-Number $minSpeedup) x"
            command                         = "$(Format-Number ($loop.Command / $cmdlet.Command)) x"
            process                         = "$(Format-Number ($loop.Wall / $cmdlet.Wall)) x"
            met                             = $loop.Wall / $cmdlet.Wall -ge $minSpeedup ? 'yes' : 'no'
        }
    }
)
''
"Peak memory: $(Format-Number $memory[0].Peak '0') MiB for $items exports, $(Format-Number $memory[1].Peak '0') MiB for $many."
if ($Baseline) {
    $ratio = $memory[1].Peak / $memory[2].Peak
    $verdict = "at most $(Format-Number $maxMemory) x, $($ratio -le $maxMemory ? 'met' : 'not met')"
    "The baseline takes $(Format-Number $memory[2].Peak '0') MiB for ${many}: $(Format-Number $ratio) x; $verdict."
}
