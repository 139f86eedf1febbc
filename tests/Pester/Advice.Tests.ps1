[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSReviewUnusedParameter', '', Justification = 'The blocks inside hide that they are used.')]
param()

# What errors recommend. Commands stand after a colon and end with a full stop, so that they can be copied: here they are run.
BeforeDiscovery {
    $unknown = '0195f1c2-0000-0000-0000-00000000dead'
    $lost = @{ method = 'POST'; resetAfterProcessing = $true }
    $cases = @(
        @{ Name = 'no connection'; Action = { Disconnect-BatchExportService; Get-BatchExport } }
        @{ Name = 'a pattern for an id'; Action = { Suspend-BatchExport 'prod-*' }; Full = 1 }
        @{ Name = 'a name of nothing'; Action = { Get-BatchExport -Name night }; Full = 1 }
        @{ Name = 'an unknown export'; Action = { Get-BatchExport -Id 0195f1c2-0000-0000-0000-00000000dead } }
        @{ Name = 'an unknown project'; Action = { Get-BatchExport -ProjectId 999 } }
        @{ Name = 'a wait that ended too early'; Action = { $running | Wait-BatchExportRun -TimeoutSec 1 }; Full = 2 }
        @{ Name = 'a run that failed'; Action = { $failed | Wait-BatchExportRun }; Full = 1 }
        @{ Name = 'files of a run that goes on'; Action = { $running | Get-BatchExportFile }; Full = 1 }
        @{
            Name   = 'an export that may have been made'
            Fault  = $lost
            Action = { New-BatchExport 'it''s [new]' -Interval hour -Destination $http }
            Full   = 1
        }
        @{
            Name   = 'a run that may have been started'
            Fault  = $lost
            Action = { Start-BatchExportRun events 2026-11-01 2026-11-02 }
            Full   = 1
        }
        @{
            Name   = 'a backfill that may have been started'
            Fault  = $lost
            Action = { Start-BatchExportBackfill nightly -StartAt 2026-11-01 -EndAt 2026-11-02 }
            Full   = 1
        }
        @{ Name = 'a restart that may have happened'; Fault = $lost; Action = { $failed | Restart-BatchExportRun }; Full = 1 }
        @{ Name = 'a refused field'; Action = { New-BatchExport x -Interval hour -OffsetHour 77 -Destination $http }; Full = 1 }
        @{ Name = 'a refused argument'; Action = { Start-BatchExportRun events 2026-11-01 2026-11-02 -Utc }; Full = 1 }
        @{
            Name   = 'a bound that the server would refuse'
            Action = { Start-BatchExportBackfill nightly -StartAt 2026-11-02 -EndAt 2026-11-01 }
            Full   = 1
        }
        @{
            Name   = 'too many runs'
            Fault  = @{
                method = 'POST'
                status = 429
                body   = '{"type":"server_error","code":"too_many_concurrent_file_downloads","detail":"Too many.","attr":null}'
            }
            Action = { Start-BatchExportRun events 2026-11-01 2026-11-02 }
            Full   = 1
        }
        @{
            Name   = 'too many backfills'
            Fault  = @{
                method = 'POST'
                status = 429
                body   = '{"type":"server_error","code":"too_many_concurrent_backfills","detail":"Too many.","attr":null}'
            }
            Action = { Start-BatchExportBackfill nightly -StartAt 2026-11-01 -EndAt 2026-11-02 }
            Other  = '*Wait-BatchExportBackfill*Stop-BatchExportBackfill*'
        }
        @{ Name = 'no export'; Action = { Get-BatchExportRun }; Full = 2 }
        @{ Name = 'no run'; Action = { Get-BatchExportFile }; Full = 1 }
        @{
            Name   = 'a backfill without its end'
            Action = { [pscustomobject] @{ Name = 'nightly'; EndAt = '2026-11-01' } | Start-BatchExportBackfill -StartAt 2026-10-01 }
        }
    )
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '600', '--list-duration', '0'
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }

    function Get-SuggestedCommand([string] $Text) {
        $pattern = '(?<=: )(?:Get-Help |[A-Z][a-z]+-\w*BatchExport)(?:''(?:[^'']|'''')*''|[^''.;])*(?=[.;]|$)'
        [regex]::Matches($Text, $pattern).Value | Where-Object { $_ }
    }

    # The names of commands anywhere in a text.
    function Get-NamedCommand([string] $Text) {
        [regex]::Matches($Text, '\b[A-Z][a-z]+-\w*BatchExport\w*').Value | Where-Object { $_ }
    }

    function Get-Problem([scriptblock] $Action) {
        $seen = Invoke-Watched $Action
        $failure = $seen.Terminating ? $seen.Terminating : $seen.Errors[0]
        [pscustomobject] @{ Message = "$failure"; Advice = $failure.ErrorDetails.RecommendedAction }
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Advice' {
    BeforeEach {
        Reset-Emulator
        Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = 0 }
        $failed = Get-BatchExport nightly | Get-BatchExportRun -After 2020-01-01 | Where-Object Status -EQ Failed | Select-Object -First 1
        if (-not $failed) { $failed = Get-BatchExport prod-events-s3 | Get-BatchExportRun -Status Failed -After 2020-01-01 -First 1 }
        $running = Start-BatchExportRun events 2026-11-03 2026-11-04
        if ($Fault) { Add-EmulatorFault $Fault }
    }

    It 'is given once, and adds to the message: <Name>' -ForEach $cases {
        $problem = Get-Problem $Action
        $problem.Advice | Should -Not -BeNullOrEmpty
        $problem.Advice | Should -Not -BeLike '*what the message names*'
        foreach ($sentence in $problem.Advice -split '(?<=\.) ' | Where-Object Length -GT 12) {
            $problem.Message | Should -Not -BeLike "*$([WildcardPattern]::Escape($sentence.TrimEnd('.')))*"
        }
        if ($Other) { $problem.Advice | Should -BeLike $Other }
    }

    It 'names only commands that exist and run: <Name>' -ForEach $cases {
        $problem = Get-Problem $Action
        Clear-EmulatorFault
        foreach ($named in @(Get-NamedCommand "$($problem.Message) $($problem.Advice)")) {
            Get-Command -Name $named -Module PSBatchExports -ErrorAction Ignore | Should -Not -BeNullOrEmpty -Because $problem.Advice
        }
        $commands = @(Get-SuggestedCommand $problem.Advice)
        if ($Full) { $commands.Count | Should -Be $Full -Because $problem.Advice }
        foreach ($command in @($commands -notlike '*Read-Host*')) {
            $parsed = [scriptblock]::Create($command)
            $last = $parsed.Ast.EndBlock.Statements[0].PipelineElements[-1].GetCommandName()
            $more = (Get-Command $last).Parameters.ContainsKey('WhatIf') ? ' -WhatIf' : $last -like 'Wait-*' ? ' -TimeoutSec 1' : ''
            $seen = Invoke-Watched ([scriptblock]::Create("`$ErrorActionPreference = 'Continue'; $command$more"))
            $seen.Terminating | Should -BeNullOrEmpty -Because $command
            @($seen.Errors.FullyQualifiedErrorId) -notlike 'WaitTimedOut,*' | Should -BeNullOrEmpty -Because $command
            # The service shows a new backfill some seconds later.
            if ($last -like 'Get-*' -and $last -ne 'Get-BatchExportBackfill') { $seen.Output |
                Should -Not -BeNullOrEmpty -Because $command }
        }
    }

    It 'uses the prefix with which the module was imported' {
        $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $emulator.Api, $emulator.Key, "$($emulator.ProjectId)" {
            param($Manifest, $Api, $Key, $Project)
            Import-Module $Manifest -Prefix PH
            $problems = . {
                Get-PHBatchExport
                [System.Net.NetworkCredential]::new('', $Key).SecurePassword |
                    Connect-PHBatchExportService -ApiHost $Api -ProjectId $Project
                Suspend-PHBatchExport 'prod-*'
                Start-PHBatchExportRun events 2026-11-01 2026-11-02 | Wait-PHBatchExportRun -TimeoutSec 1
                New-PHBatchExport x -Interval hour -OffsetHour 77 -Destination @{
                    type   = 'HTTP'
                    config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 't' }
                }
            } 2>&1
            foreach ($problem in $problems | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }) {
                $advice = $problem.ErrorDetails.RecommendedAction
                $advice
                foreach ($name in [regex]::Matches("$problem $advice", '\b[A-Z][a-z]+-\w*BatchExport\w*').Value) {
                    if (-not (Get-Command $name -ErrorAction Ignore)) { "unknown: $name" }
                }
            }
        }
        $run.Output | Should -HaveCount 4
        $run.Output | ForEach-Object { $_ | Should -BeLike '*-PHBatchExport*' }
    }
}
