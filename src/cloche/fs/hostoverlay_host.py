"""Host directories under an overlay: the guest's changes stay in memory, to be listed, applied or dropped."""
from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from typing import Any

from ..abi.errno import Errno
from ..vfs.core import Core
from ..vfs.inode import Directory, Inode, RegularFile, Symlink
from .beneath_host import Beneath, translated
from .hostfs_host import reopen, shown_owner
from .image import Node, NodeDirectory, NodeSymlink
from .overlayfs import OverlayDirectory, OverlayFile, OverlayFs

#: (what, path beneath the mount): "add", "modify", "mode", "delete".
Change = tuple[str, bytes]


class _HostNode(Node):
    """A lower node on the host. Two with the same device and inode number are the same."""

    __slots__ = ("beneath", "key", "path")

    def __init__(self, beneath: Beneath, path: bytes, status: os.stat_result) -> None:
        sticky = stat.S_ISVTX if stat.S_ISDIR(status.st_mode) else 0
        uid, gid = shown_owner(status.st_uid, status.st_gid)
        super().__init__(status.st_mode & (0o777 | sticky), status.st_mtime_ns, status.st_nlink, uid, gid)
        self.beneath, self.path, self.key = beneath, path, (status.st_dev, status.st_ino)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _HostNode) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class _HostNodeFile(_HostNode):
    """Stands in for the contents of an overlay's file until that is written to."""

    __slots__ = ("size",)
    is_file = True
    writable = False

    def __init__(self, beneath: Beneath, path: bytes, status: os.stat_result) -> None:
        super().__init__(beneath, path, status)
        self.size = status.st_size

    @property
    def blocks(self) -> int:
        return (self.size + 4095 & -4096) >> 9

    def read(self, position: int, count: int) -> bytes:
        """What the host's file holds there now; zeros where it was cut off meanwhile."""
        count = max(0, min(count, self.size - position))
        try:
            fd = self.beneath.open(self.path, os.O_PATH)
            try:
                inner = reopen(fd, os.O_RDONLY)
            finally:
                os.close(fd)
            try:
                data = os.pread(inner, count, position)
            finally:
                os.close(inner)
        except OSError as error:
            raise translated(error) from None
        return data.ljust(count, b"\0")

    def read_into(self, position: int, window: memoryview) -> int:
        count = max(0, min(len(window), self.size - position))
        for start in range(0, count, 1 << 20):
            piece = window[start:min(start + (1 << 20), count)]
            piece[:] = self.read(position + start, len(piece))
        return count


class _HostNodeSpecial(_HostNode):
    """A device, FIFO or socket: shown, and ENXIO to open."""

    __slots__ = ("kind",)

    def __init__(self, beneath: Beneath, path: bytes, status: os.stat_result) -> None:
        super().__init__(beneath, path, status)
        self.kind = stat.S_IFMT(status.st_mode)

    def make_inode(self, filesystem: Any) -> Inode:
        return Inode(filesystem, self.kind)


class _HostNodeDirectory(_HostNode):
    __slots__ = ()
    is_directory = True

    def lookup(self, name: bytes) -> Node | None:
        path = name if self.path == b"." else self.path + b"/" + name
        try:
            fd = self.beneath.open(path, os.O_PATH)
        except OSError as error:
            failure = translated(error)
            if failure.errno in (Errno.ENOENT, Errno.ENOTDIR):
                return None
            raise failure from None
        try:
            status = os.fstat(fd)
            kind = stat.S_IFMT(status.st_mode)
            if kind == stat.S_IFLNK:
                return NodeSymlink(os.readlink(b"", dir_fd=fd), status.st_mtime_ns)
        finally:
            os.close(fd)
        return {stat.S_IFDIR: _HostNodeDirectory, stat.S_IFREG: _HostNodeFile}.get(kind, _HostNodeSpecial)(
            self.beneath, path, status)

    def names(self) -> Mapping[bytes, None]:
        try:
            fd = self.beneath.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                return dict.fromkeys(sorted(os.fsencode(name) for name in os.listdir(fd)))
            finally:
                os.close(fd)
        except OSError as error:
            raise translated(error) from None


