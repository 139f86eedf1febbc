[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'They change an emulator of the tests only.')]
param()

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--exports', '20', '--run-duration', '0'
    $manifest = Get-ModuleUnderTest
    $root = Split-Path -Path $manifest -Parent

    $gallery = Join-Path $TestDrive 'modules'
    $installed = Join-Path $gallery 'PSBatchExports'
    $null = New-Item -ItemType Directory -Path $installed
    'PSBatchExports.psd1', 'module', 'lib', 'en-US' |
        ForEach-Object { Join-Path $root $_ } |
        Where-Object { Test-Path -LiteralPath $_ } |
        Copy-Item -Destination $installed -Recurse

    $connected = @{
        POSTHOG_HOST             = $emulator.Api
        POSTHOG_PERSONAL_API_KEY = $emulator.Key
        POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
    }
    $onModulePath = $connected + @{ PSModulePath = "$gallery$([System.IO.Path]::PathSeparator)$env:PSModulePath" }

    Add-Type -LiteralPath (Join-Path $PSHOME 'Microsoft.CodeAnalysis.dll'), (Join-Path $PSHOME 'Microsoft.CodeAnalysis.CSharp.dll')

    function New-TestAssembly {
        param([string] $Name, [string] $Source)

        $path = Join-Path $TestDrive "$Name.dll"
        $references = [System.AppContext]::GetData('TRUSTED_PLATFORM_ASSEMBLIES').Split([System.IO.Path]::PathSeparator) |
            Where-Object {
                [System.IO.Path]::GetFileName($_) -in 'System.Private.CoreLib.dll', 'System.Runtime.dll', 'netstandard.dll',
                    'System.Management.Automation.dll'
            } |
            ForEach-Object { [Microsoft.CodeAnalysis.MetadataReference]::CreateFromFile($_) }
        $compilation = [Microsoft.CodeAnalysis.CSharp.CSharpCompilation]::Create(
            $Name,
            [Microsoft.CodeAnalysis.SyntaxTree[]] @([Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree]::ParseText($Source)),
            [Microsoft.CodeAnalysis.MetadataReference[]] $references,
            [Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions]::new([Microsoft.CodeAnalysis.OutputKind]::DynamicallyLinkedLibrary))
        $file = [System.IO.File]::Create($path)
        try { $result = $compilation.Emit($file) } finally { $file.Dispose() }
        if (-not $result.Success) {
            throw "$($result.Diagnostics)"
        }
        $path
    }

    $falsePolly = New-TestAssembly -Name 'Polly.Core' -Source @'
[assembly: System.Reflection.AssemblyVersion("99.0.0.0")]
namespace Polly
{
    public sealed class ResiliencePipeline { public static string Whose() { return "false"; } }
}
'@

    function Assert-Clean {
        param([pscustomobject] $Run)

        $Run.Errors | Should -BeNullOrEmpty
        $Run.ExitCode | Should -Be 0
    }
}

AfterAll {
    Stop-Emulator
    Remove-Module Support
}

