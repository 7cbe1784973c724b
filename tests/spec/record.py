"""Records the shell cases from native bash, as root, each in a fresh directory: python record.py [--check] [--path DIR] [GROUP...].

It needs GNU awk and tree (`--path` names a folder that has them, put first in PATH), and bash 5.2.
With --check nothing is written: the exit status says whether a second run agrees with what is recorded.
"""
from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cases import ENVIRONMENT, Case, Outcome, groups, read_group, read_record, record_path


def run_native(case: Case, path: str, seconds: int = 30) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="spec-", dir="/dev/shm") as folder:
        Path(folder).chmod(0o755)
        process = subprocess.Popen(
            ["/bin/bash", "-c", case.script],
            cwd=folder,
            env={**ENVIRONMENT, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            stdout, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    status = process.returncode if process.returncode >= 0 else 128 - process.returncode
    return Outcome(stdout.decode(errors="surrogateescape"), status)


def _tools(path: str) -> None:
    for command, expected in (("bash", "version 5.2"), ("awk", "GNU Awk"), ("tree", "tree v")):
        found = shutil.which(command, path=path)
        said = subprocess.run([found, "--version"], capture_output=True, text=True).stdout if found else ""
        if expected not in said:
            sys.exit(f"record.py: {command} must be {expected!r}: put a folder that has it in --path")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--path", default="")
    parser.add_argument("groups", nargs="*")
    options = parser.parse_args()
    path = ":".join(filter(None, [options.path, "/usr/bin:/bin:/usr/sbin:/sbin"]))
    _tools(path)
    differ = 0
    for group in options.groups or groups():
        cases = read_group(group)
        outcomes = [(case.name, run_native(case, path)) for case in cases]
        if options.check:
            record = read_record(group)
            for name, outcome in outcomes:
                if record.get(name) != outcome:
                    differ += 1
                    print(f"{group}:{name}: now {outcome}")
            continue
        with record_path(group).open("w") as file:
            for name, outcome in outcomes:
                print(json.dumps({"name": name, "status": outcome.status, "stdout": outcome.stdout}), file=file)
        print(f"{group}: {len(cases)} cases")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
