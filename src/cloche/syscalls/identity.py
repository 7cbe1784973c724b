"""Process ids, users, groups, sessions, and prctl(2)."""
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.signal import NSIG
from ..abi.structs import U32, U32x2, signed
from ..kernel import session
from ..kernel.credentials import GROUPS_MAX, Credentials

if TYPE_CHECKING:
    from ..kernel.process import Process

PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_DUMPABLE = 1, 2, 3, 4
PR_SET_NAME, PR_GET_NAME, PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER = 15, 16, 36, 37
PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 38, 39
#: capget(2): the version with 64-bit sets, and all capabilities there are (up to CAP_CHECKPOINT_RESTORE).
_CAPABILITY_VERSION = 0x20080522
_CAPABILITIES = (1 << 41) - 1


def getpid(proc: Process, *_: int) -> int:
    """getpid(2), gettid(2), set_tid_address(2): a process has one thread."""
    return proc.pid


def getppid(proc: Process, *_: int) -> int:
    """getppid(2)."""
    return proc.ppid


def getuid(proc: Process, *_: int) -> int:
    """getuid(2)."""
    return proc.cred.ruid


def geteuid(proc: Process, *_: int) -> int:
    """geteuid(2)."""
    return proc.cred.euid


def getgid(proc: Process, *_: int) -> int:
    """getgid(2)."""
    return proc.cred.rgid


def getegid(proc: Process, *_: int) -> int:
    """getegid(2)."""
    return proc.cred.egid


def getresuid(proc: Process, ruid: int, euid: int, suid: int, *_: int) -> int:
    """getresuid(2)."""
    for address, value in ((ruid, proc.cred.ruid), (euid, proc.cred.euid), (suid, proc.cred.suid)):
        proc.mem.put_u32(address, value)
    return 0


def getresgid(proc: Process, rgid: int, egid: int, sgid: int, *_: int) -> int:
    """getresgid(2)."""
    for address, value in ((rgid, proc.cred.rgid), (egid, proc.cred.egid), (sgid, proc.cred.sgid)):
        proc.mem.put_u32(address, value)
    return 0


def setuid(proc: Process, uid: int, *_: int) -> int:
    """setuid(2)."""
    return _become(proc, proc.cred.setuid(uid))


def setgid(proc: Process, gid: int, *_: int) -> int:
    """setgid(2)."""
    return _become(proc, proc.cred.setgid(gid))


def setreuid(proc: Process, ruid: int, euid: int, *_: int) -> int:
    """setreuid(2)."""
    return _become(proc, proc.cred.setreuid(ruid, euid))


def setregid(proc: Process, rgid: int, egid: int, *_: int) -> int:
    """setregid(2)."""
    return _become(proc, proc.cred.setregid(rgid, egid))


def setresuid(proc: Process, ruid: int, euid: int, suid: int, *_: int) -> int:
    """setresuid(2)."""
    return _become(proc, proc.cred.setresuid(ruid, euid, suid))


def setresgid(proc: Process, rgid: int, egid: int, sgid: int, *_: int) -> int:
    """setresgid(2)."""
    return _become(proc, proc.cred.setresgid(rgid, egid, sgid))


def setfsuid(proc: Process, uid: int, *_: int) -> int:
    """setfsuid(2): answers the old id, whatever happened."""
    before = proc.cred.fsuid
    _become(proc, proc.cred.setfsuid(uid))
    return before


def setfsgid(proc: Process, gid: int, *_: int) -> int:
    """setfsgid(2)."""
    before = proc.cred.fsgid
    _become(proc, proc.cred.setfsgid(gid))
    return before


def _become(proc: Process, cred: Credentials) -> int:
    proc.cred = cred
    return 0


def getgroups(proc: Process, size: int, result: int, *_: int) -> int:
    """getgroups(2)."""
    groups = proc.cred.groups
    if signed(size) < 0 or 0 < size < len(groups):
        raise SysError(Errno.EINVAL)
    if size:
        proc.mem.write(result, b"".join(U32.pack(gid) for gid in groups))
    return len(groups)


def setgroups(proc: Process, size: int, groups: int, *_: int) -> int:
    """setgroups(2)."""
    if not proc.cred.privileged:
        raise SysError(Errno.EPERM)
    if size > GROUPS_MAX:
        raise SysError(Errno.EINVAL)
    data = proc.mem.read(groups, 4 * size)
    return _become(proc, proc.cred.setgroups(tuple(gid for (gid,) in U32.iter_unpack(data))))


