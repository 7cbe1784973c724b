"""Handlers of processes, time, memory and the machine: edges of their arguments."""
from __future__ import annotations

import pytest
from unit.fakes import MEMORY_BYTES, NUMBERS, SCRATCH, current, make_machine

from cloche.abi.errno import ERESTART, Errno
from cloche.abi.limits import RLIM_INFINITY, RLIMIT_AS, RLIMIT_NOFILE
from cloche.abi.structs import RLIMIT64, TIMESPEC
from cloche.abi.time import SECOND
from cloche.kernel.credentials import Credentials
from cloche.kernel.limits import Limits
from cloche.kernel.scheduler import RUNNABLE
from cloche.syscalls import dispatch

AT, OUT, OUTSIDE = SCRATCH, SCRATCH + 256, MEMORY_BYTES * 100
NOBODY = Credentials(1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, (1000,))


@pytest.fixture
def proc():
    return current(make_machine(limits=Limits(files_open_max=64, memory_process_bytes_max=4 << 20)))


def call(proc, name, *arguments):
    return dispatch.call(proc, NUMBERS[name], *[value & 0xFFFFFFFF for value in (*arguments, 0, 0, 0, 0, 0, 0)[:6]])


def timespec(proc, seconds, nanoseconds):
    TIMESPEC.pack_into(proc.mem.view, AT, seconds, nanoseconds)
    return AT


@pytest.mark.parametrize(("seconds", "nanoseconds", "errno"), [
    (-1, 0, Errno.EINVAL), (0, SECOND, Errno.EINVAL), (0, 0xFFFFFFFF, Errno.EINVAL), (-(1 << 63), 0, Errno.EINVAL),
    (0, 1 << 40, 0),  # the upper half of nsec is padding
])
def test_times_to_sleep(proc, seconds, nanoseconds, errno):
    assert call(proc, "clock_nanosleep_time64", 1, 0, timespec(proc, seconds, nanoseconds), 0) == -errno


def test_a_sleep_of_ages_waits_and_a_restart_does_not_make_it_longer(proc):
    clock = proc.machine.clock
    assert call(proc, "clock_nanosleep_time64", 1, 0, timespec(proc, (1 << 63) - 1, 0), 0) == -ERESTART
    deadline = proc.deadline
    proc.wake()
    assert call(proc, "clock_nanosleep_time64", 1, 0, AT, OUT) == -ERESTART
    assert proc.deadline == deadline
    clock.skip_to(deadline)
    assert call(proc, "clock_nanosleep_time64", 1, 0, AT, OUT) == 0
    assert proc.deadline is None


def test_a_time_that_has_passed_is_no_sleep(proc):
    for clock in (0, 1):
        assert call(proc, "clock_nanosleep_time64", clock, 1, timespec(proc, 0, 0), 0) == 0
    assert proc.state is RUNNABLE


def test_clocks_that_there_are_not(proc):
    for clock in (8, 99, 0xFFFFFFFF):
        assert call(proc, "clock_gettime64", clock, OUT) == -Errno.EINVAL
    assert call(proc, "clock_gettime64", 1, OUTSIDE) == -Errno.EFAULT
    assert call(proc, "clock_settime64", 0, AT) == -Errno.EPERM


def test_calls_survive_a_clock_of_centuries(proc):
    machine = proc.machine
    machine.clock.skip_to(1 << 63)
    for name, arguments in (("sysinfo", (OUT,)), ("times", (OUT,)), ("clock_gettime64", (0, OUT)),
                            ("clock_gettime64", (1, OUT)), ("getrusage", (0, OUT))):
        assert call(proc, name, *arguments) >= 0
    proc.cpu_ns = proc.children_cpu_ns = 1 << 50
    for who in (0, -1, 1):
        assert call(proc, "getrusage", who, OUT) == 0
    assert call(proc, "getrusage", 2, OUT) == -Errno.EINVAL
    assert machine.stop_reason is None


def test_randomness_is_not_drawn_for_a_bad_address(proc):
    rng = proc.machine.rng
    left = rng._left
    assert call(proc, "getrandom", OUTSIDE, 100, 0) == -Errno.EFAULT
    assert call(proc, "getrandom", OUT, 0xFFFFFFFF, 0) == -Errno.EFAULT
    assert rng._left == left
    assert call(proc, "getrandom", OUT, 10, 8) == -Errno.EINVAL
    assert call(proc, "getrandom", OUT, 10, 1) == 10


def limit(proc, resource, soft, hard):
    RLIMIT64.pack_into(proc.mem.view, AT, soft, hard)
    return call(proc, "prlimit64", 0, resource, AT, OUT)


