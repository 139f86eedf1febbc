<#
.SYNOPSIS
    Builds the module in two different folders and fails if a DLL differs.
.PARAMETER Root
    The repository.
#>
[CmdletBinding()]
param([Parameter(Mandatory)] [string] $Root)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$project = 'src/PSBatchExports/PSBatchExports.csproj'
$inputs = @(
    'src/PSBatchExports', 'src/PSBatchExports.Core', 'src/PSBatchExports.Loader', 'PSBatchExports.psd1'
    'Directory.Build.props', 'Directory.Packages.props', 'global.json', '.editorconfig'
)
$work = New-Item -ItemType Directory -Path (Join-Path ([System.IO.Path]::GetTempPath()) "psbatchexports-$([guid]::NewGuid().ToString('n'))")
try {
    $builds = foreach ($name in 'a', 'another folder/deeper') {
        $copy = (New-Item -ItemType Directory -Path (Join-Path $work $name)).FullName
        foreach ($path in $inputs) {
            $target = Join-Path $copy $path
            $null = New-Item -ItemType Directory -Force -Path (Split-Path -Path $target -Parent)
            Copy-Item -LiteralPath (Join-Path $Root $path) -Destination $target -Recurse
        }
        Get-ChildItem -LiteralPath (Join-Path $copy 'src') -Directory | ForEach-Object {
            Remove-Item -Path (Join-Path $_.FullName 'obj'), (Join-Path $_.FullName 'bin') -Recurse -Force -ErrorAction Ignore
        }

        $null = dotnet build (Join-Path $copy $project) --configuration Release --nologo -p:UseSharedCompilation=false
        if ($LASTEXITCODE -ne 0) {
            throw "The build in '$name' ended with exit code $LASTEXITCODE."
        }
        $hashes = @{}
        foreach ($dll in Get-ChildItem -LiteralPath (Join-Path $copy 'lib') -Filter *.dll -Recurse) {
            $path = [System.IO.Path]::GetRelativePath($copy, $dll.FullName)
            $hashes[$path] = (Get-FileHash -LiteralPath $dll.FullName -Algorithm SHA256).Hash
        }
        $hashes
    }
}
finally {
    Remove-Item -LiteralPath $work -Recurse -Force
}

$differing = @($builds[0].Keys + $builds[1].Keys | Select-Object -Unique | Where-Object { $builds[0][$_] -ne $builds[1][$_] })
if ($differing.Count -gt 0 -or $builds[0].Count -eq 0) {
    throw "Two builds of the same source differ in: $($differing -join ', ')."
}
"Two builds in different folders produced the same $($builds[0].Count) DLLs."
