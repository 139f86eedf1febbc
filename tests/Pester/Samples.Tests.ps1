<#
    Runs the runbooks in samples/ against the emulator as users do: in a process of their own that finds the module by name.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--events-per-hour', '200'
    $samples = (Resolve-Path -LiteralPath (Join-Path $PSScriptRoot '../../samples/Runbooks')).Path

    # A copy, not a link: Pester empties its drive through links, and would take along what others write in the tree meanwhile.
    $modules = Join-Path $TestDrive 'modules'
    $source = Split-Path (Get-ModuleUnderTest)
    $installed = New-Item -ItemType Directory -Path (Join-Path $modules 'PSBatchExports')
    'PSBatchExports.psd1', 'module', 'lib' |
        ForEach-Object { Copy-Item -LiteralPath (Join-Path $source $_) -Destination $installed -Recurse }
    $surroundings = @{
        POSTHOG_PERSONAL_API_KEY = $emulator.Key
        POSTHOG_HOST             = $emulator.Api
        POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
        PSModulePath             = "$modules$([System.IO.Path]::PathSeparator)$env:PSModulePath"
    }
}

AfterAll {
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Runbooks' {
    It 'Save-NightlyExport saves a day, and reuses the run the second time' {
        $folder = Join-Path $TestDrive 'nightly'
        $runs = foreach ($time in 1, 2) {
            Invoke-InFreshPwsh -Environment $surroundings -Arguments (Join-Path $samples 'Save-NightlyExport.ps1'), $folder {
                param($Script, $Folder)
                & $Script -Folder $Folder -Day '2026-11-01'
            }
        }
        $runs.ExitCode | Should -Be 0, 0
        $file = Get-Item (Join-Path $folder '2026-11-01/*.parquet')
        foreach ($run in $runs) {
            $run.Output | Should -HaveCount 3
            $run.Output | ForEach-Object { $_ | Should -Match '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ run [0-9a-f-]{36} [^\e]+$' }
            $run.Output[1] | Should -BeLike "* file $($file.FullName): $($file.Length) bytes, * rows*"
            $run.Output[2] | Should -BeLike "* is complete: 1 files, $($file.Length) bytes, * rows"
        }
        $runs[0].Output[1] | Should -Not -BeLike '*was there already'
        $runs[1].Output[1] | Should -BeLike '*was there already'
        @(Get-EmulatorRequest | Where-Object { $_.method -eq 'POST' -and $_.path -like '*file_download*' }) | Should -HaveCount 1
    }

    if ($env:PSBATCHEXPORTS_LONG_TESTS -eq '1') {
        It 'Save-NightlyExport starts another run after one that failed' {
            $folder = Join-Path $TestDrive 'failed'
            Connect-Emulator @{ SkipValidation = $true }
            $run = Start-BatchExportRun events -DataIntervalStart 2026-11-02 -DataIntervalEnd 2026-11-03
            Set-EmulatorRun $run.RunId Failed -ErrorMessage 'the reason of the run'
            $null = New-Item -ItemType Directory -Path (Join-Path $folder '2026-11-02')
            Set-Content -LiteralPath (Join-Path $folder '2026-11-02/run.txt') -Value $run.RunId
            $runs = foreach ($time in 1, 2) {
                Invoke-InFreshPwsh -Environment $surroundings -Arguments (Join-Path $samples 'Save-NightlyExport.ps1'), $folder {
                    param($Script, $Folder)
                    & $Script -Folder $Folder -Day '2026-11-02'
                    exit $LASTEXITCODE
                }
            }
            $runs.ExitCode | Should -Be 1, 0
            $runs[0].Errors | Should -Match '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ error: [^\e]*the reason of the run'
            $runs[1].Output[-1] | Should -BeLike '* is complete: 1 files, * bytes, * rows'
        }
    }

    It 'Save-NightlyExport ends with exit code 1 and says why' {
        $environment = $surroundings + @{ POSTHOG_ORGANIZATION_ID = $null }
        $arguments = (Join-Path $samples 'Save-NightlyExport.ps1'), (Join-Path $TestDrive 'failing')
        $run = Invoke-InFreshPwsh -Environment $environment -Arguments $arguments {
            param($Script, $Folder)
            $env:POSTHOG_PERSONAL_API_KEY = 'phx_wrong'
            & $Script -Folder $Folder
            exit $LASTEXITCODE
        }
        $run.ExitCode | Should -Be 1
        $run.Errors | Should -BeLike '*Connect-BatchExportService*'
    }

    It 'Start-WhenDataIsWhole starts a job once the data is whole' {
        $job = Join-Path $TestDrive 'job.ps1'
        Set-Content -LiteralPath $job -Value '"the job runs"'
        $arguments = (Join-Path $samples 'Start-WhenDataIsWhole.ps1'), [datetime]::UtcNow.AddDays(-5).ToString('s'), $job
        $run = Invoke-InFreshPwsh -Environment $surroundings -Arguments $arguments {
            param($Script, $Until, $Job)
            & $Script prod-persons-bigquery -Until $Until -Command $Job
            exit $LASTEXITCODE
        }
        $run.Errors | Should -BeNullOrEmpty
        $run.ExitCode | Should -Be 0
        $run.Output | Should -HaveCount 5
        $run.Output[1] | Should -Match '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ prod-persons-bigquery: [^\e]*data until [^\e]+$'
        $run.Output[3] | Should -Be 'the job runs'
    }

    It 'Start-WhenDataIsWhole ends with exit code <Code> if <Case>' -ForEach @(
        @{ Code = 2; Case = 'the data is not whole in time'; Name = 'nightly'; Days = 0; Says = 'After 1 s the data of nightly was whole' }
        @{ Code = 3; Case = 'an export is paused'; Name = 'nightly, prod-persons-bigquery'; Days = 0; Says = 'prod-persons-bigquery is paused' }
        @{ Code = 1; Case = 'the job fails'; Name = 'prod-persons-bigquery'; Days = 5; Says = 'failing.ps1 ended with exit code 7.' }
    ).Where{ $_.Code -ne 2 -or $env:PSBATCHEXPORTS_LONG_TESTS -eq '1' } {
        $job = Join-Path $TestDrive 'failing.ps1'
        Set-Content -LiteralPath $job -Value 'exit 7'
        $until = [datetime]::UtcNow.AddDays(-$Days).ToString('s')
        $arguments = (Join-Path $samples 'Start-WhenDataIsWhole.ps1'), $Name, $until, $job
        $run = Invoke-InFreshPwsh -Environment $surroundings -Arguments $arguments {
            param($Script, $Name, $Until, $Job)
            & $Script ($Name -split ', ') -Until $Until -TimeoutSec 1 -Command $Job
            exit $LASTEXITCODE
        }
        $run.ExitCode | Should -Be $Code
        $run.Errors | Should -Match '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ error: '
        $run.Errors | Should -BeLike "*$Says*"
    }

    if ($env:PSBATCHEXPORTS_LONG_TESTS -eq '1') {
        It 'Watch-FailingExport puts out what fails, with its last errors' {
            $arguments = (Join-Path $samples 'Watch-FailingExport.ps1'), "$($emulator.ProjectId)"
            $run = Invoke-InFreshPwsh -Environment $surroundings -Arguments $arguments {
                param($Script, $ProjectId)
                & $Script -ProjectId $ProjectId | ConvertTo-Json -Depth 3 -Compress
            }
            $run.Errors | Should -BeNullOrEmpty
            $failing = $run.Output | ConvertFrom-Json
            $failing.Name | Should -Be prod-events-s3
            $failing.LastErrors | Should -Not -BeNullOrEmpty
            $failing.FailedAt | Should -Not -BeNullOrEmpty
        }
    }
}

