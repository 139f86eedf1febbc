#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Compares Save-BatchExportFile with Invoke-WebRequest, curl and aria2c.
.DESCRIPTION
    nginx serves random bytes on loopback, unthrottled and at 40 MiB/s a connection. The tools take turns, each in its own process, and
    write to the disk. bench/README.md explains the columns.
.PARAMETER Runs
    The number of measurements of each tool.
.PARAMETER Case
    The downloads to measure. Default: all.
.PARAMETER Folder
    The parent of the working folder, which needs 12 GiB on a real disk and is deleted at the end. Default: the temporary folder.
.EXAMPLE
    ./bench/Downloads.ps1
.EXAMPLE
    ./bench/Downloads.ps1 -Case one-fast -Runs 11
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateRange(1, 101)]
    [int] $Runs = 5,

    [ValidateSet('one-fast', 'one-slow', 'many-fast', 'many-slow', 'big-fast')]
    [string[]] $Case = @('one-fast', 'one-slow', 'many-fast', 'many-slow', 'big-fast'),

    [string] $Folder = [System.IO.Path]::GetTempPath()
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Bench.psm1')
Assert-Command -Name nginx, curl, aria2c, time

$sets = @(
    [pscustomobject]@{ Name = 'one'; Count = 1; Length = 1GB; Title = '1 GiB' }
    [pscustomobject]@{ Name = 'many'; Count = 16; Length = 64MB; Title = '16 x 64 MiB' }
    [pscustomobject]@{ Name = 'big'; Count = 1; Length = 4GB; Title = '4 GiB' }
) | Where-Object Name -In @($Case -replace '-.*')

$save, $verify = 'Save-BatchExportFile', 'Save-BatchExportFile -Verify'

# Case, cmdlet, the tool to compare with, and the maximum ratio of their times.
$limits = @(
    , @('one-fast', $save, 'Invoke-WebRequest', 1.0)
    , @('one-fast', $save, 'curl', 1.25)
    , @('big-fast', $save, 'Invoke-WebRequest', 1.0)
    , @('big-fast', $save, 'curl', 1.25)
    , @('one-slow', $save, 'aria2c -x8', 1.1)
    , @('one-slow', $save, 'Invoke-WebRequest', 0.2)
    , @('many-slow', $save, 'Invoke-WebRequest', 0.2)
    , @('one-fast', $verify, $save, 1.4)
    , @('one-slow', $verify, $save, 1.03)
)
$maxMemory = @{ $save = 40; $verify = 45 }

