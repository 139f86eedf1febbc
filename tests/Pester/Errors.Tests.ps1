[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
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

    Context 'No key' {
        It 'ends <command> with an error that says what to do' -ForEach @(
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

    Context '401' {
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

    Context '403' {
        It 'for a missing scope names it, and the next item is tried' {
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

        It 'for <name> is an error of the item' -ForEach @(
            @{ name = 'a key of another project'; key = @{ key = 'phx_elsewhere'; scopedProjects = @('999') }; message = '*does not have access to the requested project*' }
            @{ name = 'a key of another organization'; key = @{ key = 'phx_elsewhere'; scopedOrganizations = @('0195f1c2-0000-0000-0000-00000000beef') }; message = '*does not have access to the requested organization*' }
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

    Context '404' {
        It 'of a thing names it and how to list such things: <command>' -ForEach @(
            @{ command = 'Get-BatchExport'; parameter = 'Id'; more = @{}; list = '*Get-BatchExport*' }
            @{ command = 'Set-BatchExport'; parameter = 'Id'; more = @{ Name = 'x' }; list = '*Get-BatchExport*' }
            @{ command = 'Remove-BatchExport'; parameter = 'Id'; more = @{ Force = $true }; list = '*Get-BatchExport*' }
            @{ command = 'Suspend-BatchExport'; parameter = 'Id'; more = @{}; list = '*Get-BatchExport*' }
            @{ command = 'Resume-BatchExport'; parameter = 'Id'; more = @{}; list = '*Get-BatchExport*' }
            @{ command = 'Get-BatchExportRun'; parameter = 'RunId'; more = @{ OnDemand = $true }; list = '*Get-BatchExportRun*' }
            @{ command = 'Wait-BatchExportRun'; parameter = 'RunId'; more = @{}; list = '*Get-BatchExportRun*' }
            @{ command = 'Stop-BatchExportRun'; parameter = 'RunId'; more = @{}; list = '*Get-BatchExportRun*' }
            @{ command = 'Wait-BatchExportBackfill'; parameter = 'BackfillId'; more = @{ BatchExportId = '0195f1c2-0000-0000-0000-00000000beef' }; list = '*Get-BatchExportBackfill*' }
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

        It 'among several that are piped in is one error, and the rest goes on' {
            $ids = (Get-BatchExport).Id
            $seen = Invoke-Watched { $ids[0], $unknown, $ids[1] | ForEach-Object { [pscustomobject]@{ BatchExportId = $_ } } | Suspend-BatchExport -PassThru }
            $seen.Output.Id | Should -Be $ids[0, 1]
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].TargetObject | Should -Be $unknown
        }

        It 'of a project says so' {
            $failure = Get-Failure { Get-BatchExport -ProjectId 999999 }
            $failure.Id | Should -Be ProjectNotFound
            $failure.Category | Should -Be ObjectNotFound
            $failure.Target | Should -Be 999999
            $failure.IsTerminating | Should -BeFalse
        }

        It 'of an organization says so' {
            Add-EmulatorFault @{ pathPattern = '/organizations/'; status = 404; body = '{"type":"invalid_request","code":"not_found","detail":"Organization not found.","attr":null}' }
            $failure = Get-Failure { Get-BatchExport -OrganizationId $unknown }
            $failure.Id | Should -Be OrganizationNotFound
            $failure.Category | Should -Be ObjectNotFound
            $failure.Remedy | Should -BeLike '*-OrganizationId*'
        }

        It 'of the organization''s routes says what to use instead' {
            $failure = Get-Failure { Get-BatchExport -OrganizationId $emulator.OrganizationId }
            $failure.Id | Should -Be EndpointNotFound
            $failure.Category | Should -Be ObjectNotFound
            $failure.Remedy | Should -BeLike '*-ProjectId instead of -OrganizationId*'
        }

        It 'of another route says that the server does not have it' {
            Add-EmulatorFault @{ pathPattern = '/logs/'; status = 404; body = '{"type":"invalid_request","code":"not_found","detail":"Endpoint not found.","attr":null}' }
            $failure = Get-Failure { Get-BatchExportLog $unknown }
            $failure.Id | Should -Be EndpointNotFound
            $failure.Remedy | Should -BeLike '*-ApiPath Environments*'
        }
    }

    Context '400' {
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
            Add-EmulatorFault @{ method = 'POST'; status = 400; body = "{`"type`":`"validation_error`",`"code`":`"invalid_input`",`"detail`":`"The server's own words.`",`"attr`":`"$attr`"}" }
            $failure = Get-Failure { New-BatchExport -Name new -Interval hour -Destination $http }
            $failure.Id | Should -Be InvalidRequest
            $failure.Category | Should -Be InvalidArgument
            $failure.IsTerminating | Should -BeFalse
            $failure.Target | Should -Be new
            $failure.Message | Should -BeLike "*$parameter*The server's own words.*"
            $failure.Remedy | Should -BeExactly "What it takes: Get-Help New-BatchExport -Parameter $($parameter.TrimStart('-'))."
        }

        It 'of a run names <parameter> with the server''s words' -ForEach @(
            @{ parameter = '-Format'; more = @{ Format = 'CSV' }; words = '*"CSV" is not a valid choice.*' }
            @{ parameter = '-Compression'; more = @{ Compression = 'zip' }; words = '*"zip" is not a valid choice.*' }
        ) {
            $failure = Get-Failure { Start-BatchExportRun @span @more }
            $failure.Category | Should -Be InvalidArgument
            $failure.Message | Should -BeLike "*$parameter*"
            $failure.Message | Should -BeLike $words
        }

        It 'about the whole body has the server''s words' {
            $failure = Get-Failure { Start-BatchExportRun -DataIntervalStart 2026-10-02 -DataIntervalEnd 2026-10-01 }
            $failure.Id | Should -Be InvalidRequest
            $failure.Message | Should -BeLike 'PostHog refused: *'
            $failure.Remedy | Should -BeExactly 'What it takes: Get-Help Start-BatchExportRun -Full.'
        }

        It 'of one row leaves the others alone' {
            $rows = 'one', 'two', 'three' | ForEach-Object { [pscustomobject]@{ Name = $_; Interval = $_ -eq 'two' ? 'fortnight' : 'hour' } }
            $seen = Invoke-Watched { $rows | New-BatchExport -Destination $http }
            $seen.Output.Name | Should -Be @('one', 'three')
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].TargetObject | Should -Be two
            "$($seen.Errors[0])" | Should -BeLike '*-Interval*fortnight*'
        }
    }

    Context '429' {
        BeforeAll {
            $throttled = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled. Expected available in 3 seconds.","attr":null}'
        }

        It 'is waited out, with a warning' {
            Add-EmulatorFault @{ status = 429; headers = @{ 'Retry-After' = '3' }; body = $throttled }
            $seen = Invoke-Watched { Get-BatchExport -First 1 }
            $seen.Output | Should -HaveCount 1
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Warnings | Should -HaveCount 1
            $seen.Warnings[0] | Should -BeLike '*throttled*Trying again in 3*'
            $seen.Seconds | Should -BeGreaterOrEqual 2.9
        }

        It 'is waited out by a create too, which is then made once' {
            Add-EmulatorFault @{ method = 'POST'; status = 429; headers = @{ 'Retry-After' = '1' }; body = $throttled }
            New-BatchExport -Name new -Interval hour -Destination $http | Should -HaveCount 1
            @(Get-BatchExport -Name new) | Should -HaveCount 1
        }

        It 'that asks for longer than -MaximumRetryDelay is an error at once, with the time' {
            Add-EmulatorFault @{ status = 429; headers = @{ 'Retry-After' = '3600' }; body = $throttled }
            $failure = Get-Failure { Get-BatchExport -First 1 }
            $failure.Id | Should -Be Throttled
            $failure.Category | Should -Be LimitsExceeded
            $failure.Seen.Seconds | Should -BeLessThan 2
            $until = [datetime]::Now.AddSeconds(3600)
            $failure.Message | Should -Match "until (\d{4}-\d\d-\d\d )?($($until.AddSeconds(-5).ToString('HH:mm'))|$($until.ToString('HH:mm'))):\d\d"
            $failure.Message | Should -BeLike '*3600 s*'
            $failure.Remedy | Should -BeLike "*$($until.AddSeconds(-5).ToString('yyyy-MM-dd'))*-MaximumRetryDelay*"
            Get-EmulatorRequest | Should -HaveCount 1
        }

        It 'about too many runs at once is an error at once that says what to do' {
            $first = Start-BatchExportRun @span
            Set-EmulatorRun $first.RunId Running
            Clear-EmulatorRequest
            $failure = Get-Failure { Start-BatchExportRun @span }
            $failure.Id | Should -Be ConcurrencyLimitReached
            $failure.Category | Should -Be LimitsExceeded
            $failure.IsTerminating | Should -BeFalse
            $failure.Message | Should -BeLike '*Too many concurrent*'
            $failure.Message | Should -Not -BeLike '*may have been created*'
            $failure.Remedy | Should -BeLike '*Wait-BatchExportRun*Stop-BatchExportRun*'
            Get-EmulatorRequest | Should -HaveCount 1
        }
    }

    Context 'Trouble' {
        It 'that passes is got over: <name>' -ForEach @(
            @{ name = 'a 500'; fault = @{ status = 500; body = '{"type":"server_error","code":"error","detail":"A server error occurred.","attr":null}' } }
            @{ name = 'a proxy''s page'; fault = @{ status = 502; body = '<html>Bad gateway</html>'; contentType = 'text/html' } }
            @{ name = 'a broken connection'; fault = @{ reset = $true } }
            @{ name = 'an answer that ends too soon'; fault = @{ truncateAfter = 20 } }
        ) {
            Add-EmulatorFault $fault
            $seen = Invoke-Watched { Get-BatchExport -First 1 }
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output | Should -HaveCount 1
        }

        It 'that does not pass is one error: <name>' -ForEach @(
            @{ name = 'a 500'; fault = @{ status = 500; body = '{"type":"server_error","code":"error","detail":"A server error occurred.","attr":null}' }; id = 'ServerFailed'; category = 'ResourceUnavailable'; message = '*A server error occurred.*' }
            @{ name = 'a proxy''s page'; fault = @{ status = 502; body = '<html>Bad gateway</html>'; contentType = 'text/html' }; id = 'ServerFailed'; category = 'ResourceUnavailable'; message = '*502 Bad Gateway*text/html*' }
            @{ name = 'a page instead of JSON'; fault = @{ status = 200; body = '<html>Sign in</html>'; contentType = 'text/html' }; id = 'UnexpectedResponse'; category = 'InvalidData'; message = '*text/html*' }
            @{ name = 'a broken connection'; fault = @{ reset = $true }; id = 'ConnectionFailed'; category = 'ConnectionError'; message = '*broke*' }
        ) {
            Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = 1; MaximumRetryDelay = 1 }
            Add-EmulatorFault ($fault + @{ times = 10 })
            $failure = Get-Failure { Get-BatchExport -First 1 }
            $failure.Id | Should -Be $id
            $failure.Category | Should -Be $category
            $failure.IsTerminating | Should -BeFalse
            $failure.Message | Should -BeLike $message
            $failure.Message | Should -Not -BeLike '*may have been created*'
            $failure.Remedy | Should -Not -BeNullOrEmpty
            Get-EmulatorRequest | Should -HaveCount 2
        }

        It 'is told apart as no answer in time' {
            Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = 0; TimeoutSec = 1 }
            Add-EmulatorFault @{ stallHeaders = $true }
            $failure = Get-Failure { Get-BatchExport -First 1 }
            $failure.Id | Should -Be RequestTimedOut
            $failure.Category | Should -Be OperationTimeout
            $failure.Remedy | Should -BeLike '*-TimeoutSec*'
            $failure.Seen.Seconds | Should -BeLessThan 4
        }

        It 'is told apart as nobody listening' {
            $connection = Connect-Emulator @{ ApiHost = 'http://127.0.0.1:1'; SkipValidation = $true; MaximumRetryCount = 0; PassThru = $true }
            $failure = Get-Failure { New-BatchExport -Name new -Interval hour -Destination $http -Connection $connection }
            $failure.Id | Should -Be ConnectionFailed
            $failure.Category | Should -Be ConnectionError
            $failure.Message | Should -BeLike '*127.0.0.1:1*'
            $failure.Message | Should -Not -BeLike '*may have been created*'
        }
    }

    Context 'A create whose answer is lost' {
        It 'is not sent again, and the error says how to find out: <name> by <fault.Keys>' -ForEach @(
            foreach ($fault in @{ resetAfterProcessing = $true }, @{ processFirst = $true; status = 502; body = '<html>'; contentType = 'text/html' }, @{ status = 500; body = '{}' }) {
                @{ name = 'New-BatchExport'; fault = $fault; remedy = '*: Get-BatchExport new.' }
                @{ name = 'Start-BatchExportRun'; fault = $fault; remedy = '*: Get-BatchExportRun -OnDemand -First 5.' }
            }
        ) {
            Add-EmulatorFault ($fault + @{ method = 'POST' })
            $failure = Get-Failure {
                if ($name -eq 'New-BatchExport') { New-BatchExport -Name new -Interval hour -Destination $http } else { Start-BatchExportRun @span }
            }
            $failure.Message | Should -BeLike '*may have been created*'
            $failure.Remedy | Should -BeLike $remedy
            $failure.Category | Should -BeIn @('ConnectionError', 'ResourceUnavailable')
            Get-EmulatorRequest | Should -HaveCount 1
        }

        It 'because no answer came in time says so too' {
            Connect-Emulator @{ SkipValidation = $true; TimeoutSec = 1 }
            Add-EmulatorFault @{ method = 'POST'; stallHeaders = $true }
            $failure = Get-Failure { New-BatchExport -Name new -Interval hour -Destination $http }
            $failure.Id | Should -Be RequestTimedOut
            $failure.Message | Should -BeLike '*may have been created*'
            Get-EmulatorRequest | Should -HaveCount 1
        }

        It 'is sent again where it is certain that nothing happened' {
            Add-EmulatorFault @{ method = 'POST'; status = 503; headers = @{ 'Retry-After' = '1' }; body = '{"type":"server_error","code":"database_unavailable","detail":"Later.","attr":null}' }
            New-BatchExport -Name new -Interval hour -Destination $http | Should -HaveCount 1
            @(Get-BatchExport -Name new) | Should -HaveCount 1
        }
    }

    Context 'Something done already' {
        It 'is no error after a lost answer: <name>' -ForEach @(
            @{ name = 'Remove-BatchExport'; action = { Remove-BatchExport $id -Force } }
            @{ name = 'Suspend-BatchExport'; action = { Suspend-BatchExport $id } }
            @{ name = 'Set-BatchExport'; action = { Set-BatchExport $id -Name other } }
        ) {
            $id = (Get-BatchExport -First 1).Id
            Add-EmulatorFault @{ pathPattern = $id; resetAfterProcessing = $true }
            $seen = Invoke-Watched $action
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Terminating | Should -BeNullOrEmpty
        }
    }

    Context 'Every error' {
        It 'has no key in it, however it is shown' {
            Connect-Emulator @{ SkipValidation = $true } -Key phx_hidden_away
            foreach ($action in { Get-BatchExport }, { New-BatchExport -Name new -Interval hour -Destination $http -Debug -Verbose 4>&1 5>&1 }) {
                $failure = Get-Failure $action
                $shown = ($failure.Record | Format-List * -Force | Out-String) + ($failure.Record | Get-Error | Out-String) + ($failure.Record | ConvertTo-Json -Depth 4 -WarningAction Ignore) + ($failure.Seen.Output | Out-String)
                $shown | Should -Not -BeLike '*phx_hidden_away*'
                $shown | Should -Not -BeLike '*phc_target*'
            }
        }
    }
}
