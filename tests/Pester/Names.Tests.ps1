[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    $byExport = @(
        @{ command = 'Get-BatchExport'; more = @{}; parameter = 'Id' }
        @{ command = 'Set-BatchExport'; more = @{ EndAt = '2027-01-01' }; parameter = 'Id' }
        @{ command = 'Suspend-BatchExport'; more = @{}; parameter = 'Id' }
        @{ command = 'Resume-BatchExport'; more = @{}; parameter = 'Id' }
        @{ command = 'Test-BatchExport'; more = @{}; parameter = 'Id' }
        @{ command = 'Get-BatchExportRun'; more = @{}; parameter = 'BatchExportId' }
        @{ command = 'Get-BatchExportBackfill'; more = @{}; parameter = 'BatchExportId' }
        @{ command = 'Get-BatchExportLog'; more = @{ First = 1 }; parameter = 'BatchExportId' }
        @{ command = 'Start-BatchExportBackfill'; more = @{ StartAt = '2026-10-01'; EndAt = '2026-10-02' }; parameter = 'BatchExportId' }
        @{ command = 'Remove-BatchExport'; more = @{ Force = $true }; parameter = 'Id' }
    )
    $byRunOfExport = @(
        @{ command = 'Stop-BatchExportRun'; key = 'RunId' }
        @{ command = 'Wait-BatchExportRun'; key = 'RunId' }
        @{ command = 'Restart-BatchExportRun'; key = 'RunId' }
        @{ command = 'Stop-BatchExportBackfill'; key = 'BackfillId' }
    )
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--list-duration', '0'
    Connect-Emulator @{ MaximumRetryCount = 0 }
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
    $list = "/api/projects/$($emulator.ProjectId)/batch_exports/"
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'A name where an id is asked for' {
    BeforeAll {
        Reset-Emulator
        $name = "[ab] it's 100 %"
        $export = New-BatchExport $name -Interval hour -Destination $http
        $null = New-BatchExport 'a it''s 100 %' -Interval hour -Destination $http
    }

    It 'is matched literally and case-insensitively with one list request: <command>' -ForEach $byExport {
        Clear-EmulatorRequest
        $given = $more + @{ $parameter = $name.ToUpperInvariant() }
        $seen = Invoke-Watched { & $command @given }
        $seen.Errors | Should -BeNullOrEmpty
        $paths = (Get-EmulatorRequest).path
        @($paths -eq $list) | Should -HaveCount 1
        @($paths -like "$list$($export.Id)/*") | Should -Not -BeNullOrEmpty
        if ($command -eq 'Remove-BatchExport') { $export = New-BatchExport $name -Interval hour -Destination $http }
    }

    It 'is accepted from the pipeline: <command>' -ForEach $byExport {
        $export = Get-BatchExport | Where-Object Name -EQ $name
        Clear-EmulatorRequest
        $inputs = $name, $export.Id, [guid] $export.Id, [pscustomobject] @{ Name = $name }, [pscustomobject] @{ Id = $export.Id }
        if ($command -eq 'Remove-BatchExport') { $inputs = , $name }
        $seen = Invoke-Watched { $inputs | & $command @more }
        $seen.Errors | Should -BeNullOrEmpty
        $requests = Get-EmulatorRequest
        @($requests.path -eq $list) | Should -HaveCount 1 -Because 'names are read once for all that is piped in'
        @($requests.path -like "$list$($export.Id)/*").Count | Should -BeGreaterOrEqual $inputs.Count
    }

    It 'is looked up for the export of a run or backfill: <command>' -ForEach $byRunOfExport {
        $export = New-BatchExport "of $command" -Interval hour -Destination $http
        Clear-EmulatorRequest
        $more = @{ BatchExportId = "of $command"; $key = [guid]::NewGuid().ToString() }
        $seen = Invoke-Watched { & $command @more }
        "$($seen.Errors[0])" | Should -BeLike '*was not found*'
        @((Get-EmulatorRequest).path -like "$list$($export.Id)/*") | Should -Not -BeNullOrEmpty
    }

    It 'is an error that lists the names, similar ones first, when it does not exist: <command>' -ForEach $byExport {
        $null = New-BatchExport zebra -Interval hour -Destination $http
        Clear-EmulatorRequest
        $given = $more + @{ $parameter = 'zeb' }
        $seen = Invoke-Watched { & $command @given }
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'BatchExportNameNotFound,*'
        $seen.Errors[0].TargetObject | Should -Be zeb
        "$($seen.Errors[0])" | Should -BeLike "*'zeb'*There are: zebra, *"
        @((Get-EmulatorRequest).path | Select-Object -Unique) | Should -Be $list
    }

    It 'is an error that lists the ids of all exports that have it' {
        $twins = 1..2 | ForEach-Object { New-BatchExport twin -Interval day -Destination $http }
        $seen = Invoke-Watched { Suspend-BatchExport twin }
        $seen.Errors | Should -HaveCount 1
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'BatchExportNameAmbiguous,*'
        $twins.Id | ForEach-Object { "$($seen.Errors[0])" | Should -BeLike "*$_ (HTTP, day)*" }
        (Get-BatchExport twin).Paused | Should -Be $false, $false
    }

    It 'is not a pattern, and the error says how to use one' {
        $seen = Invoke-Watched { 'prod-*' | Suspend-BatchExport }
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike "*Get-BatchExport 'prod-*' | Suspend-BatchExport*"
        (Get-BatchExport prod-events*).Paused | Should -Be $false
    }

    It 'is an error for its row and does not stop the other rows' {
        $seen = Invoke-Watched { 'nightly', 'no such', 'prod-events-s3' | Get-BatchExport }
        $seen.Output.Name | Should -Be nightly, prod-events-s3
        $seen.Errors | Should -HaveCount 1
    }
}

Describe 'Ids of runs' {
    BeforeAll {
        Reset-Emulator
        $run = Start-BatchExportRun events -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-01T01:00Z | Wait-BatchExportRun
    }

    It 'are accepted from the pipeline: <_>' -ForEach 'Wait-BatchExportRun', 'Get-BatchExportFile' {
        ($run.RunId | & $_).RunId | Select-Object -Unique | Should -Be $run.RunId
        ([guid] $run.RunId | & $_).RunId | Select-Object -Unique | Should -Be $run.RunId
    }

    It 'are accepted from a file' {
        Set-Content -LiteralPath TestDrive:/ids.txt -Value $run.RunId
        $saved = Get-Content -LiteralPath TestDrive:/ids.txt | Save-BatchExportFile (Join-Path $TestDrive ids)
        $saved.RunId | Should -Be $run.RunId
    }

    It 'are accepted by Get-BatchExportRun and Stop-BatchExportRun' {
        ($run.RunId | Get-BatchExportRun -OnDemand).Status | Should -Be Completed
        (Invoke-Watched { $run.RunId | Stop-BatchExportRun -WhatIf }).Errors | Should -BeNullOrEmpty
    }
}

Describe 'An object' {
    BeforeAll {
        Reset-Emulator
        $export = Get-BatchExport -First 1
        $run = $export | Get-BatchExportRun -Status Completed -First 1
    }

    It 'is accepted in place of its id' {
        (Get-BatchExport -Id $export).Id | Should -Be $export.Id
        (Get-BatchExportRun $export -RunId $run).RunId | Should -Be $run.RunId
        (Wait-BatchExportRun $run -BatchExportId $export).RunId | Should -Be $run.RunId
    }

    It 'is resolved to its export by Get-BatchExport: <_>' -ForEach 'an export', 'a run', 'a log line', 'a check', 'a row' {
        $object = switch ($_) {
            'an export' { $export }
            'a run' { $run }
            'a log line' { $export | Get-BatchExportLog -First 1 }
            'a check' { $export | Test-BatchExport -Step 0 }
            'a row' { $export | Select-Object -Property Name, Id }
        }
        ($object | Get-BatchExport).Id | Should -Be $export.Id
    }

    It 'is an error that says what to give when it is of the wrong kind: <name>' -ForEach @(
        @{ name = 'a run to remove'; action = { $run | Remove-BatchExport -Force }; takes = 'exports' }
        @{
            name   = 'a log line to remove'
            action = { $export | Get-BatchExportLog -First 1 | Remove-BatchExport -Force }
            takes  = 'exports'
        }
        @{ name = 'an export to wait for'; action = { $export | Wait-BatchExportRun }; takes = 'runs' }
        @{ name = 'an export to save'; action = { $export | Save-BatchExportFile $TestDrive }; takes = 'runs' }
        @{ name = 'a run typed to remove'; action = { Remove-BatchExport $run -Force }; takes = 'exports' }
    ) {
        Clear-EmulatorRequest
        $seen = Invoke-Watched $action
        $failure = $seen.Terminating ? $seen.Terminating : $seen.Errors[0]
        "$failure" | Should -BeLike "*A BatchExport* has no *Id. Give $takes*"
        @(Get-EmulatorRequest | Where-Object method -NE GET) | Should -BeNullOrEmpty
    }
}
