"""Sessions and process groups: setsid(2), setpgid(2), orphans, the end of a session leader; credentials(7).

A process group has no object of its own: it is the processes with the same `pgid`, which are all of one session.
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.signal import SIGCONT, SIGHUP
from . import signals
from .scheduler import STOPPED

if TYPE_CHECKING:
    from .machine import Machine
    from .process import Process
    from .tty import Tty


class Session:
    """The process groups of one login. `sid` is its leader's process id, `tty` its controlling terminal.

    `lost_pgid` was the foreground group when the terminal hung up, or 0.
    """

    __slots__ = ("lost_pgid", "sid", "tty")

    def __init__(self, sid: int) -> None:
        self.sid = sid
        self.tty: Tty | None = None
        self.lost_pgid = 0

    def led_by(self, proc: Process) -> bool:
        return proc.session is self and proc.pid == self.sid


def members(machine: Machine, pgid: int) -> Iterator[Process]:
    """The processes of a group, zombies too."""
    return (proc for proc in machine.processes.values() if proc.pgid == pgid)


def setsid(proc: Process) -> int:
    """setsid(2): EPERM for the leader of a process group."""
    if any(members(proc.machine, proc.pid)):
        raise SysError(Errno.EPERM)
    proc.session = Session(proc.pid)
    proc.pgid = proc.pid
    return proc.pid


def setpgid(proc: Process, pid: int, pgid: int) -> None:
    """setpgid(2): moves `proc` or a child of it that has not called execve; 0 stands for itself, and for `pid`."""
    if pgid < 0:
        raise SysError(Errno.EINVAL)
    target = proc.machine.processes.get(pid or proc.pid)
    if target is None or (target is not proc and target.parent is not proc):
        raise SysError(Errno.ESRCH)
    if target is not proc:
        if target.session is not proc.session:
            raise SysError(Errno.EPERM)
        if target.has_execed:
            raise SysError(Errno.EACCES)
    if target.session.led_by(target):
        raise SysError(Errno.EPERM)
    pgid = pgid or target.pid
    if pgid != target.pid and not any(other.session is proc.session for other in members(proc.machine, pgid)):
        raise SysError(Errno.EPERM)
    target.pgid = pgid


def process(proc: Process, pid: int) -> Process:
    """The process that getpgid(2), getsid(2) ask about; 0 is the caller."""
    target = proc.machine.processes.get(pid) if pid else proc
    if target is None:
        raise SysError(Errno.ESRCH)
    return target


def is_orphaned(machine: Machine, pgid: int, leaving: Process | None = None) -> bool:
    """POSIX: no member has a parent in another group of the same session, which could continue it if it stopped.

    `leaving` is a member that does not count any more.
    """
    for member in members(machine, pgid):
        if member is leaving or not member.alive:
            continue
        parent = _living_parent(member)
        if parent is not None and parent.pgid != pgid and parent.session is member.session:
            return False
    return True


def _living_parent(proc: Process) -> Process | None:
    """Its parent, or who adopts it: a living subreaper."""
    parent = proc.parent
    if parent is None or parent.alive:
        return parent
    while parent is not None and not (parent.alive and parent.subreaper):
        parent = parent.parent
    return parent or proc.machine.init


def process_exited(proc: Process) -> None:
    """What the end of a process does to its session, and to groups that it kept from being orphans.

    Called before its children have another parent.
    """
    if proc.session.led_by(proc):
        _leader_exited(proc.machine, proc.session)
    for pgid in dict.fromkeys(child.pgid for child in proc.children
                              if child.pgid != proc.pgid and child.session is proc.session):
        _release_if_orphaned(proc.machine, pgid, None)
    parent = proc.parent
    if parent is not None and parent.pgid != proc.pgid and parent.session is proc.session:
        _release_if_orphaned(proc.machine, proc.pgid, proc)


def _leader_exited(machine: Machine, session: Session) -> None:
    if session.tty is not None:
        session.tty.leader_exited()
    elif session.lost_pgid:
        signals.send_group(machine, session.lost_pgid, SIGHUP)
        signals.send_group(machine, session.lost_pgid, SIGCONT)


def _release_if_orphaned(machine: Machine, pgid: int, leaving: Process | None) -> None:
    """POSIX: a group that becomes an orphan with a stopped member gets SIGHUP, then SIGCONT."""
    if any(member.state is STOPPED for member in members(machine, pgid)) and is_orphaned(machine, pgid, leaving):
        signals.send_group(machine, pgid, SIGHUP)
        signals.send_group(machine, pgid, SIGCONT)
