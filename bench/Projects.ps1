#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Lists the exports of many projects through a rate limit, and compares the time with the least that the limit allows.
.DESCRIPTION
    The emulator delays each response by 30 ms and allows a number of requests in any minute. The least time is that of the minutes that
    the requests take beyond the first, when the first of each minute are sent at once. What is listed must equal what one project after
    the other gives where there is no limit.
.PARAMETER Projects
    The number of projects.
.PARAMETER Exports
    The number of exports of each.
.PARAMETER RequestsPerMinute
    The limit.
.EXAMPLE
    ./bench/Projects.ps1
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateRange(2, 1000)]
    [int] $Projects = 300,

    [ValidateRange(1, 1000)]
    [int] $Exports = 20,

    [ValidateRange(10, 10000)]
    [int] $RequestsPerMinute = 120
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'Bench.psm1')
Import-Module (Join-Path $PSScriptRoot '../tests/Pester/Support/Support.psm1')
Assert-Command -Name time

$maxRatio = 1.2
$arguments = '--projects', $Projects, '--exports', $Exports, '--latency', '0.03'
$limit = '--rate-limiting', '--requests-per-minute', $RequestsPerMinute, '--requests-per-hour', 1000000
$emulator = $null
$texts = @{}
try {
    $results = foreach ($tool in 'serial', 'limited') {
        $emulator = Start-Emulator -Arguments ($tool -eq 'limited' ? $arguments + $limit : $arguments)
        $before = @"
Import-Module '$(Get-MeasuredModule)'
`$env:POSTHOG_HOST = '$($emulator.Api)'
`$env:POSTHOG_PROJECT_ID = '$($emulator.ProjectId)'
`$env:POSTHOG_PERSONAL_API_KEY = '$($emulator.Key)'
"@
        $list = $tool -eq 'limited' ? 'Get-BatchExportProject ''Acme [0-9]*'' | Get-BatchExport'
            : 'foreach ($project in Get-BatchExportProject ''Acme [0-9]*'') { $project | Get-BatchExport }'
        $file = [System.IO.Path]::GetTempFileName()
        $command = "`$exports = @($list); Set-Content -LiteralPath '$file' -Value (`$exports | ForEach-Object { `"`$(`$_.ProjectId)/`$(`$_.Name)`" })"
        $measured = Measure-Pwsh -Before "$before`n`$WarningPreference = 'SilentlyContinue'" -Command $command
        $texts[$tool] = Get-Content -LiteralPath $file
        Remove-Item -LiteralPath $file
        $requests = @(Get-EmulatorRequest -Emulator $emulator)
        [pscustomobject]@{
            Tool      = $tool
            Command   = $measured.Command
            Peak      = $measured.Peak
            Requests  = @($requests | Where-Object statusCode -EQ 200).Count
            Throttled = @($requests | Where-Object statusCode -EQ 429).Count
        }
        Stop-Emulator -Emulator $emulator
        $emulator = $null
    }
}
finally {
    if ($emulator) {
        Stop-Emulator -Emulator $emulator
    }
}

"$Projects projects with $Exports exports each, 30 ms a request, at most $RequestsPerMinute requests in a minute."
''
Format-Markdown -Row @(
    foreach ($result in $results) {
        [pscustomobject][ordered]@{
            tool         = $result.Tool -eq 'limited' ? 'Get-BatchExportProject | Get-BatchExport' : 'one after the other, no limit'
            'command, s' = Format-Number $result.Command
            requests     = $result.Requests
            throttled    = $result.Throttled
            'peak, MiB'  = Format-Number $result.Peak '0'
        }
    }
)
''
$isSame = $texts['limited'].Count -eq $Projects * $Exports -and
    [System.Linq.Enumerable]::SequenceEqual([string[]] $texts['limited'], [string[]] $texts['serial'])
$least = 60 * ([math]::Ceiling($results[1].Requests / $RequestsPerMinute) - 1)
$ratio = $results[1].Command / $least
"The limit alone takes $least s: $(Format-Number $ratio '0.00') x, at most $(Format-Number $maxRatio) x wanted: $($ratio -le $maxRatio ? 'met' : 'not met')."
"$($texts['limited'].Count) exports, the same as one after the other: $($isSame ? 'met' : 'not met')."
