[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    # What reaches an endpoint: method and path without the prefix. $at is empty for a project, and -OrganizationId for an
    # organization.
    $reached = @{
        'GET batch_exports/'                                             = { Get-BatchExport @at }
        'POST batch_exports/'                                            = {
            New-BatchExport @at -Name new -Interval hour -Destination $http
        }
        'GET batch_exports/{id}/'                                        = { Get-BatchExport @at -Id $export.Id }
        'PATCH batch_exports/{id}/'                                      = { Set-BatchExport @at $export.Id -Name renamed }
        'DELETE batch_exports/{id}/'                                     = { Remove-BatchExport @at $export.Id -Force }
        'POST batch_exports/{id}/pause/'                                 = { Suspend-BatchExport @at $export.Id }
        'POST batch_exports/{id}/unpause/'                               = { Resume-BatchExport @at $export.Id -Backfill }
        'GET batch_exports/{id}/logs/'                                   = { Get-BatchExportLog @at $export.Id }
        'GET batch_exports/test/'                                        = { Test-BatchExport $export.Id }
        'POST batch_exports/run_test_step_new/'                          = { Test-BatchExport -Destination $bucket -Step 1 }
        'POST batch_exports/{id}/run_test_step/'                         = { Test-BatchExport $export.Id -Step 1 }
        'GET batch_exports/{batch_export_id}/runs/'                      = { Get-BatchExportRun $export.Id }
        'GET batch_exports/{batch_export_id}/runs/{id}/'                 = { Get-BatchExportRun $export.Id -RunId $run.RunId }
        'POST batch_exports/{batch_export_id}/runs/{id}/cancel/'         = { $run | Stop-BatchExportRun }
        'POST batch_exports/{batch_export_id}/runs/{id}/retry/'          = { $run | Restart-BatchExportRun }
        'GET batch_exports/{batch_export_id}/backfills/'                 = { Get-BatchExportBackfill $export.Id }
        'POST batch_exports/{batch_export_id}/backfills/'                = { Start-BatchExportBackfill $export.Id @days }
        'GET batch_exports/{batch_export_id}/backfills/{id}/'            = { $backfill | Get-BatchExportBackfill }
        'POST batch_exports/{batch_export_id}/backfills/{id}/cancel/'    = { $backfill | Stop-BatchExportBackfill }
        'GET file_download_batch_exports/'                               = { Get-BatchExportRun -OnDemand }
        'POST file_download_batch_exports/'                              = { Start-BatchExportRun @hour }
        'GET file_download_batch_exports/{id}/'                          = { Get-BatchExportRun -OnDemand $onDemand.RunId }
        'GET file_download_batch_exports/{id}/download/'                 = { $single | Get-BatchExportFile -IncludeUrl }
        'GET file_download_batch_exports/{id}/download/{part}/'          = { $split | Get-BatchExportFile -Part 1 -IncludeUrl }
        'POST file_download_batch_exports/{id}/cancel/'                  = { $onDemand | Stop-BatchExportRun }
        'GET file_download_batch_exports/{id}/logs/'                     = { $onDemand | Get-BatchExportLog }
        'POST file_download_batch_exports/count_rows/'                   = { Measure-BatchExportQuery 'SELECT event FROM events' }
    }

    # What no cmdlet should reach, and why.
    $leftOut = @{
        'PUT batch_exports/{id}/' =
            'Set-BatchExport sends PATCH, which changes any part and leaves the rest; PUT resets offsets that are not named.'
        'GET batch_exports/{batch_export_id}/runs/{id}/logs/' =
            'It answers 500 by design. Get-BatchExportLog reads the export''s log, limited to the time of the run.'
        'organizations GET batch_exports/test/' =
            'Internal: not open to keys, and gone from newer servers. Test-BatchExport uses the project''s route.'
        'organizations POST batch_exports/run_test_step_new/'            = 'The same.'
        'organizations POST batch_exports/{id}/run_test_step/'           = 'The same.'
    }

    $endpoints = foreach ($row in Import-Csv (Join-Path $PSScriptRoot '../data/contract/endpoints.tsv') -Delimiter "`t") {
        $place = $row.path.Split('/')[2]
        $key = "$($row.method) $(($row.path.Split('/') | Select-Object -Skip 4) -join '/')"
        @{
            Row     = "$($row.method) $($row.path)"
            Key     = $key
            Place   = $place
            Method  = $row.method
            Pattern = '^' + ($row.path -replace '\{[a-z_]+\}', '[^/]+') + '$'
            Status  = [int] $row.success_status
            Call    = $reached[$key]
            Reason  = $leftOut["$place $key"] ?? $leftOut[$key]
        }
    }
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '2', '--events-per-hour', '20'
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
    $bucket = @{ type = 'AwsS3'; config = @{ bucket_name = 'b'; region = 'r'; prefix = 'p' }; integration = 731 }
    $days = @{ StartAt = '2026-10-01'; EndAt = '2026-10-02' }
    $hour = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-01T01:00Z'; Format = 'JSONLines' }

    function Connect-To([string] $Place) {
        Connect-Emulator @{ ApiPath = $Place -eq 'environments' ? 'Environments' : 'Projects'; MaximumRetryCount = 0 }
    }

    function Get-SentBody {
        (Get-EmulatorRequest | Where-Object method -In POST, PATCH | Select-Object -Last 1).body | ConvertFrom-Json -AsHashtable
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Every documented endpoint' {
    It '<Row> is reached by a cmdlet' -ForEach ($endpoints | Where-Object { -not $_.Reason }) {
        $Call | Should -Not -BeNullOrEmpty -Because 'it needs a call here, or a reason in the table of what is left out'
        Reset-Emulator
        Connect-To $Place
        $at = $Place -eq 'organizations' ? @{ OrganizationId = $emulator.OrganizationId } : @{}
        $export = Get-BatchExport ($Key -match 'test_step|/test/' ? 'prod-events-s3' : 'nightly')
        $run = $export | Get-BatchExportRun -First 1
        switch -Regex ($Key) {
            'backfills/\{id\}' { $backfill = Start-BatchExportBackfill $export.Id @days }
            'file_download.*\{id\}' { $onDemand = Start-BatchExportRun @hour }
            'download/$' { $single = Start-BatchExportRun @hour -MaxFileSizeMB 0 | Wait-BatchExportRun -PollingIntervalSec 1 }
            'part' {
                $week = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-07' }
                $split = Start-BatchExportRun events @week -MaxFileSizeMB 1 -Format JSONLines | Wait-BatchExportRun -PollingIntervalSec 1
            }
        }
        Clear-EmulatorRequest

        & $Call

        $sent = @(Get-EmulatorRequest | Where-Object { $_.method -eq $Method -and $_.path -match $Pattern -and $_.statusCode -ne 404 })
        $sent | Should -HaveCount 1
        $sent.statusCode | Should -Be $Status
    }

    It '<Row> is reached by no cmdlet: <Reason>' -ForEach ($endpoints | Where-Object Reason) {
        if ($Call) {
            $cmdlet = $Call.Ast.Find({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true).GetCommandName()
            (Get-Command $cmdlet).Parameters.Keys | Should -Not -Contain OrganizationId
        }
    }

    It 'is in exactly one table' -ForEach @{
        Endpoints = $endpoints
        Named     = @($reached.Keys) + @($leftOut.Keys)
    } {
        $documented = @($Endpoints.Key) + @($Endpoints | ForEach-Object { "$($_.Place) $($_.Key)" })
        $Named | Where-Object { $_ -notin $documented } | Should -BeNullOrEmpty
        $Named | Group-Object | Where-Object Count -GT 1 | Should -BeNullOrEmpty
    }
}

Describe 'Every documented field of a body' {
    BeforeAll {
        Reset-Emulator
        Connect-To projects
        $export = Get-BatchExport nightly
        $everything = @{
            Destination = $bucket; Model = 'hogql'; StartAt = '2026-10-01'; EndAt = '2026-10-02'; TimeZone = 'Europe/Berlin'
            OffsetDay = 'Monday'; OffsetHour = 3; Filter = @{ key = 'a'; type = 'event' }
            HogQLQuery = 'SELECT event FROM events'; HogQLModifier = @{ a = $true }
            PrimaryKey = 'event'; VersionKey = 'event'; IncrementalMode = 'MERGE'
        }
        $span = @{
            DataIntervalStart = '2026-11-01'
            DataIntervalEnd   = '2026-11-02'
            HogQLQuery        = 'SELECT event FROM events'
            HogQLModifier     = @{ a = $true }
        }
    }

    It 'has a parameter, except <LeftOut>: <Of>' -ForEach @(
        @{
            Of = 'a new export'; LeftOut = @('last_paused_at')   # the service sets it when an export is paused
            Fields = 'name model destination interval paused last_paused_at start_at end_at hogql_query hogql_modifiers ' +
                'primary_key version_key incremental_mode filters timezone offset_day offset_hour'
            Call = { New-BatchExport -Name new -Interval week -Paused @everything }
        }
        @{
            # Suspend- and Resume-BatchExport pause, and set last_paused_at.
            Of = 'a changed export'; LeftOut = @('last_paused_at', 'paused')
            Fields = 'name model destination interval paused last_paused_at start_at end_at hogql_query hogql_modifiers ' +
                'primary_key version_key incremental_mode filters timezone offset_day offset_hour'
            Call = { Set-BatchExport $export.Id -Name new -Interval week @everything }
        }
        @{
            Of = 'a destination'; LeftOut = @('integration_id')   # a second name for integration
            Fields = 'type config integration integration_id'; Within = 'destination'
            Call = { New-BatchExport -Name new -Interval hour -Destination $bucket }
        }
        @{
            Of = 'a check'; LeftOut = @()
            Fields = 'name destination interval model step'
            Call = { Test-BatchExport -Name new -Destination $bucket -Interval day -Model events -Step 1 }
        }
        @{
            Of = 'a pause'; LeftOut = @('(a body: none is needed)')
            Fields = ''
            Call = { Suspend-BatchExport $export.Id }
        }
        @{
            Of = 'an unpause'; LeftOut = @()
            Fields = 'backfill'
            Call = { Resume-BatchExport $export.Id -Backfill }
        }
        @{
            Of = 'a backfill'; LeftOut = @()
            Fields = 'start_at end_at'
            Call = { Start-BatchExportBackfill $export.Id @days }
        }
        @{
            Of = 'an on-demand run'; LeftOut = @()
            Fields = 'file model include exclude data_interval_start data_interval_end hogql_query hogql_modifiers'
            Call = { Start-BatchExportRun hogql @span -Include a -Exclude b }
        }
        @{
            Of = 'its files'; LeftOut = @()
            Fields = 'format compression max_size_mb'; Within = 'file'
            Call = { Start-BatchExportRun @hour -Compression gzip -MaxFileSizeMB 5 }
        }
        @{
            Of = 'a count of rows'; LeftOut = @()
            Fields = 'model hogql_query hogql_modifiers data_interval_start data_interval_end'
            Call = { Measure-BatchExportQuery @span }
        }
    ) {
        Clear-EmulatorRequest
        $null = Invoke-Watched $Call
        $body = Get-SentBody
        $sent = $body ? @(($Within ? $body[$Within] : $body).Keys) : @()
        $offered = $Fields.Split(' ', [StringSplitOptions]::RemoveEmptyEntries) | Where-Object { $_ -notin $LeftOut }
        $sent | Sort-Object | Should -Be @($offered | Sort-Object)
    }

    It 'has a parameter when it is in the query of <Of>' -ForEach @(
        @{
            Of = 'runs by the time they were made'; Fields = 'ordering after before status'
            Call = { Get-BatchExportRun $export.Id -After 2026-10-01 -Before 2026-10-02 -Status Failed -OrderBy created_at }
        }
        @{
            Of = 'runs by their data'; Fields = 'ordering start end'
            Call = { Get-BatchExportRun $export.Id -IntervalStart 2026-10-01 -IntervalEnd 2026-10-02 }
        }
        @{
            Of = 'logs'; Fields = 'limit after before level search instance_id'
            Call = { Get-BatchExportLog $export.Id -First 3 -After 2026-10-01 -Before 2026-10-02 -Level ERROR -Search x -InstanceId y }
        }
        @{
            Of = 'backfills'; Fields = 'ordering'
            Call = { Get-BatchExportBackfill $export.Id -OrderBy start_at }
        }
        @{
            Of = 'exports'; Fields = 'limit offset'
            Call = { Get-BatchExport -First 3 -Skip 2 }
        }
        @{
            Of = 'on-demand runs'; Fields = 'limit offset'
            Call = { Get-BatchExportRun -OnDemand -First 3 -Skip 2 }
        }
    ) {
        Clear-EmulatorRequest
        $null = Invoke-Watched $Call
        $query = @(Get-EmulatorRequest)[0].query.TrimStart('?')
        $query.Split('&') | ForEach-Object { $_.Split('=')[0] } | Sort-Object | Should -Be ($Fields.Split(' ') | Sort-Object)
    }
}

Describe 'Every recorded error' {
    BeforeDiscovery {
        $kinds = @(
            @{
                Kind     = 'runs-list.400'
                Id       = 'InvalidRequest'
                Category = 'InvalidArgument'
                Path     = '/runs/'
                Call     = { Get-BatchExportRun $export.Id -Status Nope }
            }
            @{
                Kind     = 'cursor-page.404'
                Id       = 'NotFound'
                Category = 'ObjectNotFound'
                Path     = '/runs/'
                Call     = { Get-BatchExportRun $export.Id }
            }
            @{
                Kind     = 'run-cancel.400'
                Id       = 'InvalidRequest'
                Category = 'InvalidArgument'
                Path     = '/cancel/'
                Call     = { Stop-BatchExportRun $export.Id -BatchExportId $export.Id }
            }
            @{
                Kind     = 'run-logs.500'
                Id       = 'ServerFailed'
                Category = 'ResourceUnavailable'
                Path     = '/logs/'
                Call     = { Get-BatchExportLog $export.Id }
            }
            @{
                Kind     = 'backfill-cancel.400'
                Id       = 'InvalidRequest'
                Category = 'InvalidArgument'
                Path     = '/cancel/'
                Call     = { Stop-BatchExportBackfill $export.Id -BatchExportId $export.Id }
            }
            @{
                Kind     = 'create-backfill.400.future'
                Id       = 'InvalidBackfillBound'
                Category = 'InvalidArgument'
                Path     = '/backfills/'
                Call     = { Start-BatchExportBackfill $export.Id @days }
            }
            @{
                Kind     = 'create-backfill.400'
                Id       = 'InvalidRequest'
                Category = 'InvalidArgument'
                Path     = '/backfills/'
                Call     = { Start-BatchExportBackfill $export.Id @days }
            }
            @{
                Kind     = 'create-backfill.404'
                Id       = 'NotFound'
                Category = 'ObjectNotFound'
                Path     = '/backfills/'
                Call     = { Start-BatchExportBackfill $export.Id @days }
            }
            @{
                Kind     = 'create-backfill.429'
                Id       = 'ConcurrencyLimitReached'
                Category = 'LimitsExceeded'
                Path     = '/backfills/'
                Call     = { Start-BatchExportBackfill $export.Id @days }
            }
            @{
                Kind     = 'count-rows.400.timeout'
                Id       = 'QueryTimedOut'
                Category = 'OperationTimeout'
                Path     = '/count_rows/'
                Call     = { Measure-BatchExportQuery 'SELECT event FROM events' }
            }
            @{
                Kind     = 'count-rows.400'
                Id       = 'InvalidRequest'
                Category = 'InvalidArgument'
                Path     = '/count_rows/'
                Call     = { Measure-BatchExportQuery 'SELECT event FROM events' }
            }
            @{
                Kind     = 'count-rows.403'
                Id       = 'PermissionDenied'
                Category = 'PermissionDenied'
                Path     = '/count_rows/'
                Call     = { Measure-BatchExportQuery 'SELECT event FROM events' }
            }
        )
        $errors = foreach ($file in Get-ChildItem (Join-Path $PSScriptRoot '../data/contract/fixtures') -Filter *.json) {
            $kind = $kinds | Where-Object { $file.BaseName -eq $_.Kind -or $file.BaseName.StartsWith("$($_.Kind).") } |
                Select-Object -First 1
            if ($kind) {
                @{ Fixture = $file.BaseName; File = $file.FullName } + $kind
            }
        }
    }

    BeforeAll {
        Reset-Emulator
        Connect-To projects
        $export = Get-BatchExport nightly
    }

    It '<Fixture> is an error of category <Category> that quotes the server' -ForEach $errors {
        $recorded = Get-Content -LiteralPath $File -Raw | ConvertFrom-Json -AsHashtable
        $body = $Fixture -like '*.http' ? $recorded.body : $recorded
        Add-EmulatorFault @{ pathPattern = $Path; status = [int] $Fixture.Split('.')[1]; body = $body }

        $seen = Invoke-Watched $Call

        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].CategoryInfo.Category | Should -Be $Category
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        # A bound in the future is told in the module's words, which name the parameter.
        if ($body.detail -ne 'Not found.' -and $Id -ne 'InvalidBackfillBound') {
            "$($seen.Errors[0])" | Should -BeLike "*$([WildcardPattern]::Escape($body.detail))*"
        }
    }
}
