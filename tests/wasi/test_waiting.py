"""Calls that wait: no other process waits with them, and signals end them."""
from __future__ import annotations

import struct

import pytest

from cloche.abi import wasi as W
from cloche.abi.errno import Errno
from cloche.abi.signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM
from cloche.abi.time import SECOND
from cloche.fs.pipefs import StreamNode, make_pipe
from cloche.kernel import signals
from cloche.sandbox.streams import CapturedOutput
from cloche.sandbox.streams_host import StreamsHost
from wasi.programs import World, calls, outcome, run

VECTOR, BUFFER, ANSWER, EVENTS, SUBSCRIPTIONS = 0x300, 0x400, 0x1000, 0x1800, 0x2000


def vector(*places: tuple[int, int]) -> bytes:
    return b"".join(struct.pack("<II", *place) for place in places)


def clock(userdata: int, timeout: int, flags: int = 0, clock_id: int = 1) -> bytes:
    return W.SUBSCRIPTION.pack(userdata, W.EVENTTYPE_CLOCK, W.SUBSCRIPTION_CLOCK.pack(clock_id, timeout, 0, flags))


def readable(userdata: int, fd: int, tag: int = W.EVENTTYPE_FD_READ) -> bytes:
    return W.SUBSCRIPTION.pack(userdata, tag, struct.pack("<I28x", fd))


READ = calls([("fd_read", 0, VECTOR, 1, ANSWER)], {VECTOR: vector((BUFFER, 16))}, [(ANSWER, 4), (BUFFER, 16)])
WRITE = calls([("poll_oneoff", SUBSCRIPTIONS, EVENTS, 1, ANSWER), ("fd_write", 3, VECTOR, 1, ANSWER)],
              {VECTOR: vector((BUFFER, 5)), BUFFER: b"hello", SUBSCRIPTIONS: clock(1, SECOND)})


def pipe(world: World):
    return make_pipe(world.vfs.pipes, 0, 0, 0, 0)


def captured(world: World) -> CapturedOutput:
    file = CapturedOutput(StreamNode(world.streams), lambda count: None)
    file.get()
    return file


def test_a_read_waits_for_the_pipes_writer(engine):
    world = World(engine, {"read": READ, "write": WRITE})
    reader, writer = pipe(world)
    out = captured(world)
    first = world.spawn("read", files={0: reader, 1: out})
    second = world.spawn("write", files={1: captured(world), 3: writer})
    assert world.finish(first, second) == [0, 0]
    done = outcome(0, bytes(out.data), [("fd_read",)], [(ANSWER, 4), (BUFFER, 16)])
    assert (done.errnos, done.shown) == ([0], [b"\x05\0\0\0", b"hello".ljust(16, b"\0")])


def test_a_write_waits_for_room(engine):
    big = calls([("fd_write", 1, VECTOR, 1, ANSWER), ("fd_write", 1, VECTOR, 1, ANSWER)], {VECTOR: vector((0, 0xF000))})
    drain = calls([("poll_oneoff", SUBSCRIPTIONS, EVENTS, 1, ANSWER)] + [("fd_read", 0, VECTOR, 1, ANSWER)] * 3,
                  {VECTOR: vector((0x8000, 0xF000)), SUBSCRIPTIONS: clock(1, SECOND)})
    world = World(engine, {"big": big, "drain": drain})
    reader, writer = pipe(world)
    writing = world.spawn("big", files={1: writer})
    reading = world.spawn("drain", files={0: reader, 1: captured(world)})
    world.machine.run(lambda: not world.machine.scheduler.ready, StreamsHost())
    assert (writing.state, reading.state) == ("S", "S")
    assert world.finish(reading) == [0]
    world.finish(writing)


def test_a_broken_pipe_is_an_error_and_no_signal(engine):
    program = calls([("fd_write", 3, VECTOR, 1, ANSWER)], {VECTOR: vector((BUFFER, 5))})
    world = World(engine, {"program": program})
    reader, writer = pipe(world)
    reader.get().put()
    out = captured(world)
    assert world.finish(world.spawn("program", files={1: out, 3: writer})) == [0]
    assert outcome(0, bytes(out.data), [("fd_write",)], []).errnos == [W.ERRNO[Errno.EPIPE]]


