<#
    What people see, as text files in Snapshots; progress is in Progress.Tests.ps1. When a view or a message is meant to
    change, run this suite once with
    PSBATCHEXPORTS_UPDATE_SNAPSHOTS=1 and look at the difference before it is committed.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    $views = 'exports', 'export-list', 'runs', 'runs-on-demand', 'run-list', 'backfills', 'files', 'saved', 'saved-by-run', 'log', 'checks',
        'destinations', 'connection', 'restarted', 'measure', 'plan', 'plan-table', 'plan-list'
    $screens = foreach ($name in @($views) + 'errors') {
        foreach ($width in 80, 160) {
            @{ name = $name; width = $width }
        }
    }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $made = Join-Path $TestDrive 'made'
    $null = New-Item -ItemType Directory -Path $made
    $saved = Join-Path ([System.IO.Path]::GetTempPath()) "s$PID"
    $emulator = Start-Emulator -Arguments '--run-duration', '0'
    Add-EmulatorKey @{ key = 'phx_reader'; scopes = @('batch_export:read') }

    function Get-Id([int] $Number) {
        '0199a6c2-4f1e-0000-5b7d-{0:d12}' -f $Number
    }

    function Get-Ago([double] $Hours) {
        [datetimeoffset]::UtcNow.AddHours(-$Hours).ToString('o')
    }

    # An answer of a fixed service: ids and times of data are constants, ages are constant distances from now.
    function Add-Answer([string] $Path, [object] $Body) {
        Add-EmulatorFault @{ pathPattern = $Path; status = 200; body = (ConvertTo-Json -InputObject $Body -Depth 10 -Compress) }
    }

    function Get-RunBody([int] $Number, [string] $Status, [double] $HoursAgo, [hashtable] $With = @{}) {
        $isActive = $Status -in 'Running', 'Starting'
        $body = @{
            id = Get-Id (100 + $Number); batch_export = Get-Id 1; status = $Status
            data_interval_start = "2026-11-0$($Number)T00:00:00Z"; data_interval_end = "2026-11-0$($Number)T01:00:00Z"
            created_at = Get-Ago ($HoursAgo + 0.0285); finished_at = $isActive ? $null : (Get-Ago $HoursAgo)
        }
        foreach ($key in $With.Keys) {
            $body[$key] = $With[$key]
        }
        $body
    }

    $bucketError = "The bucket 'acme-posthog-exports' does not exist"
    $exports = @(
        @{
            id          = Get-Id 1
            name        = 'prod-events-s3'
            model       = 'events'
            interval    = 'hour'
            created_at  = '2026-10-01T00:00:00Z'
            timezone    = 'UTC'
            destination = @{
                type        = 'AwsS3'
                integration = 731
                config      = [ordered]@{ bucket_name = 'acme-posthog-exports'; region = 'eu-central-1' }
            }
            latest_runs = @(Get-RunBody -Number 1 -Status Failed -HoursAgo 0.42 -With @{ latest_error = $bucketError })
        }
        @{
            id          = Get-Id 2
            name        = 'nightly'
            model       = 'events'
            interval    = 'day'
            destination = @{ type = 'Snowflake' }
            latest_runs = @(Get-RunBody -Number 2 -Status Running -HoursAgo 0.09)
        }
        @{
            id          = Get-Id 3
            name        = 'prod-persons-bigquery'
            model       = 'persons'
            interval    = 'day'
            paused      = $true
            destination = @{ type = 'BigQuery' }
            latest_runs = @(Get-RunBody -Number 3 -Status Completed -HoursAgo 75)
        }
        @{
            id          = Get-Id 4
            name        = 'weekly-sessions-azure'
            model       = 'sessions'
            interval    = 'week'
            destination = @{ type = 'AzureBlob' }
            latest_runs = @(Get-RunBody -Number 4 -Status FailedRetryable -HoursAgo 3.1)
        }
        @{
            id          = Get-Id 5
            name        = 'events-r2-with-a-name-that-is-longer-than-most'
            model       = 'events'
            interval    = 'every 15 minutes'
            end_at      = '2026-01-01T00:00:00Z'
            destination = @{ type = 'S3Compatible' }
            latest_runs = @()
        }
    )
    $runs = @(
        Get-RunBody -Number 4 -Status Running -HoursAgo 0.09 -With @{ records_completed = 1200; records_total_count = 40000 }
        Get-RunBody -Number 3 -Status Completed -HoursAgo 3.1 -With @{ records_completed = 123456; bytes_exported = 12345678 }
        Get-RunBody -Number 2 -Status FailedBilling -HoursAgo 27 -With @{ latest_error = 'The project is over its billing limit.' }
        Get-RunBody -Number 1 -Status Cancelled -HoursAgo 75
    )
    $backfills = @(
        @{
            id           = Get-Id 201
            batch_export = Get-Id 1
            status       = 'Running'
            start_at     = '2026-10-01T00:00:00Z'
            end_at       = '2026-10-11T00:00:00Z'
            created_at   = Get-Ago 3.1
            progress     = @{ total_runs = 10; finished_runs = 3; progress = 0.3 }
        }
        @{
            id           = Get-Id 202
            batch_export = Get-Id 1
            status       = 'Completed'
            start_at     = '2026-09-30T22:00:00Z'
            end_at       = '2026-10-01T22:00:00Z'
            created_at   = Get-Ago 75
            progress     = @{ total_runs = 240; finished_runs = 240; progress = 1 }
        }
    )
    $log = @(
        @{ timestamp = '2026-11-01T12:00:02.5Z'; level = 'ERROR'; message = $bucketError; instance_id = 'i' }
        @{
            timestamp   = '2026-11-01T12:00:01Z'
            level       = 'WARNING'
            message     = 'Retrying after a failed request, because the storage answered with an error that may go away, at the ' +
                "$('fourth ' * 8)time"
            instance_id = 'i'
        }
        @{
            timestamp   = '2026-11-01T12:00:00Z'
            level       = 'INFO'
            message     = 'Batch exporting range 2026-11-01 11:00 - 12:00'
            instance_id = 'i'
        }
    )

    Add-Answer '/batch_exports/$' @{ count = 5; next = $null; results = $exports }
    Add-Answer '/batch_exports/[^/]+/runs/$' @{ next = $null; results = $runs }
    Add-Answer '/batch_exports/[^/]+/backfills/$' @{ next = $null; results = $backfills }
    Add-Answer '/batch_exports/[^/]+/logs/$' @{ results = $log }
    Add-Answer '/file_download_batch_exports/$' @{
        count   = 2
        next    = $null
        results = @(@{ id = Get-Id 301; status = 'Running' }, @{ id = Get-Id 302; status = 'Completed' })
    }

    $drawing = Invoke-InFreshPwsh -TimeoutSec 120 -Arguments (Get-ModuleUnderTest), $emulator.Api, $emulator.Key, $saved, $made {
        param($Manifest, $Api, $Key, $Saved, $Made)
        $null = $Api, $Made
        [cultureinfo]::CurrentCulture = [cultureinfo]::InvariantCulture
        Import-Module $Manifest

        function Connect-Key([string] $Key, [string] $ApiHost = $Api, [hashtable] $With = @{}) {
            $secret = [System.Net.NetworkCredential]::new('', $Key).SecurePassword
            Connect-BatchExportService -ApiHost $ApiHost -ProjectId 12345 -SkipValidation -ApiKey $secret @With
        }

        function Out-Screen([string] $Name, [scriptblock] $Draw) {
            foreach ($width in 80, 160) {
                Set-Content -LiteralPath (Join-Path $Made "$Name.$width.txt") -Value (& $Draw $width) -NoNewline
            }
        }

        function Out-View([string] $Name, [object[]] $Thing, [switch] $List) {
            Out-Screen $Name { param($Width) ($List ? ($Thing | Format-List) : $Thing) | Out-String -Width $Width }
        }

        # As at a prompt: the error of a line that was typed, not of a script.
        function Get-TypedError([string] $Line) {
            $found = @()
            try {
                $found = & ([scriptblock]::Create($Line)) 2>&1 | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }
            }
            catch {
                $found = $_
            }
            [pscustomobject]@{ Line = $Line; Errors = @($found) }
        }

        Connect-Key $Key
        $exports = Get-BatchExport
        Out-View 'exports' $exports
        Out-View 'export-list' $exports[0] -List
        $runs = Get-BatchExportRun $exports[0].Id -After 2026-01-01
        Out-View 'runs' $runs
        Out-View 'run-list' $runs[1] -List
        Out-View 'backfills' (Get-BatchExportBackfill $exports[0].Id)
        Out-View 'log' (Get-BatchExportLog $exports[0].Id)

        $code = New-Item -ItemType Directory -Path (Join-Path $Saved 'code')
        $file = @{ name = 'prod-events-s3'; interval = 'day'; timezone = 'Europe/Berlin' }
        $file.destination = @{ type = 'AwsS3'; integration = @{ kind = 'aws-s3'; name = 'Export bucket key' } }
        $file.destination.config = @{
            bucket_name    = 'acme-posthog-exports-of-production'
            region         = 'eu-central-1'
            prefix         = 'posthog/{year}/{month}/{day}/{hour}/'
            exclude_events = '$feature_flag_called', '$pageleave', '$autocapture', '$web_vitals', '$rageclick'
        }
        $file | ConvertTo-Json -Depth 5 | Set-Content -LiteralPath (Join-Path $code 'prod-events-s3.json')
        $file.name = 'nightly'
        $file.destination.config.exclude_events = $null
        $file | ConvertTo-Json -Depth 5 | Set-Content -LiteralPath (Join-Path $code 'nightly.json')
        $file.name = 'new'
        $file | ConvertTo-Json -Depth 5 | Set-Content -LiteralPath (Join-Path $code 'new.json')
        $plan = Compare-BatchExportConfiguration $code -Scope prod-* -IncludeEqual
        Out-View 'plan' $plan
        Out-Screen 'plan-table' { param($Width) $plan | Format-Table | Out-String -Width $Width }
        Out-View 'plan-list' ($plan | Where-Object Change -EQ Update) -List
        Out-View 'runs-on-demand' (Get-BatchExportRun -OnDemand)
        Out-View 'connection' (Get-BatchExportConnection)
        Out-View 'measure' (Measure-BatchExportQuery 'SELECT event FROM events')
        Out-View 'destinations' @(
            New-BatchExportDestination -AwsS3 -BucketName b -Region eu-west-1 -Prefix p -IntegrationId 731
            $token = [System.Net.NetworkCredential]::new('', 'phc_hush').SecurePassword
            New-BatchExportDestination -Http -Url https://eu.i.posthog.com/batch/ -Token $token
        )

        $first = Start-BatchExportRun events -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 -Format JSONLines |
            Wait-BatchExportRun
        $second = Start-BatchExportRun events -DataIntervalStart 2026-11-02 -DataIntervalEnd 2026-11-03 -Format Parquet |
            Wait-BatchExportRun
        Out-View 'files' (Get-BatchExportFile $first.RunId -IncludeUrl)
        Out-View 'saved' ($first | Save-BatchExportFile $Saved)
        Out-View 'saved-by-run' ($first, $second | Save-BatchExportFile $Saved -GroupByRun)

        $snowflake = Get-BatchExport nightly
        Out-View 'checks' @(
            $snowflake | Test-BatchExport
            Test-BatchExport -Destination @{
                type        = 'Snowflake'
                config      = @{ database = 'd'; warehouse = 'missing-warehouse'; schema = 's' }
                integration = 802
            }
        )
        Out-View 'restarted' ($snowflake | Get-BatchExportRun -First 1 -After 2020-01-01 | Restart-BatchExportRun)

        $errors = & {
            Get-TypedError 'Get-BatchExport nihgtly'
            Get-TypedError 'Get-BatchExport -Id 0195f1c2-0000-0000-0000-00000000dead'
            Get-TypedError 'Set-BatchExport 0195f1c2-0000-0000-0000-00000000dead'
            Get-TypedError "Set-BatchExport $($snowflake.Id) -Interval fortnight"
            Get-TypedError 'Get-BatchExportFile 0195f1c2-0000-0000-0000-00000000dead'
            Get-TypedError "Get-BatchExportFile $($first.RunId) -Part 7"
            Get-TypedError "Get-BatchExportRun $($snowflake.Id) -After never"
            Get-TypedError ('Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 ' +
                '-Format JSONLines -Compression zstd')
            Get-TypedError "Start-BatchExportBackfill $($snowflake.Id) -StartAt 2026-11-02 -EndAt 2026-11-01"
            Get-TypedError 'Get-BatchExport -ProjectId 999'
            Connect-Key phx_reader
            Get-TypedError "Suspend-BatchExport $($snowflake.Id)"
            Connect-Key phx_unknown
            Get-TypedError 'Get-BatchExport'
            Connect-Key -Key $Key -ApiHost 'http://127.0.0.1:9' -With @{ MaximumRetryCount = 0 }
            Get-TypedError 'Get-BatchExport'
            Get-TypedError 'Connect-BatchExportService -ApiHost http://example.com'
            Disconnect-BatchExportService
            Get-TypedError 'Get-BatchExport'
        }
        Out-Screen 'errors' {
            param($Width)
            foreach ($typed in $errors) {
                "PS> $($typed.Line)`n$(($typed.Errors | Out-String -Width $Width).Trim())`n`n"
            }
        }
    }

    # What differs from run to run: ids, addresses, the time something took. Widths stay as they are.
    function Get-Stable([string] $Text) {
        $text = $Text -replace '\r\n', "`n" -replace [regex]::Escape($saved), '/data'
        $text = $text -replace 'http://127\.0\.0\.1:\d{4,5}', 'http://127.0.0.1:50000' -replace '127\.0\.0\.1:\d{4,5}', '127.0.0.1:50000'
        $text =
            $text -replace '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-(?!0{8})[0-9a-f]{12}', '00000000-0000-0000-0000-000000000000'
        $text = $text -replace '(?m)(\d\.\d s|\d\d ms| \d ms)(?=\s)', '0.0 s' -replace '(?m)[ \t]+$'
        $text = $text -replace '(?m)(?<=^(?:CreatedAt|FinishedAt|LastRunAt) +: )[\d-]+ [\d:]+Z', '2026-01-01 00:00:00Z'
        $text.Trim("`n") + "`n"
    }

    function Get-Screen([string] $Name, [int] $Width) {
        $screen = Get-Stable (Get-Content -LiteralPath (Join-Path $made "$Name.$Width.txt") -Raw)
        $Name -eq 'restarted' ? ($screen -replace '\d', '0') : $screen
    }
}

AfterAll {
    Stop-Emulator $emulator
    Remove-Item -LiteralPath $saved -Recurse -Force -ErrorAction Ignore
    Remove-Module Support
}

Describe 'Screens' {
    It 'are rendered without an error' {
        $drawing.Errors | Should -BeNullOrEmpty
        $drawing.Output | Should -BeNullOrEmpty
    }

    It 'match the snapshot of <name> at <width> columns' -ForEach $screens {
        $screen = Get-Screen $name $width
        # Errors are not wrapped by the engine but by the terminal.
        $screen -split "`n" | Where-Object { $_.Length -gt $width -and $name -ne 'errors' } | Should -BeNullOrEmpty
        $screen | Should -BeExactly (Get-Snapshot "$name.$width" $screen)
    }
}
