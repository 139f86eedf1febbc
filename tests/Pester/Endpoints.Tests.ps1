[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0', '--events-per-hour', '6000'
    Connect-Emulator @{ ApiPath = 'Environments'; SkipValidation = $true }
    $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
    $organization = $emulator.OrganizationId
    $export = Get-BatchExport nightly
    $run = Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-01T01:00Z -MaxFileSizeMB 0
    $many = Start-BatchExportRun -DataIntervalStart 2026-11-01 -DataIntervalEnd 2026-11-01T01:00Z -Format JSONLines -MaxFileSizeMB 1
    $fileId = (Get-BatchExportRun -OnDemand $many.RunId).Files[1]
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Endpoints of the public reference' {
    BeforeEach {
        Clear-EmulatorRequest
    }

    It '<method> <path> is reached by <name>' -ForEach @(
        @{
            name   = 'Get-BatchExportRun'
            method = 'GET'
            status = 200
            path   = '/api/environments/{project}/file_download_batch_exports/{run}/'
            action = { Get-BatchExportRun -OnDemand $run.RunId }
        }
        @{
            name   = 'Get-BatchExportFile, for the only file of a run'
            method = 'GET'
            status = 302
            path   = '/api/environments/{project}/file_download_batch_exports/{run}/download/'
            action = { Get-BatchExportFile $run.RunId -IncludeUrl }
        }
        @{
            name   = 'Save-BatchExportFile, for the only file of a run'
            method = 'GET'
            status = 302
            path   = '/api/environments/{project}/file_download_batch_exports/{run}/download/'
            action = { Save-BatchExportFile -RunId $run.RunId -Path $TestDrive }
        }
        @{
            name   = 'Get-BatchExportFile'
            method = 'GET'
            status = 302
            path   = '/api/environments/{project}/file_download_batch_exports/{many}/download/{part}/'
            action = { Get-BatchExportFile $many.RunId -Part 1 -IncludeUrl }
        }
        @{
            name   = 'Save-BatchExportFile'
            method = 'GET'
            status = 302
            path   = '/api/environments/{project}/file_download_batch_exports/{many}/download/{part}/'
            action = { Save-BatchExportFile -RunId $many.RunId -Part 1 -Path $TestDrive }
        }
        @{
            name = 'Stop-BatchExportRun'; method = 'POST'; status = 200
            path = '/api/environments/{project}/file_download_batch_exports/{run}/cancel/'
            action = {
                Set-EmulatorRun $run.RunId Running
                Stop-BatchExportRun $run.RunId
                Set-EmulatorRun $run.RunId Completed
            }
        }
        @{
            name   = 'Get-BatchExportLog'
            method = 'GET'
            status = 200
            path   = '/api/environments/{project}/file_download_batch_exports/{run}/logs/'
            action = { Get-BatchExportLog -RunId $run.RunId }
        }
        @{
            name   = 'Get-BatchExport'
            method = 'GET'
            status = 200
            path   = '/api/organizations/{organization}/batch_exports/'
            action = { Get-BatchExport -OrganizationId $organization }
        }
        @{
            name   = 'New-BatchExport'
            method = 'POST'
            status = 201
            path   = '/api/organizations/{organization}/batch_exports/'
            action = { New-BatchExport -OrganizationId $organization -Name new -Interval hour -Destination $http }
        }
        @{
            name   = 'Get-BatchExport -Id'
            method = 'GET'
            status = 200
            path   = '/api/organizations/{organization}/batch_exports/{export}/'
            action = { Get-BatchExport -OrganizationId $organization -Id $export.Id }
        }
        @{
            name   = 'Set-BatchExport'
            method = 'PATCH'
            status = 200
            path   = '/api/organizations/{organization}/batch_exports/{export}/'
            action = { Set-BatchExport -OrganizationId $organization -Id $export.Id -Name nightly }
        }
        @{
            name   = 'Suspend-BatchExport'
            method = 'POST'
            status = 200
            path   = '/api/organizations/{organization}/batch_exports/{export}/pause/'
            action = { Suspend-BatchExport -OrganizationId $organization -Id $export.Id }
        }
        @{
            name   = 'Resume-BatchExport'
            method = 'POST'
            status = 200
            path   = '/api/organizations/{organization}/batch_exports/{export}/unpause/'
            action = { Resume-BatchExport -OrganizationId $organization -Id $export.Id }
        }
        @{
            name   = 'Get-BatchExportLog'
            method = 'GET'
            status = 200
            path   = '/api/organizations/{organization}/batch_exports/{export}/logs/'
            action = { Get-BatchExportLog -OrganizationId $organization $export.Id }
        }
        @{
            name   = 'Remove-BatchExport'
            method = 'DELETE'
            status = 204
            path   = '/api/organizations/{organization}/batch_exports/{export}/'
            action = { Remove-BatchExport -OrganizationId $organization -Id $export.Id -Force }
        }
    ) {
        $seen = Invoke-Watched $action
        $seen.Terminating | Should -BeNullOrEmpty
        $seen.Errors | Should -BeNullOrEmpty
        $expected = $path.Replace('{project}', $emulator.ProjectId).Replace('{organization}', $organization).
            Replace('{run}', $run.RunId).Replace('{many}', $many.RunId).Replace('{part}', $fileId).Replace('{export}', $export.Id)
        Get-EmulatorRequest | ForEach-Object { "$($_.method) $($_.path) $($_.statusCode)" } | Should -Contain "$method $expected $status"
    }
}
