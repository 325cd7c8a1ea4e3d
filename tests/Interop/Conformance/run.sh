#!/usr/bin/env bash
# Shows what clients that no one here wrote do with the broker and the registry: a table, client by feature. Ends with 1 on any FAIL.
set -uo pipefail
cd "$(dirname "$0")/../../.."
table=$(dotnet msbuild tests/Interop -getProperty:OutDir -p:Configuration="${1:-Release}")conformance.txt
rm -f "$table"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
dotnet test tests/Interop -c "${1:-Release}" --no-build --filter 'FullyQualifiedName~ConformanceTests' > "$log" 2>&1
status=$?
[ "$status" = 0 ] || cat "$log"
cat "$table" || status=1
exit "$status"
