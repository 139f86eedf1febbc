[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--concurrent-download-limit', '1', '--strict-newest'
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
    $span = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-01T01:00Z' }
    $unknown = '0195f1c2-0000-0000-0000-00000000dead'

    # The error of a script block, however it came, with what a test asks of it in one line each.
    function Get-Failure([scriptblock] $Action) {
        $seen = Invoke-Watched $Action
        $records = @(@($seen.Errors) + $seen.Terminating | Where-Object { $_ })
        $records | Should -HaveCount 1
        [pscustomobject]@{
            Id            = $records[0].FullyQualifiedErrorId.Split(',')[0]
            Source        = $records[0].FullyQualifiedErrorId.Split(',')[1]
            Category      = "$($records[0].CategoryInfo.Category)"
            Message       = "$($records[0])"
            Remedy        = $records[0].ErrorDetails.RecommendedAction
            Target        = $records[0].TargetObject
            IsTerminating = $null -ne $seen.Terminating
            Record        = $records[0]
            Seen          = $seen
        }
    }

    function Connect-WithKey([hashtable] $Key) {
        Add-EmulatorKey $Key
        Connect-Emulator @{ SkipValidation = $true } -Key $Key.key
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Errors' {
    BeforeEach {
        Reset-Emulator
        Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = 2; MaximumRetryDelay = 5 }
    }

    Context 'Without a key' {
        It '<command> ends with an error that says how to connect' -ForEach @(
            @{ command = 'Get-BatchExport'; more = @{} }
            @{ command = 'Remove-BatchExport'; more = @{ Id = 'x'; Force = $true } }
            @{ command = 'Wait-BatchExportRun'; more = @{ RunId = 'x' } }
            @{ command = 'Wait-BatchExportBackfill'; more = @{ BackfillId = 'x'; BatchExportId = 'x' } }
            @{ command = 'Get-BatchExportLog'; more = @{ RunId = 'x' } }
            @{ command = 'Connect-BatchExportService'; more = @{} }
        ) {
            Disconnect-BatchExportService
            $failure = Get-Failure { & $command @more }
            $failure.Id | Should -Be NotConnected
            $failure.Category | Should -Be AuthenticationError
            $failure.IsTerminating | Should -BeTrue
            $failure.Message | Should -BeLike 'There is no *'
            $failure.Remedy | Should -BeLike '*nvironment variable*Connect-BatchExportService -ApiKey (Read-Host -AsSecureString)*'
        }
    }

    Context 'A 401 answer' {
        It 'ends the cmdlet at the first item and names key, host and region' {
            Connect-Emulator @{ SkipValidation = $true } -Key phx_unknown
            $failure = Get-Failure { Get-BatchExport -Id $unknown, $unknown }
            $failure.Id | Should -Be AuthenticationFailed
            $failure.Category | Should -Be AuthenticationError
            $failure.IsTerminating | Should -BeTrue
            $failure.Message | Should -BeLike '*Personal API key*invalid*'
            $failure.Remedy | Should -BeLike '*region*Connect-BatchExportService*'
            Get-EmulatorRequest | Should -HaveCount 1
        }

        It 'ends <command>' -ForEach @(
            @{ command = 'Get-BatchExport'; more = @{} }
            @{ command = 'Get-BatchExportRun'; more = @{ OnDemand = $true } }
            @{ command = 'Start-BatchExportRun'; more = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-02' } }
            @{ command = 'Wait-BatchExportRun'; more = @{ RunId = 'x' } }
            @{ command = 'Wait-BatchExportBackfill'; more = @{ BackfillId = 'x'; BatchExportId = 'x' } }
            @{ command = 'Get-BatchExportFile'; more = @{ RunId = 'x' } }
            @{ command = 'Save-BatchExportFile'; more = @{ RunId = 'x' } }
            @{ command = 'Get-BatchExportLog'; more = @{ RunId = 'x' } }
            @{ command = 'Get-BatchExportLog'; more = @{ RunId = 'x', 'y'; Follow = $true } }
        ) {
            Connect-Emulator @{ SkipValidation = $true } -Key phx_unknown
            $failure = Get-Failure { & $command @more }
            $failure.Id | Should -Be AuthenticationFailed
            $failure.IsTerminating | Should -BeTrue
        }
    }

    Context 'A 403 answer' {
        It 'names the missing scope, and the next item is tried' {
            $ids = (Get-BatchExport).Id
            Connect-WithKey @{ key = 'phx_reader'; scopes = @('batch_export:read') }
            $seen = Invoke-Watched { Suspend-BatchExport -Id $ids[0], $ids[1] }
            $seen.Terminating | Should -BeNullOrEmpty
            $seen.Errors | Should -HaveCount 2
            $seen.Errors.TargetObject | Should -Be $ids[0, 1]
            foreach ($record in $seen.Errors) {
                $record.FullyQualifiedErrorId | Should -BeLike 'MissingScope,*'
                $record.CategoryInfo.Category | Should -Be PermissionDenied
                "$record" | Should -BeLike '*batch_export:write*'
                $record.ErrorDetails.RecommendedAction | Should -BeLike '*batch_export:write*'
            }
        }

        It 'is a non-terminating error for <name>' -ForEach @(
            @{
                name    = 'a key of another project'
                key     = @{ key = 'phx_elsewhere'; scopedProjects = @('999') }
                message = '*does not have access to the requested project*'
            }
            @{
                name    = 'a key of another organization'
                key     = @{ key = 'phx_elsewhere'; scopedOrganizations = @('0195f1c2-0000-0000-0000-00000000beef') }
                message = '*does not have access to the requested organization*'
            }
            @{ name = 'a user who may only look'; key = @{ key = 'phx_viewer'; viewerOnly = $true }; message = '*editor access*' }
        ) {
            $id = (Get-BatchExport -First 1).Id
            Connect-WithKey $key
            $failure = Get-Failure { Suspend-BatchExport $id }
            $failure.Id | Should -Be PermissionDenied
            $failure.Category | Should -Be PermissionDenied
            $failure.IsTerminating | Should -BeFalse
            $failure.Message | Should -BeLike $message
            $failure.Target | Should -Be $id
            $failure.Remedy | Should -BeLike '*project or organization*'
        }
    }

    Context 'A 404 answer' {
        It 'names what <command> did not find, and how to list what there is' -ForEach @(
            @{ command = 'Get-BatchExport'; parameter = 'Id'; more = @{}; list = '*Get-BatchExport*' }
            @{ command = 'Set-BatchExport'; parameter = 'Id'; more = @{ Name = 'x' }; list = '*Get-BatchExport*' }
            @{ command = 'Remove-BatchExport'; parameter = 'Id'; more = @{ Force = $true }; list = '*Get-BatchExport*' }
            @{ command = 'Suspend-BatchExport'; parameter = 'Id'; more = @{}; list = '*Get-BatchExport*' }
            @{ command = 'Resume-BatchExport'; parameter = 'Id'; more = @{}; list = '*Get-BatchExport*' }
            @{ command = 'Get-BatchExportRun'; parameter = 'RunId'; more = @{ OnDemand = $true }; list = '*Get-BatchExportRun*' }
            @{ command = 'Wait-BatchExportRun'; parameter = 'RunId'; more = @{}; list = '*Get-BatchExportRun*' }
            @{ command = 'Stop-BatchExportRun'; parameter = 'RunId'; more = @{}; list = '*Get-BatchExportRun*' }
            @{
                command   = 'Wait-BatchExportBackfill'
                parameter = 'BackfillId'
                more      = @{ BatchExportId = '0195f1c2-0000-0000-0000-00000000beef' }
                list      = '*Get-BatchExportBackfill*'
            }
            @{ command = 'Get-BatchExportFile'; parameter = 'RunId'; more = @{}; list = '*Get-BatchExportRun*' }
            @{ command = 'Save-BatchExportFile'; parameter = 'RunId'; more = @{}; list = '*Get-BatchExportRun*' }
            @{ command = 'Get-BatchExportLog'; parameter = 'RunId'; more = @{}; list = '*Get-BatchExport*' }
            @{ command = 'Get-BatchExportLog'; parameter = 'BatchExportId'; more = @{}; list = '*Get-BatchExport*' }
        ) {
            $more[$parameter] = $unknown
            $failure = Get-Failure { & $command @more }
            $failure.Id | Should -Be NotFound
            $failure.Source | Should -BeLike 'PSBatchExports.Commands.*'
            $failure.Category | Should -Be ObjectNotFound
            $failure.IsTerminating | Should -BeFalse
            $failure.Target | Should -Be $unknown
            $failure.Message | Should -BeLike "*$unknown*not found*"
            $failure.Remedy | Should -BeLike $list
        }

        It 'is one error for one of several piped ids, and the others are processed' {
            $ids = (Get-BatchExport).Id
            $seen = Invoke-Watched {
                $ids[0], $unknown, $ids[1] | ForEach-Object { [pscustomobject]@{ BatchExportId = $_ } } | Suspend-BatchExport -PassThru
            }
            $seen.Output.Id | Should -Be $ids[0, 1]
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].TargetObject | Should -Be $unknown
        }

        It 'is ProjectNotFound for a project' {
            $failure = Get-Failure { Get-BatchExport -ProjectId 999999 }
            $failure.Id | Should -Be ProjectNotFound
            $failure.Category | Should -Be ObjectNotFound
            $failure.Target | Should -Be 999999
            $failure.IsTerminating | Should -BeFalse
        }

        It 'is OrganizationNotFound for an organization' {
            Add-EmulatorFault @{
                pathPattern = '/organizations/'
                status      = 404
                body        = '{"type":"invalid_request","code":"not_found","detail":"Organization not found.","attr":null}'
            }
            $failure = Get-Failure { Get-BatchExport -OrganizationId $unknown }
            $failure.Id | Should -Be OrganizationNotFound
            $failure.Category | Should -Be ObjectNotFound
            $failure.Remedy | Should -BeLike '*-OrganizationId*'
        }

        It 'recommends -ProjectId for the routes of an organization' {
            $failure = Get-Failure { Get-BatchExport -OrganizationId $emulator.OrganizationId }
            $failure.Id | Should -Be EndpointNotFound
            $failure.Category | Should -Be ObjectNotFound
            $failure.Remedy | Should -BeLike '*-ProjectId instead of -OrganizationId*'
        }

        It 'is EndpointNotFound for any other route' {
            Add-EmulatorFault @{
                pathPattern = '/logs/'
                status      = 404
                body        = '{"type":"invalid_request","code":"not_found","detail":"Endpoint not found.","attr":null}'
            }
            $failure = Get-Failure { Get-BatchExportLog $unknown }
            $failure.Id | Should -Be EndpointNotFound
            $failure.Remedy | Should -BeLike '*-ApiPath Environments*'
        }
    }

    Context 'A 400 answer' {
        It 'names <parameter> for <attr>' -ForEach @(
            @{ attr = 'name'; parameter = '-Name' }
            @{ attr = 'interval'; parameter = '-Interval' }
            @{ attr = 'timezone'; parameter = '-TimeZone' }
            @{ attr = 'offset_day'; parameter = '-OffsetDay' }
            @{ attr = 'offset_hour'; parameter = '-OffsetHour' }
            @{ attr = 'filters'; parameter = '-Filter' }
            @{ attr = 'hogql_query'; parameter = '-HogQLQuery' }
            @{ attr = 'hogql_modifiers'; parameter = '-HogQLModifier' }
            @{ attr = 'primary_key'; parameter = '-PrimaryKey' }
            @{ attr = 'version_key'; parameter = '-VersionKey' }
            @{ attr = 'destination'; parameter = '-Destination' }
            @{ attr = 'destination__integration'; parameter = '-Destination' }
            @{ attr = 'destination__non_field_errors'; parameter = '-Destination' }
            @{ attr = 'start_at'; parameter = '-StartAt' }
            @{ attr = 'end_at'; parameter = '-EndAt' }
        ) {
            Add-EmulatorFault @{
                method = 'POST'
                status = 400
                body   = @{ type = 'validation_error'; code = 'invalid_input'; detail = "The server's own words."; attr = $attr }
            }
            $failure = Get-Failure { New-BatchExport -Name new -Interval hour -Destination $http }
            $failure.Id | Should -Be InvalidRequest
            $failure.Category | Should -Be InvalidArgument
            $failure.IsTerminating | Should -BeFalse
            $failure.Target | Should -Be new
            $failure.Message | Should -BeLike "*$parameter*The server's own words.*"
            $failure.Remedy | Should -BeExactly "For help: Get-Help New-BatchExport -Parameter $($parameter.TrimStart('-'))."
        }

        It 'names <parameter> of Start-BatchExportRun and quotes the server' -ForEach @(
            @{ parameter = '-Format'; more = @{ Format = 'CSV' }; words = '*"CSV" is not a valid choice.*' }
            @{ parameter = '-Compression'; more = @{ Compression = 'zip' }; words = '*"zip" is not a valid choice.*' }
        ) {
            $failure = Get-Failure { Start-BatchExportRun @span @more }
            $failure.Category | Should -Be InvalidArgument
            $failure.Message | Should -BeLike "*$parameter*"
            $failure.Message | Should -BeLike $words
        }

        It 'quotes the server when it is about the whole body' {
            $failure = Get-Failure { Start-BatchExportRun -DataIntervalStart 2026-10-02 -DataIntervalEnd 2026-10-01 }
            $failure.Id | Should -Be InvalidRequest
            $failure.Message | Should -BeLike 'PostHog refused: *'
            $failure.Remedy | Should -BeExactly 'For help: Get-Help Start-BatchExportRun -Full.'
        }

        It 'is an error for its row and does not stop the other rows' {
            $rows = 'one', 'two', 'three' |
                ForEach-Object { [pscustomobject]@{ Name = $_; Interval = $_ -eq 'two' ? 'fortnight' : 'hour' } }
            $seen = Invoke-Watched { $rows | New-BatchExport -Destination $http }
            $seen.Output.Name | Should -Be @('one', 'three')
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].TargetObject | Should -Be two
            "$($seen.Errors[0])" | Should -BeLike '*-Interval*fortnight*'
        }
    }

    Context 'Every error' {
        It 'contains no key, however it is shown' {
            Connect-Emulator @{ SkipValidation = $true } -Key phx_hidden_away
            foreach ($action in { Get-BatchExport }, {
                New-BatchExport -Name new -Interval hour -Destination $http -Debug -Verbose 4>&1 5>&1
            }) {
                $failure = Get-Failure $action
                $shown = ($failure.Record | Format-List * -Force | Out-String) + ($failure.Record | Get-Error | Out-String) +
                    ($failure.Record | ConvertTo-Json -Depth 4 -WarningAction Ignore) + ($failure.Seen.Output | Out-String)
                $shown | Should -Not -BeLike '*phx_hidden_away*'
                $shown | Should -Not -BeLike '*phc_target*'
            }
        }
    }
}
