"""Events of files. Paths are absolute, as the guest would write them."""
from __future__ import annotations

from dataclasses import dataclass

from .base import Event


@dataclass(frozen=True, slots=True)
class FileOpened(Event):
    """open(2) of what existed. `flags` are open's."""

    kind = "file.opened"
    path: bytes
    flags: int


@dataclass(frozen=True, slots=True)
class FileCreated(Event):
    """A name was made: by open, mkdir, mknod, symlink, link. `mode` has the type bits."""

    kind = "file.created"
    path: bytes
    mode: int


@dataclass(frozen=True, slots=True)
class FileDeleted(Event):
    """unlink(2), rmdir(2)."""

    kind = "file.deleted"
    path: bytes


@dataclass(frozen=True, slots=True)
class FileRenamed(Event):
    """rename(2)."""

    kind = "file.renamed"
    old: bytes
    new: bytes


@dataclass(frozen=True, slots=True)
class FileChanged(Event):
    """Attributes: chmod(2), chown(2), truncate(2), utimensat(2). `what` is the call's name."""

    kind = "file.changed"
    path: bytes
    what: str
