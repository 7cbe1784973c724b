"""What all sockets share: options, errors, the receive queue and its bounds; Linux's `struct sock`."""
from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..abi import socket as s
from ..abi.errno import Errno, SysError
from ..abi.limits import PIPE_BUF
from ..lib.wait_queue import WaitQueue
from .address import Address
from .rights import Passed

if TYPE_CHECKING:
    from .network import Network

#: SO_RCVBUF and SO_SNDBUF to begin with (net.core.rmem_default), and what a message costs besides its bytes.
BUFFER_BYTES = 212992
MESSAGE_COST = 256
#: The most a socket may be made to hold by SO_RCVBUF (net.core.rmem_max, doubled).
BUFFER_BYTES_MAX = 425984
_BUFFER_BYTES_MIN = 2304
_COALESCE_BYTES_MAX = 65536
#: Shutdown bits: no more receiving, no more sending.
RCV, SEND = 1, 2


class Ucred(NamedTuple):
    """struct ucred: who sent a message, or is at the other end."""

    pid: int
    uid: int
    gid: int


class Message:
    """Bytes in a receive queue, from `start` on, and what came with them."""

    __slots__ = ("cred", "data", "rights", "source", "start")

    def __init__(self, data: bytearray, rights: list[Passed], cred: Ucred, source: Address | Socket | None) -> None:
        self.data, self.rights, self.cred, self.source = data, rights, cred, source
        self.start = 0


class Received(NamedTuple):
    """What a receive gives. `length` is that of the whole message, `data` what there was room for."""

    data: bytes
    length: int
    source: Address | None = None
    rights: tuple[Passed, ...] = ()
    cred: Ucred | None = None


class Socket:
    """A socket. Operations that would have to wait answer None; `read_queue` and `write_queue` say when to try again.

    Its open file is in fs/sockfs.py.
    """

    connection_oriented = False

    def __init__(self, network: Network, family: int, kind: int, protocol: int) -> None:
        self.network, self.family, self.type, self.protocol = network, family, kind, protocol
        self.name: Address | None = None  # bound to
        self.error = 0  # SO_ERROR
        self.shut = 0
        self.pass_cred = False
        self.peer_cred = Ucred(0, 0xFFFFFFFF, 0xFFFFFFFF)
        self.receive_timeout_ns: int | None = None
        self.send_timeout_ns: int | None = None
        self.receive_bytes_max = self.send_bytes_max = BUFFER_BYTES
        self.flags: dict[tuple[int, int], int] = {}  # options that are only remembered, by (level, name)
        self.read_queue, self.write_queue = WaitQueue(), WaitQueue()
        self.queue: deque[Message] = deque()
        self.queued = 0  # bytes and costs of what is in `queue`
        self.closed = False

    # the receive queue

    @property
    def record_oriented(self) -> bool:
        return self.type != s.SOCK_STREAM

    @property
    def readable_bytes(self) -> int:
        """FIONREAD: all bytes of a stream, those of the next message otherwise."""
        if self.record_oriented:
            return len(self.queue[0].data) if self.queue else 0
        return sum(len(message.data) - message.start for message in self.queue)

    def fits(self, size: int) -> bool:
        """Whether a message of `size` bytes fits; an empty queue takes any, whatever other sockets hold."""
        cost = size + MESSAGE_COST
        return not self.queue or (self.queued + cost <= self.receive_bytes_max and self.network.buffers.left >= cost)

    def room_for(self, size: int) -> int:
        """How many of `size` more bytes of a stream fit; an empty queue takes PIPE_BUF, whatever other sockets hold."""
        budget = self.network.buffers
        room = min(size, self.receive_bytes_max - self.queued - MESSAGE_COST)
        if budget.left < room + MESSAGE_COST:
            room = 0 if self.queue else min(room, PIPE_BUF)
        return max(0, room)

    def enqueue(self, data: bytes | memoryview, rights: list[Passed], cred: Ucred,
                source: Address | Socket | None) -> None:
        """Puts a message at the end; stream bytes with nothing special join those before."""
        last = self.queue[-1] if self.queue else None
        if (last is not None and not self.record_oriented and not rights and not last.rights and last.cred == cred
                and len(last.data) < _COALESCE_BYTES_MAX):
            last.data += data
            cost = len(data)
        else:
            self.queue.append(Message(bytearray(data), rights, cred, source))
            cost = len(data) + MESSAGE_COST
        self.queued += cost
        self.network.buffers.used += cost
        self.read_queue.wake()

    def consume(self, message: Message, count: int) -> None:
        """`count` bytes of the first message have been read; the message goes when none are left."""
        message.start += count
        cost = count
        if message.start >= len(message.data) or self.record_oriented:
            assert self.queue[0] is message
            self.queue.popleft()
            cost += len(message.data) - message.start + MESSAGE_COST
        elif message.start > _COALESCE_BYTES_MAX // 2:
            del message.data[:message.start]
            message.start = 0
        self.queued -= cost
        self.network.buffers.release(cost)
        self.drained()

    def drained(self) -> None:
        """There is room again: who sends to this socket may go on."""

    def rights_held(self) -> Iterator[Passed]:
        """Files in flight in its queue."""
        for message in self.queue:
            yield from message.rights

    def purge(self) -> None:
        """Drops everything that was not received."""
        while self.queue:
            message = self.queue.popleft()
            cost = len(message.data) - message.start + MESSAGE_COST
            self.queued -= cost
            self.network.buffers.release(cost)
            if message.rights:
                rights, message.rights = message.rights, []
                self.network.in_flight.land(rights)

    def take_error(self) -> int:
        error, self.error = self.error, 0
        return error

    def raise_error(self) -> None:
        if self.error:
            raise SysError(Errno(self.take_error()))

    def wake(self) -> None:
        """Something changed that both readers and writers want to know."""
        self.read_queue.wake()
        self.write_queue.wake()

    # what kinds of sockets do

    def listen(self, backlog: int, cred: Ucred) -> None:
        raise SysError(Errno.EOPNOTSUPP)

    def accept(self) -> Socket | None:
        raise SysError(Errno.EOPNOTSUPP)

    def peer_name(self) -> Address:
        """getpeername(2)."""
        raise SysError(Errno.ENOTCONN)

    def send(self, data: bytes | memoryview, rights: list[Passed], cred: Ucred) -> int | None:
        """To the connected peer. Rights are in flight from when anything is taken."""
        raise SysError(Errno.ENOTCONN)

    def receive(self, count: int, peek: bool = False, wait_all: bool = False) -> Received | None:
        raise SysError(Errno.ENOTCONN)

    def shutdown(self, how: int) -> None:
        """shutdown(2)."""
        raise SysError(Errno.ENOTCONN)

    def poll(self) -> int:
        raise NotImplementedError

    def close(self) -> None:
        """The last descriptor is closed."""
        self.closed = True
        self.purge()
        self.network.forget(self)
        self.wake()

    def set_buffer(self, receiving: bool, size: int) -> None:
        """SO_RCVBUF, SO_SNDBUF: doubled, as socket(7) says."""
        size = max(_BUFFER_BYTES_MIN * (1 if receiving else 2), min(size, BUFFER_BYTES_MAX // 2) * 2)
        if receiving:
            self.receive_bytes_max = size
        else:
            self.send_bytes_max = size
