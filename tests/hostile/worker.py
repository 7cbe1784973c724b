"""Runs hostile commands in a process of its own, so that a test sees what became of the host: `python worker.py < JSON`.

Reads {"root": path, "limits": {...}, "runs": [{"argv" or "script", "timeout", "stdin"}, ...], "sandbox_each": bool} and
prints one JSON line for each run, then one with the host's peak memory.
"""
from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from cloche import ClocheError, Limits, Sandbox


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    job = json.load(sys.stdin)
    root = Path(job["root"]) if job.get("root") else None
    limits = Limits(**job.get("limits", {}))
    sandbox = Sandbox(root=root, limits=limits)
    for number, run in enumerate(job["runs"]):
        if number and number % job.get("runs_per_sandbox", 1_000_000) == 0:
            sandbox.close()
            sandbox = Sandbox(root=root, limits=limits)
        started = time.monotonic()
        try:
            result = sandbox.run(run.get("argv") or run["script"], timeout=run.get("timeout"), cwd="/tmp",
                                 stdin=run.get("stdin", ""))
        except ClocheError as error:  # a sandbox that its last command stopped
            print(json.dumps({"refused": str(error)}), flush=True)
            sandbox.close()
            sandbox = Sandbox(root=root, limits=limits)
            continue
        print(json.dumps({
            "reason": str(result.reason), "code": result.exit_code, "limits": list(result.limits_reached),
            "seconds": round(time.monotonic() - started, 2), "cpu": result.usage.cpu_ns / 1e9,
            "syscalls": result.usage.syscalls, "processes": result.usage.processes,
            "bytes": len(result.stdout_bytes), "stdout": result.stdout_bytes[-400:].decode(errors="replace"),
            "stderr": result.stderr_bytes[-400:].decode(errors="replace")}), flush=True)
    sandbox.close()
    with Sandbox(root=root) as another:  # the first may be spent: without processor time, without files
        after = another.run("echo alive")
    print(json.dumps({"alive": after.stdout, "peak": _peak_bytes()}), flush=True)


if __name__ == "__main__":
    main()
