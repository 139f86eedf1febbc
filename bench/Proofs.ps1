#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Compares proving the row counts of a lake with DuckDB's count(*) over the same files.
.DESCRIPTION
    Half of the lake is Parquet, half is JSON lines in which every row is a gzip member, as the service writes it. Test-BatchExportFile also
    hashes every byte, which DuckDB does not. Its memory is compared with the same command on an empty folder. DuckDB is the one of
    tests/Readers, which must be built: dotnet build --configuration Release tests/Readers.
.PARAMETER Runs
    The number of measurements of each tool.
.PARAMETER Length
    The size of all files.
.PARAMETER FileLength
    The size of each file.
.PARAMETER Folder
    The parent of the working folder, which is deleted at the end. Default: the temporary folder.
.EXAMPLE
    ./bench/Proofs.ps1 -Length 256MB -FileLength 32MB -Runs 1
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateRange(1, 101)]
    [int] $Runs = 3,

    [long] $Length = 10GB,

    [long] $FileLength = 256MB,

    [string] $Folder = [System.IO.Path]::GetTempPath()
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Bench.psm1')
Assert-Command -Name time
$maxTime, $maxMemory = 1.0, 64

$reader = Split-Path -Path (Get-Program -Folder 'tests/Readers' -Name 'PSBatchExports.Readers.Tests') -Parent
$architecture = [System.Runtime.InteropServices.RuntimeInformation]::OSArchitecture.ToString().ToLowerInvariant()
$env:LD_LIBRARY_PATH = Join-Path $reader "runtimes/linux-$architecture/native"
$openDuckDB = @"
Add-Type -Path '$reader/DuckDB.NET.Bindings.dll', '$reader/DuckDB.NET.Data.dll'
`$connection = [DuckDB.NET.Data.DuckDBConnection]::new('DataSource=:memory:')
`$connection.Open()
`$command = `$connection.CreateCommand()
"@

function Invoke-DuckDB {
    [OutputType([pscustomobject])]
    param([string] $Query)

    $text = $Query -replace "'", "''"
    Measure-Pwsh -Before $openDuckDB -Command "`$command.CommandText = '$text'; `$command.ExecuteScalar()"
}

function Write-Parquet {
    [OutputType([long])]
    param([string] $Path, [long] $Length)

    $rows = [long] ($Length / 128)
    $columns = "uuid()::VARCHAR AS uuid, '`$pageview' AS event, uuid()::VARCHAR AS distinct_id, i AS number, md5(i::VARCHAR) AS properties"
    $null = Invoke-DuckDB "COPY (SELECT $columns FROM range($rows) t(i)) TO '$Path' (FORMAT parquet, COMPRESSION zstd)"
    $rows
}

# Repeats a thousand rows of the size of an event.
function Write-JsonLine {
    [OutputType([long])]
    param([string] $Path, [long] $Length)

    $members = [System.IO.MemoryStream]::new()
    foreach ($number in 1..1000) {
        $record = [ordered]@{
            uuid        = [guid]::NewGuid()
            event       = '$pageview'
            distinct_id = [guid]::NewGuid()
            properties  = [ordered]@{ '$browser' = 'Firefox'; '$screen_width' = $number; '$session_id' = [guid]::NewGuid() }
        }
        $member = [System.IO.Compression.GZipStream]::new($members, [System.IO.Compression.CompressionLevel]::SmallestSize, $true)
        $member.Write([System.Text.Encoding]::UTF8.GetBytes("$(ConvertTo-Json -InputObject $record -Compress)`n"))
        $member.Dispose()
    }
    $rows = 0
    $file = [System.IO.File]::Create($Path)
    try {
        while ($file.Length -lt $Length) {
            $members.WriteTo($file)
            $rows += 1000
        }
    }
    finally {
        $file.Dispose()
    }
    $rows
}

# A window of a day for each copy of the file, named by the ledger.
function Add-Window {
    param([string] $Lake, [string] $Model, [string] $File, [long] $Rows, [int] $Count)

    $sha256 = (Get-FileHash -LiteralPath $File).Hash
    $length = (Get-Item -LiteralPath $File).Length
    $name = Split-Path -Path $File -Leaf
    $day = [datetime]::new(2026, 1, 1, 0, 0, 0, [System.DateTimeKind]::Utc)
    $lines = foreach ($number in 1..$Count) {
        $folder = "$Model/$($day.ToString('yyyy-MM-dd'))"
        $null = New-Item -ItemType Directory -Path (Join-Path $Lake $folder)
        Copy-Item -LiteralPath $File -Destination (Join-Path $Lake $folder)
        $line = @{ at = $day.ToString('o'); model = $Model; start = $day.ToString('o'); end = $day.AddDays(1).ToString('o') }
        $saved = @{ name = $name; fileId = "$number"; length = $length; sha256 = $sha256; records = $Rows; proof = 'Rows' }
        $line + @{ event = 'planned'; every = 86400 }
        $line + @{ event = 'started'; run = "$number" }
        $line + @{ event = 'saved'; records = $Rows; folder = $folder; files = @($saved) }
        $day = $day.AddDays(1)
    }
    $text = $lines | ForEach-Object { ConvertTo-Json -InputObject $_ -Compress -Depth 5 }
    Add-Content -LiteralPath (Join-Path $Lake 'ledger.jsonl') -Value $text
    Remove-Item -LiteralPath $File
}

