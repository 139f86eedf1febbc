[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    Import-Module (Join-Path $PSScriptRoot 'Support/SecretScan.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--events-per-hour', '20'
    $scan = Start-SecretScan -Emulator $emulator -Folder (Join-Path $TestDrive 'saved')
    $secrets = $scan.Secrets
    $context = $scan.Context
    $runspace = $scan.Runspace
}

AfterAll {
    Stop-SecretScan
    Stop-Emulator
    Remove-Module SecretScan, Support
}

Describe 'A server that repeats what it was sent' {
    BeforeAll {
        # The key as the server writes it, put into the place that a case marks.
        function Get-EchoFault {
            param([hashtable] $Answer, [string] $Echo)

            ($Answer | ConvertTo-Json -Depth 5).Replace('ECHO', (ConvertTo-Json $Echo).Trim('"')) | ConvertFrom-Json -AsHashtable
        }

        # What a support ticket holds: everything shown, the errors as they are saved, and Get-Error.
        function Get-SavedError {
            $shell = [powershell]::Create($runspace).AddScript({
                    param($Context, $Path)
                    $Context.Failures | Export-Clixml -LiteralPath $Path -Depth 3
                    Get-Content -LiteralPath $Path -Raw
                }).AddArgument($context).AddArgument((Join-Path $TestDrive 'errors.xml'))
            try {
                $shell.Invoke() -join "`n"
            }
            finally {
                $shell.Dispose()
            }
        }
    }

    It 'leaks no key into an error or a message: <Place>' -ForEach @(
        @{
            Place  = 'the detail'
            Answer = @{ status = 400; body = '{"type":"validation_error","code":"invalid","attr":null,"detail":"Bad header: Bearer ECHO"}' }
            Fails  = 'InvalidRequest,*'
        }
        @{
            Place  = 'attribute and code'
            Answer = @{ status = 400; body = '{"type":"validation_error","code":"ECHO","attr":"ECHO","detail":"no"}' }
            Fails  = 'InvalidRequest,*'
        }
        @{
            Place  = 'the media type'
            Answer = @{ status = 502; contentType = 'text/ECHO; charset=ECHO'; body = 'ECHO' }
            Fails  = 'ServerFailed,*'
        }
        @{
            Place  = 'the host of a redirect'
            Answer = @{ status = 302; headers = @{ Location = 'https://ECHO.example/ECHO' } }
            Fails  = 'UnexpectedResponse,*'
        }
        @{
            Place  = 'headers and their names'
            Answer = @{ status = 500; headers = @{ Sunset = 'ECHO'; Deprecation = 'ECHO'; 'X-ECHO' = 'x' }; body = '{}' }
            Fails  = 'ServerFailed,*'
        }
        @{
            Place  = 'the path of the JSON that cannot be read'
            Answer = @{
                status = 200
                body   = '{"results":[{"id":"x","destination":{"type":"HTTP","config":{"ECHO":1}},"latest_runs":[{"id":{"ECHO":1}}]}]}'
            }
            Fails  = 'UnexpectedResponse,*'
        }
        @{
            Place  = 'the path of a link to the next page'
            Answer = @{
                status = 200
                body   = '{"count":2,"next":"/api/ECHO/?cursor=ECHO","results":[{"id":"0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30"}]}'
            }
            Fails  = 'EndpointNotFound,*'
        }
    ) {
        Clear-EmulatorFault
        $hex = [Convert]::ToHexString([Text.Encoding]::UTF8.GetBytes($secrets.Key))
        $base64 = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes("user:$($secrets.Key)")).TrimEnd('=')
        foreach ($echo in $secrets.Key, $secrets.Key.ToUpperInvariant(), $hex, $base64) {
            Add-EmulatorFault (Get-EchoFault $Answer $echo)
            $text = Invoke-Step {
                $Error.Clear()
                $here = @{ ApiKey = $Context.KeySecret; ApiHost = $Context.Api; ProjectId = $Context.ProjectId }
                Connect-BatchExportService @here -SkipValidation -MaximumRetryCount 0
                Get-BatchExport
                $Context.Failures = @($Error)
            }
            Clear-EmulatorFault
            $context.ErrorIds | Should -BeLike $Fails
            $saved = Get-SavedError
            $saved | Should -Match 'Exception'
            Find-Secret $text | Should -BeNullOrEmpty
            Find-Secret $saved | Should -BeNullOrEmpty
            "$text $saved".Contains($echo, [StringComparison]::OrdinalIgnoreCase) | Should -BeFalse
        }
    }

    It 'leaks no secret of a destination into an error' {
        Clear-EmulatorFault
        Add-EmulatorFault @{
            method = 'POST'
            status = 400
            body   = (@{
                type   = 'validation_error'
                code   = 'invalid'
                attr   = 'destination'
                detail = "token '$($secrets.Hidden)' and password '$($secrets.Plain)' are no good"
            } | ConvertTo-Json)
        }
        $text = Invoke-Step {
            $Error.Clear()
            $here = @{ ApiKey = $Context.KeySecret; ApiHost = $Context.Api; ProjectId = $Context.ProjectId }
            Connect-BatchExportService @here -SkipValidation -MaximumRetryCount 0
            New-BatchExport -Name 'echoed' -Interval hour -Destination @{
                type   = 'HTTP'
                config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.HiddenSecret; password = $Context.Plain }
            }
            $Context.Failures = @($Error)
        }
        Clear-EmulatorFault
        $context.ErrorIds | Should -BeLike 'InvalidRequest,*'
        $text | Should -Match "token '\*\*\*' and password '\*\*\*'"
        Find-Secret $text | Should -BeNullOrEmpty
        Find-Secret (Get-SavedError) | Should -BeNullOrEmpty
    }

    It 'leaks no key into the error of a failed run' {
        Clear-EmulatorFault
        Add-EmulatorFault @{
            status = 200
            body   = "{`"id`":`"0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30`",`"status`":`"Failed`",`"error`":`"$($secrets.Key) is not allowed`"}"
        }
        $null = Invoke-Step {
            $Error.Clear()
            $here = @{ ApiKey = $Context.KeySecret; ApiHost = $Context.Api; ProjectId = $Context.ProjectId }
            Connect-BatchExportService @here -SkipValidation -MaximumRetryCount 0
            $null = Wait-BatchExportRun '0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30'
            $Context.Failures = @($Error)
        }
        Clear-EmulatorFault
        $failure = $context.Failures[0]
        $failure.FullyQualifiedErrorId | Should -BeLike 'RunFailed,*'
        "$failure" | Should -BeLike '*ended as Failed: `*`*`* is not allowed*'
        Find-Secret "$($failure.Exception) $($failure.ErrorDetails)" | Should -BeNullOrEmpty
    }

    It 'leaks no password of a proxy into an error' {
        $context.ProxyPassword = New-Secret 'proxy-'
        $context.ProxyCredential = [pscredential]::new('user', (ConvertTo-Secret $context.ProxyPassword))
        $text = Invoke-Step {
            $Error.Clear()
            $inAddress = @{ Proxy = "http://user:$($Context.ProxyPassword)@$(([uri] $Context.Api).Authority)" }
            $inCredential = @{ Proxy = $Context.Api; ProxyCredential = $Context.ProxyCredential }
            foreach ($proxy in $inAddress, $inCredential) {
                try {
                    Connect-BatchExportService -ApiKey $Context.KeySecret -ApiHost https://service.example -MaximumRetryCount 0 @proxy
                }
                catch {
                    $_
                }
            }
        }
        $context.ErrorIds | Should -HaveCount 2
        $context.ErrorIds | Should -BeLike 'ConnectionFailed,*'
        Find-Secret $text -Secret @{ Proxy = $context.ProxyPassword } | Should -BeNullOrEmpty
    }
}

