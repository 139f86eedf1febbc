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

# Lines of a log: with the time, whole, and without colors wherever they go.
$PSStyle.OutputRendering = 'PlainText'
$ProgressPreference = 'SilentlyContinue'
function Format-LogLine([string] $Text) {
    "$([datetime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)) $Text"
}

try {
    $start = [datetime]::SpecifyKind($Day.Date, [System.DateTimeKind]::Utc)
    $target = New-Item -ItemType Directory -Force -Path (Join-Path $Folder $start.ToString('yyyy-MM-dd'))
    $memory = Join-Path $target 'run.txt'

    # Rows are counted for billing each time, so a run that has been started is used again instead of starting another.
    if (Test-Path -LiteralPath $memory) {
        $id = Get-Content -LiteralPath $memory
    }
    else {
        $interval = @{ DataIntervalStart = $start; DataIntervalEnd = $start.AddDays(1) }
        $id = (Start-BatchExportRun events @interval -Format Parquet -Compression zstd).RunId
        Set-Content -LiteralPath $memory -Value $id
    }

    # -Verify compares the rows of the files with what the run exported; a difference is an error.
    Format-LogLine "run $id exports $($start.ToString('yyyy-MM-dd'))"
    $saved = @(Wait-BatchExportRun $id -TimeoutSec 21600 | Save-BatchExportFile -Path $target -Verify)
    foreach ($file in $saved) {
        Format-LogLine "run $id file $($file.FullName): $($file.Length) bytes, $($file.Records) rows$($file.WasPresent ? ', was there already' : '')"
    }
    $sum = $saved | Measure-Object -Property Length, Records -Sum
    Format-LogLine "run $id is complete: $($saved.Count) files, $([long] $sum[0].Sum) bytes, $([long] $sum[1].Sum) rows"
}
catch {
    # A run that failed has nothing to save: the next time starts another.
    if ($_.FullyQualifiedErrorId -match '^Run(Failed|Cancelled),') {
        Remove-Item -LiteralPath $memory
    }

    [Console]::Error.WriteLine((Format-LogLine "error: $_ $($_.ErrorDetails.RecommendedAction)"))
    exit 1
}
