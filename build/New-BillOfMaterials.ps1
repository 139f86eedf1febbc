<#
.SYNOPSIS
    Returns the bill of materials of a staged module as CycloneDX JSON.
.DESCRIPTION
    Lists every shipped DLL with its SHA-256, and for third-party DLLs the package: version and hash from the lock file, license from the
    package. The output is deterministic.
.PARAMETER Root
    The repository, restored and built.
.PARAMETER Staged
    The staged folder.
#>
[CmdletBinding()]
[OutputType([string])]
param(
    [Parameter(Mandatory)] [string] $Root,
    [Parameter(Mandatory)] [string] $Staged
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$core = Join-Path $Root 'src/PSBatchExports.Core'
$locked = (Get-Content -LiteralPath (Join-Path $core 'packages.lock.json') -Raw | ConvertFrom-Json -AsHashtable).dependencies['net8.0']
$assets = Get-Content -LiteralPath (Join-Path $core 'obj/project.assets.json') -Raw | ConvertFrom-Json -AsHashtable

function Get-License([string] $Package, [string] $Version) {
    $folder = $assets.libraries["$Package/$Version"].path
    foreach ($cache in $assets.packageFolders.Keys) {
        $nuspec = Join-Path $cache "$folder/$($Package.ToLowerInvariant()).nuspec"
        if (Test-Path -LiteralPath $nuspec) {
            return ([xml] (Get-Content -LiteralPath $nuspec -Raw)).package.metadata.license.InnerText
        }
    }
    throw "$Package $Version is not in the package cache."
}

$manifest = Import-PowerShellDataFile -LiteralPath (Join-Path $Staged 'PSBatchExports.psd1')
$dlls = Get-ChildItem -LiteralPath (Join-Path $Staged 'lib') -Filter *.dll -Recurse | Sort-Object { $_.FullName.Replace('\', '/') } -Culture ''
$components = foreach ($dll in $dlls) {
    $sha256 = (Get-FileHash -LiteralPath $dll.FullName -Algorithm SHA256).Hash.ToLowerInvariant()
    [ordered]@{
        type   = 'file'
        name   = [System.IO.Path]::GetRelativePath($Staged, $dll.FullName).Replace('\', '/')
        hashes = @([ordered]@{ alg = 'SHA-256'; content = $sha256 })
    }
    if (-not $dll.BaseName.StartsWith('PSBatchExports')) {
        if (-not $locked.ContainsKey($dll.BaseName)) {
            throw "$($dll.Name) is shipped, but packages.lock.json has no package of that name."
        }
        $package = $locked[$dll.BaseName]
        $sha512 = [System.Convert]::ToHexString([System.Convert]::FromBase64String($package.contentHash)).ToLowerInvariant()
        [ordered]@{
            type     = 'library'
            name     = $dll.BaseName
            version  = $package.resolved
            purl     = "pkg:nuget/$($dll.BaseName)@$($package.resolved)"
            hashes   = @([ordered]@{ alg = 'SHA-512'; content = $sha512 })
            licenses = @(@{ license = @{ id = Get-License $dll.BaseName $package.resolved } })
        }
    }
}

ConvertTo-Json -Depth 10 -InputObject ([ordered]@{
        bomFormat   = 'CycloneDX'
        specVersion = '1.6'
        version     = 1
        metadata    = [ordered]@{
            component = [ordered]@{
                type     = 'library'
                name     = 'PSBatchExports'
                version  = (@($manifest.ModuleVersion; $manifest.PrivateData.PSData.Prerelease) | Where-Object { $_ }) -join '-'
                licenses = @(@{ license = @{ id = 'MIT' } })
            }
        }
        components  = @($components)
    })
