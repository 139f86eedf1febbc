#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Measures what importing the module adds to the start of pwsh, and how long the first command takes.
.PARAMETER Runs
    The number of measurements of each command.
.EXAMPLE
    ./bench/Import.ps1
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateRange(1, 101)]
    [int] $Runs = 11
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Bench.psm1')
Import-Module (Join-Path $PSScriptRoot '../tests/Pester/Support/Support.psm1')
Assert-Command -Name time

# Of whole processes.
$maxImport = 35
$maxFirst = 0.9
$signed = '+0 ms;-0 ms'

$folder = Join-Path ([System.IO.Path]::GetTempPath()) "psbatchexports-bench-$([guid]::NewGuid().ToString('n'))"
$work = New-Item -ItemType Directory -Path $folder
$emulator = $null
try {
    $emulator = Start-Emulator
    $module = Get-MeasuredModule
    $empty = Join-Path $work 'Empty.psd1'
    Add-Type -OutputAssembly (Join-Path $work 'Empty.dll') -TypeDefinition @'
using System.Management.Automation;

[Cmdlet("Get", "Nothing")]
public sealed class GetNothingCommand : PSCmdlet
{
}
'@
    $exports = @{ CmdletsToExport = 'Get-Nothing'; FunctionsToExport = @(); AliasesToExport = @(); VariablesToExport = @() }
    New-ModuleManifest -Path $empty -RootModule 'Empty.dll' @exports

    # As a runbook has it.
    $before = @"
Import-Module '$module'
`$env:POSTHOG_HOST = '$($emulator.Api)'
`$env:POSTHOG_PROJECT_ID = '$($emulator.ProjectId)'
`$env:POSTHOG_PERSONAL_API_KEY = '$($emulator.Key)'
"@
    $address = "$($emulator.Api)/api/projects/$($emulator.ProjectId)/batch_exports/"
    $request = "`$null = (Invoke-RestMethod -Uri $address -Headers @{ Authorization = 'Bearer $($emulator.Key)' }).results"
    $results = Measure-Interleaved -Rounds $Runs -Tool @(
        @{ Name = 'no module'; Measure = { Measure-Pwsh -Command '' } }
        @{ Name = 'an empty binary module'; Measure = { Measure-Pwsh -Command "Import-Module '$empty'" } }
        @{ Name = 'PSBatchExports'; Measure = { Measure-Pwsh -Command "Import-Module '$module'" } }
        @{ Name = 'first Invoke-RestMethod'; Measure = { Measure-Pwsh -Command $request } }
        @{ Name = 'first Get-BatchExport'; Measure = { Measure-Pwsh -Before $before -Command '$null = Get-BatchExport' } }
    )
}
finally {
    Stop-Emulator -Emulator $emulator
    Remove-Item -LiteralPath $work -Recurse -Force
}

"Medians of $Runs, in milliseconds."
''
Format-Markdown -Row @(
    foreach ($result in $results) {
        $range = $result.CommandRange
        [pscustomobject][ordered]@{
            what        = $result.Name
            command     = Format-Number (1000 * $result.Command) '0'
            'from-to'   = "$(Format-Number (1000 * $range.Minimum) '0')-$(Format-Number (1000 * $range.Maximum) '0')"
            process     = Format-Number (1000 * $result.Wall) '0'
            'CPU'       = Format-Number (1000 * $result.Cpu) '0'
            'peak, MiB' = Format-Number $result.Peak '0'
        }
    }
)
''
$byName = @{}
foreach ($result in $results) {
    $byName[$result.Name] = $result
}
$empty, $import = $byName['an empty binary module'], $byName['PSBatchExports']
$raw, $first = $byName['first Invoke-RestMethod'], $byName['first Get-BatchExport']
$added = 1000 * ($import.Wall - $empty.Wall)
$ratio = $first.Wall / $raw.Wall
Format-Markdown -Row @(
    [pscustomobject][ordered]@{
        what      = 'import, over an empty binary module'
        'at most' = "+$maxImport ms"
        command   = Format-Number (1000 * ($import.Command - $empty.Command)) $signed
        process   = Format-Number $added $signed
        met       = $added -le $maxImport ? 'yes' : 'no'
    }
    [pscustomobject][ordered]@{
        what      = 'first Get-BatchExport, against the raw request'
        'at most' = "$(Format-Number $maxFirst) x"
        command   = "$(Format-Number ($first.Command / $raw.Command)) x"
        process   = "$(Format-Number $ratio) x"
        met       = $ratio -le $maxFirst ? 'yes' : 'no'
    }
)
