#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Compares counting the rows of a JSON lines file, in which every row is a gzip member, with zcat | wc -l.
.DESCRIPTION
    bench/Transfer counts with the core library alone. Its memory is compared with the same program on an empty file.
.PARAMETER Runs
    The number of measurements of each tool.
.PARAMETER Length
    The size of the file.
.PARAMETER Folder
    The parent of the working folder, which is deleted at the end. Default: the temporary folder.
.EXAMPLE
    ./bench/Rows.ps1
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateRange(1, 101)]
    [int] $Runs = 5,

    [long] $Length = 256MB,

    [string] $Folder = [System.IO.Path]::GetTempPath()
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Bench.psm1')
Assert-Command -Name zcat, wc, sh, time, dotnet
$maxTime, $maxMemory = 1.0, 24

# Repeats a thousand rows of the size of an event: the number of gzip members determines the time.
function Write-Row {
    [OutputType([long])]
    param([string] $Path, [long] $Length)

    $members = [System.IO.MemoryStream]::new()
    foreach ($number in 1..1000) {
        $record = [ordered]@{
            uuid        = [guid]::NewGuid()
            event       = '$pageview'
            distinct_id = [guid]::NewGuid()
            properties  = [ordered]@{
                '$browser'      = 'Firefox'
                '$screen_width' = Get-Random -Maximum 4000
                '$session_id'   = [guid]::NewGuid()
            }
        }
        $row = ConvertTo-Json -InputObject $record -Compress
        $member = [System.IO.Compression.GZipStream]::new($members, [System.IO.Compression.CompressionLevel]::SmallestSize, $true)
        $member.Write([System.Text.Encoding]::UTF8.GetBytes("$row`n"))
        $member.Dispose()
    }
    $rows = 0
    $file = [System.IO.File]::Create($Path)
    try {
        while ($file.Length -lt $Length) {
            $members.WriteTo($file)
            $rows += 1000
        }
    }
    finally {
        $file.Dispose()
    }
    $rows
}

$program = Get-Program -Folder 'bench/Transfer' -Name 'PSBatchExports.Transfer'
$work = Join-Path (Resolve-Path -LiteralPath $Folder).Path "psbatchexports-bench-$([guid]::NewGuid().ToString('n'))"
$null = New-Item -ItemType Directory -Path $work
try {
    $path = Join-Path $work 'rows.jsonl.gz'
    $rows = Write-Row -Path $path -Length $Length
    $empty = Join-Path $work 'empty.jsonl'
    $null = New-Item -ItemType File -Path $empty

    $tools = @(
        [pscustomobject]@{
            Name    = 'idle'
            Measure = { Measure-Program -Program dotnet -Arguments $program, 'rows', $empty }.GetNewClosure()
            Rows    = 0
        }
        [pscustomobject]@{
            Name    = 'module'
            Measure = { Measure-Program -Program dotnet -Arguments $program, 'rows', $path }.GetNewClosure()
            Rows    = $rows
        }
        [pscustomobject]@{
            Name    = 'zcat | wc -l'
            Measure = { Measure-Program -Program sh -Arguments '-c', "zcat '$path' | wc -l" }.GetNewClosure()
            Rows    = $rows
        }
    )
    $results = foreach ($tool in $tools) {
        $measured = foreach ($run in 0..$Runs) {
            $one = & $tool.Measure
            if ([long] $one.Output[0] -ne $tool.Rows) {
                throw "$($tool.Name) counted $($one.Output[0]) rows instead of $($tool.Rows)."
            }
            if ($run -gt 0) {
                $one
            }
        }
        [pscustomobject]@{
            tool        = $tool.Name
            'process, s' = Format-Number (Get-Median -Number $measured.Wall)
            'CPU, s'    = Format-Number (Get-Median -Number $measured.Cpu)
            'peak, MiB' = Format-Number (Get-Median -Number $measured.Peak) '0'
        }
    }

    "Medians of $Runs; $rows rows in $([int]($Length / 1MB)) MiB."
    ''
    Format-Markdown -Row $results
    ''
    $time = [double] $results[1].'process, s' / [double] $results[2].'process, s'
    $memory = [double] $results[1].'peak, MiB' - [double] $results[0].'peak, MiB'
    Format-Markdown -Row @(
        [pscustomobject]@{
            rows      = 'time against zcat | wc -l'
            'at most' = "$(Format-Number $maxTime) x"
            found     = "$(Format-Number $time) x"
            met       = $time -le $maxTime ? 'yes' : 'no'
        }
        [pscustomobject]@{
            rows      = 'memory over an idle process'
            'at most' = "+$maxMemory MiB"
            found     = "+$(Format-Number $memory '0') MiB"
            met       = $memory -le $maxMemory ? 'yes' : 'no'
        }
    )
}
finally {
    Remove-Item -LiteralPath $work -Recurse
}
