"""Pipes and FIFOs: pipe(7), fifo(7)."""
from collections import deque

from hypothesis import given, settings
from hypothesis import strategies as st
from world import BUFFER, World

from cloche.abi.errno import ERESTART, Errno
from cloche.abi.fcntl import F_GETPIPE_SZ, F_SETPIPE_SZ, O_NONBLOCK, O_RDWR, O_WRONLY
from cloche.abi.poll import POLLHUP
from cloche.abi.stat import S_IFIFO
from cloche.kernel.limits import Limits

AGAIN = -Errno.EAGAIN


def test_reading_an_empty_pipe_waits_then_ends_when_the_writer_is_gone(proc):
    reader, writer = proc.pipe()
    assert proc.call("read", reader, BUFFER, 1) == -ERESTART
    assert proc.write(writer, b"abc") == 3
    assert proc.waiting_on == ()
    assert proc.read(reader, 2) == b"ab"
    assert proc.close(writer) == 0
    assert proc.read(reader) == b"c"
    assert proc.read(reader) == b""


def test_a_write_of_at_most_pipe_buf_is_whole_or_not_at_all(proc):
    reader, writer = proc.pipe(O_NONBLOCK)
    assert proc.write(writer, bytes(65536 - 4095)) == 61441
    assert proc.write(writer, bytes(4096)) == AGAIN
    assert proc.write(writer, bytes(4097)) == 4095
    assert proc.write(writer, b"x") == AGAIN
    assert proc.read(reader, 1) == b"\0"
    assert proc.write(writer, b"x") == 1


def test_a_blocking_write_is_taken_whole(proc):
    _, writer = proc.pipe()
    assert proc.write(writer, bytes(200000)) == 200000
    assert proc.call("write", writer, BUFFER, 1) == -ERESTART


def test_writing_without_readers_is_epipe_and_a_signal(world, monkeypatch):
    from cloche.syscalls import file
    sent = []
    monkeypatch.setattr(file.signals, "send", lambda proc, signo, info=None: sent.append(signo))
    proc = world.proc
    reader, writer = proc.pipe()
    proc.close(reader)
    assert proc.write(writer, b"x") == -Errno.EPIPE
    assert sent == [13]


def test_capacity(proc):
    reader, writer = proc.pipe(O_NONBLOCK)
    assert proc.call("fcntl64", reader, F_GETPIPE_SZ) == 65536
    assert proc.call("fcntl64", reader, F_SETPIPE_SZ, 5000) == 8192
    assert proc.write(writer, bytes(10000)) == 8192
    assert proc.call("fcntl64", reader, F_SETPIPE_SZ, 4096) == -Errno.EBUSY
    assert proc.call("fcntl64", reader, F_SETPIPE_SZ, (1 << 20) + 1) == -Errno.EPERM
    assert proc.call("fcntl64", reader, F_SETPIPE_SZ, 1 << 31) == -Errno.EINVAL


def test_what_pipes_hold_together_is_bounded():
    world = World(limits=Limits(pipe_bytes_max=4096))  # 64 times that in all
    proc = world.proc
    pipes = [proc.pipe(O_NONBLOCK) for _ in range(8)]
    taken = [proc.write(writer, bytes(65536)) for _, writer in pipes]
    assert taken == [65536] * 4 + [4096] * 4
    for reader, writer in pipes:
        proc.close(reader)
        proc.close(writer)
    assert world.vfs.pipe_bytes.used == 0
    assert world.vfs.files_open.used == 0


def test_opening_a_fifo_waits_for_the_other_side(world):
    one, other = world.proc, world.new()
    assert one.at("mknodat", b"/fifo", S_IFIFO | 0o644, 0) == 0
    assert one.open(b"/fifo") == -ERESTART
    fd = other.open(b"/fifo", O_WRONLY)
    assert fd == 0
    assert one.waiting_on == ()
    assert one.open(b"/fifo") == 0
    assert other.write(fd, b"through") == 7
    assert one.read(0) == b"through"


def test_a_fifo_writer_that_does_not_wait_needs_a_reader(proc):
    assert proc.at("mknodat", b"/fifo", S_IFIFO | 0o644, 0) == 0
    assert proc.open(b"/fifo", O_WRONLY | O_NONBLOCK) == -Errno.ENXIO
    reader = proc.open(b"/fifo", O_NONBLOCK)
    assert proc.fds.get(reader).poll() == 0  # no POLLHUP: there has been no writer
    writer = proc.open(b"/fifo", O_WRONLY | O_NONBLOCK)
    proc.close(writer)
    assert proc.fds.get(reader).poll() == POLLHUP


def test_a_fifo_forgets_its_bytes_when_nobody_has_it_open(proc):
    assert proc.at("mknodat", b"/fifo", S_IFIFO | 0o644, 0) == 0
    fd = proc.open(b"/fifo", O_RDWR)
    assert proc.write(fd, b"lost") == 4
    proc.close(fd)
    fd = proc.open(b"/fifo", O_RDWR | O_NONBLOCK)
    assert proc.read(fd) == AGAIN


_steps = st.lists(st.one_of(
    st.tuples(st.just("write"), st.integers(0, 70000)), st.tuples(st.just("read"), st.integers(0, 70000))), max_size=30)


@settings(deadline=None, max_examples=60)
@given(_steps)
def test_a_pipe_is_a_bounded_queue(steps):
    """The model: a deque of at most 65536 bytes; writes of up to 4096 bytes are atomic."""
    proc = World().proc
    reader, writer = proc.pipe(O_NONBLOCK)
    model, stamp = deque(), 0
    for what, count in steps:
        if what == "write":
            data = bytes((stamp + i) & 0xFF for i in range(count))
            stamp += count
            room = 65536 - len(model)
            expected = count if count <= room else AGAIN if count <= 4096 or not room else room
            assert proc.write(writer, data) == expected
            model.extend(data[:max(expected, 0)])
        else:
            expected = bytes(model.popleft() for _ in range(min(count, len(model))))
            assert proc.read(reader, count) == (expected if expected or not count else AGAIN)
