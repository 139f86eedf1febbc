[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    $waits = @(
        @{ name = 'a long list'; activity = 'Getting batch exports'; script = { Get-BatchExport -Name none-* } }
        @{ name = 'a log'; activity = 'Reading the log'; script = { Get-BatchExportLog $Id } }
        @{ name = 'a log that is followed'; activity = 'Following the log'; script = { Get-BatchExportLog $Id -Follow }; isEndless = $true }
        @{ name = 'two logs that are followed'; activity = 'Following 2 logs'; script = { Get-BatchExportLog $Id, $Other -Follow }; isEndless = $true }
        @{ name = 'the checks of a destination'; activity = 'Checking the destination'; script = { Test-BatchExport $Id } }
        @{ name = 'runs'; activity = 'Waiting for batch export runs'; script = { Wait-BatchExportRun $Active -BatchExportId $Id -TimeoutSec 2 -ErrorAction Ignore } }
        @{ name = 'a file'; activity = 'Saving file'; script = { Save-BatchExportFile $Folder -RunId $Run } }
    )
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0'
    Connect-Emulator @{ SkipValidation = $true }
    $exports = Get-BatchExport
    $given = @{
        Connection = Get-BatchExportConnection
        Id         = ($exports | Where-Object Name -EQ nightly).Id
        Other      = ($exports | Where-Object Name -EQ prod-events-s3).Id
        Run        = (Start-BatchExportRun events -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 | Wait-BatchExportRun).RunId
        Active     = ($exports | Where-Object Name -EQ nightly).LastRun.RunId
        Folder     = "$TestDrive"
    }
    $null = Add-EmulatorExport -Count 120
    Add-EmulatorLog @(1..700 | ForEach-Object { @{ sourceId = $given.Id; level = 'INFO'; message = "line $_"; timestamp = [datetimeoffset]::UtcNow.AddDays(-1).AddSeconds($_).ToString('o') } })
    $runspace = New-TestRunspace

    # What a host would be shown of a script that takes longer than a second; an endless one is stopped after four.
    function Get-Progress([scriptblock] $Script, [string] $Preference = 'Continue', [switch] $IsEndless) {
        $engine = [powershell]::Create()
        $engine.Runspace = $runspace
        try {
            $text = "param(`$Connection, `$Id, `$Other, `$Run, `$Active, `$Folder) `$PSDefaultParameterValues = @{ '*-BatchExport*:Connection' = `$Connection }; `$ProgressPreference = '$Preference'; $Script"
            $null = $engine.AddScript($text).AddParameters($given)
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            if ($IsEndless) {
                $running = $engine.BeginInvoke()
                $null = $running.AsyncWaitHandle.WaitOne(4000)
                $engine.Stop()
            }
            else {
                $null = $engine.Invoke()
            }
            [pscustomobject]@{ Records = @($engine.Streams.Progress); Errors = @($engine.Streams.Error); Seconds = $clock.Elapsed.TotalSeconds }
        }
        finally {
            $engine.Dispose()
        }
    }
}

AfterAll {
    $runspace.Dispose()
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Progress' {
    BeforeEach {
        Clear-EmulatorFault
        Add-EmulatorFault @{ method = 'GET'; delay = 1.2; times = 2 }, @{ method = 'POST'; delay = 1.2; times = 2 }
        Get-ChildItem -LiteralPath $TestDrive | Remove-Item
    }

    # What is stopped cannot take it away; the engine does.
    It 'is shown for <name>, and taken away at the end' -ForEach $waits {
        $seen = Get-Progress $script -IsEndless:([bool] $_['isEndless'])
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Records.Activity | Select-Object -Unique | Should -Be $activity
        if (-not $_['isEndless']) {
            $seen.Records[-1].RecordType | Should -Be Completed
        }
        $seen.Records[0].StatusDescription | Should -Match '\d'
        ($seen.Records.Count - 1) | Should -BeLessOrEqual (1 + [math]::Ceiling(5 * $seen.Seconds))
    }

    It 'shows nothing for what is over within a second' {
        Clear-EmulatorFault
        (Get-Progress { Get-BatchExport }).Records | Should -BeNullOrEmpty
    }

    It 'is quiet where it was told to be: <script>' -ForEach @(
        @{ script = { Get-BatchExport -ProgressAction SilentlyContinue } }
        @{ script = { Save-BatchExportFile $Folder -RunId $Run -ProgressAction SilentlyContinue } }
    ) {
        (Get-Progress $script).Records | Where-Object RecordType -EQ Processing | Should -BeNullOrEmpty
    }

    It 'prints nothing where nobody looks' {
        $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $given.Run, $given.Folder -Environment @{ POSTHOG_PERSONAL_API_KEY = $emulator.Key; POSTHOG_HOST = $emulator.Api } {
            param($Manifest, $Run, $Folder)
            Import-Module $Manifest
            $null = Get-BatchExport
            $null = Save-BatchExportFile $Folder -RunId $Run
            'done'
        }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -Be 'done'
    }
}
