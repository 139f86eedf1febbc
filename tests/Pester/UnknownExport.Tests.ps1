[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $unknown = '0195f1c2-0000-0000-0000-00000000dead'
}

AfterAll {
    Remove-Module Support
}

Describe 'An export that does not exist, where the server answers <Answer>' -ForEach @(
    @{ Answer = 'with an empty list'; Options = @() }
    @{ Answer = 'that it was not found'; Options = @('--unknown-export-not-found') }
) {
    BeforeAll {
        $emulator = Start-Emulator -Arguments $Options
        Connect-Emulator @{ MaximumRetryCount = 0 }
    }

    AfterAll {
        Disconnect-BatchExportService
        Stop-Emulator $emulator
    }

    It 'is the same error from <_>' -ForEach 'Get-BatchExportRun', 'Get-BatchExportBackfill' {
        $command = $_
        $seen = Invoke-Watched { & $command $unknown }

        $seen.Output | Should -BeNullOrEmpty
        $seen.Errors | Should -HaveCount 1
        "$($seen.Errors[0])" | Should -Be "Batch export '$unknown' was not found. Get-BatchExport shows what there is."
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
    }
}
