"""The writable layer: a tmpfs over a tree that is only read. An inode is made of a lower node when it is looked up."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..abi.stat import S_IFMT
from ..vfs.core import Core
from ..vfs.inode import Directory, Inode
from .image import Node
from .tmpfs import TmpDirectory, TmpFile, TmpFs, TmpSymlink


class OverlayFs(TmpFs):
    """A private view of a lower tree, shared with other machines, that never changes.

    Changes are charged to the machine's budgets; what is only looked at costs an inode's memory.
    """

    type = b"overlay"
    magic = 0x794C7630
    source = b"overlay"

    def __init__(self, core: Core, lower: Any, readonly: bool = False) -> None:
        self.lower = lower
        #: Lower files with several names: each is one inode here, too.
        self._shared: dict[Node, Inode] = {}
        super().__init__(core, lower.mode, readonly)

    def make_root(self, mode: int, now: int) -> Directory:
        self.inodes.force(1)
        return OverlayDirectory(self, self.lower)

    def bring_up(self, node: Any) -> Inode:
        """The inode of a lower node, in this layer."""
        if node.is_directory:
            self.inodes.force(1)
            return OverlayDirectory(self, node)
        found = self._shared.get(node) if node.links > 1 else None
        if found is not None:
            return found
        self.inodes.force(node.links)
        inode: Inode
        if node.is_file:
            inode = OverlayFile(self, node)
        elif node.is_symlink:
            self.disk_bytes.force(len(node.target))
            inode = TmpSymlink(self, node.target)
        else:
            inode = node.make_inode(self)
        _copy_attributes(inode, node)
        if node.links > 1:
            self._shared[node] = inode
        return inode


def _copy_attributes(inode: Inode, node: Node) -> None:
    inode.mode = inode.mode & S_IFMT | node.mode
    inode.uid, inode.gid, inode.links = node.uid, node.gid, node.links
    inode.atime = inode.mtime = inode.ctime = node.mtime


class OverlayFile(TmpFile):
    """A file of the lower tree. `node` is where it came from; `contents` is the node until it is written to."""

    __slots__ = ("node",)

    def __init__(self, filesystem: OverlayFs, node: Any) -> None:
        super().__init__(filesystem, node.mode)
        self.contents = self.node = node


class OverlayDirectory(TmpDirectory):
    """A directory of the lower tree: entries not made, moved or removed here are those below."""

    __slots__ = ("node",)

    def __init__(self, filesystem: OverlayFs, node: Any) -> None:
        super().__init__(filesystem, node.mode)
        self.node = node
        _copy_attributes(self, node)

    def lookup(self, name: bytes, proc: Any = None) -> Inode | None:
        try:
            return self.entries[name]
        except KeyError:
            pass
        node = self.node.lookup(name)
        if node is None:
            return None
        inode = self.filesystem.bring_up(node)
        self.entries[name] = inode
        if isinstance(inode, Directory):
            self.adopt(name, inode)
        return inode

    def names(self, proc: Any = None) -> Iterable[bytes]:
        below = self.node.names()
        entries = self.entries
        found = [name for name in below if name not in entries or entries[name] is not None]
        found += [name for name, inode in entries.items() if inode is not None and name not in below]
        return found

    def empty(self) -> bool:
        return not self.names()

    def hide(self, name: bytes) -> None:
        if name in self.node.names():
            self.entries[name] = None
        else:
            del self.entries[name]
