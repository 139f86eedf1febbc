[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--exports', '8'
    Connect-Emulator @{ MaximumRetryCount = 0 }
    $snowflake = @{ type = 'Snowflake'; config = @{ database = 'd'; warehouse = 'missing-warehouse'; schema = 's' }; integration = 802 }
    $bucket = @{ type = 'AwsS3'; config = @{ bucket_name = 'b'; region = 'r'; prefix = 'p' }; integration = 731 }

    function Get-Posted {
        @(Get-EmulatorRequest | Where-Object method -EQ POST | ForEach-Object { $_.body | ConvertFrom-Json -AsHashtable })
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Test-BatchExport' {
    BeforeEach {
        Reset-Emulator
    }

    It 'runs the checks of <Type> in order, for a stored export' -ForEach @(
        @{ Type = 'AwsS3'; Name = 'prod-events-s3'; Status = 'Skipped', 'Passed' }
        @{ Type = 'S3Compatible'; Name = 'events-r2'; Status = , 'Passed' }
        @{ Type = 'Snowflake'; Name = 'nightly'; Status = @('Passed') * 4 }
        @{ Type = 'BigQuery'; Name = 'prod-persons-bigquery'; Status = @('Passed') * 5 }
        @{ Type = 'Databricks'; Name = 'events-databricks'; Status = @('Passed') * 5 }
        @{ Type = 'AzureBlob'; Name = 'weekly-sessions-azure'; Status = , 'Passed' }
    ) {
        $export = Get-BatchExport $Name
        $results = @($export | Test-BatchExport)
        $results.Status | Should -Be $Status
        $results.Step | Should -Be @(0..($Status.Count - 1))
        $results.BatchExportId | Select-Object -Unique | Should -Be $export.Id
        $results.Name | Should -Not -Contain $null
        foreach ($sent in Get-Posted) {
            $sent.destination.config.Count | Should -Be 0
            $sent.destination.integration | Should -Be $export.Destination.Integration
        }
    }

    It 'stops after a failed check, and reports the rest as not run' {
        $results = Test-BatchExport -Name new -Destination $snowflake -Interval day -Model persons
        $results.Status | Should -Be @('Passed', 'Failed', 'Skipped', 'Skipped')
        $results[1].Message | Should -BeLike '*missing-warehouse*'
        $results[2].Message | Should -Be "Not run, because 'Verify Snowflake warehouse' failed."
        $results[0].BatchExportId | Should -BeNullOrEmpty
        $sent = Get-Posted
        $sent.step | Should -Be @(0, 1)
        $sent[0].name, $sent[0].interval, $sent[0].model | Should -Be @('new', 'day', 'persons')
    }

    It 'runs only the checks that are named, in their order' {
        $results = Test-BatchExport -Destination $snowflake -Step 3, 0
        $results.Step | Should -Be @(0, 3)
        (Get-Posted).step | Should -Be @(0, 3)
    }

    It 'refuses a check that the type does not have' {
        $seen = Invoke-Watched { Test-BatchExport -Destination $bucket -Step 0, 2 }
        $seen.Errors[0].CategoryInfo.Category | Should -Be InvalidArgument
        "$($seen.Errors[0])" | Should -BeLike 'There is no check 2; this type has 2, from 0 on.'
        Get-Posted | Should -BeNullOrEmpty
    }

    It 'reports that <_> has no checks' -ForEach 'Postgres', 'Redshift', 'HTTP', 'NoOp', 'lakeHouse' {
        $seen = Invoke-Watched { Test-BatchExport -Destination @{ type = $_; config = @{} } }
        $seen.Output | Should -BeNullOrEmpty
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Warnings | Should -Be "PostHog has no checks for destinations of type '$_'."
        Get-Posted | Should -BeNullOrEmpty
    }

    It 'continues after an export without checks and an unknown one' {
        $names = 'prod-events-postgres', 'events-r2'
        $seen = Invoke-Watched {
            @([pscustomobject]@{ Id = '0195f1c2-0000-0000-0000-00000000dead' }) + (Get-BatchExport $names) | Test-BatchExport
        }
        $seen.Errors | Should -HaveCount 1
        $seen.Warnings | Should -HaveCount 1
        $seen.Output | Should -HaveCount 1
    }

    It 'sends nothing with -WhatIf' {
        $id = (Get-BatchExport nightly).Id
        Clear-EmulatorRequest
        Test-BatchExport $id -WhatIf
        Test-BatchExport -Destination $bucket -WhatIf
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'reports what the server refuses, naming the parameter' {
        $seen = Invoke-Watched {
            Test-BatchExport -Destination @{ type = 'AwsS3'; config = @{ bucket_name = 'b'; region = 'r'; prefix = 'p' } }
        }
        "$($seen.Errors[0])" | Should -BeLike '-Destination: Integration is required*'
    }
}

Describe 'Measure-BatchExportQuery' {
    BeforeEach {
        Reset-Emulator
    }

    It 'outputs the count and the query' {
        $measure = Measure-BatchExportQuery 'SELECT event FROM events'
        $measure.Count | Should -Be 1000
        $measure.HogQLQuery | Should -Be 'SELECT event FROM events'
        (Get-EmulatorRequest)[-1].body | Should -Be '{"model":"hogql","hogql_query":"SELECT event FROM events"}'
    }

    It 'sends modifiers and bounds' {
        $query = 'SELECT event FROM events WHERE timestamp >= {data_interval_start} AND timestamp < {data_interval_end}'
        $modifier = @{ optimizeProjections = $true }
        $measure = Measure-BatchExportQuery $query -HogQLModifier $modifier -DataIntervalStart 2026-10-01 -DataIntervalEnd 2026-10-02
        $measure.Count | Should -Be 24
        $measure.DataIntervalEnd | Should -Be ([datetimeoffset] '2026-10-02Z')
        $sent = @(Get-Posted)[0]
        $sent.hogql_modifiers.optimizeProjections | Should -BeTrue
        (Get-EmulatorRequest)[-1].body |
            Should -BeLike '*"data_interval_start":"2026-10-01T00:00:00Z","data_interval_end":"2026-10-02T00:00:00Z"*'
    }

    It 'sends -Utc as a modifier, and refuses it with the opposite one' {
        $null = Measure-BatchExportQuery 'SELECT event FROM events' -Utc -HogQLModifier @{ optimizeProjections = $true }
        @(Get-Posted)[0].hogql_modifiers.convertToProjectTimezone | Should -BeFalse
        @(Get-Posted)[0].hogql_modifiers.optimizeProjections | Should -BeTrue
        $seen = Invoke-Watched {
            Measure-BatchExportQuery 'SELECT event FROM events' -Utc -HogQLModifier @{ convertToProjectTimezone = $true }
        }
        "$($seen.Errors[0])" | Should -BeLike '-Utc *-HogQLModifier *'
        Get-Posted | Should -HaveCount 1
    }

    It 'accepts queries from the pipeline, and continues after an invalid one' {
        $seen = Invoke-Watched {
            'SELECT event FROM events', 'SELECT count() FROM events', 'SELECT uuid FROM events' | Measure-BatchExportQuery
        }
        $seen.Output.HogQLQuery | Should -Be @('SELECT event FROM events', 'SELECT uuid FROM events')
        $seen.Errors | Should -HaveCount 1
        "$($seen.Errors[0])" | Should -BeLike '-HogQLQuery: Every column*'
        $seen.Errors[0].TargetObject | Should -Be 'SELECT count() FROM events'
    }

    It 'reports a count that takes too long as a timeout, with a remedy' {
        Set-EmulatorSwitch @{ countTimesOut = $true }
        $seen = Invoke-Watched { Measure-BatchExportQuery 'SELECT event FROM events' }
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'QueryTimedOut,*'
        $seen.Errors[0].CategoryInfo.Category | Should -Be OperationTimeout
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*WHERE*'
        Get-Posted | Should -HaveCount 1
    }

    It 'reports a missing bound by the name of its parameter' {
        $seen = Invoke-Watched { Measure-BatchExportQuery 'SELECT event FROM events WHERE timestamp < {data_interval_end}' }
        "$($seen.Errors[0])" | Should -BeLike '-DataIntervalEnd: *'
    }

    It 'sends nothing for no query' {
        @() | Measure-BatchExportQuery
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }
}
