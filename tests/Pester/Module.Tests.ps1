[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $manifestPath = Get-ModuleUnderTest
    $root = Split-Path -Path $manifestPath -Parent
    $manifest = Import-PowerShellDataFile -LiteralPath $manifestPath
    $literal = $manifest.CmdletsToExport | Sort-Object
    $module = Import-Module $manifestPath -PassThru
}

AfterAll {
    Remove-Module Support
}

Describe 'Manifest' {
    It 'is valid' {
        Test-ModuleManifest -Path $manifestPath | Should -Not -BeNullOrEmpty
    }

    It 'lists its cmdlets by name' {
        $literal | Should -Not -BeNullOrEmpty
        $literal | Should -Not -Match '[*?]'
    }

    It 'lists no <_>' -ForEach 'FunctionsToExport', 'VariablesToExport', 'AliasesToExport' {
        $manifest.Keys | Should -Contain $_
        $manifest[$_] | Should -BeNullOrEmpty
    }

    It 'carries the version of its assemblies' {
        $assemblies = Get-ChildItem -LiteralPath (Join-Path $root 'lib') -Recurse -Filter PSBatchExports*.dll
        $assemblies | Should -Not -BeNullOrEmpty
        foreach ($assembly in $assemblies) {
            $version = [System.Reflection.AssemblyName]::GetAssemblyName($assembly).Version
            $version.ToString(3) | Should -Be $manifest.ModuleVersion -Because "$assembly belongs to it"
        }
    }

    It 'requires PowerShell 7.4, Core' {
        $module.PowerShellVersion | Should -Be '7.4'
        $module.CompatiblePSEditions | Should -Be 'Core'
    }
}

Describe 'Imported module' {
    It 'exports the listed cmdlets and no other' {
        $module.ExportedCmdlets.Keys | Sort-Object | Should -Be $literal
    }

    It 'exports every cmdlet of its assembly' {
        $classes = $module.ExportedCmdlets.Values.ImplementingType
        $attribute = [System.Management.Automation.CmdletAttribute]
        $declared = $classes[0].Assembly.GetTypes() | Where-Object { [System.Attribute]::IsDefined($_, $attribute) }
        ($classes.Name | Sort-Object) -join ', ' | Should -BeExactly (($declared.Name | Sort-Object) -join ', ')
    }

    It 'has sealed cmdlets' {
        $module.ExportedCmdlets.Values.ImplementingType | Where-Object IsSealed -EQ $false | Should -BeNullOrEmpty
    }

    It 'has each cmdlet in a file of its own' {
        $files = Get-ChildItem -LiteralPath (Join-Path $PSScriptRoot '../../src/PSBatchExports/Commands') -Recurse -Filter *.cs
        foreach ($class in $module.ExportedCmdlets.Values.ImplementingType.Name) {
            $file = $files | Where-Object BaseName -CEQ $class
            $file | Should -HaveCount 1 -Because "$class.cs declares $class"
            Select-String -LiteralPath $file -Pattern '^\s*\[Cmdlet\(' | Should -HaveCount 1 -Because "$class.cs declares one cmdlet"
        }
    }

    It 'supports ShouldProcess with the impact of the change' {
        $asks = foreach ($cmdlet in $module.ExportedCmdlets.Values) {
            $metadata = [System.Management.Automation.CommandMetadata]::new($cmdlet)
            if ($metadata.SupportsShouldProcess) {
                "$($cmdlet.Name): $($metadata.ConfirmImpact)"
            }
        }
        ($asks | Sort-Object) -join ', ' | Should -BeExactly (@(
            'Copy-BatchExport: Medium'
            'Export-BatchExportConfiguration: Low'
            'Export-BatchExportManifest: Low'
            'Export-BatchExportReport: Low'
            'New-BatchExport: Medium'
            'Remove-BatchExport: High'
            'Repair-BatchExportGap: Medium'
            'Restart-BatchExportRun: Medium'
            'Resume-BatchExport: Medium'
            'Save-BatchExportFile: Low'
            'Save-BatchExportRange: Medium'
            'Set-BatchExport: Medium'
            'Start-BatchExportBackfill: Medium'
            'Start-BatchExportRun: Medium'
            'Stop-BatchExportBackfill: Medium'
            'Stop-BatchExportRun: Medium'
            'Suspend-BatchExport: Medium'
            'Switch-BatchExportIntegration: Medium'
            'Sync-BatchExportConfiguration: Medium'
            'Test-BatchExport: Low'
        ) -join ', ')
    }

    It 'exports no function, alias or variable' {
        $module.ExportedFunctions.Count | Should -Be 0
        $module.ExportedAliases.Count | Should -Be 0
        $module.ExportedVariables.Count | Should -Be 0
    }

    It 'uses approved verbs' {
        $approved = (Get-Verb).Verb
        $module.ExportedCmdlets.Values | Where-Object Verb -NotIn $approved | Should -BeNullOrEmpty
    }

    It 'declares the output types of its cmdlets' {
        $silent = 'Disconnect-BatchExportService', 'Remove-BatchExport', 'Stop-BatchExportBackfill'
        $module.ExportedCmdlets.Values |
            Where-Object { $_.Name -notin $silent -and -not $_.OutputType } |
            ForEach-Object Name |
            Should -BeNullOrEmpty
    }

    It 'ships no assembly of the engine' {
        Get-ChildItem -LiteralPath (Join-Path $root 'lib') -Recurse -Filter *.dll |
            Where-Object Name -Match '^(System\.|Microsoft\.|netstandard)' |
            Should -BeNullOrEmpty
    }
}

Describe 'Import' {
    It 'works in a clean process, twice, by force, and again after removal' {
        $run = Invoke-InFreshPwsh -Arguments $manifestPath {
            param($Manifest)
            $ErrorActionPreference = 'Stop'
            Import-Module $Manifest
            Import-Module $Manifest -Force
            Import-Module $Manifest -Force
            Remove-Module PSBatchExports
            Import-Module $Manifest
            (Get-Command -Module PSBatchExports).Name
        }

        $run.Errors | Should -BeNullOrEmpty
        $run.ExitCode | Should -Be 0
        $run.Output | Sort-Object | Should -Be $literal
    }

    It 'is automatic at the first use of a cmdlet, from a folder on PSModulePath' {
        $folder = Join-Path $TestDrive 'PSBatchExports'
        $null = New-Item -ItemType Directory -Path $folder
        'PSBatchExports.psd1', 'module', 'lib' |
            ForEach-Object { Copy-Item -LiteralPath (Join-Path $root $_) -Destination $folder -Recurse }

        $run = Invoke-InFreshPwsh -Environment @{ PSModulePath = "$TestDrive$([System.IO.Path]::PathSeparator)$env:PSModulePath" } {
            $null = Get-BatchExportConnection
            (Get-Module PSBatchExports).Name
        }

        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -Be 'PSBatchExports'
    }

    It 'sends nothing, even with a key in the environment' {
        $run = Invoke-InFreshPwsh -Arguments $manifestPath -Environment @{
            POSTHOG_PERSONAL_API_KEY = 'phx_never_sent'
            POSTHOG_HOST             = 'http://127.0.0.1:9'
        } {
            param($Manifest)
            Import-Module $Manifest
            'imported'
        }

        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -Be 'imported'
    }

    It 'resolves its output types as literals' {
        $run = Invoke-InFreshPwsh -Arguments $manifestPath {
            param($Manifest)
            Import-Module $Manifest
            [PSBatchExports.BatchExport].FullName
        }

        $run.Output | Should -Be 'PSBatchExports.BatchExport'
    }
}
