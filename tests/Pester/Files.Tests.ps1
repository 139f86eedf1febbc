[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--events-per-hour', '6000'
    Connect-Emulator
    $span = @{ DataIntervalStart = '2026-11-01'; DataIntervalEnd = '2026-11-01T01:00Z' }

    # Over this connection their lists are known to be whole, so that no test waits for that.
    $run = Start-BatchExportRun @span -Format JSONLines | Wait-BatchExportRun
    $many = Start-BatchExportRun @span -Format JSONLines -MaxFileSizeMB 1 | Wait-BatchExportRun

    function Get-Name([string] $Folder) {
        @(Get-ChildItem -LiteralPath $Folder -Force -ErrorAction Ignore | ForEach-Object Name)
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Get-BatchExportFile' {
    BeforeEach {
        Clear-EmulatorFault
        Clear-EmulatorRequest
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
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

    It 'selects parts by index and id' {
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
        $other = Start-BatchExportRun @span -Format JSONLines
        Set-EmulatorRun $other.RunId $status
        $seen = Invoke-Watched { $other, $many | Get-BatchExportFile }
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'RunNotReady,*'
        $seen.Errors[0].TargetObject | Should -Be $other.RunId
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike $remedy
        $seen.Output.Count | Should -BeGreaterThan 2
    }

    It 'outputs nothing for a run without data, without an error' {
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

Describe 'A storage that does not name files' {
    BeforeAll {
        $emulator = Start-Emulator -Arguments '--run-duration', '0', '--no-content-disposition'
        Connect-Emulator
    }

    AfterAll {
        Disconnect-BatchExportService
        Stop-Emulator $emulator
    }

    It 'is downloaded from, under the names in its URLs: <Format> <Compression>' -ForEach @(
        @{ Format = 'JSONLines'; Compression = $null; Name = '2026-11-01T00-00-00+00-00-2026-11-01T01-00-00+00-00-0.jsonl' }
        @{ Format = 'JSONLines'; Compression = 'brotli'; Name = '2026-11-01T00-00-00+00-00-2026-11-01T01-00-00+00-00-0.jsonl.br' }
        @{ Format = 'Parquet'; Compression = 'zstd'; Name = '2026-11-01T00-00-00+00-00-2026-11-01T01-00-00+00-00-0.parquet' }
    ) {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $seen = Invoke-Watched {
            Start-BatchExportRun @span -Format $Format -Compression $Compression | Wait-BatchExportRun |
                Save-BatchExportFile $folder -Verify
        }
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Output.Name | Should -Be $Name
        $seen.Output.Proof | Should -Be Bytes
    }

    It 'is not confused with the page of a gateway' {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        Connect-Emulator @{ MaximumRetryCount = 0 }
        $run = Start-BatchExportRun @span -Format JSONLines | Wait-BatchExportRun
        Add-EmulatorFault @{
            origin      = 'storage'
            status      = 200
            body        = 'The service is being maintained.'
            contentType = 'text/plain'
            headers     = @{ ETag = '"1"'; 'Accept-Ranges' = 'bytes' }
            times       = 20
        }
        $seen = Invoke-Watched { $run | Save-BatchExportFile $folder }
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'UnexpectedResponse,*'
        "$($seen.Errors[0])" | Should -BeLike '*does not begin as*'
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*between this machine and the storage*'
        Get-Name $folder | Should -BeNullOrEmpty
    }
}
