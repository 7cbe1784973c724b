"""Records what the honest part of examples/agent-session.sh prints on this Linux: tests/cli/session.txt.

Needs git, make, jq, python3 and sqlite3 here. The test compares the sandbox with it, byte for byte.
"""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPT, DATA = ROOT / "examples" / "agent-session.sh", ROOT / "examples" / "data"
RECORD = ROOT / "tests" / "cli" / "session.txt"
#: Where the honest part ends.
END = "# From here on:"


def main() -> int:
    honest = SCRIPT.read_text().split(END)[0].replace("/data/", f"{DATA}/")
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8", "TZ": "UTC0"}
        done = subprocess.run(["bash", "-c", honest], capture_output=True, text=True, env=environment, cwd=home,
                              check=False)
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        return 1
    RECORD.write_text(done.stdout.replace(f"{DATA}/", "/data/"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
