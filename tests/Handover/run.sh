#!/usr/bin/env bash
# Hands files over to programs that .ci/run does not have: a Dask cluster of two workers, curl, aria2, and an array of eight Slurm jobs.
# Each reads every row of every file once. Needs Debian; as root it installs what is missing. Not part of .ci/run.
# The last line is the sum; the exit code is 0 only if nothing failed.
#   dotnet build && tests/Handover/run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly root=$PWD
readonly emulator=$root/src/PSBatchExports.Emulator/bin/Debug/net8.0/PSBatchExports.Emulator.dll
readonly python=/usr/bin/python3
readonly work=$(mktemp -d)
passed=0 failed=0 processes=()

cleanup() {
    local status=$?
    exec 9>&- 8<&- || true
    [[ ${#processes[@]} == 0 ]] || kill "${processes[@]}" 2>/dev/null || true
    wait || true
    rm -rf "$work"
    echo "$passed passed, $failed failed, 0 skipped"
    exit $((status != 0 || failed > 0))
}
trap cleanup EXIT

# The command of a case prints what it read; the rest of the arguments is that.
check() {
    local name=$1 expected=$2 actual
    shift 2
    actual=$("$@" 2>"$work/errors") || true
    if [[ $actual == "$expected" ]]; then
        passed=$((passed + 1))
        echo "passed $name: $actual"
    else
        failed=$((failed + 1))
        echo "failed $name: expected '$expected', got '$actual'"
        tail -n 5 "$work/errors"
    fi
}

start() {
    "$@" >>"$work/log" 2>&1 &
    processes+=($!)
}

free_port() { "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

packages=(aria2 curl python3-distributed slurmctld slurmd slurm-client munge)
dpkg --status "${packages[@]}" >/dev/null 2>&1 ||
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${packages[@]}"; } >/dev/null

mkfifo "$work/in" "$work/out"
dotnet "$emulator" --json --stop-on-stdin-end --port 0 --storage-port 0 --run-duration 0 --list-duration 0 \
    --events-per-hour 20000 --workers 3 <"$work/in" >"$work/out" &
exec 9>"$work/in" 8<"$work/out"
read -r line <&8
field() { sed -E "s/.*\"$1\": ?\"?([^\",}]+)\"?.*/\1/" <<<"$line"; }
export POSTHOG_HOST=$(field api) POSTHOG_PERSONAL_API_KEY=$(field key) POSTHOG_PROJECT_ID=$(field projectId)
export POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
mkdir "$work/modules" "$work/bin" "$work/texts"
ln -s "$root" "$work/modules/PSBatchExports"
export PSModulePath=$work/modules

# The samples call pwsh, which is a tool of this repository.
printf '#!/bin/sh\ncd %q && exec dotnet pwsh "$@"\n' "$root" >"$work/bin/pwsh"
chmod +x "$work/bin/pwsh"
export PATH=$work/bin:$PATH
read -r run files rows < <(pwsh -NoProfile -File "$root/tests/Handover/Write-Text.ps1" -Folder "$work/texts")

# Dask: a scheduler and two workers, which share the files.
port=$(free_port)
export DASK_SCHEDULER_ADDRESS=tcp://127.0.0.1:$port
start "$python" -m distributed.cli.dask_scheduler --host 127.0.0.1 --port "$port" --no-dashboard
for worker in 1 2; do
    start "$python" -m distributed.cli.dask_worker "$DASK_SCHEDULER_ADDRESS" --host 127.0.0.1 --nthreads 1 --no-dashboard --name "$worker"
done
workers() {
    "$python" -c 'from distributed import Client
with Client() as client:
    client.wait_for_workers(2, timeout=60)
    print(len(client.scheduler_info()["workers"]), "workers")'
}
check "Dask" "2 workers" workers
for text in "$work"/texts/*.py; do
    check "Dask $(basename "$text")" "$((2 * rows)) rows" timeout 300 "$python" "$text"
done

# A lost file is an error, not a smaller number.
lost=$(ls "$work/texts/lake [plain]"/*/* | head -n 1)
: >"$lost"
refuses() { timeout 300 "$python" "$work/texts/plain-saved.py" || echo "exit code $?"; }
check "Dask with a file that lost its rows" "exit code 1" bash -c "$(declare -f refuses); python=$python work=$work; refuses | tail -n 1"

# Downloads: all files, each as it was saved.
sums() { (cd "$1" && find . -name '*.jsonl*' -exec sha256sum {} + | sed 's/ .*//' | sort); }
downloads() {
    mkdir "$work/$1"
    (cd "$work/$1" && "${@:2}" >&2) && sums "$work/$1" | sha256sum
}
check "curl" "$(find "$work/texts/lake [gzip]" -name '*.gz' -exec sha256sum {} + | sed 's/ .*//' | sort | sha256sum)" \
    downloads curl curl --silent --show-error --config "$work/texts/gzip.curl"
check "aria2" "$(find "$work/texts/lake [br]" -name '*.br' -exec sha256sum {} + | sed 's/ .*//' | sort | sha256sum)" \
    downloads aria2 aria2c --quiet --input-file "$work/texts/br.aria2"
fetch_list() { grep -v '^#' "$1" | xargs -n 1 curl --silent --show-error --fail --globoff | wc -l; }
check "a list of URLs" "$((2 * rows))" fetch_list "$work/texts/plain.urls"

# Slurm: a controller and one node on this machine, and the sample's array of eight jobs.
export SHARDS_FOLDER=$root/samples/Shards SLURM_CONF=$work/slurm/slurm.conf
mkdir -p "$work/slurm/state" "$work/slurm/spool" "$work/munge" "$work/shards"
chmod 700 "$work" "$work/munge"
head -c 1024 /dev/urandom >"$work/munge/key"
chmod 600 "$work/munge/key"
start munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge/socket" --pid-file="$work/munge/pid" \
    --log-file="$work/munge/log" --seed-file="$work/munge/seed"
cat >"$SLURM_CONF" <<END
ClusterName=local
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
StateSaveLocation=$work/slurm/state
SlurmdSpoolDir=$work/slurm/spool
SlurmctldPidFile=$work/slurm/slurmctld.pid
SlurmdPidFile=$work/slurm/slurmd.pid
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
NodeName=node NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$(nproc)
PartitionName=main Nodes=node Default=YES State=UP
END
for attempt in $(seq 50); do
    [[ ! -S $work/munge/socket ]] || break
    sleep 0.2
done
start slurmctld -D
start slurmd -D -N node
for attempt in $(seq 60); do
    [[ $(sinfo --noheader --format=%t 2>/dev/null) != idle* ]] || break
    sleep 0.5
done
array() {
    local data=$work/shards/data
    cd "$work/shards"
    timeout 500 sbatch --wait "$SHARDS_FOLDER/slurm.sh" "$run" "$data" >&2 || return
    echo "$(cat ./*.log | grep -c 'is complete') jobs, $(ls "$data" | wc -l) files, $(cat "$data"/* | sort -u | wc -l) rows"
}
check "Slurm" "8 jobs, $files files, $rows rows" array
