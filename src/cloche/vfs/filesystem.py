"""Filesystems: what a mount shows. Linux's `struct super_block`."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .inode import Directory, Inode


@dataclass(frozen=True, slots=True)
class Usage:
    """What statfs(2) says: sizes in blocks of 4096 bytes."""

    blocks: int = 0
    blocks_free: int = 0
    files: int = 0
    files_free: int = 0


class FileSystem:
    """One mounted filesystem: it has one root, one device number, and numbers for its inodes.

    `root` is a Directory; for a single mounted file it is that file.
    """

    #: As /proc/mounts names it, and statfs(2)'s f_type.
    type = b"none"
    magic = 0x01021994
    source = b"none"

    def __init__(self, readonly: bool = False) -> None:
        self.readonly = readonly
        #: st_dev; given when it is mounted.
        self.device = 0
        self._last_number = 0
        self.root: Directory | Inode

    def new_number(self) -> int:
        self._last_number += 1
        return self._last_number

    def evict(self, inode: Inode) -> None:
        """No name and no open file refers to `inode` any more."""

    def usage(self) -> Usage:
        return Usage()

    def options(self) -> bytes:
        """As in /proc/mounts."""
        return b"ro" if self.readonly else b"rw"

    def sync(self) -> None:
        """sync(2), syncfs(2)."""