@pytest.mark.parametrize("signo", [SIGKILL, SIGTERM])
def test_a_signal_ends_a_program_that_waits(engine, signo):
    world = World(engine, {"read": READ})
    reader, writer = pipe(world)
    writer.get()
    waiting = world.spawn("read", files={0: reader, 1: captured(world)})
    world.machine.scheduler.at(SECOND, lambda: signals.send(waiting, signo))
    assert world.finish(waiting) == [signo]


def test_a_stopped_program_goes_on_where_it_waited(engine):
    world = World(engine, {"read": READ, "write": WRITE})
    reader, writer = pipe(world)
    out = captured(world)
    waiting = world.spawn("read", files={0: reader, 1: out})
    writing = world.spawn("write", files={1: captured(world), 3: writer})
    world.machine.scheduler.at(SECOND // 2, lambda: signals.send(waiting, SIGSTOP))
    world.finish(writing)
    assert waiting.state == "T"
    signals.send(waiting, SIGCONT)
    assert world.finish(waiting) == [0]
    assert bytes(out.data) == struct.pack("<II", 0, 5) + b"hello".ljust(16, b"\0")


def poll(engine, *subscriptions: bytes, stdin: bytes = b"") -> tuple[list[int], list[tuple[int, ...]]]:
    count = len(subscriptions)
    steps = [("poll_oneoff", SUBSCRIPTIONS, EVENTS, count, ANSWER)]
    done = run(engine, steps, {SUBSCRIPTIONS: b"".join(subscriptions)}, [(ANSWER, 4), (EVENTS, 32 * count)], stdin=stdin)
    found, = struct.unpack("<I", done.shown[0])
    return done.errnos, list(W.EVENT.iter_unpack(done.shown[1]))[:found]


def test_the_first_clock_wins(engine):
    assert poll(engine, clock(1, 5 * SECOND), clock(2, SECOND)) == ([0], [(2, 0, 0, 0, 0)])


def test_a_moment_that_is_past_is_due(engine):
    assert poll(engine, clock(1, 5 * SECOND), clock(2, 1, W.SUBCLOCK_ABSTIME, 0)) == ([0], [(2, 0, 0, 0, 0)])


def test_what_is_ready_is_said_at_once(engine):
    done = poll(engine, clock(1, SECOND), readable(7, 0), readable(8, 1, W.EVENTTYPE_FD_WRITE), readable(9, 55))
    assert done == ([0], [(7, 0, 1, 1, 0), (8, 0, 2, 1, 0), (9, W.ERRNO[Errno.EBADF], 1, 0, 0)])


@pytest.mark.parametrize("subscription", [clock(1, 0, 2), clock(1, 0, 0, 2), W.SUBSCRIPTION.pack(1, 3, bytes(32))])
def test_a_wrong_subscription_is_refused(engine, subscription):
    assert poll(engine, subscription)[0] == [W.ERRNO[Errno.EINVAL]]


def test_nothing_to_wait_for_is_refused(engine):
    done = run(engine, [("poll_oneoff", SUBSCRIPTIONS, EVENTS, count, ANSWER) for count in (0, 1025, 0x8000_0000)])
    assert done.errnos == [W.ERRNO[Errno.EINVAL]] * 3


def test_a_sleep_takes_its_time(engine):
    """On the virtual clock: no less than a second, and no more than the calls themselves."""
    steps = [("clock_time_get", 1, 0, BUFFER), ("poll_oneoff", SUBSCRIPTIONS, EVENTS, 1, ANSWER),
             ("clock_time_get", 1, 0, BUFFER + 8)]
    done = run(engine, steps, {SUBSCRIPTIONS: clock(1, SECOND)}, [(BUFFER, 16)])
    before, after = struct.unpack("<QQ", done.shown[0])
    assert SECOND <= after - before < SECOND + SECOND // 100
