#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds, tests, documents and packages PSBatchExports.
.DESCRIPTION
    Build    compiles the solution; then Import-Module ./PSBatchExports.psd1 works.
    Test     runs all tests, as 'dotnet test' does; with -Long also the long ones, and checks that the build is deterministic.
    Analyze  analyzes all scripts (needs PSScriptAnalyzer 1.25).
    Docs     generates en-US/ from docs/en-US (needs Microsoft.PowerShell.PlatyPS 1.0).
    Package  stages the module in out/PSBatchExports/<version>/ and packs it as out/PSBatchExports.<version>.nupkg.
    Bench    runs the benchmarks in bench/.
    Demo     runs the tour in samples/Tour against the emulator.
.PARAMETER Task
    The task to run.
.PARAMETER Configuration
    The build configuration. Default: Release for Package and Bench, otherwise Debug.
.PARAMETER Long
    With -Task Test, also runs the tests that take minutes.
.EXAMPLE
    ./build.ps1 -Task Test
.EXAMPLE
    ./build.ps1 -Task Package
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Analyze', 'Docs', 'Package', 'Bench', 'Demo')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = ($Task -in 'Package', 'Bench' ? 'Release' : 'Debug'),

    [switch] $Long
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

if ($Long -and $Task -ne 'Test') {
    throw '-Long can be used with -Task Test only.'
}

$moduleName = 'PSBatchExports'
$manifest = Join-Path $PSScriptRoot "$moduleName.psd1"
$solution = Join-Path $PSScriptRoot "$moduleName.sln"
$configurationArguments = '--configuration', $Configuration
$longTests = $Long ? '1' : $env:PSBATCHEXPORTS_LONG_TESTS

function Invoke-DotNet {
    param([string[]] $Arguments)

    dotnet @Arguments @configurationArguments
    if ($LASTEXITCODE -ne 0) {
        throw "'dotnet $($Arguments -join ' ')' ended with exit code $LASTEXITCODE."
    }
}

function Invoke-Build {
    Invoke-DotNet -Arguments 'build', $solution
}

function Invoke-Test {
    $before = $env:PSBATCHEXPORTS_LONG_TESTS
    $env:PSBATCHEXPORTS_LONG_TESTS = $longTests
    try {
        Invoke-DotNet -Arguments 'test', $solution
    }
    finally {
        $env:PSBATCHEXPORTS_LONG_TESTS = $before
    }
    if ($longTests) {
        & (Join-Path $PSScriptRoot 'build/Test-Determinism.ps1') -Root $PSScriptRoot
    }
}

function Invoke-Help {
    $sources = Join-Path $PSScriptRoot 'docs/en-US'
    $commands = @(Get-ChildItem -Path (Join-Path $sources '*-*.md') -ErrorAction Ignore)
    $topics = @(Get-ChildItem -Path (Join-Path $sources 'about_*.md') -ErrorAction Ignore)
    if ($commands.Count -eq 0) {
        throw 'docs/en-US has no help sources.'
    }
    if (-not (Get-Module -Name Microsoft.PowerShell.PlatyPS -ListAvailable)) {
        throw 'Microsoft.PowerShell.PlatyPS is not installed: Install-PSResource Microsoft.PowerShell.PlatyPS -Version 1.0.3'
    }

    Import-Module Microsoft.PowerShell.PlatyPS
    Import-Module (Join-Path $PSScriptRoot 'docs/HelpText.psm1')
    $exported = (Import-PowerShellDataFile -LiteralPath $manifest).CmdletsToExport
    $missing = @($exported | Where-Object { $_ -notin $commands.BaseName })
    if ($missing.Count -gt 0) {
        throw "Help sources are missing for: $($missing -join ', ')."
    }

    $target = New-Item -ItemType Directory -Force -Path (Join-Path $PSScriptRoot 'en-US')
    $temporary = Join-Path ([System.IO.Path]::GetTempPath()) "$moduleName-$([guid]::NewGuid().ToString('n'))"
    $staging = New-Item -ItemType Directory -Path $temporary
    try {
        $help = @($commands | Import-MarkdownCommandHelp)
        $maml = $help | Export-MamlCommandHelp -OutputFolder $staging -Force
        Update-CommandHelp -Path $maml.FullName -Source $help
        $maml | Move-Item -Destination $target -Force
    }
    finally {
        Remove-Item -LiteralPath $staging -Recurse
    }

    foreach ($topic in $topics) {
        $text = ConvertTo-AboutText (Get-Content -LiteralPath $topic -Raw)
        Set-Content -LiteralPath (Join-Path $target "$($topic.BaseName).help.txt") -Value $text
    }
    "Generated help in ${target}: $($commands.Count) cmdlets, $($topics.Count) topics."
}

function Invoke-Package {
    Invoke-Build
    & (Join-Path $PSScriptRoot 'build/New-Package.ps1') -Root $PSScriptRoot
}

function Invoke-Bench {
    $scripts = @(Get-ChildItem -Path (Join-Path $PSScriptRoot 'bench/*.ps1') -ErrorAction Ignore)
    if ($scripts.Count -eq 0) {
        throw 'bench/ has no benchmarks.'
    }

    Invoke-Build
    foreach ($script in $scripts) {
        "== $($script.Name)"
        & (Join-Path $PSHOME 'pwsh') -NoProfile -File $script.FullName
        if ($LASTEXITCODE -ne 0) {
            throw "$($script.Name) ended with exit code $LASTEXITCODE."
        }
    }
}

function Invoke-Demo {
    Invoke-DotNet -Arguments 'run', '--project', (Join-Path $PSScriptRoot 'samples/Tour')
}

if (-not (Get-Command -Name dotnet -CommandType Application -ErrorAction Ignore)) {
    throw 'The .NET SDK is not on PATH; global.json has the required version.'
}

switch ($Task) {
    'Build' { Invoke-Build }
    'Test' { Invoke-Test }
    'Analyze' { & (Join-Path $PSScriptRoot 'build/Invoke-Analysis.ps1') }
    'Docs' { Invoke-Help }
    'Package' { Invoke-Package }
    'Bench' { Invoke-Bench }
    'Demo' { Invoke-Demo }
}
