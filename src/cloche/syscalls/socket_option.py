"""getsockopt and setsockopt; socket(7), tcp(7), ip(7), ipv6(7)."""
from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from ..abi import socket as s
from ..abi.errno import Errno, SysError
from ..abi.structs import I32, UCRED, signed
from ..abi.time import SECOND, US
from ..net.loopback import IPPROTO_IPV6, IPV6_V6ONLY
from ..net.network import IPPROTO_TCP
from ..net.socket import Socket
from .socket import socket_of

if TYPE_CHECKING:
    from ..kernel.process import Process

SO_PRIORITY, SO_RCVTIMEO_OLD, SO_SNDTIMEO_OLD, SO_RCVTIMEO, SO_SNDTIMEO = 12, 20, 21, 66, 67
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33
IPPROTO_IP = 0
_TIMEVAL_OLD, _TIMEVAL = Struct("<ii"), Struct("<qq")
_LINGER = Struct("<ii")
_OPTION_BYTES_MAX = 128

#: Remembered and given back, with their first values: on one machine's loopback they change nothing that shows.
_REMEMBERED: dict[tuple[int, int], int] = {
    **{(s.SOL_SOCKET, name): 0 for name in (s.SO_DEBUG, s.SO_REUSEADDR, s.SO_DONTROUTE, s.SO_BROADCAST, s.SO_KEEPALIVE,
                                            s.SO_OOBINLINE, SO_PRIORITY, s.SO_REUSEPORT)},
    (s.SOL_SOCKET, s.SO_RCVLOWAT): 1,
    # TCP_NODELAY, CORK, KEEPIDLE, KEEPINTVL, KEEPCNT, SYNCNT, LINGER2, DEFER_ACCEPT, QUICKACK, USER_TIMEOUT, FASTOPEN
    **{(IPPROTO_TCP, name): value for name, value in ((1, 0), (3, 0), (4, 7200), (5, 75), (6, 9), (7, 6), (8, 60),
                                                      (9, 0), (12, 1), (18, 0), (23, 0))},
    # IP_TOS, TTL, RECVTOS, MTU_DISCOVER, RECVERR, BIND_ADDRESS_NO_PORT
    **{(IPPROTO_IP, name): value for name, value in ((1, 0), (2, 64), (13, 0), (10, 1), (11, 0), (24, 0))},
    # IPV6_UNICAST_HOPS, MTU_DISCOVER, RECVERR, V6ONLY, TCLASS
    **{(IPPROTO_IPV6, name): value for name, value in ((16, 64), (23, 1), (25, 0), (IPV6_V6ONLY, 0), (67, 0))},
}
_BOOLEAN = frozenset((s.SO_DEBUG, s.SO_REUSEADDR, s.SO_DONTROUTE, s.SO_BROADCAST, s.SO_KEEPALIVE, s.SO_OOBINLINE,
                      s.SO_REUSEPORT))


def _known(socket: Socket, level: int, name: int) -> None:
    """ENOPROTOOPT, or EOPNOTSUPP for a level that the family does not have."""
    if level != s.SOL_SOCKET and socket.family == s.AF_UNIX:
        raise SysError(Errno.EOPNOTSUPP)
    if ((level, name) not in _REMEMBERED or (level == IPPROTO_TCP and not socket.connection_oriented)
            or (level == IPPROTO_IPV6 and socket.family != s.AF_INET6)):
        raise SysError(Errno.ENOPROTOOPT)


