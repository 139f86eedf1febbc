[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    # Each place is a process. The short run has every culture once, and every zone.
    $zones = 'America/St_Johns', 'Asia/Kolkata', 'UTC'
    $next = 0
    $places = foreach ($culture in 'de-DE', 'th-TH', 'ar-SA', 'tr-TR') {
        foreach ($zone in $env:PSBATCHEXPORTS_LONG_TESTS -eq '1' ? $zones : $zones[$next++ % $zones.Count]) {
            @{ zone = $zone; culture = $culture }
        }
    }
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0'
    Connect-Emulator
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Time' {
    It 'is the same in <zone> and <culture>' -ForEach $places {
        Reset-Emulator
        $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $culture -Environment @{
            TZ                       = $zone
            POSTHOG_PERSONAL_API_KEY = $emulator.Key
            POSTHOG_HOST             = $emulator.Api
            POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
        } {
            param($Manifest, $Culture)
            $ErrorActionPreference = 'Stop'
            [cultureinfo]::CurrentCulture = [cultureinfo]::CurrentUICulture = [cultureinfo]::GetCultureInfo($Culture)
            Import-Module $Manifest
            $id = (Get-BatchExport -First 1).Id
            $moment = [datetime]::new(2026, 7, 1, 12, 30, 0, [System.DateTimeKind]::Utc)
            $times = @(
                '2026-07-01 12:30'
                '2026-07-01T12:30:00'
                '2026-07-01T12:30:00Z'
                '2026-07-01T14:30:00+02:00'
                '1 Jul 2026 12:30'
                [datetime]::new(2026, 7, 1, 12, 30, 0)
                $moment
                $moment.ToLocalTime()
                [datetimeoffset]::new(2026, 7, 1, 18, 0, 0, [timespan]::FromHours(5.5))
                [psobject] $moment.ToLocalTime()
                ('{"t":"2026-07-01T12:30:00Z"}' | ConvertFrom-Json).t
                (Get-Date -Date $moment)
            )
            foreach ($time in $times) {
                $null = New-BatchExport -Name x -Interval hour -StartAt $time -EndAt $time -Destination @{
                    type   = 'HTTP'
                    config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 't' }
                }
                $null = Start-BatchExportRun -DataIntervalStart $time -DataIntervalEnd $time
                $null = Get-BatchExportLog $id -After $time -Before $time
            }
            $piped = [pscustomobject]@{ Name = 'piped'; Interval = 'hour'; StartAt = '2026-07-01 12:30'; EndAt = $moment.ToLocalTime() }
            $null = $piped |
                New-BatchExport -Destination @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 't' } }
            "$($times.Count) in $([System.TimeZoneInfo]::Local.Id)"
        }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -Be "12 in $zone"

        $requests = Get-EmulatorRequest
        $made = @($requests |
            Where-Object { $_.method -eq 'POST' -and $_.path -like '*/batch_exports/' -and $_.path -notlike '*file_download*' })
        $made | Should -HaveCount 13
        $made.body | ForEach-Object { $_ | Should -BeLike '*"start_at":"2026-07-01T12:30:00Z","end_at":"2026-07-01T12:30:00Z"*' }
        $started = @($requests | Where-Object { $_.method -eq 'POST' -and $_.path -like '*/file_download_batch_exports/' })
        $started | Should -HaveCount 12
        $started.body |
            ForEach-Object {
                $_ | Should -BeLike '*"data_interval_start":"2026-07-01T12:30:00Z","data_interval_end":"2026-07-01T12:30:00Z"*'
            }
        $read = @($requests | Where-Object path -Like '*/logs/')
        $read | Should -HaveCount 12
        $read.query |
            ForEach-Object { [uri]::UnescapeDataString($_) | Should -BeLike '*after=2026-07-01T12:30:00Z&before=2026-07-01T12:30:00Z*' }
    }

    It 'is midnight in UTC when it has no time of day' {
        $null = New-BatchExport -Name x -Interval hour -StartAt 2026-11-01 -Destination $http
        (Get-EmulatorRequest)[-1].body | Should -BeLike '*"start_at":"2026-11-01T00:00:00Z"*'
    }

    It 'keeps its microseconds' {
        $null = New-BatchExport -Name x -Interval hour -StartAt 2026-11-01T01:02:03.456789Z -Destination $http
        (Get-EmulatorRequest)[-1].body | Should -BeLike '*"start_at":"2026-11-01T01:02:03.456789Z"*'
    }

    It 'can be today, yesterday or now' {
        $before = [datetimeoffset]::UtcNow
        foreach ($word in 'today', 'Yesterday', 'now') {
            $null = New-BatchExport -Name x -Interval hour -StartAt $word -Destination $http
        }
        $sent = (Get-EmulatorRequest)[-3..-1].body | ForEach-Object { [datetimeoffset](($_ | ConvertFrom-Json -DateKind String).start_at) }
        $sent[0].UtcDateTime | Should -BeIn $before.UtcDateTime.Date, ([datetime]::UtcNow.Date)
        ($sent[0] - $sent[1]).TotalDays | Should -Be 1
        $sent[2] | Should -BeGreaterOrEqual $before.AddSeconds(-1)
    }

    It 'survives CLIXML, JSON and the output of a job' {
        $time = [datetimeoffset]::new(2026, 11, 3, 4, 5, 6, [timespan]::FromHours(5.5))
        $clixml =
            [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize(@{ t = $time }))
        foreach ($read in $clixml.t, ($time | ConvertTo-Json | ConvertFrom-Json), (@{ t = $time } | ConvertTo-Json | ConvertFrom-Json).t) {
            $null = New-BatchExport -Name x -Interval hour -StartAt $read -Destination $http
            (Get-EmulatorRequest)[-1].body | Should -BeLike '*"start_at":"2026-11-02T22:35:06Z"*'
        }
    }

    It 'is written in the same format in a config or a filter' {
        $null = New-BatchExport -Name x -Interval hour -Destination $http -Filter @{
            key   = 'k'
            type  = 'event'
            value = [datetime]::new(2026, 7, 1, 12, 30, 0)
        }
        (Get-EmulatorRequest)[-1].body | Should -BeLike '*"value":"2026-07-01T12:30:00Z"*'
    }

    It 'is refused when it is invalid, and nothing is sent: <_>' -ForEach @(
        'rubbish'
        '20261101'
        '2026-13-01'
        '2026-02-30'
        '12'
        '12:00'
        '31.11.2026'
        '26.11.2026 25:00'
    ) {
        Clear-EmulatorRequest
        $time = $_
        foreach ($action in @(
                { New-BatchExport -Name x -Interval hour -Destination $http -StartAt $time }
                { Set-BatchExport -Id x -EndAt $time }
                { Start-BatchExportRun -DataIntervalStart $time -DataIntervalEnd 2026-11-02 }
                { Get-BatchExportLog x -After $time }
            )) {
            $seen = Invoke-Watched $action
            $seen.Terminating.CategoryInfo.Category | Should -BeIn @('InvalidArgument', 'InvalidData')
            $seen.Terminating.Exception.Message | Should -BeLike "*'$time' is not a time*2026-11-01*"
        }
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'is refused when it is a number' -ForEach 0, 1793491200, 1.5 {
        $time = $_
        $seen = Invoke-Watched { Get-BatchExportLog x -After $time }
        $seen.Terminating.Exception.Message | Should -BeLike '*is not a time*'
    }

    It 'is read from any text the same way in every culture, or refused' {
        $pieces = '2026', '-', '/', '.', ':', ' ', 'T', 'Z', '+02:00', '01', '11', '30', '12', 'Nov', 'november', 'AM', 'kl.', '24', '60',
            '0', [string] [char] 0x131, [string] [char] 0x662
        $seed = 20261008
        $random = [random]::new($seed)
        $texts = 1..400 | ForEach-Object { -join (1..$random.Next(1, 9) | ForEach-Object { $pieces[$random.Next($pieces.Count)] }) } |
            Where-Object { $_.Trim() }
        $attribute = [PSBatchExports.Parameters.TimeTransformationAttribute]::new()
        $here = [cultureinfo]::CurrentCulture
        try {
            $read = foreach ($culture in '', 'de-DE', 'th-TH', 'ar-SA', 'tr-TR') {
                [cultureinfo]::CurrentCulture = [cultureinfo]::GetCultureInfo($culture)
                ($texts | ForEach-Object {
                    try { $attribute.Transform($null, $_).ToDateTimeOffset().UtcDateTime.ToString('o', [cultureinfo]::InvariantCulture) }
                    catch [System.Management.Automation.ArgumentTransformationMetadataException] { 'refused' }
                    catch { "$_" }
                }) -join '|'
            }
        }
        finally {
            [cultureinfo]::CurrentCulture = $here
        }
        ($read | Select-Object -Unique) | Should -HaveCount 1 -Because "the seed is $seed"
        $kinds = $read[0] -split '\|' | ForEach-Object { $_ -eq 'refused' ? 'refused' : $_ -match '^\d{4}-.*Z$' ? 'time' : $_ } |
            Select-Object -Unique | Sort-Object
        $kinds | Should -Be 'refused', 'time'
    }

    It 'is an error for its row only when it is invalid' {
        $rows = @'
Name,Interval,StartAt
one,hour,2026-11-01
two,hour,soon
three,hour,
'@ | ConvertFrom-Csv
        $seen = Invoke-Watched { $rows | New-BatchExport -Destination $http }
        $seen.Output.Name | Should -Be @('one', 'three')
        $seen.Errors | Should -HaveCount 1
        "$($seen.Errors[0])" | Should -BeLike "*StartAt*'soon' is not a time*"
    }
}

