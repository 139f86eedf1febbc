#!/usr/bin/env bash
# PowerShell 7.6.9: Get-Help does not find the about topics of the loaded version of a module once a higher version is installed next to it.
# A session that goes on while the module is updated loses its topics. They are found again where the higher version is loaded instead.
set -euo pipefail

version=7.6.9
work=$(mktemp -d)
trap 'cd / && rm -rf "$work"' EXIT
mkdir "$work/home"
cd "$work"
export POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NO_COLOR=1

dotnet tool install PowerShell --version "$version" --tool-path "$work/tool" >/dev/null

cat >"$work/try.ps1" <<'EOF'
function New-Version([string] $Version) {
    $folder = "$PSScriptRoot/modules/Orders/$Version"
    $null = New-Item -ItemType Directory -Path "$folder/en-US"
    Set-Content "$folder/Orders.psm1" "function Get-Order { '$Version' }"
    Set-Content "$folder/en-US/about_Orders.help.txt" "TOPIC`n    about_Orders`n`nSHORT DESCRIPTION`n    Orders $Version."
    New-ModuleManifest "$folder/Orders.psd1" -ModuleVersion $Version -RootModule Orders.psm1 -FunctionsToExport Get-Order
}

function Get-Topic {
    $topic = Get-Help about_Orders -ErrorAction SilentlyContinue -ErrorVariable failed | Out-String
    $failed ? $failed[0].FullyQualifiedErrorId : ($topic -match 'Orders \d[.\d]*\.' ? $Matches[0] : $topic)
}

$env:PSModulePath = "$PSScriptRoot/modules"
New-Version 1.0.0
"Loaded: $(Get-Order)"
"The only version: $(Get-Topic)"
New-Version 2.0.0
"With 2.0.0 next to it: $(Get-Topic)"
"Still loaded: $(Get-Order)"
Remove-Module Orders
Import-Module Orders
"With 2.0.0 loaded instead: $(Get-Topic)"
EOF

cat >"$work/expected" <<'EOF'
Loaded: 1.0.0
The only version: Orders 1.0.0.
With 2.0.0 next to it: HelpNotFound,Microsoft.PowerShell.Commands.GetHelpCommand
Still loaded: 1.0.0
With 2.0.0 loaded instead: Orders 2.0.0.
EOF

env -u PSModulePath -u XDG_DATA_HOME -u XDG_CONFIG_HOME -u XDG_CACHE_HOME HOME="$work/home" \
    "$work/tool/pwsh" -NoProfile -NonInteractive -File "$work/try.ps1" >"$work/seen" 2>&1

echo "PowerShell $version: an about topic of an older version that is loaded is not found"
cat "$work/seen"
if ! diff "$work/expected" "$work/seen"; then
    echo 'CHANGED: this is no longer as described.'
    exit 1
fi
