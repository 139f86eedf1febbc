#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Measures long lists and long logs beside loops of Invoke-RestMethod.
.DESCRIPTION
    The emulator answers each request 30 ms late. The loops do what a careful script does: they follow next, and read a log on by the time of
    its last line.
.PARAMETER Runs
    How often each is measured.
.EXAMPLE
    ./bench/Listing.ps1
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateRange(1, 101)]
    [int] $Runs = 5
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Bench.psm1')
Import-Module (Join-Path $PSScriptRoot '../tests/Pester/Support/Support.psm1')
Assert-Command -Name time

$items = 5000
$leastOfList = 4.0
$leastOfLog = 1.5

# Memory that is flat does not grow from the one to the other.
$many = 20000
$connect = {
    param($Emulator)
    @"
Import-Module '$(Get-MeasuredModule)'
`$env:POSTHOG_HOST = '$($Emulator.Api)'
`$env:POSTHOG_PROJECT_ID = '$($Emulator.ProjectId)'
`$env:POSTHOG_PERSONAL_API_KEY = '$($Emulator.Key)'
"@
}

$emulator = $null
try {
    $emulator = Start-Emulator -Arguments '--exports', $many
    $before = & $connect $emulator
    $memory = Measure-Turn -Rounds $Runs -Tool @(
        foreach ($first in $items, $many) {
            @{ Name = "$first"; Measure = { Measure-Pwsh -Before $before -Command "`$count = 0; Get-BatchExport -First $first | ForEach-Object { `$count++ }; if (`$count -ne $first) { throw `"Only `$count came.`" }" }.GetNewClosure() }
        }
    )
    Stop-Emulator -Emulator $emulator
    $emulator = Start-Emulator -Arguments '--exports', $items, '--latency', '0.03'
    $project = "$($emulator.Api)/api/projects/$($emulator.ProjectId)"
    $headers = "@{ Authorization = 'Bearer $($emulator.Key)' }"
    $export = (Invoke-RestMethod -Uri "$project/batch_exports/?limit=1" -Headers @{ Authorization = "Bearer $($emulator.Key)" }).results[0].id
    $last = [datetimeoffset]::UtcNow.AddMinutes(-1)
    foreach ($batch in 0..9) {
        Add-EmulatorLog @(
            foreach ($line in 0..($items / 10 - 1)) {
                @{ sourceId = $export; level = 'INFO'; message = "Record $batch $line was exported"; timestamp = $last.AddSeconds(-$line - $batch * $items / 10).ToString('yyyy-MM-ddTHH:mm:ss.ffffffZ') }
            }
        )
    }

    $before = & $connect $emulator
    $check = "if (`$count -lt $items) { throw `"Only `$count came.`" }"
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
    if (`$page.results) { `$before = '&before=' + `$page.results[-1].timestamp.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.ffffffZ') }
} while (`$page.results.Count -eq 500)
$check
"@
    $tools = @(
        @{ Name = 'Get-BatchExport'; Measure = { Measure-Pwsh -Before $before -Command "`$count = 0; Get-BatchExport | ForEach-Object { `$count++ }; $check" } }
        @{ Name = 'Invoke-RestMethod, exports'; Measure = { Measure-Pwsh -Command $listLoop } }
        @{ Name = 'Get-BatchExportLog'; Measure = { Measure-Pwsh -Before $before -Command "`$count = 0; Get-BatchExportLog -BatchExportId $export | ForEach-Object { `$count++ }; $check" } }
        @{ Name = 'Invoke-RestMethod, log'; Measure = { Measure-Pwsh -Command $logLoop } }
    )

    # A service that has just started is slow, at first to whoever comes first.
    $null = Measure-Turn -Rounds 1 -Tool $tools
    $results = Measure-Turn -Rounds $Runs -Tool $tools
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
    [pscustomobject][ordered]@{ 'faster than Invoke-RestMethod' = "$items exports"; 'at least' = "$(Format-Number $leastOfList) x"; command = "$(Format-Number ($list[0].Command / $list[1].Command)) x"; process = "$(Format-Number ($list[0].Wall / $list[1].Wall)) x"; met = $list[0].Wall / $list[1].Wall -ge $leastOfList ? 'yes' : 'no' }
    [pscustomobject][ordered]@{ 'faster than Invoke-RestMethod' = "$items log lines"; 'at least' = "$(Format-Number $leastOfLog) x"; command = "$(Format-Number ($log[0].Command / $log[1].Command)) x"; process = "$(Format-Number ($log[0].Wall / $log[1].Wall)) x"; met = $log[0].Wall / $log[1].Wall -ge $leastOfLog ? 'yes' : 'no' }
)
''
"Peak memory: $(Format-Number $memory[0].Peak '0') MiB for $items exports, $(Format-Number $memory[1].Peak '0') MiB for $many."
