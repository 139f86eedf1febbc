[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator
    Import-Module (Get-ModuleUnderTest)

    function ConvertTo-Secret([string] $Text) {
        [System.Net.NetworkCredential]::new('', $Text).SecurePassword
    }

    function Use-Environment([hashtable] $Values) {
        foreach ($name in 'POSTHOG_PERSONAL_API_KEY', 'POSTHOG_HOST', 'POSTHOG_PROJECT_ID', 'POSTHOG_ORGANIZATION_ID') {
            [System.Environment]::SetEnvironmentVariable($name, $Values[$name])
        }
    }

    $secret = ConvertTo-Secret $emulator.Key
    $here = @{ ApiHost = $emulator.Api; ProjectId = $emulator.ProjectId }
}

AfterAll {
    Disconnect-BatchExportService
    Use-Environment @{}
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Environment variables' {
    BeforeEach {
        Disconnect-BatchExportService
        Use-Environment @{}
        Reset-Emulator
    }

    It 'may end in a line break, as files do' {
        Use-Environment @{
            POSTHOG_PERSONAL_API_KEY = "$($emulator.Key)`n"
            POSTHOG_HOST             = "$($emulator.Api)`r`n"
            POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)`n"
        }
        Get-BatchExport -First 1 | Should -HaveCount 1
    }

    It 'are named by the error when the value is not <What>' -ForEach @(
        @{ What = 'a project'; Variable = 'POSTHOG_PROJECT_ID' }
        @{ What = 'an organization'; Variable = 'POSTHOG_ORGANIZATION_ID' }
    ) {
        Use-Environment @{ POSTHOG_PERSONAL_API_KEY = $emulator.Key; POSTHOG_HOST = $emulator.Api; $Variable = 'no such thing' }
        foreach ($action in { Get-BatchExport }, { Connect-BatchExportService }) {
            $seen = Invoke-Watched $action
            "$($seen.Terminating)" | Should -BeLike "$Variable is 'no such thing', which is not $What*"
        }
    }

    It 'are sufficient without Connect-BatchExportService' {
        Use-Environment @{
            POSTHOG_PERSONAL_API_KEY = $emulator.Key
            POSTHOG_HOST             = $emulator.Api
            POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
        }
        Get-BatchExport -First 1 | Should -Not -BeNullOrEmpty
        (Get-EmulatorRequest)[-1].path | Should -Be "/api/projects/$($emulator.ProjectId)/batch_exports/"
    }

    It 'supply the key, host, project and organization that Connect-BatchExportService is not given' {
        Use-Environment @{
            POSTHOG_PERSONAL_API_KEY = $emulator.Key
            POSTHOG_HOST             = $emulator.Api
            POSTHOG_PROJECT_ID       = '77'
            POSTHOG_ORGANIZATION_ID  = $emulator.OrganizationId
        }
        $connection = Connect-BatchExportService -SkipValidation -PassThru
        $connection.ApiHost | Should -Be "$($emulator.Api)/"
        $connection.ProjectId | Should -Be '77'
        $connection.OrganizationId | Should -Be $emulator.OrganizationId
    }

    It 'are overridden by the parameters of Connect-BatchExportService' {
        Use-Environment @{
            POSTHOG_PERSONAL_API_KEY = 'phx_other'
            POSTHOG_HOST             = 'eu'
            POSTHOG_PROJECT_ID       = '77'
            POSTHOG_ORGANIZATION_ID  = [guid]::NewGuid().ToString()
        }
        $connection = Connect-BatchExportService -ApiKey $secret @here -OrganizationId current -PassThru
        $connection.ApiHost | Should -Be "$($emulator.Api)/"
        $connection.ProjectId | Should -Be "$($emulator.ProjectId)"
        $connection.OrganizationId | Should -Be current
    }

    It 'are overridden by an open connection' {
        Connect-BatchExportService -ApiKey $secret @here
        Use-Environment @{ POSTHOG_PERSONAL_API_KEY = 'phx_other'; POSTHOG_HOST = 'https://127.0.0.1:1' }
        Get-BatchExport -First 1 | Should -Not -BeNullOrEmpty
    }

    It 'resolve the host <value> to <expected>' -ForEach @(
        @{ value = 'us'; expected = 'https://us.posthog.com/' }
        @{ value = 'EU'; expected = 'https://eu.posthog.com/' }
        @{ value = 'https://posthog.example.com'; expected = 'https://posthog.example.com/' }
    ) {
        Use-Environment @{ POSTHOG_PERSONAL_API_KEY = 'phx_any'; POSTHOG_HOST = $value }
        (Get-BatchExportConnection).ApiHost | Should -Be $expected
    }

    It 'are named by the error when the host is invalid' {
        Use-Environment @{ POSTHOG_PERSONAL_API_KEY = 'phx_any'; POSTHOG_HOST = 'somewhere' }
        $seen = Invoke-Watched { Get-BatchExport }
        $seen.Terminating.ErrorDetails.Message | Should -BeLike '*POSTHOG_HOST*somewhere*'
    }

    It 'are read again when they change' {
        Use-Environment @{ POSTHOG_PERSONAL_API_KEY = 'phx_any'; POSTHOG_PROJECT_ID = '1' }
        (Get-BatchExportConnection).ProjectId | Should -Be 1
        Use-Environment @{ POSTHOG_PERSONAL_API_KEY = 'phx_any'; POSTHOG_PROJECT_ID = '2' }
        (Get-BatchExportConnection).ProjectId | Should -Be 2
    }
}
