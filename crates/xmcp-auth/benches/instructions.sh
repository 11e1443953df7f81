#!/usr/bin/env bash
# What the auth layer costs a request, in instructions of this machine's user mode, as valgrind's callgrind counts them.
# The same requests go to a route without the layer, with it and the token in its cache, and with it and no cache.
# Needs valgrind. `bash crates/xmcp-auth/benches/instructions.sh [REQUESTS]`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

requests=${1:-1000}
target=$(cargo metadata --no-deps --format-version 1 | sed -E 's/.*"target_directory":"([^"]*)".*/\1/')
binary=$(cargo bench -p xmcp-auth --bench requests --no-run --message-format short 2>&1 | tee /dev/stderr | sed -nE 's/.*Executable.*\((.*)\)$/\1/p')
mkdir -p "$target/callgrind"

# `profile MODE` counts, and says where to look.
profile() {
  local out=$target/callgrind/$1.out
  valgrind --tool=callgrind --toggle-collect='requests::counted*' --callgrind-out-file="$out" "$binary" "$1" "$requests" 2>"$out.log" ||
    { cat "$out.log" && return 1; }
  echo "$out"
}

# `per_request FILE WORD`: the first number of the lines with this word, divided.
per_request() {
  callgrind_annotate --threshold=100 "$1" | sed -E 's/,//g' | awk -v word="$2" -v requests="$requests" '
    index($0, word) { total += $1 } END { printf "%d", total / requests }'
}

open=$(per_request "$(profile open)" 'PROGRAM TOTALS')
for mode in cached verified; do
  out=$(profile "$mode")
  with=$(per_request "$out" 'PROGRAM TOTALS')
  digest=$(per_request "$out" blake3::)
  printf '%-9s %d instructions a request, less %d without the layer: %d, of which the digest of the token %d\n' \
    "$mode" "$with" "$open" $((with - open)) "$digest"
done
