<#
.SYNOPSIS
    Runs one Pester suite and writes what came of it as JSON.
.DESCRIPTION
    Exits with 0 when every test passed or was skipped, 1 when one failed or the suite has no tests, and 77 when PowerShell is too old
    or there is no Pester to run it with; only then no result is written.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Result
)

$ErrorActionPreference = 'Stop'

if ($PSVersionTable.PSVersion -lt '7.4') {
    "PowerShell 7.4 or newer is needed; this is $($PSVersionTable.PSVersion)."
    exit 77
}

$pester = Get-Module -Name Pester -ListAvailable | Where-Object Version -GE '5.7' | Sort-Object -Property Version -Descending | Select-Object -First 1
if (-not $pester) {
    'Pester 5.7 or newer is not installed.'
    exit 77
}

Import-Module $pester

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'None'
$configuration.Output.CIFormat = 'None'
$configuration.TestResult.Enabled = $false

$run = Invoke-Pester -Configuration $configuration

$failures = @(
    foreach ($part in @($run.Failed) + @($run.FailedBlocks) + @($run.FailedContainers)) {
        if ($part) {
            $name = $part.PSObject.Properties['ExpandedPath'] ? $part.ExpandedPath : "$part" -replace '^\[.\] '
            $messages = $part.ErrorRecord | ForEach-Object { "$_`n$($_.ScriptStackTrace -split '\r?\n' -notmatch 'Pester\.psm1|Pester\.ScriptScope' -join "`n")" }
            [ordered]@{ name = $name; message = $messages ? $messages -join "`n" : 'It did not run: something around it failed.' }
        }
    }
    if ($run.PassedCount + $run.FailedCount + $run.SkippedCount -eq 0) {
        [ordered]@{ name = 'suite'; message = 'No test ran.' }
    }
)

$skips = @($run.Skipped | Where-Object { $_ } | ForEach-Object { @($_.ExpandedPath; $_.ErrorRecord | ForEach-Object { "$_" }) -join ': ' })

[ordered]@{
    suite    = (Split-Path -Path $Path -Leaf) -replace '\.Tests\.ps1$'
    passed   = $run.PassedCount
    failed   = $failures.Count
    skipped  = $run.SkippedCount
    failures = $failures
    skips    = $skips
} | ConvertTo-Json -Depth 4 | Set-Content -LiteralPath $Result -Encoding utf8NoBOM

exit ($failures.Count -gt 0 ? 1 : 0)
