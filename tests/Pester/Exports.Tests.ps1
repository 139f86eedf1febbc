[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

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
        Get-EmulatorRequest | Where-Object method -Like $Method | ForEach-Object { "$($_.method) $($_.path)$($_.query -replace '^(?=[^?])', '?')" }
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

    Context 'Get-BatchExport by name' {
        It 'finds a literal name in any case' {
            (Get-BatchExport NIGHTLY).Name | Should -Be nightly
        }

        It 'finds what several names and wildcards match, each once' {
            (Get-BatchExport -Name prod-*, nightly, *-s3).Name | Sort-Object |
                Should -Be @('nightly', 'prod-events-postgres', 'prod-events-s3', 'prod-persons-bigquery')
        }

        It 'reports a literal name that nothing has, and goes on' {
            $seen = Invoke-Watched { Get-BatchExport -Name nightly, missing, nothing-* }
            $seen.Output.Name | Should -Be nightly
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].CategoryInfo.Category | Should -Be ObjectNotFound
            $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'BatchExportNameNotFound,*'
            $seen.Errors[0].TargetObject | Should -Be missing
        }

        It 'reports a literal name that nothing has also where -First was not reached' {
            $seen = Invoke-Watched { Get-BatchExport -Name missing -First 1 }
            $seen.Errors | Should -HaveCount 1
        }

        It 'says nothing about a wildcard that nothing matches' {
            $seen = Invoke-Watched { Get-BatchExport -Name nothing-*, n[xyz]ghtly }
            $seen.Output | Should -BeNullOrEmpty
            $seen.Errors | Should -BeNullOrEmpty
        }

        It 'finds a name with brackets, written as it is, escaped or as a wildcard' {
            $null = New-BatchExport -Name 'events [eu]' -Interval hour -Destination $http
            foreach ($name in 'events [eu]', 'events `[eu`]', 'events *') {
                (Get-BatchExport -Name $name).Name | Should -Be 'events [eu]'
            }
        }

        It 'takes a name that is no valid pattern literally' {
            $seen = Invoke-Watched { Get-BatchExport nightly, 'w[1' }
            $seen.Output.Name | Should -Be nightly
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'BatchExportNameNotFound,*'
        }

        It 'binds rows whose project is text, as from a CSV file' {
            $row = Get-BatchExport nightly | Select-Object Id, ProjectId | ConvertTo-Csv | ConvertFrom-Csv
            ($row | Get-BatchExport).Name | Should -Be nightly
        }

        It 'finds only what is paused, or not' {
            (Get-BatchExport -Paused $true).Name | Should -Be prod-persons-bigquery
            Get-BatchExport -Paused $false | Should -HaveCount 7
            Get-BatchExport prod-* -Paused $false | Should -HaveCount 2
        }

        It 'puts out exports with their keys' {
            $export = Get-BatchExport nightly
            $export | Should -BeOfType PSBatchExports.BatchExport
            $export.BatchExportId | Should -Be $export.Id
            $export.ProjectId | Should -Be $emulator.ProjectId
            $export.Destination.Config.table_name | Should -Be events
        }

        It 'does not take a name that is null for all exports' {
            $seen = Invoke-Watched { Get-BatchExport -Name $null }
            $seen.Output | Should -BeNullOrEmpty
            $seen.Terminating.CategoryInfo.Category | Should -Be InvalidData
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'sends nothing for an empty list of names, or no input' {
            Get-BatchExport -Name @() | Should -BeNullOrEmpty
            @() | Get-BatchExport | Should -BeNullOrEmpty
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }
    }

    Context 'Get-BatchExport by id' {
        It 'reports an unknown id among several and goes on' {
            $ids = (Get-BatchExport -First 2).Id
            $seen = Invoke-Watched { Get-BatchExport -Id $ids[0], $unknown, $ids[1] }
            $seen.Output.Id | Should -Be $ids
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].CategoryInfo.Category | Should -Be ObjectNotFound
            $seen.Errors[0].TargetObject | Should -Be $unknown
        }

        It 'takes objects with an Id or a BatchExportId' {
            $id = (Get-BatchExport nightly).Id
            ([pscustomobject]@{ BatchExportId = $id } | Get-BatchExport).Name | Should -Be nightly
            ([pscustomobject]@{ Id = $id; ProjectId = $emulator.ProjectId } | Get-BatchExport).Name | Should -Be nightly
            (Get-BatchExport nightly | Get-BatchExport).Name | Should -Be nightly
            ((Get-BatchExport nightly).LatestRuns[0] | Get-BatchExport).Name | Should -Be nightly
        }

        It 'takes GUIDs and arrays' {
            $ids = (Get-BatchExport -First 2).Id
            (Get-BatchExport -Id ([guid[]] $ids)).Id | Should -Be $ids
        }

        It 'refuses an object that names no export instead of listing all' {
            $seen = Invoke-Watched { [PSBatchExports.SavedBatchExportFile]::new() | Get-BatchExport }
            $seen.Output | Should -BeNullOrEmpty
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].CategoryInfo.Category | Should -Be InvalidArgument
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'sends nothing for no ids' {
            Get-BatchExport -Id @() | Should -BeNullOrEmpty
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'never makes a text that can be no id part of a path' -ForEach @('../me', 'a/b', 'a b', '') {
            $seen = Invoke-Watched { Get-BatchExport -Id $_ }
            @($seen.Errors) + $seen.Terminating | Should -Not -BeNullOrEmpty
            Get-EmulatorRequest | ForEach-Object { $_.path | Should -BeExactly $base }
        }

        It 'counts -First and -Skip over all that is piped in' {
            $all = Get-BatchExport -First 4
            ($all | Get-BatchExport -First 2 -Skip 1).Id | Should -Be $all[1, 2].Id
        }

        It 'keeps of the ids only what is paused' {
            $all = Get-BatchExport
            (Get-BatchExport -Id $all.Id -Paused $true).Name | Should -Be prod-persons-bigquery
        }
    }

    Context 'Paging' {
        It 'asks once for what is wanted, and tells the total first' {
            $all = (Get-BatchExport).Name
            Clear-EmulatorRequest
            $seen = Get-BatchExport -First 3 -Skip 2 -IncludeTotalCount
            Get-Sent | Should -Be "GET ${base}?limit=3&offset=2"
            $seen | Should -HaveCount 4
            $seen[0] | Should -BeOfType uint64
            $seen[0] | Should -Be 8
            $seen[0].Accuracy | Should -Be 1.0
            $seen[1..3].Name | Should -Be $all[2..4]
        }

        It 'does not know the total of what it filters itself: <name>' -ForEach @(
            @{ name = 'by name'; filter = @{ Name = 'prod-*' }; found = 3 }
            @{ name = 'by pause'; filter = @{ Paused = $true }; found = 1 }
        ) {
            $seen = @(Get-BatchExport @filter -IncludeTotalCount)
            $seen[0] | Should -BeOfType uint64
            $seen[0].Accuracy | Should -Be 0.0
            $seen | Should -HaveCount ($found + 1)
        }

        It 'counts what is put out where it filters itself' {
            (Get-BatchExport prod-* -First 1 -Skip 1).Name | Should -Be (Get-BatchExport prod-*)[1].Name
        }

        It 'sends nothing for -First 0, and one request with -IncludeTotalCount' {
            Get-BatchExport -First 0 | Should -BeNullOrEmpty
            Get-EmulatorRequest | Should -BeNullOrEmpty
            $total = Get-BatchExport -First 0 -IncludeTotalCount
            $total | Should -Be 8
            $total.Accuracy | Should -Be 1.0
            Get-EmulatorRequest | Should -HaveCount 1
        }

        It 'puts out nothing beyond the end' {
            Get-BatchExport -Skip 100 | Should -BeNullOrEmpty
            Get-BatchExport -Skip 7 -First 5 | Should -HaveCount 1
        }

        It 'puts out a thousand exports, each once, in order' {
            $null = Add-EmulatorExport -Count 992 -NamePrefix many-
            $all = Get-BatchExport
            $all | Should -HaveCount 1000
            @($all.Id | Sort-Object -Unique) | Should -HaveCount 1000
            $times = $all.CreatedAt
            (Compare-Object -ReferenceObject $times -DifferenceObject ($times | Sort-Object -Descending) -SyncWindow 0) | Should -BeNullOrEmpty
            Get-EmulatorRequest | Should -HaveCount 3
        }

        It 'stops after the first page when no more is taken' {
            $null = Add-EmulatorExport -Count 992 -NamePrefix many-
            Get-BatchExport | Select-Object -First 1 | Should -HaveCount 1
            @(Get-EmulatorRequest).Count | Should -BeLessOrEqual 2
        }
    }

    Context 'New-BatchExport' {
        It 'sends what is given and puts out what was made' {
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
            @{ name = 'a hashtable in any case'; destination = @{ TYPE = 'Snowflake'; Config = @{ database = 'D'; warehouse = 'W'; schema = 'S' }; Integration = 802 } }
            @{ name = 'a row of ConvertFrom-Json'; destination = '{"type":"Snowflake","config":{"database":"D","warehouse":"W","schema":"S"},"integration":802}' | ConvertFrom-Json }
            @{ name = 'a hashtable of ConvertFrom-Json'; destination = '{"type":"Snowflake","config":{"database":"D","warehouse":"W","schema":"S"},"integration":802}' | ConvertFrom-Json -AsHashtable }
            @{ name = 'one with integration_id'; destination = @{ type = 'Snowflake'; config = @{ database = 'D'; warehouse = 'W'; schema = 'S' }; integration_id = '802' } }
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
            $null = New-BatchExport -Name new -Interval hour -Destination @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = $secret } }
            (Get-SentBody POST).destination.config.token | Should -Be phc_closed
        }

        It 'refuses a destination with <name>, before anything is sent' -ForEach @(
            @{ name = 'a key it does not have'; destination = @{ type = 'HTTP'; config = @{}; conifg = @{} }; message = '*conifg*type, config and integration*' }
            @{ name = 'a config that is a text'; destination = @{ type = 'HTTP'; config = 'url' }; message = '*config*hashtable*' }
            @{ name = 'an integration that is no number'; destination = @{ type = 'HTTP'; config = @{}; integration = 'mine' }; message = '*mine*integration*' }
            @{ name = 'only a text'; destination = 'HTTP'; message = "*'HTTP' is not a destination*" }
        ) {
            $seen = Invoke-Watched { New-BatchExport -Name new -Interval hour -Destination $destination }
            $seen.Terminating.Exception.Message | Should -BeLike $message
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'sends filters and modifiers as they are' {
            $null = New-BatchExport -Name new -Interval hour -Destination $http -Filter @{ key = '$browser'; operator = 'exact'; type = 'event'; value = @('Firefox') }
            $body = Get-SentBody POST
            $body.filters | Should -HaveCount 1
            $body.filters[0].value | Should -Be Firefox
            $body.filters[0].value -is [array] | Should -BeTrue
        }

        It 'sends the fields of a query' {
            $query = @{
                Model = 'hogql'; HogQLQuery = 'SELECT event AS event, uuid AS uuid FROM events'; HogQLModifier = @{ bounceRateDurationSeconds = 5 }
                PrimaryKey = 'uuid'; VersionKey = 'event'; IncrementalMode = 'MERGE'
            }
            $null = New-BatchExport -Name new -Interval hour -Destination @{ type = 'Snowflake'; config = @{ database = 'D'; warehouse = 'W'; schema = 'S' }; integration = 802 } @query
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

        It 'copies an export that is piped in' {
            Get-BatchExport weekly-sessions-azure | New-BatchExport | Should -Not -BeNullOrEmpty
            $pair = @(Get-BatchExport weekly-sessions-azure)
            $pair | Should -HaveCount 2
            foreach ($property in 'Model', 'Interval', 'TimeZone', 'OffsetDay', 'OffsetHour', 'Paused') {
                $pair[0].$property | Should -Be $pair[1].$property
            }
            $pair[0].Destination.Integration | Should -Be $pair[1].Destination.Integration
            $pair[0].Destination.Config.container_name | Should -Be $pair[1].Destination.Config.container_name
        }

        It 'leaves out of a copy what only the service sets, and says so' {
            $id = (Get-BatchExport prod-events-s3).Id
            $stored = Invoke-RestMethod "$($emulator.Api)/api/projects/$($emulator.ProjectId)/batch_exports/$id/" -Headers @{ Authorization = "Bearer $($emulator.Key)" } -NoProxy
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

        It 'copies every kind of export there is' {
            $seen = Invoke-Watched { Get-BatchExport | New-BatchExport }
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output | Should -HaveCount 8
        }

        It 'makes one export a row of a CSV file, empty cells being not given' {
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

        It 'reports a row with a bad <column> and makes the other rows' -ForEach @(
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
            @{ name = 'both offsets with the interval'; change = @{ Interval = 'week'; OffsetDay = 'Monday'; OffsetHour = 4 }; keys = @('interval', 'offset_day', 'offset_hour') }
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

        It 'sends a null for what is cleared' {
            $id = (Get-BatchExport events-r2).Id
            Set-BatchExport $id -StartAt 2026-11-01 -EndAt 2026-12-01
            Set-BatchExport $id -StartAt $null -EndAt $null
            (Get-EmulatorRequest)[-1].body | Should -Be '{"start_at":null,"end_at":null}'
            (Get-BatchExport -Id $id).StartAt | Should -BeNullOrEmpty
        }

        It 'reads the export once for <name>' -ForEach @(
            @{ name = 'an offset without the interval'; export = 'prod-events-postgres'; change = @{ OffsetHour = 7 }; body = '{"interval":"day","offset_hour":7}' }
            @{ name = 'one offset of a weekly export'; export = 'weekly-sessions-azure'; change = @{ OffsetDay = 'Friday' }; body = '{"interval":"week","offset_day":5,"offset_hour":6}' }
            @{ name = 'one offset with a weekly interval'; export = 'weekly-sessions-azure'; change = @{ Interval = 'week'; OffsetHour = 2 }; body = '{"interval":"week","offset_day":1,"offset_hour":2}' }
            @{ name = 'a daily interval without its hour, which a week may have spoiled'; export = 'weekly-sessions-azure'; change = @{ Interval = 'day' }; body = '{"interval":"day","offset_hour":6}' }
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

        It 'adds the type where it is left out' {
            $id = (Get-BatchExport prod-events-s3).Id
            Set-BatchExport $id -Destination @{ config = @{ prefix = 'new/' } }
            (Get-EmulatorRequest)[-1].body | Should -Be '{"destination":{"type":"AwsS3","config":{"prefix":"new/"}}}'
        }

        It 'sends the integration again where the server wants that' {
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

        It 'changes exports that are piped in' {
            $seen = Get-BatchExport prod-* | Set-BatchExport -TimeZone Europe/Paris -PassThru
            $seen | Should -HaveCount 3
            $seen.TimeZone | Should -Be @('Europe/Paris', 'Europe/Paris', 'Europe/Paris')
        }

        It 'changes a schedule that is piped in' {
            Get-BatchExport nightly | Set-BatchExport -Interval day -OffsetHour 3 -TimeZone Europe/Berlin
            $export = Get-BatchExport nightly
            $export.Interval | Should -Be day
            $export.OffsetHour | Should -Be 3
            $export.TimeZone | Should -Be Europe/Berlin
        }

        It 'takes nothing but keys from what is piped in' {
            $null = Get-BatchExport nightly | Set-BatchExport -Model events
            (Get-SentBody PATCH).Keys | Should -Be model
        }

        It 'sends -Utc in place of the modifiers that a query had' {
            $id = (New-BatchExport -Name query -Interval hour -Destination $bucket -Model hogql -HogQLQuery 'SELECT event FROM events' -HogQLModifier @{ optimizeProjections = $true }).Id
            Set-BatchExport $id -Utc
            (Get-EmulatorRequest)[-1].body | Should -Be '{"hogql_modifiers":{"convertToProjectTimezone":false}}'
            (Get-BatchExport -Id $id).HogQLModifiers.Keys | Should -Be convertToProjectTimezone
        }

        It 'refuses -Utc with the opposite modifier, and sends nothing' {
            $seen = Invoke-Watched { Set-BatchExport $unknown -Utc -HogQLModifier @{ convertToProjectTimezone = $true } }
            "$($seen.Errors[0])" | Should -BeLike '-Utc *-HogQLModifier *'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'refuses to change nothing, as with <name>' -ForEach @(
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

    Context 'Remove-BatchExport' {
        It 'removes without a question with <name>' -ForEach @(
            @{ name = '-Force'; switches = @{ Force = $true } }
            @{ name = '-Confirm:$false'; switches = @{ Confirm = $false } }
        ) {
            $id = (Get-BatchExport nightly).Id
            Remove-BatchExport -Id $id @switches | Should -BeNullOrEmpty
            Get-Sent DELETE | Should -Be "DELETE $base$id/"
            (Invoke-Watched { Get-BatchExport -Id $id }).Errors | Should -HaveCount 1
        }

        It 'without either is an error where nobody can be asked, and sends nothing' {
            $id = (Get-BatchExport nightly).Id
            $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $id -Environment @{
                POSTHOG_PERSONAL_API_KEY = $emulator.Key; POSTHOG_HOST = $emulator.Api; POSTHOG_PROJECT_ID = "$($emulator.ProjectId)"
            } {
                param($Manifest, $Id)
                Import-Module $Manifest
                foreach ($more in @{}, @{ Force = $false }) {
                    try { Remove-BatchExport -Id $Id @more; 'nothing' } catch { "$_" }
                }
            }
            $run.Output | Should -HaveCount 2
            $run.Output | Should -BeLike '*NonInteractive*'
            Get-Sent DELETE | Should -BeNullOrEmpty
        }

        It 'reports an unknown id among several that are piped in and removes the rest' {
            $all = Get-BatchExport -First 2
            $seen = Invoke-Watched { $all[0], ([pscustomobject]@{ Id = $unknown }), $all[1] | Remove-BatchExport -Force }
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].TargetObject | Should -Be $unknown
            Get-BatchExport | Should -HaveCount 6
        }

        It 'sends nothing for no ids' {
            Remove-BatchExport -Id @() -Force
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }
    }

    Context 'Suspend-BatchExport and Resume-BatchExport' {
        It 'pauses and resumes, saying nothing' {
            $id = (Get-BatchExport nightly).Id
            Suspend-BatchExport $id | Should -BeNullOrEmpty
            (Get-BatchExport -Id $id).Status | Should -Be Paused
            Resume-BatchExport $id | Should -BeNullOrEmpty
            (Get-BatchExport -Id $id).Paused | Should -BeFalse
            Get-Sent POST | Should -Be @("POST $base$id/pause/", "POST $base$id/unpause/")
        }

        It 'puts out the export with -PassThru' {
            $paused = Get-BatchExport prod-* | Suspend-BatchExport -PassThru
            $paused | Should -HaveCount 3
            $paused.Paused | Should -Not -Contain $false
            $resumed = $paused | Resume-BatchExport -PassThru
            $resumed | Should -HaveCount 3
            $resumed.Paused | Should -Not -Contain $true
        }

        It 'is content with an export that is <state> already' -ForEach @(
            @{ state = 'paused'; command = 'Suspend-BatchExport'; name = 'prod-persons-bigquery' }
            @{ state = 'running'; command = 'Resume-BatchExport'; name = 'nightly' }
        ) {
            $seen = Invoke-Watched { Get-BatchExport $name | & $command -PassThru }
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output | Should -HaveCount 1
        }

        It 'asks for a backfill with -Backfill only' {
            $export = Get-BatchExport prod-persons-bigquery
            $export | Resume-BatchExport -Backfill:$false
            (Get-SentBody POST).backfill | Should -BeFalse
            $export | Suspend-BatchExport
            $export | Resume-BatchExport -Backfill
            (Get-SentBody POST).backfill | Should -BeTrue
        }

        It 'pauses the exports of runs that are piped in' {
            $run = (Get-BatchExport nightly).LatestRuns[0]
            $run | Suspend-BatchExport
            (Get-BatchExport nightly).Paused | Should -BeTrue
        }
    }

    Context 'Questions' {
        It 'name an export that was seen' {
            $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest) -Environment @{
                POSTHOG_PERSONAL_API_KEY = $emulator.Key; POSTHOG_HOST = $emulator.Api; POSTHOG_PROJECT_ID = "$($emulator.ProjectId)"
            } {
                param($Manifest)
                Import-Module $Manifest
                $id = (Get-BatchExport nightly).Id
                Remove-BatchExport $id -WhatIf
                Suspend-BatchExport $id -WhatIf
                Set-BatchExport $id -Name x -WhatIf
            }
            $run.Output | Should -HaveCount 3
            $run.Output | Should -BeLike '*"nightly (*)"*'
        }
    }

    Context 'Organizations' {
        BeforeAll {
            $organization = $emulator.OrganizationId
            $theirs = "/api/organizations/$organization/batch_exports/"
        }

        It 'has all the exports of its projects' {
            @(Get-BatchExport -OrganizationId $organization).Count | Should -BeGreaterOrEqual 8
            Get-Sent | Should -Be "GET ${theirs}?limit=100"
        }

        It 'can be the current one' -ForEach 'current', '@current' {
            $null = Get-BatchExport -OrganizationId $_ -First 1
            Get-Sent | Should -Be 'GET /api/organizations/@current/batch_exports/?limit=1'
        }

        It 'wins over a project that is piped in' {
            Get-BatchExport -OrganizationId $organization nightly | Suspend-BatchExport -OrganizationId $organization
            Get-Sent POST | Should -BeLike "POST $theirs*/pause/"
            Get-BatchExport nightly | Get-BatchExport -OrganizationId $organization | Should -HaveCount 1
            (Get-Sent)[-1] | Should -BeLike "GET $theirs*"
        }

        It 'cannot be typed together with a project: <name>' -ForEach @(
            @{ name = 'Get-BatchExport'; more = @{} }
            @{ name = 'Set-BatchExport'; more = @{ Id = 'x'; Name = 'y' } }
            @{ name = 'Remove-BatchExport'; more = @{ Id = 'x'; Force = $true } }
            @{ name = 'Suspend-BatchExport'; more = @{ Id = 'x' } }
            @{ name = 'Resume-BatchExport'; more = @{ Id = 'x' } }
            @{ name = 'New-BatchExport'; more = @{ Name = 'y'; Interval = 'hour'; Destination = @{ type = 'HTTP'; config = @{} } } }
            @{ name = 'Get-BatchExportLog'; more = @{ BatchExportId = 'x' } }
        ) {
            $seen = Invoke-Watched { & $name @more -ProjectId 1 -OrganizationId $organization }
            $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'AmbiguousParameterSet,*'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'of the connection is used by those cmdlets unless -ProjectId is typed' {
            $connection = Connect-Emulator @{ OrganizationId = $organization; SkipValidation = $true; PassThru = $true }
            try {
                $export = Get-BatchExport nightly
                $export | Suspend-BatchExport
                $export | Resume-BatchExport
                Set-BatchExport $export.Id -Name nightly
                $null = Get-BatchExportLog $export.Id -First 1
                Remove-BatchExport $export.Id -Force
                Get-Sent | Should -BeLike "* $theirs*"

                Clear-EmulatorRequest
                $null = Get-BatchExport -ProjectId $emulator.ProjectId -First 1
                $null = Get-BatchExportRun -OnDemand
                Get-Sent | Should -BeLike "* /api/projects/$($emulator.ProjectId)/*"
            }
            finally {
                $connection | Disconnect-BatchExportService
                Connect-Emulator
            }
        }
    }

    Context 'Environments' {
        It 'are the prefix with -ApiPath Environments, and their next pages are read too' {
            $null = Add-EmulatorExport -Count 120
            $connection = Connect-Emulator @{ ApiPath = 'Environments'; SkipValidation = $true; PassThru = $true }
            try {
                Get-BatchExport | Should -HaveCount 128
                (Get-Sent)[0] | Should -Be "GET /api/environments/$($emulator.ProjectId)/batch_exports/?limit=100"
            }
            finally {
                $connection | Disconnect-BatchExportService
                Connect-Emulator
            }
        }
    }
}
