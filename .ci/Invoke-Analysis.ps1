<#
.SYNOPSIS
    Analyses every script, module and data file of the project by every rule that is on by default; those of the PowerShell Gallery are among them.
.DESCRIPTION
    Exits with 0 when nothing was found, 1 when something was, and 77 when PSScriptAnalyzer is not installed.
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'

if (-not (Get-Module -Name PSScriptAnalyzer -ListAvailable)) {
    'Skipped script analysis: PSScriptAnalyzer is not installed.'
    exit 77
}

$root = Split-Path -Path $PSScriptRoot -Parent
$notOurs = '[\\/](bin|obj|out|lib|TestResults|\.git)[\\/]'
$files = Get-ChildItem -LiteralPath $root -Recurse -File -Force -Include *.ps1, *.psm1, *.psd1 |
    Where-Object { [System.IO.Path]::GetRelativePath($root, $_.FullName).Insert(0, '/') -notmatch $notOurs }

$found = $files | ForEach-Object { Invoke-ScriptAnalyzer -Path $_.FullName }

$found | Format-Table -Property Severity, RuleName, ScriptName, Line, Message -Wrap | Out-String -Width 160
"$(@($files).Count) files analysed, $(@($found).Count) findings."
exit (@($found).Count -gt 0 ? 1 : 0)
