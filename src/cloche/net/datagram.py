"""Datagrams: Unix ones, which wait for room, and UDP ones, which are lost where there is none."""
from __future__ import annotations

from ..abi.errno import Errno, SysError
from ..abi.poll import POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP, POLLRDNORM, POLLWRBAND, POLLWRNORM
from ..abi.socket import AF_UNIX, SHUT_RD, SHUT_WR
from .address import UNNAMED, Address
from .rights import Passed
from .socket import RCV, SEND, Received, Socket, Ucred

_IN, _OUT = POLLIN | POLLRDNORM, POLLOUT | POLLWRNORM | POLLWRBAND
#: net.unix.max_dgram_qlen: so many may wait at a Unix socket, and one more.
_UNIX_QUEUE_MAX = 10
_UDP_BYTES_MAX = 65507


class DatagramSocket(Socket):
    """A datagram socket. `peer` is where `send` sends to."""

    def __init__(self, network, family: int, kind: int, protocol: int) -> None:
        super().__init__(network, family, kind, protocol)
        self.peer: DatagramSocket | None = None
        self.peer_address: Address | None = None
        #: Those whose peer this is.
        self.senders: dict[DatagramSocket, None] = {}

    def set_peer(self, peer: DatagramSocket | None, address: Address | None) -> None:
        """connect(2). None: nobody any more."""
        if self.peer is not None:
            self.peer.senders.pop(self, None)
        self.peer, self.peer_address = peer, address
        if peer is not None:
            peer.senders[self] = None

    def join(self, other: DatagramSocket, cred: Ucred) -> None:
        """socketpair(2)."""
        for one, two in ((self, other), (other, self)):
            one.set_peer(two, UNNAMED)
            one.peer_cred = cred

    def peer_name(self) -> Address:
        if self.peer_address is None:
            raise SysError(Errno.ENOTCONN)
        return self.peer_address

    @property
    def full(self) -> bool:
        return self.family == AF_UNIX and len(self.queue) > _UNIX_QUEUE_MAX

    def send(self, data: bytes | memoryview, rights: list[Passed], cred: Ucred) -> int | None:
        self.raise_error()
        if self.peer_address is None:
            raise SysError(Errno.ENOTCONN if self.family == AF_UNIX else Errno.EDESTADDRREQ)
        if self.family != AF_UNIX:
            target = self.network.loopback.datagram_target(self, self.peer_address)
            return self.send_to(target, data, rights, cred)
        if self.peer is None or self.peer.closed:
            self.set_peer(None, None)
            raise SysError(Errno.ECONNREFUSED)
        return self.send_to(self.peer, data, rights, cred)

    def send_to(self, target: DatagramSocket | None, data: bytes | memoryview, rights: list[Passed],
                cred: Ucred) -> int | None:
        """sendto(2). No target: nobody is there, which UDP tells later."""
        size = len(data)
        if self.shut & SEND:
            raise SysError(Errno.EPIPE)
        if self.family != AF_UNIX:
            if size > _UDP_BYTES_MAX:
                raise SysError(Errno.EMSGSIZE)
            if target is None:
                if self.peer_address is not None:
                    self.error = Errno.ECONNREFUSED
                    self.wake()
            elif target.fits(size):
                target.enqueue(data, [], cred, self.network.loopback.source(self, target.name))
            return size
        assert target is not None
        if size > self.send_bytes_max - 32:
            raise SysError(Errno.EMSGSIZE)
        if not target.accepts(self):
            raise SysError(Errno.EPERM)
        if target.shut & RCV:
            raise SysError(Errno.EPIPE)
        if target.full or not target.fits(size):
            return None
        if rights:
            self.network.in_flight.send(rights)
        target.enqueue(data, rights, cred, self)
        return size

    def accepts(self, sender: DatagramSocket) -> bool:
        """Unix: a connected socket only hears its peer."""
        return self.peer is None or self.peer is sender

    def receive(self, count: int, peek: bool = False, wait_all: bool = False) -> Received | None:
        if not self.queue:
            self.raise_error()
            return Received(b"", 0) if self.shut & RCV else None
        message = self.queue[0]
        # A Unix sender's name is the one it has by now.
        source = message.source.name if isinstance(message.source, Socket) else message.source
        found = Received(bytes(message.data[:count]), len(message.data), source or UNNAMED, tuple(message.rights),
                         message.cred)
        if not peek:
            message.rights = []
            self.consume(message, 0)
        return found

    def drained(self) -> None:
        self.write_queue.wake()  # senders that named this one wait here
        for sender in list(self.senders):
            sender.write_queue.wake()

    def shutdown(self, how: int) -> None:
        if self.peer_address is None and self.family != AF_UNIX:
            raise SysError(Errno.ENOTCONN)
        if how != SHUT_WR:
            self.shut |= RCV
        if how != SHUT_RD:
            self.shut |= SEND
        self.wake()

    def close(self) -> None:
        super().close()
        self.set_peer(None, None)
        for sender in list(self.senders):
            sender.wake()

    def poll(self) -> int:
        events = POLLERR if self.error else 0
        if self.queue or self.shut & RCV:
            events |= _IN
        if self.shut & RCV:
            events |= POLLRDHUP
        if self.shut == RCV | SEND:
            events |= POLLHUP
        peer = self.peer
        if peer is None or peer.closed or not peer.full:
            events |= _OUT
        return events
