<#
.SYNOPSIS
    Reports which exports are failing and why. For Azure Automation or anything else that reads objects.
.DESCRIPTION
    Returns one object for each export whose latest finished run failed, with its name, the time of the failure and the last error lines of
    its log; returns nothing if all is well. With -Webhook, the same is also posted to a chat as text.

    In Azure Automation (PowerShell 7.4), keep the key in an encrypted variable named PostHogKey; elsewhere, set POSTHOG_PERSONAL_API_KEY.
.PARAMETER Region
    The PostHog Cloud region of the project. Default: what POSTHOG_HOST says, otherwise Us.
.PARAMETER ProjectId
    The number of the project.
.PARAMETER Webhook
    A URL that accepts {"text": "..."}.
#>
[CmdletBinding()]
param(
    [ValidateSet('Us', 'Eu')] [string] $Region,
    [Parameter(Mandatory)] [string] $ProjectId,
    [uri] $Webhook
)

$ErrorActionPreference = 'Stop'
Import-Module PSBatchExports

$connect = @{ ProjectId = $ProjectId }
if ($Region) {
    $connect.Region = $Region
}
if (Get-Command -Name Get-AutomationVariable -ErrorAction Ignore) {
    $connect.ApiKey = [System.Net.NetworkCredential]::new('', (Get-AutomationVariable -Name PostHogKey)).SecurePassword
}
Connect-BatchExportService @connect

$failing = foreach ($export in Get-BatchExport | Where-Object Status -EQ Failing) {
    [pscustomobject]@{
        Name        = $export.Name
        Destination = $export.Destination.Type
        FailedAt    = $export.LatestRuns | Where-Object Status -Like 'Failed*' | Select-Object -First 1 -ExpandProperty FinishedAt
        LastErrors  = @($export | Get-BatchExportLog -Level ERROR -First 3).Message
        Id          = $export.Id
    }
}

if ($failing -and $Webhook) {
    $lines = $failing | ForEach-Object {
        "$($_.Name) ($($_.Destination)) failed at $($_.FailedAt): $($_.LastErrors -join '; ')"
    }
    $text = $lines -join "`n"
    $null = Invoke-RestMethod -Method Post -Uri $Webhook -ContentType 'application/json' -Body (@{ text = $text } | ConvertTo-Json)
}
$failing
