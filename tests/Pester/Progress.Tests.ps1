[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    $waits = @(
        @{ name = 'a long list'; activity = 'Getting batch exports'; script = { Get-BatchExport -Name none-* } }
        @{ name = 'a log'; activity = 'Reading the log'; script = { Get-BatchExportLog $Id } }
        @{ name = 'a log that is followed'; activity = 'Following the log'; script = { Get-BatchExportLog $Id -Follow }; isEndless = $true }
        @{
            name      = 'two logs that are followed'
            activity  = 'Following 2 logs'
            script    = { Get-BatchExportLog $Id, $Other -Follow }
            isEndless = $true
        }
        @{ name = 'the checks of a destination'; activity = 'Checking the destination'; script = { Test-BatchExport $Id } }
        @{
            name     = 'runs'
            activity = 'Waiting for run'
            script   = { Wait-BatchExportRun $Active -BatchExportId $Id -TimeoutSec 2 -ErrorAction Ignore }
        }
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
    Add-EmulatorLog @(1..700 |
        ForEach-Object {
            @{
                sourceId  = $given.Id
                level     = 'INFO'
                message   = "line $_"
                timestamp = [datetimeoffset]::UtcNow.AddDays(-1).AddSeconds($_).ToString('o')
            }
        })
    $runspace = New-TestRunspace

    # What a host would be shown of a script that takes longer than a second; an endless one is stopped after four.
    function Get-Progress([scriptblock] $Script, [string] $Preference = 'Continue', [switch] $IsEndless) {
        $engine = [powershell]::Create()
        $engine.Runspace = $runspace
        try {
            $text = "param(`$Connection, `$Id, `$Other, `$Run, `$Active, `$Folder)
                `$PSDefaultParameterValues = @{ '*-BatchExport*:Connection' = `$Connection }
                `$ProgressPreference = '$Preference'
                $Script"
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
            [pscustomobject]@{
                Records = @($engine.Streams.Progress)
                Errors  = @($engine.Streams.Error)
                Seconds = $clock.Elapsed.TotalSeconds
            }
        }
        finally {
            $engine.Dispose()
        }
    }

    # Drawn by the console's own code, which is not public. What differs from run to run is a 0.
    function Get-Drawing([System.Management.Automation.ProgressRecord] $Record, [int] $Width) {
        $type = [Microsoft.PowerShell.ConsoleShell].Assembly.GetType('Microsoft.PowerShell.PendingProgress', $true)
        $access = [System.Reflection.BindingFlags] 'NonPublic, Public, Instance'
        $pending = [System.Activator]::CreateInstance($type, $true)
        $type.GetMethod('Update', $access).Invoke($pending, @([long] 1, $Record))
        $lines = $type.GetMethod('Render', $access).Invoke($pending, @($Width, 20, $Host.UI.RawUI)) -replace '\e\[[0-9;]*m'
        $lines | ForEach-Object { $_.Length | Should -BeLessOrEqual $Width }
        $lines = $lines -replace '\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b', '<id>' -replace '\b\d+([.,:]\d+)*', '0'
        $lines -replace '0 [KMG]?i?B\b', '0 MiB' -replace 'requests?', 'requests' -replace ' +(0s)?\]$', ' ]'
    }

    # Starts with a slow service, as its first and second answer take longer than a second.
    function Initialize-Wait {
        Clear-EmulatorFault
        Add-EmulatorFault @{ method = 'GET'; delay = 1.2; times = 2 }, @{ method = 'POST'; delay = 1.2; times = 2 }
        Get-ChildItem -LiteralPath $TestDrive | Remove-Item
    }
}

AfterAll {
    $runspace.Dispose()
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Progress' -ForEach @{ waits = $waits } {
    BeforeAll {
        $shown = @{}
        foreach ($wait in $waits) {
            Initialize-Wait
            $shown[$wait.name] = Get-Progress $wait.script -IsEndless:([bool] $wait['isEndless'])
        }
    }

    BeforeEach {
        Initialize-Wait
    }

    # What is stopped cannot take it away; the engine does.
    It 'is shown for <name>, and completed at the end' -ForEach $waits {
        $seen = $shown[$name]
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Records.Activity | Select-Object -Unique | Should -BeLike "$activity*"
        if (-not $_['isEndless']) {
            $seen.Records[-1].RecordType | Should -Be Completed
        }
        $seen.Records[0].StatusDescription | Should -Match '\d'
        ($seen.Records.Count - 1) | Should -BeLessOrEqual (1 + [math]::Ceiling(5 * $seen.Seconds))
    }

    It 'matches its snapshot at <_> columns' -ForEach 80, 160 {
        $screen = foreach ($wait in $waits) {
            "# $($wait.name)"
            Get-Drawing ($shown[$wait.name].Records | Where-Object RecordType -EQ Processing | Select-Object -Last 1) $_
            ''
        }
        $screen = $screen -join "`n"
        $screen | Should -BeExactly (Get-Snapshot "progress.$_" $screen)
    }

    It 'is not shown for less than a second' {
        Clear-EmulatorFault
        (Get-Progress { Get-BatchExport }).Records | Should -BeNullOrEmpty
    }

    It 'is not shown when it is turned off: <script>' -ForEach @(
        @{ script = { Get-BatchExport -ProgressAction SilentlyContinue } }
        @{ script = { Save-BatchExportFile $Folder -RunId $Run -ProgressAction SilentlyContinue } }
    ) {
        (Get-Progress $script).Records | Where-Object RecordType -EQ Processing | Should -BeNullOrEmpty
    }

    It 'is not printed in a noninteractive process' {
        $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $given.Run, $given.Folder -Environment @{
            POSTHOG_PERSONAL_API_KEY = $emulator.Key
            POSTHOG_HOST             = $emulator.Api
        } {
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
