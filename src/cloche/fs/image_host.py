"""Images from a directory of the host: the staged userland. Directories are listed, and files read, when first used."""
from __future__ import annotations

import mmap
import os
import stat
from collections.abc import Mapping

from ..errors import ImageError
from .image import Node, NodeDirectory, NodeFile, NodeSymlink

#: Smaller files are read; larger ones mapped.
_MAPPED = 1 << 16


def load(path: str | os.PathLike[str]) -> NodeDirectory:
    """The image in a host directory, which must not change while it is in use.

    Owners are root and modes 755 or 644, whatever the host's: the tree is the same for whoever unpacked it. Symbolic
    links are the guest's to follow; devices, sockets and FIFOs are left out.
    """
    root = os.fsencode(os.path.abspath(path))
    try:
        status = os.stat(root)
    except OSError as error:
        raise ImageError(f"no image at {os.fsdecode(root)!r}: {error.strerror}; build it with: make userland") from None
    if not stat.S_ISDIR(status.st_mode):
        raise ImageError(f"the image {os.fsdecode(root)!r} is not a directory")
    return _directory(root, status)


def _directory(path: bytes, status: os.stat_result) -> NodeDirectory:
    mode = 0o1777 if status.st_mode & stat.S_ISVTX else 0o755
    return NodeDirectory(mode, mtime=_seconds(status), load=lambda: _list(path))


def _seconds(status: os.stat_result) -> int:
    return int(status.st_mtime) * 1_000_000_000


def _list(path: bytes) -> Mapping[bytes, Node]:
    entries: dict[bytes, Node] = {}
    # L-FS-004: names of one file in several directories are several files; that way the tree is the same whichever
    # directory is looked at first.
    linked: dict[int, NodeFile] = {}
    try:
        found = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError as error:
        raise ImageError(f"cannot list {os.fsdecode(path)!r} of the image: {error.strerror}") from None
    for entry in found:
        status = entry.stat(follow_symlinks=False)
        kind = stat.S_IFMT(status.st_mode)
        if kind == stat.S_IFDIR:
            entries[entry.name] = _directory(entry.path, status)
        elif kind == stat.S_IFREG:
            entries[entry.name] = _file(entry.path, status, linked)
        elif kind == stat.S_IFLNK:
            entries[entry.name] = NodeSymlink(os.readlink(entry.path), _seconds(status))
    return entries


def _file(path: bytes, status: os.stat_result, linked: dict[int, NodeFile]) -> NodeFile:
    node = linked.get(status.st_ino)
    if node is not None:
        node.links += 1
        return node
    mode = 0o755 if status.st_mode & 0o100 else 0o644
    node = NodeFile(mode, mtime=_seconds(status), size=status.st_size, load=lambda: read(path))
    if status.st_nlink > 1:
        linked[status.st_ino] = node
    return node


def read(path: bytes) -> bytes | memoryview:
    """The contents of a host's file that does not change."""
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _MAPPED:
                return file.read()
            return memoryview(mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ))
    except OSError as error:
        raise ImageError(f"cannot read {os.fsdecode(path)!r} of the image: {error.strerror}") from None
