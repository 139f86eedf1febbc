<#
.SYNOPSIS
    Stages what ships, and makes the package for a gallery of it: out/PSBatchExports/<version>/ and out/PSBatchExports.<version>.nupkg.
.DESCRIPTION
    Fails where a file is missing, where one was not compiled ahead, and where the package has 2,000,000 bytes or more.
.PARAMETER Root
    The source tree, built for Release.
#>
[CmdletBinding()]
param([Parameter(Mandatory)] [string] $Root)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$name = 'PSBatchExports'
$core = 'PSBatchExports.Core.dll', 'Polly.Core.dll'

# What is compiled ahead. Both on both would make the package larger than it may be; without Polly the first command takes some 20 ms longer.
$compiledAhead = [ordered]@{
    'linux-x64' = $core
    'win-x64'   = @('PSBatchExports.Core.dll')
}
$largest = 2e6

$manifest = Import-PowerShellDataFile -LiteralPath (Join-Path $Root "$name.psd1")
$version = $manifest.ModuleVersion
$out = Join-Path $Root 'out'
$target = Join-Path $out "$name/$version"
if (Test-Path -LiteralPath $target) {
    Remove-Item -LiteralPath $target -Recurse
}

function Copy-Shipped([string] $File, [string] $From = $Root) {
    $destination = Join-Path $target $File
    $null = New-Item -ItemType Directory -Force -Path (Split-Path -Path $destination -Parent)
    Copy-Item -LiteralPath (Join-Path $From $File) -Destination $destination
}

function Invoke-DotNet([string[]] $Arguments) {
    $output = dotnet @Arguments 2>&1
    if ($LASTEXITCODE -ne 0) {
        throw "'dotnet $($Arguments -join ' ')' ended with exit code ${LASTEXITCODE}:`n$($output -join "`n")"
    }
}

"$name.psd1", 'LICENSE', 'THIRD-PARTY-NOTICES.md', 'README.md', 'CHANGELOG.md', 'docs/images/icon.png', 'docs/images/session.svg' | ForEach-Object { Copy-Shipped $_ }
"lib/$name.dll", "lib/$name.Loader.dll" | ForEach-Object { Copy-Shipped $_ }
$core | ForEach-Object { Copy-Shipped "lib/core/$_" }
foreach ($folder in 'module', 'en-US') {
    Get-ChildItem -LiteralPath (Join-Path $Root $folder) -File | ForEach-Object { Copy-Shipped "$folder/$($_.Name)" }
}

$work = New-Item -ItemType Directory -Path (Join-Path ([System.IO.Path]::GetTempPath()) "psbatchexports-$([guid]::NewGuid().ToString('n'))")
try {
    foreach ($platform in $compiledAhead.Keys) {
        $compiled = Join-Path $work "lib/core/$platform"
        Invoke-DotNet publish, (Join-Path $PSScriptRoot 'Precompile'), '--runtime', $platform, '--output', $compiled, '--nologo'
        foreach ($file in $compiledAhead[$platform]) {
            if ((Get-Item -LiteralPath (Join-Path $compiled $file)).Length -le (Get-Item -LiteralPath (Join-Path $target "lib/core/$file")).Length) {
                throw "$file was not compiled for $platform."
            }
            Copy-Shipped "lib/core/$platform/$file" -From $work
        }
    }

    & (Join-Path $PSScriptRoot 'New-BillOfMaterials.ps1') -Root $Root -Staged $target | Set-Content -LiteralPath (Join-Path $target "$name.cdx.json")
    $null = Test-ModuleManifest -Path (Join-Path $target "$name.psd1")

    $tags = $manifest.PrivateData.PSData.Tags + 'PSModule', 'PSIncludes_Cmdlet' + ($manifest.CmdletsToExport | ForEach-Object { "PSCmdlet_$_"; "PSCommand_$_" })
    $package = Join-Path $work "$name.nuspec"
    $escaped = { [System.Security.SecurityElement]::Escape($args[0]) }
    Set-Content -LiteralPath $package -Value @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>$name</id>
    <version>$version</version>
    <authors>$(& $escaped $manifest.Author)</authors>
    <description>$(& $escaped $manifest.Description)</description>
    <copyright>$(& $escaped $manifest.Copyright)</copyright>
    <license type="expression">MIT</license>
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
    Invoke-DotNet pack, $package, '--output', $out, '--nologo'
}
finally {
    Remove-Item -LiteralPath $work -Recurse -Force
}

$packed = Get-Item -LiteralPath (Join-Path $out "$name.$version.nupkg")
if ($packed.Length -ge $largest) {
    throw "$($packed.Name) has $($packed.Length) bytes; $largest are too many."
}
"Staged in ${target}:"
Get-ChildItem -LiteralPath $target -File -Recurse | ForEach-Object { "  {0,8:N0} {1}" -f $_.Length, [System.IO.Path]::GetRelativePath($target, $_.FullName).Replace('\', '/') }
"Packed: $($packed.FullName), $([math]::Round($packed.Length / 1KB)) KiB. Compiled ahead for $($compiledAhead.Keys -join ' and ') on .NET 10; elsewhere it compiles at first use."
