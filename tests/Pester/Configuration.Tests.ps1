[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator
    Connect-Emulator @{ MaximumRetryCount = 0 }

    # Replaces a text in the file of an export.
    function Edit-File([string] $Name, [string] $Old, [string] $New) {
        $file = Join-Path $folder "$Name.json"
        $text = Get-Content -LiteralPath $file -Raw
        $text.Contains($Old) | Should -BeTrue
        Set-Content -LiteralPath $file -Value $text.Replace($Old, $New) -NoNewline
    }

    function Get-Change {
        @(Get-EmulatorRequest | Where-Object method -NE GET | ForEach-Object { "$($_.method) $($_.body)".Trim() })
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Configuration files' {
    BeforeEach {
        Reset-Emulator
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $files = Get-BatchExport | Export-BatchExportConfiguration $folder
        Clear-EmulatorRequest
    }

    AfterEach {
        $env:WEB_TOKEN = $null
    }

    It 'are output as Get-ChildItem outputs them' {
        $item = Get-Item (Join-Path $folder nightly.json)
        $file = $files | Where-Object Name -EQ nightly.json
        $file.PSPath | Should -Be $item.PSPath
        $file.PSParentPath | Should -Be $item.PSParentPath
        ($file | Get-Content -Raw) | Should -Be (Get-Content $item -Raw)
        ($file | Out-String) | Should -Be ($item | Out-String)
    }

    It 'are equal to the exports that they were written from' {
        $files | Should -BeOfType System.IO.FileInfo
        $files.Name | Should -Be 'prod-events-s3.json', 'nightly.json', 'prod-persons-bigquery.json'
        Compare-BatchExportConfiguration $folder -Scope * | Should -BeNullOrEmpty
        $equal = Compare-BatchExportConfiguration $folder -IncludeEqual
        $equal.Change | Should -Be Equal, Equal, Equal
        $equal.Name | Should -Be 'nightly', 'prod-events-s3', 'prod-persons-bigquery'
        Get-Change | Should -BeNullOrEmpty
    }

    It 'are replaced only with -Force, wherever they are in the folder' {
        $sub = New-Item -ItemType Directory -Path (Join-Path $folder 'team')
        Move-Item -LiteralPath (Join-Path $folder 'nightly.json') -Destination (Join-Path $sub 'moved.json')
        Set-BatchExport nightly -Interval day
        $seen = Invoke-Watched { Get-BatchExport nightly | Export-BatchExportConfiguration $folder }
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'FileExists,*'
        $written = Get-BatchExport nightly | Export-BatchExportConfiguration $folder -Force
        $written.FullName | Should -Be (Join-Path $sub 'moved.json')
        Get-Content -LiteralPath $written | Should -Contain '  "interval": "day",'
        Get-Content -LiteralPath $written | Should -Contain '  "$schema": "../batch-export.v1.schema.json",'
        Join-Path $folder 'nightly.json' | Should -Not -Exist
    }

    It 'differ in what was changed, shown as a plan and announced by -WhatIf without a write' {
        Edit-File nightly '"interval": "hour"' '"interval": "day"'
        Edit-File nightly '"schema": "POSTHOG"' '"schema": "RAW"'
        $plan = Compare-BatchExportConfiguration $folder
        $plan.Change | Should -Be Update
        $plan.File | Should -Be (Join-Path $folder 'nightly.json')
        $plan.Field.Path | Should -Contain interval
        ($plan | Out-String -Width 80) -split '\r?\n' |
            Should -Contain "    destination.config.schema: 'POSTHOG' -> 'RAW'"
        $plan | Sync-BatchExportConfiguration -WhatIf
        Get-Change | Should -BeNullOrEmpty
    }

    It 'are applied to the exports, and a second time without a write' {
        Edit-File nightly '"schema": "POSTHOG"' '"schema": "RAW"'
        $synced = Compare-BatchExportConfiguration $folder | Sync-BatchExportConfiguration -PassThru
        $synced.Name | Should -Be nightly
        $synced.Destination.Config.schema | Should -Be RAW
        @(Get-Change) | Should -HaveCount 1
        Clear-EmulatorRequest
        Compare-BatchExportConfiguration $folder | Sync-BatchExportConfiguration -PassThru | Should -BeNullOrEmpty
        Get-Change | Should -BeNullOrEmpty
    }

    It 'create an export once, with the secret of the environment' {
        Set-Content -LiteralPath (Join-Path $folder 'web.json') -Value (@{
                name        = 'web'
                interval    = 'hour'
                destination = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'env:WEB_TOKEN' } }
            } | ConvertTo-Json -Depth 5)
        $plan = Compare-BatchExportConfiguration $folder
        $seen = Invoke-Watched { $plan | Sync-BatchExportConfiguration }
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'SecretMissing,*'
        "$($seen.Errors)" | Should -Be "'web': The environment variable WEB_TOKEN, which holds 'token', is not set."
        Get-Change | Should -BeNullOrEmpty

        $env:WEB_TOKEN = 'phc_of_another_project'
        $plan | Sync-BatchExportConfiguration
        Get-Change | Should -BeLike 'POST *phc_of_another_project*'
        Compare-BatchExportConfiguration $folder -Scope * | Should -BeNullOrEmpty
        $seen = Invoke-Watched { $plan | Sync-BatchExportConfiguration }
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'ExportMoved,*'
        @(Get-BatchExport web) | Should -HaveCount 1
    }

    It 'rename an export by previousName' {
        Edit-File nightly '"name": "nightly"' '"name": "hourly", "previousName": "nightly"'
        $before = Get-BatchExport nightly
        $plan = Compare-BatchExportConfiguration $folder -Scope *
        $plan.BatchExportId | Should -Be $before.Id
        "$($plan.Field)" | Should -Be "name: 'nightly' -> 'hourly'"
        $plan | Sync-BatchExportConfiguration
        (Get-BatchExport hourly).Id | Should -Be $before.Id
        Compare-BatchExportConfiguration $folder -Scope * | Should -BeNullOrEmpty
    }

    It 'remove exports only within -Scope and with -Prune' {
        Remove-Item -LiteralPath (Join-Path $folder 'nightly.json'), (Join-Path $folder 'prod-persons-bigquery.json')
        Compare-BatchExportConfiguration $folder | Should -BeNullOrEmpty
        $plan = Compare-BatchExportConfiguration $folder -Scope prod-*
        "$plan" | Should -Be 'Remove prod-persons-bigquery'
        $seen = Invoke-Watched { $plan | Sync-BatchExportConfiguration -Confirm:$false }
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'PruneNotGiven,*'
        "$($seen.Errors)" | Should -Be '1 export without a file is not removed: prod-persons-bigquery.'
        Get-Change | Should -BeNullOrEmpty
        $plan | Sync-BatchExportConfiguration -Prune -Confirm:$false
        (Get-BatchExport).Name | Should -Be 'prod-events-s3', 'nightly'
    }

    It 'replace an export only with -AllowReplace' {
        Edit-File nightly '"model": "events"' '"model": "persons"'
        $before = Get-BatchExport nightly
        $plan = Compare-BatchExportConfiguration $folder
        $plan.Change | Should -Be Replace
        $seen = Invoke-Watched { $plan | Sync-BatchExportConfiguration -Confirm:$false }
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'ReplaceNotAllowed,*'
        Get-Change | Should -BeNullOrEmpty
        $made = $plan | Sync-BatchExportConfiguration -AllowReplace -Confirm:$false -PassThru
        $made.Model, $made.Paused, $made.Name | Should -Be 'persons', $false, 'nightly'
        $made.Id | Should -Not -Be $before.Id
        Compare-BatchExportConfiguration $folder -Scope * | Should -BeNullOrEmpty
    }

    It 'with a mistake are errors that name file and line, and nothing is proposed for removal' {
        Edit-File nightly '"interval"' '"intervall"'
        Edit-File prod-events-s3 '"hour"' '"day"'
        Remove-Item -LiteralPath (Join-Path $folder 'prod-persons-bigquery.json')
        $seen = Invoke-Watched { Compare-BatchExportConfiguration $folder -Scope * }
        "$($seen.Errors[0])" |
            Should -Be "'$(Join-Path $folder 'nightly.json')', line 5: A configuration has no key 'intervall'. Did you mean 'interval'?"
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        $seen.Errors[-1].FullyQualifiedErrorId | Should -BeLike 'FolderIncomplete,*'
        "$($seen.Output)" | Should -Be 'Update prod-events-s3'
    }

    It 'get the values of an overlay' {
        $overlay = Join-Path $folder 'staging.overlay.json'
        $prefix = '{"destination": {"config": {"prefix": "staging/"}}}'
        Set-Content -LiteralPath $overlay -Value "{`"exports`": {`"prod-*`": $prefix, `"nightly`": {`"paused`": true}}}"
        Edit-File prod-persons-bigquery '"dataset_id"' '"intervall": 1, "dataset_id"'
        $nightly = Compare-BatchExportConfiguration (Join-Path $folder 'nightly.json') -Overlay $overlay
        "$($nightly.Field)" | Should -Be 'paused: false -> true'

        # BigQuery has no prefix: that is a mistake of the overlay, while the other one is in the file.
        $seen = Invoke-Watched { Compare-BatchExportConfiguration $folder -Overlay $overlay }
        $seen.Errors.Exception.File | Sort-Object | Should -Be (Join-Path $folder 'prod-persons-bigquery.json'), $overlay
        $events = $seen.Output | Where-Object Name -EQ prod-events-s3
        "$($events.Field)" | Should -Be "destination.config.prefix: 'posthog/{year}/{month}/{day}/' -> 'staging/'"
    }

    It 'are left alone where an export has changed since the comparison, and the others are applied' {
        Edit-File nightly '"interval": "hour"' '"interval": "day"'
        Edit-File prod-persons-bigquery '"table_id": "persons"' '"table_id": "people"'
        $plan = Compare-BatchExportConfiguration $folder
        Set-BatchExport nightly -TimeZone Europe/Berlin
        $seen = Invoke-Watched { $plan | Sync-BatchExportConfiguration }
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'ExportMoved,*'
        "$($seen.Errors)" | Should -Be "'nightly' has been changed since the comparison. Compare again."
        (Get-BatchExport nightly).Interval | Should -Be hour
        (Get-BatchExport prod-persons-bigquery).Destination.Config.table_id | Should -Be people
    }

    It 'that the service refuses are errors that name the export and the key' {
        Edit-File nightly '"interval": "hour"' '"interval": "every 7 minutes"'
        $seen = Invoke-Watched { Compare-BatchExportConfiguration $folder | Sync-BatchExportConfiguration }
        "$($seen.Errors)" | Should -Be "'nightly': interval: `"every 7 minutes`" is not a valid choice."
    }

    It 'that cannot be written are errors that name the export' {
        $reader = Connect-Emulator @{ PassThru = $true; SkipValidation = $true } -Key phx_emulator_read_only
        Connect-Emulator @{ MaximumRetryCount = 0 }
        Clear-EmulatorRequest
        $seen = Invoke-Watched { Get-BatchExport nightly -Connection $reader | Export-BatchExportConfiguration $folder }
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'MissingScope,*'
        "$($seen.Errors)" | Should -BeLike "'nightly': The key lacks the scope integration:read*"
    }

    It 'of one name are an error that says to change one of them' {
        Copy-Item -LiteralPath (Join-Path $folder 'nightly.json') -Destination (Join-Path $folder 'second.json')
        $seen = Invoke-Watched { Compare-BatchExportConfiguration $folder }
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'NameNotUnique,*'
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*change it in a file*'
    }

    It 'have differences that survive a file, which are shown but not applied' {
        Edit-File nightly '"schema": "POSTHOG"' '"schema": "RAW"'
        $plan = Compare-BatchExportConfiguration $folder
        $plan | Export-Clixml (Join-Path $folder 'plan.xml')
        $kept = Import-Clixml (Join-Path $folder 'plan.xml')
        $kept | Out-String -Width 80 | Should -Be ($plan | Out-String -Width 80)
        $seen = Invoke-Watched { Sync-BatchExportConfiguration $kept }
        $seen.Output | Should -BeNullOrEmpty
        @($seen.Errors; $seen.Terminating) | Should -Not -BeNullOrEmpty
        Get-Change | Should -BeNullOrEmpty
    }
}
