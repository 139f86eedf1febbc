<#
    Runs the examples of the help against the emulator.
    Takes about 100 s.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    $root = (Resolve-Path -LiteralPath (Join-Path $PSScriptRoot '../..')).Path
    $sources = Join-Path $root 'docs/en-US'
    $cmdlets = (Import-PowerShellDataFile -LiteralPath (Join-Path $root 'PSBatchExports.psd1')).CmdletsToExport
    $topics = (Get-ChildItem -Path (Join-Path $sources 'about_*.md')).BaseName

    # What is typed stands after a prompt; an error that belongs to an example is printed below it, as the console prints it.
    $examples = foreach ($cmdlet in $cmdlets) {
        $text = (Get-Content -LiteralPath (Join-Path $sources "$cmdlet.md") -Raw) -replace "`r"
        foreach ($found in [regex]::Matches($text, '(?ms)^### (?<title>Example .+?)$.*?^```console\n(?<code>.*?)\n```')) {
            $statements = [regex]::Matches($found.Groups['code'].Value, '(?m)^PS> .*(\n>> .*)*').Value -replace '(?m)^(PS|>)> '
            $errors = @([regex]::Matches($found.Groups['code'].Value, '(?m)^[A-Z]\w+-BatchExport\w*: .*').Value | Where-Object { $_ })
            @{ Cmdlet = $cmdlet; Title = $found.Groups['title'].Value; Statements = @($statements); Errors = $errors }
        }
    }
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    Import-Module (Get-ModuleUnderTest)

    # Backfills must go on for a while to be looked at and stopped; nobody wants to wait for runs.
    $slow = Start-Emulator -Arguments '--run-duration', '4'
    $quick = Start-Emulator -Arguments '--run-duration', '0'
    # What is missing can only be shown where something was.
    $past = Start-Emulator -Arguments '--run-duration', '0', '--history', '90d'
    $secret = [System.Net.NetworkCredential]::new('', $quick.Key).SecurePassword
    $variables = 'POSTHOG_PERSONAL_API_KEY', 'POSTHOG_HOST', 'POSTHOG_PROJECT_ID'
    $before = @{}
    $variables | ForEach-Object { $before[$_] = [System.Environment]::GetEnvironmentVariable($_) }

    function Get-Secret {
        $secret
    }

    # The one at the prompt reads a key; here nobody types.
    Set-Item -Path function:Read-Host -Value { $secret }

    # Runs each statement as it would be typed; errors come out in the order in which they would be printed.
    function Invoke-Example([string[]] $Statement) {
        foreach ($line in $Statement) {
            try {
                . ([scriptblock]::Create(($line -creplace '-Region Eu\b', "-ApiHost $env:POSTHOG_HOST"))) 2>&1 3>$null 6>$null |
                    Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }
            }
            catch {
                $_
            }
        }
    }
}

AfterAll {
    Disconnect-BatchExportService
    $variables | ForEach-Object { [System.Environment]::SetEnvironmentVariable($_, $before[$_]) }
    Stop-Emulator $quick
    Stop-Emulator $slow
    Stop-Emulator $past
    Remove-Module Support
}

Describe 'Topics' {
    It 'shows only commands and parameters that exist: <_>' -ForEach $topics {
        $text = Get-Content -LiteralPath (Join-Path $PSScriptRoot "../../docs/en-US/$_.md") -Raw
        foreach ($block in [regex]::Matches($text, '(?ms)^```powershell\r?\n(?<code>.*?)^```')) {
            $problems = $null
            $ast = [System.Management.Automation.Language.Parser]::ParseInput($block.Groups['code'].Value, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty
            $calls = $ast.FindAll({
                $args[0] -is [System.Management.Automation.Language.CommandAst] -and $args[0].GetCommandName() -match '-BatchExport'
            }, $true)
            foreach ($call in $calls) {
                $known = (Get-Command $call.GetCommandName() -ErrorAction Stop).Parameters.Keys
                $call.CommandElements | ForEach-Object { $_.PSObject.Properties['ParameterName'].Value } |
                    Where-Object { $_ -and $_ -notin $known } | Should -BeNullOrEmpty
            }
        }
    }
}

Describe 'Examples' {
    It '<Cmdlet>, <Title>' -ForEach $examples {
        $emulator = $Cmdlet -match '(Coverage|Gap|Health|Data|Report)$' ? $past : $Cmdlet -match 'Backfill$|^Re' ? $slow : $quick
        Reset-Emulator -Emulator $emulator
        Disconnect-BatchExportService
        $env:POSTHOG_PERSONAL_API_KEY = $emulator.Key
        $env:POSTHOG_HOST = $emulator.Api
        $env:POSTHOG_PROJECT_ID = $emulator.ProjectId
        Push-Location (New-Item -ItemType Directory -Path (Join-Path $TestDrive ([guid]::NewGuid())))
        try {
            $met = @(Invoke-Example $Statements)
        }
        finally {
            Pop-Location
        }

        $Statements | Should -Not -BeNullOrEmpty
        @($met | ForEach-Object { $_.InvocationInfo.MyCommand.Name }) | Should -Be @($Errors -replace ':.*')
        foreach ($i in 0..$Errors.Count | Select-Object -SkipLast 1) {
            # Ids, paths and times differ; the words do not.
            $words = ($Errors[$i] -replace '^[^:]*: ' -replace "'[^']*'|\d[\w-]*", '*') -replace '[\[\]`]', '?'
            "$($met[$i])" | Should -BeLike $words
        }
    }
}
