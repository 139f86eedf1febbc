<#
    Installs the package with the commands of the README, from a folder as repository, in processes with a home directory of
    their own. The package contains the build under test; PSBATCHEXPORTS_LONG_TESTS=1 also precompiles the core, which
    downloads the compiler.
    On Windows the folders of a user do not follow the environment, so nothing is installed there.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSReviewUnusedParameter', '', Justification = 'The blocks inside hide that they are used.')]
param()

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $source = (Resolve-Path -LiteralPath (Join-Path $PSScriptRoot '../..')).Path

    $manifest = Import-PowerShellDataFile -LiteralPath (Join-Path $source 'PSBatchExports.psd1')
    $about = $manifest.PrivateData.PSData
    $number = [version] $manifest.ModuleVersion
    $version = $about.Prerelease ? "$number-$($about.Prerelease)" : "$number"
    $higher = [version]::new($number.Major, $number.Minor + 1, 0)
    $preview = [version]::new($number.Major, $number.Minor + 2, 0)

    # What is installed outlives the blocks, after each of which TestDrive is emptied.
    $work = [System.IO.Directory]::CreateTempSubdirectory('psbatchexports-').FullName
    $ownHome = (New-Item -ItemType Directory -Path (Join-Path $work 'home')).FullName
    $null = New-Item -ItemType Directory -Path (Join-Path $ownHome '.config')
    $modules = Join-Path $ownHome '.local/share/powershell/Modules'

    # The README is followed in a folder that has what `build.ps1 -Task Package` makes in out.
    $clone = Join-Path $work 'clone'
    $later = Join-Path $work 'later'
    $package = @{ Root = $source; SkipPrecompilation = $env:PSBATCHEXPORTS_LONG_TESTS -ne '1' }
    & (Join-Path $source 'build/New-Package.ps1') @package -Destination (Join-Path $clone 'out') | Out-Null
    & (Join-Path $source 'build/New-Package.ps1') -Root $source -SkipPrecompilation -Destination $later -Version $higher | Out-Null
    & (Join-Path $source 'build/New-Package.ps1') -Root $source -SkipPrecompilation -Destination $later -Version "$preview-rc1" | Out-Null

    $section = [regex]::Match((Get-Content -LiteralPath (Join-Path $source 'README.md') -Raw), '(?ms)^## Install\r?\n.*?(?=^## )').Value
    $typed = [regex]::Matches($section, '(?ms)^```powershell\r?\n(.*?)^```').ForEach({ $_.Groups[1].Value -split '\r?\n' }) |
        Where-Object { $_ }
    function Get-Line([string] $Pattern) {
        @($typed -match $Pattern) -join "`n"
    }

    $emulator = Start-Emulator -Arguments '--exports', '3'
    $surroundings = @{
        HOME                     = $ownHome
        XDG_DATA_HOME            = $null
        XDG_CONFIG_HOME          = $null
        XDG_CACHE_HOME           = $null
        PSModulePath             = $null
        CLONE                    = $clone
        POSTHOG_HOST             = $emulator.Api
        POSTHOG_PERSONAL_API_KEY = $emulator.Key
        POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
    }

    # What a process with that home answers, as objects. Whatever it says on stderr is a failure.
    function Invoke-AtHome([scriptblock] $Script, [string[]] $Arguments) {
        $program = "`$ErrorActionPreference = 'Stop'; Set-Location -LiteralPath `$env:CLONE
            & { $Script } @args | ConvertTo-Json -Depth 3 -Compress"
        $run = Invoke-InFreshPwsh ([scriptblock]::Create($program)) -Arguments $Arguments -Environment $surroundings
        if ($run.Errors -or $run.ExitCode -ne 0) {
            throw "Exit code $($run.ExitCode): $($run.Errors)"
        }
        $run.Output | ConvertFrom-Json
    }
}

AfterAll {
    Stop-Emulator $emulator
    Remove-Item -LiteralPath $work -Recurse -Force
    Remove-Module Support
}

