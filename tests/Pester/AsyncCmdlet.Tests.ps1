[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    Import-Module (Join-Path $PSScriptRoot 'Support/BackgroundScript.psm1') -Force
    $null = Start-Emulator -Arguments '--exports', '1000', '--run-duration', '0', '--events-per-hour', '20'
    $runspace = New-TestRunspace

    $main = New-TestConnection
    $runId = (Start-BatchExportRun events -DataIntervalStart 2026-01-01 -DataIntervalEnd 2026-01-02 | Wait-BatchExportRun).RunId
    Disconnect-BatchExportService -Connection $main
}

AfterAll {
    $runspace.Dispose()
    Stop-Emulator
    Remove-Module BackgroundScript, Support
}

Describe 'Output' {
    BeforeEach {
        Clear-EmulatorFault
        Clear-EmulatorRequest
        $connection = New-TestConnection
        $PSDefaultParameterValues = @{ '*-BatchExport*:Connection' = $connection }
    }

    AfterEach {
        Disconnect-BatchExportService -Connection $connection
    }

    It 'keeps its order across streams' {
        $ids = (Get-BatchExport -First 2).Id
        $kinds = Get-BatchExport -Id $ids[0], '0195f1c2-0000-0000-0000-00000000dead', $ids[1] -Verbose -ErrorAction Continue 2>&1 4>&1 |
            ForEach-Object { $_.GetType().Name }
        $kinds -join ' ' | Should -Be (@(
                'VerboseRecord VerboseRecord BatchExport'
                'VerboseRecord VerboseRecord ErrorRecord'
                'VerboseRecord VerboseRecord BatchExport'
            ) -join ' ')
    }

    It 'is complete when a cmdlet ends' {
        $id = (Get-BatchExport -First 1).Id
        foreach ($round in 1..50) {
            $all = @(Get-BatchExport -Id '0195f1c2-0000-0000-0000-00000000dead', $id -Verbose -Debug -ErrorAction Continue 2>&1 4>&1 5>&1)
            $all.Count | Should -Be 10 -Because "that is what there is in round $round"
            $all[-1].Id | Should -Be $id
        }
    }

    It 'is held back while the consumer is slow' {
        $seen = @{}
        $number = 0
        Get-BatchExport | Select-Object -First 250 | ForEach-Object {
            $number++
            if ($number -in 1, 150, 250) {
                # A list that is not held back would send the next requests meanwhile.
                foreach ($look in 1..15) {
                    $seen[$number] = @(Get-EmulatorRequest).Count
                }
            }
        }

        $number | Should -Be 250
        $seen[1] | Should -BeLessOrEqual 2
        $seen[150] | Should -BeLessOrEqual 3
        $seen[250] | Should -BeLessOrEqual 4
    }

    It 'is complete for a consumer that takes everything' {
        $ids = (Get-BatchExport).Id
        $ids.Count | Should -Be 1000
        ($ids | Select-Object -Unique).Count | Should -Be 1000
    }
}

