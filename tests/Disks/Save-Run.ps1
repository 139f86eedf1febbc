<#
.SYNOPSIS
    Saves runs with Save-BatchExportFile, and prints a line for each file: "saved" or "present", or "failed" with the error; and one for each warning.
.DESCRIPTION
    Connects with the environment variables of the module.
#>
param(
    [Parameter(Mandatory)] [string] $Folder,
    [Parameter(Mandatory)] [string[]] $RunId,
    [switch] $Verify
)

$ErrorActionPreference = 'Continue'
$WarningPreference = 'Continue'
Import-Module (Join-Path $PSScriptRoot '../../PSBatchExports.psd1')

Save-BatchExportFile -RunId $RunId -Path $Folder -Verify:$Verify -GroupByRun 2>&1 3>&1 | ForEach-Object {
    if ($_ -is [System.Management.Automation.ErrorRecord]) {
        "failed $($_.FullyQualifiedErrorId -replace ',.*'): $_"
    }
    elseif ($_ -is [System.Management.Automation.WarningRecord]) {
        "warning $_"
    }
    else {
        "$($_.WasPresent ? 'present' : 'saved') $($_.Proof)"
    }
}
