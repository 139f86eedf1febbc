<#
.SYNOPSIS
    The bill of materials of a staged module, as CycloneDX JSON.
.DESCRIPTION
    Lists every DLL that is shipped, with its SHA-256. One that is not ours is listed with the package that it comes from: version and hash as locked, licence as its author
    gives it. The same input gives the same text.
.PARAMETER Root
    The source tree, restored and built.
.PARAMETER Staged
    The folder that ships.
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
$components = foreach ($dll in Get-ChildItem -LiteralPath (Join-Path $Staged 'lib') -Filter *.dll -Recurse | Sort-Object { $_.FullName.Replace('\', '/') } -Culture '') {
    [ordered]@{
        type   = 'file'
        name   = [System.IO.Path]::GetRelativePath($Staged, $dll.FullName).Replace('\', '/')
        hashes = @([ordered]@{ alg = 'SHA-256'; content = (Get-FileHash -LiteralPath $dll.FullName -Algorithm SHA256).Hash.ToLowerInvariant() })
    }
    if (-not $dll.BaseName.StartsWith('PSBatchExports')) {
        if (-not $locked.ContainsKey($dll.BaseName)) {
            throw "$($dll.Name) ships, and no locked package of that name brings it."
        }
        $package = $locked[$dll.BaseName]
        [ordered]@{
            type     = 'library'
            name     = $dll.BaseName
            version  = $package.resolved
            purl     = "pkg:nuget/$($dll.BaseName)@$($package.resolved)"
            hashes   = @([ordered]@{ alg = 'SHA-512'; content = [System.Convert]::ToHexString([System.Convert]::FromBase64String($package.contentHash)).ToLowerInvariant() })
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
