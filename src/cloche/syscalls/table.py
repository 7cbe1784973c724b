"""The system call table: number, name, handler, how well supported. docs/reference/syscalls.md is made from it.

Numbers are asm-generic's, as 32-bit architectures with 64-bit time use them (docs/guest-abi.md).
"""
from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from ..abi.signal import SYS_FORK_COPY, SYS_SIGDONE, SYS_SIGPOP, SYS_SNAPSHOT, SYS_VFORK, SYS_VFORK_RESULT
from . import (
    descriptor,
    dir,
    event,
    file,
    identity,
    memory,
    poll,
    process,
    signal,
    socket,
    socket_message,
    socket_option,
    stat,
    system,
    time,
    transfer,
)
from .dispatch import Table, unimplemented


class Level(StrEnum):
    """How well a call does what its man page says."""

    FULL = "full"
    PARTIAL = "partial"  # the note says what is missing
    REFUSED = "refused"  # always the errno that a process without the privilege gets
    NONE = "none"  # ENOSYS


FULL, PARTIAL, REFUSED, NONE = Level


class Row(NamedTuple):
    number: int
    name: str
    handler: Callable[..., int]
    level: Level
    note: str = ""


ROWS: tuple[Row, ...] = (
    # files: opening, contents
    Row(45, "truncate64", file.truncate64, FULL),
    Row(46, "ftruncate64", file.ftruncate64, FULL),
    Row(47, "fallocate", file.fallocate, PARTIAL, "L-FS-006"),
    Row(56, "openat", file.openat, FULL),
    Row(57, "close", file.close, FULL),
    Row(59, "pipe2", file.pipe2, PARTIAL, "L-FS-003, L-FS-007"),
    Row(62, "llseek", file.llseek, FULL),
    Row(63, "read", file.read, FULL),
    Row(64, "write", file.write, FULL),
    Row(65, "readv", file.readv, FULL),
    Row(66, "writev", file.writev, FULL),
    Row(67, "pread64", file.pread64, FULL),
    Row(68, "pwrite64", file.pwrite64, FULL),
    Row(69, "preadv", file.preadv, FULL),
    Row(70, "pwritev", file.pwritev, FULL),
    Row(81, "sync", file.sync, FULL),
    Row(82, "fsync", file.fsync, FULL),
    Row(83, "fdatasync", file.fsync, FULL),
    Row(84, "sync_file_range", file.fadvise64, FULL),
    Row(213, "readahead", file.fadvise64, FULL),
    Row(223, "fadvise64", file.fadvise64, FULL),
    Row(267, "syncfs", file.syncfs, FULL),
    Row(279, "memfd_create", file.memfd_create, PARTIAL, "no MFD_HUGETLB"),
    Row(286, "preadv2", file.preadv2, PARTIAL, "flags are ignored"),
    Row(287, "pwritev2", file.pwritev2, PARTIAL, "flags are ignored"),
    Row(26, "inotify_init1", unimplemented, NONE, "L-FS-011"),
    Row(437, "openat2", file.openat2, NONE, "L-FS-005"),
    Row(71, "sendfile64", transfer.sendfile64, FULL),
    Row(75, "vmsplice", transfer.vmsplice, PARTIAL, "to a pipe only, and copies"),
    Row(76, "splice", transfer.splice, FULL),
    Row(77, "tee", transfer.tee, FULL),
    Row(285, "copy_file_range", transfer.copy_file_range, FULL),
    # descriptors
    Row(23, "dup", descriptor.dup, FULL),
    Row(24, "dup3", descriptor.dup3, FULL),
    Row(25, "fcntl64", descriptor.fcntl64, PARTIAL, "L-FS-008"),
    Row(29, "ioctl", descriptor.ioctl, PARTIAL, "those of files, pipes, terminals and sockets"),
    Row(32, "flock", descriptor.flock, FULL),
    Row(436, "close_range", descriptor.close_range, FULL),
    # names and directories
    Row(17, "getcwd", dir.getcwd, FULL),
    Row(33, "mknodat", dir.mknodat, PARTIAL, "L-FS-012"),
    Row(34, "mkdirat", dir.mkdirat, FULL),
    Row(35, "unlinkat", dir.unlinkat, FULL),
    Row(36, "symlinkat", dir.symlinkat, FULL),
    Row(37, "linkat", dir.linkat, FULL),
    Row(38, "renameat", dir.renameat, FULL),
    Row(49, "chdir", dir.chdir, FULL),
    Row(50, "fchdir", dir.fchdir, FULL),
    Row(51, "chroot", dir.chroot, FULL),
    Row(61, "getdents64", dir.getdents64, PARTIAL, "L-FS-015"),
    Row(166, "umask", dir.umask, FULL),
    Row(276, "renameat2", dir.renameat2, PARTIAL, "no RENAME_WHITEOUT"),
    # attributes
    *(Row(number, name, handler, REFUSED, "L-FS-009") for number, name, handler in (
        (5, "setxattr", stat.xattr), (6, "lsetxattr", stat.lxattr), (7, "fsetxattr", stat.fxattr),
        (8, "getxattr", stat.xattr), (9, "lgetxattr", stat.lxattr), (10, "fgetxattr", stat.fxattr),
        (11, "listxattr", stat.xattr), (12, "llistxattr", stat.lxattr), (13, "flistxattr", stat.fxattr),
        (14, "removexattr", stat.xattr), (15, "lremovexattr", stat.lxattr), (16, "fremovexattr", stat.fxattr))),
    Row(43, "statfs64", stat.statfs64, FULL),
    Row(44, "fstatfs64", stat.fstatfs64, FULL),
    Row(48, "faccessat", stat.faccessat, FULL),
    Row(52, "fchmod", stat.fchmod, FULL),
    Row(53, "fchmodat", stat.fchmodat, FULL),
    Row(54, "fchownat", stat.fchownat, FULL),
    Row(55, "fchown", stat.fchown, FULL),
    Row(78, "readlinkat", stat.readlinkat, FULL),
    Row(264, "name_to_handle_at", stat.name_to_handle_at, REFUSED),
    Row(265, "open_by_handle_at", stat.name_to_handle_at, REFUSED),
    Row(291, "statx", stat.statx, PARTIAL, "L-FS-002; no birth time"),
    Row(412, "utimensat_time64", stat.utimensat, FULL),
    Row(439, "faccessat2", stat.faccessat2, FULL),
    Row(452, "fchmodat2", stat.fchmodat2, FULL),
    # waiting for files, and files that are only a mechanism: fs/epoll.py, fs/anon.py
    Row(19, "eventfd2", event.eventfd2, FULL),
    Row(20, "epoll_create1", poll.epoll_create1, FULL),
    Row(21, "epoll_ctl", poll.epoll_ctl, FULL),
    Row(22, "epoll_pwait", poll.epoll_pwait, FULL),
    Row(74, "signalfd4", event.signalfd4, FULL),
    Row(85, "timerfd_create", event.timerfd_create, FULL),
    Row(410, "timerfd_gettime64", event.timerfd_gettime, FULL),
    Row(411, "timerfd_settime64", event.timerfd_settime, FULL),
    Row(413, "pselect6_time64", poll.pselect6, FULL),
    Row(414, "ppoll_time64", poll.ppoll, FULL),
    Row(441, "epoll_pwait2", poll.epoll_pwait2, FULL),
    # sockets: fs/sockfs.py, net/
    Row(198, "socket", socket.socket, PARTIAL, "L-NET-001, L-NET-002"),
    Row(199, "socketpair", socket.socketpair, FULL),
    Row(200, "bind", socket.bind, FULL),
    Row(201, "listen", socket.listen, FULL),
    Row(202, "accept", socket.accept, FULL),
    Row(203, "connect", socket.connect, PARTIAL, "L-NET-001"),
    Row(204, "getsockname", socket.getsockname, FULL),
    Row(205, "getpeername", socket.getpeername, FULL),
    Row(206, "sendto", socket.sendto, PARTIAL, "L-NET-001, L-NET-003"),
    Row(207, "recvfrom", socket.recvfrom, PARTIAL, "L-NET-003"),
    Row(208, "setsockopt", socket_option.setsockopt, PARTIAL, "L-NET-004"),
    Row(209, "getsockopt", socket_option.getsockopt, PARTIAL, "L-NET-004"),
    Row(210, "shutdown", socket.shutdown, FULL),
    Row(211, "sendmsg", socket_message.sendmsg, PARTIAL, "L-NET-003"),
    Row(212, "recvmsg", socket_message.recvmsg, PARTIAL, "L-NET-003"),
    Row(242, "accept4", socket.accept4, FULL),
    Row(269, "sendmmsg", socket_message.sendmmsg, FULL),
    Row(417, "recvmmsg_time64", socket_message.recvmmsg, PARTIAL, "no timeout"),
    # ids, groups, sessions: kernel/credentials.py, kernel/session.py
    Row(90, "capget", identity.capget, PARTIAL, "L-ID-001"),
    Row(91, "capset", identity.capset, PARTIAL, "L-ID-001"),
    Row(143, "setregid", identity.setregid, FULL),
    Row(144, "setgid", identity.setgid, FULL),
    Row(145, "setreuid", identity.setreuid, FULL),
    Row(146, "setuid", identity.setuid, FULL),
    Row(147, "setresuid", identity.setresuid, FULL),
    Row(148, "getresuid", identity.getresuid, FULL),
    Row(149, "setresgid", identity.setresgid, FULL),
    Row(150, "getresgid", identity.getresgid, FULL),
    Row(151, "setfsuid", identity.setfsuid, FULL),
    Row(152, "setfsgid", identity.setfsgid, FULL),
    Row(154, "setpgid", identity.setpgid, FULL),
    Row(155, "getpgid", identity.getpgid, FULL),
    Row(156, "getsid", identity.getsid, FULL),
    Row(157, "setsid", identity.setsid, FULL),
    Row(158, "getgroups", identity.getgroups, FULL),
    Row(159, "setgroups", identity.setgroups, PARTIAL, "L-ID-002"),
    Row(167, "prctl", identity.prctl, PARTIAL, "names, the parent's death, subreapers, no_new_privs"),
    Row(172, "getpid", identity.getpid, FULL),
    Row(173, "getppid", identity.getppid, FULL),
    Row(174, "getuid", identity.getuid, FULL),
    Row(175, "geteuid", identity.geteuid, FULL),
    Row(176, "getgid", identity.getgid, FULL),
    Row(177, "getegid", identity.getegid, FULL),
    Row(178, "gettid", identity.getpid, FULL),
    # processes and signals: kernel/exec.py, exit.py, fork.py
    Row(93, "exit", process.exit, FULL),
    Row(94, "exit_group", process.exit, FULL),
    Row(95, "waitid", process.waitid, PARTIAL, "no P_PIDFD"),
    Row(118, "sched_setparam", process.sched_getscheduler, PARTIAL, "accepted, no effect"),
    Row(119, "sched_setscheduler", process.sched_getscheduler, PARTIAL, "accepted, no effect"),
    Row(120, "sched_getscheduler", process.sched_getscheduler, FULL),
    Row(121, "sched_getparam", process.sched_getparam, FULL),
    Row(122, "sched_setaffinity", process.sched_setaffinity, FULL),
    Row(123, "sched_getaffinity", process.sched_getaffinity, FULL),
    Row(124, "sched_yield", process.sched_yield, FULL),
    Row(125, "sched_get_priority_max", process.sched_get_priority, FULL),
    Row(126, "sched_get_priority_min", process.sched_get_priority, FULL),
    Row(140, "setpriority", process.setpriority, PARTIAL, "L-PROC-003"),
    Row(141, "getpriority", process.getpriority, PARTIAL, "L-PROC-003"),
    Row(165, "getrusage", time.getrusage, PARTIAL, "L-PROC-001"),
    Row(221, "execve", process.execve, FULL),
    Row(260, "wait4", process.wait4, FULL),
    Row(261, "prlimit64", process.prlimit64, PARTIAL, "NOFILE, NPROC, CPU, FSIZE, SIGPENDING, AS are enforced"),
    Row(281, "execveat", process.execveat, FULL),
    Row(SYS_VFORK, "cloche_vfork", process.vfork, FULL, "private: docs/guest-abi.md"),
    Row(SYS_VFORK_RESULT, "cloche_vfork_result", process.vfork_result, FULL, "private"),
    Row(SYS_SNAPSHOT, "cloche_snapshot", process.snapshot_point, FULL, "private"),
    Row(SYS_FORK_COPY, "cloche_fork_copy", process.fork_copy, FULL, "private"),
    # signals
    Row(102, "getitimer", signal.getitimer, FULL),
    Row(103, "setitimer", signal.setitimer, PARTIAL, "L-TIME-001"),
    Row(129, "kill", signal.kill, FULL),
    Row(130, "tkill", signal.tkill, FULL),
    Row(131, "tgkill", signal.tgkill, FULL),
    Row(132, "sigaltstack", signal.sigaltstack, PARTIAL, "L-SIG-003"),
    Row(133, "rt_sigsuspend", signal.rt_sigsuspend, FULL),
    Row(134, "rt_sigaction", signal.rt_sigaction, PARTIAL, "L-SIG-001, L-SIG-002"),
    Row(135, "rt_sigprocmask", signal.rt_sigprocmask, FULL),
    Row(136, "rt_sigpending", signal.rt_sigpending, FULL),
    Row(138, "rt_sigqueueinfo", signal.rt_sigqueueinfo, FULL),
    Row(421, "rt_sigtimedwait_time64", signal.rt_sigtimedwait, FULL),
    Row(SYS_SIGPOP, "cloche_sigpop", signal.sigpop, FULL, "private"),
    Row(SYS_SIGDONE, "cloche_sigdone", signal.sigdone, FULL, "private"),
    # memory
    Row(214, "brk", memory.brk, FULL),
    Row(215, "munmap", memory.munmap, FULL),
    Row(216, "mremap", memory.mremap, PARTIAL, "no MREMAP_FIXED"),
    Row(222, "mmap2", memory.mmap2, PARTIAL, "L-MM-001, L-MM-002, L-MM-003, L-MM-004"),
    Row(226, "mprotect", memory.no_effect, PARTIAL, "L-MM-004"),
    Row(227, "msync", memory.msync, FULL),
    Row(228, "mlock", memory.no_effect, FULL),
    Row(229, "munlock", memory.no_effect, FULL),
    Row(230, "mlockall", memory.no_effect, FULL),
    Row(231, "munlockall", memory.no_effect, FULL),
    Row(233, "madvise", memory.no_effect, PARTIAL, "L-MM-004"),
    # time
    Row(153, "times", time.times, FULL),
    Row(403, "clock_gettime64", time.clock_gettime, FULL),
    Row(404, "clock_settime64", time.clock_settime, REFUSED),
    Row(405, "clock_adjtime64", time.clock_settime, REFUSED),
    Row(406, "clock_getres_time64", time.clock_getres, FULL),
    Row(407, "clock_nanosleep_time64", time.clock_nanosleep, FULL),
    # the machine
    Row(40, "mount", system.not_permitted, REFUSED, "L-FS-012"),
    Row(39, "umount2", system.not_permitted, REFUSED),
    Row(41, "pivot_root", system.not_permitted, REFUSED),
    Row(89, "acct", system.not_permitted, REFUSED),
    Row(96, "set_tid_address", system.set_tid_address, FULL),
    Row(97, "unshare", system.not_permitted, REFUSED),
    Row(98, "futex", system.futex, PARTIAL, "L-PROC-004"),
    Row(99, "set_robust_list", system.set_robust_list, FULL),
    Row(104, "kexec_load", system.not_permitted, REFUSED),
    Row(105, "init_module", system.not_permitted, REFUSED),
    Row(106, "delete_module", system.not_permitted, REFUSED),
    Row(116, "syslog", system.syslog, REFUSED),
    Row(117, "ptrace", system.not_permitted, REFUSED),
    Row(142, "reboot", system.not_permitted, REFUSED),
    Row(160, "uname", system.uname, FULL),
    Row(161, "sethostname", system.sethostname, FULL),
    Row(162, "setdomainname", system.not_permitted, REFUSED),
    Row(168, "getcpu", system.getcpu, FULL),
    Row(179, "sysinfo", system.sysinfo, FULL),
    Row(224, "swapon", system.not_permitted, REFUSED),
    Row(225, "swapoff", system.not_permitted, REFUSED),
    Row(241, "perf_event_open", system.not_permitted, REFUSED),
    Row(268, "setns", system.not_permitted, REFUSED),
    Row(270, "process_vm_readv", system.not_permitted, REFUSED),
    Row(271, "process_vm_writev", system.not_permitted, REFUSED),
    Row(273, "finit_module", system.not_permitted, REFUSED),
    Row(278, "getrandom", system.getrandom, FULL),
    Row(280, "bpf", system.not_permitted, REFUSED),
    Row(283, "membarrier", system.membarrier, FULL),
    Row(422, "futex_time64", system.futex, PARTIAL, "L-PROC-004"),
)

HANDLERS = Table((row.number, row.handler) for row in ROWS)
assert len(HANDLERS) == len(ROWS), "a number stands twice in the table"
NAMES = {row.number: row.name for row in ROWS}


class _Doomed(Table):
    def __missing__(self, number: int) -> Callable[..., int]:
        return process.doomed


#: For a vfork child that a signal killed: every call ends it.
DOOMED = _Doomed()

