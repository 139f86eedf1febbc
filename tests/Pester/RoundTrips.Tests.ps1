<#
    Objects that were serialized to a file, a job or another session keep their values, and the cmdlets accept them like the
    originals, in every culture. The job and the session are started once for all of them.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    $formatters = 'Export-Clixml', 'ConvertTo-Json', 'ConvertTo-Csv', 'Format-List', 'Out-String', 'Select-Object'
    $cultures = 'en-US', 'en-GB', 'de-DE', 'fr-FR', 'th-TH'
    $ways = 'CSV', 'CLIXML', 'JSON', 'a job', 'another session'
    $kinds = @(
        @{ Kind = 'weekly'; Again = { param($Back) $Back | New-BatchExport } }
        @{ Kind = 'hogql'; Again = { param($Back) $Back | New-BatchExport } }
        @{ Kind = 'destination'; Again = { param($Back) New-BatchExport -Name x -Interval hour -Destination $Back } }
        @{ Kind = 'run'; Again = { param($Back) $Back | Get-BatchExportRun } }
        @{ Kind = 'runOnDemand'; Again = { param($Back) $Back | Get-BatchExportRun } }
        @{ Kind = 'backfill'; Again = { param($Back) $Back | Get-BatchExportBackfill } }
        @{ Kind = 'started'; Again = { param($Back) $Back | Get-BatchExportBackfill } }
        @{ Kind = 'restarted'; Again = { param($Back) $Back | Get-BatchExport } }
        @{ Kind = 'file'; Again = { param($Back) $Back | Save-BatchExportFile -Path $folder } }
        @{ Kind = 'saved'; Again = { param($Back) $Back | Save-BatchExportFile -Path $folder; $null = $Back | Get-Item } }
        @{ Kind = 'entry'; Again = { param($Back) $Back | Get-BatchExportLog -First 1 } }
        @{ Kind = 'check'; Again = { param($Back) $Back | Get-BatchExport } }
        @{ Kind = 'measure'; Again = { param($Back) $Back.HogQLQuery | Measure-BatchExportQuery } }
    )

    # Every kind takes every way, each time in another culture; the long run has all cultures.
    $next = 0
    $trips = foreach ($way in $ways) {
        foreach ($kind in $kinds) {
            foreach ($culture in $env:PSBATCHEXPORTS_LONG_TESTS -eq '1' ? $cultures : $cultures[$next++ % $cultures.Count]) {
                @{ Way = $way; Culture = $culture } + $kind
            }
        }
    }
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    Import-Module (Join-Path $PSScriptRoot 'Support/Comparison.psm1') -Force
    $cultures = 'en-US', 'en-GB', 'de-DE', 'fr-FR', 'th-TH'
    $folder = Join-Path ([System.IO.Path]::GetTempPath()) "trips-$([guid]::NewGuid().ToString('n'))"
    $emulator = Start-Emulator -Arguments '--run-duration', '0'
    Connect-Emulator @{ SkipValidation = $true }

    function New-Secret([string] $Text) {
        [System.Net.NetworkCredential]::new('', $Text).SecurePassword
    }

    $weekly = @{
        Name = 'weekly'; Interval = 'week'; OffsetDay = 'Monday'; OffsetHour = 3; TimeZone = 'Europe/Berlin'
        StartAt = '2026-11-03T00:00:00Z'; EndAt = '2027-03-04T05:06:07Z'
        Filter = @(@{
            key      = '$browser'
            operator = 'exact'
            type     = 'event'
            value    = @('Firefox', 'Chrome')
        }, @{ key = 'size'; operator = 'gt'; type = 'person'; value = 1.5 })
        Destination = New-BatchExportDestination -Redshift -Database d -IntegrationId 640 -Mode COPY -IncludeEvents a, b -CopyInputs @{
            s3_bucket = 'b'; region_name = 'eu-west-1'; s3_key_prefix = 'p'
            authorization = 'arn:aws:iam::123456789012:role/copy'; bucket_credentials = 731
        }
    }
    $hogql = @{
        Name = 'hogql'; Interval = 'hour'; Model = 'hogql'; HogQLQuery = "SELECT event, uuid FROM events`nLIMIT 3"
        HogQLModifier = @{ convertToProjectTimezone = $false; personsOnEventsMode = 'disabled' }
        PrimaryKey = 'event', 'uuid'; VersionKey = 'uuid'; IncrementalMode = 'MERGE'; Paused = $true; Destination = @{
            type        = 'BigQuery'
            config      = @{ dataset_id = 'd'; use_json_type = $true }
            integration = 915
        }
    }
    $nightly = Get-BatchExport nightly
    $run = Start-BatchExportRun events -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-01T01:00 -Format JSONLines |
        Wait-BatchExportRun
    $bucket = @{
        AwsS3 = $true; BucketName = 'b'; Region = 'eu-west-1'; Prefix = 'p/{year}'; MaxFileSizeMB = 12
        LegacyParquetExtension = $false; IncludeEvents = 'a', 'b'; IntegrationId = 731
    }
    $things = @{
        weekly      = New-BatchExport @weekly
        hogql       = New-BatchExport @hogql
        destination = New-BatchExportDestination @bucket
        run         = (Get-BatchExport prod-events-s3).LastRun
        runOnDemand = $run
        started     = $nightly | Start-BatchExportBackfill -StartAt 2026-10-01 -EndAt 2026-10-02
        restarted   = $nightly | Get-BatchExportRun -Status Completed -First 1 | Restart-BatchExportRun
        file        = $run | Get-BatchExportFile -IncludeUrl
        saved       = $run | Save-BatchExportFile -Path $folder -Verify
        entry       = Get-BatchExportLog $nightly.Id -First 1
        check       = $nightly | Test-BatchExport -Step 0
        measure     = Measure-BatchExportQuery 'SELECT event FROM events' -DataIntervalStart 2026-11-03 -DataIntervalEnd 2026-11-04
        secret      = New-BatchExportDestination -Http -Url https://eu.i.posthog.com/batch/ -Token (New-Secret phc_hush)
    }
    $things.backfill = $things.started | Get-BatchExportBackfill
    $things.Keys | Where-Object { $null -eq $things[$_] } | ForEach-Object { throw "There is no $_." }

    # What a session does that was given the objects.
    $giveBack = {
        param($Manifest, $Things, $Cultures)
        Import-Module $Manifest
        foreach ($culture in $Cultures) {
            [cultureinfo]::CurrentCulture = $culture
            @{ Culture = $culture; Things = $Things }
        }
    }

    $culture = [cultureinfo]::CurrentCulture
    $back = @{}
    try {
        foreach ($name in $cultures) {
            [cultureinfo]::CurrentCulture = $name
            $file = Join-Path $TestDrive "$name.xml"
            $things | Export-Clixml -LiteralPath $file
            $back["CLIXML $name"] = Import-Clixml -LiteralPath $file
            $back["JSON $name"] = @{}
            $back["CSV $name"] = @{}
            foreach ($kind in $things.Keys) {
                $back["JSON $name"][$kind] = $things[$kind] | ConvertTo-Json -Depth 64 | ConvertFrom-Json
                $back["CSV $name"][$kind] = $things[$kind] | ConvertTo-Csv | ConvertFrom-Csv
            }
        }

        # The way there is in a culture whose years are others; the way back is in each.
        [cultureinfo]::CurrentCulture = 'th-TH'
        $job = Start-Job -ScriptBlock $giveBack -ArgumentList (Get-ModuleUnderTest), $things, $cultures
        foreach ($came in Receive-Job $job -Wait -AutoRemoveJob) {
            $back["a job $($came.Culture)"] = $came.Things
        }

        $process = [System.Management.Automation.Runspaces.PowerShellProcessInstance]::new()
        # As Invoke-Command does it, with the types of this session.
        $typeFile = Join-Path (Split-Path (Get-ModuleUnderTest)) 'module/PSBatchExports.Types.ps1xml'
        $types = [System.Management.Automation.Runspaces.TypeTable]::new([string[]] @($typeFile))
        $session = [runspacefactory]::CreateOutOfProcessRunspace($types, $process)
        $session.Open()
        $shell = [powershell]::Create()
        $shell.Runspace = $session
        $null = $shell.AddScript($giveBack).AddParameters(@((Get-ModuleUnderTest), $things, $cultures))
        foreach ($came in $shell.Invoke()) {
            $back["another session $($came.Culture)"] = $came.Things
        }
        $shell.Dispose()
        $session.Dispose()
        $process.Dispose()
    }
    finally {
        [cultureinfo]::CurrentCulture = $culture
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction Ignore
    Remove-Module Comparison, Support
}

