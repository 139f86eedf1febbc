[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--exports', '9'
    Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = 0 }

    # A connection beside the current one.
    function Connect-With([string] $Key) {
        $secret = [System.Net.NetworkCredential]::new('', $Key).SecurePassword
        Connect-Emulator @{ ApiKey = $secret; SkipValidation = $true; PassThru = $true }
        Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = 0 }
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'Get-BatchExportIntegration' {
    It 'selects by name and kind' {
        (Get-BatchExportIntegration 'export *').IntegrationId | Should -Be 731, 733
        (Get-BatchExportIntegration -Kind SNOWFLAKE, databricks).IntegrationId | Should -Be 801, 802, 950
        Get-BatchExportIntegration 'export *' -Kind snowflake | Should -BeNullOrEmpty
    }

    It 'returns the exports that use each with -IncludeUse' {
        (Get-BatchExportIntegration 'Export bucket key' -IncludeUse).UsedBy | Should -Be prod-events-s3, prod-events-s3-9
        (Get-BatchExportIntegration 'Export bucket key').UsedBy | Should -BeNullOrEmpty
    }

    It 'reports a literal name that matches nothing, and no pattern' {
        $seen = Invoke-Watched { Get-BatchExportIntegration nothing, noth* }
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'IntegrationNameNotFound,*'
        $seen.Errors | Should -HaveCount 1
    }

    It 'pages with an exact total' {
        $total, $page = Get-BatchExportIntegration -First 1 -Skip 1 -IncludeTotalCount
        $total | Should -Be 13
        $page.IntegrationId | Should -Be 640
    }

    It 'names the scope that the key lacks' {
        $seen = Invoke-Watched { Get-BatchExportIntegration -Connection (Connect-With phx_emulator_read_only) }
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'MissingScope,*'
        "$($seen.Errors[0])" | Should -Match 'integration:read'
    }
}

Describe 'Get-BatchExportProject' {
    It 'pipes several projects on, and an error names its own' {
        Add-EmulatorFault @{ pathPattern = '/projects/12399/'; status = 400; body = '{}' }
        $seen = Invoke-Watched { Get-BatchExportProject | Get-BatchExportIntegration }
        Clear-EmulatorFault
        $seen.Output.ProjectId | Sort-Object -Unique | Should -Be $emulator.ProjectId
        "$($seen.Errors)" | Should -BeLike "Project 12399 at $($emulator.Api): *"
    }

    It 'pipes several projects to Get-BatchExport' {
        $exports = Get-BatchExportProject | Get-BatchExport
        ($exports | Group-Object ProjectId).Name | Should -Be 12345, 12399
        $named = Get-BatchExportProject 'Acme *' | Get-BatchExport prod-events-s3, stag*  -ErrorAction SilentlyContinue
        $named.Name | Should -Be prod-events-s3, staging-events-http
    }

    It 'is not made of rows that name an export and its project' {
        $rows = Get-BatchExport nightly | Select-Object Name, ProjectId
        ($rows | Get-BatchExport).Name | Should -Be nightly
        $projects = [System.Management.Automation.PSSerializer]::Deserialize(
            [System.Management.Automation.PSSerializer]::Serialize((Get-BatchExportProject 'Acme staging')))
        ($projects | Get-BatchExport).Name | Should -Be staging-events-http
    }

    It 'says what to do with a key that is limited to projects' {
        $seen = Invoke-Watched { Get-BatchExportProject -Connection (Connect-With phx_emulator_this_project) }
        $seen.Errors[0].FullyQualifiedErrorId | Should -BeLike 'KeyLimitedToProjects,*'
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -Match '-ProjectId'
    }
}

