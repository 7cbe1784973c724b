"""Whatever a guest passes to the calls on sockets, terminals, waiting and identity, the kernel stands."""
import random

import pytest
from unit.fakes import SCRATCH, current, make_machine

from cloche.abi import termios
from cloche.kernel.scheduler import RUNNABLE
from cloche.syscalls import dispatch
from cloche.syscalls.table import ROWS

_NUMBERS = [row.number for row in ROWS if row.handler.__module__.rsplit(".", 1)[1] in (
    "socket", "socket_message", "socket_option", "poll", "event", "identity")]
_FILES = {row.name: row.number for row in ROWS if row.name in ("read", "write", "close", "dup", "ioctl", "fcntl64")}
_REQUESTS = [value for name, value in vars(termios).items() if name.startswith(("TC", "TIO", "FIO"))]
_INTERESTING = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 17, 28, 64, 110, 128, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
                0xFFFFFFFE, 0x4000, 0o4000, 0o2000000, SCRATCH, SCRATCH + 8, SCRATCH + 4096, 262144, 262140)


def argument(rng):
    kind = rng.random()
    if kind < 0.7:
        return rng.choice(_INTERESTING)
    return rng.randrange(20) if kind < 0.9 else rng.getrandbits(32)


@pytest.mark.parametrize("seed", range(8))
def test_random_calls(seed):
    rng = random.Random(seed)
    machine = make_machine(seed=seed)
    proc = current(machine)
    devpts, files = machine.vfs.devpts, []
    for _ in range(2):
        node = devpts.new(machine, 0)
        node.tty.locked = False
        files.append(node.open(proc, 2, (devpts.root, b"%d" % node.tty.index)))
    files.append(devpts.open_master(proc, machine.vfs.dev.root, 2, None))
    for file in files:
        proc.fds.install(file)
    for _ in range(6000):
        if rng.random() < 0.3:
            start = SCRATCH + rng.randrange(256)
            data = rng.choice((b"\1\0\0aname", b"\1\0/tmp/s", b"\2\0\0\x50\x7f\0\0\1" + bytes(8), rng.randbytes(16)))
            proc.mem.view[start:start + len(data)] = data
        number = rng.choice(_NUMBERS) if rng.random() < 0.75 else rng.choice(list(_FILES.values()))
        arguments = [argument(rng) for _ in range(6)]
        if number == _FILES["ioctl"]:
            arguments[1] = rng.choice(_REQUESTS)
        result = dispatch.call(proc, number, *arguments)
        assert -600 < result < 1 << 32
        assert machine.stop_reason is None, (number, arguments)
        if not proc.alive:
            proc = current(machine)
        elif proc.state is not RUNNABLE:
            proc.cancel_wait()
            proc.state, proc.deadline = RUNNABLE, None
    proc.fds.close_all()
    machine.engine.current = None
    assert machine.vfs.sockets.network.buffers.used == 0
    assert machine.vfs.anon.watches.used == 0
