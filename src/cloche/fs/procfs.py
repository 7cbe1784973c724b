"""proc(5): the process table as a tree. Files of a process are in proc_pid, those of the machine in proc_system."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..vfs.core import Core
from ..vfs.filesystem import FileSystem
from ..vfs.inode import Directory, Inode
from .proc_pid import ProcessDirectory
from .proc_system import system_files
from .textfile import MadeDirectory, MadeLink


class ProcFs(FileSystem):
    """What a guest may know of its machine: nothing in it comes from the host."""

    type = b"proc"
    magic = 0x9FA0
    source = b"proc"

    def __init__(self, core: Core) -> None:
        super().__init__()
        self.core = core
        self.boot_id: bytes | None = None
        self.root: Directory = ProcRoot(self)


class ProcRoot(MadeDirectory):
    """/proc itself."""

    __slots__ = ("_processes",)

    def __init__(self, filesystem: ProcFs) -> None:
        makers = system_files(filesystem)
        makers[b"self"] = lambda _: MadeLink(filesystem, lambda proc: b"%d" % proc.pid)
        makers[b"thread-self"] = lambda _: MadeLink(filesystem, lambda proc: b"%d/task/%d" % (proc.pid, proc.pid))
        makers[b"mounts"] = lambda _: MadeLink(filesystem, lambda proc: b"self/mounts")
        makers[b"net"] = lambda _: MadeLink(filesystem, lambda proc: b"self/net")
        super().__init__(filesystem, None, b"", makers)
        #: Those looked at, so that they keep their inode numbers while their process lives.
        self._processes: dict[int, ProcessDirectory] = {}

    def lookup(self, name: bytes, proc: Any = None) -> Inode | None:
        if not name.isdigit():
            return super().lookup(name, proc)
        if proc is None or len(name) > 9 or name[0] == 0x30:
            return None
        pid = int(name)
        subject = proc.machine.processes.get(pid)
        directory = self._processes.get(pid)
        if directory is not None and directory.subject is not subject:
            del self._processes[pid]
            directory = None
        if subject is None or directory is not None:
            return directory
        if len(self._processes) > 2 * len(proc.machine.processes) + 64:
            self._forget_the_dead(proc)
        directory = self._processes[pid] = ProcessDirectory(self.filesystem, self, subject)
        return directory

    def _forget_the_dead(self, proc: Any) -> None:
        living = proc.machine.processes
        self._processes = {pid: found for pid, found in self._processes.items()
                           if living.get(pid) is found.subject}

    def names(self, proc: Any = None) -> Iterable[bytes]:
        pids = [b"%d" % pid for pid in sorted(proc.machine.processes)] if proc is not None else []
        return [*self.makers, *pids]
