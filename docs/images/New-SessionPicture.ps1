#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Makes session.svg, the picture in README.md: types some lines at a real prompt in a terminal (tmux), against a fresh emulator, and draws what the terminal then shows.
.DESCRIPTION
    Needs tmux, and a build. The picture differs a little each time, as ids, ages and durations do.
.EXAMPLE
    ./docs/images/New-SessionPicture.ps1
#>
#Requires -Version 7.4
[CmdletBinding()]
param()

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$root = Resolve-Path -LiteralPath (Join-Path $PSScriptRoot '../..')
Import-Module (Join-Path $root 'tests/Pester/Support/Support.psm1')

$columns, $rows = 108, 40
$lines = @(
    'Get-BatchExport'
    'Get-BatchExport | Where-Object Status -eq Failing | Get-BatchExportLog -Level ERROR -First 2'
    'Get-BatchExport nightly | Suspend-BatchExport -WhatIf'
    'Start-BatchExportRun events -DataIntervalStart 2026-11-28 -DataIntervalEnd 2026-11-29 -Compression zstd | Wait-BatchExportRun | Save-BatchExportFile ./data -Verify'
    'Get-BatchExport nigthly'
)

function Invoke-Tmux([string[]] $Arguments) {
    $output = tmux -L $session @Arguments
    if ($LASTEXITCODE -ne 0) {
        throw "'tmux $($Arguments -join ' ')' ended with exit code $LASTEXITCODE."
    }
    $output
}

# The prompt stands there as often as a line was typed, and once more.
function Wait-Prompt([int] $Count) {
    foreach ($attempt in 1..600) {
        Start-Sleep -Milliseconds 200
        $screen = @(Invoke-Tmux capture-pane, '-p', '-t', $session | Where-Object { $_ -ne '' })
        if (@($screen -match '^PS>').Count -eq $Count -and $screen[-1] -match '^PS>\s*$') {
            return
        }
    }
    throw "The prompt did not come back:`n$($screen -join "`n")"
}

function ConvertTo-Color([string] $Code) {
    $names = '#8b949e', '#ff6b6b', '#7ee787', '#f2cc60', '#79b8ff', '#d2a8ff', '#76e3ea', '#d8dee9'
    switch -Regex ($Code) {
        '^3([0-7])$' { return $names[[int] $Matches[1]] }
        '^9([0-7])$' { return $names[[int] $Matches[1]] }
        '^38;5;(\d+)$' { $index = [int] $Matches[1]; return $index -lt 16 ? $names[$index % 8] : '#8b949e' }
        '^38;2;(\d+);(\d+);(\d+)$' { return '#{0:x2}{1:x2}{2:x2}' -f [int] $Matches[1], [int] $Matches[2], [int] $Matches[3] }
    }
}

# One line of the terminal, with its escapes, as runs of text of the same look.
function Split-Look([string] $Line) {
    $color, $bold, $column = $null, $false, 0
    foreach ($piece in [regex]::Matches($Line, '\e\[([0-9;]*)m|([^\e]+)')) {
        if ($piece.Groups[2].Success) {
            @{ Text = $piece.Groups[2].Value; Column = $column; Color = $color; Bold = $bold }
            $column += $piece.Groups[2].Length
            continue
        }
        foreach ($code in [regex]::Matches($piece.Groups[1].Value, '38;5;\d+|38;2;\d+;\d+;\d+|\d+|^$').Value) {
            switch -Regex ($code) {
                '^0?$' { $color, $bold = $null, $false }
                '^1$' { $bold = $true }
                '^22$' { $bold = $false }
                '^39$' { $color = $null }
                default { $color = (ConvertTo-Color $code) ?? $color }
            }
        }
    }
}

$session = "psbatchexports-$PID"
$work = New-Item -ItemType Directory -Path (Join-Path ([System.IO.Path]::GetTempPath()) $session)
$emulator = Start-Emulator -Arguments '--run-duration', '1', '--events-per-hour', '20000'
try {
    Set-Content -LiteralPath (Join-Path $work 'profile.ps1') -Value @"
`$env:POSTHOG_HOST, `$env:POSTHOG_PERSONAL_API_KEY, `$env:POSTHOG_PROJECT_ID = '$($emulator.Api)', '$($emulator.Key)', '$($emulator.ProjectId)'
Import-Module '$(Get-ModuleUnderTest)'
Set-PSReadLineOption -PredictionSource None -HistorySaveStyle SaveNothing
Set-Location '$work'
function prompt { 'PS> ' }
"@
    $null = Invoke-Tmux new-session, '-d', '-s', $session, '-x', $columns, '-y', $rows, "pwsh -NoLogo -NoProfile -NoExit -File '$work/profile.ps1'"
    try {
        Wait-Prompt 1
        foreach ($number in 1..$lines.Count) {
            $null = Invoke-Tmux send-keys, '-t', $session, '-l', $lines[$number - 1]
            $null = Invoke-Tmux send-keys, '-t', $session, 'Enter'
            Wait-Prompt ($number + 1)
        }
        $screen = @(Invoke-Tmux capture-pane, '-e', '-p', '-t', $session)
    }
    finally {
        $null = Invoke-Tmux kill-session, '-t', $session
    }
}
finally {
    Stop-Emulator $emulator
    Remove-Item -LiteralPath $work -Recurse -Force
}

while (($screen[-1] -replace '\e\[[0-9;]*m').Trim() -in '', 'PS>') {
    $screen = $screen[0..($screen.Count - 2)]
}
$width, $height, $margin = 8.4, 19, 16
$drawn = foreach ($row in 0..($screen.Count - 1)) {
    foreach ($run in Split-Look $screen[$row]) {
        $trimmed = $run.Text.TrimEnd()
        if ($trimmed) {
            $look = ($run.Color ? ' fill="{0}"' -f $run.Color : '') + ($run.Bold ? ' font-weight="bold"' : '')
            '  <text x="{0:0.#}" y="{1}" textLength="{2:0.#}"{3}>{4}</text>' -f ($margin + $run.Column * $width), (44 + $row * $height), ($trimmed.Length * $width), $look, [System.Security.SecurityElement]::Escape($trimmed)
        }
    }
}
$size = [math]::Ceiling($columns * $width + 2 * $margin), (52 + $screen.Count * $height)
Set-Content -LiteralPath (Join-Path $PSScriptRoot 'session.svg') -Value @"
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $($size[0]) $($size[1])" width="$($size[0])" height="$($size[1])" font-family="ui-monospace, 'Cascadia Mono', Menlo, 'DejaVu Sans Mono', monospace" font-size="14" fill="#d8dee9" xml:space="preserve">
  <rect width="100%" height="100%" rx="8" fill="#161b22"/>
  <circle cx="20" cy="16" r="5" fill="#ff6b6b"/><circle cx="38" cy="16" r="5" fill="#f2cc60"/><circle cx="56" cy="16" r="5" fill="#7ee787"/>
$($drawn -join "`n")
</svg>
"@
