"""The table of WASI preview 1: every function of `wasi_snapshot_preview1`, and what a guest's import needs. # L-WASI-005"""
from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from . import events, fds, names, process


class Row(NamedTuple):
    """`signature`: parameters, i for i32 and I for i64. `waits`: it may have to. `answers`: with an errno.

    `number`, negative, is where a machine's system call table may have another handler for it: one that traces.
    """

    name: str
    signature: str
    handler: Callable[..., int]
    waits: bool = False
    answers: bool = True
    number: int = 0


_ROWS = (
    Row("args_get", "ii", process.args_get),
    Row("args_sizes_get", "ii", process.args_sizes_get),
    Row("clock_res_get", "ii", events.clock_res_get),
    Row("clock_time_get", "iIi", events.clock_time_get),
    Row("environ_get", "ii", process.environ_get),
    Row("environ_sizes_get", "ii", process.environ_sizes_get),
    Row("fd_advise", "iIIi", fds.fd_advise),
    Row("fd_allocate", "iII", fds.fd_allocate),
    Row("fd_close", "i", fds.fd_close),
    Row("fd_datasync", "i", fds.fd_sync),
    Row("fd_fdstat_get", "ii", fds.fd_fdstat_get),
    Row("fd_fdstat_set_flags", "ii", fds.fd_fdstat_set_flags),
    Row("fd_fdstat_set_rights", "iII", fds.fd_fdstat_set_rights),
    Row("fd_filestat_get", "ii", fds.fd_filestat_get),
    Row("fd_filestat_set_size", "iI", fds.fd_filestat_set_size),
    Row("fd_filestat_set_times", "iIIi", fds.fd_filestat_set_times),
    Row("fd_pread", "iiiIi", fds.fd_pread),
    Row("fd_prestat_dir_name", "iii", fds.fd_prestat_dir_name),
    Row("fd_prestat_get", "ii", fds.fd_prestat_get),
    Row("fd_pwrite", "iiiIi", fds.fd_pwrite),
    Row("fd_read", "iiii", fds.fd_read, waits=True),
    Row("fd_readdir", "iiiIi", fds.fd_readdir),
    Row("fd_renumber", "ii", fds.fd_renumber),
    Row("fd_seek", "iIii", fds.fd_seek),
    Row("fd_sync", "i", fds.fd_sync),
    Row("fd_tell", "ii", fds.fd_tell),
    Row("fd_write", "iiii", fds.fd_write, waits=True),
    Row("path_create_directory", "iii", names.path_create_directory),
    Row("path_filestat_get", "iiiii", names.path_filestat_get),
    Row("path_filestat_set_times", "iiiiIIi", names.path_filestat_set_times),
    Row("path_link", "iiiiiii", names.path_link),
    Row("path_open", "iiiiiIIii", names.path_open, waits=True),
    Row("path_readlink", "iiiiii", names.path_readlink),
    Row("path_remove_directory", "iii", names.path_remove_directory),
    Row("path_rename", "iiiiii", names.path_rename),
    Row("path_symlink", "iiiii", names.path_symlink),
    Row("path_unlink_file", "iii", names.path_unlink_file),
    Row("poll_oneoff", "iiii", events.poll_oneoff, waits=True),
    Row("proc_exit", "i", process.proc_exit, answers=False),
    Row("proc_raise", "i", process.proc_raise, waits=True),
    Row("random_get", "ii", process.random_get),
    Row("sched_yield", "", process.sched_yield),
    Row("sock_accept", "iii", process.sock),
    Row("sock_recv", "iiiiii", process.sock),
    Row("sock_send", "iiiii", process.sock),
    Row("sock_shutdown", "ii", process.sock),
)
PREVIEW1 = tuple(row._replace(number=-1 - at) for at, row in enumerate(_ROWS))
