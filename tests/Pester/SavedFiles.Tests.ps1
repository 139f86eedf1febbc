<#
    Save-BatchExportFile on real disks.
    Takes about 70 s.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
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
    $impatient = Connect-Emulator @{ MaximumRetryCount = 1; MaximumRetryDelay = 1; SkipValidation = $true; PassThru = $true }
    Connect-Emulator
    $span = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-01T01:00Z' }
    $unknown = '0195f1c2-0000-0000-0000-00000000dead'

    # Over this connection their lists are known to be whole, so that no test waits for that.
    $run = Start-BatchExportRun @span -Format JSONLines | Wait-BatchExportRun
    $many = Start-BatchExportRun @span -Format JSONLines -MaxFileSizeMB 1 | Wait-BatchExportRun
    $surroundings = @{
        POSTHOG_PERSONAL_API_KEY = $emulator.Key
        POSTHOG_HOST             = $emulator.Api
        POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
    }

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
    }

    Context 'Save-BatchExportFile' {
        It 'creates the folder and saves the file of the run' {
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

        It 'saves all parts of a run completely, each line once' {
            $saved = $many | Save-BatchExportFile $folder
            $saved.Count | Should -BeGreaterThan 2
            $lines = $saved | Get-Content | ForEach-Object { ($_ | ConvertFrom-Json).uuid }
            $lines.Count | Should -Be (Get-BatchExportRun -OnDemand $many.RunId).RecordsCompleted
            @($lines | Sort-Object -Unique).Count | Should -Be $lines.Count
        }

        It 'keeps <compression> and names the file accordingly' -ForEach @(
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

        It 'resolves paths against PowerShell''s location, not the process''s' {
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

        It 'outputs files that other cmdlets take literally, next to a folder that <Folder> matches as a pattern' -ForEach @(
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

        It 'uses names that are valid on every platform' {
            $saved = $run | Save-BatchExportFile $folder
            $saved.Name | Should -Not -Match '[<>:"/\\|?*]'
            $saved.Name | Should -Be '2026-11-01T00-00-00+00-00-2026-11-01T01-00-00+00-00-0.jsonl'
        }

        It 'stays in the folder whatever name the storage gives' {
            Add-EmulatorFault @{
                origin  = 'storage'
                status  = 200
                body    = 'x'
                headers = @{ 'Content-Disposition' = 'attachment; filename="../../outside.txt"' }
            }
            $saved = $run | Save-BatchExportFile $folder
            Split-Path $saved.FullName | Should -Be $folder
        }

        It 'saves files that are listed only after others were saved' {
            $run = Start-BatchExportRun @span -Format JSONLines -MaxFileSizeMB 1
            $null = Invoke-RestMethod "$($emulator.Api)/_emulator/runs/$($run.RunId)" -Method Post -Body '{"listSeconds":4}' -NoProxy
            Wait-Until { @((Get-BatchExportRun -OnDemand $run.RunId).Files).Where({ $_ }).Count -gt 0 }

            $early = @((Get-BatchExportRun -OnDemand $run.RunId).Files).Count
            $saved = $run | Save-BatchExportFile (Join-Path $TestDrive growing)

            $saved.Count | Should -BeGreaterThan $early
            $saved.FileId | Sort-Object | Should -Be ((Get-BatchExportRun -OnDemand $run.RunId).Files | Sort-Object)
            $saved.FileId | Sort-Object -Unique | Should -HaveCount $saved.Count
        }

        It 'requests the list once when the files prove that it is complete' {
            $run = Start-BatchExportRun @span -Format JSONLines -MaxFileSizeMB 1
            Clear-EmulatorRequest
            $null = $run | Save-BatchExportFile (Join-Path $TestDrive once)
            Get-EmulatorRequest | Where-Object path -Like "*/$($run.RunId)/" | Should -HaveCount 1

            Clear-EmulatorRequest
            $null = $run | Wait-BatchExportRun | Save-BatchExportFile (Join-Path $TestDrive once)
            (Get-EmulatorRequest | Where-Object path -Like "*/$($run.RunId)/").Count | Should -BeLessOrEqual 2
        }

        It 'saves piped files, each once' {
            $saved = Get-BatchExportFile $many.RunId | Where-Object Index -LT 2 | Save-BatchExportFile $folder
            $saved.Index | Sort-Object | Should -Be @(0, 1)
            Get-Name $folder | Should -HaveCount 2
            @(Get-EmulatorRequest | Where-Object path -Like '*/download/*') | Should -HaveCount 2
        }

        It 'saves a file that is piped twice once' {
            $file = Get-BatchExportFile $run.RunId
            $file, $file | Save-BatchExportFile $folder | Should -HaveCount 1
        }

        It 'selects parts by index and id' {
            $files = Get-BatchExportFile $many.RunId
            ($many | Save-BatchExportFile $folder -Part 1, $files[0].FileId).Index | Sort-Object | Should -Be @(0, 1)
        }

        It 'saves nothing with -WhatIf, not even a folder' {
            $run | Save-BatchExportFile $folder -WhatIf | Should -BeNullOrEmpty
            Test-Path -LiteralPath $folder | Should -BeFalse
        }

        It 'keeps an existing file, and replaces it with -Force' {
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

        It 'keeps an existing file when its replacement fails' {
            $first = $run | Save-BatchExportFile $folder
            Add-EmulatorFault @{
                origin      = 'storage'
                status      = 404
                body        = '<Error><Code>NoSuchKey</Code></Error>'
                contentType = 'application/xml'
                times       = 20
            }
            (Invoke-Watched { $run | Save-BatchExportFile $folder -Force }).Errors | Should -HaveCount 1
            (Get-Item -LiteralPath $first.FullName).Length | Should -Be $first.Length
            Get-Name $folder | Should -HaveCount 1
        }

        It 'recognizes a part that was saved before, and fetches the others' {
            $first = $many | Save-BatchExportFile $folder -Part 1
            Clear-EmulatorRequest
            $seen = Invoke-Watched { $many | Save-BatchExportFile $folder }
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output.Index | Should -Be (0..($seen.Output.Count - 1))
            ($seen.Output | Where-Object WasPresent).FileId | Should -Be $first.FileId
            @(Get-EmulatorRequest -Origin storage | Where-Object { $_.headers.Range -eq 'bytes=0-0' }) | Should -HaveCount 1
        }

        It 'keeps a different existing file, and saves the other parts' {
            $first = $many | Save-BatchExportFile $folder -Part 1
            Add-Content -LiteralPath $first.FullName -Value mine
            $seen = Invoke-Watched { $many | Save-BatchExportFile $folder }
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].TargetObject | Should -Be $first.FileId
            $seen.Output.Count | Should -Be (@(Get-BatchExportFile $many.RunId).Count - 1)
            $seen.Output.FileId | Should -Not -Contain $first.FileId
        }

        It 'retries after <name> and saves the whole file' -ForEach @(
            @{ name = 'a short answer'; fault = @{ truncateAfter = 1000 } }
            @{ name = 'a broken connection'; fault = @{ reset = $true } }
            @{
                name  = 'a server error of the storage'
                fault = @{ status = 503; body = '<Error><Code>SlowDown</Code></Error>'; contentType = 'application/xml' }
            }
        ) {
            Add-EmulatorFault (@{ origin = 'storage'; times = 2 } + $fault)
            $seen = Invoke-Watched { $run | Save-BatchExportFile $folder }
            $seen.Errors | Should -BeNullOrEmpty
            @(Get-Content -LiteralPath $seen.Output.FullName).Count | Should -Be (Get-BatchExportRun -OnDemand $run.RunId).RecordsCompleted
            Get-Name $folder | Should -HaveCount 1
        }

        It 'leaves no file behind when <name> persists' -ForEach @(
            @{ name = 'a short answer'; fault = @{ truncateAfter = 1000 } }
            @{ name = 'a broken connection'; fault = @{ reset = $true } }
            @{ name = 'a server error of the storage'; fault = @{ status = 500; body = 'no' } }
            @{
                name  = 'a missing object'
                fault = @{ status = 404; body = '<Error><Code>NoSuchKey</Code></Error>'; contentType = 'application/xml' }
            }
        ) {
            Add-EmulatorFault (@{ origin = 'storage'; times = 50 } + $fault)
            $seen = Invoke-Watched { $run | Save-BatchExportFile $folder -Connection $impatient }
            $seen.Output | Should -BeNullOrEmpty
            $seen.Errors | Should -HaveCount 1
            $seen.Errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            "$($seen.Errors[0] | Format-List * -Force | Out-String)" | Should -Not -Match 'X-Amz-Signature'
            Get-Name $folder | Where-Object { $_ -like '*.jsonl' } | Should -BeNullOrEmpty
        }

        It 'explains what is wrong with a path that <name>' -ForEach @(
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

        It 'reports a folder that is in the place of the file' {
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

    Context 'A disk' {
        It 'leads to the error DiskFull when it is full, and no file is left' -Skip:(-not $canMount) {
            $null = New-Item -ItemType Directory -Path $folder
            $script = "$folder.ps1"
            Set-Content -LiteralPath $script -Value @'
param($Manifest, $Folder, $RunId)
mount -t tmpfs -o size=64k none $Folder
Import-Module $Manifest
Save-BatchExportFile -RunId $RunId -Path $Folder -ErrorVariable failures -ErrorAction SilentlyContinue
$category = @{ n = 'Category'; e = { "$($_.CategoryInfo.Category)" } }
$remedy = @{ n = 'Remedy'; e = { $_.ErrorDetails.RecommendedAction } }
$failures | Select-Object FullyQualifiedErrorId, $category, $remedy | ConvertTo-Json -Compress
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

        It 'leads to the error FileNotWritable when it is read-only' -Skip:(-not $canMount) {
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
