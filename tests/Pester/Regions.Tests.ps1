[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

# Two regions, each with a key of its own: commands over both, and copies from one to the other.
BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $far = Start-Emulator -Arguments '--exports', '2', '--seed', '7', '--api-key', 'phx_key_of_eu', '--projects', '2'
    $eu = Connect-Emulator @{ ApiKey = [System.Net.NetworkCredential]::new('', 'phx_key_of_eu').SecurePassword; PassThru = $true }
    $near = Start-Emulator -Arguments '--exports', '5', '--api-key', 'phx_key_of_us'
    $us = Connect-Emulator @{
        ApiKey            = [System.Net.NetworkCredential]::new('', 'phx_key_of_us').SecurePassword
        PassThru          = $true
        MaximumRetryCount = 0
    }

    function Get-Write([object] $Emulator) {
        @(Get-EmulatorRequest -Emulator $Emulator | Where-Object method -NE GET | ForEach-Object { "$($_.method) $($_.path)" })
    }
}

AfterAll {
    Disconnect-BatchExportService $eu
    Disconnect-BatchExportService $us
    Stop-Emulator $far
    Stop-Emulator $near
    Remove-Module Support
}

Describe 'Several connections' {
    BeforeEach {
        Clear-EmulatorRequest -Emulator $far
        Clear-EmulatorRequest -Emulator $near
    }

    It 'give the exports, the health and the report of all, in their order, with their hosts' {
        $exports = Get-BatchExport -Connection $eu, $us
        ([uri[]] $exports.ApiHost).Port | Should -Be (@(([uri] $far.Api).Port) * 2 + @(([uri] $near.Api).Port) * 5)
        $exports[2..6].Name | Should -Be (Get-BatchExport -Connection $us).Name
        (Get-BatchExportHealth -Connection $us, $eu).BatchExportId | Should -Be (@($exports[2..6]) + @($exports[0..1])).Id
        $file = Export-BatchExportReport (Join-Path $TestDrive all.html) -Connection $us, $eu -PassThru
        $page = Get-Content -LiteralPath $file.FullName -Raw
        foreach ($export in $exports) { $page | Should -Match $export.Id }
        ($exports | ConvertTo-Json -Depth 9 | ConvertFrom-Json).ApiHost | Should -Be $exports.ApiHost
    }

    It 'pipe all projects on, each over its own connection' {
        $exports = Get-BatchExportProject -Connection $eu, $us | Get-BatchExport
        $serial = foreach ($project in Get-BatchExportProject -Connection $eu, $us) { $project | Get-BatchExport }
        $exports.Id | Should -Be $serial.Id
        $exports | Group-Object ApiHost | ForEach-Object Count | Sort-Object | Should -Be 6, 7
    }

    It 'never get the key of another' {
        $null = Get-BatchExportProject -Connection $eu, $us | Get-BatchExport | Get-BatchExportHealth
        foreach ($emulator in $far, $near) {
            $keys = (Get-EmulatorRequest -Emulator $emulator).headers.Authorization | Sort-Object -Unique
            $keys | Should -Be "Bearer $($emulator -eq $far ? 'phx_key_of_eu' : 'phx_key_of_us')"
        }
    }

    It 'go on when one fails, whose error names it' {
        Add-EmulatorFault -Emulator $near @{
            status = 401
            times  = 9
            body   = '{"type":"authentication_error","code":"authentication_failed","detail":"Invalid.","attr":null}'
        }
        $seen = Invoke-Watched { Get-BatchExport -Connection $us, $eu; Get-BatchExportHealth -Connection $us, $eu }
        Clear-EmulatorFault -Emulator $near
        $seen.Output | Should -HaveCount 4
        $seen.Errors | Should -HaveCount 2
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'AuthenticationFailed,*'
        "$($seen.Errors[0])" | Should -BeLike "Project * at $($us.ApiHost.GetLeftPart('Authority')): *"
    }

    It 'report a name that none of them has, and no other' {
        $seen = Invoke-Watched { Get-BatchExport prod-events-postgres, nothing -Connection $eu, $us }
        $seen.Output.Name | Should -Be prod-events-postgres
        $seen.Errors | Should -HaveCount 1
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'BatchExportNameNotFound,*'
    }

    It 'find an id at the one that has it' {
        $id = (Get-BatchExport nightly -Connection $us).Id
        $regions = @{ eu = $eu; us = $us }
        (Get-BatchExport -Id $id -Connection $regions.Values -ErrorAction Stop).ApiHost | Should -Be $us.ApiHost
        (Get-BatchExportHealth -Id $id -Connection $regions.Values -ErrorAction Stop).BatchExportId | Should -Be $id
    }

    It 'count the exports of all with -Id' {
        $ids = 'nightly', 'prod-events-s3'
        Get-BatchExport -Id $ids -Connection $eu, $us -First 1 | Should -HaveCount 1
        (Get-BatchExport -Id $ids -Connection $us, $us -First 1 -Skip 1).Name | Should -Be prod-events-s3
    }

    It 'report an id that none of them has once, and not while one has failed, whose error names it' {
        $unknown = '0195f1c2-0000-0000-0000-00000000dead'
        foreach ($command in 'Get-BatchExport', 'Get-BatchExportHealth') {
            $seen = Invoke-Watched { & $command -Id $unknown -Connection $eu, $us }
            $seen.Errors | Should -HaveCount 1
            $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
            Add-EmulatorFault -Emulator $near @{ status = 400; body = '{}' }
            $seen = Invoke-Watched { & $command -Id $unknown -Connection $eu, $us }
            $seen.Errors | Should -HaveCount 1
            "$($seen.Errors)" | Should -BeLike "Project $($us.ProjectId) at $($us.ApiHost.GetLeftPart('Authority')): *"
        }
    }

    It 'are not written to one folder' {
        $seen = Invoke-Watched { Get-BatchExport -Connection $eu, $us | Export-BatchExportConfiguration (Join-Path $TestDrive both) }
        $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'SeveralProjects,*'
        Join-Path $TestDrive both | Should -Not -Exist
    }

    It 'may be none' {
        (Invoke-Watched { Get-BatchExport nightly -Connection @(); Get-BatchExportHealth nightly -Connection @() }).Errors |
            Should -BeNullOrEmpty
        Get-BatchExport -Connection @() | Should -BeNullOrEmpty
        { Get-BatchExport -Connection $eu, $null } | Should -Throw -ErrorId 'NoConnection,*'
        Get-EmulatorRequest -Emulator $near | Should -BeNullOrEmpty
    }
}

