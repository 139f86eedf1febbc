<#
    One connection used from many places at once, and closed under them. Sharing one in ForEach-Object -Parallel and thread jobs is in
    Isolation.Tests.ps1.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--exports', '12'
    $surroundings = @{
        POSTHOG_PERSONAL_API_KEY = $emulator.Key
        POSTHOG_HOST             = $emulator.Api
        POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
    }
    $calls = $env:PSBATCHEXPORTS_LONG_TESTS -eq '1' ? 10000 : 300
}

AfterAll {
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Concurrency' {
    BeforeEach {
        Reset-Emulator
    }

    It 'ends <Name> within a second of Disconnect-BatchExportService, with an error' -ForEach @(
        @{ Name = 'lists'; Command = 'Get-BatchExport' }
        @{ Name = 'logs that are followed'; Command = 'Get-BatchExport -First 1 | Get-BatchExportLog -Follow -After 2020-01-01 | Out-Null' }
    ) {
        $connection = Connect-Emulator @{ PassThru = $true; SkipValidation = $true }
        $runspaces = 1..4 | ForEach-Object { New-TestRunspace }
        try {
            Add-EmulatorFault @{ pathPattern = $Name -eq 'lists' ? '/batch_exports/$' : '/logs/$'; stallHeaders = $true; times = 100 }
            $running = foreach ($runspace in $runspaces) {
                $script = "param(`$Connection) `$PSDefaultParameterValues['*-BatchExport*:Connection'] = `$Connection; $Command"
                $shell = [powershell]::Create($runspace).AddScript($script).AddArgument($connection)
                [pscustomobject]@{ Shell = $shell; Handle = $shell.BeginInvoke() }
            }
            Wait-Until { @(Get-EmulatorRequest | Where-Object statusCode -EQ 0).Count -ge 4 }
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            Disconnect-BatchExportService -Connection $connection
            foreach ($one in $running) {
                $one.Handle.AsyncWaitHandle.WaitOne(5000) | Should -BeTrue
                $failure = $one.Shell.Streams.Error[0] ?? $one.Shell.InvocationStateInfo.Reason.ErrorRecord
                $failure.FullyQualifiedErrorId | Should -BeLike 'ConnectionClosed,*'
                $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Connect-BatchExportService*'
            }
            $clock.Elapsed.TotalMilliseconds | Should -BeLessThan 1000
        }
        finally {
            $running | ForEach-Object { $_.Shell.Dispose() }
            $runspaces | ForEach-Object { $_.Dispose() }
        }
    }

    It 'keeps several connections apart' {
        Add-EmulatorKey @{ key = 'phx_reader'; scopes = @('batch_export:read') }
        $writer = Connect-Emulator @{ PassThru = $true; SkipValidation = $true }
        $reader = Connect-Emulator @{ PassThru = $true; SkipValidation = $true } -Key phx_reader
        $id = (Get-BatchExport -First 1 -Connection $reader).Id
        $runspaces = 1..8 | ForEach-Object { New-TestRunspace }
        try {
            $index = 0
            $running = foreach ($runspace in $runspaces) {
                $script = 'param($Connection, $Id) foreach ($n in 1..10) { Set-BatchExport $Id -Name "n$n" -Connection $Connection }'
                $connection = $index++ % 2 ? $reader : $writer
                $shell = [powershell]::Create($runspace).AddScript($script).AddArgument($connection).AddArgument($id)
                [pscustomobject]@{ Shell = $shell; Handle = $shell.BeginInvoke() }
            }
            $errors = foreach ($one in $running) {
                $null = $one.Shell.EndInvoke($one.Handle)
                $one.Shell.Streams.Error.Count
            }
            $errors | Should -Be @(0, 10, 0, 10, 0, 10, 0, 10)
        }
        finally {
            $running | ForEach-Object { $_.Shell.Dispose() }
            $runspaces | ForEach-Object { $_.Dispose() }
        }
    }

    It 'takes connections of Start-Job from the environment, and refuses those of another process' {
        $connection = Connect-Emulator @{ PassThru = $true; SkipValidation = $true }
        $run = Invoke-InFreshPwsh -Environment $surroundings -Arguments (Get-ModuleUnderTest) {
            param($Manifest)
            $job = Start-Job { Import-Module $using:Manifest; @(Get-BatchExport).Count }
            $job | Wait-Job -Timeout 50 | Receive-Job
            Import-Module $Manifest
            $c = Connect-BatchExportService -ApiHost $env:POSTHOG_HOST -ProjectId $env:POSTHOG_PROJECT_ID -PassThru
            $job = Start-Job { Import-Module $using:Manifest; try { Get-BatchExport -Connection $using:c } catch { "error: $_" } }
            $job | Wait-Job -Timeout 50 | Receive-Job 2>&1 | ForEach-Object { "$_" }
        }
        $run.Output[0] | Should -Be 12
        "$($run.Output[1..9])" | Should -BeLike '*BatchExportConnection*'
        Disconnect-BatchExportService -Connection $connection
    }

    It 'leaves no handle, thread or timer after many sequential calls' {
        $run = Invoke-InFreshPwsh -Environment $surroundings -TimeoutSec 900 -Arguments (Get-ModuleUnderTest), $calls {
            param($Manifest, $Calls)
            Import-Module $Manifest
            function Measure-State {
                foreach ($pass in 1..3) {
                    [gc]::Collect()
                    [gc]::WaitForPendingFinalizers()
                }
                [pscustomobject]@{
                    Heap    = [gc]::GetTotalMemory($true)
                    Handles = $IsLinux ? [System.IO.Directory]::GetFileSystemEntries('/proc/self/fd').Count :
                        (Get-Process -Id $PID).HandleCount
                    Timers  = [System.Threading.Timer]::ActiveCount
                }
            }
            foreach ($warm in 1..200) { $null = Get-BatchExport -First 1 }
            $first = Measure-State
            foreach ($call in 1..[int] $Calls) { $null = Get-BatchExport -First 1 }
            $first, (Measure-State) | ConvertTo-Json -Compress
        }
        $first, $last = $run.Output[-1] | ConvertFrom-Json
        $last.Heap | Should -BeLessOrEqual ($first.Heap * 1.05 + 1MB)
        $last.Handles | Should -BeLessOrEqual ($first.Handles + 5)
        $last.Timers | Should -BeLessOrEqual ($first.Timers + 1)
    }
}
