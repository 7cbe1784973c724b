"""Connections: Unix stream and seqpacket sockets, and TCP between two processes of the machine."""
from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ..abi.errno import Errno, SysError
from ..abi.poll import POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP, POLLRDNORM, POLLWRBAND, POLLWRNORM
from ..abi.socket import AF_UNIX, SHUT_RD, SHUT_WR
from .address import UNNAMED, Address
from .rights import Passed
from .socket import RCV, SEND, Received, Socket, Ucred

_IN, _OUT = POLLIN | POLLRDNORM, POLLOUT | POLLWRNORM | POLLWRBAND
#: listen(2): net.core.somaxconn.
BACKLOG_MAX = 4096


class StreamSocket(Socket):
    """One end of a connection, or what connections are accepted from."""

    connection_oriented = True

    def __init__(self, network, family: int, kind: int, protocol: int) -> None:
        super().__init__(network, family, kind, protocol)
        self.peer: StreamSocket | None = None
        self.peer_address: Address = UNNAMED
        self.refused = False  # TCP: by nobody being there
        self.connecting = False  # TCP: connect(2) has said EINPROGRESS
        self.connected = False  # now or once
        self.listening = False
        self.backlog: deque[StreamSocket] = deque()
        self._waiting: deque[tuple[StreamSocket, Ucred, Address]] = deque()  # TCP: for room in the backlog
        self._backlog_max = 0

    # making connections

    def listen(self, backlog: int, cred: Ucred) -> None:
        """listen(2). A negative backlog is the greatest."""
        if self.connected:
            raise SysError(Errno.EINVAL)
        self.listening = True
        self.peer_cred = cred
        self._backlog_max = min(backlog, BACKLOG_MAX) if backlog >= 0 else BACKLOG_MAX

    def join(self, other: StreamSocket, cred: Ucred) -> None:
        """socketpair(2)."""
        for one, two in ((self, other), (other, self)):
            one.peer, one.connected, one.peer_cred = two, True, cred

    @property
    def backlog_full(self) -> bool:
        return len(self.backlog) > self._backlog_max

    def connect_to(self, listener: StreamSocket, cred: Ucred, server_name: Address | None) -> None:
        """Puts a connection into a listener's backlog; there is room. It is established at once."""
        assert not listener.backlog_full
        server = StreamSocket(self.network, listener.family, self.type, self.protocol)
        server.name, server.pass_cred = server_name, listener.pass_cred
        server.receive_bytes_max, server.send_bytes_max = listener.receive_bytes_max, listener.send_bytes_max
        server.flags = dict(listener.flags)
        server.peer, self.peer = self, server
        server.connected = self.connected = True
        server.peer_cred, self.peer_cred = cred, listener.peer_cred
        server.peer_address = self.name or UNNAMED
        self.peer_address = server_name or UNNAMED
        listener.backlog.append(server)
        listener.read_queue.wake()

    def connect_later(self, listener: StreamSocket, cred: Ucred, server_name: Address) -> None:
        """TCP: as connect_to, once there is room in the backlog."""
        if listener.backlog_full:
            listener._waiting.append((self, cred, server_name))
        else:
            self.connect_to(listener, cred, server_name)
            self.write_queue.wake()

    def accept(self) -> StreamSocket | None:
        """accept(2)."""
        if not self.listening:
            raise SysError(Errno.EINVAL)
        if not self.backlog:
            if self.shut & RCV:
                raise SysError(Errno.EINVAL)
            return None
        socket = self.backlog.popleft()
        self.write_queue.wake()  # Unix: of those who wait to connect
        while self._waiting and not self.backlog_full:
            client, cred, name = self._waiting.popleft()
            if not client.closed:
                client.connect_later(self, cred, name)
        return socket

    def peer_name(self) -> Address:
        if self.peer is None:
            raise SysError(Errno.ENOTCONN)
        return self.peer_address

    # data

    def send(self, data: bytes | memoryview, rights: list[Passed], cred: Ucred) -> int | None:
        self.raise_error()
        peer = self.peer
        if self.shut & SEND:
            raise SysError(Errno.EPIPE)
        if peer is None:
            raise SysError(Errno.ENOTCONN if self.family == AF_UNIX else Errno.EPIPE)
        if peer.closed:
            return self._send_to_nobody(data)
        if peer.shut & RCV and self.family == AF_UNIX:
            raise SysError(Errno.EPIPE)
        size = len(data)
        if self.record_oriented:
            if size > self.send_bytes_max - 32:
                raise SysError(Errno.EMSGSIZE)
        elif not size:
            return 0
        count = peer.room_for(size) if not self.record_oriented else size if peer.fits(size) else -1
        if count < 0 or (not count and not self.record_oriented):
            return None
        if rights:
            self.network.in_flight.send(rights)
        peer.enqueue(data[:count], rights, cred, None)
        return count

    def _send_to_nobody(self, data: bytes | memoryview) -> int:
        """TCP, the other end closed: what is sent first is taken, and answered by a reset."""
        if self.family == AF_UNIX:
            raise SysError(Errno.EPIPE)
        self.shut = RCV | SEND
        self.error = Errno.EPIPE
        self.wake()
        return len(data)

    def receive(self, count: int, peek: bool = False, wait_all: bool = False) -> Received | None:
        if self.listening or (self.peer is None and not self.connected):
            unix_stream = self.family == AF_UNIX and not self.record_oriented
            raise SysError(Errno.EINVAL if unix_stream else Errno.ENOTCONN)
        if not self.queue:
            self.raise_error()
            if self.shut & RCV:
                return Received(b"", 0)
            return None
        if self.record_oriented:
            return self._receive_record(count, peek)
        if not count:
            return Received(b"", 0)
        if wait_all and not peek and not self.shut & RCV and not self.error \
                and self.readable_bytes < count and self.queued < self.receive_bytes_max // 2:
            return None
        return self._receive_stream(count, peek)

    def _receive_record(self, count: int, peek: bool) -> Received:
        message = self.queue[0]
        found = Received(bytes(message.data[:count]), len(message.data), None, tuple(message.rights), message.cred)
        if not peek:
            message.rights = []
            self.consume(message, 0)
        return found

    def _receive_stream(self, count: int, peek: bool) -> Received:
        """Bytes up to a message that brings descriptors: those come with its first byte, and nothing after it."""
        parts: list[bytes] = []
        rights: list[Passed] = []
        cred = self.queue[0].cred
        for message in list(self.queue):
            if rights or not count or (parts and message.rights) or (self.pass_cred and message.cred != cred):
                break
            piece = bytes(message.data[message.start:message.start + count])
            count -= len(piece)
            parts.append(piece)
            rights += message.rights
            if not peek:
                message.rights = []
                self.consume(message, len(piece))
        data = b"".join(parts)
        return Received(data, len(data), None, tuple(rights), cred)

    def drained(self) -> None:
        if self.peer is not None:
            self.peer.write_queue.wake()

    # ending

    def shutdown(self, how: int) -> None:
        if self.listening and self.family != AF_UNIX:
            if how != SHUT_WR:
                self.listening = False
                self._refuse_backlog()
                self.network.stop_listening(self)
            return
        unconnected = self.peer is None and not self.connected and self.family != AF_UNIX
        if how != SHUT_WR:
            self.shut |= RCV
        if how != SHUT_RD:
            self.shut |= SEND
        peer = self.peer
        if peer is not None and not peer.closed:
            if how != SHUT_RD:
                peer.shut |= RCV
            if how != SHUT_WR and self.family == AF_UNIX:
                peer.shut |= SEND
            peer.wake()
        self.wake()
        if unconnected:
            raise SysError(Errno.ENOTCONN)

    def refuse(self) -> None:
        """TCP: the connection that was asked for cannot be."""
        self.connecting, self.error = False, Errno.ECONNREFUSED
        self.shut, self.refused = RCV | SEND, True
        self.wake()

    def close(self) -> None:
        """The other end sees the end of what was sent; a reset, if something it sent was not read."""
        peer, unread = self.peer, bool(self.queue)
        super().close()
        self._refuse_backlog()
        if peer is not None and not peer.closed:
            if unread:
                peer.error = Errno.ECONNRESET
            peer.shut |= RCV | SEND if self.family == AF_UNIX or unread else RCV
            peer.wake()
        if peer is not None and peer.closed:
            self.peer = peer.peer = None

    def _refuse_backlog(self) -> None:
        """Connections that nobody will accept: a reset."""
        while self._waiting:
            client = self._waiting.popleft()[0]
            client.refuse()
        while self.backlog:
            socket = self.backlog.popleft()
            peer = socket.peer
            socket.close()
            if peer is not None and not peer.closed:
                peer.error = Errno.ECONNRESET
                peer.wake()

    def rights_held(self) -> Iterator[Passed]:
        yield from super().rights_held()
        for socket in self.backlog:
            yield from socket.rights_held()

    def purge(self) -> None:
        super().purge()
        for socket in self.backlog:
            socket.purge()

    def poll(self) -> int:
        events = POLLERR if self.error else 0
        if self.connecting and not self.connected:
            return events
        if self.listening:
            return events | (_IN if self.backlog or self.shut & RCV else 0)
        if self.queue or self.shut & RCV:
            events |= _IN
        if self.shut & RCV:
            events |= POLLRDHUP
        if self.shut == RCV | SEND or not (self.connected or self.connecting):
            events |= POLLHUP
        peer = self.peer
        if peer is None or peer.closed or self.shut & SEND or peer.queued <= peer.receive_bytes_max // 2:
            events |= _OUT
        return events
