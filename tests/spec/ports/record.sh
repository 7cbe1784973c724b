#!/bin/bash
# Records what the machine's own programs print for each case: NAME.sh -> NAME.out (both streams, then the exit status).
# Debian 12's versions are the ones that are built for the guest. A case is bash; it gets an empty directory and HOME.
# usage: record.sh [CASE...]     record.sh --compare "cloche run" [CASE...] compares instead
cd "$(dirname "$0")" || exit 1
export TZ=UTC LC_ALL=C.UTF-8 LANG=C.UTF-8
compare=
if [ "${1:-}" = --compare ]; then
	compare=$2
	shift 2
fi
[ $# -gt 0 ] || set -- *.sh
failed=0
for case; do
	case=${case%.sh}
	[ "$case" != record ] || continue
	script='export TZ=UTC LC_ALL=C.UTF-8 LANG=C.UTF-8 HOME=$(mktemp -d); cd "$HOME" && '"$(cat "$case.sh")"
	if [ -n "$compare" ]; then
		{ $compare "$script" 2>&1 </dev/null; echo "status $?"; } | diff "$case.out" - >/dev/null || { echo "differs: $case"; failed=1; }
	else
		{ bash -c "$script" 2>&1 </dev/null; echo "status $?"; } >"$case.out"
	fi
done
exit $failed
