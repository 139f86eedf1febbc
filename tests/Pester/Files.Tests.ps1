[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    # A mount of one's own shows what a full and a read-only disk do; where mounting is not allowed these tests are skipped.
    $canMount = $false
    if ($IsLinux -and (Get-Command unshare -ErrorAction Ignore)) {
        $null = unshare --mount --map-root-user sh -c 'mount -t tmpfs -o size=64k none /mnt' 2>$null
        $canMount = $LASTEXITCODE -eq 0
    }
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--events-per-hour', '6000'
    Connect-Emulator
    $span = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-01T01:00Z' }
    $unknown = '0195f1c2-0000-0000-0000-00000000dead'
    $surroundings = @{ POSTHOG_PERSONAL_API_KEY = $emulator.Key; POSTHOG_HOST = $emulator.Api; POSTHOG_PROJECT_ID = "$($emulator.ProjectId)" }

    function Get-Name([string] $Folder) {
        @(Get-ChildItem -LiteralPath $Folder -Force -ErrorAction Ignore | ForEach-Object Name)
    }

    function Get-FirstFailure($Seen) {
        @($Seen.Errors) + $Seen.Terminating | Where-Object { $_ } | Select-Object -First 1
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Files' {
    BeforeEach {
        Clear-EmulatorFault
        Clear-EmulatorRequest
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $run = Start-BatchExportRun @span -Format JSONLines
        $many = Start-BatchExportRun @span -Format JSONLines -MaxFileSizeMB 1
    }

    Context 'Get-BatchExportFile' {
        BeforeEach {
            # Their lists are known to be whole then, which is waited for once and briefly.
            $null = $run, $many | Wait-BatchExportRun
            Clear-EmulatorRequest
        }

        It 'lists the files of a run, in order, without asking the storage' {
            $files = Get-BatchExportFile $many.RunId
            $files.Count | Should -BeGreaterThan 2
            $files | Should -BeOfType PSBatchExports.BatchExportFile
            $files.Index | Should -Be (0..($files.Count - 1))
            $files.FileId | Should -Be (Get-BatchExportRun -OnDemand $many.RunId).Files
            $files.RunId | Select-Object -Unique | Should -Be $many.RunId
            $files | Where-Object Url | Should -BeNullOrEmpty
            Get-EmulatorRequest -Origin storage | Should -BeNullOrEmpty
        }

        It 'picks parts by index and id' {
            $files = Get-BatchExportFile $many.RunId
            (Get-BatchExportFile $many.RunId -Part 1, $files[0].FileId.ToUpperInvariant()).Index | Should -Be @(1, 0)
            (Get-BatchExportFile $many.RunId -Part 1, $files[1].FileId).Index | Should -Be 1
        }

        It 'reports a part that the run does not have: <_>' -ForEach '99', '-1', 'first' {
            $seen = Invoke-Watched { Get-BatchExportFile $run.RunId -Part $_ }
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'FilePartNotFound,*'
            $seen.Errors[0].CategoryInfo.Category | Should -Be ObjectNotFound
        }

        It 'adds name, length, validator and a URL that can be read without a key' {
            $file = $run | Get-BatchExportFile -IncludeUrl
            $file.Name | Should -BeLike '*.jsonl'
            $file.Name | Should -Not -Match '[:/\\]'
            $file.ETag | Should -Not -BeNullOrEmpty
            $file.ExpiresAt | Should -BeGreaterThan ([datetimeoffset]::UtcNow)
            $target = "$folder.jsonl"
            Invoke-WebRequest -Uri $file.Url -OutFile $target -NoProxy
            (Get-Item -LiteralPath $target).Length | Should -Be $file.Length
        }

        It 'does not send the key to the storage' {
            $null = $run | Get-BatchExportFile -IncludeUrl
            $null = $run | Save-BatchExportFile $folder
            $requests = Get-EmulatorRequest -Origin storage
            $requests.Count | Should -BeGreaterOrEqual 2
            $requests | ConvertTo-Json -Depth 5 | Should -Not -BeLike "*$($emulator.Key)*"
        }

        It 'reports a run that <name>' -ForEach @(
            @{ name = 'goes on'; status = 'Running'; remedy = '*Wait-BatchExportRun*' }
            @{ name = 'failed'; status = 'Failed'; remedy = '*Start the run again*' }
            @{ name = 'was cancelled'; status = 'Cancelled'; remedy = '*Start the run again*' }
        ) {
            Set-EmulatorRun $run.RunId $status
            $seen = Invoke-Watched { $run, $many | Get-BatchExportFile }
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'RunNotReady,*'
            $seen.Errors[0].TargetObject | Should -Be $run.RunId
            $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike $remedy
            $seen.Output.Count | Should -BeGreaterThan 2
        }

        It 'has nothing for a run without data, and that is no error' {
            $empty = Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-01
            $seen = Invoke-Watched {
                $empty | Get-BatchExportFile
                $empty | Save-BatchExportFile $folder
            }
            $seen.Output | Should -BeNullOrEmpty
            Test-Path -LiteralPath $folder | Should -BeFalse
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Warnings | Should -Be "Run $($empty.RunId) has no files: it found nothing to export."
        }

        It 'sends nothing for no runs or no parts' {
            Clear-EmulatorRequest
            Get-BatchExportFile -RunId @() | Should -BeNullOrEmpty
            Get-BatchExportFile $run.RunId -Part @() | Should -BeNullOrEmpty
            Save-BatchExportFile -RunId @() -Path $folder | Should -BeNullOrEmpty
            Save-BatchExportFile -RunId $run.RunId -Part @() -Path $folder | Should -BeNullOrEmpty
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }
    }

    Context 'Save-BatchExportFile' {
        It 'makes the folder and saves what the run holds' {
            $saved = $run | Save-BatchExportFile (Join-Path $folder 'a/b')
            $saved | Should -BeOfType PSBatchExports.SavedBatchExportFile
            Split-Path $saved.FullName | Should -Be (Join-Path $folder 'a/b')
            $saved.PSPath | Should -Be "Microsoft.PowerShell.Core\FileSystem::$($saved.FullName)"
            "$saved" | Should -Be $saved.FullName
            $saved.Name | Should -Be (Split-Path $saved.FullName -Leaf)
            $saved.RunId | Should -Be $run.RunId
            $saved.Index | Should -Be 0
            $saved.Resumed | Should -BeFalse
            $saved.Duration | Should -BeGreaterThan ([timespan]::Zero)
            (Get-Item -LiteralPath $saved.FullName).Length | Should -Be $saved.Length

            @(Get-Content -LiteralPath $saved.FullName).Count | Should -Be (Get-BatchExportRun -OnDemand $run.RunId).RecordsCompleted
            $other = "$folder.jsonl"
            Invoke-WebRequest -Uri ($run | Get-BatchExportFile -IncludeUrl).Url -OutFile $other -NoProxy
            (Get-FileHash $saved.FullName).Hash | Should -Be (Get-FileHash $other).Hash
            Get-Name (Split-Path $saved.FullName) | Should -HaveCount 1
        }

        It 'saves all the parts of a run, whole, each line once' {
            $saved = $many | Save-BatchExportFile $folder
            $saved.Count | Should -BeGreaterThan 2
            $lines = $saved | Get-Content | ForEach-Object { ($_ | ConvertFrom-Json).uuid }
            $lines.Count | Should -Be (Get-BatchExportRun -OnDemand $many.RunId).RecordsCompleted
            @($lines | Sort-Object -Unique).Count | Should -Be $lines.Count
        }

        It 'leaves <compression> as it is and names the file so' -ForEach @(
            @{ compression = 'gzip'; ending = '*.jsonl.gz' }
            @{ compression = 'brotli'; ending = '*.jsonl.br' }
        ) {
            $packed = Start-BatchExportRun @span -Format JSONLines -Compression $compression
            $saved = $packed | Save-BatchExportFile $folder
            $saved.Name | Should -BeLike $ending
            $source = [System.IO.File]::OpenRead($saved.FullName)
            $stream = $compression -eq 'gzip' ?
                [System.IO.Compression.GZipStream]::new($source, [System.IO.Compression.CompressionMode]::Decompress) :
                [System.IO.Compression.BrotliStream]::new($source, [System.IO.Compression.CompressionMode]::Decompress)
            try {
                $text = [System.IO.StreamReader]::new($stream).ReadToEnd()
            }
            finally {
                $stream.Dispose()
            }
            $text.TrimEnd("`n").Split("`n").Count | Should -Be (Get-BatchExportRun -OnDemand $packed.RunId).RecordsCompleted
        }

        It 'goes by PowerShell''s location, not by the process''s' {
            $null = New-Item -ItemType Directory -Path $folder
            Push-Location -LiteralPath $folder
            try {
                ($run | Save-BatchExportFile).FullName | Should -BeLike "$folder*"
                ($many | Save-BatchExportFile ./sub -Part 0).FullName | Should -BeLike "$(Join-Path $folder sub)*"
                ($many | Save-BatchExportFile sub -Part 1).FullName | Should -BeLike "$(Join-Path $folder sub)*"
            }
            finally {
                Pop-Location
            }
            [System.Environment]::CurrentDirectory | Should -Not -Be $folder
        }

        It 'takes the folder literally: <_>' -ForEach 'a[1]', 'data*', 'week ?', '[abc]', 'back`tick' {
            $literal = Join-Path $folder $_
            ($run | Save-BatchExportFile -Path $literal).FullName | Should -BeLike "$([wildcardpattern]::Escape($literal))*"
            [System.IO.Directory]::Exists($literal) | Should -BeTrue
            Get-Name $folder | Should -Be $_
        }

        It 'puts out what the file cmdlets take literally, with a neighbor that <Folder> matches as a pattern' -ForEach @(
            @{ Folder = 'x[1]'; Neighbor = 'x1' }
            @{ Folder = 'data*'; Neighbor = 'data-old' }
            @{ Folder = 'back`[tick]'; Neighbor = 'back[tick]' }
        ) {
            $other = $run | Save-BatchExportFile (Join-Path $folder $neighbor)
            Set-Content -LiteralPath $other.FullName -Value mine
            $saved = $run | Save-BatchExportFile (Join-Path $folder $_.Folder)

            ($saved | Get-Item).FullName | Should -Be $saved.FullName
            ($saved | Get-FileHash).Path | Should -Be $saved.FullName
            $saved | Test-Path | Should -BeTrue
            @($saved | Get-Content).Count | Should -Be (Get-BatchExportRun -OnDemand $run.RunId).RecordsCompleted
            $saved | Copy-Item -Destination (Join-Path $folder 'copy')
            (Get-Item -LiteralPath (Join-Path $folder 'copy')).Length | Should -Be $saved.Length
            $saved | Remove-Item
            Test-Path -LiteralPath $saved.FullName | Should -BeFalse
            $saved | Test-Path | Should -BeFalse
            Get-Content -LiteralPath $other.FullName | Should -Be mine
        }

        It 'uses names that every platform takes' {
            $saved = $run | Save-BatchExportFile $folder
            $saved.Name | Should -Not -Match '[<>:"/\\|?*]'
            $saved.Name | Should -Be '2026-11-01T00-00-00+00-00-2026-11-01T01-00-00+00-00-0.jsonl'
        }

        It 'stays in the folder whatever name the storage gives' {
            Add-EmulatorFault @{ origin = 'storage'; status = 200; body = 'x'; headers = @{ 'Content-Disposition' = 'attachment; filename="../../outside.txt"' } }
            $saved = $run | Save-BatchExportFile $folder
            Split-Path $saved.FullName | Should -Be $folder
        }

        It 'saves the files that are listed only after others were saved' {
            $run = Start-BatchExportRun @span -Format JSONLines -MaxFileSizeMB 1
            $null = Invoke-RestMethod "$($emulator.Api)/_emulator/runs/$($run.RunId)" -Method Post -Body '{"listSeconds":8}' -NoProxy
            while (@((Get-BatchExportRun -OnDemand $run.RunId).Files).Where({ $_ }).Count -eq 0) {
                Start-Sleep -Milliseconds 50
            }

            $early = @((Get-BatchExportRun -OnDemand $run.RunId).Files).Count
            $saved = $run | Save-BatchExportFile (Join-Path $TestDrive growing)

            $saved.Count | Should -BeGreaterThan $early
            $saved.FileId | Sort-Object | Should -Be ((Get-BatchExportRun -OnDemand $run.RunId).Files | Sort-Object)
            $saved.FileId | Sort-Object -Unique | Should -HaveCount $saved.Count
        }

        It 'asks for the list no more than once where the files show that they are all' {
            $run = Start-BatchExportRun @span -Format JSONLines -MaxFileSizeMB 1
            Clear-EmulatorRequest
            $null = $run | Save-BatchExportFile (Join-Path $TestDrive once)
            Get-EmulatorRequest | Where-Object path -Like "*/$($run.RunId)/" | Should -HaveCount 1

            Clear-EmulatorRequest
            $null = $run | Wait-BatchExportRun | Save-BatchExportFile (Join-Path $TestDrive once)
            (Get-EmulatorRequest | Where-Object path -Like "*/$($run.RunId)/").Count | Should -BeLessOrEqual 2
        }

        It 'saves two files, each once, that are piped in' {
            $saved = Get-BatchExportFile $many.RunId | Where-Object Index -LT 2 | Save-BatchExportFile $folder
            $saved.Index | Sort-Object | Should -Be @(0, 1)
            Get-Name $folder | Should -HaveCount 2
            @(Get-EmulatorRequest | Where-Object path -Like '*/download/*') | Should -HaveCount 2
        }

        It 'saves a file once that is piped in twice' {
            $file = Get-BatchExportFile $run.RunId
            $file, $file | Save-BatchExportFile $folder | Should -HaveCount 1
        }

        It 'picks parts by index and id' {
            $files = Get-BatchExportFile $many.RunId
            ($many | Save-BatchExportFile $folder -Part 1, $files[0].FileId).Index | Sort-Object | Should -Be @(0, 1)
        }

        It 'saves nothing with -WhatIf, not even a folder' {
            $run | Save-BatchExportFile $folder -WhatIf | Should -BeNullOrEmpty
            Test-Path -LiteralPath $folder | Should -BeFalse
        }

        It 'keeps a file that is there, and replaces it with -Force' {
            $first = $run | Save-BatchExportFile $folder
            Set-Content -LiteralPath $first.FullName -Value mine
            foreach ($more in @{}, @{ Force = $false }) {
                $seen = Invoke-Watched { $run | Save-BatchExportFile $folder @more }
                $seen.Output | Should -BeNullOrEmpty
                $seen.Errors | Should -HaveCount 1
                $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'FileExists,*'
                $seen.Errors[0].CategoryInfo.Category | Should -Be ResourceExists
                $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*-Force*'
            }
            Get-Content -LiteralPath $first.FullName | Should -Be mine
            ($run | Save-BatchExportFile $folder -Force).Length | Should -Be $first.Length
            Get-Name $folder | Should -HaveCount 1
        }

        It 'keeps a file that is there when its replacement fails' {
            $first = $run | Save-BatchExportFile $folder
            Add-EmulatorFault @{ origin = 'storage'; status = 404; body = '<Error><Code>NoSuchKey</Code></Error>'; contentType = 'application/xml'; times = 20 }
            (Invoke-Watched { $run | Save-BatchExportFile $folder -Force }).Errors | Should -HaveCount 1
            (Get-Item -LiteralPath $first.FullName).Length | Should -Be $first.Length
            Get-Name $folder | Should -HaveCount 1
        }

        It 'knows a part that is there already, and fetches the others' {
            $first = $many | Save-BatchExportFile $folder -Part 1
            Clear-EmulatorRequest
            $seen = Invoke-Watched { $many | Save-BatchExportFile $folder }
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output.Index | Should -Be (0..($seen.Output.Count - 1))
            ($seen.Output | Where-Object WasPresent).FileId | Should -Be $first.FileId
            @(Get-EmulatorRequest -Origin storage | Where-Object { $_.headers.Range -eq 'bytes=0-0' }) | Should -HaveCount 1
        }

        It 'keeps another file that is there, and saves the other parts' {
            $first = $many | Save-BatchExportFile $folder -Part 1
            Add-Content -LiteralPath $first.FullName -Value mine
            $seen = Invoke-Watched { $many | Save-BatchExportFile $folder }
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].TargetObject | Should -Be $first.FileId
            $seen.Output.Count | Should -Be (@(Get-BatchExportFile $many.RunId).Count - 1)
            $seen.Output.FileId | Should -Not -Contain $first.FileId
        }

        It 'gets over <name> and saves the file whole' -ForEach @(
            @{ name = 'a short answer'; fault = @{ truncateAfter = 1000 } }
            @{ name = 'a broken connection'; fault = @{ reset = $true } }
            @{ name = 'a server error of the storage'; fault = @{ status = 503; body = '<Error><Code>SlowDown</Code></Error>'; contentType = 'application/xml' } }
        ) {
            Add-EmulatorFault (@{ origin = 'storage'; times = 2 } + $fault)
            $seen = Invoke-Watched { $run | Save-BatchExportFile $folder }
            $seen.Errors | Should -BeNullOrEmpty
            @(Get-Content -LiteralPath $seen.Output.FullName).Count | Should -Be (Get-BatchExportRun -OnDemand $run.RunId).RecordsCompleted
            Get-Name $folder | Should -HaveCount 1
        }

        It 'leaves no final name behind <name> that does not go away' -ForEach @(
            @{ name = 'a short answer'; fault = @{ truncateAfter = 1000 } }
            @{ name = 'a broken connection'; fault = @{ reset = $true } }
            @{ name = 'a server error of the storage'; fault = @{ status = 500; body = 'no' } }
            @{ name = 'a missing object'; fault = @{ status = 404; body = '<Error><Code>NoSuchKey</Code></Error>'; contentType = 'application/xml' } }
        ) {
            $connection = Connect-Emulator @{ MaximumRetryCount = 1; MaximumRetryDelay = 1; SkipValidation = $true; PassThru = $true }
            Add-EmulatorFault (@{ origin = 'storage'; times = 50 } + $fault)
            $seen = Invoke-Watched { $run | Save-BatchExportFile $folder -Connection $connection }
            Connect-Emulator
            $seen.Output | Should -BeNullOrEmpty
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            "$($seen.Errors[0] | Format-List * -Force | Out-String)" | Should -Not -Match 'X-Amz-Signature'
            Get-Name $folder | Where-Object { $_ -like '*.jsonl' } | Should -BeNullOrEmpty
        }

        It 'says what is wrong with a path that <name>' -ForEach @(
            @{ name = 'leads through a file'; path = { Join-Path $file 'sub' }; ids = 'NotAFolder', 'FileWriteFailed' }
            @{ name = 'is a file'; path = { $file }; ids = 'NotAFolder', 'FileExists', 'FileWriteFailed' }
            @{ name = 'is not in the file system'; path = { 'env:' }; ids = @('NotAFolder') }
        ) {
            $file = "$folder.txt"
            Set-Content -LiteralPath $file -Value mine
            $target = & $path
            $seen = Invoke-Watched { $run | Save-BatchExportFile $target }
            $failure = Get-FirstFailure $seen
            $failure.FullyQualifiedErrorId.Split(',')[0] | Should -BeIn $ids
            "$failure" | Should -BeLike "*$target*"
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-Path*'
            Get-Content -LiteralPath $file | Should -Be mine
        }

        It 'says so where a folder is in the place of the file' {
            $saved = $run | Save-BatchExportFile $folder
            Remove-Item -LiteralPath $saved.FullName
            $null = New-Item -ItemType Directory -Path $saved.FullName
            foreach ($more in @{}, @{ Force = $true }) {
                $seen = Invoke-Watched { $run | Save-BatchExportFile $folder @more }
                $seen.Errors | Should -HaveCount 1
                "$($seen.Errors[0])" | Should -BeLike "*$($saved.FullName)*folder*"
                $seen.Errors[0].ErrorDetails.RecommendedAction | Should -Not -BeLike '*-Force*'
            }
            Test-Path -LiteralPath $saved.FullName -PathType Container | Should -BeTrue
            Get-Name $folder | Should -HaveCount 1
        }

        It 'reports an unknown run among several and saves the rest' {
            $seen = Invoke-Watched { Save-BatchExportFile -RunId $run.RunId, $unknown -Path $folder }
            $seen.Output | Should -HaveCount 1
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].CategoryInfo.Category | Should -Be ObjectNotFound
            $seen.Errors[0].TargetObject | Should -Be $unknown
        }
    }

    Context 'A disk of its own' {
        It 'that is full gives an error, and nothing stays' -Skip:(-not $canMount) {
            $null = New-Item -ItemType Directory -Path $folder
            $script = "$folder.ps1"
            Set-Content -LiteralPath $script -Value @'
param($Manifest, $Folder, $RunId)
mount -t tmpfs -o size=64k none $Folder
Import-Module $Manifest
Save-BatchExportFile -RunId $RunId -Path $Folder -ErrorVariable failures -ErrorAction SilentlyContinue
$failures | Select-Object FullyQualifiedErrorId, @{ n = 'Category'; e = { "$($_.CategoryInfo.Category)" } }, @{ n = 'Remedy'; e = { $_.ErrorDetails.RecommendedAction } } | ConvertTo-Json -Compress
"left: $(@(Get-ChildItem -LiteralPath $Folder -Force).Count)"
'@
            $output = (Invoke-InFreshPwsh -Arguments $script, (Get-ModuleUnderTest), $folder, $run.RunId -Environment $surroundings {
                param($Script, $Manifest, $Folder, $RunId)
                unshare --mount --map-root-user (Join-Path $PSHOME 'pwsh') -NoProfile -NonInteractive -File $Script $Manifest $Folder $RunId
            }).Output
            $failure = $output[0] | ConvertFrom-Json
            $failure.FullyQualifiedErrorId | Should -BeLike 'DiskFull,*'
            $failure.Category | Should -Be WriteError
            $failure.Remedy | Should -BeLike '*space*'
            $output[1] | Should -Be 'left: 0'
        }

        It 'that is read-only gives an error' -Skip:(-not $canMount) {
            $null = New-Item -ItemType Directory -Path $folder
            $script = "$folder.ps1"
            Set-Content -LiteralPath $script -Value @'
param($Manifest, $Folder, $RunId)
mount -t tmpfs -o ro none $Folder
Import-Module $Manifest
Save-BatchExportFile -RunId $RunId -Path $Folder -ErrorVariable failures -ErrorAction SilentlyContinue
$failures | Select-Object FullyQualifiedErrorId, @{ n = 'Category'; e = { "$($_.CategoryInfo.Category)" } } | ConvertTo-Json -Compress
'@
            $output = (Invoke-InFreshPwsh -Arguments $script, (Get-ModuleUnderTest), $folder, $run.RunId -Environment $surroundings {
                param($Script, $Manifest, $Folder, $RunId)
                unshare --mount --map-root-user (Join-Path $PSHOME 'pwsh') -NoProfile -NonInteractive -File $Script $Manifest $Folder $RunId
            }).Output
            $failure = $output[0] | ConvertFrom-Json
            $failure.FullyQualifiedErrorId | Should -BeLike 'FileNotWritable,*'
            $failure.Category | Should -Be PermissionDenied
        }
    }
}

