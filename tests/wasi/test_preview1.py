"""WASI preview 1: every call, compared with wasmtime's own implementation; what differs on purpose is said."""
from __future__ import annotations

import struct

import pytest

from cloche.abi import wasi as W
from cloche.abi.errno import Errno
from cloche.abi.signal import SIGKILL
from wasi import programs
from wasi.programs import run, run_natively

E = W.ERRNO
ALL = W.RIGHTS_ALL
READ = W.RIGHTS_FD_READ | W.RIGHTS_FD_SEEK | W.RIGHTS_FD_TELL | W.RIGHTS_FD_READDIR
# Where programs keep names, vectors and answers.
NAME, NAME_2, VECTOR, BUFFER, BUFFER_2, ANSWER, ANSWER_2 = 0x100, 0x200, 0x300, 0x400, 0x800, 0x1000, 0x1100
TEXT = b"0123456789abcdef"
#: wasi-libc begins so: it looks for pre-opened directories.
PREOPEN = ("fd_prestat_get", 3, 0x1200)


def vector(*places: tuple[int, int]) -> bytes:
    return b"".join(struct.pack("<II", *place) for place in places)


def opened(name: int, size: int, oflags: int = 0, rights: int = READ, fdflags: int = 0, lookup: int = 1,
           answer: int = ANSWER) -> programs.Call:
    return ("path_open", 3, lookup, name, size, oflags, rights, ALL, fdflags, answer)


