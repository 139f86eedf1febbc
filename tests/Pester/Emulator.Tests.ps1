<#
    What the emulator prints for people, typed as it says.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Readable -Arguments '--exports', '3', '--api-key', "phx_it's_me"

    # Each block of indented lines, without the one that lists the addresses.
    $blocks = [regex]::Matches($emulator.Printed, '(?m)(^  .*\n)+').Value | Select-Object -Skip 1
    $alone = @{ POSTHOG_HOST = $null; POSTHOG_PERSONAL_API_KEY = $null; POSTHOG_PROJECT_ID = $null; POSTHOG_ORGANIZATION_ID = $null }
}

AfterAll {
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'The emulator, started by hand' {
    It 'prints PowerShell commands that import the module, connect and list the exports' {
        $run = Invoke-InFreshPwsh ([scriptblock]::Create($blocks[0])) -Environment $alone
        $run.Errors | Should -BeNullOrEmpty
        $run.Output -match 'prod-events-s3|nightly|prod-persons' | Should -HaveCount 3
    }

    It 'prints commands that connect the session without environment variables' {
        $imports = $blocks[0] -split '\n' -notmatch '\$env:' -notmatch '^\s*Get-'
        $lines = @($imports; $blocks[1]; '(Get-BatchExportConnection).ApiHost.AbsoluteUri; (Get-BatchExport).Name') -join "`n"
        $run = Invoke-InFreshPwsh ([scriptblock]::Create($lines)) -Environment $alone
        $run.Errors | Should -BeNullOrEmpty
        $run.Output -match [regex]::Escape($emulator.Api) | Should -HaveCount 1
        $run.Output -match 'nightly' | Should -HaveCount 1
    }
}
