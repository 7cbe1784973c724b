"""devpts: /dev/ptmx makes terminals, /dev/pts/N are they, /dev/tty is one's own; pts(4), tty(4).

The end that the host holds is `HostPty`: what types and shows is then outside of the machine.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_NOCTTY, O_NONBLOCK, O_RDWR
from ..abi.stat import S_IFCHR, makedev
from ..kernel.tty import Tty
from ..lib.wait_queue import WaitQueue
from ..vfs.filesystem import FileSystem
from ..vfs.inode import Device, Directory, Inode
from ..vfs.open_file import OpenFile
from . import tty_ioctl

if TYPE_CHECKING:
    from ..kernel.machine import Machine
    from ..kernel.process import Process

#: Group "tty", and the mode that devpts gives by default in Debian.
_GID, _MODE = 5, 0o620
_MAJOR = 136


class TtyFile(OpenFile):
    """What master and slave share: the terminal behind."""

    def __init__(self, inode: Inode, flags: int, place: Any, tty: Tty, machine: Machine) -> None:
        super().__init__(inode, flags & ~O_NOCTTY, place)
        self.tty = tty
        self.machine = machine


class SlaveFile(TtyFile):
    """A program's terminal."""

    def __init__(self, inode: Inode, flags: int, place: Any, tty: Tty, machine: Machine) -> None:
        super().__init__(inode, flags, place, tty, machine)
        tty.slave_opened()

    def read(self, count: int) -> bytes | None:
        return self.tty.read(self.machine.engine.current, count, bool(self.flags & O_NONBLOCK))

    def write(self, data: memoryview | bytes) -> int | None:
        return self.tty.write(self.machine.engine.current, data)

    def poll(self) -> int:
        return self.tty.poll()

    def queue(self, for_writing: bool) -> WaitQueue:
        return self.tty.write_queue if for_writing else self.tty.read_queue

    def ioctl(self, proc: Process, request: int, argument: int) -> int:
        return tty_ioctl.slave(proc, self, request, argument)

    def release(self) -> None:
        self.tty.slave_closed()
        super().release()


class MasterFile(TtyFile):
    """The end that /dev/ptmx gives: reads are what was printed, writes are typed. Closing it hangs up."""

    def __init__(self, inode: Inode, flags: int, place: Any, node: PtsNode, machine: Machine) -> None:
        super().__init__(inode, flags, place, node.tty, machine)
        self.node = node

    def read(self, count: int) -> bytes | None:
        data = self.tty.take(count)
        if not data and count:
            if self.tty.abandoned:
                raise SysError(Errno.EIO)
            return None
        return data

    def write(self, data: memoryview | bytes) -> int | None:
        if not len(data):
            return 0
        return self.tty.feed(data) or None

    def poll(self) -> int:
        return self.tty.poll_master()

    def queue(self, for_writing: bool) -> WaitQueue:
        return self.tty.master_write_queue if for_writing else self.tty.master_read_queue

    def ioctl(self, proc: Process, request: int, argument: int) -> int:
        return tty_ioctl.master(proc, self, request, argument)

    def open_peer(self, proc: Process, flags: int) -> OpenFile:
        """TIOCGPTPEER: the slave, whatever the path to it is."""
        root = self.node.filesystem.root
        return proc.machine.vfs.track(self.node.open(proc, flags, (root, b"%d" % self.tty.index)))

    def release(self) -> None:
        self.node.filesystem.remove(self.node)
        self.tty.hang_up()
        super().release()


class PtsNode(Inode):
    """/dev/pts/N."""

    __slots__ = ("machine", "rdev", "tty")
    filesystem: DevPts

    def __init__(self, filesystem: DevPts, tty: Tty, machine: Machine, uid: int, now: int) -> None:
        super().__init__(filesystem, S_IFCHR | _MODE, uid, _GID, now)
        self.tty, self.machine = tty, machine
        self.rdev = makedev(_MAJOR, tty.index)

    def open(self, proc: Process, flags: int, place: Any) -> SlaveFile:
        tty = self.tty
        if tty.locked or tty.hung_up:
            raise SysError(Errno.EIO)
        if tty.exclusive and not proc.cred.privileged:
            raise SysError(Errno.EBUSY)
        file = SlaveFile(self, flags, place, tty, self.machine)
        if not flags & O_NOCTTY and file.readable:
            tty.opened_by(proc)
        return file