Describe 'A clock that is <Hours> h ahead of the service' -ForEach @{ Hours = 2 }, @{ Hours = -2 } {
    BeforeAll {
        $emulator = Start-Emulator -Arguments '--clock-offset', "$($Hours * -3600)"
        Connect-Emulator @{ MaximumRetryDelay = 30 }
        $export = New-BatchExport -Name clock -Interval hour -Destination $http
        $now = [datetimeoffset]::UtcNow.AddHours(-$Hours)
    }

    AfterAll {
        Disconnect-BatchExportService
        Stop-Emulator $emulator
    }

    It 'does not change that a backfill ends now at the latest' {
        (Start-BatchExportBackfill $export.Id -StartAt $now.AddHours(-3) -EndAt $now.AddMinutes(-1)).BackfillId | Should -Not -BeNullOrEmpty
        $seen = Invoke-Watched { Start-BatchExportBackfill $export.Id -StartAt $now.AddHours(-3) -EndAt $now.AddHours(1) }
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'InvalidBackfillBound,*'
        "$($seen.Errors[0])" | Should -BeLike '-EndAt * is in the future, by the server''s clock*'
    }

    It 'does not change how long a retry date is waited for' {
        Add-EmulatorFault @{
            status  = 429
            headers = @{ 'Retry-After' = $now.AddSeconds(5).ToString('R') }
            body    = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}'
        }
        $seen = Invoke-Watched { Get-BatchExport clock }
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Output | Should -HaveCount 1
    }

    It 'does not change that a log is followed from now on' {
        Add-EmulatorLog @{
            sourceId  = $export.Id
            level     = 'INFO'
            message   = 'old'
            timestamp = $now.AddMinutes(-1).ToString('o')
        }, @{ sourceId = $export.Id; level = 'INFO'; message = 'new'; timestamp = $now.AddMinutes(10).ToString('o') }
        (Get-BatchExportLog $export.Id -Follow -First 1).Message | Should -Be 'new'
    }

    It 'does not change the window of seven days' {
        $said = Get-BatchExportRun $export.Id -Status Failed 3>&1
        "$said" | Should -BeLike '* since *Z: the service looks back seven days*'
        $since = [datetimeoffset]::Parse(("$said" -replace '.* since (.*)Z:.*', '$1Z'), [cultureinfo]::InvariantCulture)
        ($since - $now.AddDays(-7)).Duration() | Should -BeLessThan ([timespan]::FromMinutes(30))
    }

    It 'does not change when an export has ended' {
        $soon = New-BatchExport -Name soon -Interval hour -Destination $http -EndAt $now.AddHours(1)
        $over = New-BatchExport -Name over -Interval hour -Destination $http -EndAt $now.AddHours(-1)
        (Get-BatchExport -Id $soon.Id, $over.Id).Status | Should -Be 'Active', 'Ended'
    }
}
