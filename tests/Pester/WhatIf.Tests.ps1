<#
    -WhatIf and -Confirm of every command that changes something.
    Takes about 60 s.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    Import-Module (Get-ModuleUnderTest)
    $commands = Get-Command -Module PSBatchExports -CommandType Cmdlet |
        Where-Object { $_.Parameters.ContainsKey('WhatIf') } |
        ForEach-Object Name
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0'
    Connect-Emulator @{ SkipValidation = $true }
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
    $span = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-01T01:00Z' }

    # What each command is given, apart from the switches under test. A command that is not here fails its tests.
    $arguments = @{
        'New-BatchExport'                 = { @{ Name = 'new'; Interval = 'hour'; Destination = $http } }
        'Set-BatchExport'                 = {
            @{ Id = $export.Id; Destination = @{ config = @{ url = 'https://us.i.posthog.com/batch/' } }; PassThru = $true }
        }
        'Remove-BatchExport'              = { @{ Id = $export.Id } }
        'Suspend-BatchExport'             = { @{ Id = $export.Id; PassThru = $true } }
        'Resume-BatchExport'              = { @{ Id = $export.Id; Backfill = $true; PassThru = $true } }
        'Start-BatchExportRun'            = { $span }
        'Stop-BatchExportRun'             = { @{ RunId = $run.RunId; PassThru = $true } }
        'Save-BatchExportFile'            = { @{ RunId = $run.RunId; Path = $folder } }
        'Test-BatchExport'                = { @{ Id = $scheduled.BatchExportId } }
        'Save-BatchExportRange'           = { $span + @{ Path = $folder } }
        'Restart-BatchExportRun'          = { @{ RunId = $scheduled.RunId; BatchExportId = $scheduled.BatchExportId } }
        'Start-BatchExportBackfill'       = { @{ BatchExportId = $export.Id; StartAt = '2026-10-01T00:00Z'; EndAt = '2026-10-01T02:00Z' } }
        'Export-BatchExportManifest'      = {
            @{ InputObject = [PSBatchExports.BatchExportFile] @{ FileId = 'f'; RunId = 'r'; Url = 'https://host/f' }; Path = $folder }
        }
        'Export-BatchExportReport'        = { @{ Path = $folder } }
        'Repair-BatchExportGap'           = {
            @{ InputObject = Find-BatchExportGap $scheduled.BatchExportId -After ([datetime]::UtcNow.AddDays(-2)) | Select-Object -First 1 }
        }
        'Copy-BatchExport'                = { @{ Id = 'nightly'; NewName = "copy $([guid]::NewGuid())" } }
        'Switch-BatchExportIntegration'   = { @{ From = '802'; To = '801' } }
        'Export-BatchExportConfiguration' = { @{ Id = $export.Id; Path = $folder } }
        'Sync-BatchExportConfiguration'   = {
            $code = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
            $file = Export-BatchExportConfiguration $code -Id $export.Id
            (Get-Content -LiteralPath $file -Raw).Replace('"interval": "hour"', '"interval": "day"') | Set-Content -LiteralPath $file
            @{ InputObject = Compare-BatchExportConfiguration $code; PassThru = $true }
        }
        'Stop-BatchExportBackfill'        = { @{ BatchExportId = $export.Id; BackfillId = '0195f1c2-0000-0000-0000-00000000dead' } }
    }

    function Get-Change {
        @(Get-EmulatorRequest | Where-Object method -NE GET | ForEach-Object { "$($_.method) $($_.path)" })
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'WhatIf' {
    BeforeEach {
        Reset-Emulator
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $export = New-BatchExport -Name changing -Interval hour -Destination $http
        $scheduled = (Get-BatchExport prod-events-s3).LatestRuns[0]
        $run = Start-BatchExportRun @span
        Clear-EmulatorRequest
    }

    It 'is supported by every cmdlet that changes something' {
        $changing = Get-Command -Module PSBatchExports -CommandType Cmdlet |
            Where-Object Verb -NotIn Get, Find, Wait, Connect, Disconnect, Measure, Compare
        $changing.Name | Where-Object { $_ -notin 'New-BatchExportDestination', 'Test-BatchExportFile' -and -not (Get-Command $_).Parameters.ContainsKey('WhatIf') } |
            Should -BeNullOrEmpty
    }

    Context '<_>' -ForEach $commands {
        BeforeEach {
            $name = $_
            $with = & $arguments[$name]
            if ($name -eq 'Stop-BatchExportRun') { Set-EmulatorRun $run.RunId Running }
        }

        It 'changes nothing with -WhatIf' {
            $seen = Invoke-Watched { & $name @with -WhatIf }
            $seen.Terminating | Should -BeNullOrEmpty
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output | Should -BeNullOrEmpty
            Get-Change | Should -BeNullOrEmpty
            Get-EmulatorRequest -Origin storage | Should -BeNullOrEmpty
            Test-Path -LiteralPath $folder | Should -BeFalse
        }

        It 'changes nothing with $WhatIfPreference' {
            $WhatIfPreference = $true
            $seen = Invoke-Watched { & $name @with }
            $WhatIfPreference = $false
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output | Should -BeNullOrEmpty
            Get-Change | Should -BeNullOrEmpty
            Test-Path -LiteralPath $folder | Should -BeFalse
        }

        It 'changes nothing with -WhatIf and every switch that suppresses prompts' {
            $force = (Get-Command $name).Parameters.ContainsKey('Force') ? @{ Force = $true } : @{}
            $null = Invoke-Watched { & $name @with @force -Confirm:$false -WhatIf }
            Get-Change | Should -BeNullOrEmpty
            Test-Path -LiteralPath $folder | Should -BeFalse
        }

        It 'makes the change with -WhatIf:$false and -Confirm:$false' {
            $null = Invoke-Watched { & $name @with -WhatIf:$false -Confirm:$false }
            if ($name -eq 'Save-BatchExportFile' -or $name -like 'Export-*') {
                Get-ChildItem -LiteralPath $folder | Where-Object Name -NotLike *.schema.json | Should -HaveCount 1
            }
            else {
                @(Get-Change).Count | Should -BeGreaterOrEqual 1
            }
        }

        It 'makes the change with -WhatIf:$false despite $WhatIfPreference' {
            $WhatIfPreference = $true
            $null = Invoke-Watched { & $name @with -WhatIf:$false -Confirm:$false }
            $WhatIfPreference = $false
            (@(Get-Change).Count + [int] (Test-Path -LiteralPath $folder)) | Should -BeGreaterOrEqual 1
        }
    }

    It 'shows the name of an export that was listed before' {
        $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest) -Environment @{
            POSTHOG_PERSONAL_API_KEY = $emulator.Key
            POSTHOG_HOST             = $emulator.Api
            POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
        } {
            param($Manifest)
            Import-Module $Manifest
            $id = (Get-BatchExport nightly).Id
            Remove-BatchExport $id -WhatIf
            Suspend-BatchExport $id -WhatIf
            Set-BatchExport $id -Name x -WhatIf
        }
        $run.Output | Should -HaveCount 3
        $run.Output | Should -BeLike '*"nightly (*)"*'
    }

    It 'names the action and its target' {
        $surroundings = @{
            POSTHOG_PERSONAL_API_KEY = $emulator.Key
            POSTHOG_HOST             = $emulator.Api
            POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
        }
        $told = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest) -Environment $surroundings {
            param($Manifest)
            Import-Module $Manifest
            Get-BatchExport prod-* | Where-Object Interval -EQ hour | Suspend-BatchExport -WhatIf
            Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-02 -WhatIf
            New-BatchExport -Name new -Interval hour -Destination @{ type = 'HTTP'; config = @{ token = 'phc_target' } } -WhatIf
        }
        $told.Output[0] | Should -BeLike 'What if:*Pause*prod-events-s3 (*'
        $told.Output[1] | Should -BeLike 'What if:*billed*2026-11-01*2026-11-02*'
        $told.Output[2] | Should -BeLike 'What if:*HTTP*hour*new*'
        "$($told.Output)" | Should -Not -BeLike '*phc_target*'
    }

    It 'shares its text with the prompt of -Confirm, which -Force does not suppress' {
        $surroundings = @{
            POSTHOG_PERSONAL_API_KEY = $emulator.Key
            POSTHOG_HOST             = $emulator.Api
            POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
        }
        $told = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $export.Id -Environment $surroundings {
            param($Manifest, $Id)
            Import-Module $Manifest
            try { Remove-BatchExport $Id -Force -Confirm } catch { "$_" }
        }
        $told.Output | Should -BeLike '*NonInteractive*'
        Get-Change | Should -BeNullOrEmpty
    }

    It 'names the fields that Set-BatchExport would change, and no secret' {
        $run = Invoke-InFreshPwsh -Environment @{
            POSTHOG_PERSONAL_API_KEY = $emulator.Key
            POSTHOG_HOST             = $emulator.Api
        } -Arguments (Get-ModuleUnderTest), (Get-BatchExport -First 1).Id {
            param($Manifest, $Id)
            Import-Module $Manifest
            $times = @{ Interval = 'day'; OffsetHour = 3; StartAt = '2026-11-01T06:00'; EndAt = $null }
            Set-BatchExport $Id @times -Destination @{ config = @{ token = 'phc_target' } } -WhatIf
        }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output |
            Should -BeLike ("What if: *`"Change Destination, Interval to 'day', StartAt to 2026-11-01 06:00 UTC, " +
                "EndAt to nothing, OffsetHour to 3`" on target *")
    }
}
