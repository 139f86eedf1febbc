#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Counts the methods that the runtime compiles for the import and for first commands, by assembly.
.DESCRIPTION
    The runtime traces itself (event pipe). Of each process, those methods are counted that a process without the module does not compile
    while it runs the same commands of the engine. Methods compiled again because they are hot are left out. Those of the engine and
    dynamic methods, whose number varies from run to run, are stated apart.
.PARAMETER Listing
    A folder for the names of the counted methods, a file per process.
.EXAMPLE
    ./bench/Compiled.ps1
#>
#Requires -Version 7.4
[CmdletBinding()]
param([string] $Listing)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Bench.psm1')
Import-Module (Join-Path $PSScriptRoot '../tests/Pester/Support/Support.psm1')

$maxFirst = 250
$program = Get-Program -Folder 'bench/Compiled' -Name 'PSBatchExports.Compiled'
$columns = [ordered]@{
    'cmdlets'          = '^PSBatchExports(\.Loader)?$'
    'core'             = '^PSBatchExports\.Core$'
    'Polly'            = '^Polly\.'
    'System.Text.Json' = '^System\.Text\.Json$'
    'CoreLib'          = '^System\.Private\.CoreLib$'
    'others'           = '.'
}
$engine = '^(pwsh|System\.Management\.Automation|Microsoft\.(PowerShell|Management|CodeAnalysis)\b.*)$'

function Get-CompiledMethod([string] $Command) {
    $script = Join-Path $work "$([guid]::NewGuid().ToString('n')).ps1"
    $trace = [System.IO.Path]::ChangeExtension($script, 'nettrace')
    Set-Content -LiteralPath $script -Value "`$ErrorActionPreference = 'Stop'", $Command
    $start = [System.Diagnostics.ProcessStartInfo]::new((Join-Path $PSHOME 'pwsh'))
    '-NoProfile', '-NonInteractive', '-File', $script | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.Environment['DOTNET_EnableEventPipe'] = '1'
    # Loader and JIT events, verbose.
    $start.Environment['DOTNET_EventPipeConfig'] = 'Microsoft-Windows-DotNETRuntime:0x18:5'
    $start.Environment['DOTNET_EventPipeOutputPath'] = $trace
    $start.Environment['DOTNET_EventPipeRundown'] = '0'
    $process = [System.Diagnostics.Process]::Start($start)
    $process.WaitForExit()
    if ($process.ExitCode -ne 0) {
        throw "pwsh ended with exit code $($process.ExitCode)."
    }
    $methods = dotnet $program $trace
    if ($LASTEXITCODE -ne 0) {
        throw 'The trace cannot be read.'
    }
    $methods | ConvertFrom-Csv -Delimiter "`t" -Header Assembly, Kind, Name
}

# Instantiations of a generic method have the same name.
function Select-New {
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
        'PSUseLiteralInitializerForHashtable', '', Justification = 'Names are case-sensitive.')]
    param([object[]] $Method, [object[]] $Known)

    $left = [hashtable]::new([System.StringComparer]::Ordinal)
    $Known | Group-Object -Property Name -CaseSensitive -NoElement | ForEach-Object { $left[$_.Name] = $_.Count }
    foreach ($one in $Method) {
        if ($left[$one.Name] -gt 0) {
            $left[$one.Name]--
        }
        else {
            $one
        }
    }
}

$work = New-Item -ItemType Directory -Path (Join-Path ([System.IO.Path]::GetTempPath()) "psbatchexports-bench-$([guid]::NewGuid().ToString('n'))")
$emulator = $null
try {
    $emulator = Start-Emulator -Arguments '--run-duration', '0'
    $project = "$($emulator.Api)/api/projects/$($emulator.ProjectId)"
    $headers = @{ Authorization = "Bearer $($emulator.Key)" }
    $request = "(Invoke-RestMethod -Uri '$project/batch_exports/' -Headers @{ Authorization = 'Bearer $($emulator.Key)' }).results"
    $export = (Invoke-RestMethod -Uri "$project/batch_exports/" -Headers $headers).results[0].id
    $span = @{ data_interval_start = '2026-11-01T00:00:00Z'; data_interval_end = '2026-11-01T00:00:05Z'; model = 'events' }
    $start = @{
        Uri         = "$project/file_download_batch_exports/"
        Method      = 'Post'
        ContentType = 'application/json'
        Body        = $span + @{ file = @{ format = 'JSONLines' } } | ConvertTo-Json
    }
    $run = (Invoke-RestMethod @start -Headers $headers).id

    $bare = @"
`$env:POSTHOG_HOST = '$($emulator.Api)'
`$env:POSTHOG_PROJECT_ID = '$($emulator.ProjectId)'
`$env:POSTHOG_PERSONAL_API_KEY = '$($emulator.Key)'
`$null = Get-Item -Path '$work'
"@
    $import = "Import-Module '$(Get-MeasuredModule)'`n$bare"
    $commands = [ordered]@{
        'import'                     = $import
        'first Get-BatchExport'      = "$import`n`$null = Get-BatchExport"
        'first Get-BatchExportLog'   = "$import`n`$null = Get-BatchExportLog -BatchExportId '$export'"
        'first Save-BatchExportFile' = "$import`n`$null = Save-BatchExportFile -RunId '$run' -Path '$work'"
        'first Invoke-RestMethod'    = "$bare`n`$null = $request"
    }
    $known = Get-CompiledMethod $bare
    $results = foreach ($what in $commands.Keys) {
        $methods = @(Select-New (Get-CompiledMethod $commands[$what]) $known)
        if ($Listing) {
            $methods | ForEach-Object { "$($_.Assembly) $($_.Kind) $($_.Name)" } | Sort-Object |
                Set-Content -LiteralPath (Join-Path (New-Item -ItemType Directory -Force -Path $Listing) "$what.txt")
        }
        $dynamic, $compiled = $methods.Where({ $_.Kind -eq 'dynamic' }, 'Split')
        $ofEngine, $counted = $compiled.Where({ $_.Assembly -match $engine }, 'Split')
        $row = [ordered]@{ what = $what; methods = $counted.Count }
        $rest = $counted
        foreach ($column in $columns.Keys) {
            $those, $rest = $rest.Where({ $_.Assembly -match $columns[$column] }, 'Split')
            $row[$column] = $those.Count
        }
        [pscustomobject] ($row + @{ engine = $ofEngine.Count; dynamic = $dynamic.Count })
    }
}
finally {
    Stop-Emulator -Emulator $emulator
    Remove-Item -LiteralPath $work -Recurse -Force
}

Format-Markdown -Row $results
''
$first = ($results | Where-Object what -eq 'first Get-BatchExport').methods
Format-Markdown -Row ([pscustomobject][ordered]@{
        what      = 'import and first Get-BatchExport'
        'at most' = $maxFirst
        methods   = $first
        met       = $first -le $maxFirst ? 'yes' : 'no'
    })
