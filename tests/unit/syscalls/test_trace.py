"""Tracing: one line a call, in strace(1)'s notation."""
from __future__ import annotations

import os
import struct
from types import SimpleNamespace
from typing import Any

import pytest

from cloche.abi.errno import ERESTART, Errno, SysError
from cloche.abi.fcntl import AT_FDCWD
from cloche.abi.strerror import MESSAGES
from cloche.mm.address_space import AddressSpace, MemoryLedger
from cloche.syscalls.refusals import noting
from cloche.syscalls.table import NAMES
from cloche.syscalls.trace import result_text, traced
from cloche.syscalls.trace_kinds import signal_set, socket_address, status_text
from cloche.syscalls.trace_signatures import SIGNATURES

NUMBERS = {name: number for number, name in NAMES.items()}


class BytesGuest:
    """A guest that is only its memory: 64 KiB."""

    heap_base, stack_pointer, size = 0x2000, 0x1000, 1 << 16

    def __init__(self) -> None:
        self.view = memoryview(bytearray(self.size))

    def grow(self, size: int) -> bool:
        return size <= self.size


@pytest.fixture
def proc() -> Any:
    return SimpleNamespace(pid=3, mem=AddressSpace(BytesGuest(), MemoryLedger(1 << 20)), leaving=False,
                           argv=[b"prog"])


def lines_of(proc: Any, name: str, result: int | Errno, *args: int, fill: bytes = b"", at: int = 0) -> list[str]:
    """What is written for one call that answers `result` and stores `fill`."""
    def handler(proc: Any, *_: int) -> int:
        proc.mem.view[at:at + len(fill)] = fill
        if isinstance(result, Errno):
            raise SysError(result)
        return result

    written: list[str] = []
    number = NUMBERS[name]
    handle = traced({number: handler}, written.append)[number]
    try:
        handle(proc, *args, *[0] * (6 - len(args)))
    except SysError as error:
        assert error.errno is result
    return written


def put(proc: Any, address: int, data: bytes) -> int:
    proc.mem.view[address:address + len(data)] = data
    return address


def test_paths_and_flags(proc: Any) -> None:
    path = put(proc, 256, b"/etc/passwd\0")
    assert lines_of(proc, "openat", 3, AT_FDCWD, path, 0o2100000) == [
        '[pid 3] openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3']


def test_a_mode_is_shown_if_a_file_may_be_made(proc: Any) -> None:
    path = put(proc, 256, b"x\0")
    assert lines_of(proc, "openat", Errno.EROFS, 5, path, 0o1101, 0o644) == [
        '[pid 3] openat(5, "x", O_WRONLY|O_CREAT|O_TRUNC, 0644) = -1 EROFS (Read-only file system)']


def test_what_the_kernel_stores_is_shown_afterwards(proc: Any) -> None:
    assert lines_of(proc, "read", 4, 0, 512, 100, fill=b"a\n\x1b\0", at=512) == [
        '[pid 3] read(0, "a\\n\\x1b\\x00", 100) = 4']


def test_a_failed_read_shows_the_address(proc: Any) -> None:
    assert lines_of(proc, "read", -Errno.EBADF, 9, 512, 100) == [
        "[pid 3] read(9, 0x200, 100) = -1 EBADF (Bad file descriptor)"]


def test_a_call_that_waits(proc: Any) -> None:
    assert lines_of(proc, "read", -ERESTART, 0, 512, 100) == ["[pid 3] read(0, 0x200, 100) = ? ERESTART (waits)"]


def test_a_wild_pointer_is_a_number(proc: Any) -> None:
    assert lines_of(proc, "write", Errno.EFAULT, 1, 0xFFFFFFF0, 100) == [
        "[pid 3] write(1, 0xfffffff0, 100) = -1 EFAULT (Bad address)"]


def test_a_path_without_an_end_is_a_number(proc: Any) -> None:
    proc.mem.view[:] = b"x" * len(proc.mem.view)
    assert lines_of(proc, "chdir", Errno.ENAMETOOLONG, 256) == [
        "[pid 3] chdir(0x100) = -1 ENAMETOOLONG (File name too long)"]


def test_a_long_argv_is_cut(proc: Any) -> None:
    word = put(proc, 64, b"word\0")
    argv = put(proc, 1024, struct.pack("<20I", *[word] * 20) + b"\0\0\0\0")
    shown = ", ".join(['"word"'] * 8)
    assert lines_of(proc, "execve", Errno.ENOENT, word, argv, 0) == [
        f'[pid 3] execve("word", [{shown}, ...], NULL) = -1 ENOENT (No such file or directory)']


