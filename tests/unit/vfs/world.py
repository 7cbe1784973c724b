"""A machine's file system without a machine: a process whose memory is a bytearray, and Linux's calls by name."""
from __future__ import annotations

import itertools
from types import SimpleNamespace

from cloche.abi.errno import ERESTART
from cloche.abi.fcntl import AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW
from cloche.abi.structs import DIRENT64, STATX, U64, U32x2
from cloche.events.recorder import Recorder
from cloche.fs.image import NodeDirectory
from cloche.fs.mounts import MachineVfs
from cloche.kernel.credentials import Credentials
from cloche.kernel.fd_table import FdTable
from cloche.kernel.limits import Limits
from cloche.kernel.session import Session
from cloche.lib.clock import VirtualClock
from cloche.lib.rng import SeededRng
from cloche.policy.presets import offline
from cloche.security.hooks import Security
from cloche.syscalls import dispatch
from cloche.syscalls.table import HANDLERS, ROWS

NUMBERS = {row.name: row.number for row in ROWS}
#: Where the calls below put paths, results and buffers.
PATH_1, PATH_2, RESULT, BUFFER = 0x1000, 0x2000, 0x3000, 0x10000
_MEMORY_BYTES = 4 << 20


class Memory:
    """mm/address_space.py over a bytearray: access only."""

    def __init__(self, size=_MEMORY_BYTES):
        from cloche.mm.address_space import AddressSpace
        self.view = memoryview(bytearray(size))
        self.guest = self
        for name in ("read", "window", "write", "string", "u32", "put_u32"):
            setattr(self, name, getattr(AddressSpace, name).__get__(self))
        self.mapped, self.size, self.cpu_ns = 0, size, 0
        self.break_start = self.break_end = self.mmap_base = self.top = size
        self.free, self.shared = [], []


