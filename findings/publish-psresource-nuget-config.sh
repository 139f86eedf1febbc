#!/usr/bin/env bash
# PSResourceGet 1.2.0 (PowerShell 7.6.9): in a home without .config, Publish-PSResource writes a folder NuGet with a NuGet.Config into the directory
# that the process was started in, whatever the location of PowerShell and of the module is. With ~/.config it writes nothing there.
set -euo pipefail

version=7.6.9
work=$(mktemp -d)
trap 'cd / && rm -rf "$work"' EXIT
mkdir "$work/home" "$work/started-in" "$work/elsewhere"
cd "$work/started-in"
export HOME="$work/home" POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NO_COLOR=1
unset PSModulePath XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME

DOTNET_CLI_HOME="$work" dotnet tool install PowerShell --version "$version" --tool-path "$work/tool" >/dev/null

cat >"$work/try.ps1" <<'PS1'
param($Work, $Name)
Set-Location "$Work/elsewhere"
$folder = New-Item -ItemType Directory -Path "$Work/source/$Name"
$repository = New-Item -ItemType Directory -Path "$Work/repository-$Name"
New-ModuleManifest "$folder/$Name.psd1" -ModuleVersion 1.0.0 -Author Shop -Description $Name
Register-PSResourceRepository $Name -Uri $repository.FullName -Trusted
Publish-PSResource -Path $folder.FullName -Repository $Name
PS1

try() {
    rm -rf "$work/started-in/NuGet"
    "$work/tool/pwsh" -NoProfile -NonInteractive -File "$work/try.ps1" "$work" "$1"
    echo "$2: $(cd "$work/started-in" && find . -type f | sort | tr '\n' ' ')"
}

{
    rm -rf "$work/home/.config"
    try Orders 'without ~/.config, in the starting directory'
    mkdir -p "$work/home/.config"
    try Stock 'with ~/.config, in the starting directory'
} >"$work/seen" 2>&1

cat >"$work/expected" <<'EOT'
without ~/.config, in the starting directory: ./NuGet/NuGet.Config 
with ~/.config, in the starting directory: 
EOT

echo "PSResourceGet 1.2.0 of PowerShell $version: Publish-PSResource writes into the directory that the process was started in"
cat "$work/seen"
if ! diff "$work/expected" "$work/seen"; then
    echo 'CHANGED: this is no longer as described.'
    exit 1
fi