if ($env:PSBATCHEXPORTS_LONG_TESTS -eq '1') {
    Describe 'A Polly of another version' {
        BeforeEach {
            Reset-Emulator
            Add-EmulatorFault @{
                status  = 429
                headers = @{ 'Retry-After' = '1' }
                body    = '{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}'
            }
        }

        It 'does no harm when it was loaded before' {
            $run = Invoke-InFreshPwsh -Environment $connected -Arguments $manifest, $falsePolly {
                param($Manifest, $FalsePolly)
                $ErrorActionPreference = 'Stop'
                Import-Module $FalsePolly
                [Polly.ResiliencePipeline]::Whose()
                Import-Module $Manifest
                (Get-BatchExport).Count
            }
            Assert-Clean $run
            $run.Output | Should -Be 'false', '20'
            (Get-EmulatorRequest).statusCode | Should -Be 429, 200
        }

        It 'loads afterwards and does no harm' {
            $run = Invoke-InFreshPwsh -Environment $connected -Arguments $manifest, $falsePolly {
                param($Manifest, $FalsePolly)
                $ErrorActionPreference = 'Stop'
                Import-Module $Manifest
                (Get-BatchExport -First 2).Count
                Import-Module $FalsePolly
                [Polly.ResiliencePipeline]::Whose()
                [Polly.ResiliencePipeline].Assembly.GetName().Version.Major
                (Get-BatchExport).Count
            }
            Assert-Clean $run
            $run.Output | Should -Be '2', 'false', '99', '20'
        }

        It 'is separate from ours, which has a load context of its own' {
            $run = Invoke-InFreshPwsh -Environment $connected -Arguments $manifest {
                param($Manifest)
                Import-Module $Manifest
                $null = Get-BatchExport -First 1
                foreach ($context in [System.Runtime.Loader.AssemblyLoadContext]::All) {
                    $context.Assemblies | Where-Object { $_.GetName().Name -match '^(Polly|PSBatchExports)' } |
                        ForEach-Object { "$($context.Name): $($_.GetName().Name)" }
                }
            }
            Assert-Clean $run
            $run.Output | Sort-Object |
                Should -Be 'Default: PSBatchExports', 'Default: PSBatchExports.Loader', 'PSBatchExports: Polly.Core',
                    'PSBatchExports: PSBatchExports.Core'
        }
    }
}

