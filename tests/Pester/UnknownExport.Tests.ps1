[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
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

    It 'is the same error for <_>' -ForEach 'Get-BatchExportRun', 'Get-BatchExportBackfill' {
        $command = $_
        $seen = Invoke-Watched { & $command $unknown }

        $seen.Output | Should -BeNullOrEmpty
        $seen.Errors | Should -HaveCount 1
        "$($seen.Errors[0])" | Should -Be "Batch export '$unknown' was not found."
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
    }
}

Describe 'A 404 of a load balancer' {
    BeforeAll {
        $emulator = Start-Emulator
        Connect-Emulator @{ MaximumRetryCount = 1; MaximumRetryDelay = 1 }
        $export = @(Get-BatchExport)[0]
    }

    BeforeEach {
        Clear-EmulatorFault
        Clear-EmulatorRequest
    }

    AfterAll {
        Disconnect-BatchExportService
        Stop-Emulator $emulator
    }

    It 'is not taken for an export that does not exist: <Command>, <Kind>' -ForEach @(
        $commands = @(
            @{ Command = 'Get-BatchExport'; Call = { Get-BatchExport -Id $export.Id } }
            @{ Command = 'Get-BatchExportRun'; Call = { Get-BatchExportRun $export.Id -After 2099-01-01 } }
            @{ Command = 'Get-BatchExportBackfill'; Call = { Get-BatchExportBackfill $export.Id } }
            @{ Command = 'Suspend-BatchExport'; Call = { Suspend-BatchExport $export.Id } }
            @{ Command = 'Remove-BatchExport'; Call = { Remove-BatchExport $export.Id -Force } }
        )
        $kinds = @(
            @{ Kind = 'text'; Answer = @{ body = 'default backend - 404'; contentType = 'text/plain' }; Shown = '(text/plain)' }
            @{ Kind = 'a page'; Answer = @{ body = '<html>404</html>'; contentType = 'text/html' }; Shown = '(text/html)' }
            @{ Kind = 'nothing'; Answer = @{}; Shown = '(no content)' }
            @{
                Kind   = 'the JSON of a gateway'
                Answer = @{ body = '{"message":"no Route matched with those values"}' }
                Shown  = '(application/json)'
            }
        )
        foreach ($command in $commands) { foreach ($kind in $kinds) { $command + $kind } }
    ) {
        Add-EmulatorFault (@{ status = 404; times = 20 } + $Answer)
        $seen = Invoke-Watched $Call

        $seen.Output | Should -BeNullOrEmpty
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'UnexpectedResponse,*'
        $seen.Errors[0].TargetObject | Should -Be $export.Id
        "$($seen.Errors[0])" | Should -BeLike "*$($emulator.Api)*404 Not Found*$Shown*proxy*load balancer*"
        "$($seen.Errors[0])" | Should -Not -BeLike '*was not found*'
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*host*load balancer*'
        @(Get-EmulatorRequest) | Should -HaveCount 2
    }

    It 'is retried' {
        Add-EmulatorFault @{ status = 404; body = 'no healthy upstream'; contentType = 'text/plain' }
        $seen = Invoke-Watched { Get-BatchExport -Id $export.Id }

        $seen.Errors | Should -BeNullOrEmpty
        $seen.Output.Id | Should -Be $export.Id
    }

    It 'does not decide whether an export with an empty list exists' {
        Connect-Emulator @{ MaximumRetryCount = 0 }
        Add-EmulatorFault @{
            pathPattern = "/batch_exports/$($export.Id)/`$"
            status      = 404
            body        = 'no healthy upstream'
            contentType = 'text/plain'
        }
        $seen = Invoke-Watched { Get-BatchExportRun $export.Id -After 2099-01-01 }

        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'UnexpectedResponse,*'
    }

    It 'is not taken for an invalid key, nor is a sign-in page with <Status>' -ForEach @{ Status = 401 }, @{ Status = 403 } {
        Add-EmulatorFault @{ status = $Status; body = '<html>Please sign in</html>'; contentType = 'text/html'; times = 20 }
        $seen = Invoke-Watched { Get-BatchExport -Id $export.Id }

        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'UnexpectedResponse,*'
        "$($seen.Errors[0])" | Should -Not -BeLike '*key*'
    }
}
