"""File locks: fcntl(2), flock(2)."""
import struct

import pytest
from world import RESULT, World

from cloche.abi.errno import ERESTART, Errno
from cloche.abi.fcntl import (
    F_GETLK64,
    F_OFD_SETLK,
    F_RDLCK,
    F_SETLK64,
    F_SETLKW64,
    F_UNLCK,
    F_WRLCK,
    LOCK_EX,
    LOCK_NB,
    LOCK_SH,
    LOCK_UN,
    O_CREAT,
    O_RDWR,
)
from cloche.abi.structs import FLOCK64
from cloche.kernel.limits import Limits

AGAIN = -Errno.EAGAIN


@pytest.fixture
def two():
    """Two processes, and a descriptor of the same file in each."""
    world = World()
    one, other = world.proc, world.new()
    one.make(b"/f", b"0123456789")
    return one, other, one.open(b"/f", O_RDWR), other.open(b"/f", O_RDWR)


def lock(proc, fd, kind, start=0, length=0, command=F_SETLK64):
    FLOCK64.pack_into(proc.mem.view, RESULT, kind, 0, start, length, 0)
    return proc.call("fcntl64", fd, command, RESULT)


def holder(proc, fd, kind, start=0, length=0):
    """(kind, start, length, pid) that F_GETLK gives."""
    assert lock(proc, fd, kind, start, length, F_GETLK64) == 0
    kind, _, start, length, pid = FLOCK64.unpack_from(proc.mem.view, RESULT)
    return kind, start, length, pid


def test_write_locks_exclude(two):
    one, other, a, b = two
    assert lock(one, a, F_WRLCK, 0, 5) == 0
    assert lock(other, b, F_RDLCK, 4, 1) == AGAIN
    assert lock(other, b, F_RDLCK, 5, 1) == 0
    assert holder(other, b, F_WRLCK, 0, 5) == (F_WRLCK, 0, 5, one.pid)


def test_read_locks_share(two):
    one, other, a, b = two
    assert lock(one, a, F_RDLCK) == 0
    assert lock(other, b, F_RDLCK) == 0
    assert lock(other, b, F_WRLCK) == AGAIN


def test_unlocking_the_middle_splits(two):
    one, other, a, b = two
    assert lock(one, a, F_WRLCK, 0, 10) == 0
    assert lock(one, a, F_UNLCK, 3, 2) == 0
    assert lock(other, b, F_WRLCK, 3, 2) == 0
    assert lock(other, b, F_WRLCK, 2, 1) == AGAIN
    assert holder(other, b, F_WRLCK, 5, 1) == (F_WRLCK, 5, 5, one.pid)


def test_closing_any_descriptor_of_the_file_drops_the_process_s_locks(two):
    one, other, a, b = two
    assert lock(one, a, F_WRLCK) == 0
    again = one.open(b"/f")
    assert one.close(again) == 0
    assert lock(other, b, F_WRLCK) == 0


def test_locks_of_an_open_file_go_with_it(two):
    one, other, a, b = two
    assert lock(one, a, F_WRLCK, command=F_OFD_SETLK) == 0
    again = one.open(b"/f")
    assert one.close(again) == 0
    assert lock(other, b, F_WRLCK, command=F_OFD_SETLK) == AGAIN
    assert one.close(a) == 0
    assert lock(other, b, F_WRLCK, command=F_OFD_SETLK) == 0


def test_a_waiting_process_is_woken_and_gets_the_lock(two):
    one, other, a, b = two
    assert lock(one, a, F_WRLCK) == 0
    assert lock(other, b, F_WRLCK, command=F_SETLKW64) == -ERESTART
    assert other.waiting_on != ()
    assert lock(one, a, F_UNLCK) == 0
    assert other.waiting_on == ()
    assert lock(other, b, F_WRLCK, command=F_SETLKW64) == 0


def test_a_circle_of_waits_is_a_deadlock(two):
    one, other, a, b = two
    assert lock(one, a, F_WRLCK, 0, 1) == 0
    assert lock(other, b, F_WRLCK, 1, 1) == 0
    assert lock(one, a, F_WRLCK, 1, 1, F_SETLKW64) == -ERESTART
    assert lock(other, b, F_WRLCK, 0, 1, F_SETLKW64) == -Errno.EDEADLK


def test_a_wait_that_a_signal_ended_is_no_deadlock(two):
    one, other, a, b = two
    assert lock(one, a, F_WRLCK, 0, 1) == 0
    assert lock(other, b, F_WRLCK, 1, 1) == 0
    assert lock(one, a, F_WRLCK, 1, 1, F_SETLKW64) == -ERESTART
    one.wake()
    assert lock(other, b, F_WRLCK, 0, 1, F_SETLKW64) == -ERESTART


def test_flock_excludes_and_converts(two):
    one, other, a, b = two
    assert one.call("flock", a, LOCK_SH) == 0
    assert other.call("flock", b, LOCK_SH | LOCK_NB) == 0
    assert other.call("flock", b, LOCK_EX | LOCK_NB) == AGAIN
    # flock(2): the conversion failed, and the lock that was held is gone.
    assert one.call("flock", a, LOCK_EX | LOCK_NB) == 0
    assert other.call("flock", b, LOCK_SH) == -ERESTART
    assert one.call("flock", a, LOCK_UN) == 0
    assert other.waiting_on == ()


def test_flock_is_the_open_file_s_and_survives_a_closed_duplicate(two):
    one, other, a, b = two
    assert one.call("flock", a, LOCK_EX) == 0
    duplicate = one.call("dup", a)
    assert one.close(a) == 0
    assert other.call("flock", b, LOCK_EX | LOCK_NB) == AGAIN
    assert one.close(duplicate) == 0
    assert other.call("flock", b, LOCK_EX | LOCK_NB) == 0


def test_the_machine_s_locks_are_bounded():
    world = World(limits=Limits(locks_max=3))
    proc = world.proc
    fd = proc.open(b"/f", O_CREAT | O_RDWR)
    assert [lock(proc, fd, F_WRLCK, 2 * i, 1) for i in range(4)] == [0, 0, 0, -Errno.ENOLCK]
    assert proc.close(fd) == 0
    assert world.vfs.locks.all() == 0


def test_a_lock_needs_the_access_it_is_for(two):
    one, _, _, _ = two
    reader = one.open(b"/f")
    assert lock(one, reader, F_WRLCK) == -Errno.EBADF
    assert lock(one, reader, F_RDLCK) == 0


def test_bad_arguments(two):
    one, _, a, _ = two
    assert lock(one, a, 7) == -Errno.EINVAL
    assert lock(one, a, F_RDLCK, -1, 1) == -Errno.EINVAL
    assert lock(one, a, F_RDLCK, 10, -11) == -Errno.EINVAL
    assert one.call("fcntl64", a, F_SETLK64, 0xFFFFFFF0) == -Errno.EFAULT
    assert struct.calcsize("<hh4xqqi4x") == FLOCK64.size
