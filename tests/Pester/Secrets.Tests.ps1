<#
    Every command at -Verbose -Debug, with secrets that must not show.
    Takes about 50 s.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    $steps = & (Join-Path $PSScriptRoot 'Support/SecretSteps.ps1')
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    Import-Module (Join-Path $PSScriptRoot 'Support/SecretScan.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--events-per-hour', '20'
    $scan = Start-SecretScan -Emulator $emulator -Folder (Join-Path $TestDrive 'saved')
    $secrets = $scan.Secrets
    $context = $scan.Context
}

AfterAll {
    Stop-SecretScan
    Stop-Emulator
    Remove-Module SecretScan, Support
}

Describe 'Keys, passwords and signatures' {
    It 'are in no output, message or error when a script <Step>' -ForEach $steps {
        $missing = [regex]::Matches("$Script", '\b\p{L}+-BatchExport\w*') | Where-Object { -not (Get-Command $_.Value -ErrorAction Ignore) }
        if ($missing) {
            Set-ItResult -Skipped -Because "there is no $($missing[0].Value)"
            return
        }

        Clear-EmulatorFault
        if ($_.ContainsKey('Fault')) {
            Add-EmulatorFault $Fault
        }
        Clear-EmulatorRequest
        $text = Invoke-Step $Script
        Clear-EmulatorFault

        if ($_.ContainsKey('Fails')) {
            $context.ErrorIds | Should -Not -BeNullOrEmpty
            $context.ErrorIds | Should -BeLike $Fails
        }
        elseif (-not $_.ContainsKey('May')) {
            $context.ErrorIds | Should -BeNullOrEmpty
        }
        if (@(Get-EmulatorRequest).Count -gt 0) {
            $text | Should -Match '\b(GET|POST|PATCH|DELETE) http' -Because 'the requests were told of'
            $text | Should -Match 'Authorization: \*\*\*'
        }

        Find-Secret $text | Should -BeNullOrEmpty
        Find-Secret $text -Secret (Get-SignaturePart) | Should -BeNullOrEmpty
        foreach ($request in Get-EmulatorRequest -Origin storage) {
            Find-Secret ($request | ConvertTo-Json -Depth 5) | Should -BeNullOrEmpty
            $request.headers.PSObject.Properties.Name | Should -Not -Contain 'Authorization'
        }
        foreach ($request in Get-EmulatorRequest) {
            Find-Secret "$($request.path) $($request.query)" | Should -BeNullOrEmpty
        }
    }

    It 'are searched for with every cmdlet' {
        $text = Get-Content -LiteralPath (Join-Path $PSScriptRoot 'Support/SecretSteps.ps1') -Raw
        $seen = [regex]::Matches($text, '\b\p{L}+-BatchExport\w*').Value | Select-Object -Unique
        (Get-Module PSBatchExports).ExportedCmdlets.Keys | Where-Object { $_ -notin $seen } | Should -BeNullOrEmpty
    }

    It 'are found by this suite when they leak' {
        $text = Invoke-Step { "the key is $($Context.Plain)" }
        Find-Secret $text | Should -BeLike 'Plain, *'
        Find-Secret ('x' + $secrets.Key.Substring(20, 13)) | Should -BeLike 'Key, *'
    }

    It 'are shown in the URL that -IncludeUrl asks for' {
        $context.Signed | Should -Not -BeNullOrEmpty
        $context.Signed.Url | Should -Match 'X-Amz-Signature='
        Find-Secret $context.Signed[0].Url | Should -BeNullOrEmpty
    }

    It 'are not in the table or the text of a file with its URL' {
        $signature = @{ Signature = ([regex]::Match($context.Signed[0].Url, 'X-Amz-Signature=([0-9a-f]+)')).Groups[1].Value }
        $signature.Signature.Length | Should -Be 64
        Find-Secret ($context.Signed | Format-Table | Out-String -Width 5000) -Secret $signature | Should -BeNullOrEmpty
        Find-Secret "$($context.Signed[0])" -Secret $signature | Should -BeNullOrEmpty
    }
}
