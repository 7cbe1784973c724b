"""Layouts and numbers of the guest ABI."""
from __future__ import annotations

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloche.abi import signal, structs, wait
from cloche.abi.errno import ERESTART, EVFORKDONE, Errno
from cloche.abi.stat import makedev

#: Bytes, as musl declares them for 32-bit architectures with 64-bit time.
SIZES = {"TIMESPEC": 16, "ITIMERSPEC": 32, "ITIMERVAL": 16, "STATX": 256, "STATFS64": 84, "DIRENT64": 19, "SIGACTION": 20,
         "SIGINFO": 128, "POLLFD": 8, "EPOLL_EVENT": 16, "RUSAGE": 72, "TMS": 16, "RLIMIT64": 16, "SYSINFO": 64, "TERMIOS": 36,
         "WINSIZE": 8, "FLOCK64": 32, "IOVEC": 8, "MSGHDR": 28, "CMSGHDR": 12, "UCRED": 12, "DELIVERY": 20}


@pytest.mark.parametrize("name", SIZES)
def test_sizes(name):
    assert getattr(structs, name).size == SIZES[name]


def test_errnos_are_the_hosts_which_has_the_same_numbers():
    assert {name: int(Errno[name]) for name in Errno.__members__ if hasattr(errno, name)} == \
        {name: getattr(errno, name) for name in Errno.__members__ if hasattr(errno, name)}
    assert max(Errno) < ERESTART < EVFORKDONE


@given(st.integers(0, (1 << 32) - 1), st.integers(0, (1 << 32) - 1))
def test_signed_words(low, high):
    assert structs.signed(low) & 0xFFFFFFFF == low
    assert -(1 << 31) <= structs.signed(low) < 1 << 31
    assert structs.signed64(low, high) & (1 << 64) - 1 == low | high << 32
    assert -(1 << 63) <= structs.signed64(low, high) < 1 << 63


def test_signal_names():
    assert [signal.name(number) for number in (1, 9, 31, 32, 35, 64, 65)] == [
        "SIGHUP", "SIGKILL", "SIGSYS", "SIGRTMIN+0", "SIGRTMIN+3", "SIGRTMIN+32", "signal 65"]


def test_wait_statuses():
    assert (wait.exited(0), wait.exited(-1), wait.exited(256 + 7), wait.stopped(19)) == (0, 0xFF00, 0x700, 0x137F)


def test_device_numbers():
    assert makedev(1, 3) == 0x100003
