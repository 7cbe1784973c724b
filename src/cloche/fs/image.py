"""Images: trees of files that never change, shared by machines as the lower layer of an overlay. No inodes: nodes."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..vfs.inode import Inode


class Node:
    """What an image has under a name. `mode` without type bits; `mtime` in nanoseconds."""

    __slots__ = ("gid", "links", "mode", "mtime", "uid")
    is_directory = is_file = is_symlink = False

    def __init__(self, mode: int, mtime: int = 0, links: int = 1, uid: int = 0, gid: int = 0) -> None:
        self.mode, self.mtime, self.links, self.uid, self.gid = mode, mtime, links, uid, gid

    def make_inode(self, filesystem: Any) -> Inode:
        """An inode of a kind that the overlay does not know."""
        raise NotImplementedError


class NodeSymlink(Node):
    __slots__ = ("target",)
    is_symlink = True

    def __init__(self, target: bytes, mtime: int = 0) -> None:
        super().__init__(0o777, mtime)
        self.target = target


class NodeFile(Node):
    """A file whose contents `load` gives, once, when they are first read; `size` is known before.

    It stands in for the contents of an overlay's file: size, blocks, read, read_into as fs/contents.py has them.
    """

    __slots__ = ("_data", "_load", "size")
    is_file = True
    writable = False

    def __init__(self, mode: int, data: bytes | None = None, *, mtime: int = 0, links: int = 1, size: int = 0,
                 load: Callable[[], bytes | memoryview] | None = None) -> None:
        super().__init__(mode, mtime, links)
        self._data: bytes | memoryview | None = data
        self._load = load
        self.size = len(data) if data is not None else size

    @property
    def data(self) -> bytes | memoryview:
        data = self._data
        if data is None:
            assert self._load is not None
            data = self._data = self._load()
            self.size = len(data)
        return data

    @property
    def blocks(self) -> int:
        return (self.size + 4095 & -4096) >> 9

    def read(self, position: int, count: int) -> bytes | memoryview:
        return self.data[position:position + count]

    def read_into(self, position: int, window: memoryview) -> int:
        data = self.data[position:position + len(window)]
        window[:len(data)] = data
        return len(data)


class NodeDirectory(Node):
    """A directory whose entries `load` gives, once, when it is first looked into."""

    __slots__ = ("_entries", "_links", "_load")
    is_directory = True

    def __init__(self, mode: int = 0o755, entries: Mapping[bytes, Node] | None = None, *, mtime: int = 0,
                 load: Callable[[], Mapping[bytes, Node]] | None = None) -> None:
        self._entries: Mapping[bytes, Node] | None = entries if load is None else None
        if load is None and entries is None:
            self._entries = {}
        self._load = load
        self._links: int | None = None
        super().__init__(mode, mtime, 1)

    @property
    def entries(self) -> Mapping[bytes, Node]:
        entries = self._entries
        if entries is None:
            assert self._load is not None
            entries = self._entries = self._load()
        return entries

    @property
    def links(self) -> int:
        links = self._links
        if links is None:  # counted once: every machine that looks here asks
            links = self._links = 2 + sum(isinstance(node, NodeDirectory) for node in self.entries.values())
        return links

    @links.setter
    def links(self, value: int) -> None:
        """A directory's link count is that of its entries."""

    def lookup(self, name: bytes) -> Node | None:
        return self.entries.get(name)

    def names(self) -> Mapping[bytes, Node]:
        """The names, as the keys of a mapping."""
        return self.entries


def programs(root: NodeDirectory) -> dict[int, list[NodeFile]]:
    """The executable files below `root`, by size."""
    found: dict[int, list[NodeFile]] = {}
    left: list[NodeDirectory] = [root]
    while left:
        for node in left.pop().entries.values():
            if isinstance(node, NodeDirectory):
                left.append(node)
            elif isinstance(node, NodeFile) and node.mode & 0o111:
                found.setdefault(node.size, []).append(node)
    return found


def union(*roots: NodeDirectory) -> NodeDirectory:
    """One tree of several: directories are merged, else the last one's entry counts."""
    if len(roots) == 1:
        return roots[0]

    def load() -> dict[bytes, Node]:
        merged: dict[bytes, Node] = {}
        for root in roots:
            for name, node in root.entries.items():
                below = merged.get(name)
                if isinstance(below, NodeDirectory) and isinstance(node, NodeDirectory):
                    node = union(below, node)
                merged[name] = node
        return merged

    return NodeDirectory(roots[-1].mode, mtime=roots[-1].mtime, load=load)
