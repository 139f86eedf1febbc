#!/usr/bin/env bash
# PowerShell 7.6.9: every deserialized object claims to be IFormattable, since the bag of its properties is a PSObject. The format operator then
# drops the format and gives the text that was serialized, without an error: -is [IFormattable] does not tell live objects from others.
set -euo pipefail

version=7.6.9
work=$(mktemp -d)
trap 'cd / && rm -rf "$work"' EXIT
mkdir "$work/home"
cd "$work"
export POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NO_COLOR=1

dotnet tool install PowerShell --version "$version" --tool-path "$work/tool" >/dev/null

cat >"$work/try.ps1" <<'EOF'
Add-Type -TypeDefinition @'
public class Plain { public int Length { get; } = 3; public override string ToString() { return "plain"; } }
'@

$live = [Plain]::new()
$copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($live))
"Live is IFormattable: $($live -is [System.IFormattable])"
"Copy is $($copy.PSTypeNames[0])"
"Copy is IFormattable: $($copy -is [System.IFormattable])"
"Copy in a format of no type: $('{0:no such format}' -f $copy)"
"Copy is PSCustomObject: $($copy -is [System.Management.Automation.PSCustomObject])"
EOF

cat >"$work/expected" <<'EOF'
Live is IFormattable: False
Copy is Deserialized.Plain
Copy is IFormattable: True
Copy in a format of no type: plain
Copy is PSCustomObject: True
EOF

env -u PSModulePath -u XDG_DATA_HOME -u XDG_CONFIG_HOME -u XDG_CACHE_HOME HOME="$work/home" \
    "$work/tool/pwsh" -NoProfile -NonInteractive -File "$work/try.ps1" >"$work/seen" 2>&1

echo "PowerShell $version: a deserialized object is IFormattable, and ignores the format"
cat "$work/seen"
if ! diff "$work/expected" "$work/seen"; then
    echo 'CHANGED: this is no longer as described.'
    exit 1
fi
