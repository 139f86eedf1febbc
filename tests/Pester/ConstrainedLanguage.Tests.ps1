[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--exports', '20', '--run-duration', '0'
    $manifest = Get-ModuleUnderTest
    $root = Split-Path -Path $manifest -Parent

    $gallery = Join-Path $TestDrive 'modules'
    $installed = Join-Path $gallery 'PSBatchExports'
    $null = New-Item -ItemType Directory -Path $installed
    'PSBatchExports.psd1', 'module', 'lib', 'en-US' |
        ForEach-Object { Join-Path $root $_ } |
        Where-Object { Test-Path -LiteralPath $_ } |
        Copy-Item -Destination $installed -Recurse

    $connected = @{
        POSTHOG_HOST             = $emulator.Api
        POSTHOG_PERSONAL_API_KEY = $emulator.Key
        POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
    }
    $onModulePath = $connected + @{ PSModulePath = "$gallery$([System.IO.Path]::PathSeparator)$env:PSModulePath" }

    function Assert-Clean {
        param([pscustomobject] $Run)

        $Run.Errors | Should -BeNullOrEmpty
        $Run.ExitCode | Should -Be 0
    }
}

AfterAll {
    Stop-Emulator
    Remove-Module Support
}

Describe 'Constrained language mode' {
    It 'works when the module was imported before' {
        $run = Invoke-InFreshPwsh -Environment $connected -Arguments $manifest {
            param($Manifest)
            Import-Module $Manifest
            $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
            "$($ExecutionContext.SessionState.LanguageMode)"
            (Get-BatchExport).Count
            @(Get-BatchExport | Where-Object Interval -EQ 'hour' | Suspend-BatchExport -PassThru -WhatIf).Count
            (Get-BatchExport -First 1 | Get-BatchExportLog -First 1 | Measure-Object).Count -le 1
        }
        Assert-Clean $run
        $run.Output[0] | Should -Be 'ConstrainedLanguage'
        $run.Output[1] | Should -Be '20'
        $run.Output[-2, -1] | Should -Be '0', 'True'
    }

    if ($env:PSBATCHEXPORTS_LONG_TESTS -eq '1') {
        It 'works when the module is imported or autoloaded inside' {
            $run = Invoke-InFreshPwsh -Environment $onModulePath -Arguments $manifest {
                param($Manifest)
                $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
                (Get-BatchExport).Count
                Remove-Module PSBatchExports
                Import-Module $Manifest
                (Get-BatchExport).Count
            }
            Assert-Clean $run
            $run.Output | Should -Be '20', '20'
        }
    }

    if ($env:PSBATCHEXPORTS_LONG_TESTS -eq '1') {
        It 'works in a runspace that starts in it' {
            $run = Invoke-InFreshPwsh -Environment $connected -Arguments $manifest {
                param($Manifest)
                $state = [initialsessionstate]::CreateDefault2()
                $state.LanguageMode = 'ConstrainedLanguage'
                $state.ImportPSModule($Manifest)
                $shell = [powershell]::Create([runspacefactory]::CreateRunspace($state))
                $shell.Runspace.Open()
                $shell.AddScript('(Get-BatchExport).Count; $c = Get-BatchExportConnection; "$($c.ProjectId)"').Invoke()
                $shell.Streams.Error.Count
            }
            Assert-Clean $run
            $run.Output | Should -Be '20', "$($emulator.ProjectId)", '0'
        }
    }

    It 'accepts destinations as hashtables and times as text' {
        $run = Invoke-InFreshPwsh -Environment $connected -Arguments $manifest {
            param($Manifest)
            $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
            Import-Module $Manifest
            $made = New-BatchExport -Name 'constrained' -Interval hour -StartAt '2026-10-01' -Destination @{
                type        = 'BigQuery'
                config      = @{ dataset_id = 'd' }
                integration = 915
            } -WhatIf
            $null -eq $made
            (Start-BatchExportRun events -DataIntervalStart '2026-10-01' -DataIntervalEnd '2026-10-02').RunId -match '^[0-9a-f-]{36}$'
        }
        Assert-Clean $run
        $run.Output[-2, -1] | Should -Be 'True', 'True'
    }

    if ($env:PSBATCHEXPORTS_LONG_TESTS -eq '1') {
        It 'resolves type names, and refuses to construct or convert to them, as to all types outside the engine''s core' {
            $run = Invoke-InFreshPwsh -Environment $connected -Arguments $manifest {
                param($Manifest)
                Import-Module $Manifest
                $ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
                (Get-BatchExport -First 1) -is [PSBatchExports.BatchExport]
                try { $null = [PSBatchExports.BatchExport]::new(); 'made' } catch { $_.FullyQualifiedErrorId }
                try { $null = [PSBatchExports.BatchExport] @{ Name = 'x' }; 'converted' } catch { $_.FullyQualifiedErrorId }
            }
            Assert-Clean $run
            $run.Output | Should -Be 'True', 'CannotCreateTypeConstrainedLanguage', 'ConversionSupportedOnlyToCoreTypes'
        }
    }
}
