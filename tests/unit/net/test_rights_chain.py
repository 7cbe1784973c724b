"""Sockets that lie in sockets that lie in sockets: freed at once, in time in proportion, without recursion."""
from __future__ import annotations

import struct

from unit.fakes import NUMBERS, SCRATCH, current, make_machine

from cloche.syscalls import dispatch


class World:
    def __init__(self):
        self.machine = make_machine()
        self.proc = current(self.machine)

    def call(self, name, *arguments):
        return dispatch.call(self.proc, NUMBERS[name], *(*arguments, 0, 0, 0, 0, 0, 0)[:6])

    def pair(self):
        assert self.call("socketpair", 1, 1, 0, SCRATCH) == 0
        return struct.unpack_from("<II", self.proc.mem.view, SCRATCH)

    def send(self, fd, passed):
        """One byte, and a descriptor."""
        mem = self.proc.mem
        mem.write(SCRATCH + 256, struct.pack("<IiIi", 16, 1, 1, passed))
        mem.write(SCRATCH + 128, struct.pack("<II", SCRATCH + 200, 1))
        mem.write(SCRATCH + 64, struct.pack("<7I", 0, 0, SCRATCH + 128, 1, SCRATCH + 256, 16, 0))
        return self.call("sendmsg", fd, SCRATCH + 64, 0)


def test_a_chain_as_long_as_may_be_goes_with_its_end():
    world = World()
    last, sent = None, 0
    while True:
        one, other = world.pair()
        if last is not None:
            if world.send(one, last) != 1:
                break
            sent += 1
            world.call("close", last)
        world.call("close", one)
        last = other
    assert sent > 400
    for fd in (one, other, last):
        world.call("close", fd)
    assert (world.machine.vfs.files_open.used, world.machine.stop_reason) == (0, None)


def test_many_sockets_that_lie_in_themselves_are_freed_at_the_latest_with_the_next_ones():
    world = World()
    for _ in range(2000):
        one, other = world.pair()
        assert world.send(one, other) == 1
        world.call("close", one)
        world.call("close", other)
    assert world.machine.vfs.files_open.used <= 64
