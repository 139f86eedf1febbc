<#
.SYNOPSIS
    Saves one share of the files of a run, so that several machines save the run together without talking to each other.
.DESCRIPTION
    Start it once for each share, with the same run and the same number of shares: 1/8 to 8/8. Each file is in exactly one of them. To make
    up for a share that failed, run it again: files that are complete are not fetched again.

    Needs POSTHOG_PERSONAL_API_KEY; also POSTHOG_HOST and POSTHOG_PROJECT_ID, unless they are us and the key's current project. The exit
    code is 0 if the share is complete, otherwise 1; the reason and what to do are on the error stream.
.PARAMETER RunId
    The on-demand run. A run that is still in progress is waited for.
.PARAMETER Shard
    The share, such as 2/8.
.PARAMETER Folder
    The folder to save to.
.EXAMPLE
    pwsh -NoProfile -NonInteractive -File Save-Shard.ps1 -RunId $run -Shard 2/8 -Folder /data/events
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $RunId,
    [Parameter(Mandatory)] [string] $Shard,
    [Parameter(Mandatory)] [string] $Folder
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module PSBatchExports

try {
    $saved = @(Wait-BatchExportRun $RunId -TimeoutSec 21600 | Save-BatchExportFile -Path $Folder -Shard $Shard)
    $saved | ForEach-Object { "shard $Shard file $($_.Name): $($_.Length) bytes" }
    "shard $Shard is complete: $($saved.Count) files"
}
catch {
    [Console]::Error.WriteLine("shard ${Shard}: $_ $($_.ErrorDetails.RecommendedAction)")
    exit 1
}
