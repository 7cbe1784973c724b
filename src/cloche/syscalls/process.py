"""exec, exit, wait, fork's private calls, scheduling and resource limits."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.fcntl import AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW
from ..abi.limits import ARG_MAX, RLIM_INFINITY, RLIMIT_AS, RLIMIT_NOFILE, RLIMIT_STACK, RLIMITS
from ..abi.signal import CLD_CONTINUED, CLD_EXITED, CLD_KILLED, CLD_STOPPED, SIGCHLD, SIGCONT
from ..abi.structs import RLIMIT64, RUSAGE, SIGINFO, signed
from ..abi.wait import (
    P_ALL,
    P_PGID,
    P_PID,
    STATUS_CONTINUED,
    WCONTINUED,
    WEXITED,
    WNOHANG,
    WNOWAIT,
    WUNTRACED,
    exited,
)
from ..kernel import exec as _exec
from ..kernel import exit as _exit
from ..kernel import fork
from ..kernel.scheduler import ZOMBIE
from .paths import base, path_argument

if TYPE_CHECKING:
    from ..kernel.process import Process


def exit(proc: Process, code: int, *_: int) -> int:
    """_exit(2), exit_group(2)."""
    return _exit.exit_process(proc, exited(code))


def doomed(proc: Process, *_: int) -> int:
    """Any call of a vfork child that a signal killed while it ran in its parent's guest."""
    return _exit.exit_process(proc, proc.status)


def vfork(proc: Process, *_: int) -> int:
    """Private (docs/guest-abi.md): vfork(2)."""
    return fork.vfork(proc)


def vfork_result(proc: Process, *_: int) -> int:
    """Private: what vfork returns in the parent."""
    return proc.vfork_result


def fork_copy(proc: Process, *_: int) -> int:
    """Private: a child from memory alone."""
    return fork.fork_copy(proc)


def snapshot_point(proc: Process, *_: int) -> int:
    """Private: the program is about to read its first input; 1: its state is to be kept, and it shall fork."""
    return int(proc.machine.template_of is proc)


def execve(proc: Process, path: int, argv: int, envp: int, *_: int) -> int:
    """execve(2)."""
    return _execve(proc, proc.cwd, path_argument(proc, path), argv, envp)


def execveat(proc: Process, dirfd: int, path: int, argv: int, envp: int, flags: int, *_: int) -> int:
    """execveat(2)."""
    if flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW):
        return -Errno.EINVAL
    name = proc.mem.string(path)
    if not name and flags & AT_EMPTY_PATH and dirfd != AT_FDCWD:
        name = b"/proc/self/fd/%d" % dirfd
        proc.fds.get(dirfd)
    return _execve(proc, base(proc, dirfd, name), name, argv, envp)


def _execve(proc: Process, start: object, path: bytes, argv: int, envp: int) -> int:
    arguments, left = proc.mem.strings(argv, ARG_MAX) if argv else ([], ARG_MAX)
    environ = proc.mem.strings(envp, left)[0] if envp else []
    # execve(2): since Linux 5.18 an empty argv becomes one empty string.
    return _exec.execve(proc, start, path, arguments or [b""], environ)


def _candidates(proc: Process, pid: int) -> list[Process]:
    """The children that a wait4 pid selects."""
    children = proc.children
    if pid > 0:
        return [child for child in children if child.pid == pid]
    if pid == -1:
        return children
    group = proc.pgid if pid == 0 else -pid
    return [child for child in children if child.pgid == group]


def _event(child: Process, options: int, consume: bool) -> int | None:
    """The wait status of what happened to a child, if it is asked for."""
    if child.state is ZOMBIE:
        return child.status if options & WEXITED else None
    report = child.stop_report
    if report is None or not options & (WCONTINUED if report == STATUS_CONTINUED else WUNTRACED):
        return None
    if consume:
        child.stop_report = None
    return report


