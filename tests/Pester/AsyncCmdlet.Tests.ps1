#pester:no-parallel
# It measures how fast cmdlets stop.
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'They change an emulator of the tests only.')]
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
            Command = { param($Connection, $Context) Save-BatchExportFile -RunId $Context.Run -Path $Context.Folder -Connection $Connection }
            Reached = { Get-EmulatorRequest -Origin storage | Where-Object statusCode -EQ 206 }
            Idle    = 1
        }
        @{
            State   = 'waiting for the headers of a file'
            Fault   = @{ origin = 'storage'; stallHeaders = $true; times = 10 }
            Command = { param($Connection, $Context) Save-BatchExportFile -RunId $Context.Run -Path $Context.Folder -Connection $Connection }
            Reached = { Get-EmulatorRequest -Origin storage }
            Idle    = 1
        }
        @{
            State   = 'waiting out a Retry-After of a minute'
            Fault   = @{ status = 429; headers = @{ 'Retry-After' = '60' }; body = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}' }
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
            Command = { param($Connection, $Context) Save-BatchExportFile -RunId $Context.Run -Path $Context.Folder -Connection $Connection }
            Reached = { Get-EmulatorRequest -Origin storage | Where-Object statusCode -EQ 503 }
            Idle    = 1
            IdleAtStorage = 1
        }
        @{
            State   = 'polling'
            Command = { param($Connection, $Context) Wait-BatchExportRun -RunId $Context.Unfinished -PollingIntervalSec 30 -Connection $Connection }
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
    $null = Start-Emulator -Arguments '--exports', '1000', '--run-duration', '0', '--events-per-hour', '20'
    $repetitions = $env:PSBATCHEXPORTS_STOP_REPETITIONS ?? ($env:PSBATCHEXPORTS_LONG_TESTS ? 100 : 3)
    $latencies = [ordered]@{}
    $controlConnection = 1

    Connect-Emulator -With @{ PassThru = $true } | Set-Variable main
    $runspace = New-TestRunspace
    $context = @{
        Export     = (Get-BatchExport -First 1).Id
        Run        = (Start-BatchExportRun events -DataIntervalStart 2026-01-01 -DataIntervalEnd 2026-01-02 | Wait-BatchExportRun).RunId
        Unfinished = (Start-BatchExportRun events -DataIntervalStart 2026-01-01 -DataIntervalEnd 2026-01-02).RunId
        Folder     = Join-Path $TestDrive 'stopped'
    }
    Set-EmulatorRun $context.Unfinished 'Running'
    Disconnect-BatchExportService

    function New-Connection {
        param([hashtable] $With = @{})

        Connect-Emulator -With (@{ PassThru = $true; SkipValidation = $true } + $With)
    }

    function Wait-Until {
        param([scriptblock] $Condition, [int] $TimeoutSec = 10)

        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition)) {
            if ($watch.Elapsed.TotalSeconds -gt $TimeoutSec) {
                throw "This did not come true within $TimeoutSec s: $Condition"
            }
            Start-Sleep -Milliseconds 10
        }
    }

    function Start-Script {
        param([scriptblock] $Script, [object[]] $Arguments = @(), [runspace] $In = $runspace)

        $shell = [powershell]::Create($In).AddScript($Script.ToString())
        $Arguments | ForEach-Object { $null = $shell.AddArgument($_) }
        [pscustomobject]@{ Shell = $shell; Handle = $shell.BeginInvoke() }
    }

    function Stop-Script {
        param([pscustomobject] $Running)

        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $Running.Shell.Stop()
        $null = $Running.Handle.AsyncWaitHandle.WaitOne()
        $watch.Elapsed.TotalMilliseconds
    }

    function Get-ErrorCount {
        $shell = [powershell]::Create($runspace).AddScript('$Error.Count; $Error.Clear()')
        try { [int] $shell.Invoke()[0] } finally { $shell.Dispose() }
    }

    function Assert-NothingOpen {
        param([int] $Idle = 0, [int] $IdleAtStorage = 0)

        $most = $Idle + $controlConnection
        $mostAtStorage = $IdleAtStorage
        Wait-Until { (Get-EmulatorConnectionCount) -le $most }
        Wait-Until { (Get-EmulatorConnectionCount -Origin storage) -le $mostAtStorage }
    }

    function Assert-NothingGoesOn {
        Start-Sleep -Milliseconds 200
        $before = @(Get-EmulatorRequest).Count + @(Get-EmulatorRequest -Origin storage).Count
        Start-Sleep -Milliseconds 300
        @(Get-EmulatorRequest).Count + @(Get-EmulatorRequest -Origin storage).Count | Should -Be $before
    }
}