Describe 'An object that was serialized' {
    It 'has the same values and is accepted again: <Kind> by <Way> in <Culture>' -ForEach $trips {
        $was = $things[$kind]
        $is = $back["$way $culture"][$kind]
        Get-Difference $was $is $way $kind | Should -BeNullOrEmpty

        if ($way -eq 'CSV' -and $kind -in 'weekly', 'hogql', 'destination') {
            return
        }

        $expected = Get-Outcome $again $was
        $outcome = Get-Outcome $again $is
        $outcome.Errors | Should -BeNullOrEmpty
        $outcome.Requests | Should -Be $expected.Requests
        $outcome.Output | Should -Be $expected.Output
    }

    It 'keeps its times or is refused as CSV in <_>' -ForEach 'en-US', 'en-GB', 'de-DE', 'fr-FR', 'th-TH' {
        $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 't' } }
        $plain, $ambiguous = '2026-11-26', '2026-11-03' |
            ForEach-Object { New-BatchExport "starts $_" -Interval hour -StartAt $_ -Destination $http }
        $here = [cultureinfo]::CurrentCulture
        try {
            [cultureinfo]::CurrentCulture = [cultureinfo]::GetCultureInfo($_)
            $rows = $plain, $ambiguous | Select-Object -Property Name, Interval, StartAt | ConvertTo-Csv | ConvertFrom-Csv
            Clear-EmulatorRequest
            $seen = Invoke-Watched { $rows | New-BatchExport -Destination $http }
        }
        finally {
            [cultureinfo]::CurrentCulture = $here
        }

        $texts = $rows.StartAt
        "$($seen.Errors[-1])" | Should -BeLike "*StartAt*'$($texts[1])' is ambiguous*Write the one that you mean*"
        if ($_ -eq 'th-TH') {
            "$($seen.Errors[0])" | Should -BeLike "*'$($texts[0])' is in the year 2569*Write it as*"
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }
        else {
            $seen.Errors | Should -HaveCount 1
            (Get-EmulatorRequest).body | Should -BeLike '*"start_at":"2026-11-26T00:00:00Z"*'
        }
    }

    It 'is displayed as before by <_>' -ForEach 'CLIXML', 'a job', 'another session' {
        foreach ($kind in 'weekly', 'hogql', 'run', 'runOnDemand', 'started', 'restarted', 'file', 'saved', 'entry', 'check', 'measure') {
            $back["$_ de-DE"][$kind] | Out-String -Width 120 | Should -Be ($things[$kind] | Out-String -Width 120)
        }

        # Hashtables have no order.
        $list = $back["$_ de-DE"].weekly, $things.weekly |
            ForEach-Object { ($_ | Format-List | Out-String -Width 500) -creplace '(?m)^Filters .*' }
        $list[0] | Should -Be $list[1]
    }

    It 'can be serialized again' {
        $again = Copy-Object $back['CLIXML fr-FR'] 2
        Get-Difference $things.weekly $again.weekly CLIXML weekly | Should -BeNullOrEmpty
        Get-Difference $things.run $again.run CLIXML run | Should -BeNullOrEmpty
    }
}

