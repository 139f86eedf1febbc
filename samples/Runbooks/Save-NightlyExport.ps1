<#
.SYNOPSIS
    Exports yesterday's events to a folder, for a scheduled task or cron.
.DESCRIPTION
    Run it every night. A day whose files are there already costs nothing: its run is remembered beside them, and files that are there are
    not fetched again. A night that failed is made up for by running it again with -Day.

    Needs POSTHOG_PERSONAL_API_KEY, and POSTHOG_HOST and POSTHOG_PROJECT_ID where they are not us and the key's current project. The exit
    code is 0 when the files are whole, else 1; the reason and what to do are on the error stream.
.PARAMETER Folder
    Where to; each day gets a folder of its own.
.PARAMETER Day
    The day, in UTC. Default: yesterday.
.EXAMPLE
    pwsh -NoProfile -NonInteractive -File Save-NightlyExport.ps1 -Folder /data/posthog
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Folder,
    [datetime] $Day = [datetime]::UtcNow.Date.AddDays(-1)
)

$ErrorActionPreference = 'Stop'
Import-Module PSBatchExports

try {
    $start = [datetime]::SpecifyKind($Day.Date, [System.DateTimeKind]::Utc)
    $target = New-Item -ItemType Directory -Force -Path (Join-Path $Folder $start.ToString('yyyy-MM-dd'))
    $memory = Join-Path $target 'run.txt'

    # Runs are billed, so one that was started is used, not started again.
    if (Test-Path -LiteralPath $memory) {
        $id = Get-Content -LiteralPath $memory
    }
    else {
        $id = (Start-BatchExportRun events -DataIntervalStart $start -DataIntervalEnd $start.AddDays(1)).RunId
        Set-Content -LiteralPath $memory -Value $id
    }

    Wait-BatchExportRun $id -TimeoutSec 21600 | Save-BatchExportFile -Path $target -Verify | Select-Object -Property Name, Length, Resumed, WasPresent
}
catch {
    Write-Error -ErrorAction Continue -Message "$_ $($_.ErrorDetails.RecommendedAction)"
    exit 1
}
