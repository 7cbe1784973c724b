"""Putting a machine together: its file system, its mounts, and what runs around it."""
from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..engine.wasmtime_host import Engine
from ..errors import ClocheError
from ..events.recorder import Recorder
from ..fs.mounts import MachineVfs
from ..fs.pipefs import PipeFs, StreamNode
from ..kernel.limits import Limits
from ..kernel.machine import Machine
from ..lib.clock import Clock
from ..security.hooks import Security
from ..vfs.filesystem import FileSystem
from ..vfs.vfs import Vfs
from .mounts import Mount, MountMode
from .streams_host import StreamsHost


def make_vfs(security: Security, recorder: Recorder, clock: Clock, limits: Limits, image: Any) -> Vfs:
    """A writable layer over the image, with /dev and /tmp."""
    return MachineVfs(image, security, recorder, clock, limits)


def anonymous_inode(machine: Machine) -> Callable[[], Any]:
    """Makes inodes for streams that come from outside: they look like pipes."""
    filesystem = PipeFs(machine.vfs)
    return lambda: StreamNode(filesystem)


def mount_all(machine: Machine, mounts: Sequence[Mount]) -> None:
    for mount in mounts:
        if not mount.host.exists():
            raise ClocheError(f"cannot mount {mount.host}: it does not exist")
        machine.vfs.mount(mount.guest.encode(), _filesystem(machine, mount))


def _filesystem(machine: Machine, mount: Mount) -> FileSystem:
    from ..fs.hostfs_host import HostFs  # most sandboxes have no mounts
    from ..fs.hostoverlay_host import HostOverlay
    try:
        if mount.mode is not MountMode.OVERLAY:
            return HostFs(machine.vfs, mount.host, readonly=mount.mode is MountMode.RO)
        if not mount.host.is_dir():
            raise ClocheError(f"cannot mount {mount.host} as an overlay: it is not a directory; use ro or rw")
        return HostOverlay(machine.vfs, mount.host)
    except OSError as error:
        raise ClocheError(f"cannot mount {mount.host}: {error.strerror}") from None


@contextmanager
def running(engine: Engine, host: StreamsHost) -> Iterator[None]:
    """Around a machine's run: the engine is ours, the ticker ticks, and Ctrl-C is the machine's to see (main thread)."""
    with engine.entered(), _interrupts_noted(host):
        if engine.ticker is not None:
            engine.ticker.start()
        try:
            yield
        finally:
            if engine.ticker is not None:
                engine.ticker.stop()


@contextmanager
def _interrupts_noted(host: StreamsHost) -> Iterator[None]:
    main = threading.current_thread() is threading.main_thread()
    before = None
    if main:
        def interrupt(*_: object) -> None:
            host.interrupted = True

        before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        if main:
            signal.signal(signal.SIGINT, before)
