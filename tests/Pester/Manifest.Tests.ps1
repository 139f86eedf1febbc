[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--events-per-hour', '6000'
    Connect-Emulator
    $span = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-01T01:00Z' }
    $run = Start-BatchExportRun @span -Format JSONLines -Compression gzip | Wait-BatchExportRun
    $many = Start-BatchExportRun @span -Format JSONLines -MaxFileSizeMB 1 | Wait-BatchExportRun
    $saved = $run | Save-BatchExportFile (Join-Path $TestDrive 'saved')
    $listed = $run | Get-BatchExportFile -IncludeUrl
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Export-BatchExportManifest' {
    BeforeEach {
        Clear-EmulatorRequest
        $folder = (New-Item -ItemType Directory -Path (Join-Path $TestDrive ([guid]::NewGuid()))).FullName
        $file = Join-Path $folder 'manifest'
    }

    It 'returns JSON about saved files, and sends no request' {
        $text = $saved | Export-BatchExportManifest
        $text | Should -HaveCount 1
        $manifest = $text | ConvertFrom-Json
        $manifest.manifest | Should -Be 1
        $manifest.model | Should -Be events
        $manifest.format | Should -Be JSONLines
        $manifest.compression | Should -Be gzip
        $manifest.deduplicateBy | Should -Be uuid
        $manifest.runs.runId | Should -Be $run.RunId
        $manifest.runs.start | Should -Be ([datetime]::SpecifyKind('2026-11-01', 'Utc'))
        $manifest.runs.records | Should -Be $run.RecordsCompleted
        $manifest.runs.files.path | Should -Be $saved.FullName.Replace('\', '/')
        $manifest.runs.files.sha256 | Should -Be (Get-FileHash -LiteralPath $saved.FullName).Hash
        Get-EmulatorRequest | Should -BeNullOrEmpty
        Get-EmulatorRequest -Origin storage | Should -BeNullOrEmpty
    }

    It 'writes a file relative to the current location, and outputs nothing' {
        Push-Location -LiteralPath $folder
        $saved | Export-BatchExportManifest -Path ./manifest.json | Should -BeNullOrEmpty
        Pop-Location
        $path = (Get-Content -LiteralPath (Join-Path $folder manifest.json) -Raw | ConvertFrom-Json).runs.files.path
        $path | Should -BeLike '../saved/*'
        (Get-Item -LiteralPath (Join-Path $folder $path)).FullName | Should -Be $saved.FullName
    }

    It 'replaces a file only with -Force' {
        Set-Content -LiteralPath $file -Value old -NoNewline
        $seen = Invoke-Watched { $saved | Export-BatchExportManifest -Path $file }
        $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'FileExists,*'
        Get-Content -LiteralPath $file | Should -Be old
        $saved | Export-BatchExportManifest -Path $file -Force
        Get-Content -LiteralPath $file -Raw | Should -Match '"manifest": 1'
    }

    It 'writes URLs for the owner only, and to no other stream' {
        $seen = Invoke-Watched { $listed | Export-BatchExportManifest -As UrlList -Path $file -Verbose -Debug }
        $seen.Terminating | Should -BeNullOrEmpty
        $seen.Errors | Should -BeNullOrEmpty
        Get-Content -LiteralPath $file | Where-Object { $_ -notlike '#*' } | Should -Be $listed.Url
        $seen | ConvertTo-Json -Depth 4 -WarningAction Ignore | Should -Not -Match 'X-Amz-Signature'
        if (-not $IsWindows) {
            [System.IO.File]::GetUnixFileMode($file) | Should -Be ([System.IO.UnixFileMode] 'UserRead, UserWrite')
        }
    }

    It 'fails with <Id> for <Case>' -ForEach @(
        @{ Case = 'listed files without their URLs'; Id = 'FileUrlMissing'; Like = '*-IncludeUrl*'
            Action = { $run | Get-BatchExportFile | Export-BatchExportManifest -As Curl -Path $file } }
        @{ Case = 'JSON lines with gzip for DuckDB'; Id = 'ExpandNeeded'; Like = '*-Expand*'
            Action = { $saved | Export-BatchExportManifest -As DuckDB -Path $file } }
        @{ Case = 'URLs for Spark'; Id = 'SavedFileNeeded'; Like = '*Save-BatchExportFile*'
            Action = { $listed | Export-BatchExportManifest -As Spark -Path $file } }
    ) {
        $seen = Invoke-Watched $Action
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike $Like
        Test-Path -LiteralPath $file | Should -BeFalse
    }

    It 'unpacks with -Expand, and takes files from a property Files' {
        $window = [pscustomobject]@{ Files = @($run | Save-BatchExportFile $folder) }
        $text = $window | Export-BatchExportManifest -As DuckDB -Expand
        $unpacked = $window.Files[0].FullName -replace '\.gz$'
        $text | Should -BeLike "*'$($unpacked -replace "'", "''")'*"
        @(Get-Content -LiteralPath $unpacked).Count | Should -Be $run.RecordsCompleted
    }

    It 'refuses what is not a file' {
        (Invoke-Watched { $run | Export-BatchExportManifest }).Errors | Should -BeLike '*A run is not a file*Save-BatchExportFile*'
        (Invoke-Watched { 'text' | Export-BatchExportManifest }).Errors | Should -BeLike "*'text' is not a file*"
    }

    It 'outputs nothing without files' {
        @() | Export-BatchExportManifest -Path $file | Should -BeNullOrEmpty
        Test-Path -LiteralPath $file | Should -BeFalse
    }
}

Describe '-Shard' {
    It 'saves and lists each file in one share' {
        $all = @($many | Get-BatchExportFile)
        $all.Count | Should -BeGreaterThan 2
        $folder = Join-Path $TestDrive 'shards'
        $parts = foreach ($number in 1..3) {
            $listed = @($many | Get-BatchExportFile -Shard "$number/3")
            $shared = @($many | Save-BatchExportFile $folder -Shard "$number/3")
            $shared.FileId | Should -Be $listed.FileId
            $shared
        }
        $parts.FileId | Sort-Object | Should -Be ($all.FileId | Sort-Object)
        @($parts | Get-Content).Count | Should -Be $many.RecordsCompleted
    }

    It 'is refused before any request if it is no share, or with parts' {
        Clear-EmulatorRequest
        { $many | Get-BatchExportFile -Shard 4/3 } | Should -Throw -ErrorId 'InvalidShard,*'
        { $many | Save-BatchExportFile $TestDrive -Shard three } | Should -Throw -ErrorId 'InvalidShard,*'
        { $many | Get-BatchExportFile -Shard 1/3 -Part 0 } | Should -Throw -ErrorId 'ShardOfParts,*'
        $seen = Invoke-Watched { $listed[0] | Save-BatchExportFile $TestDrive -Shard 1/3 }
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'ShardOfParts,*'
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }
}