READING = {VECTOR: vector((BUFFER, 4), (BUFFER_2, 8)), NAME: b"file", NAME_2: b"missing"}
#: name -> (calls, data, memory shown, files, stdin); what both implementations must agree on.
CASES = {
    "arguments": ([("args_sizes_get", ANSWER, ANSWER_2), ("args_get", BUFFER, BUFFER_2),
                   ("environ_sizes_get", ANSWER + 4, ANSWER_2 + 4), ("environ_get", BUFFER + 64, BUFFER_2 + 64)],
                  {}, [(ANSWER, 8), (ANSWER_2, 8), (BUFFER, 12), (BUFFER_2, 14), (BUFFER_2 + 64, 14)], {}, b""),
    "stdin": ([("fd_read", 0, VECTOR, 1, ANSWER), ("fd_read", 0, VECTOR, 1, ANSWER_2)], READING,
              [(ANSWER, 4), (ANSWER_2, 4), (BUFFER, 4), (BUFFER_2, 8)], {}, b"twelve bytes" + b"!"),
    "read": ([PREOPEN, opened(NAME, 4), ("fd_read", 4, VECTOR, 1, ANSWER), ("fd_tell", 4, ANSWER_2),
              ("fd_pread", 4, VECTOR, 1, 10, ANSWER_2 + 8), ("fd_seek", 4, -1, 2, ANSWER_2 + 16),
              ("fd_read", 4, VECTOR, 1, ANSWER_2 + 24), ("fd_seek", 4, -99, 1, ANSWER_2 + 32),
              ("fd_close", 4), ("fd_close", 4), opened(NAME_2, 7)],
             READING, [(ANSWER, 4), (BUFFER, 4), (BUFFER_2, 8), (ANSWER_2, 32)], {"file": TEXT}, b""),
    "write": ([PREOPEN, opened(NAME_2, 7, W.OFLAGS_CREAT, ALL), ("fd_write", 4, VECTOR, 1, ANSWER + 4),
               ("fd_pwrite", 4, VECTOR, 1, 20, ANSWER + 8), ("fd_filestat_set_size", 4, 22),
               ("fd_seek", 4, 0, 0, ANSWER_2), ("fd_read", 4, VECTOR + 16, 1, ANSWER + 12), ("fd_sync", 4),
               ("fd_datasync", 4), ("fd_advise", 4, 0, 0, 0), opened(NAME_2, 7, W.OFLAGS_CREAT | W.OFLAGS_EXCL, ALL),
               opened(NAME_2, 7, W.OFLAGS_TRUNC, ALL), ("fd_filestat_get", 5, BUFFER_2 + 0x100)],
              {VECTOR: vector((BUFFER, 4), (BUFFER + 8, 8), (BUFFER_2, 32)), BUFFER: TEXT, NAME_2: b"created"},
              [(ANSWER, 16), (BUFFER_2, 22), (BUFFER_2 + 0x120, 8)], {}, b""),
    "append": ([PREOPEN, opened(NAME, 4, 0, ALL, W.FDFLAGS_APPEND), ("fd_write", 4, VECTOR, 1, ANSWER),
                ("fd_seek", 4, 0, 0, ANSWER_2), ("fd_read", 4, VECTOR + 8, 1, ANSWER + 4)],
               {VECTOR: vector((BUFFER, 4), (BUFFER_2, 32)), BUFFER: b"more", NAME: b"file"},
               [(ANSWER, 8), (BUFFER_2, 20)], {"file": TEXT}, b""),
    "access mode": ([PREOPEN, opened(NAME, 4), ("fd_write", 4, VECTOR, 1, ANSWER),
                     opened(NAME, 4, 0, W.RIGHTS_FD_WRITE), ("fd_read", 5, VECTOR, 1, ANSWER),
                     ("fd_filestat_set_size", 5, 3), ("fd_filestat_get", 4, BUFFER_2)],
                    READING, [(BUFFER_2 + 16, 1), (BUFFER_2 + 24, 16)], {"file": TEXT}, b""),
    "names": ([PREOPEN, ("path_create_directory", 3, NAME, 3), ("path_create_directory", 3, NAME, 3),
               ("path_create_directory", 3, NAME + 0x20, 8), ("path_symlink", NAME_2, 4, 3, NAME + 0x40, 4),
               ("path_readlink", 3, NAME + 0x40, 4, BUFFER, 64, ANSWER),
               ("path_readlink", 3, NAME_2, 4, BUFFER, 64, ANSWER_2),
               ("path_link", 3, 0, NAME_2, 4, 3, NAME + 0x60, 8), ("path_filestat_get", 3, 1, NAME + 0x60, 8, BUFFER_2),
               ("path_filestat_get", 3, 0, NAME + 0x40, 4, BUFFER_2 + 64),
               ("path_filestat_get", 3, 1, NAME + 0x40, 4, BUFFER_2 + 128),
               ("path_rename", 3, NAME_2, 4, 3, NAME + 0x80, 5), ("path_unlink_file", 3, NAME + 0x60, 8),
               ("path_remove_directory", 3, NAME, 3), ("path_unlink_file", 3, NAME + 0x60, 8),
               ("path_remove_directory", 3, NAME + 0x80, 5), ("path_filestat_get", 3, 1, NAME_2, 4, BUFFER)],
              {NAME: b"dir", NAME + 0x20: b"no/where", NAME + 0x40: b"link", NAME + 0x60: b"dir/file",
              NAME + 0x80: b"moved",
               NAME_2: b"file"},
              [(ANSWER, 4), (BUFFER, 4), (BUFFER_2 + 16, 1), (BUFFER_2 + 24, 16), (BUFFER_2 + 80, 1),
               (BUFFER_2 + 144, 1), (BUFFER_2 + 160, 8)], {"file": TEXT}, b""),
    "open flags": ([PREOPEN, ("path_symlink", NAME, 4, 3, NAME_2, 4), opened(NAME_2, 4, lookup=0), opened(NAME_2, 4),
                    opened(NAME, 4, W.OFLAGS_DIRECTORY), opened(NAME + 0x20, 1, W.OFLAGS_DIRECTORY),
                    opened(NAME, 0), opened(NAME + 0x40, 5),
                    ("path_unlink_file", 3, NAME + 0x20, 1), ("fd_close", 99), ("fd_read", 99, VECTOR, 1, ANSWER),
                    ("path_open", 99, 0, NAME, 4, 0, READ, ALL, 0, ANSWER),
                    ("path_open", 4, 0, NAME, 4, 0, READ, ALL, 0, ANSWER)],
                   {NAME: b"file", NAME_2: b"link", NAME + 0x20: b".", NAME + 0x40: b"file/", VECTOR: vector((BUFFER,
                   4))},
                   [], {"file": TEXT}, b""),
    "times": ([PREOPEN, opened(NAME, 4, 0, ALL), ("fd_filestat_set_times", 4, 5_000_000_000, 7_000_000_000, 5),
               ("fd_filestat_get", 4, BUFFER), ("path_filestat_set_times", 3, 1, NAME, 4, 0, 9_000_000_000, 4),
               ("path_filestat_get", 3, 1, NAME, 4, BUFFER_2), ("fd_filestat_set_times", 4, 0, 0, 3),
               ("path_filestat_set_times", 3, 1, NAME, 4, 0, 0, 12)],
              {NAME: b"file"}, [(BUFFER + 40, 16), (BUFFER_2 + 40, 16)], {"file": TEXT}, b""),
    "renumber": ([PREOPEN, opened(NAME, 4), opened(NAME, 4), ("fd_renumber", 4, 5), ("fd_read", 5, VECTOR, 1, ANSWER),
                  ("fd_read", 4, VECTOR, 1, ANSWER), ("fd_renumber", 4, 5), ("fd_renumber", 5, 77)],
                 READING, [(BUFFER, 4)], {"file": TEXT}, b""),
    "preopens": ([PREOPEN, ("fd_prestat_dir_name", 3, BUFFER, 1), ("fd_prestat_get", 4, BUFFER_2),
                  ("fd_prestat_get", 0, BUFFER_2), ("fd_prestat_dir_name", 3, BUFFER_2, 0)], {},
                 [(0x1200, 8), (BUFFER, 1)], {}, b""),
    "clocks": ([("clock_time_get", 0, 1, ANSWER), ("clock_time_get", 1, 1, ANSWER), ("clock_res_get", 1, ANSWER),
                ("sched_yield",), ("random_get", BUFFER, 64)], {}, [], {}, b""),
    "exit": ([("proc_exit", 7), ("sched_yield",)], {}, [], {}, b""),
}