if ($env:PSBATCHEXPORTS_LONG_TESTS -eq '1') {
    Describe 'A whole process' {
        It 'leaks no key into its transcript, its child processes or its files' {
            $folder = Join-Path $TestDrive 'process'
            $null = New-Item -ItemType Directory -Path $folder
            $keyFile = Join-Path $folder 'key'
            Set-Content -LiteralPath $keyFile -Value $secrets.Key -NoNewline
            Clear-EmulatorFault
            Add-EmulatorFault @{
                pathPattern = '/batch_exports/ec000000-0000-0000-0000-000000000000/$'
                status      = 400
                headers     = @{ Sunset = $secrets.Key }
                body        = (@{ type = 'validation_error'; code = 'invalid'; attr = $null; detail = "Repeated: $($secrets.Key)" } |
                    ConvertTo-Json)
            }
            $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $emulator.Api, "$($emulator.ProjectId)", $folder {
                param($Manifest, $Api, $ProjectId, $Folder)
                $null = Start-Transcript -LiteralPath "$Folder/transcript" -IncludeInvocationHeader
                $VerbosePreference = 'Continue'
                $DebugPreference = 'Continue'
                Import-Module $Manifest -Verbose:$false
                $c = [System.Net.NetworkCredential]::new('', (Get-Content "$Folder/key")).SecurePassword |
                    Connect-BatchExportService -ApiHost $Api -ProjectId $ProjectId -PassThru -MaximumRetryCount 0
                $c
                $c | Export-Clixml "$Folder/connection.xml" -Depth 10
                $c | ConvertTo-Json -Depth 10
                $back = Import-Clixml "$Folder/connection.xml"
                $back
                try { Get-BatchExport -Connection $back } catch { "$_" }
                Get-BatchExport | Format-List *
                Get-BatchExport -Id 'missing'
                Get-BatchExport -ProjectId 1
                Get-BatchExport -Id 'ec000000-0000-0000-0000-000000000000'
                $Error[0] | Export-Clixml "$Folder/error.xml" -Depth 3
                $run = Start-BatchExportRun events -DataIntervalStart 2026-01-01 -DataIntervalEnd 2026-01-02 | Wait-BatchExportRun
                $saved = $run | Save-BatchExportFile -Path "$Folder/data"
                $saved
                Add-Content -LiteralPath $saved.FullName -Value mine
                $run | Save-BatchExportFile -Path "$Folder/data"
                Get-BatchExportFile $run.RunId | Export-Clixml "$Folder/files.xml"
                Get-Error
                $Error | Format-List * -Force
                & (Join-Path $PSHOME 'pwsh') -NoProfile -NonInteractive -Command 'Get-ChildItem env: | Format-List Name, Value'
                $null = Stop-Transcript
            }
            Remove-Item -LiteralPath $keyFile

            $run.ExitCode | Should -Be 0
            $texts = @($run.Output) + $run.Errors + @(Get-ChildItem -LiteralPath $folder -File | Get-Content -Raw)
            $text = $texts -join "`n"
            $text | Should -Match 'DEBUG: GET |DEBUG: Authorization: \*\*\*'
            $text | Should -Match 'FileExists'
            $text | Should -Match 'Repeated: \*\*\*'
            Join-Path $folder 'error.xml' | Should -FileContentMatch 'Repeated: \*\*\*'
            Get-Content -LiteralPath (Join-Path $folder 'transcript') -Raw | Should -Match 'Authorization: \*\*\*'
            Find-Secret $text | Should -BeNullOrEmpty
            Find-Secret $text -Secret (Get-SignaturePart) | Should -BeNullOrEmpty
        }
    }
}
