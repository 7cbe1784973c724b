"""All sockets of one machine: their names, and what they hold together."""
from __future__ import annotations

from ..abi.errno import Errno, SysError
from ..abi.socket import AF_INET, AF_INET6, AF_UNIX, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_STREAM
from ..lib.budget import Budget
from .address import UnixAddress
from .datagram import DatagramSocket
from .loopback import Loopback
from .rights import InFlight
from .socket import Socket
from .stream import StreamSocket

IPPROTO_TCP, IPPROTO_UDP = 6, 17
#: What there is, by family and type: the class, and the protocols it may be asked for by.
_KINDS: dict[tuple[int, int], tuple[type[StreamSocket] | type[DatagramSocket], tuple[int, ...]]] = {
    (AF_UNIX, SOCK_STREAM): (StreamSocket, (0, AF_UNIX)),
    (AF_UNIX, SOCK_SEQPACKET): (StreamSocket, (0, AF_UNIX)),
    (AF_UNIX, SOCK_DGRAM): (DatagramSocket, (0, AF_UNIX)),
    (AF_INET, SOCK_STREAM): (StreamSocket, (0, IPPROTO_TCP)),
    (AF_INET6, SOCK_STREAM): (StreamSocket, (0, IPPROTO_TCP)),
    (AF_INET, SOCK_DGRAM): (DatagramSocket, (0, IPPROTO_UDP)),
    (AF_INET6, SOCK_DGRAM): (DatagramSocket, (0, IPPROTO_UDP)),
}
_FAMILIES = frozenset(family for family, _ in _KINDS)
#: unix(7): autobind chooses among these.
_AUTOBIND_NAMES = 1 << 20


class Network:
    """`buffers` counts what sockets (and pipes) hold; `in_flight_max` bounds descriptors in flight."""

    def __init__(self, buffers: Budget, in_flight_max: int) -> None:
        self.buffers = buffers
        self.in_flight = InFlight(Budget("files_open_max", in_flight_max, Errno.ETOOMANYREFS))
        self.loopback = Loopback()
        #: unix(7): the abstract names in use, for each type of socket.
        self._abstract: dict[tuple[int, bytes], Socket] = {}
        self._last_autobind = 0

    def create(self, family: int, kind: int, protocol: int) -> StreamSocket | DatagramSocket:
        """socket(2)."""
        if family not in _FAMILIES:
            raise SysError(Errno.EAFNOSUPPORT)
        if kind == SOCK_RAW and family != AF_UNIX:
            raise SysError(Errno.EPERM)  # raw(7): as without CAP_NET_RAW
        found = _KINDS.get((family, kind))
        if found is None:
            raise SysError(Errno.ESOCKTNOSUPPORT)
        make, protocols = found
        if protocol not in protocols:
            raise SysError(Errno.EPROTONOSUPPORT)
        actual = 0 if family == AF_UNIX else protocols[1]
        return make(self, family, kind, actual)

    # abstract names

    def bind_abstract(self, socket: Socket, name: bytes) -> None:
        if (socket.type, name) in self._abstract:
            raise SysError(Errno.EADDRINUSE)
        self._abstract[socket.type, name] = socket
        socket.name = UnixAddress(name)

    def autobind(self, socket: Socket) -> None:
        """A free abstract name of five hexadecimal digits."""
        for _ in range(_AUTOBIND_NAMES):
            self._last_autobind = (self._last_autobind + 1) % _AUTOBIND_NAMES
            name = b"\0%05x" % self._last_autobind
            if (socket.type, name) not in self._abstract:
                self.bind_abstract(socket, name)
                return
        raise SysError(Errno.ENOSPC)

    def find_abstract(self, kind: int, name: bytes) -> Socket:
        socket = self._abstract.get((kind, name))
        if socket is None:
            raise SysError(Errno.ECONNREFUSED)
        return socket

    # ends

    def stop_listening(self, socket: Socket) -> None:
        self.loopback.forget(socket)

    def forget(self, socket: Socket) -> None:
        """A socket is closed: its name is free."""
        if isinstance(socket.name, UnixAddress):
            key = socket.type, socket.name.name
            if self._abstract.get(key) is socket:
                del self._abstract[key]
        elif socket.name is not None:
            self.loopback.forget(socket)
