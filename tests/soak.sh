#!/usr/bin/env bash
# Runs the crash tests for as long as SOAK_SEEDS, SOAK_KILLS and SOAK_PROMPTS ask for, and prints what they say as they go.
set -euo pipefail
cd "$(dirname "$0")/.."
configuration=${1:-Release}
exec "artifacts/bin/EndToEnd/${configuration,,}/EndToEnd" -class StreamDistill.EndToEnd.CrashTests -noColor
