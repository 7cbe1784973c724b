"""One port's build steps: runs commands, keeps their output in the port's log, and says where to look if one fails."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from cloche.userland.cache_host import Cache, disk_errors
from cloche.userland.errors import UserlandError

_INTERESTING = re.compile(r"(?i)\berror:|undefined symbol|command not found|No such file|no space|\*\*\*")
# The host's own build settings must not leak into a guest's build.
_KEEP = ("PATH", "HOME", "TMPDIR", "CLOCHE_CACHE", "XDG_CACHE_HOME")
SOURCE_DATE_EPOCH = "1672531200"


class Steps:
    """The log of one port and the environment its commands run in."""

    def __init__(self, cache: Cache, name: str, environment: Mapping[str, str]) -> None:
        self.name = name
        self.path = cache.make("logs") / f"{name}.log"
        self._root = cache.root
        base = {key: os.environ[key] for key in _KEEP if key in os.environ}
        self.environment = {**base, "LC_ALL": "C", "TZ": "UTC", "SOURCE_DATE_EPOCH": SOURCE_DATE_EPOCH,
                            "FORCE_UNSAFE_CONFIGURE": "1", "SHELL": "/bin/sh", "CONFIG_SHELL": "/bin/bash",
                            "LOG": str(self.path), **environment}
        with disk_errors(cache.root):
            self.path.write_bytes(b"")

    def note(self, text: str) -> None:
        """A line of our own in the log."""
        with disk_errors(self._root), open(self.path, "a") as log:
            log.write(text + "\n")

    def run(self, command: Sequence[str], cwd: Path, extra: Mapping[str, str] | None = None) -> None:
        """Runs one command; UserlandError with its most telling line if it fails."""
        started = time.monotonic()
        self.note("$ " + " ".join(command))
        with disk_errors(self._root), open(self.path, "ab") as log:
            begin = log.tell()
            done = subprocess.run(command, cwd=cwd, env={**self.environment, **(extra or {})}, stdin=subprocess.DEVNULL,
                                  stdout=log, stderr=subprocess.STDOUT, check=False)
        self.note(f"# {time.monotonic() - started:.1f} s, status {done.returncode}")
        if done.returncode:
            raise self.failure(command[0].rsplit("/", 1)[-1], begin)

    def failure(self, what: str, begin: int = 0) -> UserlandError:
        """The error for a failed step: the first telling line since `begin`, and the log's path."""
        with open(self.path, "rb") as log:
            log.seek(begin)
            lines = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
        told = next((line for line in lines if _INTERESTING.search(line) and not line.startswith(("$", "checking"))),
                    next((line for line in reversed(lines) if not line.startswith("#")), ""))
        if "No space left on device" in "".join(lines[-50:]):
            return UserlandError(f"no space left in {self._root}: free some, or set CLOCHE_CACHE to another disk")
        return UserlandError(f"{self.name}: {what} failed: {told[:200]} (all of it: {self.path})")
