[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'They change an emulator of the tests only.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--exports', '8', '--run-duration', '0.3', '--events-per-hour', '60'
    Connect-Emulator
    $o = $emulator.OrganizationId
    $base = "/api/projects/$($emulator.ProjectId)/batch_exports/"
    $downloads = "/api/projects/$($emulator.ProjectId)/file_download_batch_exports/"

    # One line a request, without the host: 'GET /api/...?limit=1'.
    function Get-Sent([string] $Method = '*') {
        @(Get-EmulatorRequest | Where-Object method -Like $Method |
            ForEach-Object { "$($_.method) $($_.path)$($_.query -replace '^(?=[^?])', '?')" })
    }

    function Get-SentBody([string] $Method) {
        (Get-EmulatorRequest | Where-Object method -EQ $Method | Select-Object -Last 1).body | ConvertFrom-Json -AsHashtable
    }

    function Get-Secret([string] $Name) {
        [System.Net.NetworkCredential]::new($Name, $emulator.Key).SecurePassword
    }

    function Start-Hour([int] $Count = 1) {
        1..$Count |
            ForEach-Object { Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-01T01:00Z -Format JSONLines }
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Pipelines over exports' {
    BeforeEach {
        Reset-Emulator
        Push-Location $TestDrive
    }

    AfterEach {
        Pop-Location
    }

    It 'Get-BatchExport -First 3 -Skip 2 -IncludeTotalCount: one request, the total first' {
        $seen = @(Get-BatchExport -First 3 -Skip 2 -IncludeTotalCount)
        $seen | Should -HaveCount 4
        $seen[0] | Should -BeOfType uint64
        $seen[0] | Should -Be 8
        $seen[0].Accuracy | Should -Be 1.0
        Get-Sent | Should -Be "GET $($base)?limit=3&offset=2"
    }

    It 'Get-BatchExport | Select-Object -First 1: stops after the first page' {
        $null = Add-EmulatorExport -Count 300
        Get-BatchExport | Select-Object -First 1 | Should -HaveCount 1
        (Get-Sent).Count | Should -BeLessOrEqual 2
    }

    It 'Get-BatchExport prod-* | Where-Object Interval -eq hour | Suspend-BatchExport -WhatIf: changes nothing' {
        Get-BatchExport prod-* | Where-Object Interval -EQ hour | Suspend-BatchExport -WhatIf
        Get-Sent POST | Should -BeNullOrEmpty
    }

    It 'Get-BatchExport prod-* | Suspend-BatchExport -PassThru | Format-Table: pauses, and shows that' {
        $text = Get-BatchExport prod-* | Suspend-BatchExport -PassThru | Format-Table | Out-String
        ($text | Select-String -Pattern '\bPaused\b' -AllMatches).Matches.Count | Should -BeGreaterOrEqual 3
        Get-Sent POST | Should -HaveCount 3
        Get-BatchExport prod-* -Paused $true | Should -HaveCount 3
    }

    It 'Get-BatchExport -OrganizationId $o | Suspend-BatchExport -OrganizationId $o: stays on the organization''s routes' {
        Get-BatchExport -OrganizationId $o | Suspend-BatchExport -OrganizationId $o
        Get-Sent POST | Should -HaveCount 9
        Get-Sent | Where-Object { $_ -notlike "* /api/organizations/$o/batch_exports/*" } | Should -BeNullOrEmpty
    }

    It 'Import-Csv | New-BatchExport -Destination (New-BatchExportDestination ...): one export a row' {
        Set-Content exports.csv "Name,Interval,Paused,OffsetHour,TimeZone`na,hour,true,,`nb,day,false,3,Europe/Berlin"
        $made = Import-Csv exports.csv |
            New-BatchExport -Destination (New-BatchExportDestination -AwsS3 -BucketName b -Region eu-west-1 -Prefix p -IntegrationId 731)
        $made.Name | Should -Be @('a', 'b')
        $made.Paused | Should -Be @($true, $false)
        $made.OffsetHour | Should -Be @($null, 3)
        $made.Destination.Config.bucket_name | Should -Be @('b', 'b')
        Get-Sent | Should -Be @("POST $base", "POST $base")
    }

    It 'Get-BatchExport nightly | Set-BatchExport -Interval day -OffsetHour 3 -TimeZone Europe/Berlin: sends these three' {
        $nightly = Get-BatchExport nightly
        $nightly | Set-BatchExport -Interval day -OffsetHour 3 -TimeZone Europe/Berlin
        Get-Sent PATCH | Should -Be "PATCH $base$($nightly.Id)/"
        (Get-SentBody PATCH).Keys | Sort-Object | Should -Be @('interval', 'offset_hour', 'timezone')
        (Get-Sent GET).Count | Should -BeLessOrEqual 2
        (Get-BatchExport nightly).OffsetHour | Should -Be 3
    }
}

Describe 'Pipelines over scheduled runs' {
    BeforeEach {
        Reset-Emulator
    }

    It 'Get-BatchExport -Name nightly | Get-BatchExportRun -Status Failed -After ... | Restart-BatchExportRun: each failed run again' {
        $failed = Get-BatchExport nightly | Get-BatchExportRun -First 3 | Select-Object -Skip 1
        $failed | ForEach-Object { Set-EmulatorRun $_.RunId Failed }
        Clear-EmulatorRequest

        $restarted = Get-BatchExport -Name nightly | Get-BatchExportRun -Status Failed -After (Get-Date).AddDays(-30) |
            Restart-BatchExportRun

        $restarted.RestartedRunId | Should -Be $failed.RunId
        $restarted.BatchExportId | Select-Object -Unique | Should -Be $failed[0].BatchExportId
        $restarted.BackfillId | ForEach-Object { $_ | Should -BeLike "$($failed[0].BatchExportId)-Backfill-*" }
        Get-Sent POST | Should -BeLike '*/retry/*'
        Get-Sent POST | Should -HaveCount 2
    }

    It 'Get-BatchExport | Get-BatchExportRun -Status Failed | Suspend-BatchExport: pauses the exports' {
        Get-BatchExport | Get-BatchExportRun -Status Failed -WarningAction SilentlyContinue | Suspend-BatchExport
        $failing = 'events-databricks', 'prod-events-s3'
        Get-Sent POST | Sort-Object | Should -Be @(Get-BatchExport $failing | ForEach-Object { "POST $base$($_.Id)/pause/" } | Sort-Object)
        (Get-BatchExport -Paused $true).Name | Sort-Object | Should -Be @($failing + 'prod-persons-bigquery')
    }

    It 'Get-BatchExport | Get-BatchExportLog -Level ERROR -Search timeout: the matching lines of all' {
        $ids = (Get-BatchExport nightly, events-r2).Id
        Add-EmulatorLog @($ids |
            ForEach-Object {
                @{ sourceId = $_; level = 'ERROR'; message = 'A timeout' }
                @{ sourceId = $_; level = 'INFO'; message = 'No timeout' }
            })
        $lines = Get-BatchExport | Get-BatchExportLog -Level ERROR -Search timeout
        $lines.Message | Should -Be @('A timeout', 'A timeout')
        $lines.BatchExportId | Sort-Object | Should -Be ($ids | Sort-Object)
    }

    It 'Get-BatchExport nightly | Get-BatchExportRun -First 1 | Get-BatchExportLog: that run''s part of the export''s log' {
        $run = Get-BatchExport nightly | Get-BatchExportRun -First 1
        $lines = Get-BatchExport nightly | Get-BatchExportRun -First 1 | Get-BatchExportLog
        $lines | Should -Not -BeNullOrEmpty
        $lines.RunId | Select-Object -Unique | Should -Be $run.RunId
        $lines | Where-Object Timestamp -LT $run.CreatedAt.AddMinutes(-1) | Should -BeNullOrEmpty
        (Get-BatchExportLog $run.BatchExportId).Count | Should -BeGreaterThan @($lines).Count
    }

    It 'Get-BatchExport nightly | Get-BatchExportRun -First 1 | Stop-BatchExportRun: cancels it' {
        $run = Get-BatchExport nightly | Get-BatchExportRun -First 1
        Get-BatchExport nightly | Get-BatchExportRun -First 1 | Stop-BatchExportRun
        Get-Sent POST | Should -BeLike "POST $base$($run.BatchExportId)/runs/$($run.RunId)/cancel/*"
        ($run | Get-BatchExportRun).Status | Should -Be Cancelled
    }

    It 'Get-BatchExport nightly | Start-BatchExportBackfill -StartAt 2026-10-01 -EndAt 2026-10-08: the week again' {
        $started = Get-BatchExport nightly | Start-BatchExportBackfill -StartAt 2026-10-01 -EndAt 2026-10-08
        (Get-EmulatorRequest | Where-Object method -EQ POST).body |
            Should -Be '{"start_at":"2026-10-01T00:00:00Z","end_at":"2026-10-08T00:00:00Z"}'
        ($started | Get-BatchExportBackfill).BackfillId | Should -Be $started.BackfillId
    }
}

Describe 'Pipelines over on-demand runs' {
    BeforeEach {
        Reset-Emulator
        Push-Location (New-Item -ItemType Directory -Path (Join-Path $TestDrive ([guid]::NewGuid())))
    }

    AfterEach {
        Pop-Location
    }

    It 'Start-BatchExportRun ... | Wait-BatchExportRun | Save-BatchExportFile ./data: a file' {
        $saved = Start-BatchExportRun events -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 -Format JSONLines -Compression gzip |
            Wait-BatchExportRun | Save-BatchExportFile ./data
        $saved.FullName | Should -Exist
        $saved.Name | Should -BeLike '*.jsonl.gz'
        $saved.Length | Should -Be (Get-Item -LiteralPath $saved.FullName).Length
        Get-Sent POST | Should -HaveCount 1
    }

    It '1..7 | ForEach-Object { Start-BatchExportRun ... } | Wait-BatchExportRun | Save-BatchExportFile ./week: a file a run' {
        $saved = 1..7 |
            ForEach-Object {
                Start-BatchExportRun events -DataIntervalStart "2026-10-0$_" -DataIntervalEnd "2026-10-0${_}T12:00Z"
            } | Wait-BatchExportRun | Save-BatchExportFile ./week
        $saved | Should -HaveCount 7
        $saved.RunId | Select-Object -Unique | Should -HaveCount 7
        Get-ChildItem week | Should -HaveCount 7
        Get-Sent POST | Should -HaveCount 7
    }

    It 'Get-BatchExportRun -OnDemand | Where-Object Status -eq Running | Stop-BatchExportRun -Confirm:$false: stops those' {
        $runs = Start-Hour 3
        Set-EmulatorRun $runs[0].RunId Running
        Set-EmulatorRun $runs[1].RunId Completed
        Set-EmulatorRun $runs[2].RunId Running
        Clear-EmulatorRequest
        Get-BatchExportRun -OnDemand | Where-Object Status -EQ Running | Stop-BatchExportRun -Confirm:$false
        Get-Sent POST | Should -Be @("POST $downloads$($runs[2].RunId)/cancel/", "POST $downloads$($runs[0].RunId)/cancel/")
        (Get-BatchExportRun -OnDemand).Status | Should -Be @('Cancelled', 'Completed', 'Cancelled')
    }

    It 'Get-BatchExportRun -OnDemand -RunId $id | Get-BatchExportFile -IncludeUrl | Select-Object Url: what another tool needs' {
        $id = (Start-Hour | Wait-BatchExportRun).RunId
        $file = Get-BatchExportRun -OnDemand -RunId $id | Get-BatchExportFile -IncludeUrl | Select-Object Name, Length, Url
        $file.Name | Should -BeLike '*.jsonl'
        (Invoke-WebRequest $file.Url -NoProxy).RawContentLength | Should -Be $file.Length
    }

    It 'Get-BatchExportFile $id | Where-Object Index -lt 2 | Save-BatchExportFile ./data: two files, each once' {
        $id = (Start-BatchExportRun events -DataIntervalStart 2026-10-01 -DataIntervalEnd 2026-10-07 -Format JSONLines -MaxFileSizeMB 1 |
            Wait-BatchExportRun).RunId
        Get-BatchExportFile $id | Measure-Object | ForEach-Object Count | Should -BeGreaterThan 2
        Clear-EmulatorRequest
        $saved = Get-BatchExportFile $id | Where-Object Index -LT 2 | Save-BatchExportFile ./data
        $saved.Index | Sort-Object | Should -Be @(0, 1)
        Get-ChildItem data | Should -HaveCount 2
        Get-Sent | Where-Object { $_ -like '*/download/*' } | Should -HaveCount 2
    }
}

Describe 'Pipelines over connections' {
    It '1..4 | ForEach-Object -Parallel { Get-BatchExport -First 1 -Connection $using:c }: one connection for all' {
        Clear-EmulatorRequest
        $folder = Join-Path $TestDrive 'PSBatchExports'
        $null = New-Item -ItemType Directory -Path $folder
        'PSBatchExports.psd1', 'module', 'lib' |
            ForEach-Object { Copy-Item -LiteralPath (Join-Path (Split-Path (Get-ModuleUnderTest)) $_) -Destination $folder -Recurse }

        $run = Invoke-InFreshPwsh -Arguments $emulator.Api, $emulator.ProjectId -Environment @{
            PSModulePath             = "$TestDrive$([System.IO.Path]::PathSeparator)$env:PSModulePath"
            POSTHOG_PERSONAL_API_KEY = $emulator.Key
        } {
            param($ApiHost, $ProjectId)
            $c = Connect-BatchExportService -ApiHost $ApiHost -ProjectId $ProjectId -PassThru
            1..4 | ForEach-Object -Parallel { Get-BatchExport -First 1 -Connection $using:c } | ForEach-Object Name
        }

        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -HaveCount 4
        Get-Sent | Should -HaveCount 5
    }

    It 'Get-Secret PostHog | Connect-BatchExportService: the key by the pipeline' {
        $c = Get-Secret PostHog | Connect-BatchExportService -ApiHost $emulator.Api -ProjectId $emulator.ProjectId -PassThru
        Get-BatchExport -First 1 -Connection $c | Should -HaveCount 1
        "$c $($c | Format-List * | Out-String)" | Should -Not -BeLike "*$($emulator.Key)*"
    }

    It '... -Region Eu: goes to the region''s host' {
        $c = Get-Secret PostHog | Connect-BatchExportService -Region Eu -SkipValidation -PassThru
        $c.ApiHost | Should -Be 'https://eu.posthog.com/'
        $c | Disconnect-BatchExportService
    }
}
