<#
    Large files, interrupted and gone on with, in the real engine: killed processes, stopped pipelines, damaged and oddly named files,
    progress. PSBATCHEXPORTS_LONG_TESTS=1 kills a hundred downloads instead of a few.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'They change an emulator of the tests only.')]
param()

BeforeDiscovery {
    $seeds = $env:PSBATCHEXPORTS_LONG_TESTS -eq '1' ? 1..100 : 1..1
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--events-per-hour', '80000', '--bytes-per-second', 4MB
    Connect-Emulator
    $span = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-01T01:00Z' }
    $large = Start-BatchExportRun @span -Format JSONLines | Wait-BatchExportRun
    $small = Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-01T00:00:05Z -Format JSONLines |
        Wait-BatchExportRun
    $surroundings = @{
        POSTHOG_PERSONAL_API_KEY = $emulator.Key
        POSTHOG_HOST             = $emulator.Api
        POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
    }

    # What it should be, fetched by somebody else.
    $reference = Join-Path $TestDrive 'reference.jsonl'
    $described = $large | Get-BatchExportFile -IncludeUrl
    Invoke-WebRequest -Uri $described.Url -OutFile $reference -NoProxy
    $hash = (Get-FileHash -LiteralPath $reference).Hash
    Remove-Item -LiteralPath $reference

    $launcher = Join-Path $TestDrive 'save.ps1'
    Set-Content -LiteralPath $launcher -Value @'
param($Manifest, $RunId, $FileId, $Folder)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module $Manifest
$saved = Save-BatchExportFile -RunId $RunId -Part $FileId -Path $Folder
"$($saved.Name)|$($saved.Resumed)"
'@

    # Starts to save the large file in a process of its own.
    function Start-Saving([string] $Folder) {
        $start = [System.Diagnostics.ProcessStartInfo]::new((Join-Path $PSHOME 'pwsh'))
        '-NoProfile', '-NonInteractive', '-File', $launcher, (Get-ModuleUnderTest), $large.RunId, $described.FileId, $Folder |
            ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true
        foreach ($name in $surroundings.Keys) {
            $start.Environment[$name] = $surroundings[$name]
        }
        [System.Diagnostics.Process]::Start($start)
    }

    function Get-Name([string] $Folder) {
        @(Get-ChildItem -LiteralPath $Folder -Force -ErrorAction Ignore | ForEach-Object Name)
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Downloads' {
    BeforeEach {
        Clear-EmulatorFault
        Clear-EmulatorRequest
        Set-EmulatorSwitch @{ fileVersion = 0 }
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
    }

    AfterEach {
        Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction Ignore
    }

    Context 'A large file' {
        It 'is downloaded completely over several connections' {
            $saved = $large | Save-BatchExportFile $folder -ThrottleLimit 4
            (Get-FileHash -LiteralPath $saved.FullName).Hash | Should -Be $hash
            $saved.Resumed | Should -BeFalse
            $ranges = @(Get-EmulatorRequest -Origin storage | ForEach-Object { $_.headers.Range })
            $ranges.Count | Should -BeGreaterThan 2
            Get-Name $folder | Should -Be $saved.Name
        }

        It 'is completed by processes that are killed at random: seed <_>' -ForEach $seeds {
            $random = [System.Random]::new($_)
            $before = Get-EmulatorTraffic
            $kills = 0
            $maxKills = $random.Next(1, 6)
            do {
                $process = Start-Saving $folder
                $isKilled = $false
                if ($kills -lt $maxKills) {
                    # Sometimes before the first byte, mostly in the middle, sometimes at the end.
                    $enough = (Get-EmulatorTraffic) + $random.Next(-2MB, 30MB)
                    while (-not $process.HasExited -and (Get-EmulatorTraffic) -lt $enough) {
                        Start-Sleep -Milliseconds 5
                    }
                    $isKilled = -not $process.WaitForExit($random.Next(300))
                }
                if ($isKilled) {
                    $process.Kill()
                    $kills++
                }
                $output = $process.StandardOutput.ReadToEnd()
                $errors = $process.StandardError.ReadToEnd()
                $process.WaitForExit()
                $process.Dispose()
            } while ($isKilled)
            $errors | Should -BeNullOrEmpty
            $name, $resumed = $output.Trim() -split '\|'
            (Get-FileHash -LiteralPath (Join-Path $folder $name)).Hash | Should -Be $hash
            Get-Name $folder | Should -Be $name

            # What a kill costs: at most what each connection had under way.
            $again = (Get-EmulatorTraffic) - $before - $described.Length
            $again | Should -BeLessOrEqual ($kills * 8 * 8MB)
            if ($env:PSBATCHEXPORTS_LONG_TESTS -eq '1') {
                "seed $($_): $kills kills, $([math]::Round($again / 1MB, 1)) MiB fetched again, resumed: $resumed" |
                    Add-Content -LiteralPath (Join-Path $PSScriptRoot '../../TestResults/kills.log')
            }
        }

        It 'continues where its download was stopped' {
            $runspace = New-TestRunspace
            $shell = [powershell]::Create($runspace)
            try {
                $connection = Connect-Emulator @{ PassThru = $true; SkipValidation = $true }
                $script = 'param($Id, $File, $Folder, $Connection)
                    Save-BatchExportFile -RunId $Id -Part $File -Path $Folder -Connection $Connection'
                $arguments = $large.RunId, $described.FileId, $folder, $connection
                $null = $shell.AddScript($script).AddParameters($arguments)
                $handle = $shell.BeginInvoke()
                $sent = Get-EmulatorTraffic
                Wait-Until { (Get-EmulatorTraffic) - $sent -ge 12MB }
                $clock = [System.Diagnostics.Stopwatch]::StartNew()
                $shell.Stop()
                $null = $handle.AsyncWaitHandle.WaitOne()
                $clock.Elapsed.TotalMilliseconds | Should -BeLessThan 1000
            }
            finally {
                $shell.Dispose()
                $runspace.Dispose()
            }
            Get-Name $folder | Should -HaveCount 2
            Get-Name $folder | Should -BeLike ".$($large.Files[0]).partial*"

            $sent = Get-EmulatorTraffic
            $saved = $large | Save-BatchExportFile $folder -Part $described.FileId
            $saved.Resumed | Should -BeTrue
            (Get-EmulatorTraffic) - $sent | Should -BeLessThan ($saved.Length - 8MB)
            (Get-FileHash -LiteralPath $saved.FullName).Hash | Should -Be $hash
            Get-Name $folder | Should -Be $saved.Name
        }

        It 'is kept in part when its download fails, and the error says how to continue' {
            $connection = Connect-Emulator @{ MaximumRetryCount = 0; SkipValidation = $true; PassThru = $true }
            Add-EmulatorFault @{ origin = 'storage'; status = 500; skip = 2; times = 100 }
            $seen = Invoke-Watched {
                $large | Save-BatchExportFile $folder -Part $described.FileId -ThrottleLimit 2 -Connection $connection
            }
            Connect-Emulator
            $seen.Errors | Should -HaveCount 1
            "$($seen.Errors[0])" | Should -Match '\d MiB of it has been kept\.$'
            $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*same command continues*'
            Clear-EmulatorFault
            ($large | Save-BatchExportFile $folder -Part $described.FileId).Resumed | Should -BeTrue
        }

        It 'shows progress at most five times a second, and none with -ProgressAction' {
            foreach ($preference in 'Continue', 'SilentlyContinue') {
                $shell = [powershell]::Create()
                try {
                    $script = 'param($Manifest, $Id, $File, $Folder, $Preference)
                        Import-Module $Manifest
                        $null = Save-BatchExportFile -RunId $Id -Part $File -Path $Folder -Force -ProgressAction $Preference'
                    $arguments = (Get-ModuleUnderTest), $large.RunId, $described.FileId, $folder, $preference
                    $null = $shell.AddScript($script).AddParameters($arguments)
                    foreach ($name in $surroundings.Keys) {
                        Set-Item -LiteralPath "env:$name" -Value $surroundings[$name]
                    }
                    $clock = [System.Diagnostics.Stopwatch]::StartNew()
                    $null = $shell.Invoke()
                    $records = @($shell.Streams.Progress | Where-Object Activity -Like 'Saving*' | Where-Object RecordType -EQ Processing)
                    if ($preference -eq 'SilentlyContinue') {
                        $records | Should -BeNullOrEmpty
                        continue
                    }
                    $records.Count | Should -BeGreaterThan 1
                    $records.Count | Should -BeLessOrEqual ($clock.Elapsed.TotalSeconds * 5 + 1)
                    $records[-1].StatusDescription | Should -Match '^[\d.]+ MiB of [\d.]+ MiB, [\d.]+ MiB/s$'
                    $records[-1].PercentComplete | Should -BeGreaterThan 10
                }
                finally {
                    $shell.Dispose()
                    Remove-Item -LiteralPath ($surroundings.Keys | ForEach-Object { "env:$_" })
                }
            }
        }
    }

    Context 'A file that was saved before' {
        It 'is recognized and output without being fetched' {
            $first = $small | Save-BatchExportFile $folder
            $sent = Get-EmulatorTraffic
            $again = $small | Save-BatchExportFile $folder
            $again.WasPresent | Should -BeTrue
            $again.FullName | Should -Be $first.FullName
            (Get-EmulatorTraffic) - $sent | Should -Be 1
        }

        It 'is replaced with -Force' {
            $null = $small | Save-BatchExportFile $folder
            ($small | Save-BatchExportFile $folder -Force).WasPresent | Should -BeFalse
        }
    }

    Context 'Many runs' {
        It 'collide without -GroupByRun when their interval is the same, before the second is fetched' {
            $twin = Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-01T00:00:05Z -Format JSONLines |
                Wait-BatchExportRun
            $seen = Invoke-Watched { $small.RunId, $twin.RunId | Save-BatchExportFile $folder }
            $seen.Output.RunId | Should -Be $small.RunId
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'FileNameTaken,*'
            $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*-GroupByRun*'
            Get-EmulatorRequest -Origin storage | Where-Object path -Like "*$($twin.RunId)*" | Should -BeNullOrEmpty

            $grouped = $small, $twin | Save-BatchExportFile $folder -GroupByRun
            $grouped | ForEach-Object { Split-Path (Split-Path $_.FullName) -Leaf } | Should -Be $small.RunId, $twin.RunId
        }
    }

    Context 'A damaged file' {
        BeforeAll {
            $damaged = @{
                origin      = 'storage'
                status      = 200
                body        = 'not what it should be'
                contentType = 'binary/octet-stream'
                headers     = @{ ETag = '"0123456789abcdef0123456789abcdef"'; 'Content-Disposition' = 'attachment; filename="part.jsonl"' }
            }
        }

        It 'is detected by -Verify and fetched once more' {
            Add-EmulatorFault $damaged
            $seen = Invoke-Watched { $small | Save-BatchExportFile $folder -Verify }
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Warnings | Should -BeLike '*MD5*'
            $seen.Output[0].Length | Should -Be ($small | Get-BatchExportFile -IncludeUrl).Length
        }

        It 'is an error when it stays damaged, and no file is left' {
            Add-EmulatorFault ($damaged + @{ times = 10 })
            $seen = Invoke-Watched { $small | Save-BatchExportFile $folder -Verify }
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'FileDamaged,*'
            $seen.Errors[0].CategoryInfo.Category | Should -Be InvalidData
            Get-Name $folder | Should -BeNullOrEmpty
        }

        It 'is not reported for an intact <compression> file' -ForEach @(
            @{ compression = 'gzip'; format = 'JSONLines' }
            @{ compression = 'brotli'; format = 'JSONLines' }
            @{ compression = 'zstd'; format = 'Parquet' }
        ) {
            $second = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-01T00:00:05Z' }
            $packed = Start-BatchExportRun @second -Format $format -Compression $compression | Wait-BatchExportRun
            $seen = Invoke-Watched { $packed | Save-BatchExportFile $folder -Verify }
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Warnings | Should -BeNullOrEmpty
            $seen.Output | Should -HaveCount 1
            $seen.Output[0].Records | Should -Be $packed.RecordsCompleted
        }
    }

    Context 'A file name' {
        It 'is made safe: <given>' -ForEach @(
            @{ given = 'CON'; expected = '_CON' }
            @{ given = 'nul.jsonl.gz'; expected = '_nul.jsonl.gz' }
            @{ given = 'trailing. . .'; expected = 'trailing' }
            @{ given = '..'; expected = 'file' }
            @{ given = '../../outside'; expected = '_..-..-outside' }
            @{ given = '.bashrc'; expected = '_.bashrc' }
            @{ given = '/etc/passwd'; expected = '-etc-passwd' }
            @{ given = 'C:\Windows\x'; expected = 'C--Windows-x' }
            @{ given = 'a:b*c?d'; expected = 'a-b-c-d' }
        ) {
            Add-EmulatorFault @{
                origin      = 'storage'
                status      = 200
                body        = 'x'
                contentType = 'binary/octet-stream'
                headers     = @{ 'Content-Disposition' = "attachment; filename=`"$given`"" }
            }
            $saved = $small | Save-BatchExportFile $folder
            $saved.Name | Should -Be $expected
            Get-Name $folder | Should -Be $expected
        }

        It 'is shortened when it has 300 characters, and stays unique' {
            $names = foreach ($ending in 'a', 'b') {
                Add-EmulatorFault @{
                    origin      = 'storage'
                    status      = 200
                    body        = 'x'
                    contentType = 'binary/octet-stream'
                    headers     = @{ 'Content-Disposition' = "attachment; filename=`"$('n' * 299)$ending.jsonl.gz`"" }
                }
                ($small | Save-BatchExportFile $folder).Name
            }
            $names | Should -BeLike '*.jsonl.gz'
            $names | ForEach-Object { $_.Length | Should -BeLessOrEqual 200 }
            Get-Name $folder | Should -HaveCount 2
        }

        It 'fits in a folder with a long path' {
            $deep = Join-Path $folder (@(1..8 | ForEach-Object { "$_" * 60 }) -join [System.IO.Path]::DirectorySeparatorChar)
            $saved = $small | Save-BatchExportFile $deep
            $saved.FullName.Length | Should -BeGreaterThan 500
            Test-Path -LiteralPath $saved.FullName | Should -BeTrue
        }
    }
}
