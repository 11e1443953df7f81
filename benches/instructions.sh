#!/usr/bin/env bash
# What a request costs in instructions, against `benches/instructions.txt`. `--update` makes what is measured the budgets.
# Needs valgrind.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo build --release --package xmcp-benches
target=$(cargo metadata --no-deps --format-version 1 | sed -E 's/.*"target_directory":"([^"]*)".*/\1/')
"$target/release/instructions" "$@"
