"""The loopback interface: ports of TCP and UDP at 127.0.0.0/8 and ::1, and who is behind them."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.socket import SO_REUSEADDR, SO_REUSEPORT, SOCK_STREAM, SOL_SOCKET
from .address import Address, InetAddress, any_address, loopback_address

if TYPE_CHECKING:
    from .datagram import DatagramSocket
    from .socket import Socket
    from .stream import StreamSocket

#: ip(7): ip_local_port_range, and where ports of ordinary users begin.
_EPHEMERAL = range(32768, 61000)
UNPRIVILEGED_PORT = 1024
IPPROTO_IPV6, IPV6_V6ONLY = 41, 26


class Loopback:
    """Who is bound to which port. The only interface of a machine."""

    def __init__(self) -> None:
        self._bound: dict[tuple[int, int], list[Socket]] = {}  # (type, port)
        self._next_port = _EPHEMERAL.start

    def bind(self, socket: Socket, address: InetAddress) -> None:
        """bind(2) to a loopback or wildcard address; port 0 is a free one."""
        if not address.port:
            address = self._ephemeral(socket, address)
        elif any(self._conflict(socket, address, other)
                 for other in self._bound.get((socket.type, address.port), ())):
            raise SysError(Errno.EADDRINUSE)
        self._bound.setdefault((socket.type, address.port), []).append(socket)
        socket.name = address

    def _ephemeral(self, socket: Socket, address: InetAddress) -> InetAddress:
        for _ in _EPHEMERAL:
            port = self._next_port
            self._next_port = port + 1 if port + 1 in _EPHEMERAL else _EPHEMERAL.start
            if (socket.type, port) not in self._bound:
                return address._replace(port=port)
        raise SysError(Errno.EADDRINUSE)

    @staticmethod
    def _conflict(socket: Socket, address: InetAddress, other: Socket) -> bool:
        name = other.name
        assert isinstance(name, InetAddress)
        if not (_covers(socket, address, name) or _covers(other, name, address)):
            return False
        if socket.flags.get((SOL_SOCKET, SO_REUSEPORT)) and other.flags.get((SOL_SOCKET, SO_REUSEPORT)):
            return False
        reuse = socket.flags.get((SOL_SOCKET, SO_REUSEADDR)) and other.flags.get((SOL_SOCKET, SO_REUSEADDR))
        return not reuse or bool(getattr(other, "listening", False))

    def check_listen(self, socket: Socket) -> None:
        """listen(2): EADDRINUSE if another one listens there (SO_REUSEADDR let both bind)."""
        name = socket.name
        assert isinstance(name, InetAddress)
        for other in self._bound.get((socket.type, name.port), ()):
            if other is not socket and getattr(other, "listening", False) and self._conflict(socket, name, other):
                raise SysError(Errno.EADDRINUSE)

    def autobind(self, socket: Socket) -> None:
        """A port of its own for a socket that has none."""
        if socket.name is None:
            self.bind(socket, any_address(socket.family))

    def source(self, socket: Socket, destination: InetAddress) -> InetAddress:
        """The address that `destination` sees of a socket."""
        name = socket.name
        assert isinstance(name, InetAddress)
        if not name.any:
            return name
        return loopback_address(socket.family, destination.is_v4, name.port)

    def listener(self, address: InetAddress) -> StreamSocket | None:
        """Who accepts connections there."""
        return self._best(SOCK_STREAM, address, lambda socket: getattr(socket, "listening", False))

    def datagram_target(self, sender: DatagramSocket, address: Address) -> DatagramSocket | None:
        """Who gets a datagram sent there: who is connected to the sender first."""
        assert isinstance(address, InetAddress)
        source = self.source(sender, address)
        return self._best(sender.type, address, lambda socket: socket.peer_address in (None, source)
                          or _same(socket.peer_address, source))

    def _best(self, kind: int, address: InetAddress, eligible) -> Socket | None:
        best, score = None, 0
        for socket in self._bound.get((kind, address.port), ()):
            if _covers(socket, socket.name, address) and eligible(socket):
                points = 1 + 2 * (not socket.name.any) + 4 * (getattr(socket, "peer_address", None) is not None)
                if points > score:
                    best, score = socket, points
        return best

    def rename(self, socket: Socket, name: InetAddress) -> None:
        """Another address at the same port."""
        self.forget(socket)
        socket.name = name
        self._bound.setdefault((socket.type, name.port), []).append(socket)

    def forget(self, socket: Socket) -> None:
        name = socket.name
        if isinstance(name, InetAddress):
            bound = self._bound.get((socket.type, name.port), [])
            if socket in bound:
                bound.remove(socket)
                if not bound:
                    del self._bound[socket.type, name.port]


def _same(one: Address | None, other: InetAddress) -> bool:
    return isinstance(one, InetAddress) and (one.host, one.port) == (other.host, other.port)


def _covers(socket: Socket, name: InetAddress, address: InetAddress) -> bool:
    """Whether what is sent to `address` reaches a socket bound to `name`."""
    if name.host == address.host:
        return True
    if not name.any:
        return False
    if name.is_v4:
        return address.is_v4
    return not address.is_v4 or not socket.flags.get((IPPROTO_IPV6, IPV6_V6ONLY))