Describe 'A pipeline that ends early' {
    BeforeEach {
        Clear-EmulatorFault
        Clear-EmulatorRequest
        $connection = New-TestConnection
        $PSDefaultParameterValues = @{ '*-BatchExport*:Connection' = $connection }
    }

    AfterEach {
        Clear-EmulatorFault
        Get-BatchExport -First 1 | Should -HaveCount 1 -Because 'the connection still works'
        Disconnect-BatchExportService -Connection $connection
        Assert-NoOpenConnection
    }

    It 'requests one page and at most the next for Select-Object -First 1' {
        Get-BatchExport | Select-Object -First 1 | Should -HaveCount 1
        Assert-NoFurtherRequest -Max 2
    }

    It 'closes the socket of the page in flight for Select-Object -First 1' {
        Add-EmulatorFault @{ pathPattern = '/batch_exports/$'; skip = 1; stallHeaders = $true }
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        Get-BatchExport | ForEach-Object { Wait-Until { @(Get-EmulatorRequest).Count -eq 2 }; $_ } | Select-Object -First 1 |
            Should -HaveCount 1
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 5
        Assert-NoOpenConnection
        Assert-NoFurtherRequest
    }

    It 'sends nothing after the error that -ErrorAction Stop stops at' {
        $id = (Get-BatchExport -First 1).Id
        Clear-EmulatorRequest
        foreach ($round in 1..20) {
            { Get-BatchExport -Id $id, '0195f1c2-0000-0000-0000-00000000dead', $id -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,*'
        }
        @(Get-EmulatorRequest).Count | Should -Be 40
        Assert-NoFurtherRequest
    }

    It 'removes nothing after the error that -ErrorAction Stop stops at' {
        $kept = @(Add-EmulatorExport -Count 1 -NamePrefix 'kept-')[0]
        foreach ($round in 1..20) {
            { Remove-BatchExport -Id '00000000-0000-0000-0000-000000000000', $kept -Force -ErrorAction Stop } |
                Should -Throw -ErrorId 'NotFound,*'
        }
        (Get-BatchExport -Id $kept).Id | Should -Be $kept
        Remove-BatchExport $kept -Force
    }

    It 'outputs the objects before the error that it stops at' {
        $id = (Get-BatchExport -First 1).Id
        $got = [System.Collections.Generic.List[object]]::new()
        { Get-BatchExport -Id $id, '0195f1c2-0000-0000-0000-00000000dead', $id -ErrorAction Stop | ForEach-Object { $got.Add($_) } } |
            Should -Throw
        $got.Count | Should -Be 1
    }

    It 'ends at a break in a later command' {
        $rounds = 0
        foreach ($round in 1..3) {
            $rounds++
            Get-BatchExport | ForEach-Object { break }
        }
        $rounds | Should -Be 1
        Assert-NoFurtherRequest -Max 2
    }

    It 'ends at an exception of a later command, which is rethrown unchanged' {
        { Get-BatchExport | ForEach-Object { throw 'downstream' } } | Should -Throw 'downstream'
        Assert-NoFurtherRequest -Max 2
    }

    It 'ends in a function that returns the first object' {
        function Get-First { Get-BatchExport | ForEach-Object { return $_ } | Select-Object -First 1 }
        Get-First | Should -HaveCount 1
        Assert-NoFurtherRequest -Max 2
    }

    It 'ends the cmdlets before it, too' {
        Get-BatchExport | Get-BatchExport | Select-Object -First 1 | Should -HaveCount 1
        Assert-NoFurtherRequest -Max 3
    }

    It 'completes its progress' {
        $folder = Join-Path $TestDrive 'cut-short'
        $running = Start-BackgroundScript -Runspace $runspace -Arguments $connection, $runId, $folder {
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

Describe 'Streams' {
    BeforeEach {
        Clear-EmulatorFault
        Clear-EmulatorRequest
        $connection = New-TestConnection
        $PSDefaultParameterValues = @{ '*-BatchExport*:Connection' = $connection }
    }

    AfterEach {
        Disconnect-BatchExportService -Connection $connection
    }

    It 'show each request with -Verbose' {
        $texts = Get-BatchExport -First 1 -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } |
            ForEach-Object Message
        $texts | Should -HaveCount 2
        $texts[0] | Should -BeLike 'GET http*/batch_exports/?limit=1'
        $texts[1] | Should -Match '^200 after \d+ ms$'
    }

    It 'follow VerbosePreference and DebugPreference of the script' {
        $VerbosePreference = 'Continue'
        $DebugPreference = 'Continue'
        $all = Get-BatchExport -First 1 4>&1 5>&1
        $all | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | Should -HaveCount 2
        $all | Where-Object { $_ -is [System.Management.Automation.DebugRecord] } | Should -HaveCount 2
    }

    It 'show no requests by default' {
        Get-BatchExport -First 1 *>&1 | Should -HaveCount 1
    }

    It 'show headers and bodies with -Debug, without the key and the values of the destination' {
        $key = 'phx_emulator_full_access'
        $texts = New-BatchExport -Name 'debugged' -Interval hour -Destination @{
            type   = 'Postgres'
            config = @{
                host       = 'host-in-config'
                port       = 5432
                user       = 'u'
                password   = 'password-in-config'
                database   = 'd'
                schema     = 's'
                table_name = 't'
            }
        } -Confirm:$false -Debug -ErrorAction Continue 5>&1 2>&1 4>&1 | Out-String -Width 500

        $texts | Should -Match 'POST http.*/batch_exports/'
        $texts | Should -Match 'Content-Type: application/json'
        $texts | Should -Match 'Authorization: \*\*\*'
        $texts | Should -Match '"interval": "hour"'
        $texts | Should -Match '"name": "debugged"'
        $texts | Should -Not -Match $key
        $texts | Should -Not -Match 'host-in-config|password-in-config'
    }

    It 'do not prompt with -Debug or after a warning in a noninteractive process' {
        Add-EmulatorFault @{
            status  = 429
            headers = @{ 'Retry-After' = '3' }
            body    = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}'
        }
        $run = Invoke-InFreshPwsh -Arguments (Get-ModuleUnderTest), $connection.ApiHost {
            param($Manifest, $ApiHost)
            Import-Module $Manifest
            $key = [System.Net.NetworkCredential]::new('', 'phx_emulator_full_access').SecurePassword
            Connect-BatchExportService -ApiHost $ApiHost -ProjectId 12345 -ApiKey $key -SkipValidation
            (Get-BatchExport -First 1 -Debug).Count
        }
        $run.Errors | Should -BeNullOrEmpty
        $run.Output[-1] | Should -Be 1
        $run.Output -like 'WARNING: *Trying again in 3 s*' | Should -HaveCount 1
        $run.Output -like 'DEBUG: GET *' | Should -HaveCount 2
        $run.Output -like 'VERBOSE: *' | Should -BeNullOrEmpty
    }

    It 'announce a wait of more than three seconds with a warning that has the time' {
        Add-EmulatorFault @{
            status  = 429
            headers = @{ 'Retry-After' = '60' }
            body    = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}'
        }
        $running = Start-BackgroundScript -Runspace $runspace -Arguments $connection {
            param($Connection)
            Get-BatchExport -Connection $Connection
        }
        Wait-Until { $running.Shell.Streams.Warning.Count -gt 0 }
        $earliest = [datetime]::Now.AddSeconds(40)
        $latest = [datetime]::Now.AddSeconds(61)
        $null = Stop-BackgroundScript $running

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

    It 'mention a shorter wait with -Verbose only' {
        Add-EmulatorFault @{
            status  = 429
            headers = @{ 'Retry-After' = '1' }
            body    = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}'
        }
        $all = Get-BatchExport -First 1 -Verbose 3>&1 4>&1
        $all | Where-Object { $_ -is [System.Management.Automation.WarningRecord] } | Should -BeNullOrEmpty
        $all | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] -and $_.Message -match 'Trying again in 1 s' } |
            Should -HaveCount 1
    }

    It 'are captured by -ErrorVariable and -OutVariable' {
        $id = (Get-BatchExport -First 1).Id
        $ids = $id, '0195f1c2-0000-0000-0000-00000000dead'
        $null = Get-BatchExport -Id $ids -ErrorVariable failures -OutVariable output -ErrorAction SilentlyContinue
        $failures | Should -HaveCount 1
        $output | Should -HaveCount 1
    }
}
