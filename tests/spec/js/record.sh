#!/bin/bash
# Records what the machine's real Node prints for each case: NAME.js -> NAME.out (both streams, then the exit status).
# The cases are run in this directory; lines with times of the test runner are left out, as the comparison must do.
# usage: record.sh [NODE]     to compare another program instead of recording: record.sh --compare "cloche run js"
cd "$(dirname "$0")" || exit 1
export TZ=UTC LC_ALL=C.UTF-8
unset NO_COLOR FORCE_COLOR
run() { # PROGRAM FILE
	$1 "$2" 2>&1 </dev/null | grep -v duration_ms
	echo "status ${PIPESTATUS[0]}"
}
if [ "${1:-}" = --compare ]; then
	failed=0
	for case in *.js; do
		diff <(run "$2" "$case") "${case%.js}.out" >/dev/null || { echo "differs: $case"; failed=1; }
	done
	exit $failed
fi
for case in *.js; do run "${1:-node}" "$case" >"${case%.js}.out"; done
