[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $null = Start-Emulator -Arguments '--run-duration', '0', '--events-per-hour', '20'
    $connection = Connect-Emulator @{ PassThru = $true; SkipValidation = $true }
    $export = (Get-BatchExport -First 1).Id
    $completed = (Start-BatchExportRun events -DataIntervalStart 2026-01-01 -DataIntervalEnd 2026-01-02 | Wait-BatchExportRun).RunId
    $running = (Start-BatchExportRun events -DataIntervalStart 2026-01-01 -DataIntervalEnd 2026-01-02).RunId
    Set-EmulatorRun $running 'Running'
    $folder = Join-Path $TestDrive 'interrupted'

    # The warnings that a host shows when a script is stopped once a request has arrived.
    function Stop-AfterRequest([scriptblock] $Script, [object[]] $Arguments, [scriptblock] $Request) {
        Clear-EmulatorRequest
        $scripted = New-ScriptedHost
        $space = New-TestRunspace -PSHost $scripted
        $shell = [powershell]::Create($space).AddScript($Script.ToString()).AddArgument($connection)
        $Arguments | ForEach-Object { $null = $shell.AddArgument($_) }
        try {
            $handle = $shell.BeginInvoke()
            Wait-Until { @(Get-EmulatorRequest) + @(Get-EmulatorRequest -Origin storage) | Where-Object $Request }
            $shell.Stop()
            $null = $handle.AsyncWaitHandle.WaitOne(10000)
            , @($scripted.Warnings)
        }
        finally {
            $shell.Dispose()
            $space.Dispose()
        }
    }
}

AfterAll {
    $connection.Dispose()
    Stop-Emulator
    Remove-Module Support
}

Describe 'A stopped cmdlet' {
    AfterEach {
        Clear-EmulatorFault
    }

    It 'says how to continue to wait for a run, and how to cancel it' {
        $warnings = Stop-AfterRequest -Arguments $running -Request { $_.path -like "*$running*" } -Script {
            param($Connection, $Run)
            Wait-BatchExportRun $Run -PollingIntervalSec 1 -Connection $Connection
        }
        $warnings | Should -HaveCount 1
        $warnings[0] | Should -BeLike "*Wait-BatchExportRun $running*Stop-BatchExportRun $running*"
    }

    It 'says how to continue to wait for a backfill, and how to cancel it' {
        Add-EmulatorFault @{ method = 'GET'; pathPattern = '/backfills/'; stallHeaders = $true; times = 10 }
        $backfill = '0195f1c2-0000-0000-0000-00000000beef'
        $warnings = Stop-AfterRequest -Arguments $export, $backfill -Request { $_.path -like '*/backfills/*' } -Script {
            param($Connection, $Export, $Backfill)
            Wait-BatchExportBackfill $Backfill -BatchExportId $Export -Connection $Connection
        }
        $warnings | Should -HaveCount 1
        $warnings[0] |
            Should -BeLike ("*Wait-BatchExportBackfill $backfill -BatchExportId $export*" +
                "Stop-BatchExportBackfill $backfill -BatchExportId $export*")
    }

    It 'says that a run may have been started when no answer has come' {
        Add-EmulatorFault @{ method = 'POST'; stallHeaders = $true }
        $warnings = Stop-AfterRequest -Request { $_.method -eq 'POST' } -Script {
            param($Connection)
            Start-BatchExportRun events -DataIntervalStart 2026-01-01 -DataIntervalEnd 2026-01-02 -Connection $Connection
        }
        $warnings | Should -HaveCount 1
        $warnings[0] | Should -BeLike '*may have been started*Get-BatchExportRun -OnDemand -First 5*'
    }

    It 'says which command continues a download' {
        Add-EmulatorFault @{ origin = 'storage'; stall = $true; times = 10 }
        $warnings = Stop-AfterRequest -Arguments $completed, $folder -Request { $_.statusCode -eq 206 } -Script {
            param($Connection, $Run, $Folder)
            Save-BatchExportFile $Folder -RunId $Run -Connection $Connection
        }
        $warnings | Should -HaveCount 1
        $warnings[0] | Should -BeLike "*Save-BatchExportFile *$folder* -RunId $completed*"
    }

    It 'says which export a sync may have changed, and how to go on' {
        $configuration = (Get-BatchExport nightly | Export-BatchExportConfiguration (Join-Path $folder 'exports')).FullName
        (Get-Content $configuration -Raw).Replace('"interval": "hour"', '"interval": "day"') | Set-Content $configuration
        Add-EmulatorFault @{ method = 'PATCH'; stallHeaders = $true }
        $warnings = Stop-AfterRequest -Arguments $configuration -Request { $_.method -eq 'PATCH' } -Script {
            param($Connection, $Configuration)
            Compare-BatchExportConfiguration $Configuration -Connection $Connection | Sync-BatchExportConfiguration
        }
        $warnings | Should -HaveCount 1
        $warnings[0] | Should -BeLike "'nightly' may have been changed*Compare-BatchExportConfiguration * | Sync-BatchExportConfiguration."
        Clear-EmulatorFault
        Compare-BatchExportConfiguration $configuration | Sync-BatchExportConfiguration
        (Get-BatchExport nightly).Interval | Should -Be day
    }

    It 'says that copies stay, and the same command makes no second one' {
        Add-EmulatorFault @{ method = 'POST'; stallHeaders = $true; skip = 1 }
        $script = {
            param($Connection)
            Get-BatchExport prod-* -Connection $Connection | Copy-BatchExport -NewName { "copy-$($_.Name)" } -WarningAction Ignore
        }
        $warnings = Stop-AfterRequest -Request { $_.method -eq 'POST' -and $_.statusCode -eq 0 } -Script $script
        $warnings | Should -HaveCount 1
        $warnings[0] | Should -BeLike 'What was copied stays, paused. The same command *'
        Clear-EmulatorFault
        (& $script $connection).Name | Should -Be 'copy-prod-events-s3', 'copy-prod-persons-bigquery'
        (Get-BatchExport copy-*).Name | Should -Be 'copy-prod-persons-bigquery', 'copy-prod-events-s3'
    }

    It 'says that the same command goes on switching' {
        Add-EmulatorFault @{ method = 'PATCH'; stallHeaders = $true }
        $warnings = Stop-AfterRequest -Request { $_.method -eq 'PATCH' } -Script {
            param($Connection)
            Switch-BatchExportIntegration 731 733 -Connection $Connection
        }
        $warnings | Should -HaveCount 1
        $warnings[0] | Should -Be 'What was switched stays. The same command goes on with what is left.'
    }

    It 'says nothing when nothing continues' {
        Add-EmulatorFault @{ pathPattern = '/batch_exports/$'; stallHeaders = $true }
        $warnings = Stop-AfterRequest -Request { $_.path -like '*/batch_exports/' } -Script {
            param($Connection)
            Get-BatchExport -Connection $Connection
        }
        $warnings | Should -HaveCount 0
    }
}
