[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--concurrent-download-limit', '1', '--strict-newest'
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
    $span = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-01T01:00Z' }

    # The error of a script block, however it came, with what a test asks of it in one line each.
    function Get-Failure([scriptblock] $Action) {
        $seen = Invoke-Watched $Action
        $records = @(@($seen.Errors) + $seen.Terminating | Where-Object { $_ })
        $records | Should -HaveCount 1
        [pscustomobject]@{
            Id            = $records[0].FullyQualifiedErrorId.Split(',')[0]
            Source        = $records[0].FullyQualifiedErrorId.Split(',')[1]
            Category      = "$($records[0].CategoryInfo.Category)"
            Message       = "$($records[0])"
            Remedy        = $records[0].ErrorDetails.RecommendedAction
            Target        = $records[0].TargetObject
            IsTerminating = $null -ne $seen.Terminating
            Record        = $records[0]
            Seen          = $seen
        }
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Retries' {
    BeforeEach {
        Reset-Emulator
        Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = 2; MaximumRetryDelay = 5 }
    }

    # What is known of the key's rate limit ends with its last connection.
    AfterEach {
        Disconnect-BatchExportService
    }

    Context 'A 429 answer' {
        BeforeAll {
            $detail = 'Request was throttled. Expected available in 3 seconds.'
            $throttled = @{ type = 'throttled_error'; code = 'throttled'; detail = $detail; attr = $null }
        }

        It 'is waited out, with a warning' {
            Add-EmulatorFault @{ status = 429; headers = @{ 'Retry-After' = '3' }; body = $throttled }
            $seen = Invoke-Watched { Get-BatchExport -First 1 }
            $seen.Output | Should -HaveCount 1
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Warnings | Should -HaveCount 1
            $seen.Warnings[0] | Should -BeLike '*throttled*Trying again in 3*'
            $seen.Seconds | Should -BeGreaterOrEqual 2.9
        }

        It 'is waited out by a create, and one export is created' {
            Add-EmulatorFault @{ method = 'POST'; status = 429; headers = @{ 'Retry-After' = '1' }; body = $throttled }
            New-BatchExport -Name new -Interval hour -Destination $http | Should -HaveCount 1
            @(Get-BatchExport -Name new) | Should -HaveCount 1
        }

        It 'is an error at once, with the time, when Retry-After exceeds -MaximumRetryDelay' {
            Add-EmulatorFault @{ status = 429; headers = @{ 'Retry-After' = '3600' }; body = $throttled }
            $failure = Get-Failure { Get-BatchExport -First 1 }
            $failure.Id | Should -Be Throttled
            $failure.Category | Should -Be LimitsExceeded
            $failure.Seen.Seconds | Should -BeLessThan 2
            $until = [datetime]::Now.AddSeconds(3600)
            $failure.Message |
                Should -Match "until (\d{4}-\d\d-\d\d )?($($until.AddSeconds(-5).ToString('HH:mm'))|$($until.ToString('HH:mm'))):\d\d"
            $failure.Message | Should -BeLike '*3600 s*'
            $failure.Remedy | Should -BeLike "*$($until.AddSeconds(-5).ToString('yyyy-MM-dd'))*-MaximumRetryDelay*"
            Get-EmulatorRequest | Should -HaveCount 1
        }

        It 'is an error at once that says what to do when there are too many concurrent runs' {
            $first = Start-BatchExportRun @span
            Set-EmulatorRun $first.RunId Running
            Clear-EmulatorRequest
            $failure = Get-Failure { Start-BatchExportRun @span }
            $failure.Id | Should -Be ConcurrencyLimitReached
            $failure.Category | Should -Be LimitsExceeded
            $failure.IsTerminating | Should -BeFalse
            $failure.Message | Should -BeLike '*Too many concurrent*'
            $failure.Message | Should -Not -BeLike '*may have been created*'
            $failure.Remedy | Should -BeLike '*Wait-BatchExportRun*Stop-BatchExportRun*'
            Get-EmulatorRequest | Should -HaveCount 1
        }
    }

    Context 'A failing request' {
        It 'is retried and succeeds after <name>' -ForEach @(
            @{
                name  = 'a 500'
                fault = @{ status = 500; body = '{"type":"server_error","code":"error","detail":"A server error occurred.","attr":null}' }
            }
            @{ name = 'a proxy''s page'; fault = @{ status = 502; body = '<html>Bad gateway</html>'; contentType = 'text/html' } }
            @{ name = 'a broken connection'; fault = @{ reset = $true } }
            @{ name = 'an answer that ends too soon'; fault = @{ truncateAfter = 20 } }
        ) {
            Add-EmulatorFault $fault
            $seen = Invoke-Watched { Get-BatchExport -First 1 }
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output | Should -HaveCount 1
        }

        It 'is one error when every retry meets <name>' -ForEach @(
            @{
                name     = 'a 500'
                fault    = @{
                    status = 500
                    body   = '{"type":"server_error","code":"error","detail":"A server error occurred.","attr":null}'
                }
                id       = 'ServerFailed'
                category = 'ResourceUnavailable'
                message  = '*A server error occurred.*'
            }
            @{
                name     = 'a proxy''s page'
                fault    = @{ status = 502; body = '<html>Bad gateway</html>'; contentType = 'text/html' }
                id       = 'ServerFailed'
                category = 'ResourceUnavailable'
                message  = '*502 Bad Gateway*text/html*'
            }
            @{
                name     = 'a page instead of JSON'
                fault    = @{ status = 200; body = '<html>Sign in</html>'; contentType = 'text/html' }
                id       = 'UnexpectedResponse'
                category = 'InvalidData'
                message  = '*text/html*'
            }
            @{
                name     = 'a broken connection'
                fault    = @{ reset = $true }
                id       = 'ConnectionFailed'
                category = 'ConnectionError'
                message  = '*was lost before the response was complete*'
            }
        ) {
            Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = 1; MaximumRetryDelay = 1 }
            Add-EmulatorFault ($fault + @{ times = 10 })
            $failure = Get-Failure { Get-BatchExport -First 1 }
            $failure.Id | Should -Be $id
            $failure.Category | Should -Be $category
            $failure.IsTerminating | Should -BeFalse
            $failure.Message | Should -BeLike $message
            $failure.Message | Should -Not -BeLike '*may have been created*'
            $failure.Remedy | Should -Not -BeNullOrEmpty
            Get-EmulatorRequest | Should -HaveCount 2
        }

        It 'is RequestTimedOut when no answer comes in time' {
            Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = 0; TimeoutSec = 1 }
            Add-EmulatorFault @{ stallHeaders = $true }
            $failure = Get-Failure { Get-BatchExport -First 1 }
            $failure.Id | Should -Be RequestTimedOut
            $failure.Category | Should -Be OperationTimeout
            $failure.Remedy | Should -BeLike '*-TimeoutSec*'
            $failure.Seen.Seconds | Should -BeLessThan 4
        }

        It 'is ConnectionFailed when nothing listens on the port' {
            $connection = Connect-Emulator @{
                ApiHost           = 'http://127.0.0.1:1'
                SkipValidation    = $true
                MaximumRetryCount = 0
                PassThru          = $true
            }
            $failure = Get-Failure { New-BatchExport -Name new -Interval hour -Destination $http -Connection $connection }
            $failure.Id | Should -Be ConnectionFailed
            $failure.Category | Should -Be ConnectionError
            $failure.Message | Should -BeLike '*127.0.0.1:1*'
            $failure.Message | Should -Not -BeLike '*may have been created*'
        }
    }

    Context 'A create whose answer is lost' {
        It 'is not sent again, and the error says how to find out: <name> by <fault.Keys>' -ForEach @(
            foreach ($fault in @{ resetAfterProcessing = $true }, @{
                processFirst = $true
                status       = 502
                body         = '<html>'
                contentType  = 'text/html'
            }, @{ status = 500; body = '{}' }) {
                @{ name = 'New-BatchExport'; fault = $fault; remedy = '*: Get-BatchExport new.' }
                @{ name = 'Start-BatchExportRun'; fault = $fault; remedy = '*: Get-BatchExportRun -OnDemand -First 5.' }
            }
        ) {
            Add-EmulatorFault ($fault + @{ method = 'POST' })
            $failure = Get-Failure {
                switch ($name) {
                    'New-BatchExport' { New-BatchExport -Name new -Interval hour -Destination $http }
                    'Start-BatchExportRun' { Start-BatchExportRun @span }
                }
            }
            $failure.Message | Should -BeLike '*may have been created*'
            $failure.Remedy | Should -BeLike $remedy
            $failure.Category | Should -BeIn @('ConnectionError', 'ResourceUnavailable')
            Get-EmulatorRequest | Should -HaveCount 1
        }

        It 'is an error that says so, also when no answer comes in time' {
            Connect-Emulator @{ SkipValidation = $true; TimeoutSec = 1 }
            Add-EmulatorFault @{ method = 'POST'; stallHeaders = $true }
            $failure = Get-Failure { New-BatchExport -Name new -Interval hour -Destination $http }
            $failure.Id | Should -Be RequestTimedOut
            $failure.Message | Should -BeLike '*may have been created*'
            Get-EmulatorRequest | Should -HaveCount 1
        }

        It 'is sent again where it is certain that nothing happened' {
            Add-EmulatorFault @{
                method  = 'POST'
                status  = 503
                headers = @{ 'Retry-After' = '1' }
                body    = '{"type":"server_error","code":"database_unavailable","detail":"Later.","attr":null}'
            }
            New-BatchExport -Name new -Interval hour -Destination $http | Should -HaveCount 1
            @(Get-BatchExport -Name new) | Should -HaveCount 1
        }
    }

    Context 'A change whose answer is lost' {
        It 'is repeated without an error: <name>' -ForEach @(
            @{ name = 'Remove-BatchExport'; action = { Remove-BatchExport $id -Force } }
            @{ name = 'Suspend-BatchExport'; action = { Suspend-BatchExport $id } }
            @{ name = 'Set-BatchExport'; action = { Set-BatchExport $id -Name other } }
        ) {
            $id = (Get-BatchExport -First 1).Id
            Add-EmulatorFault @{ pathPattern = $id; resetAfterProcessing = $true }
            $seen = Invoke-Watched $action
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Terminating | Should -BeNullOrEmpty
        }
    }
}
