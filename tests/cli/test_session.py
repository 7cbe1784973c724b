"""The session that `make run` runs: the honest part does what it does on Linux, the rest fails and is reported."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("awk", "bash", "find", "git", "gzip", "jq", "make", "python3", "sqlite3", "tar", "timeout", "xargs")
#: What each attempt ends with: 1 of bash, Python, cat and rm for what failed; timeout(1)'s 124, or 137 for its KILL.
ATTEMPTS = {
    "connect to a host (bash)": 1,
    "ask the metadata service for credentials": 1,
    "connect to a host (Python)": 1,
    "write to a read-only mount": 1,
    "delete from a read-only mount": 1,
    "read the host through the mount": 1,
    "read the host through a link": 1,
    "a memory bomb": 1,
    "a loop without end": 124,
    "a fork bomb": 137,
}
#: What the summary says was refused, and why.
REFUSED = (
    r"net\.connect 198\.51\.100\.7:443: policy rule no-network; by bash ",
    r"net\.connect 169\.254\.169\.254:80: policy rule no-network; by bash ",
    r"net\.connect 198\.51\.100\.7:22: policy rule no-network; by python3 ",
    r'openat\(AT_FDCWD, "/data/orders\.csv", O_WRONLY\|O_CREAT\|O_APPEND, 0666\): read-only file system; by bash ',
    r'unlinkat\(AT_FDCWD, "/data/customers\.json", 0\): read-only file system; by rm -f ',
    r"mmap2\(.*\): memory limit; by python3 ",
    r"processes_max 64: limit; by bash ",
)


@pytest.fixture(scope="module")
def session(cloche, userland):
    missing = [name for name in NEEDED if not (userland / "bin" / name).exists()
               and not (userland / "usr" / "bin" / name).exists()]
    assert missing == [], f"the userland {userland} lacks {missing}: run `cloche userland build`"
    return cloche("run", "--summary", "--timeout", "300", "--processes", "64", "--memory", "512M",
                  "--mount", f"{ROOT}/examples/data:/data:ro", f"{ROOT}/examples/agent-session.sh")


def test_the_honest_part_is_as_on_linux(session) -> None:
    honest = session.stdout.decode().split("\n== what must not work\n")[0]
    assert honest == (ROOT / "tests" / "cli" / "session.txt").read_text()


def test_nothing_that_must_not_work_works(session) -> None:
    attempts = session.stdout.decode().split("\n== what must not work\n")[1].split("\n\n")[0]
    found = {line[:58].rstrip(): int(line.split()[-1]) for line in attempts.splitlines()}
    assert found == ATTEMPTS


def test_the_session_ends_well(session) -> None:
    assert (session.status, session.stdout.decode().splitlines()[-1]) == (0, "done")


@pytest.mark.parametrize("pattern", REFUSED)
def test_the_summary_has_each_refusal(session, pattern: str) -> None:
    assert len(re.findall(pattern, session.stderr.decode())) >= 1