AfterAll {
    $runspace.Dispose()
    $main.Dispose()
    Stop-Emulator
    foreach ($state in $latencies.Keys) {
        Write-Information -InformationAction Continue ('stop while {0}: at most {1:0} ms of {2}' -f $state, ($latencies[$state] | Measure-Object -Maximum).Maximum, $latencies[$state].Count)
    }
    Remove-Module Support
}

Describe 'Output' {
    BeforeEach {
        Clear-EmulatorFault
        Clear-EmulatorRequest
        $connection = New-Connection
        $PSDefaultParameterValues = @{ '*-BatchExport*:Connection' = $connection }
    }

    AfterEach {
        Disconnect-BatchExportService -Connection $connection
    }

    It 'keeps its order across streams' {
        $ids = (Get-BatchExport -First 2).Id
        $kinds = Get-BatchExport -Id $ids[0], '0195f1c2-0000-0000-0000-00000000dead', $ids[1] -Verbose -ErrorAction Continue 2>&1 4>&1 | ForEach-Object { $_.GetType().Name }
        $kinds -join ' ' | Should -Be (@(
                'VerboseRecord VerboseRecord BatchExport'
                'VerboseRecord VerboseRecord ErrorRecord'
                'VerboseRecord VerboseRecord BatchExport'
            ) -join ' ')
    }

    It 'loses nothing at the end' {
        $id = (Get-BatchExport -First 1).Id
        foreach ($round in 1..50) {
            $all = @(Get-BatchExport -Id '0195f1c2-0000-0000-0000-00000000dead', $id -Verbose -Debug -ErrorAction Continue 2>&1 4>&1 5>&1)
            $all.Count | Should -Be 10 -Because "that is what there is in round $round"
            $all[-1].Id | Should -Be $id
        }
    }

    It 'holds the list back while the consumer is slow' {
        $seen = @{}
        $number = 0
        Get-BatchExport | Select-Object -First 250 | ForEach-Object {
            $number++
            if ($number -in 1, 150, 250) {
                Start-Sleep -Milliseconds 500
                $seen[$number] = @(Get-EmulatorRequest).Count
            }
        }

        $number | Should -Be 250
        $seen[1] | Should -BeLessOrEqual 2
        $seen[150] | Should -BeLessOrEqual 3
        $seen[250] | Should -BeLessOrEqual 4
    }

    It 'is all there for a consumer that takes everything' {
        $ids = (Get-BatchExport).Id
        $ids.Count | Should -Be 1000
        ($ids | Select-Object -Unique).Count | Should -Be 1000
    }
}