Describe 'Shards' {
    # The long run has the eight processes of a scheduler.
    It 'Save-Shard saves a run in several processes, each file once' {
        $shards = $env:PSBATCHEXPORTS_LONG_TESTS -eq '1' ? 8 : 2
        Connect-Emulator @{ SkipValidation = $true }
        $span = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-02' }
        $run = Start-BatchExportRun events @span -Format JSONLines -MaxFileSizeMB 1 | Wait-BatchExportRun
        $script = Join-Path $samples '../Shards/Save-Shard.ps1'
        $folder = Join-Path $TestDrive 'shards'
        $outputs = 1..$shards | ForEach-Object -ThrottleLimit 8 -Parallel {
            $with = $using:surroundings
            $start = [System.Diagnostics.ProcessStartInfo]::new((Join-Path $PSHOME 'pwsh'))
            '-NoProfile', '-NonInteractive', '-File', $using:script, '-RunId', $using:run.RunId, '-Shard', "$_/$using:shards", '-Folder', $using:folder |
                ForEach-Object { $start.ArgumentList.Add($_) }
            foreach ($name in $with.Keys) { $start.Environment[$name] = $with[$name] }
            $start.RedirectStandardOutput = $start.RedirectStandardError = $true
            $process = [System.Diagnostics.Process]::Start($start)
            $errors = $process.StandardError.ReadToEndAsync()
            $process.StandardOutput.ReadToEnd()
            $process.WaitForExit()
            $errors.Result
        }
        $outputs -join "`n" | Should -Not -Match 'Shard:|shard \d/\d: '
        @($outputs -split "`n" | Where-Object { $_ -match '^shard \d/\d is complete: \d+ files' }) | Should -HaveCount $shards
        @($outputs -split "`n" | Where-Object { $_ -match '^shard \d/\d file ' }) | Should -HaveCount $run.Files.Count
        $lines = Get-ChildItem -LiteralPath $folder | Get-Content | ForEach-Object { ($_ | ConvertFrom-Json).uuid }
        $lines.Count | Should -Be $run.RecordsCompleted
        @($lines | Sort-Object -Unique).Count | Should -Be $lines.Count
    }
}

