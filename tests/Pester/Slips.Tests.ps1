[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0'
    $name = 'prod-events-s3'
    $unknown = '0195f1c2-0000-0000-0000-00000000dead'
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'A common mistake' {
    BeforeEach {
        Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = 0 }
        Clear-EmulatorRequest
    }

    It 'is an error that recommends Wait-BatchExportBackfill for a backfill''s name as a run''s id' {
        $started = Get-BatchExport $name | Get-BatchExportRun -First 1 | Restart-BatchExportRun
        foreach ($seen in (Invoke-Watched { Wait-BatchExportRun $started.BackfillId }), (Invoke-Watched {
            Stop-BatchExportRun "$started" -BatchExportId $started.BatchExportId
        })) {
            $seen.Errors | Should -HaveCount 1
            "$($seen.Errors[0])" | Should -BeLike '*name of a backfill*'
            $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*Wait-BatchExportBackfill*'
        }
    }

    It 'is an error that names the number of a project' {
        "$((Invoke-Watched { Get-BatchExport -ProjectId 999 }).Errors[0])" | Should -BeLike "Project '999' was not found.*"
    }

    Context 'with an export that does not exist' {
        It 'is an error rather than an empty list: <_>' -ForEach 'Get-BatchExportRun', 'Get-BatchExportBackfill' {
            $seen = Invoke-Watched { [pscustomobject]@{ BatchExportId = $unknown } | & $_ }
            $seen.Warnings | Should -BeNullOrEmpty
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
            $seen.Errors[0].TargetObject | Should -Be $unknown
            "$($seen.Errors[0])" | Should -BeExactly "Batch export '$unknown' was not found."
        }

        It 'costs no request when the connection has seen the export' {
            $export = New-BatchExport -Name fresh -Interval hour -Destination $http
            Clear-EmulatorRequest
            $export | Get-BatchExportRun -WarningAction Ignore
            $export | Get-BatchExportBackfill
            Get-EmulatorRequest | Should -HaveCount 2
        }
    }

    Context 'with a value that is not a choice' {
        It 'is an error that lists the choices: <parameter>' -ForEach @(
            @{
                parameter = '-Model'
                action    = { Start-BatchExportRun evnts -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 }
                choices   = 'events, persons, sessions, hogql'
            }
            @{
                parameter = '-Format'
                action    = { Start-BatchExportRun -Format CSV -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 }
                choices   = 'Parquet, JSONLines'
            }
            @{
                parameter = '-Compression'
                action    = { Start-BatchExportRun -Compression zip -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 }
                choices   = 'zstd, lz4, snappy, gzip, brotli'
            }
            @{
                parameter = '-Interval'
                action    = { New-BatchExport x -Interval hourly -Destination $http }
                choices   = 'hour, day, week, every 15 minutes, every 5 minutes'
            }
            @{
                parameter = '-TimeZone'
                action    = { New-BatchExport x -Interval hour -TimeZone Berlin -Destination $http }
                choices   = 'Europe/Berlin'
            }
            @{
                parameter = '-Destination'
                action    = { New-BatchExport x -Interval hour -Destination @{ type = 'S4'; config = @{} } }
                choices   = 'AwsS3, S3Compatible, *HTTP'
            }
            @{
                parameter = '-Status'
                action    = { Get-BatchExport $name | Get-BatchExportRun -Status Faild }
                choices   = 'Starting, Running, Completed, Failed, *'
            }
        ) {
            $seen = Invoke-Watched $action
            $seen.Errors | Should -HaveCount 1
            "$($seen.Errors[0])" | Should -BeLike "$($parameter): *not a valid choice."
            $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike "*$choices*"
        }
    }

    Context 'with a secret in plain text' {
        It 'is an error that says how to give it, without repeating it: <name>' -ForEach @(
            @{ name = 'typed as -ApiKey'; action = { Connect-BatchExportService -ApiKey phx_in_the_open } }
            @{ name = 'piped as -ApiKey'; action = { 'phx_in_the_open' | Connect-BatchExportService } }
            @{
                name   = 'of a destination'
                action = { New-BatchExportDestination -Http -Url https://eu.i.posthog.com/batch/ -Token phx_in_the_open }
            }
        ) {
            $seen = Invoke-Watched $action
            $failure = $seen.Terminating ? $seen.Terminating : $seen.Errors[0]
            "$failure" | Should -BeLike '*Plain text is not accepted*Read-Host -AsSecureString*'
            $failure.Exception | Format-List * -Force | Out-String | Should -Not -BeLike '*phx_in_the_open*'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }
    }

    Context 'with an ambiguous date' {
        It 'is refused with both readings: <_>' -ForEach @(
            '03/11/2026', '3/11/2026', '03-11-2026 12:30', '3.11.2026', "$([datetime]'2026-03-11 12:30:00')"
            [datetimeoffset]::new(2026, 11, 3, 0, 0, 0, 0).ToString([cultureinfo]'en-GB')
            [datetimeoffset]::new(2026, 11, 3, 0, 0, 0, 0).ToString([cultureinfo]'de-DE')
        ) {
            $date = $_
            $seen = Invoke-Watched { Get-BatchExportLog nightly -After $date }
            $seen.Terminating.Exception.Message | Should -BeLike "*'$date' is ambiguous*2026-03-11*2026-11-03*"
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'is an error for that row only' {
            $rows = '2026-11-01', '03/11/2026', '2026-11-03' | ForEach-Object { [pscustomobject]@{ Name = $_; StartAt = $_ } }
            $seen = Invoke-Watched { $rows | New-BatchExport -Interval hour -Destination $http }
            $seen.Output.Name | Should -Be '2026-11-01', '2026-11-03'
            $seen.Errors | Should -HaveCount 1
            "$($seen.Errors[0])" | Should -BeLike "*StartAt*'03/11/2026' is ambiguous*"
        }

        It 'does not exist where only one number can be the day: <_>' -ForEach @(
            '26/11/2026'
            '11/26/2026'
            '26.11.2026 00:00:00 +00:00'
            '26-11-2026'
        ) {
            $null = New-BatchExport -Name x -Interval hour -Destination $http -StartAt $_
            (Get-EmulatorRequest)[-1].body | Should -BeLike '*"start_at":"2026-11-26T00:00:00Z"*'
        }

        It 'does not exist in an unambiguous format: <_>' -ForEach '2026-11-03', '3 Nov 2026', '2026/11/03' {
            $null = New-BatchExport -Name x -Interval hour -Destination $http -StartAt $_
            (Get-EmulatorRequest)[-1].body | Should -BeLike '*"start_at":"2026-11-03T00:00:00Z"*'
        }

        It 'includes years of other calendars and of two digits: <_>' -ForEach '26/11/2569 0:00:00 +00:00', '1448-05-20', '26/11/26' {
            $date = $_
            (Invoke-Watched { Get-BatchExportLog nightly -After $date }).Terminating.Exception.Message |
                Should -BeLike "*'$date' is*Write it as 2026-11-01*"
        }
    }
}
