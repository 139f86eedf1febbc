[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--events-per-hour', '600'
    Connect-Emulator
    $run = Start-BatchExportRun events -DataIntervalStart '2026-11-01' -DataIntervalEnd '2026-11-01T01:00Z' -Format JSONLines |
        Wait-BatchExportRun
    $keys = 1..3 | ForEach-Object { "0190a1b2-0000-7000-8000-00000000000$_" }

    # A lake with a window of events for each list of keys.
    function New-Lake([string] $Path, [string[][]] $Window) {
        $start = [datetime]::new(2026, 1, 1, 0, 0, 0, [DateTimeKind]::Utc)
        $bounds = { @{ at = $start.ToString('o'); model = 'events'; start = $start.ToString('o'); end = $start.AddDays(1).ToString('o') } }
        $lines = foreach ($keys in $Window) {
            $folder = "events/$($start.ToString('yyyy-MM-dd'))"
            $null = New-Item -ItemType Directory -Path (Join-Path $Path $folder) -Force
            $file = Join-Path $Path "$folder/0.jsonl"
            $keys | ForEach-Object { "{`"uuid`":`"$_`"}" } | Set-Content -LiteralPath $file
            $saved = @{
                name   = '0.jsonl'
                fileId = 'file'
                length = (Get-Item -LiteralPath $file).Length
                sha256 = (Get-FileHash -LiteralPath $file).Hash
                proof  = 'Rows'
            }
            (& $bounds) + @{ event = 'planned'; every = 86400 }
            (& $bounds) + @{ event = 'started'; run = "run-$($start.Day)" }
            (& $bounds) + @{ event = 'saved'; records = $keys.Count; folder = $folder; files = @($saved) }
            $start = $start.AddDays(1)
        }
        $text = $lines | ForEach-Object { ConvertTo-Json -InputObject $_ -Compress -Depth 5 }
        Set-Content -LiteralPath (Join-Path $Path 'ledger.jsonl') -Value $text
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Test-BatchExportFile' {
    BeforeEach {
        Clear-EmulatorRequest
        $lake = New-Item -ItemType Directory -Path (Join-Path $TestDrive ([guid]::NewGuid()))
    }

    It 'proves a lake without a connection' {
        New-Lake $lake @(, $keys)
        $result = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $lake.FullName {
            param($Manifest, $Path)
            Import-Module $Manifest
            Test-BatchExportFile $Path -Level Rows | ForEach-Object { "$($_.Complete) $($_.Level) $($_.RecordsFound) $($_.RunId)" }
        }
        $result.Errors | Should -BeNullOrEmpty
        $result.Output | Should -Be 'True Rows 3 run-1'
    }

    It 'proves each window once when all folders of a lake are piped in' {
        New-Lake $lake @($keys[0..1], $keys[2..2])
        $proofs = @(Get-ChildItem $lake -Directory -Recurse | Test-BatchExportFile)
        $proofs.RecordsFound | Should -Be 2, 1
        $proofs | Where-Object { -not $_.Complete } | Should -BeNullOrEmpty
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'finds a row that two windows have' {
        New-Lake $lake @($keys[0..1], $keys[1..2])
        $proofs = @(Test-BatchExportFile $lake -Level Rows)
        $proofs.Complete | Should -Be $true, $false
        $proofs[1].Problem | Should -Be "1 row is also in $(Join-Path $lake events/2026-01-01), such as $($keys[1])"
    }

    It 'takes wildcards that are typed, and names with brackets as they are' {
        New-Lake $lake @(, $keys)
        $file = Join-Path $lake 'events/2026-01-01/[0].jsonl'
        Copy-Item -LiteralPath (Join-Path $lake 'events/2026-01-01/0.jsonl') -Destination $file
        (Test-BatchExportFile (Join-Path $lake 'ev*/*')).Problem | Should -Be 'the ledger does not name [0].jsonl'
        (Get-Item -LiteralPath $file | Test-BatchExportFile).FullName | Should -Be $file
        (Test-BatchExportFile $file).FullName | Should -Be $file
    }

    It 'compares saved files with what the service says of their run' {
        $null = $run | Save-BatchExportFile $lake
        $proof = Test-BatchExportFile $lake -RunId $run.RunId
        $proof.Complete, $proof.Level, $proof.RecordsExpected | Should -Be $true, Counts, $run.RecordsCompleted
        (Test-BatchExportFile $lake).Complete | Should -BeNullOrEmpty
    }

    It 'compares piped files with the service if there is a connection' {
        $saved = $run | Save-BatchExportFile $lake
        ($saved | Test-BatchExportFile).Complete | Should -BeTrue
        Disconnect-BatchExportService
        $proof = $saved | Test-BatchExportFile
        $proof.Complete, $proof.RecordsFound | Should -Be $null, $run.RecordsCompleted
        Connect-Emulator
    }

    It 'fails with PathNotFound for a path that does not exist, and goes on' {
        New-Lake $lake @(, $keys)
        $proofs = @((Join-Path $lake 'missing'), $lake.FullName | Test-BatchExportFile -ErrorVariable failures -ErrorAction SilentlyContinue)
        $proofs | Should -HaveCount 1
        $failures.FullyQualifiedErrorId | Should -Be 'PathNotFound,PSBatchExports.Commands.TestBatchExportFileCommand'
    }

    It 'fails with RunNotSaved if the ledger does not name the run' {
        New-Lake $lake @(, $keys)
        Test-BatchExportFile $lake -RunId $run.RunId -ErrorVariable failures -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failures.FullyQualifiedErrorId | Should -Be 'RunNotSaved,PSBatchExports.Commands.TestBatchExportFileCommand'
    }

    It 'fails with LedgerInvalid for a damaged ledger' {
        Set-Content -LiteralPath (Join-Path $lake 'ledger.jsonl') -Value '{}'
        Test-BatchExportFile $lake -ErrorVariable failures -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failures.FullyQualifiedErrorId | Should -Be 'LedgerInvalid,PSBatchExports.Commands.TestBatchExportFileCommand'
    }
}
