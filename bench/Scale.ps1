#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Measures how cost grows with the number of objects, names, parts and lines.
.DESCRIPTION
    Each case compares two commands that should cost about the same, or a command with the same one of an earlier package. The commands take
    turns, each in its own process.
.PARAMETER Runs
    The number of measurements of each command.
.PARAMETER Case
    The cases to measure. Default: all. 'parts' needs nginx; 'held' and 'piped' need -Baseline.
.PARAMETER Baseline
    The manifest of an earlier package.
.EXAMPLE
    ./bench/Scale.ps1 -Case names, log -Runs 3
#>
#Requires -Version 7.4
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSReviewUnusedParameter', '', Justification = 'The blocks inside hide that they are used.')]
[CmdletBinding()]
param(
    [ValidateRange(1, 101)]
    [int] $Runs = 5,

    [ValidateSet('names', 'log', 'parts', 'held', 'piped')]
    [string[]] $Case = @('names', 'log', 'parts', 'held', 'piped'),

    [string] $Baseline
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Bench.psm1')
Import-Module (Join-Path $PSScriptRoot '../tests/Pester/Support/Support.psm1')
Assert-Command -Name time

# Runs a command over a new connection, after the module has sent its first request.
function New-Measurement {
    param([string] $Name, [pscustomobject] $Service, [string] $Command, [string] $Before = '', [string] $Manifest = (Get-MeasuredModule))

    $setUp = @"
Import-Module '$Manifest'
`$env:POSTHOG_HOST = '$($Service.Api)'
`$env:POSTHOG_PROJECT_ID = '$($Service.ProjectId)'
`$env:POSTHOG_PERSONAL_API_KEY = '$($Service.Key)'
$Before
"@
    @{ Name = $Name; Measure = { Measure-Pwsh -Before $setUp -Command $Command }.GetNewClosure() }
}

function Measure-Emulated {
    param([string[]] $Arguments, [scriptblock] $Tools)

    $running = Start-Emulator -Arguments $Arguments
    try {
        Measure-Interleaved -Rounds $Runs -Tool @(& $Tools $running)
    }
    finally {
        Stop-Emulator -Emulator $running
    }
}

function Write-LogLine([string] $Export, [datetimeoffset] $First, [int] $Count, [double] $StepSeconds) {
    $line = @{ sourceId = $Export; timestamp = $First.ToString('o'); message = 'Record'; count = $Count; stepSeconds = $StepSeconds }
    Add-EmulatorLog $line
}

$measures = @{
    names = {
        Measure-Emulated -Arguments '--exports', '20000' -Tools {
            param($service)
            New-Measurement 'the list' $service '$null = Get-BatchExport' '$names = (Get-BatchExport).Name'
            New-Measurement '20,000 names' $service '$null = Get-BatchExport -Name $names' '$names = (Get-BatchExport).Name'
        }
    }
    log   = {
        Measure-Emulated -Arguments '--exports', '9', '--latency', '0.05' -Tools {
            param($service)
            $ids = (Invoke-RestMethod -Uri "$($service.Api)/api/projects/$($service.ProjectId)/batch_exports/?limit=2" -Headers @{
                    Authorization = "Bearer $($service.Key)"
                }).results.id
            $first = [datetimeoffset]::UtcNow.AddHours(-3)
            Write-LogLine $ids[0] $first 6000 1
            Write-LogLine $ids[1] $first 1500 1
            Write-LogLine $ids[1] $first.AddSeconds(1500) 3000 0.0003
            Write-LogLine $ids[1] $first.AddSeconds(1501) 1500 1
            foreach ($id in $ids) {
                $count = "`$count = @(Get-BatchExportLog $id -After '$($first.AddHours(-1).ToString('o'))').Count"
                New-Measurement $id $service "$count; if (`$count -lt 6000) { throw `"Got `$count lines.`" }"
            }
        }
    }
    parts = {
        Assert-Command -Name nginx
        $folder = Join-Path ([System.IO.Path]::GetTempPath()) "psbatchexports-bench-$([guid]::NewGuid().ToString('n'))"
        $null = New-Item -ItemType Directory -Path $folder
        $server = Open-FileServer -Folder $folder -Set ([pscustomobject]@{ Name = 'parts'; Count = 5000; Length = 1000 })
        try {
            $service = [pscustomobject]@{ Api = $server.Origin; ProjectId = 1; Key = 'key' }
            $clean = "Remove-Item '$folder/target' -Recurse -ErrorAction Ignore"
            $check = "if (@(Get-ChildItem '$folder/target').Count -ne 5000) { throw 'Files are missing.' }"
            Measure-Interleaved -Rounds $Runs -Tool @(
                New-Measurement 'Save' $service "`$null = Save-BatchExportFile -RunId parts-fast -Path '$folder/target'; $check" $clean
                New-Measurement 'piped' $service (
                    "`$null = Get-BatchExportFile -RunId parts-fast | Save-BatchExportFile -Path '$folder/target'; $check") $clean
            )
        }
        finally {
            Close-FileServer -Server $server
            Remove-Item -LiteralPath $folder -Recurse -Force
        }
    }
    held  = {
        Measure-Emulated -Arguments '--exports', '80000' -Tools {
            param($service)
            New-Measurement 'before' $service '$all = Get-BatchExport; $all.Count' -Manifest $Baseline
            New-Measurement 'now' $service '$all = Get-BatchExport; $all.Count'
        }
    }
    piped = {
        Measure-Emulated -Arguments '--exports', '500', '--latency', '0.05' -Tools {
            param($service)
            $command = '@(Get-BatchExport | Get-BatchExportRun).Count'
            New-Measurement 'before' $service $command -Manifest $Baseline
            New-Measurement 'now' $service $command
        }
    }
}

# Case, title, the figure, and the maximum ratio of the second command to the first.
$limits = @(
    , @('names', '20,000 exports: all names given, against none', 'Command', 1.3)
    , @('log', '6,000 log lines at 50 ms: half of them in one second, against even', 'Command', 1.5)
    , @('parts', '5,000 parts: Get-BatchExportFile | Save-BatchExportFile, against Save-BatchExportFile', 'Command', 1.1)
    , @('held', '80,000 exports held: peak memory in MiB, against before', 'Peak', 0.5)
    , @('piped', '500 exports piped to Get-BatchExportRun at 50 ms, against before', 'Command', 0.2)
)
if (-not $Baseline) {
    $Case = @($Case | Where-Object { $_ -notin 'held', 'piped' })
}

Format-Markdown -Row @(
    foreach ($limit in $limits | Where-Object { $_[0] -in $Case }) {
        $name, $title, $figure, $max = $limit
        $first, $second = & $measures[$name]
        $ratio = $second.$figure / $first.$figure
        [pscustomobject][ordered]@{
            what      = $title
            first     = Format-Number $first.$figure
            second    = Format-Number $second.$figure
            ratio     = "$(Format-Number $ratio) x"
            'at most' = "$(Format-Number $max) x"
            met       = $ratio -le $max ? 'yes' : 'no'
        }
    }
)
