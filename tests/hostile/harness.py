"""Starts a worker and reads what became of it."""
from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: A worker that has not ended by then hangs: far beyond every limit that the runs are given.
HANG_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Report:
    """What a worker told, and how it ended."""

    runs: list[dict[str, Any]]
    host_status: int
    alive: bool
    peak_bytes: int
    stderr: str


def attack(runs: list[dict[str, Any]], *, root: Path | None = None, limits: dict[str, Any] | None = None,
           runs_per_sandbox: int = 1_000_000) -> Report:
    """Runs the commands in one worker. TimeoutExpired if it hangs."""
    job = {"root": str(root) if root else None, "limits": limits or {}, "runs": runs,
           "runs_per_sandbox": runs_per_sandbox}
    done = subprocess.run([sys.executable, str(Path(__file__).with_name("worker.py"))], input=json.dumps(job),
                          capture_output=True, text=True, timeout=HANG_SECONDS, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    closing = lines.pop() if lines and "peak" in lines[-1] else {"alive": "", "peak": 0}
    return Report(lines, done.returncode, closing["alive"] == "alive\n", closing["peak"], done.stderr)
