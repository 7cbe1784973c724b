"""What all operations of the virtual file system share: mounts, the clock, the reference monitor, the recorder."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.stat import makedev
from ..lib.budget import Budget
from .inode import Directory, Inode
from .locks import Locks
from .namei import walk
from .open_file import OpenFile

if TYPE_CHECKING:
    from ..events.recorder import Recorder
    from ..lib.clock import Clock
    from ..security.hooks import Security
    from .filesystem import FileSystem


@dataclass(slots=True)
class Mount:
    """A filesystem and where it is: `point` is the directory (or file) it hides."""

    filesystem: FileSystem
    parent: Directory
    name: bytes

    @property
    def path(self) -> bytes:
        root = self.filesystem.root
        if isinstance(root, Directory):
            return root.path()
        above = self.parent.path()
        return (above if above != b"/" else b"") + b"/" + self.name


@dataclass(frozen=True, slots=True)
class VfsLimits:
    """The bounds that are the file system's own; kernel/limits.py has the numbers of a machine."""

    files_open_max: int = 1024
    files_machine_max: int = 16384
    disk_bytes_max: int = 2 << 30
    inodes_max: int = 1 << 20
    file_bytes_max: int = 1 << 30
    pipe_bytes_max: int = 1 << 20
    path_depth_max: int = 2048
    locks_max: int = 4096
    ptys_max: int = 64
    epoll_watches_max: int = 16384


class Core:
    """State of one machine's file system. Operations take the process first: it is who asks.

    `limits` needs VfsLimits' names; kernel/limits.py's Limits has them.
    """

    def __init__(self, security: Security, recorder: Recorder, clock: Clock, limits: Any = None) -> None:
        limits = limits if limits is not None else VfsLimits()
        self.limits = limits
        self.security, self.recorder, self.clock = security, recorder, clock
        self.files_open = Budget("files_machine_max", limits.files_machine_max, Errno.ENFILE)
        self.disk_bytes = Budget("disk_bytes_max", limits.disk_bytes_max, Errno.ENOSPC)
        self.inodes = Budget("inodes_max", limits.inodes_max, Errno.ENOSPC)
        #: What pipes (and sockets) hold together.
        self.pipe_bytes = Budget("pipe_bytes_max", 64 * limits.pipe_bytes_max, Errno.EAGAIN)
        self.listings = Budget("disk_bytes_max", 64 << 20, Errno.ENOMEM)
        self.locks = Locks(Budget("locks_max", limits.locks_max, Errno.ENOLCK))
        self.mounts: list[Mount] = []
        self._devices = 0
        self.root: Directory

    def number(self, filesystem: FileSystem) -> None:
        """Gives a filesystem its device number: 0:N, as Linux numbers those without a disk."""
        self._devices += 1
        filesystem.device = makedev(0, self._devices)

    def mount_root(self, filesystem: FileSystem) -> None:
        """Makes a filesystem the tree's root. The first thing to do."""
        assert not self.mounts and isinstance(filesystem.root, Directory)
        self.number(filesystem)
        self.root = filesystem.root
        self.mounts.append(Mount(filesystem, self.root, b""))

    def mount(self, path: bytes, filesystem: FileSystem) -> Mount:
        """Mounts a filesystem at an absolute path, for the machine's owner: no process asks, so nothing is checked.

        Missing directories are made. What is mounted there already is hidden.
        """
        parts = [part for part in path.split(b"/") if part and part != b"."]
        assert parts and b".." not in parts, path
        now = self.clock.realtime()
        parent = self.root
        for part in parts[:-1]:
            parent = self._enter(parent, part, now)
        name, root = parts[-1], filesystem.root
        self.number(filesystem)
        if isinstance(root, Directory):
            point = parent.lookup(name)
            if point is None:
                point = parent.mkdir(name, 0o755, 0, 0, now)
            if not isinstance(point, Directory):
                raise SysError(Errno.ENOTDIR)
            root.parent, root.name = parent, name
            point.mounted = root
        else:
            parent.graft(name, root)
        mount = Mount(filesystem, parent, name)
        self.mounts.append(mount)
        return mount

    def _enter(self, parent: Directory, name: bytes, now: int) -> Directory:
        inode = parent.lookup(name)
        if inode is None:
            inode = parent.mkdir(name, 0o755, 0, 0, now)
        if inode.is_symlink:
            owner = _Owner(self.root)
            inode = walk(owner, parent, name)[2]
        if inode is None or not isinstance(inode, Directory):
            raise SysError(Errno.ENOTDIR)
        return inode.mounted or inode

    def track(self, file: OpenFile) -> OpenFile:
        """Counts an open file among the machine's: ENFILE beyond files_machine_max, and `file` is closed."""
        if file.refs:  # opened again: it is counted
            return file
        try:
            self.files_open.charge(1)
        except SysError:
            file.release()
            raise
        file.budget = self.files_open
        return file

    def now(self) -> int:
        return self.clock.realtime()

    def find(self, proc: Any, start: Directory, path: bytes, follow: bool = True) -> tuple[Directory, bytes, Inode]:
        """As namei.walk; ENOENT if there is nothing."""
        parent, name, inode = walk(proc, start, path, follow)
        if inode is None:
            raise SysError(Errno.ENOENT)
        return parent, name, inode


class _Owner:
    """Whoever set the machine up, for walks: nobody's permissions are asked."""

    class cred:
        privileged = True
        euid = fsuid = 0

    def __init__(self, root: Directory) -> None:
        self.root = root
