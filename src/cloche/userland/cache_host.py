"""The cache directory: what is where in it, locks between drivers, and directories that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from cloche.userland.errors import UserlandError


def cache_directory() -> Path:
    """$CLOCHE_CACHE, $XDG_CACHE_HOME/cloche or ~/.cache/cloche."""
    if path := os.environ.get("CLOCHE_CACHE"):
        return Path(path).absolute()
    if path := os.environ.get("XDG_CACHE_HOME"):
        return Path(path).absolute() / "cloche"
    return Path.home() / ".cache" / "cloche"


def guest_directory() -> Path:
    """Where libc, tools and recipes are: $CLOCHE_GUEST, else guest/ of the checkout."""
    if path := os.environ.get("CLOCHE_GUEST"):
        return Path(path).absolute()
    return Path(__file__).resolve().parents[3] / "guest"


class Cache:
    """The directories of one cache. Entries are named by the hash of what they were made from and never change."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or cache_directory()

    def path(self, *parts: str) -> Path:
        return self.root.joinpath(*parts)

    def make(self, *parts: str) -> Path:
        """A directory of the cache, created if it is not there."""
        path = self.path(*parts)
        with disk_errors(self.root):
            path.mkdir(parents=True, exist_ok=True)
        return path

    @contextlib.contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Held by one process of the machine at a time; released by the system if the holder dies."""
        path = self.make("locks") / f"{name}.lock"
        with disk_errors(self.root):
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    @contextlib.contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        """A directory to work in that is gone afterwards, whatever happened."""
        import shutil  # these two take longer to import than a run has
        import tempfile
        with disk_errors(self.root):
            path = Path(tempfile.mkdtemp(prefix=f"{name}.{os.getpid()}.", dir=self.make("work")))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def sweep(self) -> None:
        """Removes the scratch directories of drivers that were killed."""
        import shutil
        for path in self.make("work").iterdir():
            owner = path.name.split(".")[-2]
            if not owner.isdigit() or not Path("/proc", owner).exists():
                shutil.rmtree(path, ignore_errors=True)

    def publish(self, made: Path, *parts: str) -> Path:
        """Moves a finished directory to its place; if another driver was first, that one stays."""
        import shutil
        target = self.path(*parts)
        with disk_errors(self.root):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.replace(made, target)
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
                shutil.rmtree(made, ignore_errors=True)
        return target

    def write(self, data: bytes, *parts: str) -> Path:
        """A file of the cache, replaced whole."""
        import tempfile
        target = self.path(*parts)
        with disk_errors(self.root):
            target.parent.mkdir(parents=True, exist_ok=True)
            fd, name = tempfile.mkstemp(dir=target.parent)
            with os.fdopen(fd, "wb") as file:
                file.write(data)
            os.chmod(name, 0o644)
            os.replace(name, target)
        return target


@contextlib.contextmanager
def disk_errors(root: Path) -> Iterator[None]:
    """Host errors about space and permission as one line that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UserlandError(f"no space left in {root}: free some, or set CLOCHE_CACHE to another disk") from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise UserlandError(f"cannot write in {root}: set CLOCHE_CACHE to a directory of yours") from error
        raise


def hash_file(path: Path) -> str:
    """SHA-256 of a file's contents."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_tree(root: Path, *, ignore: frozenset[str] = frozenset()) -> str:
    """SHA-256 over the names, kinds, executable bits and contents below `root`, less what is in `ignore`d directories."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if not ignore.isdisjoint(path.relative_to(root).parts) or "__pycache__" in path.parts:
            continue
        if path.is_symlink():
            digest.update(f"l {name} {os.readlink(path)}\n".encode())
        elif path.is_file():
            mode = "x" if path.stat().st_mode & 0o100 else "f"
            digest.update(f"{mode} {name} {hash_file(path)}\n".encode())
    return digest.hexdigest()


def hash_text(*parts: str) -> str:
    """SHA-256 over a list of strings, unambiguous whatever they contain."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()