Describe 'A storage that does not name files' {
    BeforeAll {
        $emulator = Start-Emulator -Arguments '--run-duration', '0', '--no-content-disposition'
        Connect-Emulator
    }

    AfterAll {
        Disconnect-BatchExportService
        Stop-Emulator $emulator
    }

    It 'can be downloaded from, under the names that are in its addresses: <Format> <Compression>' -ForEach @(
        @{ Format = 'JSONLines'; Compression = $null; Name = '2026-11-01T00-00-00+00-00-2026-11-01T01-00-00+00-00-0.jsonl' }
        @{ Format = 'JSONLines'; Compression = 'brotli'; Name = '2026-11-01T00-00-00+00-00-2026-11-01T01-00-00+00-00-0.jsonl.br' }
        @{ Format = 'Parquet'; Compression = 'zstd'; Name = '2026-11-01T00-00-00+00-00-2026-11-01T01-00-00+00-00-0.parquet' }
    ) {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $seen = Invoke-Watched { Start-BatchExportRun @span -Format $Format -Compression $Compression | Wait-BatchExportRun | Save-BatchExportFile $folder -Verify }
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Output.Name | Should -Be $Name
        $seen.Output.Proof | Should -Be Bytes
    }

    It 'does not pass off the page of a gateway as a file' {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        Connect-Emulator @{ MaximumRetryCount = 0 }
        $run = Start-BatchExportRun @span -Format JSONLines | Wait-BatchExportRun
        Add-EmulatorFault @{ origin = 'storage'; status = 200; body = 'The service is being maintained.'; contentType = 'text/plain'; headers = @{ ETag = '"1"'; 'Accept-Ranges' = 'bytes' }; times = 20 }
        $seen = Invoke-Watched { $run | Save-BatchExportFile $folder }
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'UnexpectedResponse,*'
        "$($seen.Errors[0])" | Should -BeLike '*does not begin as*between this machine and the storage*'
        Get-Name $folder | Should -BeNullOrEmpty
    }
}
