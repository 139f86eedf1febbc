<#
.SYNOPSIS
    Runs suites with Pester, or only finds their tests, and puts out what came of it as a line of JSON.
.DESCRIPTION
    One entry per test, and one for each block or suite that failed by itself, because no test accounts for those.
.PARAMETER Line
    Runs only the tests that begin at these lines; with a single path.
.PARAMETER SkipRun
    Finds the tests without running them.
.PARAMETER Pester
    Path of Pester's manifest.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string[]] $Path,
    [int[]] $Line,
    [switch] $SkipRun,
    [Parameter(Mandatory)] [string] $Pester
)

$ErrorActionPreference = 'Stop'
Import-Module $Pester

# The runs of the emulator take no time, unlike those of the service.
$global:PSDefaultParameterValues['Wait-BatchExportRun:PollingIntervalSec'] = 1

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Run.SkipRun = [bool] $SkipRun
$configuration.Output.Verbosity = 'None'
$configuration.Output.CIFormat = 'None'
if ($Line) {
    $configuration.Filter.Line = @($Line | ForEach-Object { "$($Path[0]):$_" })
}

function New-Entry([object] $File, [string] $Name, [hashtable] $With) {
    $entry = @{
        path        = "$File"
        fullName    = $Name
        displayName = $Name
        line        = 1
        row         = 0
        result      = 'Failed'
        seconds     = 0
        message     = $null
        stackTrace  = $null
    }
    foreach ($key in $With.Keys) {
        $entry[$key] = $With[$key]
    }
    $entry
}

function Get-Failure([object] $Part) {
    $records = @($Part.ErrorRecord | Where-Object { $_ })
    if (-not $records) {
        return @{ message = "Pester's result is '$($Part.Result)'; it gives no reason." }
    }
    @{
        message    = ($records | ForEach-Object { "$_" }) -join "`n"
        stackTrace = ($records |
            ForEach-Object { $_.ScriptStackTrace -split '\r?\n' -notmatch 'Pester\.psm1|Pester\.ScriptScope' }) -join "`n"
    }
}

$run = Invoke-Pester -Configuration $configuration

$rows = @{}
$entries = @(
    foreach ($test in $run.Tests | Where-Object { $_ -and (-not $Line -or $_.ShouldRun) }) {
        $file = $test.ScriptBlock.File
        $name = $test.Path -join '.'
        $rows["$file|$name"]++
        $entry = @{ line = $test.StartLine; row = $rows["$file|$name"]; displayName = $test.ExpandedPath ?? $name; result = $null }
        if (-not $SkipRun) {
            $entry.result = "$($test.Result)"
            $entry.seconds = $test.Duration.TotalSeconds
            if ($test.Result -ne 'Passed') {
                $entry += Get-Failure $test
            }
        }
        New-Entry $file $name $entry
    }
    foreach ($block in $run.FailedBlocks | Where-Object { $_ }) {
        New-Entry $block.BlockContainer "$($block.Path -join '.').(block)" (@{ line = $block.StartLine } + (Get-Failure $block))
    }
    foreach ($container in $run.FailedContainers | Where-Object { $_ }) {
        New-Entry $container.Item '(suite)' (Get-Failure $container)
    }
)
if ($entries.Count -eq 0) {
    $entries += New-Entry $Path[0] '(suite)' @{ message = 'No test ran.' }
}

ConvertTo-Json -InputObject $entries -Compress -Depth 3