@pytest.mark.parametrize("name", CASES)
def test_it_answers_as_wasmtime_does(engine, tmp_path, name):
    steps, data, show, files, stdin = CASES[name]
    ours = run(engine, steps, data, show, files, stdin)
    theirs = run_natively(tmp_path, steps, data, show, files, stdin)
    assert (ours.status, ours.errnos, ours.shown) == (theirs.status, theirs.errnos, theirs.shown)


def test_all_vectors_are_read_and_written_in_one_call(engine):
    """wasmtime takes the first one; readv(2) and writev(2) take them all."""
    steps = [("fd_read", 0, VECTOR, 2, ANSWER), ("fd_write", 2, VECTOR, 2, ANSWER_2)]
    done = run(engine, steps, READING, [(ANSWER, 4), (ANSWER_2, 4)], stdin=b"twelve bytes!")
    assert done == programs.Outcome(0, [0, 0], [b"\x0c\0\0\0", b"\x0c\0\0\0"], b"twelve bytes")


def test_invalid_enums_are_errors(engine):
    """wasmtime ends the program for them."""
    done = run(engine, [("clock_time_get", 4, 1, ANSWER), ("clock_res_get", 77, ANSWER), ("fd_seek", 0, 0, 3, ANSWER),
                        ("fd_advise", 0, 0, 0, 6), PREOPEN, opened(NAME, 4, 16), opened(NAME, 4, fdflags=32),
                        opened(NAME, 4, lookup=2), ("path_filestat_set_times", 3, 1, NAME, 4, 0, 0, 16),
                        ("path_filestat_set_times", 3, 1, NAME, 4, 0, 0, 3), ("proc_raise", 77)],
               {NAME: b"file"}, files={"file": TEXT})
    assert done.errnos == [E[Errno.EINVAL]] * 4 + [0] + [E[Errno.EINVAL]] * 6


def test_a_directory_is_read_in_pieces(engine):
    """24 bytes and a name each; an entry that does not fit is cut short, and read again from its cookie."""
    files = {"a": b"", "bb": b""}
    done = run(engine, [PREOPEN, opened(NAME, 1), ("fd_readdir", 4, BUFFER, 24 + 1 + 24 + 2 + 10, 0, ANSWER),
                        ("fd_readdir", 4, BUFFER_2, 512, 2, ANSWER_2), ("fd_readdir", 4, BUFFER_2, 0, 0, ANSWER + 8),
                        ("fd_readdir", 3, BUFFER_2, 512, 0, ANSWER + 8),
                        ("fd_readdir", 4, BUFFER, 64, 1 << 63, ANSWER)],
               {NAME: b"."}, [(ANSWER_2, 4), (BUFFER_2, 512)], files)
    assert done.errnos == [0, 0, 0, 0, 0, E[Errno.EBADF], E[Errno.EINVAL]]
    used, = struct.unpack("<I", done.shown[0])
    entries, at, listing = {}, 0, done.shown[1][:used]
    while at < used:
        cookie, _, size, kind = W.DIRENT.unpack_from(listing, at)
        entries[listing[at + 24:at + 24 + size]] = cookie, kind
        at += 24 + size
    assert {name: kind for name, (_, kind) in entries.items() if name in (b"a", b"bb", b"tmp")} == \
        {b"a": 4, b"bb": 4, b"tmp": 3}
    assert [cookie for cookie, _ in entries.values()] == list(range(3, 3 + len(entries)))