Describe 'Copy-BatchExport' {
    It 'says which of two projects refuses the key' {
        $writer = Connect-With phx_emulator_read_only
        $seen = Invoke-Watched { Get-BatchExport prod-events-s3 | Copy-BatchExport -ToConnection $writer }
        "$($seen.Errors)" | Should -BeLike "Project $($emulator.ProjectId) at $($emulator.Api): The key lacks the scope integration:read*"
    }

    It 'says it of the source too, and then copies nothing' {
        $reader = Connect-With phx_emulator_read_only
        $seen = Invoke-Watched {
            $export = Get-BatchExport prod-events-s3 -Connection $reader
            $export | Copy-BatchExport -ToConnection (Connect-With $emulator.Key) -ToProjectId 12399
        }
        $seen.Output | Should -BeNullOrEmpty
        $seen.Errors | Should -HaveCount 1
        "$($seen.Errors)" | Should -BeLike "Project $($emulator.ProjectId) at $($emulator.Api): The key lacks the scope integration:read*"
    }

    It 'names the export and the key that the service refuses' {
        Add-EmulatorFault @{
            method = 'POST'
            status = 400
            body   = '{"type":"validation_error","code":"invalid","detail":"Not in this project.","attr":"destination__config"}'
        }
        $seen = Invoke-Watched { Get-BatchExport prod-events-s3 | Copy-BatchExport -NewName refused -WarningAction Ignore }
        Clear-EmulatorFault
        "$($seen.Errors)" | Should -Be "'prod-events-s3': destination.config: Not in this project."
    }
}

Describe 'Switch-BatchExportIntegration' {
    BeforeEach {
        Reset-Emulator
        Clear-EmulatorRequest
    }

    It 'switches every export by name, by number and by object, and then has nothing to do' {
        $switched = Switch-BatchExportIntegration 'Export bucket key' 733
        $switched.Name | Should -Be prod-events-s3, prod-events-s3-9
        $switched.Status | Should -Be Switched, Switched
        (Get-BatchExport prod-events-s3).Destination.Integration | Should -Be 733

        Switch-BatchExportIntegration (Get-BatchExportIntegration 'Export bucket key') 733 | Should -BeNullOrEmpty
        @(Get-EmulatorRequest | Where-Object method -EQ PATCH) | Should -HaveCount 2
    }

    It 'writes an error for an export that fails its test, and goes on with the others' {
        Set-BatchExport prod-events-s3 -Destination @{ config = @{ bucket_name = 'missing' } }
        $seen = Invoke-Watched { Switch-BatchExportIntegration 731 733 }
        $seen.Output.Status | Should -Be TestFailed, Switched
        $seen.Errors.FullyQualifiedErrorId | Should -BeLike 'SwitchTestFailed,*'
        $seen.Errors[0].TargetObject.Name | Should -Be prod-events-s3
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -Match 'Switch-BatchExportIntegration 731 733'
    }

    It 'is to be called again as it was called' {
        Add-EmulatorFault @{ method = 'PATCH'; status = 400; body = '{}' }
        $seen = Invoke-Watched { Switch-BatchExportIntegration 731 733 -SkipTest }
        $seen.Errors[0].ErrorDetails.RecommendedAction | Should -Match 'Switch-BatchExportIntegration 731 733 -SkipTest again'
    }

    It 'is to be called again for the same project' {
        Connect-Emulator @{ ProjectId = '12399'; SkipValidation = $true; MaximumRetryCount = 0 }
        Add-EmulatorFault @{ method = 'PATCH'; status = 400; body = '{}' }
        $seen = Invoke-Watched { Switch-BatchExportIntegration 731 733 -SkipTest -ProjectId $emulator.ProjectId }
        Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = 0 }
        $seen.Errors[0].ErrorDetails.RecommendedAction |
            Should -Match "Switch-BatchExportIntegration 731 733 -ProjectId $($emulator.ProjectId) -SkipTest again"
    }

    It 'names the piped project that has none of them' {
        $seen = Invoke-Watched { Get-BatchExportProject | Switch-BatchExportIntegration 731 733 -SkipTest }
        $seen.Output.ProjectId | Sort-Object -Unique | Should -Be $emulator.ProjectId
        $seen.Errors | Should -HaveCount 1
        "$($seen.Errors)" | Should -BeLike "Project 12399 at $($emulator.Api): No integration has the name or number '731'*"
    }

    It 'refuses two kinds, one integration twice and unknown ones' {
        $seen = Invoke-Watched {
            Switch-BatchExportIntegration 731 802
            Switch-BatchExportIntegration 731 731
            Switch-BatchExportIntegration 731 nothing
        }
        $seen.Errors.FullyQualifiedErrorId | ForEach-Object { $_.Split(',')[0] } |
            Should -Be IntegrationKindsDiffer, IntegrationsSame, IntegrationNotFound
        @(Get-EmulatorRequest | Where-Object method -NE GET) | Should -BeNullOrEmpty
    }
}
