"""The tree of a machine: the image's writable layer, /dev, /proc, /tmp, and filesystems that no path leads to."""
from __future__ import annotations

from typing import Any

from ..vfs.vfs import Vfs
from .devfs import DevFs
from .image import NodeDirectory
from .overlayfs import OverlayFs
from .pipefs import PipeFs
from .tmpfs import TmpFs


class MachineVfs(Vfs):
    """A Vfs with Linux's usual mounts. `pipes` and `anonymous` hold what has no name: pipes, memfds."""

    def __init__(self, image: NodeDirectory, security: Any, recorder: Any, clock: Any, limits: Any = None) -> None:
        super().__init__(security, recorder, clock, limits)
        self.mount_root(OverlayFs(self, image))
        self.dev = DevFs(self)
        self.mount(b"/dev", self.dev)
        if self.root.lookup(b"tmp") is None:
            self.root.mkdir(b"tmp", 0o1777, 0, 0, self.now())
        self.pipes = PipeFs(self)
        self.anonymous = TmpFs(self)
        self.number(self.anonymous)