def setsockopt(proc: Process, fd: int, level: int, name: int, pointer: int, length: int, *_: int) -> int:
    """setsockopt(2)."""
    socket = socket_of(proc, fd).socket
    if signed(length) < 0:
        return -Errno.EINVAL
    data = proc.mem.read(pointer, min(length, _OPTION_BYTES_MAX))
    if level == s.SOL_SOCKET and name in (SO_RCVTIMEO, SO_SNDTIMEO, SO_RCVTIMEO_OLD, SO_SNDTIMEO_OLD):
        _set_timeout(socket, name, data)
        return 0
    if len(data) < 4:
        return -Errno.EINVAL
    value, = I32.unpack_from(data)
    if level == s.SOL_SOCKET:
        match name:
            case s.SO_RCVBUF | s.SO_SNDBUF:
                socket.set_buffer(name == s.SO_RCVBUF, max(0, value))
                return 0
            case s.SO_PASSCRED:
                socket.pass_cred = bool(value)
                return 0
            case s.SO_LINGER:
                if len(data) < _LINGER.size:
                    return -Errno.EINVAL
                on, seconds = _LINGER.unpack_from(data)
                socket.flags[level, name] = seconds if on else -1
                return 0
            case 32 | 33:  # SO_SNDBUFFORCE, SO_RCVBUFFORCE
                return -Errno.EPERM
    _known(socket, level, name)
    if (level, name) == (IPPROTO_IPV6, IPV6_V6ONLY) and socket.name is not None:
        return -Errno.EINVAL
    socket.flags[level, name] = int(bool(value)) if level == s.SOL_SOCKET and name in _BOOLEAN else value
    return 0


def _set_timeout(socket: Socket, name: int, data: bytes) -> None:
    layout = _TIMEVAL if name in (SO_RCVTIMEO, SO_SNDTIMEO) else _TIMEVAL_OLD
    if len(data) < layout.size:
        raise SysError(Errno.EINVAL)
    seconds, microseconds = layout.unpack_from(data)
    if not 0 <= microseconds < 1_000_000:
        raise SysError(Errno.EDOM)
    total = max(0, min(seconds, 1 << 32)) * SECOND + microseconds * US
    timeout = total if total else None
    if name in (SO_RCVTIMEO, SO_RCVTIMEO_OLD):
        socket.receive_timeout_ns = timeout
    else:
        socket.send_timeout_ns = timeout


def getsockopt(proc: Process, fd: int, level: int, name: int, pointer: int, length_pointer: int, *_: int) -> int:
    """getsockopt(2)."""
    socket = socket_of(proc, fd).socket
    room = signed(proc.mem.u32(length_pointer))
    if room < 0:
        return -Errno.EINVAL
    data = _value(socket, level, name)[:room]
    proc.mem.write(pointer, data)
    proc.mem.put_u32(length_pointer, len(data))
    return 0


def _value(socket: Socket, level: int, name: int) -> bytes:
    if level == s.SOL_SOCKET:
        match name:
            case s.SO_TYPE:
                return I32.pack(socket.type)
            case s.SO_DOMAIN:
                return I32.pack(socket.family)
            case s.SO_PROTOCOL:
                return I32.pack(socket.protocol)
            case s.SO_ERROR:
                return I32.pack(socket.take_error())
            case s.SO_ACCEPTCONN:
                return I32.pack(int(getattr(socket, "listening", False)))
            case s.SO_RCVBUF:
                return I32.pack(socket.receive_bytes_max)
            case s.SO_SNDBUF:
                return I32.pack(socket.send_bytes_max)
            case s.SO_PASSCRED:
                return I32.pack(int(socket.pass_cred))
            case s.SO_PEERCRED:
                cred = socket.peer_cred
                return UCRED.pack(cred.pid, cred.uid, cred.gid)
            case s.SO_LINGER:
                seconds = socket.flags.get((level, name), -1)
                return _LINGER.pack(int(seconds >= 0), max(0, seconds))
            case 66 | 67 | 20 | 21:  # SO_RCVTIMEO, SO_SNDTIMEO, and as they were before 64-bit time
                receiving = name in (SO_RCVTIMEO, SO_RCVTIMEO_OLD)
                timeout = (socket.receive_timeout_ns if receiving else socket.send_timeout_ns) or 0
                layout = _TIMEVAL if name in (SO_RCVTIMEO, SO_SNDTIMEO) else _TIMEVAL_OLD
                return layout.pack(timeout // SECOND, timeout % SECOND // US)
    _known(socket, level, name)
    return I32.pack(socket.flags.get((level, name), _REMEMBERED[level, name]))