function Measure-Proof {
    [OutputType([pscustomobject])]
    param([string] $Path)

    Measure-Pwsh -Before "Import-Module '$(Get-MeasuredModule)'" -Command @"
`$proofs = @(Test-BatchExportFile '$Path')
`$proofs | Where-Object { -not `$_.Complete } | ForEach-Object { throw `$_.Problem }
[long] (`$proofs | Measure-Object -Property RecordsFound -Sum).Sum
"@
}

$work = Join-Path (Resolve-Path -LiteralPath $Folder).Path "psbatchexports-bench-$([guid]::NewGuid().ToString('n'))"
$null = New-Item -ItemType Directory -Path $work
try {
    $lake = New-Item -ItemType Directory -Path (Join-Path $work 'lake')
    $empty = New-Item -ItemType Directory -Path (Join-Path $work 'empty')
    $parquetRows = Write-Parquet -Path (Join-Path $work 'part.parquet') -Length $FileLength
    $lineRows = Write-JsonLine -Path (Join-Path $work 'part.jsonl.gz') -Length $FileLength
    $parquetCount, $lineCount = foreach ($name in 'part.parquet', 'part.jsonl.gz') {
        [math]::Max(1, [int] ($Length / 2 / (Get-Item -LiteralPath (Join-Path $work $name)).Length))
    }
    Add-Window -Lake $lake -Model events -File (Join-Path $work 'part.parquet') -Rows $parquetRows -Count $parquetCount
    Add-Window -Lake $lake -Model sessions -File (Join-Path $work 'part.jsonl.gz') -Rows $lineRows -Count $lineCount
    $rows = $parquetRows * $parquetCount + $lineRows * $lineCount

    $query = "SELECT (SELECT count(*) FROM read_parquet('$lake/events/*/*.parquet')) + " +
        "(SELECT count(*) FROM read_json('$lake/sessions/*/*.jsonl.gz', format = 'newline_delimited'))"
    $tools = @(
        @{ Name = 'idle'; Measure = { Measure-Proof $empty }; Rows = 0 }
        @{ Name = 'module'; Measure = { Measure-Proof $lake }; Rows = $rows }
        @{ Name = 'DuckDB'; Measure = { Invoke-DuckDB $query }; Rows = $rows }
    )
    $results = foreach ($tool in $tools) {
        $measured = foreach ($run in 1..$Runs) {
            $one = & $tool.Measure
            if ([long] $one.Output[0] -ne $tool.Rows) {
                throw "$($tool.Name) counted $($one.Output[0]) rows instead of $($tool.Rows)."
            }
            $one
        }
        [pscustomobject]@{
            tool         = $tool.Name
            'command, s' = Format-Number (Get-Median -Number $measured.Command)
            'CPU, s'     = Format-Number (Get-Median -Number $measured.Cpu)
            'peak, MiB'  = Format-Number (Get-Median -Number $measured.Peak) '0'
        }
    }

    "Medians of $Runs; $rows rows in $([int] ($Length / 1MB)) MiB."
    ''
    Format-Markdown -Row $results
    ''
    $time = [double] $results[1].'command, s' / [double] $results[2].'command, s'
    $memory = [double] $results[1].'peak, MiB' - [double] $results[0].'peak, MiB'
    Format-Markdown -Row @(
        [pscustomobject]@{
            proofs    = 'time against count(*) of DuckDB'
            'at most' = "$(Format-Number $maxTime) x"
            found     = "$(Format-Number $time) x"
            met       = $time -le $maxTime ? 'yes' : 'no'
        }
        [pscustomobject]@{
            proofs    = 'memory over an idle process'
            'at most' = "+$maxMemory MiB"
            found     = "+$(Format-Number $memory '0') MiB"
            met       = $memory -le $maxMemory ? 'yes' : 'no'
        }
    )
}
finally {
    Remove-Item -LiteralPath $work -Recurse
}
