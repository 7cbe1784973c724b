"""Images from a zip archive of the host: listed when first looked into, each file unpacked when first read."""
from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Mapping

from ..errors import ImageError
from .image import Node, NodeDirectory, NodeFile

_Tree = dict[bytes, "zipfile.ZipInfo | _Tree"]


def load(archive: str | os.PathLike[str] | bytes) -> NodeDirectory:
    """The tree in an archive, given as a path or as bytes. Files are root's, with mode 644."""
    return NodeDirectory(load=lambda: _list(archive))


def _list(archive: str | os.PathLike[str] | bytes) -> Mapping[bytes, Node]:
    try:
        opened = zipfile.ZipFile(io.BytesIO(archive) if isinstance(archive, bytes) else archive)
    except (OSError, zipfile.BadZipFile) as error:
        raise ImageError(f"cannot read the archive {_name(archive)}: {error}") from None
    tree: _Tree = {}
    for info in opened.infolist():
        *above, name = info.filename.encode().rstrip(b"/").split(b"/")
        directory = tree
        for part in (*above, name) if info.is_dir() else above:
            below = directory.setdefault(part, {})
            if part in (b"", b".", b"..") or not isinstance(below, dict):
                raise ImageError(f"the archive {_name(archive)} holds the name {info.filename!r}")
            directory = below
        if not info.is_dir():
            directory[name] = info
    return _nodes(opened, tree, _name(archive))


def _name(archive: str | os.PathLike[str] | bytes) -> str:
    return "in another" if isinstance(archive, bytes) else repr(os.fspath(archive))


def _nodes(archive: zipfile.ZipFile, tree: _Tree, where: str) -> dict[bytes, Node]:
    nodes: dict[bytes, Node] = {}
    for name, item in tree.items():
        if isinstance(item, dict):
            nodes[name] = NodeDirectory(entries=_nodes(archive, item, where))
        else:
            nodes[name] = NodeFile(0o644, size=item.file_size, load=lambda item=item: _read(archive, item, where))
    return nodes


def _read(archive: zipfile.ZipFile, item: zipfile.ZipInfo, where: str) -> bytes:
    try:
        return archive.read(item)
    except (OSError, zipfile.BadZipFile, zlib.error) as error:
        raise ImageError(f"cannot read {item.filename!r} of the archive {where}: {error}") from None
