"""The bounds of one sandbox: everything a guest can make grow has one. The unit is in the name."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one machine may use. At a limit the guest gets what Linux would give it, named in each line.

    `cpu_ns_max` and `wall_ns_max` end the run (reasons "cpu", "timeout"); None: no bound.
    """

    cpu_ns_max: int | None = None  # all processes together; the run ends
    wall_ns_max: int | None = None  # the run ends
    memory_process_bytes_max: int = 1 << 30  # ENOMEM
    memory_bytes_max: int = 2 << 30  # all processes together: ENOMEM; fork: ENOMEM
    processes_max: int = 512  # fork: EAGAIN
    files_open_max: int = 1024  # descriptors of a process (RLIMIT_NOFILE): EMFILE
    files_machine_max: int = 16384  # open file descriptions of the machine: ENFILE
    file_bytes_max: int = 1 << 30  # one file: EFBIG
    disk_bytes_max: int = 2 << 30  # contents the guest wrote, all files together: ENOSPC
    inodes_max: int = 1 << 20  # files the guest made: ENOSPC
    pipe_bytes_max: int = 1 << 20  # F_SETPIPE_SZ: EPERM; and what pipes and sockets may hold together is 64 times that
    output_bytes_max: int | None = None  # written to the caller's streams; the run ends (reason "output")
    path_depth_max: int = 2048  # directories deep: ENAMETOOLONG
    locks_max: int = 4096  # record locks of the machine: ENOLCK
    timers_max: int = 4096  # timers of the machine: EAGAIN
    ptys_max: int = 64  # ENOSPC
    epoll_watches_max: int = 16384  # files that epolls watch, all together: ENOSPC
