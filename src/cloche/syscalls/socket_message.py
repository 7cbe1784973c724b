"""sendmsg and recvmsg: scattered data, and what comes along: descriptors and credentials (cmsg(3), unix(7))."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi import socket as s
from ..abi.errno import Errno, SysError
from ..abi.structs import CMSGHDR, I32, MSGHDR, UCRED
from ..fs import sockfs
from ..fs.sockfs import SocketFile
from ..net import address as addresses
from ..net.rights import Passed
from ..net.socket import Received, Ucred
from . import socket as calls
from .file import vectors

if TYPE_CHECKING:
    from ..kernel.process import Process

#: unix(7): descriptors in one message (SCM_MAX_FD): EINVAL. Bytes of control data (net.core.optmem_max): ENOBUFS.
_RIGHTS_MAX, _CONTROL_BYTES_MAX = 253, 20480
_DATA_BYTES_MAX = 1 << 20
_MMSGHDR_BYTES = MSGHDR.size + 4
_MESSAGES_MAX = 1024


def sendmsg(proc: Process, fd: int, header: int, flags: int, *_: int) -> int:
    """sendmsg(2)."""
    file = calls.socket_of(proc, fd)
    name, name_length, vector, count, control, control_length, _ = MSGHDR.unpack_from(proc.mem.view, header)
    data = _gather(proc, vector, count)
    address = None
    if name and name_length:
        address = addresses.parse(file.socket.family, calls.read_address(proc, name, name_length))
    rights, cred = _read_control(proc, file, control, control_length) if control_length else ([], None)
    return calls.send(proc, file, data, flags, address, rights, cred or sockfs.ucred(proc))


def _gather(proc: Process, vector: int, count: int) -> bytes:
    parts, room = [], _DATA_BYTES_MAX
    for window in vectors(proc, vector, count):
        parts.append(window[:room])
        room -= len(parts[-1])
        if not room:
            break
    return b"".join(parts)


def _read_control(proc: Process, file: SocketFile, pointer: int, length: int) -> tuple[list[Passed], Ucred | None]:
    """The control data of a message to be sent."""
    if length > _CONTROL_BYTES_MAX:
        raise SysError(Errno.ENOBUFS)
    data = proc.mem.read(pointer, length)
    rights: list[Passed] = []
    cred, offset = None, 0
    while offset + CMSGHDR.size <= length:
        size, level, kind = CMSGHDR.unpack_from(data, offset)
        if size < CMSGHDR.size or offset + size > length:
            raise SysError(Errno.EINVAL)
        body = data[offset + CMSGHDR.size:offset + size]
        offset += size + 3 & ~3
        if level != s.SOL_SOCKET:
            if file.socket.family == s.AF_UNIX:
                continue
            raise SysError(Errno.EINVAL)
        if kind == s.SCM_RIGHTS:
            rights += _rights(proc, body[:len(body) & ~3])
            if len(rights) > _RIGHTS_MAX:
                raise SysError(Errno.EINVAL)
        elif kind == s.SCM_CREDENTIALS:
            cred = _credentials(proc, body)
        else:
            raise SysError(Errno.EINVAL)
    return (rights, cred) if file.socket.family == s.AF_UNIX else ([], None)


def _rights(proc: Process, body: bytes) -> list[Passed]:
    found = []
    for number, in I32.iter_unpack(body):
        passed = proc.fds.get(number)
        local = isinstance(passed, SocketFile) and passed.socket.family == s.AF_UNIX
        found.append(Passed(passed, passed.socket if local else None))
    return found


def _credentials(proc: Process, body: bytes) -> Ucred:
    """unix(7): a process may only tell the truth about itself, unless it is root."""
    if len(body) != UCRED.size:
        raise SysError(Errno.EINVAL)
    claimed, cred = Ucred(*UCRED.unpack(body)), proc.cred
    if not cred.privileged and not (claimed.pid == proc.pid and claimed.uid in (cred.ruid, cred.euid, cred.suid)
                                    and claimed.gid in (cred.rgid, cred.egid, cred.sgid)):
        raise SysError(Errno.EPERM)
    if claimed.pid not in proc.machine.processes:
        raise SysError(Errno.ESRCH)
    return claimed


def recvmsg(proc: Process, fd: int, header: int, flags: int, *_: int) -> int:
    """recvmsg(2)."""
    file = calls.socket_of(proc, fd)
    view = proc.mem.view
    name, name_length, vector, count, control, control_length, _ = MSGHDR.unpack_from(view, header)
    windows = vectors(proc, vector, count)
    if control_length:
        proc.mem.window(control, min(control_length, _CONTROL_BYTES_MAX))
    if name:
        proc.mem.window(name, min(name_length, addresses.ADDRESS_BYTES_MAX))
    found = calls.receive(proc, file, sum(len(window) for window in windows), flags)
    if isinstance(found, int):
        return found
    position = 0
    for window in windows:
        piece = found.data[position:position + len(window)]
        window[:len(piece)] = piece
        position += len(piece)
    answer_flags = flags & s.MSG_CMSG_CLOEXEC
    if found.length > len(found.data):
        answer_flags |= s.MSG_TRUNC
    body, truncated = _write_control(proc, file, found, control_length, flags)
    if truncated:
        answer_flags |= s.MSG_CTRUNC
    if body:
        proc.mem.write(control, body)
    if name:
        packed = calls.source(file, found)
        proc.mem.write(name, packed[:name_length])
        name_length = len(packed)
    MSGHDR.pack_into(view, header, name, name_length, vector, count, control, len(body), answer_flags)
    return found.length if flags & s.MSG_TRUNC and file.socket.record_oriented else len(found.data)


def _write_control(proc: Process, file: SocketFile, found: Received, room: int, flags: int) -> tuple[bytes, bool]:
    """Credentials, if asked for, then descriptors, as far as there is room. What does not fit is closed."""
    body, truncated = b"", False
    if file.socket.pass_cred and found.cred is not None:
        size = CMSGHDR.size + UCRED.size
        if room >= size:
            pid = found.cred.pid if found.cred.pid in proc.machine.processes else 0
            body += CMSGHDR.pack(size, s.SOL_SOCKET, s.SCM_CREDENTIALS) + UCRED.pack(pid, *found.cred[1:])
        else:
            truncated = True
    if found.rights:
        fits = max(0, (room - len(body) - CMSGHDR.size) // 4)
        numbers = _install(proc, found.rights[:fits], bool(flags & s.MSG_CMSG_CLOEXEC))
        truncated |= len(numbers) < len(found.rights)
        if numbers:
            body += CMSGHDR.pack(CMSGHDR.size + 4 * len(numbers), s.SOL_SOCKET, s.SCM_RIGHTS)
            body += b"".join(I32.pack(number) for number in numbers)
        if not flags & s.MSG_PEEK:
            file.socket.network.in_flight.land(list(found.rights))
    return body, truncated


def _install(proc: Process, rights: tuple[Passed, ...], cloexec: bool) -> list[int]:
    """Descriptors for as many as there are free numbers."""
    numbers: list[int] = []
    for passed in rights:
        try:
            numbers.append(proc.fds.install(passed.file, cloexec))
        except SysError:
            break
    return numbers


def sendmmsg(proc: Process, fd: int, messages: int, count: int, flags: int, *_: int) -> int:
    """sendmmsg(2): as many as go."""
    return _each(proc, fd, messages, count, flags, sendmsg)


def recvmmsg(proc: Process, fd: int, messages: int, count: int, flags: int, timeout: int, *_: int) -> int:
    """recvmmsg(2): waits for the first message only; no timeout."""
    if timeout:
        return -Errno.EINVAL
    return _each(proc, fd, messages, count, flags, recvmsg)


def _each(proc: Process, fd: int, messages: int, count: int, flags: int, call) -> int:
    calls.socket_of(proc, fd)
    done = 0
    for i in range(min(count, _MESSAGES_MAX)):
        header = messages + _MMSGHDR_BYTES * i
        try:
            result = call(proc, fd, header, flags | (s.MSG_DONTWAIT if done else 0))
        except SysError:
            if done:
                break
            raise
        if result < 0:
            return done or result
        proc.mem.put_u32(header + MSGHDR.size, result)
        done += 1
    return done
