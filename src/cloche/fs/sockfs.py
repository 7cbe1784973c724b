"""Sockets as open files, and what names them: paths, abstract names, addresses; Linux's net/socket.c, sockfs.

Every operation that reaches another socket asks the reference monitor first.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_NONBLOCK, O_RDWR
from ..abi.socket import AF_INET, AF_INET6, AF_UNIX, SOCK_STREAM
from ..abi.stat import S_IFSOCK
from ..lib.wait_queue import WaitQueue
from ..net.address import Address, InetAddress, UnixAddress, loopback_address
from ..net.datagram import DatagramSocket
from ..net.loopback import IPPROTO_IPV6, IPV6_V6ONLY, UNPRIVILEGED_PORT
from ..net.network import Network
from ..net.socket import Socket, Ucred
from ..net.stream import StreamSocket
from ..vfs.core import Core
from ..vfs.filesystem import FileSystem
from ..vfs.inode import Inode, SocketNode
from ..vfs.open_file import OpenFile
from ..vfs.permissions import W_OK, permitted

if TYPE_CHECKING:
    from ..kernel.machine import Machine
    from ..kernel.process import Process

_FAMILY_NAMES = {AF_UNIX: b"unix", AF_INET: b"inet", AF_INET6: b"inet6"}
FIONREAD, TIOCOUTQ = 0x541B, 0x5411


class SocketFs(FileSystem):
    """Where sockets' inodes live. Not mounted. `network` is the machine's."""

    type = b"sockfs"
    magic = 0x534F434B

    def __init__(self, core: Core) -> None:
        super().__init__()
        core.number(self)
        self.network = Network(core.pipe_bytes, core.limits.files_open_max)


class SocketFile(OpenFile):
    """An open socket."""

    def __init__(self, filesystem: SocketFs, socket: StreamSocket | DatagramSocket, flags: int,
                 machine: Machine) -> None:
        inode = Inode(filesystem, S_IFSOCK | 0o777)
        inode.links = 0
        super().__init__(inode, flags & O_NONBLOCK | O_RDWR)
        self.socket, self.machine = socket, machine

    def read(self, count: int) -> bytes | None:
        received = self.socket.receive(count)
        if received is None:
            return None
        if received.rights:  # recv without room for control data: they are lost (unix(7))
            self.socket.network.in_flight.land(list(received.rights))
        return received.data

    def write(self, data: memoryview | bytes) -> int | None:
        return self.socket.send(data, [], ucred(self.machine.engine.current))

    def poll(self) -> int:
        return self.socket.poll()

    def queue(self, for_writing: bool) -> WaitQueue:
        return self.socket.write_queue if for_writing else self.socket.read_queue

    def ioctl(self, proc: Process, request: int, argument: int) -> int:
        if request == FIONREAD:
            if getattr(self.socket, "listening", False):
                raise SysError(Errno.EINVAL)
            proc.mem.put_u32(argument, self.socket.readable_bytes)
            return 0
        if request == TIOCOUTQ:
            peer = self.socket.peer
            proc.mem.put_u32(argument, peer.queued if peer is not None else 0)
            return 0
        return super().ioctl(proc, request, argument)

    def describe(self) -> bytes:
        return b"socket:[%d]" % self.inode.number

    def flush(self, owner: object) -> None:
        super().flush(owner)
        self.socket.network.in_flight.collect(self)

    def release(self) -> None:
        self.socket.close()
        super().release()


def ucred(proc: Process) -> Ucred:
    """What a message says of who sent it."""
    return Ucred(proc.pid, proc.cred.euid, proc.cred.egid)


def create(proc: Process, family: int, kind: int, protocol: int) -> StreamSocket | DatagramSocket:
    """socket(2)."""
    if family in _FAMILY_NAMES:
        proc.machine.security.socket_create(proc, _FAMILY_NAMES[family])
    return proc.machine.vfs.sockets.network.create(family, kind, protocol)


def make_file(proc: Process, socket: Any, flags: int) -> SocketFile:
    return SocketFile(proc.machine.vfs.sockets, socket, flags, proc.machine)


def _resource(address: Address) -> bytes:
    """What rules see: "unix:/path", "unix:@name", "loopback:127.0.0.1:80" for what stays inside, else "host:port"."""
    local = isinstance(address, InetAddress) and (address.loopback or address.any)
    return (f"loopback:{address}" if local else str(address)).encode()


# names

def bind(proc: Process, socket: Socket, address: Address) -> None:
    """bind(2)."""
    if isinstance(address, UnixAddress):
        _bind_unix(proc, socket, address)
        return
    if socket.name is not None:
        raise SysError(Errno.EINVAL)
    if 0 < address.port < UNPRIVILEGED_PORT and not proc.cred.privileged:
        raise SysError(Errno.EACCES)
    if not (address.any or address.loopback):
        raise SysError(Errno.EADDRNOTAVAIL)  # no interface has it
    proc.machine.security.socket_listen(proc, lambda: _resource(address))
    socket.network.loopback.bind(socket, address)


def autobind(proc: Process, socket: Socket) -> None:
    """bind(2) of a Unix socket to a name the kernel chooses."""
    if socket.name is None:
        socket.network.autobind(socket)


def _bind_unix(proc: Process, socket: Socket, address: UnixAddress) -> None:
    proc.machine.security.socket_listen(proc, lambda: _resource(address))
    if not address.name[0]:
        if socket.name is not None:
            raise SysError(Errno.EINVAL)
        socket.network.bind_abstract(socket, address.name)
        return
    vfs = proc.machine.vfs
    try:
        if socket.name is not None:
            vfs.check_new_name(proc, proc.cwd, address.name)
            raise SysError(Errno.EINVAL)
        node = vfs.mknod(proc, proc.cwd, address.name, S_IFSOCK | 0o777)
    except SysError as error:
        if error.errno is Errno.EEXIST:
            raise SysError(Errno.EADDRINUSE) from None
        raise
    node.socket = socket
    socket.name = address


def _find_unix(proc: Process, socket: Socket, address: UnixAddress) -> Any:
    """The socket behind a Unix address: ECONNREFUSED if nobody has it open, EPROTOTYPE if it is of another type."""
    proc.machine.security.socket_connect(proc, lambda: _resource(address))
    if not address.name[0]:
        return socket.network.find_abstract(socket.type, address.name)
    node = proc.machine.vfs.find(proc, proc.cwd, address.name)[2]
    if not permitted(proc.cred, node, W_OK):
        raise SysError(Errno.EACCES)
    if not isinstance(node, SocketNode) or node.socket is None or node.socket.closed:
        raise SysError(Errno.ECONNREFUSED)
    if node.socket.type != socket.type:
        raise SysError(Errno.EPROTOTYPE)
    return node.socket


def _route(proc: Process, socket: Socket, address: InetAddress) -> InetAddress:
    """Where a packet to `address` goes: to a process of this machine, or nowhere. # L-NET-001"""
    if address.any:
        address = loopback_address(socket.family, address.is_v4, address.port)
    proc.machine.security.socket_connect(proc, lambda: _resource(address))
    v6only = socket.flags.get((IPPROTO_IPV6, IPV6_V6ONLY))
    if not address.loopback or (socket.family == AF_INET6 and address.is_v4 and v6only):
        raise SysError(Errno.ENETUNREACH)
    if not address.port:
        raise SysError(Errno.ECONNREFUSED if socket.type == SOCK_STREAM else Errno.EINVAL)
    return address


