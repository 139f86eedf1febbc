[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    $states = @(
        @{
            State   = 'waiting for headers'
            Fault   = @{ pathPattern = '/batch_exports/$'; stallHeaders = $true }
            Command = { param($Connection) Get-BatchExport -Connection $Connection }
            Reached = { Get-EmulatorRequest | Where-Object statusCode -EQ 0 }
        }
        @{
            State   = 'waiting for the headers of the next page'
            Fault   = @{ pathPattern = '/batch_exports/$'; skip = 1; stallHeaders = $true }
            Command = { param($Connection) Get-BatchExport -Connection $Connection }
            Reached = { Get-EmulatorRequest | Where-Object statusCode -EQ 0 }
        }
        @{
            State   = 'reading the body of a list'
            Fault   = @{ pathPattern = '/batch_exports/$'; stall = $true }
            Command = { param($Connection) Get-BatchExport -Connection $Connection }
            Reached = { Get-EmulatorRequest | Where-Object statusCode -EQ 200 }
        }
        @{
            State   = 'reading the body of a file'
            Fault   = @{ origin = 'storage'; stall = $true; times = 10 }
            Command = {
                param($Connection, $Context)
                Save-BatchExportFile -RunId $Context.Run -Path $Context.Folder -Connection $Connection
            }
            Reached = { Get-EmulatorRequest -Origin storage | Where-Object statusCode -EQ 206 }
            Idle    = 1
        }
        @{
            State   = 'waiting for the headers of a file'
            Fault   = @{ origin = 'storage'; stallHeaders = $true; times = 10 }
            Command = {
                param($Connection, $Context)
                Save-BatchExportFile -RunId $Context.Run -Path $Context.Folder -Connection $Connection
            }
            Reached = { Get-EmulatorRequest -Origin storage }
            Idle    = 1
        }
        @{
            State   = 'waiting out a Retry-After of a minute'
            Fault   = @{
                status  = 429
                headers = @{ 'Retry-After' = '60' }
                body    = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}'
            }
            Command = { param($Connection) Get-BatchExport -Connection $Connection }
            Reached = { Get-EmulatorRequest | Where-Object statusCode -EQ 429 }
            Idle    = 1
        }
        @{
            State   = 'backing off from a 503'
            Fault   = @{ status = 503; times = 100 }
            Command = { param($Connection) Get-BatchExport -Connection $Connection }
            Reached = { Get-EmulatorRequest | Where-Object statusCode -EQ 503 }
            Idle    = 1
        }
        @{
            State   = 'backing off from a failed download'
            Fault   = @{ origin = 'storage'; status = 503; headers = @{ 'Retry-After' = '60' }; times = 100 }
            Command = {
                param($Connection, $Context)
                Save-BatchExportFile -RunId $Context.Run -Path $Context.Folder -Connection $Connection
            }
            Reached = { Get-EmulatorRequest -Origin storage | Where-Object statusCode -EQ 503 }
            Idle    = 1
            IdleAtStorage = 1
        }
        @{
            State   = 'polling'
            Command = {
                param($Connection, $Context)
                Wait-BatchExportRun -RunId $Context.Unfinished -PollingIntervalSec 30 -Connection $Connection
            }
            Reached = { Get-EmulatorRequest | Where-Object statusCode -EQ 200 }
            Idle    = 1
        }
        @{
            State   = 'waiting whether a run lists more files'
            Command = { param($Connection, $Context) Get-BatchExportFile -RunId $Context.Run -Connection $Connection }
            Reached = { Get-EmulatorRequest | Where-Object statusCode -EQ 200 }
            Idle    = 1
        }
        @{
            State   = 'following'
            Command = { param($Connection, $Context) Get-BatchExportLog -BatchExportId $Context.Export -Follow -Connection $Connection }
            Reached = { Get-EmulatorRequest | Where-Object statusCode -EQ 200 }
            Idle    = 1
        }
        @{
            State   = 'held up by a slow consumer'
            Command = { param($Connection) Get-BatchExport -Connection $Connection | ForEach-Object { Start-Sleep -Seconds 60 } }
            Reached = { @(Get-EmulatorRequest | Where-Object statusCode -EQ 200).Count -ge 2 }
            Idle    = 2
        }
    )
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    Import-Module (Join-Path $PSScriptRoot 'Support/BackgroundScript.psm1') -Force
    $null = Start-Emulator -Arguments '--exports', '1000', '--run-duration', '0', '--events-per-hour', '20'
    $repetitions = $env:PSBATCHEXPORTS_STOP_REPETITIONS ?? ($env:PSBATCHEXPORTS_LONG_TESTS ? 100 : 3)
    $latencies = [ordered]@{}

    $runspace = New-TestRunspace
    $main = New-TestConnection
    $context = @{
        Export     = (Get-BatchExport -First 1).Id
        Run        = (Start-BatchExportRun events -DataIntervalStart 2026-01-01 -DataIntervalEnd 2026-01-02 | Wait-BatchExportRun).RunId
        Unfinished = (Start-BatchExportRun events -DataIntervalStart 2026-01-01 -DataIntervalEnd 2026-01-02).RunId
        Folder     = Join-Path $TestDrive 'stopped'
    }
    Set-EmulatorRun $context.Unfinished 'Running'
    Disconnect-BatchExportService -Connection $main

    function Get-ErrorCount {
        $shell = [powershell]::Create($runspace).AddScript('$Error.Count; $Error.Clear()')
        try { [int] $shell.Invoke()[0] } finally { $shell.Dispose() }
    }
}

