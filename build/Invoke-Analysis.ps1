<#
.SYNOPSIS
    Analyzes every script, module and data file of the project with all rules that are on by default; those of the PowerShell Gallery are among them.
#>
#Requires -Modules PSScriptAnalyzer
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'

$root = Split-Path -Path $PSScriptRoot -Parent
$notOurs = '[\\/](bin|obj|out|lib|TestResults|\.git)[\\/]'
$files = Get-ChildItem -LiteralPath $root -Recurse -File -Force -Include *.ps1, *.psm1, *.psd1 |
    Where-Object { [System.IO.Path]::GetRelativePath($root, $_.FullName).Insert(0, '/') -notmatch $notOurs }

$found = @($files | ForEach-Object { Invoke-ScriptAnalyzer -Path $_.FullName })
$found | Format-Table -Property Severity, RuleName, ScriptName, Line, Message -Wrap | Out-String -Width 160
if ($found.Count -gt 0) {
    throw "$($found.Count) findings in $(@($files).Count) files."
}
"$(@($files).Count) files analyzed, no findings."
