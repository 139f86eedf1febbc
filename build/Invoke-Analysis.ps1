<#
.SYNOPSIS
    Analyzes all scripts, modules and data files with the default rules of PSScriptAnalyzer, which include those of the PowerShell Gallery.
#>
#Requires -Modules PSScriptAnalyzer
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'

$root = Split-Path -Path $PSScriptRoot -Parent
$excluded = '[\\/](bin|obj|out|lib|TestResults|\.git)[\\/]'
$files = Get-ChildItem -LiteralPath $root -Recurse -File -Force -Include *.ps1, *.psm1, *.psd1 |
    Where-Object { [System.IO.Path]::GetRelativePath($root, $_.FullName).Insert(0, '/') -notmatch $excluded }

# Rules for functions that a module offers to others. The cmdlets are compiled, so there are none.
$interfaceRules = 'PSAvoidUsingPositionalParameters', 'PSProvideCommentHelp', 'PSUseShouldProcessForStateChangingFunctions'

$findings = @($files | ForEach-Object { Invoke-ScriptAnalyzer -Path $_.FullName -ExcludeRule $interfaceRules })
$findings | Format-Table -Property Severity, RuleName, ScriptName, Line, Message -Wrap | Out-String -Width 160
if ($findings.Count -gt 0) {
    throw "$($findings.Count) findings in $(@($files).Count) files."
}
"$(@($files).Count) files analyzed, no findings."
