[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0'
    Connect-Emulator @{ SkipValidation = $true }
    $exports = Get-BatchExport
    $export = $exports | Where-Object Name -EQ prod-events-s3
    $things = @{
        export      = $export
        run         = $export.LastRun
        backfill    = Get-BatchExport nightly | Start-BatchExportBackfill -StartAt 2026-10-01 -EndAt 2026-10-02 | Get-BatchExportBackfill
        entry       = Get-BatchExportLog $export.Id -First 1
        destination = $export.Destination
        check       = Get-BatchExport nightly | Test-BatchExport -Step 0
        saved       = Start-BatchExportRun events -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 |
            Wait-BatchExportRun | Save-BatchExportFile (Join-Path $TestDrive 'data')
    }

    # A console that is not looked at, as a program or a file sees it.
    function Get-Redirected([string] $NoColour) {
        $given = @{ POSTHOG_PERSONAL_API_KEY = $emulator.Key; POSTHOG_HOST = $emulator.Api; TERM = 'xterm-256color'; NO_COLOR = $NoColour }
        (Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest) -Environment $given {
            param($Manifest)
            Import-Module $Manifest
            Get-BatchExport
        }).Output -join "`n"
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Views' {
    It 'add nothing to Format-List *, Select-Object * and JSON of a <_>' -ForEach @(
        'export'
        'run'
        'backfill'
        'entry'
        'destination'
        'check'
        'saved'
    ) {
        $thing = $things[$_]
        $names = $thing.GetType().GetProperties().Name
        $list = $thing | Format-List * | Out-String -Width 300
        foreach ($name in $names) {
            $list | Should -Match "(?m)^$name +:"
        }
        ($thing | Select-Object *).PSObject.Properties.Name | Sort-Object | Should -Be ($names | Sort-Object)
        ($thing | ConvertTo-Json -Depth 3 -WarningAction Ignore | ConvertFrom-Json -AsHashtable).Keys | Sort-Object |
            Should -Be ($names | Sort-Object)
        ($thing | Get-Member -MemberType Properties).Name | Sort-Object | Should -Be ($names | Sort-Object)
    }

    It 'add nothing to the completion of properties at <_>' -ForEach @(
        '[PSBatchExports.BatchExportDestination]@{ '
        'Get-BatchExport | Select-Object '
        'Get-BatchExport | Where-Object { $_.'
        'Get-BatchExportRun | Sort-Object '
    ) {
        $type = $_ -like '*Destination*' ? [PSBatchExports.BatchExportDestination] :
            $_ -like '*Run *' ? [PSBatchExports.BatchExportRun] : [PSBatchExports.BatchExport]
        # In a runspace without $_, whose value would be looked at.
        $shell = [powershell]::Create()
        $shell.Runspace = New-TestRunspace
        try {
            $offered = $shell.AddScript('param($Line) (TabExpansion2 $Line $Line.Length).CompletionMatches').AddArgument($_).Invoke() |
                Where-Object ResultType -EQ Property
        }
        finally {
            $shell.Runspace.Dispose()
            $shell.Dispose()
        }

        # The engine offers its own for every type that says how it is to be written to files.
        $offered.CompletionText | Where-Object { $_ -ne 'PSStandardMembers' } | Sort-Object |
            Should -Be ($type.GetProperties().Name | Sort-Object)
    }

    It 'keep the order of the service' {
        $table = $exports | Out-String -Width 200
        $places = $exports.Name | ForEach-Object { $table.IndexOf($_, [System.StringComparison]::Ordinal) }
        $places | Should -Be ($places | Sort-Object)
    }

    It 'can be selected, filtered and sorted by their headers' {
        ($exports | Where-Object Error).Name | Should -Be 'prod-events-s3'
        ($exports | Sort-Object Error -Descending)[0].Name | Should -Be 'prod-events-s3'
        ($exports | Select-Object Every, Error)[0] | ForEach-Object { $_.Every, $_.Error } |
            Should -Be 'hour', "The bucket 'acme-posthog-exports' does not exist"
        ($exports | Where-Object Every -EQ day).Name | Should -Be 'prod-persons-bigquery'
        $ages = ($exports | Sort-Object LastRunAt).LastRunAt
        $ages | Should -BeOfType datetimeoffset
        $ages | Should -Be ($exports.LastRunAt | Sort-Object)
        ($exports[0].LatestRuns | Where-Object Result -Like '*rows*').Count | Should -BeGreaterThan 5
    }

    It 'can be filtered, grouped and compared by the type of a destination' {
        $one = $exports[0].Destination
        ($exports | Where-Object Destination -EQ awss3).Name | Should -Be 'prod-events-s3'
        ($exports | Where-Object Destination -NE AwsS3).Name | Should -Be 'nightly', 'prod-persons-bigquery'
        ($exports | Where-Object Destination -In AwsS3, BigQuery).Name | Should -Be 'prod-events-s3', 'prod-persons-bigquery'
        ($exports | Where-Object Destination -NotIn AwsS3, BigQuery).Name | Should -Be 'nightly'
        ($exports | Where-Object Destination -Like big*).Name | Should -Be 'prod-persons-bigquery'
        ($exports | Where-Object Destination -Match '^big').Name | Should -Be 'prod-persons-bigquery'
        ($exports | Sort-Object Destination).Destination | ForEach-Object ToString | Should -Be 'AwsS3', 'BigQuery', 'Snowflake'
        @($exports) + @($exports) | Group-Object Destination | ForEach-Object Count | Should -Be 2, 2, 2
        $exports.Destination -contains 'Snowflake' | Should -BeTrue
        'AwsS3' -eq $one | Should -BeTrue
        $one -eq $exports[1].Destination | Should -BeFalse
        $one -eq $null | Should -BeFalse
        $(switch ($one) { AwsS3 { 'hit' } default { 'miss' } }) | Should -Be hit
    }

    It 'have their properties in runspaces without the module, too' {
        $shell = [powershell]::Create()
        try {
            $shell.AddScript('param($export) $export.LastRun.RunId; $export.Every; $export.Error').AddArgument($exports[0]).Invoke() |
                Should -Be $exports[0].LatestRuns[0].RunId, 'hour', $exports[0].Error
        }
        finally {
            $shell.Dispose()
        }
    }

    It 'show an age of <Age> as <Text>' -ForEach @(
        @{ Age = '00:00:10'; Text = '\d\d s ago' }
        @{ Age = '00:59:40'; Text = '59 min ago' }
        @{ Age = '01:00:05'; Text = '1 h ago' }
        @{ Age = '1.23:58:00'; Text = '47 h ago' }
        @{ Age = '2.00:01:00'; Text = '2 d ago' }
        @{ Age = '61.00:00:00'; Text = '2 mo ago' }
        @{ Age = '800.00:00:00'; Text = '2 y ago' }
        @{ Age = '-00:05:30'; Text = 'in 5 min' }
    ) {
        $run = [PSBatchExports.BatchExportRun] @{
            RunId            = 'r'
            Status           = 'Completed'
            FinishedAt       = [datetimeoffset]::UtcNow - [timespan] $age
            RecordsCompleted = 1
        }
        [PSBatchExports.BatchExport] @{ Id = 'e'; Name = 'n'; LatestRuns = [PSBatchExports.BatchExportRun[]] @($run) } |
            Out-String -Width 120 | Should -Match "(?m) $text +n"
        $run | Out-String -Width 120 | Should -Match "1 row, $text"
    }

    It 'group rows by what they belong to: <Name>' -ForEach @(
        @{ Name = 'runs'; Label = 'BatchExport'; Get = { $exports | Get-BatchExportRun -First 2 } }
        @{ Name = 'log entries'; Label = 'Log'; Get = { $exports | Get-BatchExportLog -First 2 } }
        @{ Name = 'checks'; Label = 'BatchExport'; Get = { $exports | Test-BatchExport -Step 0 } }
        @{ Name = 'last runs'; Label = 'BatchExport'; Get = { $exports.LastRun } }
    ) {
        $rows = & $get
        $heads = [regex]::Matches(($rows | Out-String -Width 120), "(?m)^   ${label}: (.*?)\s*$") | ForEach-Object { $_.Groups[1].Value }
        $heads | Should -Be ($exports | ForEach-Object { "$($_.Name) ($($_.Id))" })
        $rows.BatchExportName | Select-Object -Unique | Should -Be $exports.Name
    }

    It 'group rows by id when no name is known' {
        $backfill = $things.backfill
        $backfill.BatchExportName | Should -Be 'nightly'
        $backfill | Out-String | Should -BeLike "*   BatchExport: nightly ($($backfill.BatchExportId))*"
        [PSBatchExports.BatchExportRun] @{ RunId = 'r'; BatchExportId = 'e' } | Out-String | Should -BeLike '*   BatchExport: e*'
        [PSBatchExports.BatchExportRun] @{ RunId = 'r' } | Out-String | Should -BeLike '*   BatchExport: on demand*'
        [PSBatchExports.BatchExportLogEntry] @{ RunId = 'r' } | Out-String | Should -BeLike '*   Log: run r*'
        [PSBatchExports.BatchExportLogEntry] @{ RunId = 'r'; BatchExportId = 'e' } | Out-String | Should -BeLike '*   Log: e, run r*'
        Test-BatchExport -Name new -Step 0 -Destination $things.destination | Out-String |
            Should -BeLike '*   BatchExport: new (not made yet)*'
    }

    It 'have no empty columns for files without a URL' {
        $run = Get-BatchExportRun -OnDemand -First 1
        $run | Get-BatchExportFile | Out-String | Should -Match '(?m)^Index FileId\s*$'
        $described = $run | Get-BatchExportFile -IncludeUrl
        $described | Out-String | Should -Match '(?m)^Index FileId +Length +Name\s*$'
        $described | Should -BeOfType PSBatchExports.BatchExportFile
        $run | Get-BatchExportFile | Out-String | Should -BeLike "*   RunId: $($run.RunId)*"
        $described | Format-List | Out-String | Should -Match 'ExpiresAt +: .*\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ'
    }

    It 'show the full progress of a backfill, and its times in ISO form' {
        $progress = [PSBatchExports.BatchExportBackfillProgress] @{ TotalRuns = 8760; FinishedRuns = 8760 }
        $backfill = [PSBatchExports.BatchExportBackfill] @{
            BackfillId = 'b' * 36
            Status     = 'Completed'
            Progress   = $progress
            StartAt    = '2026-01-01T00:00:00Z'
            EndAt      = '2026-12-31T22:30:00Z'
        }
        $text = $backfill | Out-String -Width 80
        $text | Should -Match ' 8760/8760 2026-01-01 +2026-12-31'
        $text | Should -Match '(?m)^ +22:30Z'
        $backfill | Out-String -Width 120 | Should -Match ' 2026-12-31 22:30Z'
        [PSBatchExports.BatchExportBackfill] @{ BackfillId = 'b'; EndAt = $null } | Out-String | Should -Match ' beginning +now'
    }

    It 'show the status of an unfinished run in place of its age' {
        $run = [PSBatchExports.BatchExportRun] @{ RunId = 'r'; Status = 'Running'; CreatedAt = [datetimeoffset]::UtcNow.AddHours(-2) }
        [PSBatchExports.BatchExport] @{ Id = 'e'; Name = 'n'; LatestRuns = [PSBatchExports.BatchExportRun[]] @($run) } |
            Out-String -Width 120 | Should -Match '(?m) running +n'
    }

    It 'show times in UTC and numbers alike in culture <_>' -ForEach 'en-US', 'de-DE', 'th-TH', 'ar-SA' {
        $culture = [cultureinfo]::CurrentCulture
        try {
            [cultureinfo]::CurrentCulture = $_
            $at = [datetimeoffset]::new(2026, 11, 3, 5, 0, 0, [timespan]::FromHours(5))
            [PSBatchExports.BatchExportRun] @{ RunId = 'r'; DataIntervalEnd = $at } | Out-String | Should -Match ' 2026-11-03 00:00Z'
            [PSBatchExports.BatchExportRun] @{ RunId = 'r'; DataIntervalEnd = $at } | Format-List | Out-String |
                Should -Match 'DataIntervalEnd +: (\e\[0m)?2026-11-03 00:00:00Z'
            [PSBatchExports.SavedBatchExportFile] @{
                RunId    = 'r'
                FileId   = 'f'
                Index    = 0
                FullName = '/f'
                Name     = 'f'
                Length   = 1572864
                Duration = [timespan]::FromSeconds(1.24)
            } | Out-String | Should -Match ' 1\.5 MiB +1\.2 s '
        }
        finally {
            [cultureinfo]::CurrentCulture = $culture
        }
    }

    It 'show ids on demand, and names in columns' {
        $exports | Format-Table -View Ids | Out-String | Should -BeLike "*$($export.Id)*"
        $exports | Format-Wide | Out-String | Should -Match 'prod-events-s3\s+nightly'
    }

    It 'work in constrained language mode' {
        $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest) -Environment @{
            POSTHOG_PERSONAL_API_KEY = $emulator.Key
            POSTHOG_HOST             = $emulator.Api
        } {
            param($Manifest)
            Import-Module $Manifest
            $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
            $exports = Get-BatchExport
            $exports | Format-Table | Out-String -Width 160
            $exports[0].LatestRuns | Format-Table | Out-String -Width 160
            $exports[0].Destination | Format-Table | Out-String -Width 160
            Get-BatchExportLog $exports[0].Id -First 1 | Format-Table | Out-String -Width 160
        }
        $run.Errors | Should -BeNullOrEmpty
        $text = $run.Output -join "`n"
        $text | Should -Match 'Failing +hour +AwsS3 +\d+ \w+ ago +prod-events-s3 +The bucket'
        $text | Should -Match '100 rows, .+, took 1 min 42 s, \d+ h ago'
        $text | Should -Match 'bucket_name = acme-posthog-exports'
        $text | Should -Match '\d\d:\d\d:\d\dZ ERROR'
    }
}

Describe 'Colors of states' {
    BeforeEach {
        $rendering = $PSStyle.OutputRendering
    }

    AfterEach {
        $PSStyle.OutputRendering = $rendering
    }

    It 'are shown when the output supports them' {
        $PSStyle.OutputRendering = 'Ansi'
        $table = $exports | Out-String -Width 200
        $table | Should -Match ([regex]::Escape("$($PSStyle.Foreground.Red)Failing$($PSStyle.Reset)"))
        $table | Should -Match ([regex]::Escape("$($PSStyle.Foreground.Yellow)Paused$($PSStyle.Reset)"))
    }

    It 'are not shown in plain text' {
        $PSStyle.OutputRendering = 'PlainText'
        $exports | Out-String -Width 200 | Should -Not -Match '\e'
    }

    It 'are not written to a file or another program' {
        $text = Get-Redirected
        $text | Should -BeLike '*Failing*'
        $text | Should -Not -Match '\e'
        $exports | Out-File (Join-Path $TestDrive 'exports.txt')
        Get-Content (Join-Path $TestDrive 'exports.txt') -Raw | Should -Not -Match '\e'
    }

    It 'are not shown with NO_COLOR' {
        Get-Redirected -NoColour 1 | Should -Not -Match '\e'
    }
}
