#!/usr/bin/env bash
# Saves a file to real disks that fail, in mount namespaces of their own: a thin volume that fills, a full exFAT, one that freezes, a slow and a
# failing flush, a limit on file sizes. Needs root on Linux with loop devices, strace, e2fsprogs, and for exFAT exfatprogs and exfat-fuse.
# Not part of .ci/run. The last line is the sum; the exit code is 0 only if nothing failed.
#   dotnet build && tests/Disks/run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ ${1:-} != inside ]]; then
    exec unshare --mount --propagation private "$0" inside
fi

readonly saver=$PWD/tests/PSBatchExports.Saver/bin/Debug/net8.0/PSBatchExports.Saver.dll
readonly emulator=$PWD/src/PSBatchExports.Emulator/bin/Debug/net8.0/PSBatchExports.Emulator.dll
readonly work=$(mktemp -d)
passed=0 failed=0 skipped=0
loops=()

cleanup() {
    local status=$?
    [[ ! -d $work/frozen ]] || fsfreeze --unfreeze "$work/frozen" 2>/dev/null || true
    exec 9>&- 8<&- || true
    for loop in "${loops[@]}"; do
        umount --lazy "/dev/$loop" 2>/dev/null || true
        losetup --detach "/dev/$loop" 2>/dev/null || true
    done
    umount --lazy "$work"/*/ 2>/dev/null || true
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

# An emulator with a run of one file of about 20 MB.
mkfifo "$work/in" "$work/out"
dotnet "$emulator" --json --stop-on-stdin-end --port 0 --storage-port 0 --run-duration 0 --events-per-hour 40000 <"$work/in" >"$work/out" &
exec 9>"$work/in" 8<"$work/out"
read -r line <&8
field() { sed -E "s/.*\"$1\": ?\"?([^\",}]+)\"?.*/\1/" <<<"$line"; }
api=$(field api) key=$(field key) project=$(field projectId)
api=${api%/}
run=$(curl --silent --fail --header "Authorization: Bearer $key" --json \
    '{"model":"events","file":{"format":"JSONLines"},"data_interval_start":"2026-11-01T00:00:00Z","data_interval_end":"2026-11-01T01:00:00Z"}' \
    "$api/api/projects/$project/file_download_batch_exports/" | sed -E 's/.*"id": ?"([^"]+)".*/\1/')
sleep 2

save() { dotnet "$saver" "$api" "$key" "$project" "$run" "$1" 4; }

mkdir "$work/plain"
save "$work/plain" >/dev/null
reference=$(sha256sum "$work"/plain/*.jsonl | cut -d' ' -f1)
size=$(stat --format %s "$work"/plain/*.jsonl)
name=$(basename "$work"/plain/*.jsonl)
echo "A file of $size bytes."

is_right() { [[ -f $1/$name && $(sha256sum "$1/$name" | cut -d' ' -f1) == "$reference" ]]; }
is_absent() { [[ ! -e $1/$name ]]; }
says() { [[ $(<"$work/said") == $1 ]] || { echo "        said: $(<"$work/said")"; return 1; }; }
is_empty() { [[ -z $(ls -A "$1") ]] || { ls -lA "$1"; return 1; }; }

attach() { # an image, as a loop device that cleanup detaches; sets $loop
    loop=$(basename "$(losetup --find --show "$1")")
    loops+=("$loop")
}

# A thin volume: the file system believes in 64 MiB, of which the disk behind it has 10.
mkdir "$work/backing" "$work/thin"
mount -t tmpfs -o size=10m none "$work/backing"
truncate --size 64M "$work/backing/image"
mkfs.ext4 -q -O ^has_journal "$work/backing/image"
attach "$work/backing/image"
mount "/dev/$loop" "$work/thin" && rmdir "$work/thin/lost+found"
save "$work/thin" >"$work/said"
check 'thin volume: an error' says 'failed *'
check 'thin volume: nothing under the name' is_absent "$work/thin"
umount "$work/thin"
mount -o remount,size=80m "$work/backing"
e2fsck -fy "/dev/$loop" >/dev/null 2>&1 || true
mount "/dev/$loop" "$work/thin"
save "$work/thin" >"$work/said"
check 'thin volume, enlarged: saved' says saved
sync && echo 3 >/proc/sys/vm/drop_caches
check 'thin volume, enlarged: the right bytes, read from the disk' is_right "$work/thin"

# A small ext4: known to be full before the first byte.
mkdir "$work/full"
truncate --size 8M "$work/full.image"
mkfs.ext4 -q "$work/full.image"
attach "$work/full.image"
mount "/dev/$loop" "$work/full" && rmdir "$work/full/lost+found"
save "$work/full" >"$work/said"
check 'full ext4: DiskFull' says 'failed DiskFull*'
check 'full ext4: nothing is left' is_empty "$work/full"

if command -v mkfs.exfat >/dev/null && command -v mount.exfat-fuse >/dev/null; then
    mkdir "$work/exfat"
    truncate --size 8M "$work/exfat.image"
    mkfs.exfat "$work/exfat.image" >/dev/null
    attach "$work/exfat.image"
    mount.exfat-fuse "/dev/$loop" "$work/exfat" >/dev/null 2>&1
    save "$work/exfat" >"$work/said"
    check 'full exFAT: DiskFull' says 'failed DiskFull*'
    check 'full exFAT: nothing is left' is_empty "$work/exfat"
    umount "$work/exfat"

    truncate --size 64M "$work/exfat2.image"
    mkfs.exfat "$work/exfat2.image" >/dev/null
    attach "$work/exfat2.image"
    mount.exfat-fuse "/dev/$loop" "$work/exfat" >/dev/null 2>&1
    save "$work/exfat" >"$work/said"
    check 'exFAT: saved' says saved
    check 'exFAT: the right bytes' is_right "$work/exfat"
    save "$work/exfat" >"$work/said"
    check 'exFAT: recognized' says present
    umount "$work/exfat"
else
    skip exFAT 'exfatprogs and exfat-fuse are not installed'
fi

# Files of at most 1 MiB, as on a file system with a limit.
mkdir "$work/limited"
(trap '' XFSZ && ulimit -f 1024 && DOTNET_EnableWriteXorExecute=0 save "$work/limited") >"$work/said"
check 'file too large: an error that says so' says 'failed Other*too large for the file system*'
check 'file too large: nothing is left' is_empty "$work/limited"

# A flush that fails, and one that takes ten seconds: the answers of the system call itself are replaced.
with_flush() { strace --follow-forks --quiet=all --output=/dev/null --seccomp-bpf --trace=fsync --inject="fsync:$1" -- "${@:2}"; }
for error in EIO:Other ENOSPC:DiskFull EDQUOT:DiskFull; do
    mkdir "$work/flush-$error"
    with_flush "error=${error%:*}" dotnet "$saver" "$api" "$key" "$project" "$run" "$work/flush-$error" 4 >"$work/said"
    check "flush fails with ${error%:*}: an error" says "failed ${error#*:}*"
    check "flush fails with ${error%:*}: nothing under the name" is_absent "$work/flush-$error"
done
for error in EINVAL EOPNOTSUPP; do
    mkdir "$work/flush-$error"
    with_flush "error=$error" dotnet "$saver" "$api" "$key" "$project" "$run" "$work/flush-$error" 4 >"$work/said"
    check "flush is not supported ($error): saved" says saved
done

# Stopping, in the real engine.
stop() { # $1 folder; prints the milliseconds from stop to prompt
    POSTHOG_PERSONAL_API_KEY=$key POSTHOG_HOST=$api POSTHOG_PROJECT_ID=$project "${@:2}" timeout 60 \
        dotnet pwsh -NoProfile -NonInteractive -File tests/Disks/Measure-Stop.ps1 -Folder "$1" -RunId "$run" -Ready "$work/ready" || true
}
is_quick() { echo "        ${1:-no answer} ms" && [[ -n ${1:-} && $1 -lt 1000 ]]; }

with_slow_flush() { with_flush delay_enter=10000000 "$@"; }
mkdir "$work/slow"
check 'slow flush: stops within a second' is_quick "$(stop "$work/slow" with_slow_flush)"

mkdir "$work/frozen"
truncate --size 64M "$work/frozen.image"
mkfs.ext4 -q "$work/frozen.image"
attach "$work/frozen.image"
mount "/dev/$loop" "$work/frozen"
rm -f "$work/ready"
(
    while [[ ! -e $work/ready ]]; do sleep 0.05; done
    fsfreeze --freeze "$work/frozen"
    touch "$work/frozen-now"
    sleep 8
    fsfreeze --unfreeze "$work/frozen"
) &
took=$(FROZEN=$work/frozen-now stop "$work/frozen")
check 'frozen file system: stops within a second' is_quick "$took"
wait $!
save "$work/frozen" >"$work/said"
check 'frozen file system, thawed: the right bytes' is_right "$work/frozen"