class Proc:
    """What the file system sees of a process."""

    def __init__(self, machine, pid, cred=None):
        self.machine, self.pid, self.parent = machine, pid, None
        self.pgid, self.ppid, self.children = pid, 0, []
        self.session = Session(pid)
        self.cred = cred or Credentials()
        self.root = self.cwd = machine.vfs.root
        self.umask = 0o022
        self.fds = FdTable(1024)
        self.rlimits, self.handlers = {}, HANDLERS
        self.mem = Memory()
        self.exe_path, self.comm, self.argv, self.environ = b"/bin/true", b"true", [b"true"], [b"A=1"]
        self.exe = None
        self.deadline = self.half_open = None
        self.waiting_on = ()
        self.signals = []
        self.pending = self.blocked = self.cpu_ns = self.children_cpu_ns = 0
        self.actions = {}
        self.start_time = 0
        self.state, self.alive, self.leaving = "R", True, False
        self.guest, self.status, self.syscalls = self.mem, 0, 0
        machine.processes[pid] = self

    def sleep(self, *queues, deadline=None):
        for queue in queues:
            queue.waiters[self] = None
        self.waiting_on = queues
        return -ERESTART

    def wake(self):
        for queue in self.waiting_on:
            queue.waiters.pop(self, None)
        self.waiting_on = ()

    # calls

    def call(self, name, *arguments):
        """A system call: its result or -errno."""
        words = [argument & 0xFFFFFFFF for argument in arguments]
        return dispatch.call(self, NUMBERS[name], *(words + [0] * 6)[:6])

    def put(self, address, text):
        self.mem.write(address, text + b"\0")
        return address

    def open(self, path, flags=0, mode=0o666, dirfd=AT_FDCWD):
        return self.call("openat", dirfd, self.put(PATH_1, path), flags, mode)

    def close(self, fd):
        return self.call("close", fd)

    def read(self, fd, count=65536):
        """The bytes, or -errno."""
        got = self.call("read", fd, BUFFER, count)
        return self.mem.read(BUFFER, got) if got >= 0 else got

    def pread(self, fd, count, position):
        got = self.call("pread64", fd, BUFFER, count, position & 0xFFFFFFFF, position >> 32)
        return self.mem.read(BUFFER, got) if got >= 0 else got

    def write(self, fd, data):
        self.mem.write(BUFFER, data)
        return self.call("write", fd, BUFFER, len(data))

    def pwrite(self, fd, data, position):
        self.mem.write(BUFFER, data)
        return self.call("pwrite64", fd, BUFFER, len(data), position & 0xFFFFFFFF, position >> 32)

    def seek(self, fd, offset, whence=0):
        offset &= (1 << 64) - 1
        result = self.call("llseek", fd, offset >> 32, offset & 0xFFFFFFFF, RESULT, whence)
        return U64.unpack_from(self.mem.view, RESULT)[0] if result == 0 else result

    def at(self, name, path, *rest, dirfd=AT_FDCWD):
        """mkdirat, unlinkat, readlinkat, fchmodat, ..."""
        return self.call(name, dirfd, self.put(PATH_1, path), *rest)

    def on(self, name, path, *rest):
        """chdir, truncate64, ..."""
        return self.call(name, self.put(PATH_1, path), *rest)

    def two(self, name, first, second, *rest):
        """linkat, renameat2."""
        return self.call(name, AT_FDCWD, self.put(PATH_1, first), AT_FDCWD, self.put(PATH_2, second), *rest)

    def symlink(self, target, path):
        return self.call("symlinkat", self.put(PATH_2, target), AT_FDCWD, self.put(PATH_1, path))

    def readlink(self, path, dirfd=AT_FDCWD):
        got = self.at("readlinkat", path, BUFFER, 4096, dirfd=dirfd)
        return self.mem.read(BUFFER, got) if got >= 0 else got

    def stat(self, path, flags=AT_SYMLINK_NOFOLLOW, dirfd=AT_FDCWD):
        """A namespace of statx's fields, or -errno."""
        got = self.call("statx", dirfd, self.put(PATH_1, path), flags, 0x7FF, RESULT)
        if got < 0:
            return got
        names = ("mask blksize attributes nlink uid gid mode pad ino size blocks attributes_mask "
                 "atime atime_ns p1 btime btime_ns p2 ctime ctime_ns p3 mtime mtime_ns p4 "
                 "rdev_major rdev_minor dev_major dev_minor")
        return SimpleNamespace(**dict(zip(names.split(), STATX.unpack_from(self.mem.view, RESULT), strict=True)))

    def fstat(self, fd):
        return self.stat(b"", AT_EMPTY_PATH, fd)

    def names(self, path):
        """getdents, sorted, without . and .."""
        fd = self.open(path, 0o200000)
        if fd < 0:
            return fd
        found = []
        while (got := self.call("getdents64", fd, BUFFER, 65536)) > 0:
            at = BUFFER
            while at < BUFFER + got:
                _, _, size, _ = DIRENT64.unpack_from(self.mem.view, at)
                name = self.mem.read(at + 19, size - 19)
                found.append(name[:name.index(0)])
                at += size
        self.close(fd)
        return got if got < 0 else sorted(name for name in found if name not in (b".", b".."))

    def pipe(self, flags=0):
        result = self.call("pipe2", RESULT, flags)
        return U32x2.unpack_from(self.mem.view, RESULT) if result == 0 else result

    def content(self, path):
        fd = self.open(path)
        data = self.read(fd, 1 << 20)
        self.close(fd)
        return data

    def make(self, path, data=b""):
        fd = self.open(path, 0o1101)
        assert fd >= 0, fd
        assert self.write(fd, data) == len(data)
        self.close(fd)


class World:
    """A machine with nothing but files, and processes in it."""

    def __init__(self, image=None, limits=None, policy=None):
        self.clock = VirtualClock()
        self.limits = limits or Limits()
        self.recorder = Recorder(self.clock)
        self.security = Security(policy or offline(), self.recorder)
        self.vfs = MachineVfs(image or NodeDirectory(), self.security, self.recorder, self.clock, self.limits)
        self.rng = SeededRng(1)
        self.processes = {}
        self.hostname = b"cloche"
        self.boot_time, self.boot_realtime = 0, self.clock.realtime()
        self.memory = SimpleNamespace(used=0)
        self.forks = self.cpu_ns = 0
        self.scheduler = SimpleNamespace(switches=0)
        self._pids = itertools.count(1)
        self.proc = self.new()

    def new(self, uid=0):
        return Proc(self, next(self._pids), Credentials.of(uid, uid) if uid else None)
