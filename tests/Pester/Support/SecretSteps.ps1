<#
    What Secrets.Tests.ps1 runs at -Verbose -Debug in one runspace, in this order.
    $Context has connections, secrets and what earlier steps left.
#>
@{
    Step   = 'connects'
    Script = {
        $here = @{ ApiKey = $Context.KeySecret; ApiHost = $Context.Api; ProjectId = $Context.ProjectId }
        Connect-BatchExportService @here -MaximumRetryCount 1 -PassThru
        Get-BatchExportConnection
    }
}
@{
    Step   = 'connects with the key from the pipeline'
    Script = {
        $Context.KeySecret | Connect-BatchExportService -ApiHost $Context.Api -ProjectId $Context.ProjectId -MaximumRetryCount 1
    }
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
    Script = {
        $Context.Export = New-BatchExport -Name 'plain' -Interval hour -Destination @{
            type   = 'HTTP'
            config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.Plain }
        }
        $Context.Export
    }
}
@{
    Step   = 'makes an export with a token in a SecureString'
    Script = {
        New-BatchExport -Name 'hidden' -Interval hour -Destination @{
            type   = 'HTTP'
            config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.HiddenSecret }
        }
    }
}
@{
    Step   = 'makes an export that is refused'
    Script = {
        New-BatchExport -Name 'refused' -Interval hour -Destination @{
            type   = 'HTTP'
            config = @{ url = 'https://example.com/'; token = $Context.HiddenSecret; password = $Context.Plain }
        }
    }
    Fails  = 'InvalidRequest,*'
}
@{
    Step   = 'makes an export whose answer is lost'
    Fault  = @{ method = 'POST'; resetAfterProcessing = $true }
    Script = {
        New-BatchExport -Name 'lost' -Interval hour -Destination @{
            type   = 'HTTP'
            config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.HiddenSecret }
        }
    }
    Fails  = 'ConnectionFailed,*'
}
@{
    Step   = 'asks what would be made'
    Script = {
        New-BatchExport -Name 'what-if' -Interval hour -Destination @{
            type   = 'HTTP'
            config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.Plain }
        } -WhatIf
    }
}
@{
    Step   = 'changes an export'
    Script = {
        Set-BatchExport $Context.Export.Id -Destination @{
            type   = 'HTTP'
            config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.HiddenSecret }
        } -PassThru
    }
}
@{
    Step   = 'keeps configurations in files'
    Script = {
        $code = "$($Context.Folder)-code"
        (Get-BatchExport plain | Export-BatchExportConfiguration $code).FullName
        $file = Get-Item "$code/plain.json"
        $text = $file | Get-Content -Raw
        $text -replace '"name": "plain"', '"name": "from a file"' | Set-Content $file
        $env:BATCH_EXPORT_TOKEN = $Context.Plain
        $plan = Compare-BatchExportConfiguration $code
        $plan
        $plan | Sync-BatchExportConfiguration -PassThru -WarningAction SilentlyContinue
        $env:BATCH_EXPORT_TOKEN = $null
        $text -replace '"env:.*"', "`"$($Context.Plain)`"" | Set-Content $file
        Compare-BatchExportConfiguration $code
    }
    Fails  = 'InvalidConfiguration,*'
}
@{
    Step   = 'tests an export'
    Script = {
        Test-BatchExport $Context.Export.Id
        Test-BatchExport -Name 'not-made' -Interval hour -Destination @{
            type   = 'HTTP'
            config = @{ url = 'https://us.i.posthog.com/batch/'; token = $Context.HiddenSecret }
        }
    }
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
    Step   = 'starts an on-demand run and waits'
    Script = {
        $Context.Run = Start-BatchExportRun events -DataIntervalStart 2026-01-01 -DataIntervalEnd 2026-01-02 | Wait-BatchExportRun
        $Context.Run
        Get-BatchExportRun -OnDemand -First 2
    }
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
    Step   = 'hands files over'
    Script = {
        $Context.Signed | Export-BatchExportManifest -As Curl -Path "$($Context.Folder).curl" -Force
        $Context.Signed | Export-BatchExportManifest -As Spark -Path "$($Context.Folder).py"
    }
    Fails  = 'SavedFileNeeded,*'
}
@{
    Step   = 'tests the saved files'
    Script = { Test-BatchExportFile $Context.Folder -RunId $Context.Run.RunId; Test-BatchExportFile $Context.Folder -Level Rows }
}
@{
    Step   = 'saves a file that the storage refuses'
    Fault  = @{
        origin      = 'storage'
        status      = 403
        contentType = 'application/xml'
        body        = '<Error><Code>SignatureDoesNotMatch</Code><Message>The signature does not match.</Message></Error>'
        times       = 9
    }
    Script = { $Context.Run | Save-BatchExportFile -Path $Context.Folder -Force }
    Fails  = 'UnexpectedResponse,*'
}
@{
    Step   = 'saves a file whose URL has expired'
    Fault  = @{
        origin      = 'storage'
        status      = 400
        contentType = 'application/xml'
        body        = '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>'
        times       = 9
    }
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
        Get-BatchExport -First 1 | Start-BatchExportBackfill -StartAt 2026-10-03 -EndAt 2026-10-04 |
            Wait-BatchExportBackfill -TimeoutSec 5
        Get-BatchExport -First 1 | Get-BatchExportBackfill
    }
    May    = $true
}
@{
    Step   = 'looks for gaps'
    Script = {
        Get-BatchExport -First 1 | Get-BatchExportCoverage
        Get-BatchExport -First 1 | Find-BatchExportGap | Repair-BatchExportGap -WhatIf
        Get-BatchExport -First 1 | Get-BatchExportHealth
        Get-BatchExport -First 1 | Wait-BatchExportData -Until 2026-11-01 -TimeoutSec 1
        Get-BatchExport -First 1 | Export-BatchExportReport "$($Context.Folder).html" -Force -PassThru | Get-Content
    }
    May    = $true
}
@{
    Step   = 'switches a credential'
    Script = {
        Get-BatchExportProject
        Get-BatchExportIntegration -IncludeUse
        Switch-BatchExportIntegration 'Export bucket key' 'Export bucket role'
    }
    May    = $true
}
@{
    Step   = 'copies an export'
    Script = { Get-BatchExport -First 3 | Copy-BatchExport -NewName { "copy of $($_.Name)" } -Verbose -WhatIf }
    May    = $true
}
@{
    Step   = 'saves a range'
    Script = {
        $range = @{ From = '2026-11-01'; To = '2026-11-01T01:00Z'; Path = "$($Context.Folder)-lake" }
        Save-BatchExportRange @range
        Get-BatchExportLedger $range.Path
        Get-Content "$($range.Path)/ledger.jsonl"
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
    Fault  = @{
        status  = 429
        headers = @{ 'Retry-After' = '1' }
        body    = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}'
    }
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
