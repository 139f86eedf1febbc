<#
.SYNOPSIS
    Sums up the results of all test projects and names what was skipped. The last line is 'N passed, N failed, N skipped'.
.PARAMETER Folder
    Where the .trx files are.
.PARAMETER ExitCode
    How 'dotnet test' ended. A failure that no test accounts for counts as one.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Folder,
    [Parameter(Mandatory)] [int] $ExitCode
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$passed = $failed = $skipped = 0
foreach ($file in Get-ChildItem -LiteralPath $Folder -Filter *.trx -ErrorAction Ignore) {
    $run = ([xml] (Get-Content -LiteralPath $file.FullName -Raw)).TestRun
    $counters = $run.ResultSummary.Counters
    $passed += [int] $counters.passed
    $skipped += [int] $counters.total - [int] $counters.executed
    $failed += [int] $counters.executed - [int] $counters.passed
    $run.SelectNodes("//*[@outcome='NotExecuted']") | ForEach-Object { "Skipped: $($_.testName)" }
}

if ($failed -eq 0 -and ($ExitCode -ne 0 -or $passed -eq 0)) {
    "FAILED: 'dotnet test' ended with exit code $ExitCode after $passed tests that passed."
    $failed = 1
}

"$passed passed, $failed failed, $skipped skipped"
exit ($failed -gt 0 ? 1 : 0)
