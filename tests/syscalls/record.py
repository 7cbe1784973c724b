"""Records the system call cases on native Linux, as root, in a fresh directory on a tmpfs: python record.py [NAME...].

With --check nothing is written: the exit status says whether three runs agree with what is recorded.
"""
from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cases import Case, all_cases, closing

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "TZ": "UTC0"}


def run_native(case: Case, seconds: int = 60) -> str:
    """Compiles the case with the system's compiler and runs it; on tmpfs, which our own file system is modelled on."""
    with tempfile.TemporaryDirectory(prefix="case-", dir="/dev/shm") as folder:
        program = Path(folder) / "bin" / case.name
        program.parent.mkdir()
        work = Path(folder) / "work"
        work.mkdir()
        Path(folder).chmod(0o755)
        subprocess.run(["gcc", "-O1", "-w", "-o", program, case.source, "-lm"], check=True)
        done = subprocess.run(
            [program],
            cwd=work,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            start_new_session=True,
        )
    status = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return closing(done.stdout, status)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    differ = 0
    for case in all_cases():
        if options.names and case.name not in options.names:
            continue
        text = run_native(case)
        if options.check:
            for _ in range(3):
                if text != case.recorded.read_text(errors="surrogateescape"):
                    print(f"{case.name}: differs from the record")
                    differ += 1
                    break
                text = run_native(case)
        else:
            case.recorded.write_text(text, errors="surrogateescape")
            print(f"{case.name}: {text.count(chr(10)) - 1} lines, {text.splitlines()[-1]}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
