"""Sockets: making, naming, connecting, and plain sends and receives. sendmsg and recvmsg are in socket_message.py."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..abi import socket as s
from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_CLOEXEC, O_NONBLOCK
from ..abi.signal import SIGPIPE
from ..abi.structs import U32x2, signed
from ..fs import sockfs
from ..fs.sockfs import SocketFile
from ..kernel import signals
from ..lib.wait_queue import WaitQueue
from ..net import address as addresses
from ..net.address import Address, InetAddress, UnixAddress
from ..net.datagram import DatagramSocket
from ..net.socket import Received
from .file import install_all

if TYPE_CHECKING:
    from ..kernel.process import Process

_FLAGS = s.SOCK_NONBLOCK | s.SOCK_CLOEXEC
#: The most bytes one send looks at.
_SEND_BYTES_MAX = 1 << 20
_RECEIVE_BYTES_MAX = 1 << 20


def socket_of(proc: Process, fd: int) -> SocketFile:
    """EBADF, ENOTSOCK."""
    file = proc.fds.get(fd)
    if not isinstance(file, SocketFile):
        raise SysError(Errno.ENOTSOCK)
    return file


def _kind(argument: int) -> tuple[int, int]:
    """(type, flags) of socket(2)'s second argument."""
    if argument & ~(_FLAGS | s.SOCK_TYPE_MASK):
        raise SysError(Errno.EINVAL)
    return argument & s.SOCK_TYPE_MASK, argument & _FLAGS


def socket(proc: Process, family: int, kind: int, protocol: int, *_: int) -> int:
    """socket(2)."""
    kind, flags = _kind(kind)
    made = sockfs.create(proc, family, kind, protocol)
    return install_all(proc, (sockfs.make_file(proc, made, flags & O_NONBLOCK),), bool(flags & O_CLOEXEC))[0]


def socketpair(proc: Process, family: int, kind: int, protocol: int, result: int, *_: int) -> int:
    """socketpair(2)."""
    kind, flags = _kind(kind)
    proc.mem.window(result, 8)
    pair = sockfs.make_pair(proc, family, kind, protocol)
    files = tuple(sockfs.make_file(proc, one, flags & O_NONBLOCK) for one in pair)
    U32x2.pack_into(proc.mem.view, result, *install_all(proc, files, bool(flags & O_CLOEXEC)))
    return 0


# addresses

def read_address(proc: Process, pointer: int, length: int) -> bytes:
    if not 0 <= signed(length) <= addresses.ADDRESS_BYTES_MAX:
        raise SysError(Errno.EINVAL)
    return proc.mem.read(pointer, length)


def _address(proc: Process, file: SocketFile, pointer: int, length: int) -> Address:
    return addresses.parse(file.socket.family, read_address(proc, pointer, length))


def pack(file: SocketFile, address: Address | None) -> bytes:
    """As the socket's family writes it; what has no address yet has the wildcard one."""
    family = file.socket.family
    if isinstance(address, InetAddress):
        return address.as_family(family).pack()
    if isinstance(address, UnixAddress):
        return address.pack()
    return addresses.UNNAMED.pack() if family == s.AF_UNIX else addresses.any_address(family).pack()


def write_address(proc: Process, packed: bytes, pointer: int, length_pointer: int) -> None:
    """As much as there is room for, and the length it has in full."""
    room = signed(proc.mem.u32(length_pointer))
    if room < 0:
        raise SysError(Errno.EINVAL)
    proc.mem.write(pointer, packed[:room])
    proc.mem.put_u32(length_pointer, len(packed))


def bind(proc: Process, fd: int, pointer: int, length: int, *_: int) -> int:
    """bind(2)."""
    file = socket_of(proc, fd)
    data = read_address(proc, pointer, length)
    if file.socket.family == s.AF_UNIX and addresses.is_autobind(data):
        sockfs.autobind(proc, file.socket)
    else:
        sockfs.bind(proc, file.socket, addresses.parse(file.socket.family, data))
    return 0


def listen(proc: Process, fd: int, backlog: int, *_: int) -> int:
    """listen(2)."""
    sockfs.listen(proc, socket_of(proc, fd).socket, signed(backlog))
    return 0


def getsockname(proc: Process, fd: int, pointer: int, length: int, *_: int) -> int:
    """getsockname(2)."""
    file = socket_of(proc, fd)
    write_address(proc, pack(file, file.socket.name), pointer, length)
    return 0


def getpeername(proc: Process, fd: int, pointer: int, length: int, *_: int) -> int:
    """getpeername(2)."""
    file = socket_of(proc, fd)
    write_address(proc, pack(file, file.socket.peer_name()), pointer, length)
    return 0


# connections

def wait(proc: Process, file: SocketFile, queue: WaitQueue, flags: int = 0, timeout: int | None = None) -> int:
    """The socket would block: EAGAIN if it must not, or has for `timeout` ns (SO_RCVTIMEO, SO_SNDTIMEO)."""
    if flags & s.MSG_DONTWAIT or file.flags & O_NONBLOCK:
        proc.deadline = None
        return -Errno.EAGAIN
    deadline = None
    if timeout is not None:
        deadline = proc.until(timeout)
        if proc.machine.clock.monotonic() >= deadline:
            proc.deadline = None
            return -Errno.EAGAIN
    return proc.sleep(queue, deadline=deadline)