class HostOverlay(OverlayFs):
    """A host directory whose changes are kept here. Changes made on the host meanwhile may or may not be seen."""

    source = b"host"

    def __init__(self, core: Core, path: str | os.PathLike[str]) -> None:
        self.beneath = Beneath(path)
        super().__init__(core, _HostNodeDirectory(self.beneath, b".", os.fstat(self.beneath.fd)))

    def diff(self) -> list[Change]:
        """What differs from the host now, in an order in which it can be applied: deletions first."""
        found = list(self._differences(self.root, self.lower, b""))
        return [change for change in found if change[0] == "delete"] + \
            [change for change in found if change[0] != "delete"]

    def _differences(self, directory: Directory, node: Any, prefix: bytes) -> Iterator[Change]:
        """Of a directory that is on the host, too."""
        for name, inode in sorted(directory.entries.items()):  # type: ignore[attr-defined]
            path = prefix + name
            below = node.lookup(name)
            if inode is None or (below is not None and not _same_kind(inode, below)):
                if below is not None:
                    yield "delete", path
                if inode is None:
                    continue
                below = None
            if below is None:
                yield from self._additions(inode, path)
            elif isinstance(inode, Directory):
                if not (isinstance(inode, OverlayDirectory) and inode.node == below):
                    # Another directory of that name: what the host's has and this has not goes.
                    mine = set(inode.names())
                    for other in below.names():
                        if other not in mine:
                            yield "delete", path + b"/" + other
                    for other in sorted(mine):
                        inode.lookup(other)
                yield from self._changed_mode(inode, below, path)
                yield from self._differences(inode, below, path + b"/")
            elif isinstance(inode, RegularFile):
                if inode.contents != below and not _same_bytes(inode, below):  # type: ignore[attr-defined]
                    yield "modify", path
                yield from self._changed_mode(inode, below, path)
            elif isinstance(inode, Symlink) and inode.target != below.target:
                yield "modify", path

    @staticmethod
    def _changed_mode(inode: Inode, below: Node, path: bytes) -> Iterator[Change]:
        if inode.mode & 0o777 != below.mode & 0o777:
            yield "mode", path

    def _additions(self, inode: Inode, path: bytes) -> Iterator[Change]:
        if isinstance(inode, (Directory, RegularFile, Symlink)):
            yield "add", path
        if isinstance(inode, Directory):
            for name in sorted(inode.names()):
                inner = inode.lookup(name)
                if inner is not None:
                    yield from self._additions(inner, path + b"/" + name)

    def _find(self, path: bytes) -> Inode:
        inode: Inode | None = self.root
        for name in path.split(b"/"):
            assert isinstance(inode, Directory)
            inode = inode.lookup(name)
        assert inode is not None
        return inode

    def apply(self) -> list[Change]:
        """Makes the host's directory what the guest sees. Returns what was done. SysError where the host refuses."""
        changes = self.diff()
        # What is still the host's under another name is read before anything there is deleted.
        for what, path in changes:
            if what == "add":
                self._detach(self._find(path))
        contents = {path: self._bytes(path) for what, path in changes if what in ("add", "modify")}
        try:
            for what, path in changes:
                above, _, name = path.rpartition(b"/")
                directory = self.beneath.open(above or b".", os.O_RDONLY | os.O_DIRECTORY)
                try:
                    self._apply_one(what, path, name, directory, contents.get(path))
                finally:
                    os.close(directory)
        except OSError as error:
            raise translated(error) from None
        return changes

    @staticmethod
    def _detach(inode: Inode) -> None:
        """From here on, `inode` needs nothing of the host's. ENOSPC if there is no room for it."""
        if isinstance(inode, OverlayFile):
            inode.own()
        elif isinstance(inode, OverlayDirectory):
            for name in list(inode.names()):
                inode.lookup(name)
            inode.entries = {name: inner for name, inner in inode.entries.items() if inner is not None}
            inode.node = NodeDirectory()

    def _bytes(self, path: bytes) -> bytes | None:
        inode = self._find(path)
        return bytes(inode.read_at(0, inode.size)) if isinstance(inode, RegularFile) else None

    def _apply_one(self, what: str, path: bytes, name: bytes, directory: int, data: bytes | None) -> None:
        if what == "delete":
            status = os.stat(name, dir_fd=directory, follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                shutil.rmtree(name, dir_fd=directory)
            else:
                os.unlink(name, dir_fd=directory)
            return
        inode = self._find(path)
        mode = inode.mode & 0o777
        if isinstance(inode, Directory):
            if what == "add":
                os.mkdir(name, 0o700, dir_fd=directory)
            _set_mode(directory, name, mode)
        elif isinstance(inode, Symlink):
            if what == "modify":
                os.unlink(name, dir_fd=directory)
            os.symlink(inode.target, name, dir_fd=directory)
        elif what == "mode":
            _set_mode(directory, name, mode)
        else:
            _replace_file(directory, name, data or b"", mode)


def _same_kind(inode: Inode, node: Any) -> bool:
    return inode.is_directory == node.is_directory and inode.is_regular == node.is_file \
        and inode.is_symlink == node.is_symlink


def _same_bytes(inode: RegularFile, node: Any) -> bool:
    if inode.size != node.size:
        return False
    return all(inode.read_at(start, 1 << 20) == node.read(start, 1 << 20)
               for start in range(0, inode.size, 1 << 20))


def _set_mode(directory: int, name: bytes, mode: int) -> None:
    fd = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    try:
        if not stat.S_ISLNK(os.fstat(fd).st_mode):
            os.chmod(f"/proc/self/fd/{fd}", mode)
    finally:
        os.close(fd)


def _replace_file(directory: int, name: bytes, data: bytes, mode: int) -> None:
    """Whole or not at all: written beside, then renamed."""
    temporary = b".cloche-" + os.urandom(8).hex().encode()
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600,
                 dir_fd=directory)
    try:
        try:
            view = memoryview(data)
            while len(view):
                view = view[os.write(fd, view):]
            os.fchmod(fd, mode)
        finally:
            os.close(fd)
        os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        os.unlink(temporary, dir_fd=directory)
        raise