def listen(proc: Process, socket: Socket, backlog: int) -> None:
    """listen(2)."""
    if not isinstance(socket, StreamSocket):
        raise SysError(Errno.EOPNOTSUPP)
    if socket.family == AF_UNIX:
        if socket.name is None or socket.connected:
            raise SysError(Errno.EINVAL)
    else:
        loopback = socket.network.loopback
        if socket.connected:
            raise SysError(Errno.EINVAL)
        loopback.autobind(socket)
        assert socket.name is not None
        name = socket.name
        proc.machine.security.socket_listen(proc, lambda: _resource(name))
        loopback.check_listen(socket)
    socket.listen(backlog, ucred(proc))


# connections

def connect(proc: Process, socket: StreamSocket | DatagramSocket, address: Address, nonblocking: bool,
            ) -> WaitQueue | None:
    """connect(2). What to wait on before it is called again, or None: done."""
    if isinstance(socket, DatagramSocket):
        _connect_datagram(proc, socket, address)
        return None
    if isinstance(address, UnixAddress):
        return _connect_unix(proc, socket, address, nonblocking)
    return _connect_tcp(proc, socket, address, nonblocking)


def _connect_datagram(proc: Process, socket: DatagramSocket, address: Address) -> None:
    if isinstance(address, UnixAddress):
        target = _find_unix(proc, socket, address)
        if not target.accepts(socket):
            raise SysError(Errno.EPERM)
        socket.set_peer(target, address)
        return
    routed = _route(proc, socket, address)
    loopback = socket.network.loopback
    loopback.autobind(socket)
    socket.set_peer(None, routed)
    _settle_name(socket, routed)