Describe 'Package' {
    BeforeAll {
        $archive = [System.IO.Compression.ZipFile]::OpenRead((Join-Path $clone "out/PSBatchExports.$version.nupkg"))
        $reader = [System.IO.StreamReader]::new($archive.GetEntry('PSBatchExports.nuspec').Open())
        $metadata = ([xml] $reader.ReadToEnd()).package.metadata
        $entries = $archive.Entries.FullName
        $reader.Dispose()
        $archive.Dispose()
    }

    It 'has the metadata of the manifest' {
        $metadata.version | Should -Be $version
        $metadata.projectUrl | Should -Be $about.ProjectUri
        $metadata.license.InnerText | Should -Be 'MIT'
        $about.LicenseUri | Should -BeLike "*/$($metadata.license.InnerText).*"
        $metadata.releaseNotes | Should -Be $about.ReleaseNotes
        $about.Tags | Should -BeIn ($metadata.tags -split ' ')
        $entries | Should -Contain $metadata.icon
    }

    It 'has the DSC resource' {
        $entries | Should -Contain 'dsc/batchexport.dsc.resource.json'
        $entries | Should -Contain 'dsc/batchexport.resource.ps1'
    }

    It 'has the icon of the manifest' {
        $encoded = $about.IconUri -replace '^data:image/svg\+xml;base64,'
        [System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($encoded)) |
            Should -BeExactly (Get-Content -LiteralPath (Join-Path $source 'docs/images/icon.svg') -Raw)
    }
}

