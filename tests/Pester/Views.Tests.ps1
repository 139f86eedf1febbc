[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
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
        saved       = Start-BatchExportRun events -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 | Wait-BatchExportRun | Save-BatchExportFile (Join-Path $TestDrive 'data')
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
    It 'leave Format-List *, Select-Object * and JSON of a <_> as complete as its properties, and no more' -ForEach 'export', 'run', 'backfill', 'entry', 'destination', 'check', 'saved' {
        $thing = $things[$_]
        $names = $thing.GetType().GetProperties().Name
        $list = $thing | Format-List * | Out-String -Width 300
        foreach ($name in $names) {
            $list | Should -Match "(?m)^$name +:"
        }
        $list | Should -Not -Match '(?m)^View'
        ($thing | Select-Object *).PSObject.Properties.Name | Should -Not -Match '^View'
        ($thing | ConvertTo-Json -Depth 3 -WarningAction Ignore | ConvertFrom-Json -AsHashtable).Keys | Should -Not -Match '^View'
        ($thing | Get-Member).Name | Should -Not -Match '^View'
    }

    It 'keep the order of the service' {
        $table = $exports | Out-String -Width 200
        $places = $exports.Name | ForEach-Object { $table.IndexOf($_, [System.StringComparison]::Ordinal) }
        $places | Should -Be ($places | Sort-Object)
    }

    It 'show ids on demand, and names in columns' {
        $exports | Format-Table -View Ids | Out-String | Should -BeLike "*$($export.Id)*"
        $exports | Format-Wide | Out-String | Should -Match 'prod-events-s3\s+nightly'
    }

    It 'work in constrained language mode' {
        $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest) -Environment @{ POSTHOG_PERSONAL_API_KEY = $emulator.Key; POSTHOG_HOST = $emulator.Api } {
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
        $text | Should -Match 'Failing +hour +events +AwsS3 +Failed \d+ \w+ ago +prod-events-s3'
        $text | Should -Match '100 rows, .+, took 1 min 42 s'
        $text | Should -Match 'bucket_name = acme-posthog-exports'
        $text | Should -Match '\d\d:\d\d:\d\dZ ERROR'
    }
}

Describe 'Colours of states' {
    BeforeEach {
        $rendering = $PSStyle.OutputRendering
    }

    AfterEach {
        $PSStyle.OutputRendering = $rendering
    }

    It 'are there where the output takes them' {
        $PSStyle.OutputRendering = 'Ansi'
        $table = $exports | Out-String -Width 200
        $table | Should -Match ([regex]::Escape("$($PSStyle.Foreground.Red)Failing$($PSStyle.Reset)"))
        $table | Should -Match ([regex]::Escape("$($PSStyle.Foreground.Yellow)Paused$($PSStyle.Reset)"))
    }

    It 'are not in plain text' {
        $PSStyle.OutputRendering = 'PlainText'
        $exports | Out-String -Width 200 | Should -Not -Match '\e'
    }

    It 'are not in what goes to a file or another program' {
        $text = Get-Redirected
        $text | Should -BeLike '*Failing*'
        $text | Should -Not -Match '\e'
        $exports | Out-File (Join-Path $TestDrive 'exports.txt')
        Get-Content (Join-Path $TestDrive 'exports.txt') -Raw | Should -Not -Match '\e'
    }

    It 'are not there with NO_COLOR' {
        Get-Redirected -NoColour 1 | Should -Not -Match '\e'
    }
}
