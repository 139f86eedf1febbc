#!/usr/bin/env bash
# Saves two files with the real cmdlets to file systems that keep no times, or in steps, or that take sequential writes only, and saves them
# again: the second command knows them. Each mount is tried with entity tags that prove the bytes, and with tags that say nothing about them.
# Needs root on Linux with /dev/fuse and loop devices, bindfs, exfatprogs and exfat-fuse, rclone, strace.
# Not part of .ci/run. The last line is the sum; the exit code is 0 only if nothing failed.
#   dotnet build && tests/Disks/mounts.sh [a pattern of the mounts to try: bindfs, times, names, exFAT, rclone]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ ${INSIDE:-} != yes ]]; then
    INSIDE=yes exec unshare --mount --propagation private "$0" "$@"
fi
readonly only=${1:-.}

readonly emulator=$PWD/src/PSBatchExports.Emulator/bin/Debug/net8.0/PSBatchExports.Emulator.dll
readonly work=$(mktemp -d)
passed=0 failed=0 skipped=0
loop=
export POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off

cleanup() {
    local status=$?
    exec 7>&- 9>&- || true
    umount --lazy "$work"/*/ 2>/dev/null || true
    [[ -z $loop ]] || losetup --detach "$loop" 2>/dev/null || true
    wait
    rm -rf "$work"
    echo "$passed passed, $failed failed, $skipped skipped"
    exit $((status != 0 || failed > 0))
}
trap cleanup EXIT

check() {
    local label=$1
    shift
    if "$@"; then
        passed=$((passed + 1)) && echo "ok      $label"
    else
        failed=$((failed + 1)) && echo "FAILED  $label"
    fi
}

skip() {
    skipped=$((skipped + 1))
    echo "skipped $1: $2"
}

wanted() { [[ $1 =~ $only ]]; }
has() { for tool in "$@"; do command -v "$tool" >/dev/null || return 1; done; }

# Two emulators, each with two runs whose files have times a second apart.
begin() { # $1 name, the rest are options; leaves $1.api, $1.key, $1.project and $1.runs
    local name=$1 line api key project
    shift
    mkfifo "$work/$name.in" "$work/$name.out"
    dotnet "$emulator" --json --stop-on-stdin-end --port 0 --storage-port 0 --run-duration 0 --events-per-hour 10000 "$@" <"$work/$name.in" >"$work/$name.out" &
    if [[ $name == proven ]]; then exec 9>"$work/$name.in"; else exec 7>"$work/$name.in"; fi
    read -r line <"$work/$name.out"
    field() { sed -E "s/.*\"$1\": ?\"?([^\",}]+)\"?.*/\1/" <<<"$line"; }
    api=$(field api) key=$(field key) project=$(field projectId)
    api=${api%/}
    echo "$api" >"$work/$name.api" && echo "$key" >"$work/$name.key" && echo "$project" >"$work/$name.project"
    for _ in 1 2; do
        curl --silent --fail --write-out '\n' --header "Authorization: Bearer $key" --json \
            '{"model":"events","file":{"format":"JSONLines"},"data_interval_start":"2026-11-01T00:00:00Z","data_interval_end":"2026-11-01T01:00:00Z"}' \
            "$api/api/projects/$project/file_download_batch_exports/" | sed -E 's/.*"id": ?"([^"]+)".*/\1/' >>"$work/$name.runs"
        sleep 1
    done
}
begin proven
begin opaque --kms-encryption

