#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Measures settings of downloads to choose the defaults: the number of connections and the sizes of the ranges.
.DESCRIPTION
    bench/Transfer saves a run with the core library alone, so that the start of pwsh does not hide the differences.
.PARAMETER Runs
    The number of measurements of each setting.
.PARAMETER Folder
    The parent of the working folder, which needs 4 GiB on a real disk and is deleted at the end. Default: the temporary folder.
.EXAMPLE
    ./bench/Defaults.ps1
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateRange(1, 101)]
    [int] $Runs = 5,

    [string] $Folder = [System.IO.Path]::GetTempPath()
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Bench.psm1')
Assert-Command -Name nginx, time, dotnet

# Connections, first range, shortest range, longest range (MiB). The defaults are 8, 16, 8, 64.
$settings = @(
    , @(1, 16, 8, 64)
    , @(2, 16, 8, 64)
    , @(4, 16, 8, 64)
    , @(8, 16, 8, 64)
    , @(16, 16, 8, 64)
    , @(8, 8, 8, 8)
    , @(8, 8, 4, 32)
    , @(8, 16, 16, 16)
    , @(8, 16, 8, 32)
    , @(8, 16, 8, 256)
    , @(8, 64, 8, 64)
)

$sets = @(
    [pscustomobject]@{ Name = 'one'; Count = 1; Length = 1GB; Title = '1 GiB' }
    [pscustomobject]@{ Name = 'small'; Count = 1; Length = 64MB; Title = '64 MiB' }
)

$titles = [ordered]@{
    'one-fast'   = '1 GiB, unthrottled'
    'one-slow'   = '1 GiB, 40 MiB/s a connection'
    'small-slow' = '64 MiB, 40 MiB/s a connection'
}

$program = Get-Program -Folder 'bench/Transfer' -Name 'PSBatchExports.Transfer'
$work = Join-Path (Resolve-Path -LiteralPath $Folder).Path "psbatchexports-bench-$([guid]::NewGuid().ToString('n'))"
$null = New-Item -ItemType Directory -Path $work
$server = $null
try {
    $server = Open-FileServer -Folder $work -Set $sets
    sync

    $results = foreach ($run in $titles.Keys) {
        $target = Join-Path $work 'target'
        $tools = foreach ($setting in $settings) {
            $arguments = @($program, $server.Origin, $run, $target) + $setting
            @{
                Name    = $setting -join ' / '
                Measure = {
                    $measured = Measure-Program -Program dotnet -Arguments $arguments
                    $measured | Add-Member -NotePropertyName Command -NotePropertyValue ([double] $measured.Output[-1]) -PassThru
                }.GetNewClosure()
            }
        }
        Measure-Download -Server $server -Run $run -Folder $target -Tool $tools -Rounds $Runs |
            Add-Member -NotePropertyName Case -NotePropertyValue $run -PassThru
    }
}
finally {
    if ($server) {
        Close-FileServer -Server $server
    }
    Remove-Item -LiteralPath $work -Recurse -Force
}

"Medians of $Runs in seconds, CPU in brackets. Connections / first / shortest / longest range in MiB."
''
Format-Markdown -Row @(
    foreach ($setting in $settings) {
        $name = $setting -join ' / '
        $row = [ordered]@{ setting = $name }
        foreach ($case in $titles.Keys) {
            $result = $results | Where-Object { $_.Case -eq $case -and $_.Name -eq $name }
            $row[$titles[$case]] = "$(Format-Number $result.Command) ($(Format-Number $result.Cpu))"
        }
        $row['peak, MiB'] = Format-Number ($results | Where-Object { $_.Case -eq 'one-fast' -and $_.Name -eq $name }).Peak '0'
        [pscustomobject] $row
    }
)