function Get-Tool {
    param([pscustomobject] $Server, [string] $Run, [string] $Target)

    $before = @"
Import-Module '$(Get-MeasuredModule)'
`$key = [System.Net.NetworkCredential]::new('', 'key').SecurePassword
Connect-BatchExportService -ApiHost $($Server.Origin) -ProjectId 1 -ApiKey `$key -SkipValidation
"@
    $addresses = @(Get-FileAddress -Server $Server -Run $Run)
    $parts = "'$(@(Get-FileId -Server $Server -Run $Run) -join "', '")'"
    $saveCommand = "`$null = Save-BatchExportFile -RunId $Run -Part $parts -Path '$Target'"
    $loop = @"
foreach (`$address in '$($addresses -join "', '")') {
    Invoke-WebRequest -Uri `$address -OutFile (Join-Path '$Target' (Split-Path `$address -Leaf))
}
"@
    $curl = @('--silent', '--fail', '--output-dir', $Target, '--remote-name-all') + $addresses
    $aria2c = @('--no-conf', '-q', '-x8', '-s8', '-k1M', '-j1', '--file-allocation=falloc', '-Z', '-d', $Target) + $addresses

    [pscustomobject]@{ Name = $script:save; Measure = { Measure-Pwsh -Before $before -Command $saveCommand }.GetNewClosure() }
    [pscustomobject]@{
        Name    = $script:verify
        Measure = { Measure-Pwsh -Before $before -Command "$saveCommand -Verify -WarningAction Ignore" }.GetNewClosure()
    }
    [pscustomobject]@{ Name = 'Invoke-WebRequest'; Measure = { Measure-Pwsh -Command $loop }.GetNewClosure() }
    [pscustomobject]@{ Name = 'curl'; Measure = { Measure-Program -Program curl -Arguments $curl }.GetNewClosure() }
    [pscustomobject]@{ Name = 'aria2c -x8'; Measure = { Measure-Program -Program aria2c -Arguments $aria2c }.GetNewClosure() }
}

$work = Join-Path (Resolve-Path -LiteralPath $Folder).Path "psbatchexports-bench-$([guid]::NewGuid().ToString('n'))"
$null = New-Item -ItemType Directory -Path $work
$server = $null
try {
    $server = Open-FileServer -Folder $work -Set $sets
    sync

    $idle = Get-Summary -Measured @(1..$Runs | ForEach-Object { Measure-Pwsh -Command 'Start-Sleep -Seconds 1' })
    $results = foreach ($run in $Case) {
        $target = Join-Path $work 'target'
        $tools = Get-Tool -Server $server -Run $run -Target $target
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

$titles = @{}
foreach ($set in $sets) {
    $titles["$($set.Name)-fast"] = "$($set.Title), unthrottled"
    $titles["$($set.Name)-slow"] = "$($set.Title), 40 MiB/s a connection"
}

"Medians of $Runs; an idle pwsh has a peak of $(Format-Number $idle.Peak '0') MiB."
''
Format-Markdown -Row @(
    foreach ($result in $results) {
        $isPwsh = $null -ne $result.Command
        [pscustomobject][ordered]@{
            download       = $titles[$result.Case]
            tool           = $result.Name
            'command, s'   = Format-Number $result.Command
            'process, s'   = Format-Number $result.Wall
            'from-to, s'   = "$(Format-Number $result.WallRange.Minimum)-$(Format-Number $result.WallRange.Maximum)"
            'CPU, s'       = Format-Number $result.Cpu
            'peak, MiB'    = Format-Number $result.Peak '0'
            'over idle'    = $isPwsh ? (Format-Number ($result.Peak - $idle.Peak) '0') : '-'
        }
    }
)
''
Format-Markdown -Row @(
    foreach ($limit in $limits | Where-Object { $_[0] -in $Case }) {
        $run, $cmdlet, $peer, $maxRatio = $limit
        $ours = $results | Where-Object { $_.Case -eq $run -and $_.Name -eq $cmdlet }
        $theirs = $results | Where-Object { $_.Case -eq $run -and $_.Name -eq $peer }
        $ratio = $ours.Command / ($theirs.Command ?? $theirs.Wall)
        [pscustomobject][ordered]@{
            download        = $titles[$run]
            cmdlet          = $cmdlet
            against         = $peer
            'at most'       = "$(Format-Number $maxRatio) x"
            command         = "$(Format-Number $ratio) x"
            'whole process' = "$(Format-Number ($ours.Wall / $theirs.Wall)) x"
            met             = $ratio -le $maxRatio ? 'yes' : 'no'
        }
    }
    foreach ($ours in $results | Where-Object { $_.Name -in $maxMemory.Keys -and $_.Case -like '*-fast' }) {
        [pscustomobject][ordered]@{
            download        = "$($titles[$ours.Case]): peak memory"
            cmdlet          = $ours.Name
            against         = 'an idle pwsh'
            'at most'       = "+$($maxMemory[$ours.Name]) MiB"
            command         = '-'
            'whole process' = Format-Number ($ours.Peak - $idle.Peak) '+0 MiB;-0 MiB'
            met             = $ours.Peak - $idle.Peak -le $maxMemory[$ours.Name] ? 'yes' : 'no'
        }
    }
)
