"""execve(2): from a path to a running program."""
from __future__ import annotations

import itertools
import struct
from typing import TYPE_CHECKING, Any

from ..abi.errno import EVFORKDONE, Errno, SysError
from ..abi.limits import RLIMIT_AS
from ..abi.mman import PAGE_SIZE
from ..abi.signal import SIG_IGN, SIGKILL, SIGPIPE
from ..abi.time import USER_HZ
from ..events.process import ProcessExecuted
from ..mm.address_space import AddressSpace, page_up
from . import exit as _exit
from . import signals
from .guest import Fault

if TYPE_CHECKING:
    from .guest import Program
    from .process import Process

#: execve(2): scripts whose interpreter is a script, at most this deep: ELOOP.
_INTERPRETERS_MAX = 4
#: Bytes of a `#!` line that count (BINPRM_BUF_SIZE).
_SHEBANG_MAX = 256
AT_PAGESZ, AT_UID, AT_EUID, AT_GID, AT_EGID, AT_HWCAP, AT_CLKTCK, AT_SECURE, AT_RANDOM, AT_EXECFN = \
    6, 11, 12, 13, 14, 16, 17, 23, 25, 31


def find_program(proc: Process, start: Any, path: bytes, argv: list[bytes],
                 ) -> tuple[Program, Any, bytes, list[bytes]]:
    """The program at `path`, its inode, its path, and argv as it will get it: longer for a script."""
    machine = proc.machine
    for _ in range(_INTERPRETERS_MAX):
        inode, where = machine.vfs.open_executable(proc, start, path)
        machine.security.process_program(proc, where, argv)
        head = bytes(inode.read_at(0, _SHEBANG_MAX))
        if not head.startswith(b"#!"):
            return machine.engine.load(inode, machine.vfs.image), inode, where, argv
        words = head[2:].split(b"\n", 1)[0].strip(b" \t").split(None, 1)
        if not words:
            raise SysError(Errno.ENOEXEC)
        argv = [*words, path, *argv[1:]]
        path, start = words[0], proc.cwd
    raise SysError(Errno.ELOOP)


def execve(proc: Process, start: Any, path: bytes, argv: list[bytes], environ: list[bytes]) -> int:
    """execve(2): the new program takes over once the old one has left its guest."""
    found = find_program(proc, start, path, argv)
    if not proc.alive:  # who reads the policy's decisions may have ended it
        return 0
    if proc.vfork_parent is not None:
        _exit.end_vfork(proc)
        if proc.alive:  # its parent's end may have been its own (PR_SET_PDEATHSIG)
            proc.fds.close_on_exec()
            replace(proc, *found, environ)
        return -EVFORKDONE
    proc.exec_request = (*found, environ)
    proc.leaving = True
    return 0


def finish_exec(proc: Process) -> None:
    """The old program has been unwound: replaces it."""
    request, proc.exec_request = proc.exec_request, None
    assert request is not None
    proc.mem.drop_shared()
    proc.machine.drop_guest(proc)
    proc.leaving = False
    proc.fds.close_on_exec()
    replace(proc, *request)


def replace(proc: Process, program: Program, inode: Any, path: bytes, argv: list[bytes], environ: list[bytes]) -> None:
    """Starts a program in a process that has no guest. Past the point of no return: failure is SIGKILL."""
    try:
        begin(proc, program, inode, path, argv, environ)
    except SysError:
        _exit.terminate(proc, SIGKILL)


def begin(proc: Process, program: Program, inode: Any, path: bytes, argv: list[bytes], environ: list[bytes]) -> None:
    """Gives a process without a guest the program to run. ENOMEM if there is no room for it."""
    machine = proc.machine
    try:
        guest = program.instantiate(machine.limits.memory_process_bytes_max)
    except Fault:
        raise SysError(Errno.ENOMEM) from None
    try:
        mem = AddressSpace(guest, machine.memory)
    except SysError:
        guest.close()
        raise
    proc.guest, proc.mem, proc.pending_flag = guest, mem, guest.pending_flag()
    if RLIMIT_AS in proc.rlimits:
        mem.bytes_max = proc.rlimits[RLIMIT_AS][0]
    proc.exe, proc.exe_path, proc.comm = inode, path, path.rsplit(b"/", 1)[-1][:15]
    proc.argv, proc.environ = tuple(argv), tuple(environ)
    proc.has_execed = True
    # execve(2): handlers become the default, what is ignored stays so.
    proc.actions = {signo: action for signo, action in proc.actions.items() if action[0] == SIG_IGN}
    proc.forget_wait()
    proc.saved_mask = proc.fork_result = proc.fork_frames = None
    proc.awaited, proc.forking = 0, False
    if guest.owns_memory:
        proc.start_block = 0
        proc.actions[SIGPIPE] = (SIG_IGN, 0, 0)  # WASI has no signals: fd_write answers EPIPE
    else:
        proc.start_block = _write_start_block(proc, path, argv, environ)
    guest.start()
    machine.scheduler.add(proc)
    if proc.pending & ~proc.blocked:
        signals.deliver(proc)
    if ProcessExecuted in machine.recorder.wanted:
        machine.recorder.emit(proc, ProcessExecuted(path, proc.argv))


def _write_start_block(proc: Process, path: bytes, argv: list[bytes], environ: list[bytes]) -> int:
    """argc, argv, envp, auxv and their strings, as Linux lays them out for a new program (getauxval(3))."""
    cred = proc.cred
    auxv = [AT_PAGESZ, PAGE_SIZE, AT_UID, cred.ruid, AT_EUID, cred.euid, AT_GID, cred.rgid, AT_EGID, cred.egid,
            AT_HWCAP, 0, AT_CLKTCK, USER_HZ, AT_SECURE, 0]
    table = 4 * (1 + len(argv) + 1 + len(environ) + 1 + len(auxv) + 6)
    size = table + sum(len(text) + 1 for text in itertools.chain(argv, environ)) + len(path) + 1 + 16
    base = proc.mem.map(page_up(size))
    strings = bytearray()

    def put(data: bytes) -> int:
        address = base + table + len(strings)
        strings.extend(data)
        return address

    words = [len(argv), *[put(text + b"\0") for text in argv], 0, *[put(text + b"\0") for text in environ], 0,
             *auxv, AT_EXECFN, put(path + b"\0"), AT_RANDOM, put(proc.machine.rng.bytes(16)), 0, 0]
    proc.mem.write(base, struct.pack(f"<{len(words)}I", *words) + strings)
    return base
