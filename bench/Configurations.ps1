#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Compares Compare-BatchExportConfiguration with a script that reads each export by itself, and its memory with the number of exports.
.DESCRIPTION
    Each answer of the emulator takes 30 ms. Both commands compare every export with its file and find the one that was changed. The script
    is what a good user would write: it reads an export by its id and compares three of its settings.
.PARAMETER Runs
    The number of measurements of each command.
.PARAMETER Exports
    The number of exports, each with a file.
.EXAMPLE
    ./bench/Configurations.ps1 -Runs 3
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateRange(1, 101)]
    [int] $Runs = 5,

    [ValidateRange(100, 1000)]
    [int] $Exports = 500
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Bench.psm1')
Import-Module (Join-Path $PSScriptRoot '../tests/Pester/Support/Support.psm1')
Assert-Command -Name time

$minSpeedup, $maxMemory = 8.0, 16
$manifest = Get-MeasuredModule

# Runs a script in processes of their own, against an emulator whose exports have a file each, the first of which was changed.
function Measure-Comparison {
    [OutputType([pscustomobject])]
    param([int] $Count, [int] $Times, [string[]] $Commands)

    $folder = Join-Path ([System.IO.Path]::GetTempPath()) "psbatchexports-bench-$([guid]::NewGuid().ToString('n'))"
    $running = Start-Emulator -Arguments '--exports', "$Count", '--latency', '0.03'
    try {
        $before = @"
`$ErrorActionPreference = 'Stop'
`$env:POSTHOG_HOST = '$($running.Api)'
`$env:POSTHOG_PROJECT_ID = '$($running.ProjectId)'
`$env:POSTHOG_PERSONAL_API_KEY = '$($running.Key)'
`$folder = '$folder'
Import-Module '$manifest'
"@
        $null = Measure-Pwsh -Before $before -Command @'
$ids = [ordered]@{}
Get-BatchExport | ForEach-Object { $ids[$_.Name] = $_.Id; $_ } | Export-BatchExportConfiguration $folder | Out-Null
$ids | ConvertTo-Json | Set-Content "$folder/ids.map"
$first = (Get-ChildItem $folder -Filter *.json | Where-Object Name -notlike '*.schema.json' | Sort-Object Name)[0].FullName
$file = Get-Content $first -Raw | ConvertFrom-Json
$file | Add-Member -NotePropertyName end_at -NotePropertyValue '2030-01-01T00:00:00Z' -Force
$file | ConvertTo-Json -Depth 20 | Set-Content $first
'@
        foreach ($command in $Commands) {
            $measured = foreach ($run in 1..$Times) {
                $one = Measure-Pwsh -Before $before -Command $command
                if ([int] $one.Output[0] -ne 1) {
                    throw "$($one.Output[0]) differences were found instead of 1."
                }
                $one
            }
            [pscustomobject]@{
                Command = Get-Median -Number $measured.Command
                Wall    = Get-Median -Number $measured.Wall
                Peak    = Get-Median -Number $measured.Peak
            }
        }
    }
    finally {
        Stop-Emulator -Emulator $running
        Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction Ignore
    }
}

$compare = '@(Compare-BatchExportConfiguration $folder).Count'
$script = @'
$ids = Get-Content "$folder/ids.map" -Raw | ConvertFrom-Json -AsHashtable
$headers = @{ Authorization = "Bearer $env:POSTHOG_PERSONAL_API_KEY" }
$differences = 0
foreach ($path in Get-ChildItem $folder -Filter *.json | Where-Object Name -notlike '*.schema.json') {
    $file = Get-Content $path -Raw | ConvertFrom-Json
    $export = Invoke-RestMethod "$env:POSTHOG_HOST/api/projects/$env:POSTHOG_PROJECT_ID/batch_exports/$($ids[$file.name])/" -Headers $headers
    $desiredEnd = $file.PSObject.Properties['end_at']?.Value
    if ($export.interval -ne $file.interval -or $export.destination.type -ne $file.destination.type -or "$($export.end_at)" -ne "$desiredEnd") {
        $differences++
    }
}
$differences
'@

$module, $loop = Measure-Comparison -Count $Exports -Times $Runs -Commands $compare, $script
$speedup = $loop.Command / $module.Command
"$Exports exports, 30 ms a request, medians of ${Runs}: Compare-BatchExportConfiguration $(Format-Number $module.Command '0.00') s, " +
    "a script with a request for each $(Format-Number $loop.Command '0.00') s: $(Format-Number $speedup '0.0') x, " +
    "at least $minSpeedup x wanted: $($speedup -ge $minSpeedup ? 'met' : 'not met')."

$small, $stated, $large = foreach ($count in 100, $Exports, (8 * $Exports)) {
    Measure-Comparison -Count $count -Times 1 -Commands $compare
}
$growth = $stated.Peak - $small.Peak
"Peak memory of 100 exports $(Format-Number $small.Peak '0') MiB, of $Exports $(Format-Number $stated.Peak '0') MiB: " +
    "$(Format-Number $growth '0') MiB more, at most $maxMemory wanted: $($growth -le $maxMemory ? 'met' : 'not met'). " +
    "It grows with the exports, which are held to find doubles: $(8 * $Exports) take $(Format-Number $large.Peak '0') MiB."
