# Shows typical commands and their output. Connects by POSTHOG_HOST, POSTHOG_PERSONAL_API_KEY and POSTHOG_PROJECT_ID.
param(
    [Parameter(Mandatory)] [string] $Folder
)
$ErrorActionPreference = 'Stop'
if ([System.Console]::IsOutputRedirected) {
    $PSStyle.OutputRendering = 'PlainText'
}

# Shows and runs each statement of a block.
function Step([string] $Title, [scriptblock] $Typed) {
    "`n--- $Title" | Out-Host
    foreach ($statement in $Typed.Ast.EndBlock.Statements) {
        $lines = $statement.Extent.Text -split '\r?\n' -replace '^ {4}'
        "`nPS> $($lines -join "`n>> ")" | Out-Host
        . ([scriptblock]::Create($lines -join "`n")) | Out-Default
    }
}

. Step 'Connect, by the environment variables that are set' {
    Import-Module ./PSBatchExports.psd1
    Connect-BatchExportService
    Get-BatchExportConnection
}
Set-Location -LiteralPath $Folder

. Step 'Look at the exports, and why one of them fails' {
    Get-BatchExport
    Get-BatchExport | Where-Object Status -eq Failing | Get-BatchExportLog -Level ERROR -First 3
    Get-BatchExportRun nightly -First 3
}

. Step 'Look until when the data is whole, what is missing, and what filling it would do' {
    Get-BatchExportHealth
    Get-BatchExportCoverage prod-events-s3
    Find-BatchExportGap prod-events-s3
    Find-BatchExportGap prod-events-s3 | Repair-BatchExportGap -WhatIf
}

. Step 'Make an export, change it, pause it, remove it' {
    $s3 = New-BatchExportDestination -AwsS3 -BucketName tour -Region eu-central-1 -Prefix posthog/ -IntegrationId 731
    Test-BatchExport -Destination $s3
    New-BatchExport -Name tour -Interval hour -Destination $s3 | Format-List Name, Status, Interval, Destination
    Set-BatchExport tour -Interval day -OffsetHour 3 -TimeZone Europe/Berlin -WhatIf
    Set-BatchExport tour -Interval day -OffsetHour 3 -TimeZone Europe/Berlin
    Suspend-BatchExport tour -PassThru | Format-List Name, Status, Interval, OffsetHour, TimeZone
    Remove-BatchExport tour -Force
}

. Step 'Save what PostHog received yesterday as a file, and read it back' {
    $run = Start-BatchExportRun events yesterday today -Format JSONLines | Wait-BatchExportRun -PollingIntervalSec 1
    $run
    $run | Save-BatchExportFile ./data -Verify
    Get-Content ./data/*.jsonl | ConvertFrom-Json | Group-Object event -NoElement | Sort-Object Count -Descending
    Disconnect-BatchExportService
}
