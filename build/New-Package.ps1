<#
.SYNOPSIS
    Stages the module in out/PSBatchExports/<version>/ and packs it as out/PSBatchExports.<version>.nupkg.
.DESCRIPTION
    Fails if a file is missing or was not precompiled, or if the package is 6 MiB or larger.
.PARAMETER Root
    The repository, built in Release.
.PARAMETER Destination
    The output folder. Default: out.
.PARAMETER Version
    The version of the package, such as 1.2.0 or 1.2.0-rc1, to test updates. Default: the version of the manifest. The DLLs keep theirs.
.PARAMETER SkipPrecompilation
    Leaves out the precompiled assemblies, which take most of the time.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Root,
    [string] $Destination = (Join-Path $Root 'out'),
    [ValidatePattern('^\d+\.\d+\.\d+(-[0-9A-Za-z]+)?$')] [string] $Version,
    [switch] $SkipPrecompilation
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$name = 'PSBatchExports'
$core = 'PSBatchExports.Core.dll', 'Polly.Core.dll'

$precompiled = 'PSBatchExports.dll', 'PSBatchExports.Core.dll'
$platforms = $SkipPrecompilation ? @() : @('linux-x64', 'win-x64')
$maxSize = 6MB

$sourceManifest = Join-Path $Root "$name.psd1"
$manifest = Import-PowerShellDataFile -LiteralPath $sourceManifest
if (-not $Version) {
    $Version = (@($manifest.ModuleVersion; $manifest.PrivateData.PSData.Prerelease) | Where-Object { $_ }) -join '-'
}
$number, $label = $Version -split '-'
$target = Join-Path $Destination "$name/$number"
if (Test-Path -LiteralPath $target) {
    Remove-Item -LiteralPath $target -Recurse
}

function Copy-Shipped([string] $File, [string] $From = $Root) {
    $destination = Join-Path $target $File
    $null = New-Item -ItemType Directory -Force -Path (Split-Path -Path $destination -Parent)
    Copy-Item -LiteralPath (Join-Path $From $File) -Destination $destination
}

function Invoke-DotNet([string[]] $Arguments) {
    $output = dotnet @Arguments --nologo --disable-build-servers 2>&1
    if ($LASTEXITCODE -ne 0) {
        throw "'dotnet $($Arguments -join ' ')' ended with exit code ${LASTEXITCODE}:`n$($output -join "`n")"
    }
}

$null = New-Item -ItemType Directory -Force -Path $target
$text = Get-Content -LiteralPath $sourceManifest -Raw
$text = $text -replace "(?<=\bModuleVersion\s*=\s*)'[^']*'", "'$number'" -replace "(?<=\bPrerelease\s*=\s*)'[^']*'", "'$label'"
Set-Content -LiteralPath (Join-Path $target "$name.psd1") -Value $text -NoNewline
'LICENSE', 'THIRD-PARTY-NOTICES.md', 'README.md', 'CHANGELOG.md' | ForEach-Object { Copy-Shipped $_ }
'docs/images/icon.png', 'docs/images/session.svg' | ForEach-Object { Copy-Shipped $_ }
"lib/$name.dll", "lib/$name.Loader.dll" | ForEach-Object { Copy-Shipped $_ }
$core | ForEach-Object { Copy-Shipped "lib/core/$_" }
foreach ($folder in 'module', 'en-US', 'dsc') {
    Get-ChildItem -LiteralPath (Join-Path $Root $folder) -File | ForEach-Object { Copy-Shipped "$folder/$($_.Name)" }
}

# The engine reads views and types at each import, and takes a tenth less time without what only people read.
foreach ($file in Get-ChildItem -LiteralPath (Join-Path $target 'module') -Filter *.ps1xml) {
    $xml = [System.Xml.XmlDocument]::new()
    $xml.Load($file.FullName)
    $xml.SelectNodes('//comment()') | ForEach-Object { $null = $_.ParentNode.RemoveChild($_) }
    Set-Content -LiteralPath $file.FullName -Value $xml.OuterXml
}

$work = New-Item -ItemType Directory -Path (Join-Path ([System.IO.Path]::GetTempPath()) "psbatchexports-$([guid]::NewGuid().ToString('n'))")
try {
    foreach ($platform in $platforms) {
        $compiled = Join-Path $work $platform
        Invoke-DotNet publish, (Join-Path $PSScriptRoot 'Precompile'), '--runtime', $platform, '--output', $compiled
        foreach ($file in $precompiled) {
            $folder = Join-Path $target ($file -in $core ? 'lib/core' : 'lib')
            if ((Get-Item -LiteralPath (Join-Path $compiled $file)).Length -le (Get-Item -LiteralPath (Join-Path $folder $file)).Length) {
                throw "$file was not precompiled for $platform."
            }
            $null = New-Item -ItemType Directory -Force -Path (Join-Path $folder $platform)
            Copy-Item -LiteralPath (Join-Path $compiled $file) -Destination (Join-Path $folder $platform)
        }
    }

    & (Join-Path $PSScriptRoot 'New-BillOfMaterials.ps1') -Root $Root -Staged $target |
        Set-Content -LiteralPath (Join-Path $target "$name.cdx.json")
    $null = Test-ModuleManifest -Path (Join-Path $target "$name.psd1")

    $commandTags = $manifest.CmdletsToExport | ForEach-Object { "PSCmdlet_$_"; "PSCommand_$_" }
    $tags = $manifest.PrivateData.PSData.Tags + 'PSModule', 'PSIncludes_Cmdlet' + $commandTags
    $package = Join-Path $work "$name.nuspec"
    $escaped = { [System.Security.SecurityElement]::Escape($args[0]) }
    Set-Content -LiteralPath $package -Value @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>$name</id>
    <version>$Version</version>
    <authors>$(& $escaped $manifest.Author)</authors>
    <description>$(& $escaped $manifest.Description)</description>
    <copyright>$(& $escaped $manifest.Copyright)</copyright>
    <license type="expression">MIT</license>
    <projectUrl>$(& $escaped $manifest.PrivateData.PSData.ProjectUri)</projectUrl>
    <icon>docs/images/icon.png</icon>
    <readme>README.md</readme>
    <releaseNotes>$(& $escaped $manifest.PrivateData.PSData.ReleaseNotes)</releaseNotes>
    <tags>$($tags -join ' ')</tags>
  </metadata>
  <files>
    <file src="$(& $escaped $target)/**" target="" />
  </files>
</package>
"@
    Invoke-DotNet pack, $package, '--output', $Destination
}
finally {
    Remove-Item -LiteralPath $work -Recurse -Force
}

$packed = Get-Item -LiteralPath (Join-Path $Destination "$name.$Version.nupkg")
if ($packed.Length -ge $maxSize) {
    throw "$($packed.Name) is $($packed.Length) bytes; it must be smaller than $maxSize."
}
"Staged in ${target}:"
Get-ChildItem -LiteralPath $target -File -Recurse | ForEach-Object {
    "  {0,8:N0} {1}" -f $_.Length, [System.IO.Path]::GetRelativePath($target, $_.FullName).Replace('\', '/')
}
"Packed: $($packed.FullName), $([math]::Round($packed.Length / 1KB)) KiB, precompiled for $($platforms ? $platforms -join ' and ' : 'no platform')."
