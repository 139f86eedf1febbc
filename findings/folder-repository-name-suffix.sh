#!/usr/bin/env bash
# PSResourceGet 1.2.0 (PowerShell 7.6.9): in a repository that is a folder, a package whose name is the end of another package's name is not
# found by its name: with ShopOrders next to Orders, `Find-PSResource Orders` ends with an error about a length, and so do Install- and
# Update-PSResource. With -Version they work, so install lines name it.
set -euo pipefail

version=7.6.9
work=$(mktemp -d)
trap 'cd / && rm -rf "$work"' EXIT
mkdir "$work/home"
cd "$work"
export POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NO_COLOR=1

dotnet tool install PowerShell --version "$version" --tool-path "$work/tool" >/dev/null

cat >"$work/try.ps1" <<'EOF'
function Publish-Module([string] $Name) {
    $folder = (New-Item -ItemType Directory -Path "$PSScriptRoot/source/$Name").FullName
    Set-Content "$folder/$Name.psm1" "function Get-$Name { '$Name' }"
    New-ModuleManifest "$folder/$Name.psd1" -ModuleVersion 1.0.0 -RootModule "$Name.psm1" -FunctionsToExport "Get-$Name" -Author Shop -Description $Name
    Publish-PSResource -Path $folder -Repository Shop
}

function Find-Orders([string] $Version) {
    $with = $Version ? @{ Version = $Version } : @{}
    try {
        $found = Find-PSResource Orders -Repository Shop @with
        "$($found.Name) $($found.Version)"
    }
    catch {
        $_.Exception.Message -replace '\s+', ' '
    }
}

"PSResourceGet $((Get-Command Find-PSResource).Version)"
$repository = New-Item -ItemType Directory -Path "$PSScriptRoot/repository"
Register-PSResourceRepository Shop -Uri $repository.FullName -Trusted
Publish-Module Orders
"Alone: $(Find-Orders)"
Publish-Module ShopOrders
"Next to ShopOrders: $(Find-Orders)"
"With its version: $(Find-Orders 1.0.0)"
Install-PSResource Orders -Version 1.0.0 -Repository Shop
"Installed with its version: $(Get-Orders)"
EOF

cat >"$work/expected" <<'EOF'
PSResourceGet 1.2.0
Alone: Orders 1.0.0
Next to ShopOrders: length ('-1') must be a non-negative value. (Parameter 'length') Actual value was -1.
With its version: Orders 1.0.0
Installed with its version: Orders
EOF

env -u PSModulePath -u XDG_DATA_HOME -u XDG_CONFIG_HOME -u XDG_CACHE_HOME HOME="$work/home" \
    "$work/tool/pwsh" -NoProfile -NonInteractive -File "$work/try.ps1" >"$work/seen" 2>&1

echo "PowerShell $version: a folder as repository does not find a name that another package's name ends in"
cat "$work/seen"
if ! diff "$work/expected" "$work/seen"; then
    echo 'CHANGED: this is no longer as described.'
    exit 1
fi