Describe 'The module folder' {
    It 'contains no assembly of the engine' {
        $names = (Get-ChildItem -LiteralPath (Join-Path $root 'lib') -Recurse -Filter *.dll).Name
        $names | Should -Contain 'Polly.Core.dll'
        $names | Should -Not -Contain 'System.Management.Automation.dll'
        $names | Should -Not -Contain 'System.Text.Json.dll'
    }

    It 'keeps the core and Polly out of the folder that the engine probes' {
        (Get-ChildItem -LiteralPath (Join-Path $root 'lib') -Filter *.dll).Name | Sort-Object |
            Should -Be 'PSBatchExports.dll', 'PSBatchExports.Loader.dll'
        (Get-ChildItem -LiteralPath (Join-Path $root 'lib/core') -Filter *.dll).Name | Sort-Object |
            Should -Be 'Polly.Core.dll', 'PSBatchExports.Core.dll'
    }

    It 'is fully listed in the bill of materials, with package, hash and license of third parties' {
        $source = (Resolve-Path -LiteralPath (Join-Path $PSScriptRoot '../..')).Path
        $bill = & (Join-Path $source 'build/New-BillOfMaterials.ps1') -Root $source -Staged $root
        & (Join-Path $source 'build/New-BillOfMaterials.ps1') -Root $source -Staged $root | Should -BeExactly $bill
        $components = ($bill | ConvertFrom-Json).components
        $files = $components | Where-Object type -EQ file
        $shipped = Get-ChildItem -LiteralPath (Join-Path $root 'lib') -Recurse -Filter *.dll |
            ForEach-Object { [System.IO.Path]::GetRelativePath($root, $_.FullName).Replace('\', '/') }
        $files.name | Sort-Object | Should -Be ($shipped | Sort-Object)
        foreach ($file in $files) {
            $file.hashes[0].content | Should -Be (Get-FileHash -LiteralPath (Join-Path $root $file.name)).Hash
        }
        $package = $components | Where-Object type -EQ library
        $package.purl | Should -Match '^pkg:nuget/Polly\.Core@\d+\.\d+\.\d+$'
        $package.licenses.license.id | Select-Object -Unique | Should -Be 'BSD-3-Clause'
        $package.hashes[0].content | Should -Match '^[0-9a-f]{128}$'
    }
}

Describe 'Import' {
    It 'works repeatedly, with -Force and after removal, and keeps its types' {
        $run = Invoke-InFreshPwsh -Environment $connected -Arguments $manifest {
            param($Manifest)
            $ErrorActionPreference = 'Stop'
            Import-Module $Manifest
            $before = Get-BatchExport -First 1
            Import-Module $Manifest -Force
            Import-Module $Manifest -Force
            (Get-BatchExport).Count
            Remove-Module PSBatchExports
            $PSModuleAutoLoadingPreference = 'None'
            [bool] (Get-Command Get-BatchExport -ErrorAction Ignore)
            Import-Module $Manifest
            $after = Get-BatchExport -First 1
            $before.GetType() -eq $after.GetType()
            ($before | Get-BatchExport).Id -eq $after.Id
        }
        Assert-Clean $run
        $run.Output | Should -Be '20', 'False', 'True', 'True'
    }

    It 'keeps the connection of the runspace with -Force' {
        $run = Invoke-InFreshPwsh -Environment $connected -Arguments $manifest {
            param($Manifest)
            $ErrorActionPreference = 'Stop'
            Import-Module $Manifest
            Connect-BatchExportService -ApiHost $env:POSTHOG_HOST -ProjectId $env:POSTHOG_PROJECT_ID
            $env:POSTHOG_PERSONAL_API_KEY = $null
            Import-Module $Manifest -Force
            (Get-BatchExport).Count
        }
        Assert-Clean $run
        $run.Output | Should -Be '20'
    }

    It 'loads version, formats, type data and help without an error' {
        $run = Invoke-InFreshPwsh -Arguments $manifest {
            param($Manifest)
            Import-Module $Manifest
            $null = Get-Help Get-BatchExport
            "$((Get-Module PSBatchExports).Version)"
            [bool] (Get-FormatData 'PSBatchExports.BatchExport')
            [bool] (Get-TypeData 'PSBatchExports.ServiceObject')
            $Error.Count
        }
        Assert-Clean $run
        $run.Output | Should -Be "$((Import-PowerShellDataFile -LiteralPath $manifest).ModuleVersion)", 'True', 'True', '0'
    }
}

if ($env:PSBATCHEXPORTS_LONG_TESTS -eq '1') {
    Describe 'Type names' {
        It 'resolve after the import: literal, cast, parameter, using namespace, class member' {
            $run = Invoke-InFreshPwsh -Environment $connected -Arguments $manifest {
                param($Manifest)
                $ErrorActionPreference = 'Stop'
                Import-Module $Manifest
                [PSBatchExports.BatchExport].FullName
                function Get-Name { param([PSBatchExports.BatchExport] $Export) $Export.Name }
                function Get-EachName { param([Parameter(ValueFromPipeline)] [PSBatchExports.BatchExport[]] $Export) process { $Export.Name } }
                (Get-Name (Get-BatchExport -First 1)) -is [string]
                @(Get-BatchExport -First 3 | Get-EachName).Count
                (Get-BatchExport -First 1) -is [PSBatchExports.BatchExport]
                [PSBatchExports.BatchExportConnection] (Get-BatchExportConnection) -is [PSBatchExports.BatchExportConnection]
                & ([scriptblock]::Create("using namespace PSBatchExports`n[BatchExport].FullName"))
                & ([scriptblock]::Create('class Holder { [PSBatchExports.BatchExport] $Export }; [Holder]::new().Export -eq $null'))
            }
            Assert-Clean $run
            $run.Output | Should -Be 'PSBatchExports.BatchExport', 'True', '3', 'True', 'True', 'PSBatchExports.BatchExport', 'True'
        }

        It 'resolve in a script that says using namespace and using module' {
            $script = Join-Path $TestDrive 'using.ps1'
            Set-Content -LiteralPath $script -Value @(
                'using namespace PSBatchExports'
                "using module $manifest"
                '[BatchExport].FullName'
            )
            $run = Invoke-InFreshPwsh -Arguments $script { param($Script) & $Script }
            Assert-Clean $run
            $run.Output | Should -Be 'PSBatchExports.BatchExport'
        }

        It 'resolve in a new runspace that autoloads the module, and in one that does not load it at all' {
            $run = Invoke-InFreshPwsh -Environment $onModulePath {
                $ErrorActionPreference = 'Stop'
                $name = '[PSBatchExports.BatchExport].FullName'
                foreach ($script in "`$null = Get-BatchExport -First 1; $name", $name) {
                    $shell = [powershell]::Create([runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2()))
                    $shell.Runspace.Open()
                    $shell.AddScript($script).Invoke()
                    $shell.Runspace.Dispose()
                }
            }
            Assert-Clean $run
            $run.Output | Should -Be 'PSBatchExports.BatchExport', 'PSBatchExports.BatchExport'
        }

        It 'include no public type of another library' {
            $run = Invoke-InFreshPwsh -Arguments $manifest {
                param($Manifest)
                $module = Import-Module $Manifest -PassThru
                $module.ExportedCmdlets.Values | ForEach-Object {
                    $_.OutputType.Type | Where-Object { $_ }
                    $_.Parameters.Values.ParameterType
                } | ForEach-Object { $_.IsArray ? $_.GetElementType() : $_ } |
                    ForEach-Object { $_.IsGenericType ? $_.GetGenericArguments() : $_ } |
                    Where-Object { $_.Assembly.GetName().Name -notmatch '^(PSBatchExports|System\.|netstandard)' } |
                    ForEach-Object { $_.FullName }
            }
            Assert-Clean $run
            $run.Output | Should -BeNullOrEmpty
        }
    }
}

if ($env:PSBATCHEXPORTS_LONG_TESTS -eq '1') {
    Describe 'Several runspaces' {
        It 'share a connection in ForEach-Object -Parallel, with the module autoloaded in each' {
            $run = Invoke-InFreshPwsh -Environment $onModulePath {
                $ErrorActionPreference = 'Stop'
                $c = Connect-BatchExportService -ApiHost $env:POSTHOG_HOST -ProjectId $env:POSTHOG_PROJECT_ID -PassThru
                $env:POSTHOG_PERSONAL_API_KEY = $null
                $counts = 1..8 | ForEach-Object -ThrottleLimit 8 -Parallel { @(Get-BatchExport -First $_ -Connection $using:c).Count }
                ($counts | Sort-Object) -join ' '
            }
            Assert-Clean $run
            $run.Output | Should -Be '1 2 3 4 5 6 7 8'
        }

        It 'import the module at the same time' {
            $run = Invoke-InFreshPwsh -Environment $connected -Arguments $manifest {
                param($Manifest)
                $ErrorActionPreference = 'Stop'
                $results = 1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
                    Import-Module $using:Manifest
                    '{0} {1} {2}' -f @(Get-BatchExport).Count, [PSBatchExports.BatchExport].Name, @(Get-Command -Module PSBatchExports).Count
                }
                $results | Group-Object | ForEach-Object { "$($_.Count): $($_.Name)" }
            }
            Assert-Clean $run
            $run.Output | Should -HaveCount 1
            $run.Output[0] | Should -Match '^8: 20 BatchExport \d+$'
        }

        It 'have a current connection each' {
            $run = Invoke-InFreshPwsh -Environment $connected -Arguments $manifest {
                param($Manifest)
                Import-Module $Manifest
                Connect-BatchExportService -ApiHost $env:POSTHOG_HOST -ProjectId $env:POSTHOG_PROJECT_ID
                $env:POSTHOG_PERSONAL_API_KEY = $null
                1 | ForEach-Object -Parallel {
                    Import-Module $using:Manifest
                    try { Get-BatchExport -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }
                }
                (Get-BatchExportConnection).ProjectId
            }
            Assert-Clean $run
            $run.Output | Should -Be 'NotConnected,PSBatchExports.Commands.GetBatchExportCommand', "$($emulator.ProjectId)"
        }

        It 'share a connection in Start-ThreadJob' -Skip:(-not (Get-Command Start-ThreadJob -ErrorAction Ignore)) {
            $run = Invoke-InFreshPwsh -Environment $onModulePath {
                $ErrorActionPreference = 'Stop'
                $c = Connect-BatchExportService -ApiHost $env:POSTHOG_HOST -ProjectId $env:POSTHOG_PROJECT_ID -PassThru
                $env:POSTHOG_PERSONAL_API_KEY = $null
                $jobs = 1..4 | ForEach-Object { Start-ThreadJob { (Get-BatchExport -Connection $using:c).Count } }
                ($jobs | Receive-Job -Wait -AutoRemoveJob) -join ' '
            }
            Assert-Clean $run
            $run.Output | Should -Be '20 20 20 20'
        }
    }
}