save() { # $1 emulator, $2 folder, the rest are arguments of the script or, before --, a command to run it with
    local name=$1 folder=$2 with=()
    shift 2
    while [[ $# -gt 0 && $1 != -- ]]; do with+=("$1") && shift; done
    shift || true
    POSTHOG_PERSONAL_API_KEY=$(<"$work/$name.key") POSTHOG_HOST=$(<"$work/$name.api") POSTHOG_PROJECT_ID=$(<"$work/$name.project") timeout 300 \
        "${with[@]}" dotnet pwsh -NoProfile -NonInteractive -Command "& ./tests/Disks/Save-Run.ps1 -Folder '$folder' -RunId (Get-Content '$work/$name.runs') $*" >"$work/said"
}

for name in proven opaque; do
    mkdir "$work/$name"
    save "$name" "$work/$name"
    (cd "$work/$name" && sha256sum ./*/*) >"$work/$name.sums"
done

is_right() { (cd "$2" && sha256sum --quiet --check "$work/$1.sums") && [[ $(find "$2" -type f | wc -l) -eq 2 ]] || { find "$2"; return 1; }; }
says() { # a pattern, and how many lines fit it
    [[ $(grep -cE "$1" "$work/said") -eq $2 ]] || { sed 's/^/        said: /' "$work/said"; return 1; }
}
is_empty() { [[ -z $(find "$1" -type f) ]] || { find "$1" -type f; return 1; }; }

# Saves to a mounted folder, and again.
try() { # $1 label, $2 folder, the rest as for save
    local label=$1 folder=$2 name
    shift 2
    for name in proven opaque; do
        mkdir -p "$folder/$name"
        save "$name" "$folder/$name" "$@"
        check "$label, $name: saved" says '^saved' 2
        check "$label, $name: the right bytes and nothing else" is_right "$name" "$folder/$name"
        save "$name" "$folder/$name" "$@"
        check "$label, $name: known again" says '^present' 2
    done
}

if ! wanted bindfs; then :; elif has bindfs; then
    mkdir "$work/behind" "$work/bind"
    for options in '' '--chmod-deny --chown-deny' --rename-deny; do
        bindfs $options "$work/behind" "$work/bind"
        try "bindfs ${options:-as it is}" "$work/bind"
        umount "$work/bind" && rm -rf "${work:?}/behind"/*
    done
else
    skip bindfs 'it is not installed'
fi

if ! wanted times; then :; elif has strace; then
    for error in EPERM EOPNOTSUPP; do
        mkdir -p "$work/times-$error/proven"
        save proven "$work/times-$error/proven" strace --follow-forks --quiet=all --output=/dev/null --seccomp-bpf --trace=utimensat --inject="utimensat:error=$error" --
        check "times cannot be set ($error): saved" says '^saved' 2
        check "times cannot be set ($error): the right bytes and nothing else" is_right proven "$work/times-$error/proven"
        save proven "$work/times-$error/proven"
        check "times cannot be set ($error): known again by the tag" says '^present' 2
    done
else
    skip 'times that cannot be set' 'strace is not installed'
fi

if ! wanted names; then :; elif has strace; then
    mkdir -p "$work/names/proven"
    save proven "$work/names/proven" strace --follow-forks --quiet=all --output=/dev/null --seccomp-bpf --trace=link,linkat,rename,renameat,renameat2 --inject=link,linkat,rename,renameat,renameat2:error=EPERM --
    check 'files cannot be renamed: an error that says so' says '^failed MountLimited: .*does not rename' 2
    check 'files cannot be renamed: nothing under the name' test -z "$(find "$work/names" -name '*.jsonl')"
else
    skip 'files that cannot be renamed' 'strace is not installed'
fi

if ! wanted exFAT; then :; elif has mkfs.exfat mount.exfat-fuse; then
    mkdir "$work/exfat"
    truncate --size 64M "$work/exfat.image"
    mkfs.exfat "$work/exfat.image" >/dev/null
    loop=$(losetup --find --show "$work/exfat.image")
    mount.exfat-fuse "$loop" "$work/exfat" >/dev/null 2>&1
    try exFAT "$work/exfat"
    umount "$work/exfat"
    mount.exfat-fuse "$loop" "$work/exfat" >/dev/null 2>&1
    save opaque "$work/exfat/opaque"
    check 'exFAT, mounted again: known again' says '^present' 2
    umount "$work/exfat"
else
    skip exFAT 'exfatprogs and exfat-fuse are not installed'
fi

if ! wanted rclone; then :; elif has rclone; then
    mkdir "$work/bucket" "$work/cloud"
    for options in '' '--vfs-cache-mode minimal' '--vfs-cache-mode writes'; do
        rclone mount ":local:$work/bucket" "$work/cloud" $options --cache-dir "$work/cache" --log-file "$work/rclone.log" &
        until mountpoint --quiet "$work/cloud"; do sleep 0.1; done
        try "rclone mount ${options:-without a cache}" "$work/cloud"
        if [[ -z $options ]]; then
            mkdir "$work/cloud/again"
            save proven "$work/cloud/again"
            check 'rclone mount without a cache: warns that files are written sequentially' says '^warning .*only be written sequentially' 2
            rm -rf "$work/cloud/again"/*
            save proven "$work/cloud/again" -- -Verify
            check 'rclone mount without a cache: verified' says '^saved Bytes' 2
        fi
        umount "$work/cloud"
        wait $!
        rm -rf "${work:?}/bucket"/*
    done
else
    skip 'rclone mount' 'rclone is not installed'
fi
