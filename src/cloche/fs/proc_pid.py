"""/proc/PID: what proc(5) says of one process."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..abi.errno import Errno, SysError
from ..abi.limits import RLIM_INFINITY, RLIMIT_NOFILE
from ..abi.signal import SIG_IGN
from ..abi.time import TICK
from ..vfs.filesystem import FileSystem
from ..vfs.inode import Directory, Inode, Place
from .proc_net import net_files
from .textfile import MadeDirectory, MadeLink, Text, TextFile

_PAGE, _PTS_MAJOR = 4096, 136
_STATES = {"R": b"running", "S": b"sleeping", "D": b"disk sleep", "T": b"stopped", "Z": b"zombie"}
_RLIMITS = ((b"Max cpu time", b"seconds"), (b"Max file size", b"bytes"), (b"Max data size", b"bytes"),
            (b"Max stack size", b"bytes"), (b"Max core file size", b"bytes"), (b"Max resident set", b"bytes"),
            (b"Max processes", b"processes"), (b"Max open files", b"files"), (b"Max locked memory", b"bytes"),
            (b"Max address space", b"bytes"), (b"Max file locks", b"locks"), (b"Max pending signals", b"signals"),
            (b"Max msgqueue size", b"bytes"), (b"Max nice priority", b""), (b"Max realtime priority", b""),
            (b"Max realtime timeout", b"us"))


def cpu_ns(subject: Any) -> int:
    """CPU time of a process so far."""
    return subject.guest.cpu_ns if subject.guest is not None else subject.cpu_ns


def _memory(subject: Any) -> tuple[int, int]:
    """(address space, resident) in bytes; what was ever mapped is resident."""
    if subject.guest is None:
        return 0, 0
    mem = subject.mem
    return subject.guest.size, min(subject.guest.size, mem.break_start + mem.mapped)


def _terminal(subject: Any) -> tuple[int, int]:
    """(tty_nr, tpgid)."""
    tty = subject.session.tty
    if tty is None:
        return 0, -1
    return _PTS_MAJOR << 8 | tty.index, tty.pgid or -1


def _signal_sets(subject: Any) -> tuple[int, int]:
    """(ignored, caught)."""
    ignored = caught = 0
    for signo, action in subject.actions.items():
        if action[0] == SIG_IGN:
            ignored |= 1 << signo - 1
        elif action[0]:
            caught |= 1 << signo - 1
    return ignored, caught


def stat_text(subject: Any) -> bytes:
    """/proc/PID/stat: 52 fields."""
    machine = subject.machine
    size, resident = _memory(subject)
    tty, foreground = _terminal(subject)
    ignored, caught = _signal_sets(subject)
    low = 0xFFFFFFFF
    return b"%d (%s) %s %d %d %d %d %d 4194304 0 0 0 0 %d 0 %d 0 20 0 1 0 %d %d %d %d " \
        b"0 0 0 0 0 %d %d %d %d 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 %d\n" % (
            subject.pid, subject.comm, subject.state.encode(), subject.ppid, subject.pgid, subject.session.sid, tty,
            foreground, cpu_ns(subject) // TICK, subject.children_cpu_ns // TICK,
            max(0, subject.start_time - machine.boot_time) // TICK, size, resident // _PAGE, RLIM_INFINITY,
            subject.pending & low, subject.blocked & low, ignored & low, caught & low, subject.status)


def statm_text(subject: Any) -> bytes:
    size, resident = _memory(subject)
    return b"%d %d 0 0 0 %d 0\n" % (size // _PAGE, resident // _PAGE, resident // _PAGE)


def status_text(subject: Any) -> bytes:
    """/proc/PID/status."""
    cred, state = subject.cred, subject.state
    size, resident = (amount // 1024 for amount in _memory(subject))
    ignored, caught = _signal_sets(subject)
    lines = [
        b"Name:\t%s" % subject.comm.replace(b"\\", b"\\\\").replace(b"\n", b"\\n"), b"Umask:\t%04o" % subject.umask,
        b"State:\t%s (%s)" % (state.encode(), _STATES[state]), b"Tgid:\t%d" % subject.pid, b"Ngid:\t0",
        b"Pid:\t%d" % subject.pid, b"PPid:\t%d" % subject.ppid, b"TracerPid:\t0",
        b"Uid:\t%d\t%d\t%d\t%d" % (cred.ruid, cred.euid, cred.suid, cred.fsuid),
        b"Gid:\t%d\t%d\t%d\t%d" % (cred.rgid, cred.egid, cred.sgid, cred.fsgid),
        b"FDSize:\t%d" % max(64, len(subject.fds.entries)),
        b"Groups:\t%s " % b" ".join(b"%d" % gid for gid in cred.groups), b"NStgid:\t%d" % subject.pid,
        b"NSpid:\t%d" % subject.pid, b"NSpgid:\t%d" % subject.pgid, b"NSsid:\t%d" % subject.session.sid]
    if subject.guest is not None:
        lines += [b"%s:\t%8d kB" % pair for pair in (
            (b"VmPeak", size), (b"VmSize", size), (b"VmLck", 0), (b"VmPin", 0), (b"VmHWM", resident),
            (b"VmRSS", resident), (b"RssAnon", resident), (b"RssFile", 0), (b"RssShmem", 0), (b"VmData", resident),
            (b"VmStk", 0), (b"VmExe", 0), (b"VmLib", 0), (b"VmPTE", 0), (b"VmSwap", 0))]
    lines += [
        b"Threads:\t1", b"SigQ:\t0/1024", b"SigPnd:\t%016x" % subject.pending, b"ShdPnd:\t%016x" % 0,
        b"SigBlk:\t%016x" % subject.blocked, b"SigIgn:\t%016x" % ignored, b"SigCgt:\t%016x" % caught,
        b"CapInh:\t%016x" % 0, b"CapPrm:\t%016x" % 0, b"CapEff:\t%016x" % 0, b"CapBnd:\t%016x" % 0,
        b"CapAmb:\t%016x" % 0, b"NoNewPrivs:\t%d" % cred.no_new_privs, b"Seccomp:\t0", b"Cpus_allowed:\t1",
        b"Cpus_allowed_list:\t0", b"voluntary_ctxt_switches:\t%d" % subject.syscalls,
        b"nonvoluntary_ctxt_switches:\t0"]
    return b"\n".join(lines) + b"\n"


def _strings(texts: list[bytes]) -> bytes:
    return b"".join(text + b"\0" for text in texts)


def limits_text(subject: Any) -> bytes:
    """/proc/PID/limits."""
    lines = [b"%-25s %-20s %-20s %-10s" % (b"Limit", b"Soft Limit", b"Hard Limit", b"Units")]
    for resource, (name, unit) in enumerate(_RLIMITS):
        both = subject.rlimits.get(resource)
        if both is None:
            default = subject.fds.limit if resource == RLIMIT_NOFILE else RLIM_INFINITY
            both = default, default
        soft, hard = (b"unlimited" if value == RLIM_INFINITY else b"%d" % value for value in both)
        lines.append(b"%-25s %-20s %-20s %-10s" % (name, soft, hard, unit))
    return b"\n".join(lines) + b"\n"


def maps_text(subject: Any) -> bytes:
    """/proc/PID/maps: the program's own memory, the heap, and what it mapped."""
    if subject.guest is None:
        return b""
    mem, inode = subject.mem, subject.exe
    number = inode.number if inode is not None else 0
    areas = [(0, mem.break_start, subject.exe_path, number), (mem.break_start, mem.break_end, b"[heap]", 0)]
    start = mem.mmap_base
    for free_start, free_end in [*mem.free, (mem.top, mem.top)]:
        areas.append((start, free_start, b"", 0))
        start = free_end
    text = b""
    for start, end, name, number in areas:
        if start < end:
            line = b"%08x-%08x rw-p 00000000 00:%02x %d" % (start, end, 1 if number else 0, number)
            text += (line.ljust(73) + name if name else line) + b"\n"
    return text


