"""Socket addresses: struct sockaddr_un, sockaddr_in, sockaddr_in6, parsed strictly; unix(7), ip(7), ipv6(7)."""
from __future__ import annotations

import ipaddress
from struct import Struct
from typing import NamedTuple

from ..abi.errno import Errno, SysError
from ..abi.socket import AF_INET, AF_INET6, AF_UNIX

_FAMILY = Struct("<H")
_IN = Struct("<H2s4s8x")
_IN6_MIN = 24  # without the scope
_IN6 = Struct("<H2s4s16sI")
_UNIX_PATH_MAX = 108
_MAPPED = bytes(10) + b"\xff\xff"
#: struct sockaddr_storage: nothing longer is an address.
ADDRESS_BYTES_MAX = 128


class UnixAddress(NamedTuple):
    """A path, an abstract name (with its leading null byte), or b"" for none."""

    name: bytes

    def pack(self) -> bytes:
        ending = b"\0" if self.name and self.name[0] else b""
        return _FAMILY.pack(AF_UNIX) + self.name + ending

    def __str__(self) -> str:
        return "unix:" + self.name.replace(b"\0", b"@", 1).decode("utf-8", "backslashreplace")


class InetAddress(NamedTuple):
    """`host` is 16 bytes, IPv4 as ::ffff:a.b.c.d; `family` how the socket writes it."""

    family: int
    host: bytes
    port: int
    scope: int = 0

    @property
    def is_v4(self) -> bool:
        return self.host[:12] == _MAPPED

    @property
    def any(self) -> bool:
        """0.0.0.0 or ::"""
        return not any(self.host[12:] if self.is_v4 else self.host)

    @property
    def loopback(self) -> bool:
        """127.0.0.0/8 or ::1"""
        return self.host[12] == 127 if self.is_v4 else self.host == bytes(15) + b"\1"

    def as_family(self, family: int) -> InetAddress:
        return self._replace(family=family)

    def pack(self) -> bytes:
        port = self.port.to_bytes(2, "big")
        if self.family == AF_INET:
            return _IN.pack(AF_INET, port, self.host[12:])
        return _IN6.pack(AF_INET6, port, bytes(4), self.host, self.scope)

    def __str__(self) -> str:
        if self.is_v4:
            return f"{ipaddress.IPv4Address(self.host[12:])}:{self.port}"
        return f"[{ipaddress.IPv6Address(self.host)}]:{self.port}"


Address = UnixAddress | InetAddress
UNNAMED = UnixAddress(b"")


def any_address(family: int, port: int = 0) -> InetAddress:
    return InetAddress(family, _MAPPED + bytes(4) if family == AF_INET else bytes(16), port)


def loopback_address(family: int, v4: bool, port: int) -> InetAddress:
    return InetAddress(family, _MAPPED + b"\x7f\0\0\1" if v4 else bytes(15) + b"\1", port)


def parse(family: int, data: bytes) -> Address:
    """An address for a socket of `family`. EINVAL if it is too short or too long, EAFNOSUPPORT if of another one."""
    if len(data) < 2:
        raise SysError(Errno.EINVAL)
    given, = _FAMILY.unpack_from(data)
    if family == AF_UNIX:
        if given != AF_UNIX or not 2 < len(data) <= 2 + _UNIX_PATH_MAX:
            raise SysError(Errno.EINVAL)
        name = data[2:]
        return UnixAddress(name if name[0] == 0 else name.split(b"\0", 1)[0])
    if len(data) < (_IN.size if family == AF_INET else _IN6_MIN):
        raise SysError(Errno.EINVAL)
    if given != family:
        raise SysError(Errno.EAFNOSUPPORT)
    if family == AF_INET:
        _, port, host = _IN.unpack_from(data)
        return InetAddress(AF_INET, _MAPPED + host, int.from_bytes(port, "big"))
    _, port, _, host, scope = _IN6.unpack(data[:_IN6.size].ljust(_IN6.size, b"\0"))
    return InetAddress(AF_INET6, host, int.from_bytes(port, "big"), scope)


def is_autobind(data: bytes) -> bool:
    """unix(7): only the family, so that the kernel chooses an abstract name."""
    return data == _FAMILY.pack(AF_UNIX)


def is_unspecified(data: bytes) -> bool:
    """connect(2) to AF_UNSPEC: dissolves the association."""
    return len(data) >= 2 and not _FAMILY.unpack_from(data)[0]