def test_an_environment_without_end_is_not_counted_for_ever(proc: Any) -> None:
    proc.mem.view[:] = b"\1" * len(proc.mem.view)
    line, = lines_of(proc, "execve", Errno.E2BIG, 0xFFFFFFFF, 0, 0)
    assert line == "[pid 3] execve(0xffffffff, NULL, NULL) = -1 E2BIG (Argument list too long)"
    line, = lines_of(proc, "execve", Errno.E2BIG, 0xFFFFFFFF, 0, 256)
    assert line == ("[pid 3] execve(0xffffffff, NULL, 0x100 /* 1024 or more vars */) = "
                    "-1 E2BIG (Argument list too long)")


def test_structures(proc: Any) -> None:
    action = put(proc, 256, struct.pack("<IIIQ", 0x84, 0x14000000, 0, 1 << 16))
    assert lines_of(proc, "rt_sigaction", 0, 17, action, 0, 8) == [
        "[pid 3] rt_sigaction(SIGCHLD, {sa_handler=0x84, sa_mask=[CHLD], sa_flags=SA_RESTORER|SA_RESTART}, NULL, 8)"
        " = 0"]


@pytest.mark.parametrize(("data", "text"), [
    (struct.pack("<H", 2) + struct.pack(">H", 80) + bytes((10, 0, 0, 1)) + bytes(8),
     '{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}'),
    (b"\1\0/run/x\0junk", '{sa_family=AF_UNIX, sun_path="/run/x"}'),
    (b"\1\0\0abstract", '{sa_family=AF_UNIX, sun_path=@"abstract"}'),
    (b"\2\0", '{sa_family=2, sa_data=""}'),
    (b"", '{sa_family=0, sa_data=""}'),
])
def test_socket_addresses(data: bytes, text: str) -> None:
    assert socket_address(data) == text


def test_a_call_without_a_handler_is_shown_in_hex(proc: Any) -> None:
    written: list[str] = []

    class Table(dict):
        def __missing__(self, number: int) -> Any:
            return lambda proc, *args: -Errno.ENOSYS

    assert traced(Table(), written.append)[0x777](proc, 1, 2, 3, 0, 0, 0) == -Errno.ENOSYS
    assert written == ["[pid 3] syscall_0x777(0x1, 0x2, 0x3, 0, 0, 0) = -1 ENOSYS (Function not implemented)"]


@pytest.mark.parametrize(("status", "text"), [
    (0, "{WIFEXITED(s) && WEXITSTATUS(s) == 0}"),
    (3 << 8, "{WIFEXITED(s) && WEXITSTATUS(s) == 3}"),
    (9, "{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}"),
    (19 << 8 | 0x7F, "{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}"),
    (0xFFFF, "{WIFCONTINUED(s)}"),
])
def test_wait_statuses(status: int, text: str) -> None:
    assert status_text(status) == text


def test_signal_sets() -> None:
    every = (1 << 64) - 1
    assert [signal_set(mask) for mask in (0, 0b11, every, every - 1)] == ["[]", "[HUP INT]", "~[]", "~[HUP]"]


def test_results() -> None:
    assert [result_text("brk", 0x1000), result_text("brk", 0), result_text("dup", 7)] == ["0x1000", "NULL", "7"]


def test_every_call_of_the_table_has_a_signature() -> None:
    assert [name for name in NAMES.values() if name not in SIGNATURES] == []


def test_no_signature_raises_on_any_bytes(proc: Any) -> None:
    proc.mem.view[:] = os.urandom(len(proc.mem.view))
    for name in NAMES.values():
        for argument in (0, 1, 0x100, 0xFFF8, 0xFFFF, 0x1_0000, 0x7FFFFFFF, 0xFFFFFFFF):
            for line in lines_of(proc, name, 5, *[argument] * 6):
                assert line.isascii() and line.isprintable() and len(line) < 4000


def test_strerror_is_glibcs() -> None:
    assert {errno: os.strerror(errno) for errno in Errno} == MESSAGES


def test_refusals_are_noted_and_answers_unchanged(proc: Any) -> None:
    def handler(proc: Any, *_: int) -> int:
        raise SysError(Errno.EROFS)

    noted: list[tuple[str, str, str]] = []
    path = put(proc, 256, b"/mnt/x\0")
    number = NUMBERS["mkdirat"]
    table = noting({number: handler}, lambda proc, *what: noted.append(what))
    with pytest.raises(SysError):
        table[number](proc, AT_FDCWD, path, 0o755, 0, 0, 0)
    assert noted == [("mkdirat", 'AT_FDCWD, "/mnt/x", 0755', "read-only file system")]


@pytest.mark.parametrize(("flags", "noted"), [(0x22, 1), (0x32, 0)])
def test_a_guard_page_is_no_refusal(proc: Any, flags: int, noted: int) -> None:
    count: list[int] = []
    number = NUMBERS["mmap2"]
    table = noting({number: lambda proc, *_: -Errno.ENOMEM}, lambda *_: count.append(1))
    assert table[number](proc, 0, 4096, 0, flags, 0xFFFFFFFF, 0) == -Errno.ENOMEM
    assert len(count) == noted