class PtsDirectory(Directory):
    """The root of devpts: one node for each terminal that is open."""

    __slots__ = ()
    filesystem: DevPts

    def lookup(self, name: bytes, proc: Any = None) -> Inode | None:
        if name == b"ptmx":
            return self.filesystem.ptmx
        if not name.isdigit() or (name[:1] == b"0" and name != b"0") or len(name) > 4:
            return None
        return self.filesystem.nodes.get(int(name))

    def names(self, proc: Any = None) -> Iterable[bytes]:
        return [b"ptmx", *(b"%d" % index for index in sorted(self.filesystem.nodes))]


class DevPts(FileSystem):
    """The terminals of one machine; at most `ptys_max`: ENOSPC."""

    type = b"devpts"
    magic = 0x1CD1
    source = b"devpts"

    def __init__(self, ptys_max: int) -> None:
        super().__init__()
        self._ptys_max = ptys_max
        self.nodes: dict[int, PtsNode] = {}
        self.root: PtsDirectory = PtsDirectory(self, 0o755)
        self.ptmx = Device(self, S_IFCHR | 0o666, makedev(5, 2), self.open_master)

    def new(self, machine: Machine, uid: int) -> PtsNode:
        """A terminal under the lowest free number."""
        if len(self.nodes) >= self._ptys_max:
            raise SysError(Errno.ENOSPC)
        index = next(index for index in range(self._ptys_max) if index not in self.nodes)
        node = PtsNode(self, Tty(machine, index), machine, uid, machine.clock.realtime())
        self.nodes[index] = node
        return node

    def remove(self, node: PtsNode) -> None:
        """The master is gone: so is the name."""
        del self.nodes[node.tty.index]
        node.links = 0

    def open_master(self, proc: Process, inode: Inode, flags: int, place: Any) -> MasterFile:
        """The driver of /dev/ptmx."""
        return MasterFile(inode, flags, place, self.new(proc.machine, proc.cred.fsuid), proc.machine)

    def options(self) -> bytes:
        return b"rw,gid=%d,mode=%o,ptmxmode=666" % (_GID, _MODE)

    def host_pty(self, machine: Machine, uid: int = 0) -> HostPty:
        """A terminal whose master is the host."""
        return HostPty(self, self.new(machine, uid))


def open_controlling(proc: Process, inode: Inode, flags: int, place: Any) -> SlaveFile:
    """The driver of /dev/tty: ENXIO for a process without a controlling terminal."""
    tty = proc.session.tty
    if tty is None:
        raise SysError(Errno.ENXIO)
    return SlaveFile(inode, flags, place, tty, proc.machine)


class HostPty:
    """A terminal in the machine, from outside: bytes in, bytes out, its size, and the plug."""

    def __init__(self, filesystem: DevPts, node: PtsNode) -> None:
        self._filesystem, self._node = filesystem, node
        self._tty = node.tty
        self._tty.locked = False

    def open_slave(self) -> SlaveFile:
        """An open file of it, to be a program's standard streams."""
        node = self._node
        return SlaveFile(node, O_RDWR, (self._filesystem.root, b"%d" % self._tty.index), self._tty, node.machine)

    def control(self, proc: Process) -> None:
        """Makes it the controlling terminal of the session that `proc` leads."""
        self._tty.control(proc)

    def feed(self, data: bytes) -> int:
        """Types; says how many bytes were taken."""
        return self._tty.feed(data)

    def take(self, count: int = 65536) -> bytes:
        """What was printed."""
        return self._tty.take(count)

    @property
    def pending_output(self) -> int:
        return self._tty.pending_output

    @property
    def hung_up(self) -> bool:
        return self._tty.hung_up

    def resize(self, rows: int, columns: int) -> None:
        self._tty.resize((rows, columns, 0, 0))

    def hang_up(self) -> None:
        """The user is gone: SIGHUP to the session leader."""
        if not self._tty.hung_up:
            self._filesystem.remove(self._node)
            self._tty.hang_up()