def _settle_name(socket: Socket, destination: InetAddress) -> None:
    """A connected socket is bound to the address that its peer sees."""
    loopback = socket.network.loopback
    source = loopback.source(socket, destination)
    if source != socket.name:
        loopback.rename(socket, source)


def disconnect(socket: StreamSocket | DatagramSocket) -> None:
    """connect(2) to AF_UNSPEC."""
    if isinstance(socket, DatagramSocket):
        socket.set_peer(None, None)
    else:
        raise SysError(Errno.EINVAL)


def _connect_unix(proc: Process, socket: StreamSocket, address: UnixAddress, nonblocking: bool) -> WaitQueue | None:
    if socket.connected:
        raise SysError(Errno.EISCONN)
    if socket.listening:
        raise SysError(Errno.EINVAL)
    listener = _find_unix(proc, socket, address)
    if not listener.listening or listener.shut:
        raise SysError(Errno.ECONNREFUSED)
    if listener.backlog_full:
        if nonblocking:
            raise SysError(Errno.EAGAIN)
        return listener.write_queue
    socket.connect_to(listener, ucred(proc), listener.name)
    return None


def _connect_tcp(proc: Process, socket: StreamSocket, address: InetAddress, nonblocking: bool) -> WaitQueue | None:
    if not socket.connecting:
        if socket.connected or socket.listening:
            raise SysError(Errno.EISCONN)
        socket.raise_error()
        _begin_tcp(proc, socket, address)
        if nonblocking:
            raise SysError(Errno.EINPROGRESS)
    socket.raise_error()
    if socket.connected:
        socket.connecting = False
        return None
    if nonblocking:
        raise SysError(Errno.EALREADY)
    return socket.write_queue


def _begin_tcp(proc: Process, socket: StreamSocket, address: InetAddress) -> None:
    """Establishes the connection, or has it wait for room in the listener's backlog, or finds nobody there."""
    routed = _route(proc, socket, address)
    if socket.refused:
        socket.refused, socket.shut = False, 0
    loopback = socket.network.loopback
    loopback.autobind(socket)
    _settle_name(socket, routed)
    listener = loopback.listener(routed)
    if listener is None:
        socket.refuse()
        return
    socket.connecting = True
    socket.connect_later(listener, ucred(proc), routed)


def accept(proc: Process, socket: Socket, flags: int) -> SocketFile | None:
    """accept(2)."""
    accepted = socket.accept()
    return None if accepted is None else make_file(proc, accepted, flags)


def send_to(proc: Process, socket: Socket, address: Address, data: bytes | memoryview, rights: list[Any],
            cred: Ucred) -> tuple[int | None, WaitQueue]:
    """sendto(2): (bytes taken or None, what to wait on)."""
    if not isinstance(socket, DatagramSocket):
        if socket.family == AF_UNIX:
            raise SysError(Errno.EISCONN if socket.connected else Errno.EOPNOTSUPP)
        return socket.send(data, rights, cred), socket.write_queue  # tcp(7): the address is ignored
    if isinstance(address, UnixAddress):
        target = _find_unix(proc, socket, address)
        return socket.send_to(target, data, rights, cred), target.write_queue
    routed = _route(proc, socket, address)
    loopback = socket.network.loopback
    loopback.autobind(socket)
    return socket.send_to(loopback.datagram_target(socket, routed), data, [], cred), socket.write_queue


def make_pair(proc: Process, family: int, kind: int, protocol: int) -> tuple[Socket, Socket]:
    """socketpair(2)."""
    one, two = (create(proc, family, kind, protocol) for _ in range(2))
    if family != AF_UNIX:
        raise SysError(Errno.EOPNOTSUPP)
    one.join(two, ucred(proc))
    return one, two

