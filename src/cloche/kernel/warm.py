"""Warm starts: what a process was at its snapshot point, from which processes of other machines begin; D-0008.

A program that is about to read its first input makes the private call SYS_SNAPSHOT. In a machine that is being made into a
template the answer is 1, and the program then calls fork: unwound as for any fork, its frames, memory and globals are all
there is of it. No child is made; the process stays as it is for good, and copies of it go on from that fork.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.mman import PAGE_SIZE
from ..events.process import ProcessExecuted
from . import fork
from .guest import Fault

if TYPE_CHECKING:
    from .machine import Machine
    from .process import Process


class Template:
    """A process at its snapshot point. `pages`: (address, bytes) where its memory is not that of a fresh guest."""

    def __init__(self, proc: Process) -> None:
        assert proc.guest is not None
        self.proc = proc
        self.pages = self._changed_pages(proc)

    @staticmethod
    def _changed_pages(proc: Process) -> list[tuple[int, bytes]]:
        guest = proc.guest
        assert guest is not None
        fresh = guest.sibling()
        try:
            fresh.grow(guest.size)
            changed: list[tuple[int, bytearray]] = []
            for start, end in proc.mem.live(proc.fork_frames):
                for at in range(start & -PAGE_SIZE, end, PAGE_SIZE):
                    page = bytes(guest.view[at:at + PAGE_SIZE])
                    if page == fresh.view[at:at + PAGE_SIZE]:
                        continue
                    if changed and changed[-1][0] + len(changed[-1][1]) == at:
                        changed[-1][1].extend(page)
                    elif not changed or changed[-1][0] + len(changed[-1][1]) < at:
                        changed.append((at, bytearray(page)))
        finally:
            fresh.close()
        return [(at, bytes(data)) for at, data in changed]


def start(machine: Machine, template: Template, files: Mapping[int, Any], cwd: bytes,
          on_exit: Callable[[Process], None]) -> Process | None:
    """A child of init that goes on from a template; None if it would not be the process the template was (its id).

    `files` by descriptor; from 3 on they are closed by exec. SysError if the machine may not run the program, or has no room.
    """
    proc = machine.new_command()
    model = template.proc
    if proc.pid != model.pid:
        machine.abandon(proc)
        return None
    try:
        proc.cwd = machine.vfs.find_directory(proc, cwd)
        inode, path = machine.vfs.open_executable(proc, proc.cwd, model.exe_path)
        machine.security.process_program(proc, path, list(model.argv))
        for fd, file in files.items():
            proc.fds.replace(fd, file, cloexec=fd > 2)
        _take_over(proc, template)
    except BaseException:
        machine.abandon(proc)
        raise
    proc.exe, proc.exe_path, proc.comm = inode, path, model.comm
    machine.on_end(proc, on_exit)
    fork.rewind(proc, 0)
    if ProcessExecuted in machine.recorder.wanted:
        machine.recorder.emit(proc, ProcessExecuted(path, proc.argv))
    return proc


def _take_over(proc: Process, template: Template) -> None:
    """Guest, memory and what else execve and start-up made of the template."""
    model = template.proc
    assert model.guest is not None
    try:
        guest = model.guest.sibling()
    except Fault:
        raise SysError(Errno.ENOMEM) from None
    try:
        proc.mem = model.mem.twin(guest, proc.machine.memory)
    except SysError:
        guest.close()
        raise
    proc.guest = guest
    view = guest.view
    for at, data in template.pages:
        view[at:at + len(data)] = data
    proc.fork_frames = model.fork_frames
    proc.pending_flag, proc.start_block = model.pending_flag, model.start_block
    proc.argv, proc.environ, proc.umask = model.argv, model.environ, model.umask
    proc.blocked, proc.actions = model.blocked, dict(model.actions)
    proc.has_execed = True
