#!/usr/bin/env bash
# What a request costs in instructions, against `benches/instructions.txt`. `--update` makes what is measured the budgets. Cases that are
# named are counted alone; `--keep FOLDER` leaves the profiles of our server there.
# Needs valgrind. `bash benches/instructions.sh [--update] [--keep FOLDER] [CASE..]`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo build --release --package xmcp-benches
target=$(cargo metadata --no-deps --format-version 1 | sed -E 's/.*"target_directory":"([^"]*)".*/\1/')
"$target/release/instructions" "$@"
