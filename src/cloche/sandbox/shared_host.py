"""What all sandboxes of one host process share: compiled programs and the image they begin with."""
from __future__ import annotations

import functools
from pathlib import Path

from ..engine.wasmtime_host import Engine
from ..fs import image_host
from ..userland.cache_host import Cache
from ..userland.store_host import Store


@functools.cache
def engine(deterministic: bool, foreign_programs: bool) -> Engine:
    """The engine of this process, of each kind."""
    return Engine(Cache().root, deterministic, foreign_programs)


@functools.cache
def image(root: Path):
    """The image of a staged root, scanned once."""
    return image_host.load(root)


def default_root() -> Path:
    """The staged root that `cloche userland build` made. UserlandError says how to get one."""
    return Store().root()