def connect(proc: Process, fd: int, pointer: int, length: int, *_: int) -> int:
    """connect(2)."""
    file = socket_of(proc, fd)
    data = read_address(proc, pointer, length)
    if addresses.is_unspecified(data):
        sockfs.disconnect(file.socket)
        return 0
    address = addresses.parse(file.socket.family, data)
    queue = sockfs.connect(proc, file.socket, address, bool(file.flags & O_NONBLOCK))
    if queue is not None:
        return wait(proc, file, queue, 0, file.socket.send_timeout_ns)
    proc.deadline = None
    return 0


def accept4(proc: Process, fd: int, pointer: int, length: int, flags: int, *_: int) -> int:
    """accept4(2)."""
    if flags & ~_FLAGS:
        return -Errno.EINVAL
    file = socket_of(proc, fd)
    proc.fds.lowest()  # EMFILE before a connection is taken
    accepted = sockfs.accept(proc, file.socket, flags & O_NONBLOCK)
    if accepted is None:
        return wait(proc, file, file.socket.read_queue, 0, file.socket.receive_timeout_ns)
    proc.deadline = None
    number = install_all(proc, (accepted,), bool(flags & O_CLOEXEC))[0]
    if pointer:
        try:
            write_address(proc, pack(accepted, accepted.socket.peer_address), pointer, length)
        except SysError:
            proc.fds.close(number)
            raise
    return number


def accept(proc: Process, fd: int, pointer: int, length: int, *_: int) -> int:
    """accept(2)."""
    return accept4(proc, fd, pointer, length, 0)


def shutdown(proc: Process, fd: int, how: int, *_: int) -> int:
    """shutdown(2)."""
    file = socket_of(proc, fd)
    if how > s.SHUT_RDWR:
        return -Errno.EINVAL
    file.socket.shutdown(how)
    return 0


# sends and receives

def send(proc: Process, file: SocketFile, data: bytes | memoryview, flags: int, address: Address | None,
         rights: list[Any], cred: Any) -> int:
    """What sendto(2) and sendmsg(2) come to."""
    if flags & s.MSG_OOB:
        return -Errno.EOPNOTSUPP
    target = file.socket
    try:
        if address is None:
            sent, queue = target.send(data, rights, cred), target.write_queue
        else:
            sent, queue = sockfs.send_to(proc, target, address, data, rights, cred)
    except SysError as error:
        if error.errno is Errno.EPIPE and not flags & s.MSG_NOSIGNAL and not isinstance(target, DatagramSocket):
            signals.send(proc, SIGPIPE)
        raise
    if sent is None:
        return wait(proc, file, queue, flags, target.send_timeout_ns)
    proc.deadline = None
    return sent


def sendto(proc: Process, fd: int, buffer: int, count: int, flags: int, pointer: int, length: int) -> int:
    """sendto(2), send(2)."""
    file = socket_of(proc, fd)
    data = proc.mem.window(buffer, min(count, _SEND_BYTES_MAX))
    address = _address(proc, file, pointer, length) if pointer else None
    return send(proc, file, data, flags, address, [], sockfs.ucred(proc))


def receive(proc: Process, file: SocketFile, count: int, flags: int) -> Received | int:
    """What recvfrom(2) and recvmsg(2) begin with: what was received, or what the call answers now."""
    if flags & s.MSG_OOB:
        return -Errno.EINVAL
    found = file.socket.receive(min(count, _RECEIVE_BYTES_MAX), bool(flags & s.MSG_PEEK), bool(flags & s.MSG_WAITALL))
    if found is None:
        return wait(proc, file, file.socket.read_queue, flags, file.socket.receive_timeout_ns)
    proc.deadline = None
    return found


def source(file: SocketFile, found: Received) -> bytes:
    """The sender's address; nothing for TCP, and for a sender without a name."""
    address = found.source
    if address is None and file.socket.family == s.AF_UNIX and file.socket.connection_oriented:
        address = file.socket.peer_address
    if address is None or address == addresses.UNNAMED:
        return b""
    return pack(file, address)


def recvfrom(proc: Process, fd: int, buffer: int, count: int, flags: int, pointer: int, length: int) -> int:
    """recvfrom(2), recv(2). Descriptors that come along are lost: there is nowhere to put them."""
    file = socket_of(proc, fd)
    window = proc.mem.window(buffer, min(count, _RECEIVE_BYTES_MAX))
    if pointer:
        proc.mem.u32(length)
    found = receive(proc, file, count, flags)
    if isinstance(found, int):
        return found
    if found.rights and not flags & s.MSG_PEEK:
        file.socket.network.in_flight.land(list(found.rights))
    window[:len(found.data)] = found.data
    if pointer:
        write_address(proc, source(file, found), pointer, length)
    return found.length if flags & s.MSG_TRUNC and file.socket.record_oriented else len(found.data)
