[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

# Proxy commands and mocks declare a cmdlet's parameters again, by their types alone.
BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0'
    Connect-Emulator
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'A proxy command' {
    It 'reads a time as the cmdlet does, in every time zone' {
        Clear-EmulatorRequest
        $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest) -Environment @{
            TZ                       = 'Europe/Berlin'
            POSTHOG_PERSONAL_API_KEY = $emulator.Key
            POSTHOG_HOST             = $emulator.Api
            POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
        } {
            param($Manifest)
            $ErrorActionPreference = 'Stop'
            [cultureinfo]::CurrentCulture = [cultureinfo]::GetCultureInfo('de-DE')
            Import-Module $Manifest
            $start = [System.Management.Automation.CommandMetadata]::new((Get-Command Start-BatchExportRun))
            $body = [System.Management.Automation.ProxyCommand]::Create($start)
            Set-Item -Path function:Start-Proxy -Value ([scriptblock]::Create($body))
            foreach ($time in @(
                    '2026-11-01'
                    '2026-11-01T02:00:00+02:00'
                    [datetime]::new(2026, 11, 1)
                    [datetime]::new(2026, 11, 1, 1, 0, 0, [System.DateTimeKind]::Local)
                    [dateonly]::new(2026, 11, 1)
                    [datetimeoffset]::new(2026, 11, 1, 2, 0, 0, [timespan]::FromHours(2))
                )) {
                $null = Start-Proxy events -DataIntervalStart $time -DataIntervalEnd 2026-11-02
            }
        }
        $run.Errors | Should -BeNullOrEmpty
        $sent = (Get-EmulatorRequest).body
        $sent | Should -HaveCount 6
        $sent |
            ForEach-Object {
                $_ | Should -BeLike '*"data_interval_start":"2026-11-01T00:00:00Z","data_interval_end":"2026-11-02T00:00:00Z"*'
            }
    }
}

Describe 'A mock' {
    It 'receives a time and a duration as the cmdlets do' {
        Mock Start-BatchExportRun { $DataIntervalStart }
        Mock Connect-BatchExportService { $MaximumRetryDelay }
        [datetimeoffset] (Start-BatchExportRun -DataIntervalStart 2026-11-01) | Should -Be ([datetimeoffset]::new(2026, 11, 1, 0, 0, 0, 0))
        foreach ($minutes in 90, '90', '1.5m', ([timespan]::FromSeconds(90))) {
            [timespan] (Connect-BatchExportService -MaximumRetryDelay $minutes) | Should -Be ([timespan]::FromSeconds(90))
        }
    }

    It 'refuses an ambiguous date' {
        Mock Start-BatchExportRun { }
        { Start-BatchExportRun -DataIntervalStart 03/11/2026 } | Should -Throw '*ambiguous*2026-03-11*2026-11-03*'
    }
}

Describe 'The parameters' {
    It 'have types that make every wrapper read times and durations the same way' {
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        $parameters = (Get-Command -Module PSBatchExports).Parameters.Values | Where-Object Name -NotIn $common
        $types = $parameters.ParameterType | ForEach-Object { [Nullable]::GetUnderlyingType($_) ?? $_ } | Select-Object -Unique
        $types | Where-Object { $_ -in [datetime], [datetimeoffset], [timespan], [dateonly] } | Should -BeNullOrEmpty
    }
}