Describe 'Copy-BatchExport' {
    BeforeEach {
        Reset-Emulator -Emulator $far
        Clear-EmulatorRequest -Emulator $near
    }

    It 'copies to another region, paused, and copies nothing twice' {
        $source = Get-BatchExport prod-events-s3, weekly-* -Connection $us
        $map = @{ 'Export bucket key' = 'Export bucket role' }
        $copies = $source | Copy-BatchExport -ToConnection $eu -IntegrationMap $map -NewName { "$($_.Name) copy" } 3>$null
        $copies.Name | Should -Be 'prod-events-s3 copy', 'weekly-sessions-azure copy'
        $copies.Paused | Should -Be $true, $true
        $copies[0].Destination.Integration | Should -Be 733
        $copies.ApiHost | Should -Be $eu.ApiHost, $eu.ApiHost

        $again = $source | Copy-BatchExport -ToConnection $eu -IntegrationMap $map -NewName { "$($_.Name) copy" }
        $again.Id | Should -Be $copies.Id
        Get-Write $far | Should -HaveCount 2
        Get-Write $near | Should -BeNullOrEmpty
    }

    It 'says everything that is unresolved before it writes anything' {
        $seen = Invoke-Watched {
            Get-BatchExport weekly-*, nightly -Connection $us |
                Copy-BatchExport -ToConnection $eu -NewName same -IntegrationMap @{ 'Warehouse loader key' = 'gone'; unused = 'x' }
        }
        $seen.Output | Should -BeNullOrEmpty
        $seen.Errors.FullyQualifiedErrorId | Should -Be 'CopyUnresolved,PSBatchExports.Commands.CopyBatchExportCommand'
        "$($seen.Errors[0])" | Should -Match "'gone'.*'unused'.*'same'"
        Get-Write $far | Should -BeNullOrEmpty
    }

    It 'warns of a copy that writes to where its source writes' {
        $seen = Invoke-Watched { Copy-BatchExport nightly -Connection $us -NewName 'nightly 2' -WhatIf }
        $seen.Warnings | Should -BeLike "*'nightly 2' writes to the same place as its source*"
        $seen = Invoke-Watched { Copy-BatchExport nightly -Connection $us }
        "$($seen.Errors[0])" | Should -Match 'needs another name'
        Get-Write $near | Should -BeNullOrEmpty
    }

    It 'goes on after a name that is taken' {
        $null = Get-BatchExport nightly -Connection $eu | Set-BatchExport -Interval day
        Clear-EmulatorRequest -Emulator $far
        $seen = Invoke-Watched { Get-BatchExport nightly, weekly-* -Connection $us | Copy-BatchExport -ToConnection $eu 3>$null }
        $seen.Output.Name | Should -Be weekly-sessions-azure
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'CopyNameTaken,*'
        Get-Write $far | Should -HaveCount 1
    }
}
