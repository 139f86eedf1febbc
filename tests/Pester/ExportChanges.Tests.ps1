[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    $snowflake = '{"type":"Snowflake","config":{"database":"D","warehouse":"W","schema":"S"},"integration":802}'
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--exports', '8'
    Connect-Emulator
    $base = "/api/projects/$($emulator.ProjectId)/batch_exports/"
    $unknown = '0195f1c2-0000-0000-0000-00000000dead'
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
    $bucket = @{ type = 'AwsS3'; config = @{ bucket_name = 'b'; region = 'eu-central-1'; prefix = 'p' }; integration = 731 }

    # One line a request, without the host: 'GET /api/...?limit=1'.
    function Get-Sent([string] $Method = '*') {
        Get-EmulatorRequest | Where-Object method -Like $Method |
            ForEach-Object { "$($_.method) $($_.path)$($_.query -replace '^(?=[^?])', '?')" }
    }

    function Get-SentBody([string] $Method) {
        (Get-EmulatorRequest | Where-Object method -EQ $Method | Select-Object -Last 1).body | ConvertFrom-Json -AsHashtable
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Exports' {
    BeforeEach {
        Reset-Emulator
    }

    Context 'New-BatchExport' {
        It 'sends what is given and outputs the new export' {
            $made = New-BatchExport -Name new -Interval day -Destination $http -OffsetHour 3 -TimeZone Europe/Berlin -Paused
            $made.Name | Should -Be new
            $made.OffsetHour | Should -Be 3
            $made.Paused | Should -BeTrue
            $body = Get-SentBody POST
            $body.Keys | Sort-Object | Should -Be @('destination', 'interval', 'name', 'offset_hour', 'paused', 'timezone')
            $body.destination.config.token | Should -Be phc_target
            (Get-BatchExport -Id $made.Id).Name | Should -Be new
        }

        It 'takes a destination as <name>' -ForEach @(
            @{
                name        = 'a hashtable in any case'
                destination = @{ TYPE = 'Snowflake'; Config = @{ database = 'D'; warehouse = 'W'; schema = 'S' }; Integration = 802 }
            }
            @{
                name        = 'a row of ConvertFrom-Json'
                destination = $snowflake | ConvertFrom-Json
            }
            @{
                name        = 'a hashtable of ConvertFrom-Json'
                destination = $snowflake | ConvertFrom-Json -AsHashtable
            }
            @{
                name        = 'one with integration_id'
                destination = @{ type = 'Snowflake'; config = @{ database = 'D'; warehouse = 'W'; schema = 'S' }; integration_id = '802' }
            }
        ) {
            $made = New-BatchExport -Name new -Interval hour -Destination $destination
            $made.Destination.Type | Should -Be Snowflake
            $made.Destination.Integration | Should -Be 802
            $body = Get-SentBody POST
            $body.destination.config.database | Should -Be D
            $body.destination.integration | Should -Be 802
        }

        It 'takes a SecureString inside a config' {
            $secret = [System.Net.NetworkCredential]::new('', 'phc_closed').SecurePassword
            $null = New-BatchExport -Name new -Interval hour -Destination @{
                type   = 'HTTP'
                config = @{ url = 'https://eu.i.posthog.com/batch/'; token = $secret }
            }
            (Get-SentBody POST).destination.config.token | Should -Be phc_closed
        }

        It 'refuses a destination with <name>, before anything is sent' -ForEach @(
            @{
                name        = 'a key it does not have'
                destination = @{ type = 'HTTP'; config = @{}; conifg = @{} }
                message     = '*conifg*type, config and integration*'
            }
            @{ name = 'a config that is a text'; destination = @{ type = 'HTTP'; config = 'url' }; message = '*config*hashtable*' }
            @{
                name        = 'an integration that is no number'
                destination = @{ type = 'HTTP'; config = @{}; integration = 'mine' }
                message     = '*mine*integration*'
            }
            @{ name = 'only a text'; destination = 'HTTP'; message = "*'HTTP' is not a destination*" }
        ) {
            $seen = Invoke-Watched { New-BatchExport -Name new -Interval hour -Destination $destination }
            $seen.Terminating.Exception.Message | Should -BeLike $message
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'sends filters and modifiers as they are' {
            $null = New-BatchExport -Name new -Interval hour -Destination $http -Filter @{
                key      = '$browser'
                operator = 'exact'
                type     = 'event'
                value    = @('Firefox')
            }
            $body = Get-SentBody POST
            $body.filters | Should -HaveCount 1
            $body.filters[0].value | Should -Be Firefox
            $body.filters[0].value -is [array] | Should -BeTrue
        }

        It 'sends the fields of a query' {
            $query = @{
                Model = 'hogql'; HogQLQuery = 'SELECT event AS event, uuid AS uuid FROM events'
                HogQLModifier = @{ bounceRateDurationSeconds = 5 }
                PrimaryKey = 'uuid'; VersionKey = 'event'; IncrementalMode = 'MERGE'
            }
            $null = New-BatchExport -Name new -Interval hour -Destination @{
                type        = 'Snowflake'
                config      = @{ database = 'D'; warehouse = 'W'; schema = 'S' }
                integration = 802
            } @query
            $body = Get-SentBody POST
            $body.hogql_query | Should -Be $query.HogQLQuery
            $body.hogql_modifiers.bounceRateDurationSeconds | Should -Be 5
            $body.primary_key -is [array] | Should -BeTrue
            $body.version_key -is [array] | Should -BeTrue
            $body.incremental_mode | Should -Be MERGE
        }

        It 'sends -Utc as a modifier of a query' {
            $null = New-BatchExport -Name new -Interval hour -Destination $bucket -Model hogql -HogQLQuery 'SELECT event FROM events' -Utc
            (Get-EmulatorRequest)[-1].body | Should -BeLike '*"hogql_modifiers":{"convertToProjectTimezone":false}*'
        }

        It 'refuses -Utc without a query, or for a row with the opposite modifier, and creates the others' {
            $query = @{ Model = 'hogql'; HogQLQuery = 'SELECT event FROM events' }
            $rows = @(
                [pscustomobject] @{ Name = 'a filter'; Model = 'events' }
                [pscustomobject] (@{ Name = 'opposite'; HogQLModifiers = @{ convertToProjectTimezone = $true } } + $query)
                [pscustomobject] (@{ Name = 'plain' } + $query)
            )
            $seen = Invoke-Watched { $rows | New-BatchExport -Interval hour -Destination $bucket -Utc }
            $seen.Output.Name | Should -Be plain
            $seen.Errors.TargetObject | Should -Be 'a filter', 'opposite'
            "$($seen.Errors[0])" | Should -BeLike '-Utc *hogql*events*'
            "$($seen.Errors[1])" | Should -BeLike '-Utc *-HogQLModifier *'
        }

        It 'copies a piped export' {
            Get-BatchExport weekly-sessions-azure | New-BatchExport | Should -Not -BeNullOrEmpty
            $pair = @(Get-BatchExport weekly-sessions-azure)
            $pair | Should -HaveCount 2
            foreach ($property in 'Model', 'Interval', 'TimeZone', 'OffsetDay', 'OffsetHour', 'Paused') {
                $pair[0].$property | Should -Be $pair[1].$property
            }
            $pair[0].Destination.Integration | Should -Be $pair[1].Destination.Integration
            $pair[0].Destination.Config.container_name | Should -Be $pair[1].Destination.Config.container_name
        }

        It 'leaves out of a copy what only the service sets, with a warning' {
            $id = (Get-BatchExport prod-events-s3).Id
            $headers = @{ Authorization = "Bearer $($emulator.Key)" }
            $stored = Invoke-RestMethod "$($emulator.Api)$base$id/" -Headers $headers -NoProxy
            $stored.destination.config.legacy_parquet_extension = $true
            Add-EmulatorFault @{ method = 'GET'; pathPattern = "/batch_exports/$id/`$"; status = 200; body = $stored }
            $old = Get-BatchExport -Id $id
            $old.Destination.Config.legacy_parquet_extension | Should -BeTrue
            $seen = Invoke-Watched { $old | New-BatchExport }
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output.Destination.Config.legacy_parquet_extension | Should -BeFalse
            $seen.Warnings | Should -HaveCount 1
            $seen.Warnings[0] | Should -BeLike 'legacy_parquet_extension is not sent*'
        }

        It 'copies every kind of export' {
            $seen = Invoke-Watched { Get-BatchExport | New-BatchExport }
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output | Should -HaveCount 8
        }

        It 'creates one export for each row of a CSV file, and ignores empty cells' {
            $csv = @'
Name,Interval,Paused,StartAt,OffsetDay,OffsetHour,TimeZone,Filters,PrimaryKey,VersionKey,HogQLModifier
one,hour,true,2026-11-01,,,,,,,
two,week,false,,Monday,5,Europe/Berlin,,,,
three,day,,,,,,,,,
'@
            $seen = Invoke-Watched { $csv | ConvertFrom-Csv | New-BatchExport -Destination $http }
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output.Name | Should -Be @('one', 'two', 'three')
            $seen.Output.Paused | Should -Be @($true, $false, $false)
            $seen.Output[1].OffsetDay | Should -Be Monday
            $body = Get-SentBody POST
            $body.Keys | Sort-Object | Should -Be @('destination', 'interval', 'name')
        }

        It 'reports a row with a bad <column> and creates the others' -ForEach @(
            @{ column = 'Paused'; cell = 'perhaps' }
            @{ column = 'StartAt'; cell = 'rubbish' }
            @{ column = 'EndAt'; cell = '20261101' }
            @{ column = 'OffsetHour'; cell = 'three' }
            @{ column = 'OffsetDay'; cell = 'monday,tuesday' }
            @{ column = 'HogQLModifier'; cell = 'rubbish' }
            @{ column = 'Interval'; cell = '' }
            @{ column = 'Name'; cell = '' }
        ) {
            $rows = 'one', 'two', 'three' | ForEach-Object {
                $row = [ordered]@{ Name = $_; Interval = 'hour'; Paused = ''; StartAt = ''; EndAt = ''; OffsetDay = ''; OffsetHour = '' }
                if ($_ -eq 'two') { $row[$column] = $cell }
                [pscustomobject] $row
            }
            $seen = Invoke-Watched { $rows | New-BatchExport -Destination $http }
            $seen.Output.Name | Should -Be @('one', 'three')
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].Exception.Message | Should -BeLike "*$column*"
            Get-Sent POST | Should -HaveCount 2
        }
    }

    Context 'Set-BatchExport' {
        It 'sends <name> and nothing else, without a GET' -ForEach @(
            @{ name = 'the name'; change = @{ Name = 'renamed' }; keys = @('name') }
            @{ name = 'an hourly interval'; change = @{ Interval = 'hour' }; keys = @('interval') }
            @{
                name   = 'both offsets with the interval'
                change = @{ Interval = 'week'; OffsetDay = 'Monday'; OffsetHour = 4 }
                keys   = @('interval', 'offset_day', 'offset_hour')
            }
            @{ name = 'the time zone'; change = @{ TimeZone = 'Asia/Tokyo' }; keys = @('timezone') }
            @{ name = 'a start'; change = @{ StartAt = '2026-11-01' }; keys = @('start_at') }
            @{ name = 'no start any more'; change = @{ StartAt = $null }; keys = @('start_at') }
            @{ name = 'no filters any more'; change = @{ Filter = $null }; keys = @('filters') }
            @{ name = 'filters'; change = @{ Filter = @(@{ key = 'a'; type = 'event'; value = 'b' }) }; keys = @('filters') }
            @{ name = 'no end and no time zone any more'; change = @{ EndAt = $null; TimeZone = $null }; keys = @('end_at', 'timezone') }
        ) {
            $id = (Get-BatchExport events-r2).Id
            Clear-EmulatorRequest
            Set-BatchExport -Id $id @change | Should -BeNullOrEmpty
            Get-Sent | Should -Be "PATCH $base$id/"
            (Get-SentBody PATCH).Keys | Sort-Object | Should -Be $keys
        }

        It 'sends null for a cleared field' {
            $id = (Get-BatchExport events-r2).Id
            Set-BatchExport $id -StartAt 2026-11-01 -EndAt 2026-12-01
            Set-BatchExport $id -StartAt $null -EndAt $null
            (Get-EmulatorRequest)[-1].body | Should -Be '{"start_at":null,"end_at":null}'
            (Get-BatchExport -Id $id).StartAt | Should -BeNullOrEmpty
        }

        It 'reads the export once for <name>' -ForEach @(
            @{
                name   = 'an offset without the interval'
                export = 'prod-events-postgres'
                change = @{ OffsetHour = 7 }
                body   = '{"interval":"day","offset_hour":7}'
            }
            @{
                name   = 'one offset of a weekly export'
                export = 'weekly-sessions-azure'
                change = @{ OffsetDay = 'Friday' }
                body   = '{"interval":"week","offset_day":5,"offset_hour":6}'
            }
            @{
                name   = 'one offset with a weekly interval'
                export = 'weekly-sessions-azure'
                change = @{ Interval = 'week'; OffsetHour = 2 }
                body   = '{"interval":"week","offset_day":1,"offset_hour":2}'
            }
            @{
                name   = 'a daily interval without its hour, which a week may have spoiled'
                export = 'weekly-sessions-azure'
                change = @{ Interval = 'day' }
                body   = '{"interval":"day","offset_hour":6}'
            }
        ) {
            $id = (Get-BatchExport $export).Id
            Clear-EmulatorRequest
            Set-BatchExport -Id $id @change
            Get-Sent | Should -Be @("GET $base$id/", "PATCH $base$id/")
            (Get-EmulatorRequest)[-1].body | Should -Be $body
        }

        It 'sends a changed config with the type, leaving out what is not given' {
            $id = (Get-BatchExport prod-events-s3).Id
            Clear-EmulatorRequest
            Set-BatchExport $id -Destination @{ type = 'AwsS3'; config = @{ prefix = 'new/' } }
            Get-Sent | Should -Be "PATCH $base$id/"
            (Get-EmulatorRequest)[-1].body | Should -Be '{"destination":{"type":"AwsS3","config":{"prefix":"new/"}}}'
            (Get-BatchExport -Id $id).Destination.Config.bucket_name | Should -Be acme-posthog-exports
        }

        It 'adds the type when it is missing' {
            $id = (Get-BatchExport prod-events-s3).Id
            Set-BatchExport $id -Destination @{ config = @{ prefix = 'new/' } }
            (Get-EmulatorRequest)[-1].body | Should -Be '{"destination":{"type":"AwsS3","config":{"prefix":"new/"}}}'
        }

        It 'sends the integration again when the server requires it' {
            $id = (Get-BatchExport prod-persons-bigquery).Id
            Set-BatchExport $id -Destination @{ type = 'BigQuery'; config = @{ table_id = 'people' } }
            $body = Get-SentBody PATCH
            $body.destination.integration | Should -Be 915
            (Get-BatchExport -Id $id).Destination.Config.table_id | Should -Be people
        }

        It 'never overwrites a stored secret: an export read and set again sends none' {
            $id = (New-BatchExport -Name secretive -Interval hour -Destination $http).Id
            $read = Get-BatchExport -Id $id
            $read.Destination.Config.Keys | Should -Not -Contain token
            Set-BatchExport $id -Destination $read.Destination
            $body = Get-SentBody PATCH
            $body.destination.config.Keys | Should -Be url
            (Get-EmulatorRequest)[-1].body | Should -Not -Match null
        }

        It 'changes piped exports' {
            $seen = Get-BatchExport prod-* | Set-BatchExport -TimeZone Europe/Paris -PassThru
            $seen | Should -HaveCount 3
            $seen.TimeZone | Should -Be @('Europe/Paris', 'Europe/Paris', 'Europe/Paris')
        }

        It 'changes the schedule of a piped export' {
            Get-BatchExport nightly | Set-BatchExport -Interval day -OffsetHour 3 -TimeZone Europe/Berlin
            $export = Get-BatchExport nightly
            $export.Interval | Should -Be day
            $export.OffsetHour | Should -Be 3
            $export.TimeZone | Should -Be Europe/Berlin
        }

        It 'takes only the keys of a piped export' {
            $null = Get-BatchExport nightly | Set-BatchExport -Model events
            (Get-SentBody PATCH).Keys | Should -Be model
        }

        It 'replaces the modifiers of a query with -Utc' {
            $query = @{ Model = 'hogql'; HogQLQuery = 'SELECT event FROM events'; HogQLModifier = @{ optimizeProjections = $true } }
            $id = (New-BatchExport -Name query -Interval hour -Destination $bucket @query).Id
            Set-BatchExport $id -Utc
            (Get-EmulatorRequest)[-1].body | Should -Be '{"hogql_modifiers":{"convertToProjectTimezone":false}}'
            (Get-BatchExport -Id $id).HogQLModifiers.Keys | Should -Be convertToProjectTimezone
        }

        It 'refuses -Utc with the opposite modifier, and sends nothing' {
            $seen = Invoke-Watched { Set-BatchExport $unknown -Utc -HogQLModifier @{ convertToProjectTimezone = $true } }
            "$($seen.Errors[0])" | Should -BeLike '-Utc *-HogQLModifier *'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'fails with NothingToChange for <name>' -ForEach @(
            @{ name = 'an id alone'; fields = @{} }
            @{ name = '-Utc:$false'; fields = @{ Utc = $false } }
        ) {
            $seen = Invoke-Watched { Set-BatchExport -Id $unknown @fields }
            $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'NothingToChange,*'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'reports an unknown id among several and changes the rest' {
            $ids = (Get-BatchExport -First 2).Id
            $seen = Invoke-Watched { Set-BatchExport -Id $ids[0], $unknown, $ids[1] -Name same -PassThru }
            $seen.Output.Name | Should -Be @('same', 'same')
            $seen.Errors.TargetObject | Should -Be $unknown
        }

        It 'sends nothing for no ids' {
            Set-BatchExport -Id @() -Name x
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }
    }
}