def test_limits_go_down_and_only_root_raises_them(proc):
    assert limit(proc, RLIMIT_NOFILE, 10, 20) == 0
    assert RLIMIT64.unpack_from(proc.mem.view, OUT) == (64, 64)
    assert proc.fds.limit == 10
    assert limit(proc, RLIMIT_NOFILE, 21, 20) == -Errno.EINVAL
    assert limit(proc, RLIMIT_NOFILE, 10, 65) == -Errno.EPERM  # the machine's
    assert limit(proc, RLIMIT_NOFILE, 10, 64) == 0
    proc.cred = NOBODY
    assert limit(proc, RLIMIT_NOFILE, 5, 10) == 0
    assert limit(proc, RLIMIT_NOFILE, 5, 11) == -Errno.EPERM
    assert limit(proc, 16, 0, 0) == -Errno.EINVAL
    assert call(proc, "prlimit64", 4000, 0, 0, OUT) == -Errno.ESRCH


def test_rlimit_as_is_enforced_on_mappings_and_inherited(proc):
    assert limit(proc, RLIMIT_AS, proc.mem.mapped + 8192, RLIM_INFINITY) == 0
    assert call(proc, "mmap2", 0, 8193, 3, 0x22, -1, 0) == -Errno.ENOMEM
    assert call(proc, "mmap2", 0, 8192, 3, 0x22, -1, 0) > 0
    child = dispatch.call(proc, NUMBERS["cloche_fork_copy"], 0, 0, 0, 0, 0, 0)
    assert proc.machine.processes[child].mem.bytes_max == proc.mem.bytes_max


@pytest.mark.parametrize(("arguments", "errno"), [
    ((0, 0, 3, 0x22, -1, 0), Errno.EINVAL), ((0, 4096, 3, 0x20, -1, 0), Errno.EINVAL), ((0, 4096, 3, 2, 55, 0), Errno.EBADF),
    ((0, 0xFFFFFFFF, 3, 0x22, -1, 0), Errno.ENOMEM), ((1, 4096, 3, 0x32, -1, 0), Errno.EINVAL),
    ((0, 4096, 3, 0x32, -1, 0), Errno.ENOMEM), ((0, 4096, 3, 0x100022, -1, 0), Errno.EEXIST),
])
def test_mappings_that_cannot_be(proc, arguments, errno):
    assert call(proc, "mmap2", *arguments) == -errno


def test_brk_answers_the_break_whatever_is_asked(proc):
    before = call(proc, "brk", 0)
    assert call(proc, "brk", 0xFFFFFFFF) == before
    assert call(proc, "brk", before + 100) == before + 100
    assert call(proc, "brk", before - 1) == before + 100
    assert call(proc, "brk", before) == before


@pytest.mark.parametrize(("arguments", "errno"), [
    ((1, 0, OUT, 4), Errno.EINVAL), ((1, 0x80000000, OUT, 4), Errno.EINVAL), ((9, 1, OUT, 4), Errno.EINVAL),
    ((1, 4000, OUT, 4), Errno.ECHILD), ((0, 0, OUT, 0), Errno.EINVAL), ((0, 0, OUT, 4 | 1 << 20), Errno.EINVAL),
    ((2, 0x7FFFFFFF, OUT, 4), Errno.ECHILD),
])
def test_waitid_for_what_is_not_there(proc, arguments, errno):
    assert call(proc, "waitid", *arguments) == -errno


def test_wait4_for_what_is_not_there(proc):
    assert [call(proc, "wait4", pid, 0, 0, 0) for pid in (-1, 0, 77, -77, 0x80000000, 1)] == [-Errno.ECHILD] * 6
    assert call(proc, "wait4", -1, 0, 1 << 20, 0) == -Errno.EINVAL


def test_what_exec_is_given(proc):
    mem = proc.mem
    mem.write(AT, b"/bin/idle\0")
    assert call(proc, "execve", AT, OUTSIDE, 0) == -Errno.EFAULT
    assert call(proc, "execve", OUTSIDE, 0, 0) == -Errno.EFAULT
    end = mem.guest.size
    mem.put_u32(OUT, end - 10)  # argv[0]: bytes without end
    mem.write(end - 10, b"x" * 10)
    assert call(proc, "execve", AT, OUT, 0) == -Errno.EFAULT
    assert not proc.leaving


def test_a_call_that_is_none_is_enosys(proc):
    for number in (0, 244, 999, 1006, 0x7FFFFFFF, 0xFFFFFFFF):
        if number not in proc.handlers:
            assert dispatch.call(proc, number, 0, 0, 0, 0, 0, 0) == -Errno.ENOSYS
    assert dispatch.call(proc, 0xFFFFFFFF, 0, 0, 0, 0, 0, 0) == -Errno.ENOSYS


def test_what_a_handler_raises_is_an_errno_a_panic_or_the_callers(proc):
    def raising(error):
        def handler(proc, *_):
            raise error
        return handler

    machine = proc.machine
    for error, result in ((MemoryError(), -Errno.ENOMEM), (OverflowError(), -Errno.ENOMEM), (IndexError(), -Errno.EFAULT)):
        proc.deadline = 5
        assert dispatch.guarded(raising(error), proc) == result
        assert (proc.deadline, machine.stop_reason) == (None, None)
    dispatch.guarded(raising(ValueError()), proc)
    assert (machine.stop_reason, proc.alive) == ("panic", False)
