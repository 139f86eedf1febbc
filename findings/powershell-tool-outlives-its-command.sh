#!/usr/bin/env bash
# PowerShell 7.6.9 as a .NET tool: ending the process that `pwsh` started does not end the script. The command of the tool is a small program that
# starts the engine as its child and waits for it; SIGTERM and SIGKILL reach the small program only. $PSHOME/pwsh in the same package is the engine
# itself, in one process.
set -euo pipefail

version=7.6.9
work=$(mktemp -d)
trap 'cd / && rm -rf "$work"' EXIT
mkdir "$work/home"
cd "$work"
export HOME="$work/home" POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NO_COLOR=1

dotnet tool install PowerShell --version "$version" --tool-path "$work/tool" >/dev/null
engine=$("$work/tool/pwsh" -NoProfile -NonInteractive -Command '$PSHOME')/pwsh

# Says that it is there, goes on for at most twenty seconds, and says whether it came to that.
cat >"$work/script.ps1" <<'PS1'
param($Name)
Set-Content "$PSScriptRoot/$Name.started" $PID
foreach ($i in 1..200) {
    if (Test-Path "$PSScriptRoot/$Name.finish") {
        Set-Content "$PSScriptRoot/$Name.survived" yes
        exit
    }
    Start-Sleep -Milliseconds 100
}
PS1

wait_for() { for _ in $(seq 1 200); do [[ ! -e $1 ]] || return 0; sleep 0.1; done; return 1; }

# Ends the process that was started, lets the script finish if it still runs, and tells.
try() {
    local name=$1 program=$2 signal=$3
    "$program" -NoProfile -NonInteractive -File "$work/script.ps1" "$name" >/dev/null 2>&1 &
    local process=$!
    wait_for "$work/$name.started"
    kill -s "$signal" "$process"
    wait "$process" 2>/dev/null || true
    touch "$work/$name.finish"
    if wait_for "$work/$name.survived" && [[ $(<"$work/$name.survived") == yes ]]; then
        echo "$4, $signal: the script ran on"
    else
        echo "$4, $signal: the script ended"
    fi
}

{
    try tool-term "$work/tool/pwsh" TERM 'the command of the tool'
    try tool-kill "$work/tool/pwsh" KILL 'the command of the tool'
    try engine-kill "$engine" KILL '$PSHOME/pwsh'
} >"$work/seen"

cat >"$work/expected" <<'EOT'
the command of the tool, TERM: the script ran on
the command of the tool, KILL: the script ran on
$PSHOME/pwsh, KILL: the script ended
EOT

echo "PowerShell $version as a .NET tool: a script outlives the command that started it"
cat "$work/seen"
if ! diff "$work/expected" "$work/seen"; then
    echo 'CHANGED: this is no longer as described.'
    exit 1
fi
