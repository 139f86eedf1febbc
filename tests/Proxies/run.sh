#!/usr/bin/env bash
# Saves a file through a real proxy that hides, changes or caps what the storage says: nginx in front of the emulator's API and storage.
# Each case ends with the right bytes, or with an error and no file. Needs Linux with nginx, curl and python3. Not part of .ci/run.
# The last line is the sum; the exit code is 0 only if nothing failed.
#   dotnet build && tests/Proxies/run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

for tool in nginx curl python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing." >&2; exit 2; }
done

readonly saver=$PWD/tests/PSBatchExports.Saver/bin/Debug/net8.0/PSBatchExports.Saver.dll
readonly emulator=$PWD/src/PSBatchExports.Emulator/bin/Debug/net8.0/PSBatchExports.Emulator.dll
readonly work=$(mktemp -d)
passed=0 failed=0

cleanup() {
    local status=$?
    [[ -z ${proxy:-} ]] || kill "$proxy" 2>/dev/null || true
    exec 9>&- 8<&- || true
    wait || true
    rm -rf "$work"
    echo "$passed passed, $failed failed, 0 skipped"
    exit $((status != 0 || failed > 0))
}
trap cleanup EXIT

mkfifo "$work/in" "$work/out"
dotnet "$emulator" --json --stop-on-stdin-end --port 0 --storage-port 0 --run-duration 0 --events-per-hour 4000 <"$work/in" >"$work/out" &
exec 9>"$work/in" 8<"$work/out"
read -r line <&8
field() { sed -E "s/.*\"$1\": ?\"?([^\",}]+)\"?.*/\1/" <<<"$line"; }
api=$(field api) storage=$(field storage) key=$(field key) project=$(field projectId)
api=${api%/} storage=${storage%/}
run=$(curl --silent --fail --header "Authorization: Bearer $key" --json \
    '{"model":"events","file":{"format":"JSONLines"},"data_interval_start":"2026-11-01T00:00:00Z","data_interval_end":"2026-11-01T01:00:00Z"}' \
    "$api/api/projects/$project/file_download_batch_exports/" | sed -E 's/.*"id": ?"([^"]+)".*/\1/')
is_listed() {
    curl --silent --fail --header "Authorization: Bearer $key" "$api/api/projects/$project/file_download_batch_exports/$run/" |
        grep --quiet '"files": \?\['
}
for _ in $(seq 1 100); do is_listed && break || sleep 0.1; done
is_listed

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
save() { dotnet "$saver" "$1" "$key" "$project" "$run" "$2" 4; }

mkdir "$work/plain"
save "$api" "$work/plain" >/dev/null
reference=$(sha256sum "$work"/plain/*.jsonl | cut -d' ' -f1)
echo "A file of $(stat --format %s "$work"/plain/*.jsonl) bytes."

# $1: what the case is called; $2: 'saved', or 'error' where the right bytes cannot be told; $3: what the proxy does at the storage.
try() {
    local folder="$work/case" api_port storage_port said verdict=ok
    rm -rf "$folder" && mkdir "$folder"
    api_port=$(free_port) storage_port=$(free_port)
    cat >"$work/nginx.conf" <<CONF
daemon off; worker_processes 1; pid $work/nginx.pid; error_log $work/error.log;
events { worker_connections 256; }
http {
    access_log off; etag off;
    client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
    proxy_http_version 1.1; proxy_set_header Connection "";
    server { listen 127.0.0.1:$api_port; location / { proxy_pass $api; proxy_redirect $storage/ http://127.0.0.1:$storage_port/; } }
    server { listen 127.0.0.1:$storage_port; location / { proxy_pass $storage; proxy_set_header Host ${storage#http://}; $3 } }
}
CONF
    nginx -e stderr -c "$work/nginx.conf" 2>"$work/nginx.log" &
    proxy=$!
    for _ in $(seq 1 50); do curl --silent --output /dev/null "http://127.0.0.1:$storage_port/" && break || sleep 0.1; done
    kill -0 "$proxy"
    said=$(save "http://127.0.0.1:$api_port" "$folder")
    kill "$proxy" && wait "$proxy" 2>/dev/null || true
    proxy=

    if compgen -G "$folder/*.jsonl" >/dev/null; then
        [[ $(sha256sum "$folder"/*.jsonl | cut -d' ' -f1) == "$reference" ]] || verdict='WRONG BYTES'
        [[ $said == saved ]] || verdict='a file in spite of an error'
    else
        [[ $said == failed* ]] || verdict='saved, and no file'
    fi
    case $verdict:$2:$said in
        *ConnectionFailed*) verdict='did not reach the proxy' ;;
        ok:saved:saved | ok:error:failed*) ;;
        ok:*) verdict="expected: $2" ;;
    esac
    [[ $verdict == ok ]] && passed=$((passed + 1)) || failed=$((failed + 1))
    printf '%-14s %-34s %s\n' "$verdict" "$1" "$(head -n 1 <<<"$said" | cut -c 1-130)"
}

try 'passes everything on' saved ''
try 'hides Content-Range' error 'proxy_hide_header Content-Range;'
try 'hides the ETag' saved 'proxy_hide_header ETag;'
try 'hides ETag and name' saved 'proxy_hide_header ETag; proxy_hide_header Content-Disposition; proxy_set_header Range "";'
try 'hides all that shows a storage' error 'proxy_hide_header ETag; proxy_hide_header Content-Disposition; proxy_hide_header Accept-Ranges; proxy_set_header Range "";'
try 'hides the name' saved 'proxy_hide_header Content-Disposition;'
try 'takes the range out of the request' saved 'proxy_set_header Range "";'
try 'takes If-Range out of the request' saved 'proxy_set_header If-Range "";'
try 'makes the ETag weak' saved 'proxy_hide_header ETag; add_header ETag "W/\"abc\"";'
try 'compresses in spite of identity' error 'proxy_set_header Range ""; gzip on; gzip_types *; gzip_min_length 1; gzip_http_version 1.0; add_header Vary x; proxy_set_header Accept-Encoding gzip; add_header Content-Encoding gzip always;'
try 'answers with a sign-in page' error 'default_type text/html; return 200 "<html><title>Sign in</title></html>";'
try 'answers with an empty 204' error 'return 204;'
try 'answers with a page without a type' error 'default_type ""; return 200 "please sign in";'
try 'repeats Content-Range' error 'add_header Content-Range "bytes 0-9/10";'
