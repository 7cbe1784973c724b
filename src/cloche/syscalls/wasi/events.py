"""Clocks and poll_oneoff."""
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...abi import wasi as W
from ...abi.errno import Errno, SysError
from ...abi.poll import POLLERR, POLLHUP, POLLIN, POLLOUT
from ...abi.time import CLOCK_MONOTONIC, CLOCK_REALTIME
from ...lib.wait_queue import WaitQueue
from .. import time
from .fds import put_u64

if TYPE_CHECKING:
    from ...kernel.process import Process

#: Subscriptions of one call; poll(2) has RLIMIT_NOFILE.
_SUBSCRIPTIONS_MAX = 1024
_CLOCK_IDS = 4


def clock_time_get(proc: Process, clock: int, precision: int, result: int) -> int:
    """clock_gettime(2), in nanoseconds. The ids are Linux's first four."""
    if clock >= _CLOCK_IDS:
        return -Errno.EINVAL
    now = time.read_clock(proc, clock)
    assert now is not None
    return put_u64(proc, result, now)


def clock_res_get(proc: Process, clock: int, result: int) -> int:
    """clock_getres(2)."""
    return -Errno.EINVAL if clock >= _CLOCK_IDS else put_u64(proc, result, 1)


def poll_oneoff(proc: Process, subscriptions: int, events: int, count: int, result: int) -> int:
    """poll(2) and clock_nanosleep(2) in one. Waits until at least one subscription's event is there.

    A relative timeout counts from the first try: `proc.deadline` holds that moment.
    """
    if not 0 < count <= _SUBSCRIPTIONS_MAX:
        return -Errno.EINVAL
    proc.mem.window(events, W.EVENT.size * count)
    proc.mem.window(result, 4)
    wanted = W.SUBSCRIPTION.iter_unpack(proc.mem.read(subscriptions, W.SUBSCRIPTION.size * count))
    started = proc.until(0)
    found: list[bytes] = []
    queues: list[WaitQueue] = []
    wakeups: list[int] = []
    for userdata, tag, union in wanted:
        if tag == W.EVENTTYPE_CLOCK:
            wakeup = _wakeup(proc, started, union)
            if wakeup <= proc.machine.clock.monotonic():
                found.append(W.EVENT.pack(userdata, 0, tag, 0, 0))
            wakeups.append(wakeup)
        elif tag in (W.EVENTTYPE_FD_READ, W.EVENTTYPE_FD_WRITE):
            found.extend(_ready(proc, userdata, tag, int.from_bytes(union[:4], "little"), queues))
        else:
            raise SysError(Errno.EINVAL)
    if not found:
        return proc.sleep(*queues, deadline=min(wakeups, default=None))
    proc.deadline = None
    proc.mem.write(events, b"".join(found))
    proc.mem.put_u32(result, len(found))
    return 0


def _wakeup(proc: Process, started: int, union: bytes) -> int:
    """When a clock subscription is due, on the machine's monotonic clock."""
    clock, timeout, _, flags = W.SUBSCRIPTION_CLOCK.unpack(union)
    if clock not in (CLOCK_REALTIME, CLOCK_MONOTONIC) or flags & ~W.SUBCLOCK_ABSTIME:
        raise SysError(Errno.EINVAL)
    if not flags & W.SUBCLOCK_ABSTIME:
        return started + timeout
    now = time.read_clock(proc, clock)
    assert now is not None
    return proc.machine.clock.monotonic() + timeout - now


def _ready(proc: Process, userdata: int, tag: int, fd: int, queues: list[WaitQueue]) -> Iterator[bytes]:
    """The event of a descriptor's subscription, if it is there; else its queue is added to `queues`."""
    file, writing = proc.fds.entries.get(fd), tag == W.EVENTTYPE_FD_WRITE
    if file is None or not (file.writable if writing else file.readable):
        yield W.EVENT.pack(userdata, W.ERRNO[Errno.EBADF], tag, 0, 0)
        return
    state = file.poll()
    if state & ((POLLOUT if writing else POLLIN) | POLLHUP | POLLERR):
        size = max(0, file.inode.size - file.position) if file.inode.is_regular and not writing else 1
        yield W.EVENT.pack(userdata, 0, tag, size, W.EVENT_HANGUP if state & POLLHUP else 0)
        return
    queue = file.queue(writing)
    if queue is not None:
        queues.append(queue)
