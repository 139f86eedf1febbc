[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    $shows = @(
        @{
            name = 'export'
            path = '/batch_exports/$'
            body = '{"count":1,"next":null,"results":[{"id":"*","name":"*","model":"*","interval":"*","timezone":"*",' +
                '"hogql_query":"*","incremental_mode":"*","primary_key":["*"],"filters":[{"key":"*"}],' +
                '"destination":{"type":"*","config":{"*":"*"}},"latest_runs":[{"id":"*","status":"*"}],"new":{"*":"*"}}]}'
            call = { Get-BatchExport }
        }
        @{
            name = 'destination'
            path = '/batch_exports/$'
            body = '{"count":1,"next":null,"results":[{"id":"x","destination":{"type":"*","config":{"*":"*"},"new":"*"}}]}'
            call = { (Get-BatchExport).Destination }
        }
        @{
            name = 'run'
            path = '/runs/$'
            body = '{"next":null,"results":[{"id":"*","status":"*","latest_error":"*","backfill":"*","batch_export":"*",' +
                '"files":["*"],"new":"*"}]}'
            call = { Get-BatchExportRun 0195f1c2-0000-0000-0000-00000000dead -After 2026-01-01 }
        }
        @{
            name = 'backfill'
            path = '/backfills/$'
            body = '{"next":null,"results":[{"id":"*","status":"*","batch_export":"*","new":"*"}]}'
            call = { Get-BatchExportBackfill 0195f1c2-0000-0000-0000-00000000dead }
        }
        @{
            name = 'log entry'
            path = '/logs/$'
            body = '{"results":[{"timestamp":"2026-10-08T12:00:00Z","level":"*","message":"*","instance_id":"*",' +
                '"log_source_id":"*","new":"*"}]}'
            call = { Get-BatchExportLog 0195f1c2-0000-0000-0000-00000000dead }
        }
        @{
            name = 'destination test'
            path = '/batch_exports/test/$'
            body = '{"steps":[{"name":"*","description":"*"}]}'
            more = @{
                pathPattern = '/run_test_step_new/$'
                status      = 200
                body        = '{"name":"*","description":"*","result":{"status":"*","message":"*"}}'
            }
            call = { Test-BatchExport -Name x -Interval hour -Destination @{ type = 'AwsS3'; config = @{} } }
        }
    )
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }

    # As JSON: an escape sequence that sets the title, one that hides text, CSI and OSC in one character, a bell, a carriage
    # return, and an override of the direction.
    $hostile = 'evil\u001b]0;owned\u0007\u001b[35;8mX\u009b2J\u009d0;t\u009c\r\u202e\u2066end'

    # What of a text would steer a terminal: everything but line breaks and the colours of the engine's own formatting.
    function Get-Harm([string] $Text) {
        $rest = $Text -replace '\e\[(?!35;8m)[\d;]*m'
        foreach ($match in [regex]::Matches($rest, '[\p{Cc}\p{Cf}-[\r\n]]')) {
            $before = $rest.Substring([math]::Max(0, $match.Index - 20), [math]::Min(20, $match.Index))
            'U+{0:X4} after {1}' -f [int] [char] $match.Value, $before
        }
    }

    function Add-HostileAnswer([string] $Path, [string] $Body, [hashtable] $More) {
        Clear-EmulatorFault
        Add-EmulatorFault @{ pathPattern = $Path; status = 200; body = $Body.Replace('*', $hostile) }
        if ($More) {
            $More.body = $More.body.Replace('*', $hostile)
            Add-EmulatorFault $More
        }
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Text of the service' {
    BeforeEach {
        Reset-Emulator
        Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = 0 }
        $rendering = $PSStyle.OutputRendering
        $PSStyle.OutputRendering = 'Ansi'
    }

    AfterEach {
        $PSStyle.OutputRendering = $rendering
    }

    It 'is unchanged in properties and harmless in the table and the list of a <name>' -ForEach $shows {
        Add-HostileAnswer -Path $path -Body $body -More $_['more']
        $thing = & $call
        $thing | Should -HaveCount 1
        ($thing.PSObject.Properties | Where-Object { "$($_.Value)" -match '\e' }) | Should -Not -BeNullOrEmpty

        foreach ($view in @(
                $thing | Out-String -Width 500
                $thing | Format-List | Out-String -Width 500
                , $thing | Format-Table | Out-String -Width 500
            )) {
            $view | Should -BeLike '*evil*'
            Get-Harm $view | Should -BeNullOrEmpty
        }
    }

    It 'keeps its line breaks in the list of a log entry' {
        Add-HostileAnswer '/logs/$' '{"results":[{"timestamp":"2026-10-08T12:00:00Z","level":"ERROR","message":"one\r\ntwo\nthree"}]}'
        $view = Get-BatchExportLog 0195f1c2-0000-0000-0000-00000000dead | Format-List | Out-String
        $view | Should -Match 'Message\s+: \e\[0mone\r?\n\s+two\r?\n\s+three'
    }

    It 'is harmless in errors' {
        Clear-EmulatorFault
        Add-EmulatorFault @{ status = 400; body = '{"type":"validation_error","code":"*","detail":"*","attr":"*"}'.Replace('*', $hostile) }
        $seen = Invoke-Watched { Get-BatchExport -Id 0195f1c2-0000-0000-0000-00000000dead }
        $seen.Errors | Should -HaveCount 1
        foreach ($text in "$($seen.Errors[0])", $seen.Errors[0].Exception.Message, $seen.Errors[0].ErrorDetails.RecommendedAction) {
            Get-Harm $text | Should -BeNullOrEmpty
        }
    }

    It 'is harmless in the error about a run that failed' {
        Add-HostileAnswer '/runs/[^/]+/$' '{"id":"r","status":"Failed*","latest_error":"*"}'
        $seen = Invoke-Watched { Wait-BatchExportRun -RunId r -BatchExportId 0195f1c2-0000-0000-0000-00000000dead }
        $seen.Errors | Should -HaveCount 1
        "$($seen.Errors[0])" | Should -BeLike '*ended as Failed*evil*'
        foreach ($text in "$($seen.Errors[0])", $seen.Errors[0].Exception.Message) {
            Get-Harm $text | Should -BeNullOrEmpty
        }
    }

    It 'is harmless in the output of -WhatIf' {
        $answer = '{"count":1,"next":null,"results":[{"id":"0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30","name":"*","interval":"hour"}]}'
        Add-HostileAnswer '/batch_exports/$' $answer
        $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $emulator.Api, $emulator.Key {
            param($Manifest, $Api, $Key)
            $PSStyle.OutputRendering = 'Ansi'
            Import-Module $Manifest
            $secret = [System.Net.NetworkCredential]::new('', $Key).SecurePassword
            Connect-BatchExportService -ApiHost $Api -ProjectId 12345 -SkipValidation -ApiKey $secret
            Get-BatchExport | Remove-BatchExport -WhatIf
        }
        $run.Errors | Should -BeNullOrEmpty
        "$($run.Output)" | Should -BeLike '*What if*evil*'
        Get-Harm "$($run.Output)" | Should -BeNullOrEmpty
    }

    It 'stays on one line of a question, whatever its line breaks: <Name>' -ForEach @(
        @{ Name = 'line feed'; Break = "`n" }
        @{ Name = 'carriage return and line feed'; Break = "`r`n" }
        @{ Name = 'line separator'; Break = "`u{2028}" }
        @{ Name = 'next line'; Break = "`u{85}" }
    ) {
        Clear-EmulatorFault
        $name = "nightly${Break}What if: Performing the operation `"Nothing`" on target `"nothing"
        Add-EmulatorFault @{
            pathPattern = '/batch_exports/$'
            status      = 200
            body        = (@{
                count   = 1
                next    = $null
                results = @(@{ id = '0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30'; name = $name; interval = 'hour' })
            } | ConvertTo-Json -Depth 5)
        }
        $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $emulator.Api, $emulator.Key {
            param($Manifest, $Api, $Key)
            Import-Module $Manifest
            $secret = [System.Net.NetworkCredential]::new('', $Key).SecurePassword
            Connect-BatchExportService -ApiHost $Api -ProjectId 12345 -SkipValidation -ApiKey $secret
            Get-BatchExport | Remove-BatchExport -WhatIf
        }
        Clear-EmulatorFault
        $run.Errors | Should -BeNullOrEmpty
        @($run.Output | Where-Object { $_ }) | Should -HaveCount 1
    }
}