Describe 'Leaving early' {
    BeforeEach {
        Clear-EmulatorFault
        Clear-EmulatorRequest
        $connection = New-Connection
        $PSDefaultParameterValues = @{ '*-BatchExport*:Connection' = $connection }
    }

    AfterEach {
        Clear-EmulatorFault
        Get-BatchExport -First 1 | Should -HaveCount 1 -Because 'the connection still works'
        Disconnect-BatchExportService -Connection $connection
        Assert-NothingOpen
    }

    It 'takes one page and at most the next for Select-Object -First 1' {
        Get-BatchExport | Select-Object -First 1 | Should -HaveCount 1
        @(Get-EmulatorRequest).Count | Should -BeLessOrEqual 2
        Assert-NothingGoesOn
    }

    It 'drops the page under way with its socket for Select-Object -First 1' {
        Add-EmulatorFault @{ pathPattern = '/batch_exports/$'; skip = 1; stallHeaders = $true }
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        Get-BatchExport | ForEach-Object { Wait-Until { @(Get-EmulatorRequest).Count -eq 2 }; $_ } | Select-Object -First 1 | Should -HaveCount 1
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 5
        Assert-NothingOpen
        Assert-NothingGoesOn
    }

    It 'sends nothing after the error that -ErrorAction Stop stops at' {
        $id = (Get-BatchExport -First 1).Id
        Clear-EmulatorRequest
        foreach ($round in 1..20) {
            { Get-BatchExport -Id $id, '0195f1c2-0000-0000-0000-00000000dead', $id -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,*'
        }
        @(Get-EmulatorRequest).Count | Should -Be 40
        Assert-NothingGoesOn
    }

    It 'removes nothing after the error that -ErrorAction Stop stops at' {
        $kept = @(Add-EmulatorExport -Count 1 -NamePrefix 'kept-')[0]
        foreach ($round in 1..20) {
            { Remove-BatchExport -Id '00000000-0000-0000-0000-000000000000', $kept -Force -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,*'
        }
        (Get-BatchExport -Id $kept).Id | Should -Be $kept
        Remove-BatchExport $kept -Force
    }

    It 'gives the objects before the error that it stops at' {
        $id = (Get-BatchExport -First 1).Id
        $got = [System.Collections.Generic.List[object]]::new()
        { Get-BatchExport -Id $id, '0195f1c2-0000-0000-0000-00000000dead', $id -ErrorAction Stop | ForEach-Object { $got.Add($_) } } | Should -Throw
        $got.Count | Should -Be 1
    }

    It 'ends with a break out of the loop around it' {
        $rounds = 0
        foreach ($round in 1..3) {
            $rounds++
            Get-BatchExport | ForEach-Object { break }
        }
        $rounds | Should -Be 1
        @(Get-EmulatorRequest).Count | Should -BeLessOrEqual 2
        Assert-NothingGoesOn
    }

    It 'ends with an exception of a later command, which arrives as it is' {
        { Get-BatchExport | ForEach-Object { throw 'downstream' } } | Should -Throw 'downstream'
        @(Get-EmulatorRequest).Count | Should -BeLessOrEqual 2
        Assert-NothingGoesOn
    }

    It 'ends with a return from the function around it' {
        function Get-First { Get-BatchExport | ForEach-Object { return $_ } | Select-Object -First 1 }
        Get-First | Should -HaveCount 1
        Assert-NothingGoesOn
    }

    It 'ends a command before it as well' {
        Get-BatchExport | Get-BatchExport | Select-Object -First 1 | Should -HaveCount 1
        Assert-NothingGoesOn
    }

    It 'takes its progress away when it is cut short' {
        $folder = Join-Path $TestDrive 'cut-short'
        $id = $context.Run
        $running = Start-Script -Arguments $connection, $id, $folder {
            param($Connection, $Id, $Folder)
            Save-BatchExportFile -RunId $Id -Path $Folder -Connection $Connection | Select-Object -First 1
        }
        $saved = $running.Shell.EndInvoke($running.Handle)
        $saved.Count | Should -Be 1
        $records = $running.Shell.Streams.Progress
        $records | Should -Not -BeNullOrEmpty
        $records[$records.Count - 1].RecordType | Should -Be 'Completed'
        $running.Shell.Dispose()
    }
}

Describe 'Stop' {
    BeforeEach {
        Clear-EmulatorFault
    }

    It 'comes back within a second while <State>, and leaves nothing' -ForEach $states {
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
            $connection = New-Connection
            $running = Start-Script $Command -Arguments $connection, $context
            Wait-Until $Reached
            Start-Sleep -Milliseconds ($round * 37 % 100)

            $times.Add((Stop-Script $running))

            $running.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
            $times[-1] | Should -BeLessThan 1000
            Assert-NothingOpen -Idle $allowed -IdleAtStorage $allowedAtStorage
            Get-ErrorCount | Should -Be 0
            $running.Shell.Streams.Error | Should -BeNullOrEmpty
            $running.Shell.Dispose()
            if ($round -eq 1) {
                Assert-NothingGoesOn
            }
            $connection.Dispose()
            Assert-NothingOpen
            if (Test-Path -LiteralPath $context.Folder) {
                Get-ChildItem -LiteralPath $context.Folder -Force | Should -BeNullOrEmpty
            }
        }
    }

    Context 'a server that does not take part' {
        BeforeEach {
            $server = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
            $server.Start()
            $port = $server.LocalEndpoint.Port
        }

        AfterEach {
            $server.Stop()
        }

        It 'comes back within a second while <State>' -ForEach @(
            @{ State = 'sending a large body'; Scheme = 'http'; Outlives = $false }
            @{ State = 'agreeing on encryption'; Scheme = 'https'; Outlives = $true }
        ) {
            $times = [System.Collections.Generic.List[double]]::new()
            $latencies[$State] = $times
            $large = 'x' * 32MB
            foreach ($round in 1..$repetitions) {
                $connection = New-Connection -With @{ ApiHost = "${Scheme}://127.0.0.1:$port" }
                $accept = $server.AcceptTcpClientAsync()
                $running = Start-Script -Arguments $connection, $large {
                    param($Connection, $Large)
                    New-BatchExport -Name $Large -Interval hour -Destination @{ type = 'S3'; config = @{ bucket_name = 'b' } } -Confirm:$false -Connection $Connection
                }
                $accept.Wait(10000) | Should -BeTrue
                $peer = $accept.Result
                Wait-Until { $peer.Available -gt 0 }
                Start-Sleep -Milliseconds 200

                $times.Add((Stop-Script $running))

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
                $received | Should -BeLessThan 32MB
                $peer.Dispose()
                $connection.Dispose()
            }
        }
    }

    Context 'the script around it' {
        BeforeEach {
            Clear-EmulatorRequest
            Add-EmulatorFault @{ pathPattern = '/batch_exports/$'; stallHeaders = $true }
            $connection = New-Connection
        }

        AfterEach {
            $connection.Dispose()
        }

        It 'stops too: no catch block sees it, every finally block runs' {
            $seen = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
            $running = Start-Script -Arguments $connection, $seen {
                param($Connection, $Seen)
                try { Get-BatchExport -Connection $Connection; $Seen.Enqueue('after') }
                catch { $Seen.Enqueue("caught $_") }
                finally { $Seen.Enqueue('finally') }
            }
            Wait-Until { Get-EmulatorRequest }
            $null = Stop-Script $running

            $seen -join ',' | Should -Be 'finally'
            $failure = try { $running.Shell.EndInvoke($running.Handle) } catch { $_.Exception }
            $failure.InnerException | Should -BeOfType ([System.Management.Automation.PipelineStoppedException])
            $failure.InnerException.InnerException | Should -BeNullOrEmpty
            $running.Shell.Dispose()
        }

        It 'stops by StopAsync as well' {
            $running = Start-Script -Arguments $connection { param($Connection) Get-BatchExport -Connection $Connection }
            Wait-Until { Get-EmulatorRequest }
            $stop = $running.Shell.StopAsync($null, $null)
            $stop.Wait(1000) | Should -BeTrue
            $running.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
            $running.Shell.Dispose()
        }

        It 'runs the next command in the same runspace' {
            $running = Start-Script -Arguments $connection { param($Connection) Get-BatchExport -Connection $Connection }
            Wait-Until { Get-EmulatorRequest }
            $null = Stop-Script $running
            $running.Shell.Dispose()

            $next = Start-Script -Arguments $connection { param($Connection) Get-BatchExport -First 3 -Connection $Connection }
            $next.Shell.EndInvoke($next.Handle).Count | Should -Be 3
            $next.Shell.Dispose()
        }

        It 'ends a connection attempt without leaving a connection behind' {
            Clear-EmulatorFault
            Add-EmulatorFault @{ pathPattern = '/batch_exports/$'; stallHeaders = $true }
            $running = Start-Script -Arguments $connection.ApiHost {
                param($ApiHost)
                Connect-BatchExportService -ApiHost $ApiHost -ApiKey ([System.Net.NetworkCredential]::new('', 'phx_any').SecurePassword)
            }
            Wait-Until { Get-EmulatorRequest }
            Stop-Script $running | Should -BeLessThan 1000
            $running.Shell.Dispose()
            Assert-NothingOpen
            $look = Start-Script { Get-BatchExportConnection }
            $look.Shell.EndInvoke($look.Handle).Count | Should -Be 0
            $look.Shell.Dispose()
        }
    }
}

Describe 'Streams' {
    BeforeEach {
        Clear-EmulatorFault
        Clear-EmulatorRequest
        $connection = New-Connection
        $PSDefaultParameterValues = @{ '*-BatchExport*:Connection' = $connection }
    }

    AfterEach {
        Disconnect-BatchExportService -Connection $connection
    }

    It 'tells of each request with -Verbose' {
        $texts = Get-BatchExport -First 1 -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | ForEach-Object Message
        $texts | Should -HaveCount 2
        $texts[0] | Should -BeLike 'GET http*/batch_exports/?limit=1'
        $texts[1] | Should -Match '^200 after \d+ ms$'
    }

    It 'follows VerbosePreference and DebugPreference of the script' {
        $VerbosePreference = 'Continue'
        $DebugPreference = 'Continue'
        $all = Get-BatchExport -First 1 4>&1 5>&1
        $all | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | Should -HaveCount 2
        $all | Where-Object { $_ -is [System.Management.Automation.DebugRecord] } | Should -HaveCount 2
    }

    It 'tells nothing of its requests without being asked' {
        Get-BatchExport -First 1 *>&1 | Should -HaveCount 1
    }

    It 'prints headers and bodies with -Debug, without the key and the values of the destination' {
        $key = 'phx_emulator_full_access'
        $texts = New-BatchExport -Name 'debugged' -Interval hour -Destination @{
            type   = 'Postgres'
            config = @{ host = 'host-in-config'; port = 5432; user = 'u'; password = 'password-in-config'; database = 'd'; schema = 's'; table_name = 't' }
        } -Confirm:$false -Debug -ErrorAction Continue 5>&1 2>&1 4>&1 | Out-String -Width 500

        $texts | Should -Match 'POST http.*/batch_exports/'
        $texts | Should -Match 'Content-Type: application/json'
        $texts | Should -Match 'Authorization: \*\*\*'
        $texts | Should -Match '"interval": "hour"'
        $texts | Should -Match '"name": "debugged"'
        $texts | Should -Not -Match $key
        $texts | Should -Not -Match 'host-in-config|password-in-config'
    }

    It 'does not ask after each message with -Debug alone, and goes on after a warning where nobody is there' {
        Add-EmulatorFault @{ status = 429; headers = @{ 'Retry-After' = '3' }; body = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}' }
        $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $connection.ApiHost {
            param($Manifest, $ApiHost)
            Import-Module $Manifest
            Connect-BatchExportService -ApiHost $ApiHost -ProjectId 12345 -ApiKey ([System.Net.NetworkCredential]::new('', 'phx_emulator_full_access').SecurePassword) -SkipValidation
            (Get-BatchExport -First 1 -Debug).Count
        }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output[-1] | Should -Be 1
        $run.Output -like 'WARNING: *Trying again in 3 s*' | Should -HaveCount 1
        $run.Output -like 'DEBUG: GET *' | Should -HaveCount 2
        $run.Output -like 'VERBOSE: *' | Should -BeNullOrEmpty
    }

    It 'announces a wait of more than three seconds with a warning that has the time' {
        Add-EmulatorFault @{ status = 429; headers = @{ 'Retry-After' = '60' }; body = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}' }
        $running = Start-Script -Arguments $connection { param($Connection) Get-BatchExport -Connection $Connection }
        Wait-Until { $running.Shell.Streams.Warning.Count -gt 0 }
        $earliest = [datetime]::Now.AddSeconds(40)
        $latest = [datetime]::Now.AddSeconds(61)
        $null = Stop-Script $running

        $warning = $running.Shell.Streams.Warning[0].Message
        $running.Shell.Dispose()
        $warning -match 'Trying again in 60 s, at (?:\d{4}-\d\d-\d\d )?(\d\d:\d\d:\d\d) local time\.$' | Should -BeTrue -Because $warning
        $time = [datetime]::ParseExact($Matches[1], 'HH:mm:ss', [cultureinfo]::InvariantCulture)
        if ($time -lt [datetime]::Now.AddHours(-12)) {
            $time = $time.AddDays(1)
        }
        $time | Should -BeGreaterThan $earliest
        $time | Should -BeLessThan $latest
    }

    It 'only mentions a shorter wait, with -Verbose' {
        Add-EmulatorFault @{ status = 429; headers = @{ 'Retry-After' = '1' }; body = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}' }
        $all = Get-BatchExport -First 1 -Verbose 3>&1 4>&1
        $all | Where-Object { $_ -is [System.Management.Automation.WarningRecord] } | Should -BeNullOrEmpty
        $all | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] -and $_.Message -match 'Trying again in 1 s' } | Should -HaveCount 1
    }

    It 'catches with -ErrorVariable and -OutVariable what its streams carry' {
        $id = (Get-BatchExport -First 1).Id
        $null = Get-BatchExport -Id $id, '0195f1c2-0000-0000-0000-00000000dead' -ErrorVariable failures -OutVariable output -ErrorAction SilentlyContinue
        $failures | Should -HaveCount 1
        $output | Should -HaveCount 1
    }
}