Describe 'Nested values that were serialized' {
    It 'are sent unchanged: <Name>' -ForEach @(
        @{ Name = 'a choice'; Value = [System.DayOfWeek]::Monday; Sent = '"Monday"' }
        @{ Name = 'a time'; Value = [datetimeoffset]::new(2026, 11, 3, 1, 0, 0, [timespan]::FromHours(1)); Sent = '"2026-11-03T00:00:00Z"' }
        @{ Name = 'a number'; Value = 1.5; Sent = '1.5' }
        @{ Name = 'an object'; Value = [pscustomobject] @{ one = 1; list = @(1, 'b') }; Sent = '{"one":1,"list":[1,"b"]}' }
        @{ Name = 'nothing'; Value = $null; Sent = 'null' }
    ) {
        $was = @{ key = $value }
        $is = Copy-Object $was 9
        foreach ($filter in $was, $is) {
            Clear-EmulatorRequest
            $null = Invoke-Watched { New-BatchExport x -Interval hour -Destination $things.destination -Filter $filter }
            (Get-EmulatorRequest).body | Should -Match ([regex]::Escape('[{"key":' + $sent + '}]'))
        }
    }

    It 'are refused when their type was lost' {
        $is = Copy-Object @{ key = [System.Diagnostics.Process]::GetCurrentProcess() } 1
        Clear-EmulatorRequest
        $seen = Invoke-Watched { New-BatchExport x -Interval hour -Destination $things.destination -Filter $is }
        "$($seen.Terminating)" | Should -BeLike "*at 'key' was of type System.Diagnostics.Process, which cannot be sent*"
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'are sent without the note properties of a job' {
        $rows = Start-Job { [pscustomobject] @{ key = 'a'; type = 'event'; value = 'b' } } | Receive-Job -Wait -AutoRemoveJob
        $rows.PSObject.Properties.Name | Should -Contain RunspaceId
        Clear-EmulatorRequest
        $null = New-BatchExport x -Interval hour -Destination $things.destination -Filter $rows
        (Get-EmulatorRequest).body | Should -BeLike '*"filters":`[{"key":"a","type":"event","value":"b"}`]*'
    }
}

Describe 'A value that CSV cannot hold' {
    It 'is refused with a remedy: <Field>' -ForEach @(
        @{ Kind = 'weekly'; Field = 'Filters'; Text = 'System.Object\[\]' }
        @{ Kind = 'hogql'; Field = 'PrimaryKey'; Text = 'System.String\[\]' }
        @{ Kind = 'hogql'; Field = 'VersionKey'; Text = 'System.String\[\]' }
        @{ Kind = 'hogql'; Field = 'HogQLModifiers'; Text = 'System.Collections.Generic.Dictionary`2\[System.String,System.Object\]' }
        @{ Kind = 'weekly'; Field = 'Destination'; Text = 'Redshift' }
    ) {
        Clear-EmulatorRequest
        $row = $back['CSV en-US'][$kind] | Select-Object Name, Interval, Model, HogQLQuery, $field
        $with = $field -eq 'Destination' ? @{} : @{ Destination = $things.destination }
        $seen = Invoke-Watched { $row | New-BatchExport @with }
        $seen.Errors | Should -HaveCount 1
        "$($seen.Errors[0])" | Should -Match "'$field'|'Filter'|'HogQLModifier'"
        "$($seen.Errors[0])" | Should -Match "'$text'.*Export-Clixml or ConvertTo-Json -Depth 64"
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'is refused by every parameter: <Parameter> <Value>' -ForEach @(
        @{ Parameter = 'Destination'; Value = @{ type = 'AwsS3'; config = 'System.Collections.Hashtable' } }
        @{ Parameter = 'Destination'; Value = @{ type = 'AwsS3'; config = @{ include_events = 'System.String[]' } } }
        @{ Parameter = 'Filter'; Value = 'System.Object[]' }
        @{ Parameter = 'Filter'; Value = @{ key = 'a'; value = 'System.Collections.ArrayList' } }
        @{ Parameter = 'Filter'; Value = '@{key=a; value=b}' }
        @{ Parameter = 'HogQLModifier'; Value = @{ a = 'System.Collections.Generic.List`1[System.Object]' } }
        @{ Parameter = 'PrimaryKey'; Value = 'a', 'System.Object[]' }
    ) {
        $new = @{ Name = 'x'; Interval = 'hour'; Destination = $things.destination }
        $new[$parameter] = $value
        Clear-EmulatorRequest
        $seen = Invoke-Watched { New-BatchExport @new }
        "$($seen.Terminating)" | Should -BeLike '*all that is left*Export-Clixml*'
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'is not confused with text that resembles it' {
        Clear-EmulatorRequest
        $null = New-BatchExport x -Interval hour -Destination $things.destination -Filter @{
            key   = '$exception_type'
            type  = 'event'
            value = 'System.Collections.Generic.KeyNotFoundException', 'System.String'
        }
        (Get-EmulatorRequest).body | Should -BeLike '*"value":`["System.Collections.Generic.KeyNotFoundException","System.String"`]*'
    }

    It 'is refused when it is text in place of a filter' {
        Clear-EmulatorRequest
        $seen = Invoke-Watched { New-BatchExport x -Interval hour -Destination $things.destination -Filter 'key=a' }
        "$($seen.Terminating)" | Should -BeLike "*'key=a' is not a filter. Give hashtables*"
        (Invoke-Watched { Set-BatchExport $things.weekly.Id -Filter @(@{ key = 'a' }, 'b') }).Terminating |
            Should -BeLike "*'b' is not a filter*"
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }
}

Describe 'Secrets of destinations' {
    It 'are not in the output of <_>' -ForEach $formatters {
        $inputs = @{ bucket_credentials = @{ aws_secret_access_key = 'hush-key' } }
        $login = @{ User = New-Secret hush-user; Password = New-Secret hush-password }
        $destination = New-BatchExportDestination -Redshift -Database d @login -CopyInputs $inputs
        $text = switch ($_) {
            Export-Clixml { $destination |
                Export-Clixml (Join-Path $TestDrive 'hush.xml'); Get-Content (Join-Path $TestDrive 'hush.xml') -Raw }
            ConvertTo-Json { 1..5 | ForEach-Object { $destination | ConvertTo-Json -Depth $_ -WarningAction Ignore } | Out-String }
            ConvertTo-Csv { $destination | ConvertTo-Csv | Out-String; [pscustomobject] $destination.Config | ConvertTo-Csv | Out-String }
            Format-List { $destination | Format-List * -Force | Out-String; $destination.Config.password | Format-List * -Force |
                Out-String }
            Out-String { $destination | Out-String -Width 500 }
            Select-Object { $destination.Config | Select-Object * | Out-String; $destination.Config.password | Select-Object * |
                Out-String }
        }
        "$text" | Should -Not -BeNullOrEmpty
        "$text" | Should -Not -Match 'hush'
        "$text" | Should -Not -Match '680075007300680'
        "$text" | Should -Not -Match '13'
    }

    It 'are named by <Command> when <Way> lost them, and nothing is sent' -ForEach @(
        foreach ($way in 'CLIXML', 'JSON', 'a job', 'another session') {
            @{
                Way     = $way
                Command = 'New-BatchExport by pipeline'
                Do      = { param($Is) [pscustomobject] @{ Name = 'x'; Interval = 'hour'; Destination = $Is } | New-BatchExport }
            }
            @{ Way = $way; Command = 'New-BatchExport'; Do = { param($Is) New-BatchExport x -Interval hour -Destination $Is } }
            @{ Way = $way; Command = 'Set-BatchExport'; Do = { param($Is) Set-BatchExport $things.weekly.Id -Destination $Is } }
            @{ Way = $way; Command = 'Test-BatchExport'; Do = { param($Is) Test-BatchExport -Destination $Is } }
            @{ Way = $way; Command = 'New-BatchExportDestination'; Do = { param($Is) New-BatchExportDestination HTTP $Is.Config } }
        }
    ) {
        Clear-EmulatorRequest
        $seen = Invoke-Watched { & $do $back["$way de-DE"].secret }
        $failure = $seen.Terminating ?? $seen.Errors[0]
        "$failure" | Should -BeLike "*secret 'token' is missing*`$destination.Config.token = Read-Host -AsSecureString*"
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'are named when they were lost below the depth of JSON' {
        $is = $things.secret | ConvertTo-Json -Depth 1 | ConvertFrom-Json
        $is.Config.token | Should -Be '(secret)'
        { New-BatchExport x -Interval hour -Destination $is } | Should -Throw "*secret 'token' is missing*"
        $inner = @{ copy_inputs = @{ authorization = '(secret)' } }
        { New-BatchExportDestination Redshift $inner } | Should -Throw "*secret 'copy_inputs.authorization' is missing*"
    }

    It 'are sent when they are assigned again after <_>' -ForEach 'CLIXML', 'JSON', 'a job' {
        $is = $back["$_ en-GB"].secret
        $is.Config.token = New-Secret phc_again
        Clear-EmulatorRequest
        $null = New-BatchExport x -Interval hour -Destination $is
        (Get-EmulatorRequest).body | Should -BeLike '*"token":"phc_again"*'
    }

    It 'can be assigned to an existing destination' {
        $destination = New-BatchExportDestination HTTP @{ url = 'https://eu.i.posthog.com/batch/' }
        $destination.Config.token = New-Secret phc_later
        Clear-EmulatorRequest
        $null = New-BatchExport x -Interval hour -Destination $destination
        (Get-EmulatorRequest).body | Should -BeLike '*"token":"phc_later"*'
        $destination.Config.token = '(secret)'
        $seen = Invoke-Watched { New-BatchExport x -Interval hour -Destination $destination }
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'SecretMissing,*'
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*Config.token = Read-Host -AsSecureString*'
    }
}

Describe 'A connection' {
    It 'cannot be deserialized, and its key is not serialized' {
        $connection = Get-BatchExportConnection
        $text = [System.Management.Automation.PSSerializer]::Serialize($connection) + ($connection | ConvertTo-Json -Depth 9) +
            ($connection | ConvertTo-Csv)
        $text | Should -BeLike '*127.0.0.1*'
        $text | Should -Not -Match ([regex]::Escape($emulator.Key))
        $is = Copy-Object $connection 1
        { Get-BatchExport -Connection $is } | Should -Throw '*Connection*'
    }
}