Describe 'An installation' -Skip:$IsWindows {
    # Its life from the first install to the copy of a folder: each step begins where the one before it ended.
    BeforeAll {
        $installation = Invoke-AtHome -Arguments (Get-Line '^(Register|Install)-.*(?<!-Reinstall)$'), (Get-Line '-Reinstall') {
            param($Install, $Reinstall)
            . ([scriptblock]::Create($Install))
            $shown = @{ Name = 'Version'; Expression = { "$($_.Version)" } }, 'Prerelease', 'ProjectUri', 'LicenseUri', 'IconUri',
                'ReleaseNotes', 'Tags', 'InstalledLocation'
            [ordered]@{
                Found     = Find-PSResource PSBatchExports -Repository PSBatchExports | Select-Object -Property $shown
                Installed = Get-InstalledPSResource PSBatchExports | Select-Object -Property $shown
                Again     = & {
                    $changed = Join-Path (Get-Module PSBatchExports -ListAvailable).ModuleBase 'LICENSE'
                    Set-Content -LiteralPath $changed -Value 'changed'
                    . ([scriptblock]::Create($Reinstall))
                    Get-Content -LiteralPath $changed -TotalCount 1
                }
            }
        }

        Copy-Item -LiteralPath (Join-Path $later "PSBatchExports.$higher.nupkg") -Destination (Join-Path $clone 'out')
        $session = Invoke-AtHome -Arguments (Get-Line '^Update-PSResource') {
            param($Line)
            $count = @(Get-BatchExport).Count
            $topic = Get-Help about_PSBatchExports | Out-String
            $command = "$Line; (Get-InstalledPSResource PSBatchExports).Version.ForEach('ToString')
                (Import-Module PSBatchExports -PassThru).ModuleBase"
            $other = & (Join-Path $PSHOME 'pwsh') -NoProfile -NonInteractive -Command $command
            [ordered]@{
                Count       = $count
                Other       = $other
                CountBehind = @(Get-BatchExport).Count
                Line        = Get-BatchExport -First 1 | Get-BatchExportLog -First 1 | Out-String
                Synopsis    = (Get-Help Get-BatchExport).Synopsis
                Topic       = $topic
                Base        = (Get-Module PSBatchExports).ModuleBase
                Assemblies  = [System.AppDomain]::CurrentDomain.GetAssemblies().Location -match 'PSBatchExports'
            }
        }

        $sides = @{}
        foreach ($required in $number, $higher) {
            $sides["$required"] = Invoke-AtHome -Arguments $required {
                param($Version)
                Import-Module PSBatchExports -RequiredVersion $Version
                [ordered]@{
                    Version  = "$((Get-Command Get-BatchExport).Module.Version)"
                    Cmdlets  = (Get-Command Get-BatchExport).ImplementingType.Assembly.Location
                    Core     = [PSBatchExports.BatchExport].Assembly.Location
                    Exported = (Get-Module PSBatchExports).ExportedCmdlets.Keys
                }
            }
        }

        Copy-Item -LiteralPath (Join-Path $later "PSBatchExports.$preview-rc1.nupkg") -Destination (Join-Path $clone 'out')
        $prerelease = Invoke-AtHome -Arguments "$preview-rc1" {
            param($Version)
            function Get-Shown($Resource) {
                $Resource | ForEach-Object { @("$($_.Version)"; $_.Prerelease) -ne '' -join '-' }
            }
            $report = [ordered]@{
                FoundWithout = Get-Shown (Find-PSResource PSBatchExports -Repository PSBatchExports)
                Found        = Get-Shown (Find-PSResource PSBatchExports -Prerelease -Repository PSBatchExports)
            }
            Update-PSResource PSBatchExports -Repository PSBatchExports
            $report.UpdatedWithout = @(Get-Shown (Get-InstalledPSResource PSBatchExports))
            Update-PSResource PSBatchExports -Prerelease -Repository PSBatchExports
            $report.Updated = Get-Shown (Get-InstalledPSResource PSBatchExports -Version $Version)
            $report.Listed = (Get-Module PSBatchExports -ListAvailable)[0].PrivateData.PSData.Prerelease
            $report.Imported = Get-BatchExportConnection | ForEach-Object { (Get-Module PSBatchExports).PrivateData.PSData.Prerelease }
            Uninstall-PSResource PSBatchExports -Version $Version -Prerelease
            $report.Left = @(Get-Shown (Get-InstalledPSResource PSBatchExports))
            Install-PSResource PSBatchExports -Version $Version -Repository PSBatchExports
            $report.Installed = Get-Shown (Get-InstalledPSResource PSBatchExports -Version $Version)
            $report
        }

        $removal = Invoke-AtHome -Arguments (Get-Line '^Uninstall-'), (Get-Line '^(\$|Copy-)') {
            param($Uninstall, $Copy)
            . ([scriptblock]::Create($Uninstall))
            $left = @(Get-Module PSBatchExports -ListAvailable).Count
            . ([scriptblock]::Create($Copy))
            $command = '$null = Get-BatchExport; (Get-Module PSBatchExports).ModuleBase'
            [ordered]@{
                Left   = $left
                Copied = & (Join-Path $PSHOME 'pwsh') -NoProfile -NonInteractive -Command $command
            }
        }
    }

    Context 'Install' {
        It 'puts the version into the home of the user, with the commands of the README' {
            $installation.Installed.Version | Should -Be $number
            $installation.Installed.Prerelease | Should -Be $about.Prerelease
            $installation.Installed.InstalledLocation | Should -Be $modules
            Join-Path $modules "PSBatchExports/$number/PSBatchExports.psd1" | Should -Exist
        }

        It 'has the metadata of the manifest where it is <_>' -ForEach 'Found', 'Installed' {
            $resource = $installation.$_
            foreach ($property in 'ProjectUri', 'LicenseUri', 'IconUri', 'ReleaseNotes') {
                $resource.$property | Should -Not -BeNullOrEmpty
                $resource.$property | Should -Be $about.$property
            }
            $about.Tags | Should -BeIn $resource.Tags
        }

        It 'replaces the files with -Reinstall' {
            $installation.Again | Should -Be 'MIT License'
        }
    }

    Context 'Update while a session uses the module' {
        It 'leaves the session with the autoloaded module' {
            $session.Count | Should -Be 3
            $session.Base | Should -Be (Join-Path $modules "PSBatchExports/$number")
        }

        It 'leaves the session with its help' {
            $session.Topic | Should -BeLike '*about_PSBatchExports*PostHog batch exports from PowerShell*'
            $session.Synopsis | Should -BeLike 'Gets scheduled batch exports*'
        }

        It 'installs the higher version beside the old one' {
            $session.Other | Select-Object -SkipLast 1 | Sort-Object { [version] $_ } | Should -Be $number, $higher
        }

        It 'gives the higher version to a new session that imports the module by name' {
            $session.Other[-1] | Should -Be (Join-Path $modules "PSBatchExports/$higher")
        }

        It 'leaves the session with its version, in working order' {
            $session.CountBehind | Should -Be 3
            $session.Line | Should -Not -BeNullOrEmpty
            $session.Assemblies | Should -Not -BeNullOrEmpty
            $session.Assemblies | Where-Object { -not $_.StartsWith($session.Base) } | Should -BeNullOrEmpty
        }
    }

    Context 'Two versions side by side' {
        It 'are loaded by -RequiredVersion: the <_> one' -ForEach 'lower', 'higher' {
            $required = $_ -eq 'lower' ? $number : $higher
            $loaded = $sides["$required"]
            $loaded.Version | Should -Be $required
            $loaded.Cmdlets, $loaded.Core | Should -BeLike (Join-Path $modules "PSBatchExports/$required/lib/*")
            $loaded.Exported | Sort-Object | Should -Be ($manifest.CmdletsToExport | Sort-Object)
        }
    }

    Context 'Prerelease' {
        It 'is found, installed and imported only when requested' {
            $prerelease.FoundWithout | Should -Be $higher
            $prerelease.UpdatedWithout | Should -Not -Contain "$preview-rc1"
            $prerelease.Found | Should -Be "$preview-rc1"
            $prerelease.Updated | Should -Be "$preview-rc1"
            $prerelease.Listed | Should -Be 'rc1'
            $prerelease.Imported | Should -Be 'rc1'
        }

        It 'is removed and installed by its version' {
            $prerelease.Left | Should -Not -Contain "$preview-rc1"
            $prerelease.Installed | Should -Be "$preview-rc1"
        }
    }

    Context 'Removal' {
        It 'leaves no version, with the command of the README' {
            $removal.Left | Should -Be 0
        }

        It 'allows a copy of the folder, which autoloads' {
            $removal.Copied | Should -Be (Join-Path $modules "PSBatchExports/$number")
        }
    }
}

