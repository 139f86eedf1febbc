<#
.SYNOPSIS
    Exports the events that PostHog received yesterday to a folder. For a scheduled task or cron.
.DESCRIPTION
    Run it every night. A day whose files already exist costs nothing: its run is remembered next to them, and existing files are not
    fetched again. To make up for a night that failed, run it again with -Day, within eight days: later, events that came very late are
    left out.

    Each file is checked, and the rows of all files are compared with those that the run exported.

    Needs POSTHOG_PERSONAL_API_KEY; also POSTHOG_HOST and POSTHOG_PROJECT_ID, unless they are us and the key's current project. The exit
    code is 0 if the files are complete, otherwise 1; the reason and what to do are on the error stream.
.PARAMETER Folder
    The folder to save to; each day gets a subfolder of its own.
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

# Log lines have a timestamp, no colors and no progress.
$PSStyle.OutputRendering = 'PlainText'
$ProgressPreference = 'SilentlyContinue'
function Format-LogLine([string] $Text) {
    "$([datetime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)) $Text"
}

try {
    $start = [datetime]::SpecifyKind($Day.Date, [System.DateTimeKind]::Utc)
    $target = New-Item -ItemType Directory -Force -Path (Join-Path $Folder $start.ToString('yyyy-MM-dd'))
    $runFile = Join-Path $target 'run.txt'

    # Every run is billed by its rows, so a run that was started before is reused.
    if (Test-Path -LiteralPath $runFile) {
        $id = Get-Content -LiteralPath $runFile
    }
    else {
        $interval = @{ DataIntervalStart = $start; DataIntervalEnd = $start.AddDays(1) }
        $id = (Start-BatchExportRun events @interval -Format Parquet -Compression zstd).RunId
        Set-Content -LiteralPath $runFile -Value $id
    }

    # -Verify compares the rows of the files with what the run exported; a difference is an error.
    Format-LogLine "run $id exports $($start.ToString('yyyy-MM-dd'))"
    $saved = @(Wait-BatchExportRun $id -TimeoutSec 21600 | Save-BatchExportFile -Path $target -Verify)
    foreach ($file in $saved) {
        $note = $file.WasPresent ? ', was there already' : ''
        Format-LogLine "run $id file $($file.FullName): $($file.Length) bytes, $($file.Records) rows$note"
    }
    $sum = $saved | Measure-Object -Property Length, Records -Sum
    Format-LogLine "run $id is complete: $($saved.Count) files, $([long] $sum[0].Sum) bytes, $([long] $sum[1].Sum) rows"
}
catch {
    # A failed run has nothing to save, so the next attempt starts another.
    if ($_.FullyQualifiedErrorId -match '^Run(Failed|Cancelled),') {
        Remove-Item -LiteralPath $runFile
    }

    [Console]::Error.WriteLine((Format-LogLine "error: $_ $($_.ErrorDetails.RecommendedAction)"))
    exit 1
}
