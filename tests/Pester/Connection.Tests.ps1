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

    function Get-Secret([string] $Name) {
        if ($Name -eq 'PostHog') { ConvertTo-Secret $emulator.Key }
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

Describe 'Connection' {
    BeforeEach {
        Disconnect-BatchExportService
        Use-Environment @{}
        Reset-Emulator
    }

    Context 'Connecting' {
        It 'takes the key as a SecureString and outputs nothing' {
            Connect-BatchExportService -ApiKey $secret @here | Should -BeNullOrEmpty
            (Get-BatchExport -First 1).Name | Should -Not -BeNullOrEmpty
        }

        It 'takes the key from the pipeline' {
            $secret | Connect-BatchExportService @here
            Get-BatchExport -First 1 | Should -Not -BeNullOrEmpty
        }

        It 'takes the key that Get-Secret outputs' {
            Get-Secret PostHog | Connect-BatchExportService @here
            Get-BatchExport -First 1 | Should -Not -BeNullOrEmpty
        }

        It 'refuses a key that is plain text, without repeating it' {
            $seen = Invoke-Watched { Connect-BatchExportService -ApiKey $emulator.Key @here }
            $seen.Terminating | Should -Not -BeNullOrEmpty
            "$($seen.Terminating)" | Should -Not -BeLike "*$($emulator.Key)*"
        }

        It 'validates with one cheap request' {
            Connect-BatchExportService -ApiKey $secret @here
            $requests = @(Get-EmulatorRequest)
            $requests.Count | Should -Be 1
            $requests[0].method | Should -Be GET
            $requests[0].query | Should -BeLike '*limit=1'
        }

        It 'sends nothing with -SkipValidation' {
            Connect-BatchExportService -ApiKey $secret @here -SkipValidation
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'sends nothing to the storage and the key nowhere but in the header' {
            Connect-BatchExportService -ApiKey $secret @here
            $request = Get-EmulatorRequest
            $request.headers.Authorization | Should -Be "Bearer $($emulator.Key)"
            "$($request.path)$($request.query)$($request.body)" | Should -Not -BeLike "*$($emulator.Key)*"
        }

        It 'outputs the connection with -PassThru, without the key in any form' {
            $connection = Connect-BatchExportService -ApiKey $secret @here -PassThru
            $connection | Should -BeOfType PSBatchExports.BatchExportConnection
            $shown = ($connection | Format-List * | Out-String) + ($connection | Out-String) +
                ($connection | ConvertTo-Json -Depth 6) + "$connection"
            $shown | Should -Not -BeLike "*$($emulator.Key)*"
            $shown | Should -BeLike "*$($emulator.ProjectId)*"
        }

        It 'outputs nothing with -PassThru:$false' {
            Connect-BatchExportService -ApiKey $secret @here -PassThru:$false | Should -BeNullOrEmpty
        }

        It 'keeps no connection when the key is refused' {
            $seen = Invoke-Watched { Connect-BatchExportService -ApiKey (ConvertTo-Secret 'phx_unknown') @here }
            $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'AuthenticationFailed,*'
            Get-BatchExportConnection | Should -BeNullOrEmpty
        }

        It 'keeps the current connection when a new one fails' {
            Connect-BatchExportService -ApiKey $secret @here
            $null = Invoke-Watched { Connect-BatchExportService -ApiKey (ConvertTo-Secret 'phx_unknown') @here }
            Get-BatchExport -First 1 | Should -Not -BeNullOrEmpty
        }

        It 'reads -MaximumRetryDelay <value> as <seconds> s' -ForEach @(
            @{ value = 45; seconds = 45 }
            @{ value = 1.5; seconds = 1.5 }
            @{ value = '90'; seconds = 90 }
            @{ value = '00:03:00'; seconds = 180 }
            @{ value = [timespan]::FromMinutes(4); seconds = 240 }
        ) {
            $connection = Connect-BatchExportService -ApiKey $secret @here -SkipValidation -PassThru -MaximumRetryDelay $value
            $connection.MaximumRetryDelay.TotalSeconds | Should -Be $seconds
        }

        It 'has a MaximumRetryDelay of two minutes, a MaximumRetryCount of 4 and a TimeoutSec of 100 by default' {
            $connection = Connect-BatchExportService -ApiKey $secret @here -SkipValidation -PassThru
            $connection.MaximumRetryDelay | Should -Be ([timespan]::FromMinutes(2))
            $connection.MaximumRetryCount | Should -Be 4
            $connection.TimeoutSec | Should -Be 100
        }
    }

    Context 'Host' {
        It 'is <expected> for <name>' -ForEach @(
            @{ name = 'nothing'; parameters = @{}; expected = 'https://us.posthog.com/' }
            @{ name = '-Region Us'; parameters = @{ Region = 'Us' }; expected = 'https://us.posthog.com/' }
            @{ name = '-Region eu'; parameters = @{ Region = 'eu' }; expected = 'https://eu.posthog.com/' }
            @{ name = '-ApiHost'; parameters = @{ ApiHost = 'https://posthog.example.com' }; expected = 'https://posthog.example.com/' }
            @{ name = '-ApiHost with a slash'; parameters = @{ ApiHost = 'https://eu.posthog.com/' }; expected = 'https://eu.posthog.com/' }
        ) {
            (Connect-BatchExportService -ApiKey $secret -SkipValidation -PassThru @parameters).ApiHost | Should -Be $expected
        }

        It 'cannot be given by both -Region and -ApiHost' {
            $seen = Invoke-Watched { Connect-BatchExportService -ApiKey $secret -Region Eu -ApiHost https://eu.posthog.com -SkipValidation }
            $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'AmbiguousParameterSet,*'
        }

        It 'is refused when it is <name>' -ForEach @(
            @{ name = 'the ingestion host'; address = 'https://eu.i.posthog.com'; message = '*https://eu.posthog.com*' }
            @{ name = 'a path'; address = 'https://eu.posthog.com/api/projects'; message = '*origin*https://eu.posthog.com*' }
            @{ name = 'another scheme'; address = 'ftp://eu.posthog.com'; message = '*http*' }
            @{ name = 'a text that is no address'; address = 'eu.posthog.com'; message = '*https://eu.posthog.com*' }
            @{ name = 'a user name in the address'; address = 'https://someone:word@eu.posthog.com'; message = '*user name*' }
        ) {
            $seen = Invoke-Watched { Connect-BatchExportService -ApiKey $secret -ApiHost $address -SkipValidation }
            $seen.Terminating.CategoryInfo.Category | Should -Be InvalidArgument
            $seen.Terminating.ErrorDetails.Message | Should -BeLike $message
            $seen.Terminating.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            "$($seen.Terminating)" | Should -Not -BeLike '*:word*'
        }

        It 'is refused when it is remote and plain http, unless -AllowHttp is given' {
            $seen = Invoke-Watched { Connect-BatchExportService -ApiKey $secret -ApiHost http://posthog.example.com -SkipValidation }
            $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'PlainHttpRefused,*'
            $seen.Terminating.CategoryInfo.Category | Should -Be SecurityError
            $seen.Terminating.ErrorDetails.RecommendedAction | Should -BeLike '*-AllowHttp*'

            $seen = Invoke-Watched {
                Connect-BatchExportService -ApiKey $secret -ApiHost http://posthog.example.com -SkipValidation -AllowHttp:$false
            }
            $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'PlainHttpRefused,*'

            (Connect-BatchExportService -ApiKey $secret -ApiHost http://posthog.example.com -SkipValidation -AllowHttp -PassThru).ApiHost |
                Should -Be 'http://posthog.example.com/'
        }
    }

    Context 'Key' {
        It 'is refused before anything is sent when it <name>' -ForEach @(
            @{ name = 'is a project token'; key = 'phc_projecttoken'; message = '*phx_*' }
            @{ name = 'holds a line break'; key = "phx_some`nthing"; message = '*line break*' }
            @{ name = 'is empty'; key = ''; message = '*empty*' }
        ) {
            $seen = Invoke-Watched { Connect-BatchExportService -ApiKey (ConvertTo-Secret $key) @here }
            $seen.Terminating.CategoryInfo.Category | Should -Be InvalidArgument
            $seen.Terminating.ErrorDetails.Message | Should -BeLike $message
            "$($seen.Terminating | Format-List * -Force | Out-String)" | Should -Not -BeLike '*phx_some*'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'may end with a line break, as files and secret stores leave it: <_>' -ForEach "`n", "`r`n" {
            Connect-BatchExportService -ApiKey (ConvertTo-Secret "$($emulator.Key)$_") @here
            (Get-EmulatorRequest)[-1].statusCode | Should -Be 200
        }

        It 'may be the password of a credential' {
            $credential = [pscredential]::new('posthog', (ConvertTo-Secret $emulator.Key))
            Connect-BatchExportService -ApiKey $credential @here
            $credential | Connect-BatchExportService @here
            Get-BatchExport -First 1 | Should -HaveCount 1
        }

        It 'is not prompted for: without one there is a terminating error' {
            $seen = Invoke-Watched { Connect-BatchExportService @here }
            $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'NotConnected,*'
            $seen.Terminating.CategoryInfo.Category | Should -Be AuthenticationError
        }

        It 'is not prompted for in a noninteractive process' {
            $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest) -Environment @{ POSTHOG_PERSONAL_API_KEY = $null } {
                param($Manifest)
                Import-Module $Manifest
                foreach ($action in { Connect-BatchExportService }, { Get-BatchExport }, { Wait-BatchExportRun -RunId x }) {
                    try { & $action } catch { $_.FullyQualifiedErrorId }
                }
            }

            $run.Output | Should -HaveCount 3
            $run.Output | Should -BeLike 'NotConnected,*'
        }
    }

    Context 'A proxy' {
        BeforeAll {
            $far = @{
                ApiKey            = $secret
                ApiHost           = 'http://service.example'
                AllowHttp         = $true
                MaximumRetryCount = 0
                SkipValidation    = $true
            }
        }

        It 'is named by the error when it refuses the connection: -Proxy <_>' -ForEach @(
            '127.0.0.1:1'
            'http://127.0.0.1:1'
            'http://user:secret-word@127.0.0.1:1/'
        ) {
            $seen = Invoke-Watched { Connect-BatchExportService @far -Proxy $_; Get-BatchExport }
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'ConnectionFailed,*'
            "$($seen.Errors[0])" | Should -Be 'The proxy http://127.0.0.1:1 refused the connection.'
            $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*-Proxy*HTTPS_PROXY*'
            "$($seen.Errors[0] | Format-List * -Force | Out-String)" | Should -Not -BeLike '*secret-word*'
        }

        It 'is named by the error when it comes from the environment' {
            $seen = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest) -Environment @{
                POSTHOG_PERSONAL_API_KEY = $emulator.Key; POSTHOG_HOST = 'https://service.example'
            } {
                param($Manifest)
                $env:HTTPS_PROXY = $env:https_proxy = '127.0.0.1:1'
                $env:NO_PROXY = $env:no_proxy = $null
                Import-Module $Manifest
                Connect-BatchExportService -MaximumRetryCount 0 -SkipValidation
                Get-BatchExport 2>&1 | ForEach-Object { "$_" }
            }
            $seen.Output | Should -Be 'The proxy http://127.0.0.1:1 refused the connection.'
        }

        It 'is refused by Connect-BatchExportService when its address is invalid: <Value>' -ForEach @(
            @{ Value = 'ftp://proxy.example:21'; Says = '*begins with ftp:*http://proxy.example.com:8080*' }
            @{ Value = 'http://user:secret-word@proxy.example/proxy.pac'; Says = '*http://proxy.example, has a path*' }
        ) {
            $seen = Invoke-Watched { Connect-BatchExportService @far -Proxy $Value }
            $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
            "$($seen.Terminating)" | Should -BeLike $Says
            "$($seen.Terminating)" | Should -Not -BeLike '*secret-word*'
        }

        It 'leads to an error that recommends -ProxyCredential when it requires a user' {
            Add-EmulatorFault @{ status = 407; headers = @{ 'Proxy-Authenticate' = 'Basic realm="x"' }; times = 10 }
            $seen = Invoke-Watched { Connect-BatchExportService @far -Proxy $emulator.Api; Get-BatchExport }
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'ProxyAuthenticationRequired,*'
            $seen.Errors[0].CategoryInfo.Category | Should -Be AuthenticationError
            "$($seen.Errors[0])" | Should -BeLike "The proxy $($emulator.Api) asks for a user name and password*"
            $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*-ProxyCredential of Connect-BatchExportService*'
        }
    }

    Context 'The current connection' {
        It 'does not exist at first' {
            Get-BatchExportConnection | Should -BeNullOrEmpty
        }

        It 'is the last one made' {
            Connect-BatchExportService -ApiKey $secret @here -SkipValidation
            Connect-BatchExportService -ApiKey $secret -ApiHost $emulator.Api -ProjectId 99 -SkipValidation
            (Get-BatchExportConnection).ProjectId | Should -Be 99
        }

        It 'belongs to its runspace' {
            Connect-BatchExportService -ApiKey $secret @here
            $runspace = New-TestRunspace
            $shell = [powershell]::Create($runspace)
            try {
                $shell.AddScript('Get-BatchExportConnection').Invoke() | Should -BeNullOrEmpty
                $shell.Commands.Clear()
                $null = $shell.AddScript('Get-BatchExport').Invoke()
                $shell.Streams.Error[0].FullyQualifiedErrorId | Should -BeLike 'NotConnected,*'
            }
            finally {
                $shell.Dispose()
                $runspace.Dispose()
            }
        }

        It 'is overridden by -Connection, even with one made in another runspace' {
            $other = Connect-BatchExportService -ApiKey $secret @here -PassThru
            Connect-BatchExportService -ApiKey $secret -ApiHost $emulator.Api -ProjectId 99 -SkipValidation
            Get-BatchExport -First 1 -Connection $other | Should -Not -BeNullOrEmpty

            $runspace = New-TestRunspace
            $shell = [powershell]::Create($runspace)
            try {
                $shell.AddScript('param($c) Get-BatchExport -First 1 -Connection $c').AddArgument($other).Invoke().Name |
                    Should -Not -BeNullOrEmpty
            }
            finally {
                $shell.Dispose()
                $runspace.Dispose()
            }
        }
    }

    Context 'Disconnecting' {
        It 'ends the current connection' {
            Connect-BatchExportService -ApiKey $secret @here
            Disconnect-BatchExportService
            Get-BatchExportConnection | Should -BeNullOrEmpty
            (Invoke-Watched { Get-BatchExport }).Terminating.FullyQualifiedErrorId | Should -BeLike 'NotConnected,*'
        }

        It 'ends a connection that is piped in, and leaves the current one' {
            $other = Connect-BatchExportService -ApiKey $secret @here -PassThru
            Connect-BatchExportService -ApiKey $secret @here
            $other | Disconnect-BatchExportService
            $other.IsOpen | Should -BeFalse
            Get-BatchExport -First 1 | Should -Not -BeNullOrEmpty
        }

        It 'makes a later use a clear error, without a request' {
            $closed = Connect-BatchExportService -ApiKey $secret @here -PassThru
            Disconnect-BatchExportService $closed
            Clear-EmulatorRequest
            $seen = Invoke-Watched { Get-BatchExport -Connection $closed }
            $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'ConnectionClosed,*'
            $seen.Terminating.CategoryInfo.Category | Should -Be InvalidOperation
            $seen.Terminating.ErrorDetails.RecommendedAction | Should -BeLike '*Connect-BatchExportService*'
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'may be repeated, and does nothing without a connection' {
            $connection = Connect-BatchExportService -ApiKey $secret @here -PassThru
            $seen = Invoke-Watched {
                $connection, $connection | Disconnect-BatchExportService
                Disconnect-BatchExportService
            }
            $seen.Terminating | Should -BeNullOrEmpty
            $seen.Errors | Should -BeNullOrEmpty
        }
    }
}