Describe 'Exports as code' {
    It 'plans and applies the folder as the steps of the workflow do' {
        $work = Join-Path $TestDrive 'code'
        Copy-Item -LiteralPath (Join-Path $samples '../ExportsAsCode') -Destination $work -Recurse
        Copy-Item -LiteralPath $installed -Destination $work -Recurse
        $workflow = (Get-Content -LiteralPath (Join-Path $work 'github-actions.yml') -Raw) -replace "`r"
        $steps = @{}
        foreach ($step in [regex]::Matches($workflow, '(?m)^ +- name: (?<name>\w+)\n +shell: pwsh\n +run: \|\n(?<code>(?: {10}.*\n)+)')) {
            $steps[$step.Groups['name'].Value] = $step.Groups['code'].Value
        }
        $summary = Join-Path $work 'summary.md'

        function Invoke-WorkflowStep([string] $Name, [hashtable] $With) {
            Invoke-InFreshPwsh -Environment ($surroundings + $With) -Arguments $steps[$Name], $work {
                param($Code, $Folder)
                Set-Location -LiteralPath $Folder
                & ([scriptblock]::Create($Code))
            }
        }

        $production = @{ ENVIRONMENT = 'production'; GITHUB_STEP_SUMMARY = $summary }
        $planned = Invoke-WorkflowStep Plan $production
        $planned.Errors | Should -BeNullOrEmpty
        $planned.Output | Should -Contain '+ Create prod-web-to-eu'
        Get-Content -LiteralPath $summary -Raw | Should -BeLike '## production*~~~diff*+ Create prod-web-to-eu*~~~*'

        $failed = Invoke-WorkflowStep Apply $production
        $failed.ExitCode | Should -Be 1
        $failed.Errors | Should -BeLike '*WEB_TOKEN*is not set*'

        $applied = Invoke-WorkflowStep Apply ($production + @{ WEB_TOKEN = 'phc_of_the_other_project' })
        $applied.Errors | Should -BeNullOrEmpty
        $applied.ExitCode | Should -Be 0
        Connect-Emulator @{ SkipValidation = $true }
        Compare-BatchExportConfiguration (Join-Path $work 'exports') | Should -BeNullOrEmpty

        $staging = Compare-BatchExportConfiguration (Join-Path $work 'exports') -Overlay (Join-Path $work 'staging.overlay.json')
        $staging.Name | Should -Be 'prod-events-s3', 'prod-web-to-eu'
    }
}

Describe 'Tour' {
    It 'shows each command and its output' {
        $root = Split-Path -Path (Split-Path -Path $samples)
        $folder = (New-Item -ItemType Directory -Path (Join-Path $TestDrive 'tour')).FullName
        $environment = $surroundings + @{ POSTHOG_ORGANIZATION_ID = $null; NO_COLOR = $null }
        $run = Invoke-InFreshPwsh -Environment $environment -Arguments $root, $folder {
            param($Root, $Folder)
            Set-Location -LiteralPath $Root
            & ./samples/Tour/tour.ps1 -Folder $Folder
        }
        $run.Errors | Should -BeNullOrEmpty
        $run.ExitCode | Should -Be 0
        $text = $run.Output -join "`n"
        $text | Should -Not -Match '\x1b'

        $answers = [ordered]@{}
        foreach ($part in $text -split '(?m)^PS> ' | Select-Object -Skip 1) {
            $typed, $answer = $part -split "`n", 2
            $answers[$typed] = $answer
        }
        $answers['Get-BatchExport'] | Should -Match 'prod-events-s3'
        $answers['Get-BatchExportHealth'] | Should -Match 'PausedByUser'
        $answers['Find-BatchExportGap prod-events-s3'] | Should -Match 'Missing'
        $answers['Find-BatchExportGap prod-events-s3 | Repair-BatchExportGap -WhatIf'] | Should -Match 'goes first'
        $answers['$run'] | Should -Match 'Completed'
        $answers['$run | Save-BatchExportFile ./data -Verify'] | Should -Match 'every byte'
        Join-Path $folder 'data' | Get-ChildItem | Should -HaveCount 1
    }
}
