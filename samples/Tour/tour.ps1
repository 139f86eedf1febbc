# The main job, start to end, as one would type it. The key is in POSTHOG_PERSONAL_API_KEY, the host in POSTHOG_HOST.
param(
    [Parameter(Mandatory)] [string] $Module,
    [Parameter(Mandatory)] [string] $Folder
)
$ErrorActionPreference = 'Stop'

function Step([string] $Text) { "`n--- $Text" }

Import-Module $Module

Step 'Connect'
Connect-BatchExportService
Get-BatchExportConnection | Format-Table

Step 'Look at the exports'
Get-BatchExport | Format-Table Name, Status, Interval, Model, Destination

Step 'Make one, change it, pause it, resume it'
$export = New-BatchExport -Name tour -Interval hour -Destination @{
    type        = 'AwsS3'
    integration = 731
    config      = @{ bucket_name = 'tour'; region = 'eu-central-1'; prefix = 'posthog/' }
}
$export | Set-BatchExport -Interval day -OffsetHour 3 -TimeZone Europe/Berlin
Get-BatchExport tour | Suspend-BatchExport -PassThru | Format-Table Name, Status, Interval, TimeZone, OffsetHour
Get-BatchExport tour | Resume-BatchExport -PassThru | Format-Table Name, Status, Interval, TimeZone, OffsetHour

Step 'Read the log of one that fails'
Get-BatchExport | Where-Object Status -EQ Failing | Get-BatchExportLog -Level ERROR -First 3 | Format-Table

Step 'Remove it'
$export | Remove-BatchExport -Force
"Exports named tour: $(@(Get-BatchExport tour*).Count)"

Step 'Export what arrived yesterday, wait for it, save the files'
$yesterday = [datetime]::UtcNow.Date.AddDays(-1)
$run = Start-BatchExportRun events -DataIntervalStart $yesterday -DataIntervalEnd $yesterday.AddDays(1) -Format JSONLines |
    Wait-BatchExportRun -PollingIntervalSec 1
$run | Format-Table
$files = $run | Save-BatchExportFile $Folder
$files | Format-Table

Step 'Read it back'
$events = $files | ForEach-Object { [System.IO.File]::ReadLines($_.FullName) } | ConvertFrom-Json
$events | Group-Object event -NoElement | Sort-Object Count -Descending | Format-Table
"The service exported $($run.RecordsCompleted) events; the saved JSONLines file holds $(@($events).Count)."
Disconnect-BatchExportService
