<#
    Runs every command in README.md as written, one after the other, against a new emulator. Commands that need a person or
    another program are replaced or left out. Install.Tests.ps1 runs the section on installing.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    $text = (Get-Content -LiteralPath (Join-Path $PSScriptRoot '../../README.md') -Raw) -replace "`r"
    $text = $text -replace '(?ms)^## Install\n.*?(?=^## )'
    $blocks = foreach ($found in [regex]::Matches($text, '(?ms)^```(?<kind>powershell|console)\n(?<code>.*?)\n```')) {
        $code = $found.Groups['code'].Value
        if ($found.Groups['kind'].Value -eq 'console') {
            $code = [regex]::Matches($code, '(?m)^PS> .*(\n>> .*)*').Value -replace '(?m)^(PS|>)> ' -join "`n"
        }
        if ($code -notmatch 'Read-Host') {
            @{ Code = $code; Title = ($code -split "`n")[0] }
        }
    }
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    Import-Module (Get-ModuleUnderTest)
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--history', '7d'
    Connect-Emulator
    $webhook = 'https://chat.example/hook'
    $posted = [System.Collections.Generic.List[string]]::new()
    $null = $webhook
    Set-Item -Path function:Invoke-RestMethod -Value {
        param($Method, $Uri, $ContentType, $Body)
        $null = $Method, $ContentType
        $posted.Add("$Uri $Body")
    }
    Set-Item -Path function:duckdb -Value { }
    Push-Location -LiteralPath $TestDrive
}

AfterAll {
    Pop-Location
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'README.md' {
    It '<Title>' -ForEach $blocks {
        $seen = . ([scriptblock]::Create($Code.Replace('/data/', "$TestDrive/data/"))) 2>&1 3>&1 6>$null
        $seen | Where-Object { $_.GetType().Name -in 'ErrorRecord', 'WarningRecord' } | Should -BeNullOrEmpty
    }

    It 'saves the files that it mentions' {
        Get-ChildItem -LiteralPath $TestDrive -Recurse -File |
            ForEach-Object { Split-Path -Path $_.DirectoryName -Leaf } | Sort-Object -Unique |
            Should -Be ([datetime]::UtcNow.Date.AddDays(-1).ToString('yyyy-MM-dd')), 'data', 'exports', 'lake'
    }

    It 'posts what fails' {
        $posted | Should -HaveCount 1
        $posted[0] | Should -Match '\Ahttps://chat\.example/hook \{\n  "text": "prod-events-s3: ClientError: [^\n]+"\n\}\z'
    }
}