def mounts_text(core: Any) -> bytes:
    """/proc/PID/mounts: fstab(5)."""
    return b"".join(b"%s %s %s %s 0 0\n" % (mount.filesystem.source, _escaped(mount.path), mount.filesystem.type,
                                            mount.filesystem.options()) for mount in core.mounts)


def mountinfo_text(core: Any) -> bytes:
    lines = []
    for number, mount in enumerate(core.mounts, 1):
        filesystem = mount.filesystem
        options = filesystem.options()
        lines.append(b"%d %d 0:%d / %s %s - %s %s %s\n" % (
            number, 1 if number > 1 else 0, filesystem.device & 0xFFFFF, _escaped(mount.path), options,
            filesystem.type, filesystem.source, options))
    return b"".join(lines)


def _escaped(path: bytes) -> bytes:
    """Blanks as in fstab(5)."""
    for character in b"\\ \t\n":
        path = path.replace(bytes([character]), b"\\%03o" % character)
    return path


class ProcessDirectory(MadeDirectory):
    """/proc/PID, or /proc/PID/task/PID."""

    __slots__ = ("_adjustment", "subject")

    def __init__(self, filesystem: FileSystem, parent: Directory, subject: Any, is_task: bool = False) -> None:
        self.subject = subject
        self._adjustment = 0
        super().__init__(filesystem, parent, b"%d" % subject.pid, {})
        self.uid, self.gid = subject.cred.euid, subject.cred.egid
        self.makers = self._entries(is_task)

    def _entries(self, is_task: bool) -> dict[bytes, Callable[[Directory], Inode]]:
        filesystem, subject = self.filesystem, self.subject
        core = filesystem.core

        def text(make: Text, mode: int = 0o444, accept: Any = None) -> Callable[[Directory], Inode]:
            return lambda _: self._owned(TextFile(filesystem, make, mode, accept))

        def directory_link(get: Callable[[], Directory | None]) -> Callable[[Directory], Inode]:
            def found() -> Directory:
                directory = get() if subject.alive else None
                if directory is None:
                    raise SysError(Errno.ENOENT)
                return directory

            def to(proc: Any) -> tuple[Inode, Place | None]:
                directory = found()
                return directory, (directory.parent, directory.name)

            return lambda _: self._owned(MadeLink(filesystem, lambda proc: found().path(), to))

        entries = {
            b"cmdline": text(lambda _: _strings(subject.argv) if subject.alive else b""),
            b"comm": text(lambda _: subject.comm + b"\n", 0o644, self._set_comm),
            b"cwd": directory_link(lambda: subject.cwd),
            b"environ": text(lambda _: _strings(subject.environ) if subject.alive else b"", 0o400),
            b"exe": lambda _: self._owned(MadeLink(filesystem, self._exe)),
            b"fd": lambda _: DescriptorDirectory(filesystem, self, b"fd", subject),
            b"fdinfo": lambda _: DescriptorDirectory(filesystem, self, b"fdinfo", subject),
            b"limits": text(lambda _: limits_text(subject)),
            b"maps": text(lambda _: maps_text(subject)),
            b"mountinfo": text(lambda _: mountinfo_text(core)),
            b"mounts": text(lambda _: mounts_text(core)),
            b"net": lambda _: MadeDirectory(filesystem, self, b"net", net_files(filesystem)),
            b"oom_score": text(lambda _: b"0\n"),
            b"oom_score_adj": text(lambda _: b"%d\n" % self._adjustment, 0o644, self._adjust),
            b"root": directory_link(lambda: subject.root),
            b"stat": text(lambda _: stat_text(subject)),
            b"statm": text(lambda _: statm_text(subject)),
            b"status": text(lambda _: status_text(subject)),
        }
        if not is_task:
            entries[b"task"] = lambda _: MadeDirectory(filesystem, self, b"task", {
                b"%d" % subject.pid: lambda task: ProcessDirectory(filesystem, task, subject, True)})
        return entries

    def _owned(self, inode: Inode) -> Inode:
        inode.uid, inode.gid = self.uid, self.gid
        return inode

    def _exe(self, proc: Any) -> bytes:
        if not self.subject.exe_path or not self.subject.alive:
            raise SysError(Errno.ENOENT)
        return self.subject.exe_path

    def _set_comm(self, proc: Any, data: bytes) -> None:
        if proc is not self.subject:
            raise SysError(Errno.EINVAL)
        self.subject.comm = data.rstrip(b"\n").split(b"\0")[0][:15]

    def _adjust(self, proc: Any, data: bytes) -> None:
        """choom(1): kept, and without effect."""
        text = data.strip()
        if not text.lstrip(b"-").isdigit() or not -1000 <= int(text) <= 1000:
            raise SysError(Errno.EINVAL)
        self._adjustment = int(text)


