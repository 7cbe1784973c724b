"""What all sandboxes of one host process share: compiled programs and the image they begin with."""
from __future__ import annotations

import functools
from pathlib import Path

from ..engine.wasmtime_host import Engine
from ..fs import image_host
from ..fs.image import union
from ..userland.cache_host import Cache
from ..userland.store_host import Store
from . import science_host


@functools.cache
def engine(deterministic: bool, foreign_programs: bool) -> Engine:
    """The engine of this process, of each kind."""
    return Engine(Cache().root, deterministic, foreign_programs)


@functools.cache
def image(root: Path):
    """The image of a staged root, with python3-sci; scanned once."""
    return union(image_host.load(root), science_host.layer())


def default_root() -> Path:
    """The staged root that `cloche userland build` made. UserlandError says how to get one."""
    return Store().root()
