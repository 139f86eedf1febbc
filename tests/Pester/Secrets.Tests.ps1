[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'They change an emulator of the tests only.')]
param()

BeforeDiscovery {
    # Each step is run at -Verbose -Debug in one runspace. $Context has connections, secrets and what earlier steps left.
    $steps = @(
        @{
            Step   = 'connects'
            Script = {
                Connect-BatchExportService -ApiKey $Context.KeySecret -ApiHost $Context.Api -ProjectId $Context.ProjectId -MaximumRetryCount 1 -PassThru
                Get-BatchExportConnection
            }
        }
        @{
            Step   = 'connects with the key from the pipeline'
            Script = { $Context.KeySecret | Connect-BatchExportService -ApiHost $Context.Api -ProjectId $Context.ProjectId -MaximumRetryCount 1 }
        }
        @{
            Step   = 'connects with a key that is not accepted'
            Script = { Connect-BatchExportService -ApiKey $Context.WrongKeySecret -ApiHost $Context.Api -PassThru }
            Fails  = 'AuthenticationFailed,*'
        }
        @{
            Step   = 'connects with a key that cannot be one'
            Script = { Connect-BatchExportService -ApiKey $Context.BrokenKeySecret -ApiHost $Context.Api -PassThru }
            Fails  = 'InvalidArgument,*'
        }
        @{
            Step   = 'connects to a host that is not there'
            Script = { Connect-BatchExportService -ApiKey $Context.KeySecret -ApiHost 'http://127.0.0.1:1' -MaximumRetryCount 0 -PassThru }
            Fails  = 'ConnectionFailed,*'
        }
        @{
            Step   = 'lists'
            Script = { Get-BatchExport; Get-BatchExport -First 1 -IncludeTotalCount; Get-BatchExport 'prod-*' }
        }
        @{
            Step   = 'makes a destination'
            Script = { New-BatchExportDestination -Http -Url 'https://us.i.posthog.com/batch/' -Token $Context.HiddenSecret }
        }
        @{
            Step   = 'makes an export with a token in plain text'
            Script = { $Context.Export = New-BatchExport -Name 'plain' -Interval hour -Destination @{ type = 'HTTP'; config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.Plain } }; $Context.Export }
        }
        @{
            Step   = 'makes an export with a token in a SecureString'
            Script = { New-BatchExport -Name 'hidden' -Interval hour -Destination @{ type = 'HTTP'; config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.HiddenSecret } } }
        }
        @{
            Step   = 'makes an export that is refused'
            Script = { New-BatchExport -Name 'refused' -Interval hour -Destination @{ type = 'HTTP'; config = @{ url = 'https://example.com/'; token = $Context.HiddenSecret; password = $Context.Plain } } }
            Fails  = 'InvalidRequest,*'
        }
        @{
            Step   = 'makes an export whose answer is lost'
            Fault  = @{ method = 'POST'; resetAfterProcessing = $true }
            Script = { New-BatchExport -Name 'lost' -Interval hour -Destination @{ type = 'HTTP'; config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.HiddenSecret } } }
            Fails  = 'ConnectionFailed,*'
        }
        @{
            Step   = 'asks what would be made'
            Script = { New-BatchExport -Name 'what-if' -Interval hour -Destination @{ type = 'HTTP'; config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.Plain } } -WhatIf }
        }
        @{
            Step   = 'changes an export'
            Script = { Set-BatchExport $Context.Export.Id -Destination @{ type = 'HTTP'; config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.HiddenSecret } } -PassThru }
        }
        @{
            Step   = 'tests an export'
            Script = { Test-BatchExport $Context.Export.Id; Test-BatchExport -Name 'not-made' -Interval hour -Destination @{ type = 'HTTP'; config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.HiddenSecret } } }
            May    = $true
        }
        @{
            Step   = 'pauses and resumes'
            Script = { Suspend-BatchExport $Context.Export.Id -PassThru; Resume-BatchExport $Context.Export.Id -PassThru }
        }
        @{
            Step   = 'reads logs'
            Script = { Get-BatchExport -First 1 | Get-BatchExportLog -First 3 }
        }
        @{
            Step   = 'runs on demand and waits'
            Script = { $Context.Run = Start-BatchExportRun events -DataIntervalStart 2026-01-01 -DataIntervalEnd 2026-01-02 | Wait-BatchExportRun; $Context.Run; Get-BatchExportRun -OnDemand -First 2 }
        }
        @{
            Step   = 'names the files'
            Script = { $Context.Run | Get-BatchExportFile }
        }
        @{
            Step   = 'signs URLs'
            Script = { $Context.Signed = @($Context.Run | Get-BatchExportFile -IncludeUrl) }
        }
        @{
            Step   = 'saves files'
            Script = { $Context.Run | Save-BatchExportFile -Path $Context.Folder -Force }
        }
        @{
            Step   = 'saves a file that the storage refuses'
            Fault  = @{ origin = 'storage'; status = 403; contentType = 'application/xml'; body = '<Error><Code>SignatureDoesNotMatch</Code><Message>The signature does not match.</Message></Error>'; times = 9 }
            Script = { $Context.Run | Save-BatchExportFile -Path $Context.Folder -Force }
            Fails  = 'UnexpectedResponse,*'
        }
        @{
            Step   = 'saves a file whose URL has expired'
            Fault  = @{ origin = 'storage'; status = 400; contentType = 'application/xml'; body = '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>'; times = 9 }
            Script = { $Context.Run | Save-BatchExportFile -Path $Context.Folder -Force }
            Fails  = 'UnexpectedResponse,*'
        }
        @{
            Step   = 'saves a file that comes short'
            Fault  = @{ origin = 'storage'; truncateAfter = 50; times = 9 }
            Script = { $Context.Run | Save-BatchExportFile -Path $Context.Folder -Force }
            Fails  = 'ConnectionFailed,*'
        }
        @{
            Step   = 'saves a file while the storage resets'
            Fault  = @{ origin = 'storage'; reset = $true; times = 9 }
            Script = { $Context.Run | Save-BatchExportFile -Path $Context.Folder -Force; $Context.Run | Get-BatchExportFile -IncludeUrl }
            Fails  = 'ConnectionFailed,*'
        }
        @{
            Step   = 'stops a run that has ended'
            Script = { Stop-BatchExportRun $Context.Run.RunId -PassThru }
            May    = $true
        }
        @{
            Step   = 'restarts a run'
            Script = { Get-BatchExport -First 1 | Get-BatchExportRun -First 1 | Restart-BatchExportRun }
            May    = $true
        }
        @{
            Step   = 'backfills'
            Script = {
                Get-BatchExport -First 1 | Start-BatchExportBackfill -StartAt 2026-10-01 -EndAt 2026-10-02 | Stop-BatchExportBackfill
                Get-BatchExport -First 1 | Start-BatchExportBackfill -StartAt 2026-10-03 -EndAt 2026-10-04 | Wait-BatchExportBackfill -TimeoutSec 5
                Get-BatchExport -First 1 | Get-BatchExportBackfill
            }
            May    = $true
        }
        @{
            Step   = 'counts a query'
            Script = { Measure-BatchExportQuery 'SELECT uuid AS event_uuid, timestamp FROM events' }
            May    = $true
        }
        @{
            Step   = 'asks for what is not there'
            Script = { Get-BatchExport -Id '00000000-0000-0000-0000-000000000000' }
            Fails  = 'NotFound,*'
        }
        @{
            Step   = 'lacks a scope'
            Script = { Suspend-BatchExport $Context.Export.Id -Connection $Context.Reader }
            Fails  = 'MissingScope,*'
        }
        @{
            Step   = 'uses a key that is not accepted any more'
            Script = { Get-BatchExport -Connection $Context.Refused }
            Fails  = 'AuthenticationFailed,*'
        }
        @{
            Step   = 'meets a reset'
            Fault  = @{ reset = $true; times = 9 }
            Script = { Get-BatchExport }
            Fails  = 'ConnectionFailed,*'
        }
        @{
            Step   = 'meets a failing server'
            Fault  = @{ status = 500; times = 9; contentType = 'text/html'; body = '<html>no</html>' }
            Script = { Get-BatchExport }
            Fails  = 'ServerFailed,*'
        }
        @{
            Step   = 'meets a rate limit'
            Fault  = @{ status = 429; headers = @{ 'Retry-After' = '1' }; body = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}' }
            Script = { Get-BatchExport -First 1 }
        }
        @{
            Step   = 'meets a redirect'
            Fault  = @{ status = 302; headers = @{ Location = 'https://elsewhere.example/login?next=here' }; times = 9 }
            Script = { Get-BatchExport }
            Fails  = 'UnexpectedResponse,*'
        }
        @{
            Step   = 'meets a sign-in page'
            Fault  = @{ status = 200; contentType = 'text/html'; body = '<html>sign in</html>'; times = 9 }
            Script = { Get-BatchExport }
            Fails  = 'UnexpectedResponse,*'
        }
        @{
            Step   = 'removes'
            Script = { Remove-BatchExport $Context.Export.Id -Force }
        }
        @{
            Step   = 'disconnects, and uses the connection all the same'
            Script = { $closed = Get-BatchExportConnection; Disconnect-BatchExportService; $closed; Get-BatchExport -Connection $closed }
            Fails  = 'ConnectionClosed,*'
        }
    )
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--events-per-hour', '20'

    function New-Secret {
        param([string] $Prefix)

        $Prefix + [System.Security.Cryptography.RandomNumberGenerator]::GetHexString(40, $true)
    }

    function ConvertTo-Secret {
        param([string] $Text)

        [System.Net.NetworkCredential]::new('', $Text).SecurePassword
    }

    $secrets = @{
        Key       = New-Secret 'phx_'
        ReaderKey = New-Secret 'phx_'
        WrongKey  = New-Secret 'phx_'
        BrokenKey = (New-Secret 'phx_') + ' '
        Plain     = New-Secret 'plain-'
        Hidden    = New-Secret 'hidden-'
    }
    Add-EmulatorKey @{ key = $secrets.Key }
    Add-EmulatorKey @{ key = $secrets.ReaderKey; scopes = @('batch_export:read') }

    $runspace = New-TestRunspace
    $context = @{
        Api             = $emulator.Api
        ProjectId       = $emulator.ProjectId
        KeySecret       = ConvertTo-Secret $secrets.Key
        WrongKeySecret  = ConvertTo-Secret $secrets.WrongKey
        BrokenKeySecret = ConvertTo-Secret $secrets.BrokenKey
        Plain           = $secrets.Plain
        HiddenSecret    = ConvertTo-Secret $secrets.Hidden
        Reader          = Connect-Emulator -Key $secrets.ReaderKey -With @{ PassThru = $true; SkipValidation = $true }
        Refused         = Connect-Emulator -Key $secrets.WrongKey -With @{ PassThru = $true; SkipValidation = $true }
        Folder          = Join-Path $TestDrive 'saved'
        Signed          = @()
    }

    $collect = {
        param($Context, $Script)
        $Context.Texts = [System.Collections.Generic.List[string]]::new()
        $Context.ErrorIds = [System.Collections.Generic.List[string]]::new()
        $ErrorActionPreference = 'Continue'
        $VerbosePreference = 'Continue'
        $DebugPreference = 'Continue'
        $ProgressPreference = 'Continue'
        $ConfirmPreference = 'None'
        $PSStyle.OutputRendering = 'PlainText'
        $Error.Clear()

        function Add-Text {
            param($Value)

            $Context.Texts.Add("$Value")
            $Context.Texts.Add(($Value | Format-List * -Force | Out-String -Width 100000))
            $Context.Texts.Add(($Value | Format-Table | Out-String -Width 100000))
            $Context.Texts.Add(($Value | Out-String -Width 100000))
        }

        # Messages and errors carry the command that wrote them, and with it the whole module.
        function Test-Message {
            param($Value)

            $Value -is [System.Management.Automation.InformationalRecord] -or $Value -is [System.Management.Automation.ErrorRecord] -or $Value -is [System.Management.Automation.InformationRecord]
        }

        $records = try {
            . ([scriptblock]::Create($Script)) *>&1
        }
        catch {
            $_
        }

        foreach ($record in $records) {
            Add-Text $record
            if (-not (Test-Message $record)) {
                $Context.Texts.Add([System.Management.Automation.PSSerializer]::Serialize($record, 10))
                $Context.Texts.Add((ConvertTo-Json -InputObject $record -Depth 10 -WarningAction SilentlyContinue))
            }
        }

        foreach ($failure in @($Error)) {
            $record = $failure -is [System.Management.Automation.ErrorRecord] ? $failure : $failure.ErrorRecord
            $Context.ErrorIds.Add($record.FullyQualifiedErrorId)
            Add-Text $record
            Add-Text $record.InvocationInfo
            Add-Text $record.TargetObject
            Add-Text $record.ErrorDetails
            $Context.Texts.Add((Get-Error -InputObject $record | Out-String -Width 100000))
            for ($exception = $record.Exception; $exception; $exception = $exception.InnerException) {
                Add-Text $exception
                $Context.Texts.Add($exception.ToString())
                Add-Text $exception.Data
                if ($exception.PSObject.Properties['Request']) {
                    Add-Text $exception.Request
                }
            }
        }
        $Error.Clear()
    }

    function Invoke-Step {
        param([scriptblock] $Script)

        $shell = [powershell]::Create($runspace).AddScript($collect.ToString()).AddArgument($context).AddArgument($Script.ToString())
        try {
            $null = $shell.Invoke()
            foreach ($name in 'Progress', 'Warning', 'Verbose', 'Debug', 'Information') {
                $shell.Streams.$name | ForEach-Object { $context.Texts.Add("$_ $($_ | Out-String)") }
            }
            $shell.Streams.Error | Should -BeNullOrEmpty -Because 'what collects the texts has no errors of its own'
        }
        finally {
            $shell.Dispose()
        }
        $context.Texts -join "`n"
    }

    # Every part of 13 characters, so that a cut-off or wrapped secret is found too.
    function Find-Secret {
        param([string] $Text, [hashtable] $Secret = $secrets)

        $joined = $Text -replace '\s'
        foreach ($name in $Secret.Keys) {
            $value = $Secret[$name].Trim()
            for ($start = 0; $start + 13 -le $value.Length; $start++) {
                if ($joined.Contains($value.Substring($start, 13), [System.StringComparison]::OrdinalIgnoreCase)) {
                    $at = $joined.IndexOf($value.Substring($start, 13), [System.StringComparison]::OrdinalIgnoreCase)
                    "$name, after: $($joined.Substring([math]::Max(0, $at - 120), [math]::Min(120, $at)))"
                    break
                }
            }
        }
    }

    # What a signed URL's bearer needs: the credential, the signature, the session token.
    function Get-SignaturePart {
        $parts = @{}
        foreach ($query in (Get-EmulatorRequest -Origin storage).query) {
            foreach ($pair in $query.TrimStart('?') -split '&') {
                $name, $value = $pair -split '=', 2
                if ($name -in 'X-Amz-Signature', 'X-Amz-Security-Token') {
                    $parts["$name $($parts.Count)"] = $value
                    $parts["$name $($parts.Count)"] = [uri]::UnescapeDataString($value)
                }
            }
        }
        $parts
    }
}

