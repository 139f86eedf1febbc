<#
.SYNOPSIS
    Starts a job when the data of exports is whole. For a scheduled task or cron.
.DESCRIPTION
    Waits until everything that PostHog received before -Until is at the destination of each export, and then runs -Command. Schedule it
    for the earliest time at which the data may be there; the job then starts as soon as it is, and never on half of it.

    Needs POSTHOG_PERSONAL_API_KEY; also POSTHOG_HOST and POSTHOG_PROJECT_ID, unless they are us and the key's current project. The exit
    code is

      0  if the data is whole and the command, if there is one, succeeded
      2  if the data was not whole in time
      3  if an export is paused or has ended, so that its data will not become whole by itself
      1  in any other case, such as an unknown export or a command that failed

    What was waited for is on the output stream; what went wrong and what to do are on the error stream. Without -Command, the next step of
    the scheduler goes by the exit code.
.PARAMETER Name
    The names or ids of the exports.
.PARAMETER Until
    The time up to which the data must be whole, as Wait-BatchExportData takes it. Default: the last midnight, UTC.
.PARAMETER TimeoutSec
    How long to wait, in seconds. Default: 7200, two hours.
.PARAMETER Command
    A script or program to run then.
.EXAMPLE
    pwsh -NoProfile -NonInteractive -File Start-WhenDataIsWhole.ps1 nightly -Command ./build-marts.ps1
.EXAMPLE
    pwsh -NoProfile -NonInteractive -Command './Start-WhenDataIsWhole.ps1 nightly, prod-events-s3; exit $LASTEXITCODE'
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string[]] $Name,
    [object] $Until = 'today',
    [int] $TimeoutSec = 7200,
    [string] $Command
)

$ErrorActionPreference = 'Stop'
Import-Module PSBatchExports

# Log lines have a timestamp, no colors and no progress.
$PSStyle.OutputRendering = 'PlainText'
$ProgressPreference = 'SilentlyContinue'
function Format-LogLine([string] $Text) {
    "$([datetime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)) $Text"
}

function Write-Problem([System.Management.Automation.ErrorRecord] $Record) {
    [Console]::Error.WriteLine((Format-LogLine "error: $Record $($Record.ErrorDetails.RecommendedAction)"))
}

try {
    Format-LogLine "waiting for the data of $($Name -join ', ')"

    # Each export whose data is not whole is an error of its own; the others are still waited for.
    $wait = @{ Until = $Until; TimeoutSec = $TimeoutSec; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'problems' }
    Wait-BatchExportData $Name @wait | ForEach-Object { Format-LogLine "$_" }
    $codes = foreach ($problem in $problems) {
        Write-Problem $problem
        switch -Wildcard ($problem.FullyQualifiedErrorId) {
            'BatchExportPaused,*' { 3 }
            'BatchExportEnded,*' { 3 }
            'WaitTimedOut,*' { 2 }
            default { 1 }
        }
    }
    if ($codes) {
        # First what does not pass by waiting longer.
        exit (1, 3, 2 | Where-Object { $_ -in $codes } | Select-Object -First 1)
    }

    if ($Command) {
        Format-LogLine "starting $Command"
        & $Command
        if ($LASTEXITCODE) {
            throw "$Command ended with exit code $LASTEXITCODE."
        }
        Format-LogLine "$Command has ended"
    }
}
catch {
    Write-Problem $_
    exit 1
}
