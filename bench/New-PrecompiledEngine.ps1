#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Makes a copy of the running PowerShell whose assemblies are precompiled (ReadyToRun), as those of its installers are.
.DESCRIPTION
    PowerShell as a .NET tool is compiled at each start. Run a benchmark with the copy to measure what an installed PowerShell would give.
.PARAMETER Destination
    The folder for the copy. It must not exist.
.EXAMPLE
    ./bench/New-PrecompiledEngine.ps1 -Destination /tmp/engine; /tmp/engine/pwsh -NoProfile -File bench/Import.ps1
#>
#Requires -Version 7.4
[CmdletBinding()]
[OutputType([System.IO.FileInfo])]
param([Parameter(Mandatory)] [string] $Destination)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

if (Test-Path -LiteralPath $Destination) {
    throw "'$Destination' exists. Name a folder that does not."
}

# Those that a command at the prompt loads.
$assemblies = @(
    'System.Management.Automation', 'Microsoft.PowerShell.ConsoleHost', 'Microsoft.PowerShell.Security'
    'Microsoft.PowerShell.Commands.Management', 'Microsoft.PowerShell.Commands.Utility', 'Microsoft.PowerShell.MarkdownRender'
    'Microsoft.ApplicationInsights', 'Markdig.Signed', 'Newtonsoft.Json'
)
$work = New-Item -ItemType Directory -Path (Join-Path ([System.IO.Path]::GetTempPath()) "psbatchexports-$([guid]::NewGuid().ToString('n'))")
try {
    $references = $assemblies | ForEach-Object { "<Reference Include=`"$PSHOME/$_.dll`" />" }
    Set-Content -LiteralPath (Join-Path $work 'Engine.csproj') -Value @"
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net$([System.Environment]::Version.ToString(2))</TargetFramework>
    <RuntimeIdentifier>$([System.Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier)</RuntimeIdentifier>
    <SelfContained>false</SelfContained>
    <PublishReadyToRun>true</PublishReadyToRun>
  </PropertyGroup>
  <ItemGroup>$references</ItemGroup>
</Project>
"@
    $output = dotnet publish $work --output (Join-Path $work 'out') --nologo --disable-build-servers 2>&1
    if ($LASTEXITCODE -ne 0) {
        throw "The assemblies could not be precompiled:`n$($output -join "`n")"
    }
    Copy-Item -LiteralPath $PSHOME -Destination $Destination -Recurse
    foreach ($assembly in $assemblies) {
        $compiled = Get-Item -LiteralPath (Join-Path $work "out/$assembly.dll")
        if ($compiled.Length -le (Get-Item -LiteralPath (Join-Path $PSHOME "$assembly.dll")).Length) {
            throw "$assembly was not precompiled."
        }
        Copy-Item -LiteralPath $compiled.FullName -Destination $Destination
    }
}
finally {
    Remove-Item -LiteralPath $work -Recurse -Force
}
Get-Item -LiteralPath (Join-Path $Destination 'pwsh')
