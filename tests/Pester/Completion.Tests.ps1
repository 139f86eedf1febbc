[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSAvoidGlobalVars', '', Justification = 'Tab completes the variables of a session.')]
param()

BeforeDiscovery {
    # Every parameter that is completed from the service, with what stands before it on the line.
    $completed = @(
        foreach ($command in 'Get-BatchExport', 'Set-BatchExport', 'Remove-BatchExport', 'Suspend-BatchExport', 'Resume-BatchExport',
            'Test-BatchExport') {
            @{ Line = "$command -Id "; Kind = 'exports' }
        }
        foreach ($command in 'Get-BatchExportRun', 'Get-BatchExportLog', 'Get-BatchExportBackfill', 'Start-BatchExportBackfill') {
            @{ Line = "$command "; Kind = 'exports' }
        }
        foreach ($command in 'Wait-BatchExportRun', 'Stop-BatchExportRun', 'Restart-BatchExportRun', 'Stop-BatchExportBackfill',
            'Wait-BatchExportBackfill') {
            @{ Line = "$command -BatchExportId "; Kind = 'exports' }
        }
        @{ Line = 'Get-BatchExport '; Kind = 'names' }
        foreach ($command in 'Get-BatchExportRun', 'Wait-BatchExportRun', 'Stop-BatchExportRun', 'Restart-BatchExportRun',
            'Get-BatchExportLog') {
            @{ Line = "$command -BatchExportId {0} -RunId "; Kind = 'runs' }
        }
        foreach ($line in 'Get-BatchExportRun -OnDemand ', 'Wait-BatchExportRun ', 'Stop-BatchExportRun ', 'Get-BatchExportFile ',
            'Save-BatchExportFile -RunId ', 'Get-BatchExportLog -RunId ') {
            @{ Line = $line; Kind = 'on-demand runs' }
        }
        foreach ($line in 'Get-BatchExportBackfill {0} -BackfillId ', 'Stop-BatchExportBackfill -BatchExportId {0} -BackfillId ',
            'Wait-BatchExportBackfill -BatchExportId {0} -BackfillId ') {
            @{ Line = $line; Kind = 'backfills' }
        }
        foreach ($line in 'Get-BatchExportFile {1} -Part ', 'Save-BatchExportFile -RunId {1} -Part ') {
            @{ Line = $line; Kind = 'parts' }
        }
        @{ Line = 'Get-BatchExportLog {0} -InstanceId '; Kind = 'executions' }
        @{ Line = 'New-BatchExportDestination -AwsS3 -IntegrationId '; Kind = 'integrations' }
        @{ Line = 'Compare-BatchExportConfiguration . -Scope '; Kind = 'names' }
        foreach ($line in 'Switch-BatchExportIntegration ', 'Switch-BatchExportIntegration {0} ') {
            @{ Line = $line; Kind = 'credentials' }
        }
        foreach ($line in 'Switch-BatchExportIntegration 731 ', 'Switch-BatchExportIntegration -From ''export bucket KEY'' -To ') {
            @{ Line = $line; Kind = 'other credentials of the kind' }
        }
    )
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0'
    Connect-Emulator @{ SkipValidation = $true; ProjectId = $emulator.ProjectId }
    $connection = Get-BatchExportConnection
    $export = Get-BatchExport nightly
    $run = Start-BatchExportRun events -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 -MaxFileSizeMB 1 | Wait-BatchExportRun
    $null = Start-BatchExportBackfill $export.Id -StartAt 2026-10-01 -EndAt 2026-10-02
    $expected = @{
        'exports'        = (Get-BatchExport | Sort-Object Name).Id
        'names'          = (Get-BatchExport | Sort-Object Name).Name
        'runs'           = (Get-BatchExportRun $export.Id -After 2020-01-01).RunId
        'on-demand runs' = @($run.RunId)
        'backfills'      = @((Get-BatchExportBackfill $export.Id).BackfillId)
        'parts'          = @(0..($run.Files.Count - 1) | ForEach-Object { "$_" })
        'executions'     = @((Get-BatchExportLog $export.Id).InstanceId | Select-Object -Unique)
        'integrations'   = @('731')
        'credentials'    = (Get-BatchExportIntegration | Where-Object Kind -NE slack).Name
        'other credentials of the kind' = @('Export bucket role')
    }

    function Get-Completion([string] $Line) {
        $text = $Line -f $export.Id, $run.RunId
        (TabExpansion2 -inputScript $text -cursorColumn $text.Length).CompletionMatches | Where-Object ResultType -EQ ParameterValue
    }

    # A connection of its own has shown nothing yet.
    function Connect-Afresh([string] $Api = $emulator.Api) {
        Connect-Emulator @{ SkipValidation = $true; ApiHost = $Api }
    }

    function Measure-Completion([string] $Line) {
        $Error.Clear()
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $found = @(Get-Completion $Line)
        [pscustomobject]@{ Found = $found; Seconds = $clock.Elapsed.TotalSeconds; Errors = @($Error) }
    }

    # A folder without matches: the engine would suggest its files where a completer has nothing.
    Push-Location (New-Item -ItemType Directory -Path (Join-Path $TestDrive 'empty'))
}

AfterAll {
    Pop-Location
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Completion from the service' {
    BeforeEach {
        Clear-EmulatorFault
        Connect-Afresh
        Clear-EmulatorRequest
    }

    It '<Line> suggests <Kind>, with one request' -ForEach $completed {
        $seen = Measure-Completion $Line
        $seen.Found.CompletionText.Trim("'") | Sort-Object | Should -Be ($expected[$Kind] | Sort-Object)
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Found | ForEach-Object {
            $_.ToolTip | Should -Not -BeNullOrEmpty
            $_.ListItemText | Should -Not -BeNullOrEmpty
        }
        Get-EmulatorRequest | Should -HaveCount 1
    }

    It '<Line> suggests nothing when the service is down' -ForEach $completed {
        Connect-Afresh 'http://127.0.0.1:9'
        $seen = Measure-Completion $Line
        $seen.Found | Should -BeNullOrEmpty
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Seconds | Should -BeLessThan 2
    }

    It '<Line> suggests nothing when the service refuses' -ForEach $completed {
        Add-EmulatorFault @{ status = 503; times = 5; headers = @{ 'Retry-After' = '1' } }
        $seen = Measure-Completion $Line
        $seen.Found | Should -BeNullOrEmpty
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Seconds | Should -BeLessThan 2
        Get-EmulatorRequest | Should -HaveCount 1
    }

    It 'gives up a stalled service within two seconds: <_>' -ForEach @(
        'Get-BatchExport -Id '
        'Get-BatchExportRun {0} -RunId '
        'Get-BatchExportFile {1} -Part '
    ) {
        Add-EmulatorFault @{ stallHeaders = $true; times = 5 }
        $seen = Measure-Completion $_
        $seen.Found | Should -BeNullOrEmpty
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Seconds | Should -BeLessThan 2
    }

    It 'suggests what was seen before when the service is down' {
        $null = Get-BatchExport
        Add-EmulatorFault @{ reset = $true; times = 5 }
        (Measure-Completion 'Get-BatchExport -Id ').Found.CompletionText | Should -Be $expected['exports']
    }

    It 'inserts the id for a name, and shows name, state and destination' {
        $found = Get-Completion 'Set-BatchExport -Id nigh'
        $found.CompletionText | Should -Be $export.Id
        $found.ListItemText | Should -Be 'nightly (Active, Snowflake)'
        $found.ToolTip | Should -BeLike "nightly, Active, Snowflake, $($export.Id)"
    }

    It 'uses the connection on the line' {
        Disconnect-BatchExportService
        $other = Connect-Emulator @{ SkipValidation = $true; PassThru = $true }
        Connect-Afresh 'http://127.0.0.1:9'
        $other | Should -Not -BeNullOrEmpty
        (Get-Completion 'Get-BatchExport -Connection $other -Id nigh').CompletionText | Should -Be $export.Id
    }

    It 'uses the environment, and suggests nothing without a connection' {
        $script = {
            param($Manifest, $Line)
            Import-Module $Manifest
            (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches.CompletionText
            "errors: $($Error.Count)"
        }
        $line = 'Get-BatchExport -Name nig'
        $with = Invoke-InFreshPwsh $script -Arguments (Get-ModuleUnderTest), $line -Environment @{
            POSTHOG_PERSONAL_API_KEY = $emulator.Key
            POSTHOG_HOST             = $emulator.Api
        }
        $with.Output | Should -Be @('nightly', 'errors: 0')
        $without = Invoke-InFreshPwsh $script -Arguments (Get-ModuleUnderTest), $line -Environment @{ POSTHOG_PERSONAL_API_KEY = $null }
        $without.Output | Should -Be 'errors: 0'
    }

    It 'quotes names and takes wildcards literally' {
        $null = Add-EmulatorExport -NamePrefix "it's [new] "
        (Get-Completion 'Get-BatchExport it').CompletionText | Should -Be "'it''s ``[new``] 0001'"
        Get-BatchExport 'it''s `[new`] 0001' | Should -HaveCount 1
        Reset-Emulator
    }

    It 'suggests the known runs of a piped export, and no on-demand runs' {
        Get-Completion 'Get-BatchExport | Get-BatchExportRun -RunId ' | Should -BeNullOrEmpty
        Get-EmulatorRequest | Should -BeNullOrEmpty
        $runs = Get-BatchExport | Get-BatchExportRun -First 2 -WarningAction Ignore
        (Get-Completion 'Get-BatchExport | Get-BatchExportRun -RunId ').CompletionText | Sort-Object |
            Should -Be ($runs.RunId | Sort-Object)
    }

    It 'suggests only the runs of the export on the line: <_>' -ForEach @(
        'Get-BatchExportRun nightly -RunId '
        'Get-BatchExport nightly | Get-BatchExportRun -RunId '
        'Get-BatchExport -Name nightly | Wait-BatchExportRun -RunId '
    ) {
        $all = Get-BatchExport
        $null = $all | Get-BatchExportRun -After 2020-01-01
        $expected = ($all | Where-Object Name -EQ nightly | Get-BatchExportRun -After 2020-01-01).RunId
        (Get-Completion $_).CompletionText | Sort-Object | Should -Be ($expected | Sort-Object)
    }

    It 'forgets an export that was removed' {
        $id = Add-EmulatorExport -NamePrefix 'gone-'
        (Get-Completion 'Get-BatchExport -Id gone').CompletionText | Should -Be $id
        Remove-BatchExport $id -Force
        Get-Completion 'Get-BatchExport -Id gone' | Should -BeNullOrEmpty
    }
}

Describe 'Completion without a request' {
    BeforeEach {
        Connect-Afresh
    }

    It 'suggests the projects that were listed, by number or name: <_>' -ForEach @(
        'Copy-BatchExport nightly -ToProjectId '
        'Compare-BatchExportConfiguration . -ProjectId '
        'Get-BatchExport -ProjectId '
        'Get-BatchExportRun nightly -ProjectId '
    ) {
        Clear-EmulatorRequest
        Get-Completion $_ | Should -BeNullOrEmpty
        Get-EmulatorRequest | Should -BeNullOrEmpty
        $projects = Get-BatchExportProject
        Clear-EmulatorRequest
        (Get-Completion $_).CompletionText | Sort-Object | Should -Be ($projects.ProjectId | Sort-Object)
        (Get-Completion "${_}'acme stag").CompletionText | Should -Be '12399'
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'suggests the projects of -ToConnection' {
        $global:target = Connect-Emulator @{ SkipValidation = $true; PassThru = $true }
        try {
            $projects = Get-BatchExportProject
            Connect-Afresh
            (Get-Completion 'Copy-BatchExport nightly -ToConnection $target -ToProjectId ').CompletionText | Sort-Object |
                Should -Be ($projects.ProjectId | Sort-Object)
        }
        finally {
            Remove-Variable target -Scope Global
        }
    }

    It 'suggests the variables that hold open connections: <_>' -ForEach @(
        'Copy-BatchExport nightly -ToConnection '
        'Compare-BatchExportConfiguration . -Connection '
        'Get-BatchExport -Connection '
        'Get-BatchExport -Connection $eu, '
        'Get-BatchExportProject -Connection '
        'Get-BatchExportHealth -Connection '
        'Export-BatchExportReport ./r.html -Connection '
        'Disconnect-BatchExportService -Connection '
    ) {
        $global:eu, ${global:us east}, $global:closed = 1..3 | ForEach-Object {
            Connect-Emulator @{ SkipValidation = $true; PassThru = $true }
        }
        try {
            $global:closed.Dispose()
            Clear-EmulatorRequest
            $found = Get-Completion $_
            $found.CompletionText | Should -Contain '$eu'
            $found.CompletionText | Should -Contain '${us east}'
            $found.CompletionText | Should -Not -Contain '$closed'
            ($found | Where-Object CompletionText -EQ '$eu').ToolTip | Should -Be "$eu"
            (Get-Completion "${_}us").CompletionText | Should -Be '${us east}'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }
        finally {
            Remove-Variable eu, 'us east', closed -Scope Global
        }
    }
}

Describe 'Completion of settings' {
    It '<Line> suggests <Suggested>, without a request' -ForEach @(
        @{ Line = 'New-BatchExport -Model '; Suggested = 'events', 'persons', 'sessions', 'hogql' }
        @{ Line = 'Start-BatchExportRun '; Suggested = 'events', 'persons', 'sessions', 'hogql' }
        @{ Line = 'Test-BatchExport -Model p'; Suggested = , 'persons' }
        @{ Line = 'New-BatchExport -Interval '; Suggested = 'hour', 'day', 'week', "'every 15 minutes'", "'every 5 minutes'" }
        @{ Line = 'Set-BatchExport -Interval ''ev'; Suggested = "'every 15 minutes'", "'every 5 minutes'" }
        @{ Line = 'Start-BatchExportRun -Format '; Suggested = 'Parquet', 'JSONLines' }
        @{ Line = 'New-BatchExportDestination -AwsS3 -FileFormat j'; Suggested = , 'JSONLines' }
        @{ Line = 'Start-BatchExportRun -Compression '; Suggested = 'zstd', 'lz4', 'snappy', 'gzip', 'brotli' }
        @{ Line = 'Start-BatchExportRun -Format JSONLines -Compression '; Suggested = 'gzip', 'brotli' }
        @{ Line = 'New-BatchExportDestination -AwsS3 -Compression '; Suggested = 'gzip', 'brotli' }
        @{
            Line      = 'New-BatchExportDestination -AwsS3 -FileFormat parquet -Compression '
            Suggested = 'zstd', 'lz4', 'snappy', 'gzip', 'brotli'
        }
        @{ Line = 'Get-BatchExportRun x -Status fail'; Suggested = 'Failed', 'FailedRetryable', 'FailedBilling' }
        @{ Line = 'New-BatchExport -TimeZone europe/berl'; Suggested = , 'Europe/Berlin' }
        @{ Line = 'Set-BatchExport -TimeZone UT'; Suggested = , 'UTC' }
        @{ Line = 'Set-BatchExport -TimeZone berl'; Suggested = , 'Europe/Berlin' }
        @{ Line = 'Set-BatchExport -TimeZone lond'; Suggested = , 'Europe/London' }
        @{
            Line      = 'New-BatchExportDestination '
            Suggested = 'AwsS3', 'S3Compatible', 'Snowflake', 'Postgres', 'Redshift', 'BigQuery', 'Databricks', 'AzureBlob', 'HTTP'
        }
        @{ Line = 'Get-BatchExportLog x -Level '; Suggested = 'DEBUG', 'INFO', 'WARNING', 'ERROR' }
        @{ Line = 'New-BatchExport -IncrementalMode '; Suggested = 'APPEND', 'MERGE' }
        @{ Line = 'Get-BatchExportRun x -OrderBy data'; Suggested = , 'data_interval_start' }
        @{ Line = 'Get-BatchExportBackfill x -OrderBy s'; Suggested = , 'start_at' }
        @{ Line = 'New-BatchExportDestination -AwsS3 -Region eu-w'; Suggested = 'eu-west-1', 'eu-west-2', 'eu-west-3' }
        @{ Line = 'New-BatchExportDestination -AwsS3 -Encryption '; Suggested = 'AES256', "'aws:kms'" }
        @{ Line = 'New-BatchExportDestination -Snowflake -AuthenticationType '; Suggested = 'password', 'keypair' }
        @{ Line = 'New-BatchExportDestination -Redshift -PropertiesDataType '; Suggested = 'varchar', 'super' }
        @{ Line = 'New-BatchExportDestination -Redshift -Mode '; Suggested = 'INSERT', 'COPY' }
        @{
            Line      = 'New-BatchExportDestination -Http -Url '
            Suggested = "'https://us.i.posthog.com/batch/'", "'https://eu.i.posthog.com/batch/'"
        }
    ) {
        Clear-EmulatorRequest
        (Get-Completion $Line).CompletionText | Should -Be $Suggested
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It '<Line> says <Tip>' -ForEach @(
        @{ Line = 'Start-BatchExportRun -Format P'; Tip = 'Parquet: *zstd*' }
        @{ Line = 'Start-BatchExportRun -Compression z'; Tip = 'zstd: *' }
        @{ Line = 'Start-BatchExportRun -Compression g'; Tip = 'gzip' }
        @{ Line = 'Start-BatchExportRun -Format jsonlines -Compression g'; Tip = 'gzip: *DuckDB*' }
        @{ Line = 'Start-BatchExportRun -Format JSONLines -Compression b'; Tip = 'brotli: *unpack*' }
        @{ Line = 'New-BatchExportDestination -AwsS3 -Compression g'; Tip = 'gzip: *DuckDB*' }
        @{ Line = 'New-BatchExportDestination -AwsS3 -FileFormat Parquet -Compression z'; Tip = 'zstd: *' }
    ) {
        (Get-Completion $Line).ToolTip | Should -BeLike $Tip
    }

    It 'suggests zones that begin with the word before those whose city does' {
        (Get-Completion 'Set-BatchExport -TimeZone eu').CompletionText[0] | Should -BeLike 'Europe/*'
        (Get-Completion 'Set-BatchExport -TimeZone eu').CompletionText[-1] | Should -Be 'Australia/Eucla'
    }
}

Describe 'Choices that Tab suggests' {
    It 'are suggestions only: no parameter is limited to them' {
        $parameters = (Get-Command -Module PSBatchExports).ParameterSets.Parameters |
            Where-Object { $_.Attributes.TypeId -contains [System.Management.Automation.ArgumentCompleterAttribute] }
        $parameters | Should -Not -BeNullOrEmpty
        $parameters |
            Where-Object {
                $_.Attributes.TypeId -contains [System.Management.Automation.ValidateSetAttribute] -or $_.ParameterType.IsEnum
            } | Should -BeNullOrEmpty
    }

    It 'do not exclude other values of the service: <Field>' -ForEach @(
        @{ Field = 'model'; Call = { Start-BatchExportRun later -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 } }
        @{
            Field = 'compression'
            Call  = { Start-BatchExportRun -Compression later -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 }
        }
        @{ Field = 'interval'; Call = { New-BatchExport n -Interval later -Destination $bucket } }
        @{ Field = 'timezone'; Call = { New-BatchExport n -Interval hour -TimeZone later -Destination $bucket } }
        @{ Field = 'type'; Call = { New-BatchExport n -Interval hour -Destination (New-BatchExportDestination later) } }
        @{ Field = 'status'; Call = { Get-BatchExportRun $export.Id -Status later } }
        @{ Field = 'level'; Call = { Get-BatchExportLog $export.Id -Level later } }
    ) {
        $bucket = @{ type = 'AwsS3'; config = @{ bucket_name = 'b'; region = 'r'; prefix = 'p' }; integration = 731 }
        Connect-Afresh
        Clear-EmulatorRequest
        $null = Invoke-Watched $Call
        $sent = @(Get-EmulatorRequest)[-1]
        "$($sent.query)&$($sent.body)" | Should -Match "\b$Field`"?[:=]`"?later"
    }
}

Describe 'Completion of many exports' {
    It 'suggests exports beyond the first page, and reads those once' {
        $large = Start-Emulator -Arguments '--exports', '250'
        try {
            Connect-Emulator @{ SkipValidation = $true } -Emulator $large
            # On a busy machine, a Tab may give up before the second page.
            foreach ($attempt in 1..10) {
                $found = (Measure-Completion 'Get-BatchExport -Id ').Found
                if ($found.Count -eq 250) {
                    break
                }
            }
            $found | Should -HaveCount 250
            Clear-EmulatorRequest -Emulator $large
            (Measure-Completion 'Get-BatchExport -Id ').Found | Should -HaveCount 250
            Get-EmulatorRequest -Emulator $large | Should -HaveCount 1
        }
        finally {
            Stop-Emulator $large
        }
    }
}