def test_what_a_descriptor_is(engine):
    done = run(engine, [PREOPEN, opened(NAME, 4, 0, READ, W.FDFLAGS_NONBLOCK), ("fd_fdstat_get", 4, BUFFER),
                        ("fd_fdstat_set_flags", 4, W.FDFLAGS_APPEND), ("fd_fdstat_get", 4, BUFFER + 24),
                        ("fd_fdstat_get", 1, BUFFER + 48), ("fd_fdstat_get", 3, BUFFER + 72), opened(NAME_2, 8, 0, ALL),
                        ("fd_fdstat_get", 5, BUFFER + 96), ("fd_fdstat_set_rights", 4, 0, 0),
                        ("fd_fdstat_get", 9, BUFFER)],
               {NAME: b"file", NAME_2: b"dev/null"}, [(BUFFER, 120)], {"file": TEXT})
    assert done.errnos == [0] * 9 + [E[Errno.EOPNOTSUPP], E[Errno.EBADF]]
    stats = list(W.FDSTAT.iter_unpack(done.shown[0]))
    writing = W.RIGHTS_FD_WRITE | W.RIGHTS_FD_DATASYNC | W.RIGHTS_FD_ALLOCATE | W.RIGHTS_FD_FILESTAT_SET_SIZE
    reading = W.RIGHTS_FD_READ | W.RIGHTS_FD_READDIR
    seeking = W.RIGHTS_FD_SEEK | W.RIGHTS_FD_TELL
    assert stats == [(4, W.FDFLAGS_NONBLOCK, ALL & ~writing, ALL), (4, W.FDFLAGS_APPEND, ALL & ~writing, ALL),
                     (0, 0, ALL & ~reading & ~seeking, ALL), (3, 0, ALL & ~writing & ~reading & ~seeking, ALL),
                     (2, 0, ALL, ALL)]


def test_paths_stay_in_the_kernels_hands(engine):
    """An absolute path is refused; .. ends at the root; NUL, and what is too long, are no names."""
    done = run(engine, [PREOPEN, opened(NAME, 5), opened(NAME_2, 11), opened(NAME + 0x20, 3), opened(BUFFER, 5000),
                        ("path_filestat_get", 3, 1, NAME_2, 11, BUFFER_2)],
               {NAME: b"/file", NAME_2: b"../../file/"[:10] + b"\0", NAME + 0x20: b"a\0b"}, [], {"file": TEXT})
    assert done.errnos == [0, E[Errno.EPERM], E[Errno.EILSEQ], E[Errno.EILSEQ], E[Errno.ENAMETOOLONG], E[Errno.EILSEQ]]
    done = run(engine, [PREOPEN, opened(NAME, 10)], {NAME: b"../../file"}, [], {"file": TEXT})
    assert done.errnos == [0, 0]


def test_sockets_are_not_there(engine):
    done = run(engine, [("sock_accept", 0, 0, ANSWER), ("sock_recv", 0, VECTOR, 1, 0, ANSWER, ANSWER_2),
                        ("sock_send", 1, VECTOR, 1, 0, ANSWER), ("sock_shutdown", 0, 3), ("sock_shutdown", 77, 3)])
    assert done.errnos == [E[Errno.EOPNOTSUPP]] * 4 + [E[Errno.EBADF]]


def test_too_much_randomness_at_once_is_refused(engine):
    done = run(engine, [("random_get", 0, 1 << 20), ("random_get", BUFFER, 8)], {}, [(BUFFER, 8)])
    assert done.errnos == [E[Errno.EFAULT], 0]  # two pages of memory are less
    assert done.shown != [bytes(8)]


@pytest.mark.parametrize(("wasi", "status"), [(9, SIGKILL), (15, 15), (11, 11), (30, 31), (16, 0), (22, 0)])
def test_signals_have_wasis_numbers(engine, wasi, status):
    """proc_raise: kill, term, segv, sys; chld and winch (urg) are ignored by default."""
    assert run(engine, [("proc_raise", wasi)]).status == status