# process groups and sessions

def setpgid(proc: Process, pid: int, pgid: int, *_: int) -> int:
    """setpgid(2)."""
    session.setpgid(proc, signed(pid), signed(pgid))
    return 0


def getpgid(proc: Process, pid: int, *_: int) -> int:
    """getpgid(2)."""
    return session.process(proc, signed(pid)).pgid


def getsid(proc: Process, pid: int, *_: int) -> int:
    """getsid(2)."""
    return session.process(proc, signed(pid)).session.sid


def setsid(proc: Process, *_: int) -> int:
    """setsid(2)."""
    return session.setsid(proc)


# capabilities and prctl

def capget(proc: Process, header: int, data: int, *_: int) -> int:
    """capget(2): all of them for root, none for others."""
    target = _capability_target(proc, header, data)
    if target is None:
        return 0
    held = _CAPABILITIES if target.cred.privileged else 0
    low, high = held & 0xFFFFFFFF, held >> 32
    if data:
        proc.mem.write(data, b"".join(U32.pack(word) for word in (low, low, 0, high, high, 0)))
    return 0


def capset(proc: Process, header: int, data: int, *_: int) -> int:
    """capset(2): only to the sets the process has; capabilities go with root's id. # L-ID-001"""
    target = _capability_target(proc, header, data)
    words = [word for (word,) in U32.iter_unpack(proc.mem.read(data, 24))]
    held = _CAPABILITIES if proc.cred.privileged else 0
    effective, permitted = words[0] | words[3] << 32, words[1] | words[4] << 32
    if target is not proc or (effective, permitted) != (held, held):
        raise SysError(Errno.EPERM)
    return 0


def _capability_target(proc: Process, header: int, data: int) -> Process | None:
    """The process of a capability header; None: only the version was asked for."""
    version, pid = U32x2.unpack(proc.mem.read(header, 8))
    if version != _CAPABILITY_VERSION:
        proc.mem.put_u32(header, _CAPABILITY_VERSION)
        if data:
            raise SysError(Errno.EINVAL)
        return None
    if signed(pid) < 0:
        raise SysError(Errno.EINVAL)
    return session.process(proc, pid)


def prctl(proc: Process, option: int, argument: int, third: int, fourth: int, fifth: int, *_: int) -> int:
    """prctl(2): names, the parent's death, subreapers, no_new_privs; EINVAL for the rest."""
    match option:
        case 1:  # PR_SET_PDEATHSIG
            if argument > NSIG:
                raise SysError(Errno.EINVAL)
            proc.death_signal = argument
        case 2:  # PR_GET_PDEATHSIG
            proc.mem.put_u32(argument, proc.death_signal)
        case 3:  # PR_GET_DUMPABLE
            return int(proc.cred.dumpable)
        case 4:  # PR_SET_DUMPABLE
            if argument > 1:
                raise SysError(Errno.EINVAL)
            proc.cred = replace(proc.cred, dumpable=bool(argument))
        case 15:  # PR_SET_NAME
            proc.comm = _name(proc, argument)
        case 16:  # PR_GET_NAME
            proc.mem.write(argument, proc.comm[:15].ljust(16, b"\0"))
        case 36:  # PR_SET_CHILD_SUBREAPER
            proc.subreaper = bool(argument)
        case 37:  # PR_GET_CHILD_SUBREAPER
            proc.mem.put_u32(argument, int(proc.subreaper))
        case 38:  # PR_SET_NO_NEW_PRIVS
            if argument != 1 or third or fourth or fifth:
                raise SysError(Errno.EINVAL)
            proc.cred = replace(proc.cred, no_new_privs=True)
        case 39:  # PR_GET_NO_NEW_PRIVS
            if argument or third or fourth or fifth:
                raise SysError(Errno.EINVAL)
            return int(proc.cred.no_new_privs)
        case _:
            raise SysError(Errno.EINVAL)
    return 0


def _name(proc: Process, address: int) -> bytes:
    """PR_SET_NAME: at most 15 bytes, and memory is only read up to the null byte."""
    name = bytearray()
    while len(name) < 15:
        byte = proc.mem.read(address + len(name), 1)
        if byte == b"\0":
            break
        name += byte
    return bytes(name)