class DescriptorDirectory(MadeDirectory):
    """/proc/PID/fd and /proc/PID/fdinfo. # L-FS-014"""

    __slots__ = ("_subject",)

    def __init__(self, filesystem: FileSystem, parent: ProcessDirectory, name: bytes, subject: Any) -> None:
        super().__init__(filesystem, parent, name, {}, 0o500)
        self._subject = subject
        self.uid, self.gid = parent.uid, parent.gid

    def _file(self, fd: int) -> Any:
        file = self._subject.fds.entries.get(fd)
        if file is None:
            raise SysError(Errno.ENOENT)
        return file

    def lookup(self, name: bytes, proc: Any = None) -> Inode | None:
        if not name.isdigit() or len(name) > 9 or (name[0] == 0x30 and name != b"0"):
            return None
        fd = int(name)
        if fd not in self._subject.fds.entries:
            self._made.pop(name, None)
            return None
        inode = self._made.get(name)
        if inode is None:
            inode = self._made[name] = self._link(fd) if self.name == b"fd" else \
                TextFile(self.filesystem, lambda _: self._info(fd), 0o400)
            inode.uid, inode.gid = self.uid, self.gid
        return inode

    def _link(self, fd: int) -> Inode:
        def to(proc: Any) -> tuple[Inode, Place | None]:
            file = self._file(fd)
            return file.inode, file.place

        return MadeLink(self.filesystem, lambda _: self._file(fd).describe(), to)

    def _info(self, fd: int) -> bytes:
        file = self._file(fd)
        return b"pos:\t%d\nflags:\t%07o\nmnt_id:\t%d\nino:\t%d\n" % (
            file.position, file.flags, file.inode.filesystem.device & 0xFFFFF, file.inode.number)

    def names(self, proc: Any = None) -> Iterable[bytes]:
        return [b"%d" % fd for fd in sorted(self._subject.fds.entries)]
