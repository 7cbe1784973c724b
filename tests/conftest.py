"""What every test may need: the built userland, and the command line as a user starts it."""
from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src"
_START = "from cloche.cli.main import main; main()"


@dataclass(frozen=True)
class Ended:
    """A process of the host that has ended."""

    status: int
    stdout: bytes
    stderr: bytes


@pytest.fixture(scope="session")
def userland() -> Path:
    """The staged root. Without one the session ends: tests that need it are not skipped in silence."""
    from cloche.userland.errors import UserlandError
    from cloche.userland.store_host import Store
    try:
        return Store().root()
    except UserlandError as error:
        pytest.exit(f"the tests run real guest programs, and {error}", returncode=3)


def cloche_environment(**changes: str | None) -> dict[str, str]:
    """The environment for a `cloche` of this source tree; None removes a variable."""
    environment: dict[str, str | None] = {**os.environ, "PYTHONPATH": str(SOURCE), "NO_COLOR": "1", "COLUMNS": "100",
                                          **changes}
    return {name: value for name, value in environment.items() if value is not None}


def cloche_command(*words: str) -> list[str]:
    return [sys.executable, "-c", _START, *words]


@pytest.fixture(scope="session")
def cloche(userland: Path) -> Callable[..., Ended]:
    """Runs the real command line: cloche("run", "echo hi", stdin=b"", env={...}, cwd=...)."""

    def run(*words: str, stdin: bytes = b"", env: dict[str, str | None] | None = None,
            cwd: Path | Sequence[str] | None = None) -> Ended:
        done = subprocess.run(cloche_command(*words), input=stdin, capture_output=True, timeout=300, cwd=cwd,
                              env=cloche_environment(**(env or {})), check=False)
        return Ended(done.returncode, done.stdout, done.stderr)

    return run
