[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--exports', '0', '--run-duration', '0', '--events-per-hour', '2'
    Connect-Emulator @{ SkipValidation = $true }

    function Get-Posted {
        @(Get-EmulatorRequest | Where-Object method -EQ POST)
    }
}

AfterAll {
    Stop-Emulator -Emulator $emulator
}

Describe 'Save-BatchExportRange' {
    BeforeEach {
        Reset-Emulator
        $lake = Join-Path $TestDrive "lake$(New-Guid)"
        $range = @{ From = '2026-11-01'; To = '2026-11-04'; Path = $lake }
    }

    It 'returns each window once it is saved, and nothing is paid twice' {
        $saved = Save-BatchExportRange @range
        $saved.Start.Day | Should -Be 1, 2, 3
        $saved.Reused | Should -Be $false, $false, $false
        $saved[0] | Should -BeOfType PSBatchExports.SavedBatchExportWindow
        $saved[0].FullName | Should -Be (Join-Path $lake 'events/2026-11-01T00Z_2026-11-02T00Z')
        $saved.Files.FullName | Should -Exist

        (Save-BatchExportRange @range).Reused | Should -Be $true, $true, $true
        Get-Posted | Should -HaveCount 3
    }

    It 'says with -WhatIf what would be started, and writes nothing' {
        Save-BatchExportRange @range -WhatIf | Should -BeNullOrEmpty
        Get-Posted | Should -BeNullOrEmpty
        $lake | Should -Not -Exist
    }

    It 'refuses settings that differ from those of the ledger' {
        $null = Save-BatchExportRange @range
        Save-BatchExportRange @range -Exclude '$pageview' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -Be 'LedgerConflict,PSBatchExports.Commands.SaveBatchExportRangeCommand'
        $problem.Exception.Message | Should -Match 'exclude was null, and is \["\$pageview"\]'
        $problem.ErrorDetails.RecommendedAction | Should -Match 'another -Path'
    }

    It 'keeps several models in one folder' {
        $null = Save-BatchExportRange @range
        (Save-BatchExportRange persons @range).Model | Should -Be persons, persons, persons
        (Get-BatchExportLedger $lake | Group-Object Model).Name | Should -Be events, persons
    }

    It 'refuses <Name> with the remedy' -ForEach @(
        @{ Name = 'an end in the future'; With = @{ To = '2099-01-01' }; Id = 'RangeInFuture' }
        @{ Name = 'an end before the start'; With = @{ To = '2026-10-01' }; Id = 'RangeEmpty' }
        @{ Name = 'windows of eight days'; With = @{ Every = '8d' }; Id = 'InvalidWindowLength' }
        @{ Name = 'a compression that the format does not have'; With = @{ Format = 'JSONLines'; Compression = 'zstd' }; Id = 'CompressionNotSupported' }
    ) {
        $arguments = $range.Clone()
        $With.GetEnumerator() | ForEach-Object { $arguments[$_.Key] = $_.Value }
        { Save-BatchExportRange @arguments -ErrorAction Stop } | Should -Throw -ErrorId "$Id,*"
        Get-Posted | Should -BeNullOrEmpty
    }

    It 'reports windows beyond -MaximumRecords as errors, and says how many more were not started' {
        $saved = Save-BatchExportRange -From 2026-11-01 -To 2026-11-08 -Path $lake -MaximumRecords 100 -ErrorVariable problem -WarningVariable warnings `
            -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
        $saved | Should -HaveCount 2
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'OverBudget,*'
        $problem[0].TargetObject.Start.Day | Should -Be 3
        "$warnings" | Should -Match 'were not started: 4 more'
    }
}

Describe 'Get-BatchExportLedger' {
    BeforeEach {
        Reset-Emulator
        $lake = Join-Path $TestDrive "lake$(New-Guid)"
        $range = @{ From = '2026-11-01'; To = '2026-11-04'; Path = $lake }
    }

    It 'reads ledgers from folders in the pipeline, without a connection' {
        $null = Save-BatchExportRange @range
        $entries = Get-Item $lake | Get-BatchExportLedger
        $entries.State | Should -Be Saved, Saved, Saved
        $entries[0].Files.Sha256 | Should -Be (Get-FileHash (Join-Path $entries[0].FullName '*') -Algorithm SHA256).Hash.ToLowerInvariant()
    }

    It 'reports a folder without a ledger' {
        Get-BatchExportLedger $TestDrive -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -Be 'LedgerNotFound,PSBatchExports.Commands.GetBatchExportLedgerCommand'
    }
}