def rusage(cpu_ns: int) -> bytes:
    """struct rusage: user time only. # L-PROC-001"""
    micros = cpu_ns // 1000
    return RUSAGE.pack(micros // 1_000_000, micros % 1_000_000, *[0] * 16)


def wait4(proc: Process, pid: int, status: int, options: int, usage: int, *_: int) -> int:
    """wait4(2)."""
    if options & ~(WNOHANG | WUNTRACED | WCONTINUED | 0xE0000000):
        return -Errno.EINVAL
    candidates = _candidates(proc, signed(pid))
    for child in candidates:
        code = _event(child, options | WEXITED, True)
        if code is None:
            continue
        if status:
            proc.mem.put_u32(status, code)
        if usage:
            proc.mem.write(usage, rusage(child.cpu_ns + child.children_cpu_ns))
        if child.state is ZOMBIE:
            _exit.reap(child)
        return child.pid
    if not candidates:
        return -Errno.ECHILD
    return 0 if options & WNOHANG else proc.sleep(proc.child_queue)


def _siginfo(child: Process, status: int) -> bytes:
    if status == STATUS_CONTINUED:
        code, value = CLD_CONTINUED, SIGCONT
    elif status & 0xFF == 0x7F:
        code, value = CLD_STOPPED, status >> 8
    elif status & 0x7F:
        code, value = CLD_KILLED, status & 0x7F
    else:
        code, value = CLD_EXITED, status >> 8
    return SIGINFO.pack(SIGCHLD, 0, code, child.pid, child.cred.ruid, value)


def waitid(proc: Process, kind: int, ident: int, info: int, options: int, usage: int, *_: int) -> int:
    """waitid(2)."""
    if not options & (WEXITED | WUNTRACED | WCONTINUED) or \
            options & ~(WNOHANG | WUNTRACED | WEXITED | WCONTINUED | WNOWAIT | 0xE0000000):
        return -Errno.EINVAL
    match kind:
        case _ if kind == P_ALL:
            pid = -1
        case _ if kind == P_PID and 0 < ident < 1 << 31:
            pid = ident
        case _ if kind == P_PGID and ident < 1 << 31:
            pid = -ident
        case _:
            return -Errno.EINVAL
    candidates = _candidates(proc, pid)
    for child in candidates:
        status = _event(child, options, not options & WNOWAIT)
        if status is None:
            continue
        if info:
            proc.mem.write(info, _siginfo(child, status))
        if usage:
            proc.mem.write(usage, rusage(child.cpu_ns + child.children_cpu_ns))
        if child.state is ZOMBIE and not options & WNOWAIT:
            _exit.reap(child)
        return 0
    if not candidates:
        return -Errno.ECHILD
    if options & WNOHANG:
        if info:
            proc.mem.write(info, bytes(128))
        return 0
    return proc.sleep(proc.child_queue)


def _target(proc: Process, pid: int) -> Process:
    target = proc if pid == 0 else proc.machine.processes.get(pid)
    if target is None or not target.alive:
        raise SysError(Errno.ESRCH)
    return target


def prlimit64(proc: Process, pid: int, resource: int, new: int, old: int, *_: int) -> int:
    """prlimit64(2): the limits are kept and shown; NOFILE, NPROC, CPU, FSIZE, SIGPENDING and AS are enforced."""
    target = _target(proc, pid)
    if target is not proc and not proc.cred.privileged and proc.cred.ruid != target.cred.ruid:
        return -Errno.EPERM
    if resource >= RLIMITS:
        return -Errno.EINVAL
    limit = RLIMIT64.unpack_from(proc.mem.view, new) if new else None
    before = target.rlimits.get(resource) or default_rlimit(target, resource)
    if limit is not None:
        soft, hard = limit
        if soft > hard:
            return -Errno.EINVAL
        if hard > before[1] and not proc.cred.privileged:
            return -Errno.EPERM
        if resource == RLIMIT_NOFILE:
            # Root may not raise it over the machine's own limit.
            if hard > target.machine.limits.files_open_max:
                return -Errno.EPERM
            target.fds.limit = soft
        if resource == RLIMIT_AS and target.mem is not None:
            target.mem.bytes_max = soft
        target.rlimits[resource] = (soft, hard)
    if old:
        RLIMIT64.pack_into(proc.mem.view, old, *before)
    return 0


def default_rlimit(proc: Process, resource: int) -> tuple[int, int]:
    """(soft, hard) where nothing was set."""
    limits = proc.machine.limits
    if resource == RLIMIT_NOFILE:
        return limits.files_open_max, limits.files_open_max
    if resource == RLIMIT_AS:
        return limits.memory_process_bytes_max, limits.memory_process_bytes_max
    if resource == RLIMIT_STACK:
        return 8 << 20, RLIM_INFINITY
    return RLIM_INFINITY, RLIM_INFINITY


def sched_yield(proc: Process, *_: int) -> int:
    """sched_yield(2): to the end of the run queue."""
    proc.guest.yield_soon()
    return 0


def sched_getaffinity(proc: Process, pid: int, size: int, mask: int, *_: int) -> int:
    """sched_getaffinity(2): one processor."""
    _target(proc, pid)
    if size < 4 or size & 3:
        return -Errno.EINVAL
    proc.mem.write(mask, (1).to_bytes(4, "little"))
    return 4


def sched_setaffinity(proc: Process, pid: int, size: int, mask: int, *_: int) -> int:
    """sched_setaffinity(2): the one processor must be in it."""
    _target(proc, pid)
    if size == 0 or not proc.mem.read(mask, min(size, 128))[0] & 1:
        return -Errno.EINVAL
    return 0


def sched_getscheduler(proc: Process, pid: int, *_: int) -> int:
    """sched_getscheduler(2): SCHED_OTHER."""
    _target(proc, pid)
    return 0


def sched_getparam(proc: Process, pid: int, param: int, *_: int) -> int:
    """sched_getparam(2): priority 0."""
    _target(proc, pid)
    proc.mem.put_u32(param, 0)
    return 0


def sched_get_priority(proc: Process, policy: int, *_: int) -> int:
    """sched_get_priority_min(2), _max: 0 for SCHED_OTHER, BATCH and IDLE; no other policy is to be had."""
    return 0 if policy in (0, 3, 5) else -Errno.EINVAL


def _ranked(proc: Process, which: int, who: int) -> list[Process]:
    """The processes that getpriority(2) is about: one, a group, or a user's. ESRCH if there is none."""
    everyone = proc.machine.processes.values()
    match which:
        case 0:
            return [_target(proc, who)]
        case 1:
            group = who or proc.pgid
            found = [other for other in everyone if other.pgid == group and other.alive]
        case 2:
            user = who or proc.cred.ruid
            found = [other for other in everyone if other.cred.ruid == user and other.alive]
        case _:
            raise SysError(Errno.EINVAL)
    if not found:
        raise SysError(Errno.ESRCH)
    return found


def getpriority(proc: Process, which: int, who: int, *_: int) -> int:
    """getpriority(2): the raw call answers 20 - nice, the highest of them. Nice values have no effect. # L-PROC-003"""
    return 20 - min(target.nice for target in _ranked(proc, which, who))


def setpriority(proc: Process, which: int, who: int, nice: int, *_: int) -> int:
    """setpriority(2)."""
    targets, value = _ranked(proc, which, who), max(-20, min(signed(nice), 19))
    if not proc.cred.privileged:
        if any(proc.cred.euid not in (target.cred.ruid, target.cred.euid) for target in targets):
            return -Errno.EPERM
        if any(value < target.nice for target in targets):
            return -Errno.EACCES
    for target in targets:
        target.nice = value
    return 0
