#!/usr/bin/env bash
# PowerShell 7.6.9 as a .NET tool: none of its assemblies holds native code (ReadyToRun), so thousands of methods are compiled at each start,
# before the first command. A benchmark of start-up times with the tool measures mostly that.
set -euo pipefail

version=7.6.9
work=$(mktemp -d)
trap 'cd / && rm -rf "$work"' EXIT
mkdir "$work/home"
cd "$work"
export POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NO_COLOR=1

dotnet tool install PowerShell --version "$version" --tool-path "$work/tool" >/dev/null

cat >"$work/try.ps1" <<'EOS'
$compiled = [System.Runtime.JitInfo]::GetCompiledMethodCount()

function Test-Precompiled([string] $Path) {
    $reader = [System.Reflection.PortableExecutable.PEReader]::new([System.IO.File]::OpenRead($Path))
    try {
        $reader.PEHeaders.CorHeader.ManagedNativeHeaderDirectory.Size -gt 0
    }
    finally {
        $reader.Dispose()
    }
}

foreach ($name in 'pwsh', 'System.Management.Automation', 'Microsoft.PowerShell.ConsoleHost', 'Microsoft.PowerShell.Commands.Utility') {
    "$name is precompiled: $(Test-Precompiled "$PSHOME/$name.dll")"
}
"The runtime's System.Private.CoreLib is precompiled: $(Test-Precompiled ([object].Assembly.Location))"
"More than 3000 methods compiled before the first command: $($compiled -gt 3000)"
[System.Console]::Error.WriteLine("$compiled methods")
EOS

cat >"$work/expected" <<'EOS'
pwsh is precompiled: False
System.Management.Automation is precompiled: False
Microsoft.PowerShell.ConsoleHost is precompiled: False
Microsoft.PowerShell.Commands.Utility is precompiled: False
The runtime's System.Private.CoreLib is precompiled: True
More than 3000 methods compiled before the first command: True
EOS

env -u PSModulePath -u XDG_DATA_HOME -u XDG_CONFIG_HOME -u XDG_CACHE_HOME HOME="$work/home" \
    "$work/tool/pwsh" -NoProfile -NonInteractive -File "$work/try.ps1" >"$work/seen" 2>"$work/count"

echo "PowerShell $version: the .NET tool is compiled at each start"
cat "$work/seen" "$work/count"
if ! diff "$work/expected" "$work/seen"; then
    echo 'CHANGED: this is no longer as described.'
    exit 1
fi
