"""Roots for tests: the staged userland with programs of ours added, since a sandbox runs no other programs."""
from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from cloche.userland.store_host import Store


def root_with(folder: Path, programs: Mapping[str, bytes]) -> Path:
    """The current root's tree in `folder` (hard links where that can be), with `programs` by their paths."""
    root = folder / "root"
    shutil.copytree(Store().root(), root, symlinks=True, copy_function=_link)
    for path, data in programs.items():
        target = root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        target.chmod(0o755)
    return root


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
