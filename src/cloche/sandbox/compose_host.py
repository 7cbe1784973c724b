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
from ..fs.pipefs import Pipe, PipeFs
from ..kernel.limits import Limits
from ..kernel.machine import Machine
from ..lib.clock import Clock
from ..security.hooks import Security
from ..vfs.vfs import Vfs
from .mounts import Mount
from .streams_host import StreamsHost


def make_vfs(security: Security, recorder: Recorder, clock: Clock, limits: Limits, image: Any) -> Vfs:
    """A writable layer over the image, with /dev and /tmp."""
    return MachineVfs(image, security, recorder, clock, limits)


def anonymous_inode(machine: Machine) -> Callable[[], Any]:
    """Makes inodes for streams that come from outside: they look like pipes."""
    filesystem = PipeFs(machine.vfs)
    return lambda: Pipe(filesystem)


def mount_all(machine: Machine, mounts: Sequence[Mount]) -> None:
    for mount in mounts:
        if not mount.host.exists():
            raise ClocheError(f"cannot mount {mount.host}: it does not exist")


@contextmanager
def running(engine: Engine, host: StreamsHost) -> Iterator[None]:
    """Around a machine's run: the ticker ticks, and Ctrl-C is the machine's to see (in the main thread)."""
    main = threading.current_thread() is threading.main_thread()
    before = None
    if main:
        def interrupt(*_: object) -> None:
            host.interrupted = True

        before = signal.signal(signal.SIGINT, interrupt)
    if engine.ticker is not None:
        engine.ticker.start()
    try:
        yield
    finally:
        if engine.ticker is not None:
            engine.ticker.stop()
        if main:
            signal.signal(signal.SIGINT, before)