AfterAll {
    $runspace.Dispose()
    $context.Reader.Dispose()
    $context.Refused.Dispose()
    Stop-Emulator
    Remove-Module Support
}

Describe 'Keys, passwords and signatures' {
    BeforeAll {
        $everything = [System.Text.StringBuilder]::new()
        $signed = @{}
    }

    It 'are in nothing that is put out, said or failed with when it <Step>' -ForEach $steps {
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

    It 'were looked for with every cmdlet' {
        $seen = [regex]::Matches((Get-Content -LiteralPath $PSCommandPath -Raw), '\b\p{L}+-BatchExport\w*').Value | Select-Object -Unique
        (Get-Module PSBatchExports).ExportedCmdlets.Keys | Where-Object { $_ -notin $seen } | Should -BeNullOrEmpty
    }

    It 'would have been found' {
        $text = Invoke-Step { "the key is $($Context.Plain)" }
        Find-Secret $text | Should -BeLike 'Plain, *'
        Find-Secret ('x' + $secrets.Key.Substring(20, 13)) | Should -BeLike 'Key, *'
    }

    It 'are shown where they were asked for: the URL of -IncludeUrl' {
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

    It 'does not get the key into an error or a message: <Place>' -ForEach @(
        @{ Place = 'the detail'; Answer = @{ status = 400; body = '{"type":"validation_error","code":"invalid","attr":null,"detail":"Bad header: Bearer ECHO"}' }; Fails = 'InvalidRequest,*' }
        @{ Place = 'attribute and code'; Answer = @{ status = 400; body = '{"type":"validation_error","code":"ECHO","attr":"ECHO","detail":"no"}' }; Fails = 'InvalidRequest,*' }
        @{ Place = 'the media type'; Answer = @{ status = 502; contentType = 'text/ECHO; charset=ECHO'; body = 'ECHO' }; Fails = 'ServerFailed,*' }
        @{ Place = 'the host of a redirect'; Answer = @{ status = 302; headers = @{ Location = 'https://ECHO.example/ECHO' } }; Fails = 'UnexpectedResponse,*' }
        @{ Place = 'headers and their names'; Answer = @{ status = 500; headers = @{ Sunset = 'ECHO'; Deprecation = 'ECHO'; 'X-ECHO' = 'x' }; body = '{}' }; Fails = 'ServerFailed,*' }
        @{ Place = 'the path of the JSON that cannot be read'; Answer = @{ status = 200; body = '{"results":[{"id":"x","destination":{"type":"HTTP","config":{"ECHO":1}},"latest_runs":[{"id":{"ECHO":1}}]}]}' }; Fails = 'UnexpectedResponse,*' }
        @{ Place = 'the path of a link to the next page'; Answer = @{ status = 200; body = '{"count":2,"next":"/api/ECHO/?cursor=ECHO","results":[{"id":"0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30"}]}' }; Fails = 'EndpointNotFound,*' }
    ) {
        Clear-EmulatorFault
        foreach ($echo in $secrets.Key, $secrets.Key.ToUpperInvariant(), [Convert]::ToHexString([Text.Encoding]::UTF8.GetBytes($secrets.Key)), [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes("user:$($secrets.Key)")).TrimEnd('=')) {
            Add-EmulatorFault (Get-EchoFault $Answer $echo)
            $text = Invoke-Step {
                $Error.Clear()
                Connect-BatchExportService -ApiKey $Context.KeySecret -ApiHost $Context.Api -ProjectId $Context.ProjectId -SkipValidation -MaximumRetryCount 0
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

    It 'does not get the secret of a destination into an error' {
        Clear-EmulatorFault
        Add-EmulatorFault @{ method = 'POST'; status = 400; body = (@{ type = 'validation_error'; code = 'invalid'; attr = 'destination'; detail = "token '$($secrets.Hidden)' and password '$($secrets.Plain)' are no good" } | ConvertTo-Json) }
        $text = Invoke-Step {
            $Error.Clear()
            Connect-BatchExportService -ApiKey $Context.KeySecret -ApiHost $Context.Api -ProjectId $Context.ProjectId -SkipValidation -MaximumRetryCount 0
            New-BatchExport -Name 'echoed' -Interval hour -Destination @{ type = 'HTTP'; config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.HiddenSecret; password = $Context.Plain } }
            $Context.Failures = @($Error)
        }
        Clear-EmulatorFault
        $context.ErrorIds | Should -BeLike 'InvalidRequest,*'
        $text | Should -Match "token '\*\*\*' and password '\*\*\*'"
        Find-Secret $text | Should -BeNullOrEmpty
        Find-Secret (Get-SavedError) | Should -BeNullOrEmpty
    }

    It 'does not get the key into the error of a run that failed' {
        Clear-EmulatorFault
        Add-EmulatorFault @{ status = 200; body = "{`"id`":`"0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30`",`"status`":`"Failed`",`"error`":`"$($secrets.Key) is not allowed`"}" }
        $null = Invoke-Step {
            $Error.Clear()
            Connect-BatchExportService -ApiKey $Context.KeySecret -ApiHost $Context.Api -ProjectId $Context.ProjectId -SkipValidation -MaximumRetryCount 0
            $null = Wait-BatchExportRun '0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30'
            $Context.Failures = @($Error)
        }
        Clear-EmulatorFault
        $failure = $context.Failures[0]
        $failure.FullyQualifiedErrorId | Should -BeLike 'RunFailed,*'
        "$failure" | Should -BeLike '*ended as Failed: `*`*`* is not allowed*'
        Find-Secret "$($failure.Exception) $($failure.ErrorDetails)" | Should -BeNullOrEmpty
    }

    It 'does not get the password of a proxy into an error' {
        $context.ProxyPassword = New-Secret 'proxy-'
        $context.ProxyCredential = [pscredential]::new('user', (ConvertTo-Secret $context.ProxyPassword))
        $text = Invoke-Step {
            $Error.Clear()
            foreach ($proxy in @{ Proxy = "http://user:$($Context.ProxyPassword)@$(([uri] $Context.Api).Authority)" }, @{ Proxy = $Context.Api; ProxyCredential = $Context.ProxyCredential }) {
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

Describe 'A whole process' {
    It 'has the key neither in its transcript nor in what its children inherit nor in what it saves' {
        $folder = Join-Path $TestDrive 'process'
        $null = New-Item -ItemType Directory -Path $folder
        $keyFile = Join-Path $folder 'key'
        Set-Content -LiteralPath $keyFile -Value $secrets.Key -NoNewline
        Clear-EmulatorFault
        Add-EmulatorFault @{ pathPattern = '/batch_exports/ec000000-0000-0000-0000-000000000000/$'; status = 400; headers = @{ Sunset = $secrets.Key }; body = (@{ type = 'validation_error'; code = 'invalid'; attr = $null; detail = "Repeated: $($secrets.Key)" } | ConvertTo-Json) }
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