Describe 'A repository of your own' -Skip:$IsWindows {
    It 'accepts the staged folder and the package, which then install' {
        $gallery = New-Item -ItemType Directory -Path (Join-Path $TestDrive 'gallery')
        $published = Invoke-AtHome -Arguments $gallery, (Join-Path $later "PSBatchExports/$higher"),
            (Join-Path $later "PSBatchExports.$preview-rc1.nupkg") {
            param($Gallery, $Staged, $Package)
            Register-PSResourceRepository Own -Uri $Gallery -Trusted
            Publish-PSResource -Path $Staged -Repository Own
            Publish-PSResource -NupkgPath $Package -Repository Own
            $versions = (Find-PSResource PSBatchExports -Version * -Prerelease -Repository Own).Version.ForEach('ToString')
            Install-PSResource PSBatchExports -Version (Split-Path -Path $Staged -Leaf) -Repository Own
            [ordered]@{
                Versions = $versions
                Count    = @(Get-BatchExport).Count
                Base     = (Get-Module PSBatchExports).ModuleBase
                License  = (Get-InstalledPSResource PSBatchExports)[0].LicenseUri
            }
        }
        $published.Versions | Should -Be "$preview", "$higher"
        $published.Count | Should -Be 3
        $published.Base | Should -Be (Join-Path $modules "PSBatchExports/$higher")
        $published.License | Should -Be $about.LicenseUri
    }
}