AfterAll {
    $runspace.Dispose()
    Stop-Emulator
    foreach ($state in $latencies.Keys) {
        $max = ($latencies[$state] | Measure-Object -Maximum).Maximum
        Write-Information -InformationAction Continue ('stop while {0}: at most {1:0} ms of {2}' -f $state, $max, $latencies[$state].Count)
    }
    Remove-Module BackgroundScript, Support
}

Describe 'Ctrl-C' {
    BeforeEach {
        Clear-EmulatorFault
    }

    AfterEach {
        # A test that failed leaves the runspace to the next one.
        if ($running) {
            $running.Shell.Dispose()
        }
    }

    It 'stops a cmdlet within a second while it is <State>, and leaves no socket open' -ForEach $states {
        $times = [System.Collections.Generic.List[double]]::new()
        $latencies[$State] = $times
        $allowed = $_.ContainsKey('Idle') ? $Idle : 0
        $allowedAtStorage = $_.ContainsKey('IdleAtStorage') ? $IdleAtStorage : 0
        foreach ($round in 1..$repetitions) {
            Clear-EmulatorFault
            Clear-EmulatorRequest
            if ($_.ContainsKey('Fault')) {
                Add-EmulatorFault $Fault
            }
            $connection = New-TestConnection
            $running = Start-BackgroundScript -Runspace $runspace $Command -Arguments $connection, $context
            Wait-Until $Reached
            Start-Sleep -Milliseconds ($round * 37 % 100)

            $times.Add((Stop-BackgroundScript $running))

            $running.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
            $times[-1] | Should -BeLessThan 1000
            Assert-NoOpenConnection -Idle $allowed -IdleAtStorage $allowedAtStorage
            Get-ErrorCount | Should -Be 0
            $running.Shell.Streams.Error | Should -BeNullOrEmpty
            $running.Shell.Dispose()
            if ($round -eq 1) {
                Assert-NoFurtherRequest
            }
            $connection.Dispose()
            Assert-NoOpenConnection
            if (Test-Path -LiteralPath $context.Folder) {
                Get-ChildItem -LiteralPath $context.Folder -Force | Should -BeNullOrEmpty
            }
        }
    }

    Context 'with a server that does not respond' {
        BeforeEach {
            $server = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
            $server.Start()
            $port = $server.LocalEndpoint.Port
        }

        AfterEach {
            $server.Stop()
        }

        It 'stops a cmdlet within a second while it is <State>' -ForEach @(
            @{ State = 'sending a large body'; Scheme = 'http'; Outlives = $false }
            @{ State = 'agreeing on encryption'; Scheme = 'https'; Outlives = $true }
        ) {
            $times = [System.Collections.Generic.List[double]]::new()
            $latencies[$State] = $times
            $large = 'x' * ($Scheme -eq 'http' ? 16MB : 1)
            foreach ($round in 1..$repetitions) {
                $connection = New-TestConnection -With @{ ApiHost = "${Scheme}://127.0.0.1:$port" }
                $accept = $server.AcceptTcpClientAsync()
                $running = Start-BackgroundScript -Runspace $runspace -Arguments $connection, $large {
                    param($Connection, $Large)
                    $destination = @{ type = 'S3'; config = @{ bucket_name = 'b' } }
                    New-BatchExport -Name $Large -Interval hour -Destination $destination -Connection $Connection
                }
                $accept.Wait(20000) | Should -BeTrue -Because 'the cmdlet connects'
                $peer = $accept.Result
                $min = $Scheme -eq 'http' ? 64KB : 1
                Wait-Until { $peer.Available -ge $min }

                $times.Add((Stop-BackgroundScript $running))

                $running.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
                $times[-1] | Should -BeLessThan 1000
                Get-ErrorCount | Should -Be 0
                $running.Shell.Dispose()

                # .NET lets an attempt to connect go on for five seconds after the request, for others to use.
                if ($Outlives -and $round -lt $repetitions) {
                    $peer.Dispose()
                    $connection.Dispose()
                    continue
                }
                $peer.ReceiveTimeout = $Outlives ? 8000 : 3000
                $buffer = [byte[]]::new(1MB)
                $received = 0L
                $isOpen = $true
                try {
                    while (($count = $peer.GetStream().Read($buffer, 0, $buffer.Length)) -gt 0) {
                        $received += $count
                    }
                    $isOpen = $false
                }
                catch [System.IO.IOException] {
                    $isOpen = $_.Exception.InnerException.SocketErrorCode -ne 'ConnectionReset'
                }
                $isOpen | Should -BeFalse -Because 'the socket is closed'
                $received | Should -BeLessThan 16MB
                $peer.Dispose()
                $connection.Dispose()
            }
        }
    }

    Context 'in a script' {
        BeforeEach {
            Clear-EmulatorRequest
            Add-EmulatorFault @{ pathPattern = '/batch_exports/$'; stallHeaders = $true }
            $connection = New-TestConnection
        }

        AfterEach {
            $connection.Dispose()
        }

        It 'runs finally blocks and no catch block' {
            $seen = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
            $running = Start-BackgroundScript -Runspace $runspace -Arguments $connection, $seen {
                param($Connection, $Seen)
                try { Get-BatchExport -Connection $Connection; $Seen.Enqueue('after') }
                catch { $Seen.Enqueue("caught $_") }
                finally { $Seen.Enqueue('finally') }
            }
            Wait-Until { Get-EmulatorRequest }
            $null = Stop-BackgroundScript $running

            $seen -join ',' | Should -Be 'finally'
            $failure = try { $running.Shell.EndInvoke($running.Handle) } catch { $_.Exception }
            $failure.InnerException | Should -BeOfType ([System.Management.Automation.PipelineStoppedException])
            $failure.InnerException.InnerException | Should -BeNullOrEmpty
            $running.Shell.Dispose()
        }

        It 'stops a cmdlet by StopAsync, too' {
            $running = Start-BackgroundScript -Runspace $runspace -Arguments $connection {
                param($Connection)
                Get-BatchExport -Connection $Connection
            }
            Wait-Until { Get-EmulatorRequest }
            $stop = $running.Shell.StopAsync($null, $null)
            $stop.Wait(1000) | Should -BeTrue
            $running.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
            $running.Shell.Dispose()
        }

        It 'leaves the runspace usable' {
            $running = Start-BackgroundScript -Runspace $runspace -Arguments $connection {
                param($Connection)
                Get-BatchExport -Connection $Connection
            }
            Wait-Until { Get-EmulatorRequest }
            $null = Stop-BackgroundScript $running
            $running.Shell.Dispose()

            $next = Start-BackgroundScript -Runspace $runspace -Arguments $connection {
                param($Connection)
                Get-BatchExport -First 3 -Connection $Connection
            }
            $next.Shell.EndInvoke($next.Handle).Count | Should -Be 3
            $next.Shell.Dispose()
        }

        It 'stops Connect-BatchExportService without a current connection' {
            Clear-EmulatorFault
            Add-EmulatorFault @{ pathPattern = '/batch_exports/$'; stallHeaders = $true }
            $running = Start-BackgroundScript -Runspace $runspace -Arguments $connection.ApiHost {
                param($ApiHost)
                Connect-BatchExportService -ApiHost $ApiHost -ApiKey ([System.Net.NetworkCredential]::new('', 'phx_any').SecurePassword)
            }
            Wait-Until { Get-EmulatorRequest }
            Stop-BackgroundScript $running | Should -BeLessThan 1000
            $running.Shell.Dispose()
            Assert-NoOpenConnection
            $look = Start-BackgroundScript -Runspace $runspace { Get-BatchExportConnection }
            $look.Shell.EndInvoke($look.Handle).Count | Should -Be 0
            $look.Shell.Dispose()
        }
    }
}
