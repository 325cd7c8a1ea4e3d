#!/usr/bin/env bash
# Runs every test project and ends with one line of totals: N passed, N failed, N skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
configuration=${1:-Release}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# One project after the other: they start brokers and services of their own, and share two cores.
dotnet test StreamDistill.sln -c "$configuration" --no-build -m:1 --logger 'console;verbosity=minimal' 2>&1 | tee "$log"
status=${PIPESTATUS[0]}

sed -n 's/^.*Failed: *\([0-9]*\), Passed: *\([0-9]*\), Skipped: *\([0-9]*\), Total.*/\1 \2 \3/p' "$log" |
  awk '{ failed += $1; passed += $2; skipped += $3 } END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped; exit passed == 0 }' || status=1
exit "$status"
