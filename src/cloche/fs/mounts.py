"""The tree of a machine: the image's writable layer, /dev, /proc, /tmp, and filesystems that no path leads to."""
from __future__ import annotations

from typing import Any

from ..vfs.vfs import Vfs
from .anon import AnonFs
from .devfs import DevFs
from .devpts import DevPts
from .image import NodeDirectory
from .overlayfs import OverlayFs
from .pipefs import PipeFs
from .procfs import ProcFs
from .sockfs import SocketFs
from .tmpfs import TmpFs


class MachineVfs(Vfs):
    """A Vfs with Linux's usual mounts. `pipes` and `anonymous` hold what has no name: pipes, memfds; `anon` what is
    no file at all: epolls and their kin; `sockets` the sockets."""

    def __init__(self, image: NodeDirectory, security: Any, recorder: Any, clock: Any, limits: Any = None) -> None:
        super().__init__(security, recorder, clock, limits)
        self.image = image
        self.mount_root(OverlayFs(self, image))
        self.dev = DevFs(self)
        self.mount(b"/dev", self.dev)
        self.proc = ProcFs(self)
        self.mount(b"/proc", self.proc)
        self.devpts = DevPts(self.limits.ptys_max)
        self.mount(b"/dev/pts", self.devpts)
        if self.root.lookup(b"tmp") is None:
            self.root.mkdir(b"tmp", 0o1777, 0, 0, self.now())
        self.pipes = PipeFs(self)
        self.anonymous = TmpFs(self)
        self.number(self.anonymous)
        self.anon = AnonFs(self)
        self.sockets = SocketFs(self)
