"""ioctl(2) on terminals: the requests of ioctl_tty(2), by the end they are made at."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi import termios as t
from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_ACCMODE, O_CLOEXEC, O_NOCTTY, O_NONBLOCK
from ..abi.signal import SIGINT, SIGQUIT, SIGTSTP
from ..abi.structs import TERMIOS, WINSIZE, signed
from ..kernel.terminal_output import Termios

if TYPE_CHECKING:
    from ..kernel.process import Process
    from ..kernel.tty import Tty
    from .devpts import MasterFile, SlaveFile

_PEER_FLAGS = O_ACCMODE | O_CLOEXEC | O_NOCTTY | O_NONBLOCK


def slave(proc: Process, file: SlaveFile, request: int, argument: int) -> int:
    """A request at a program's terminal."""
    tty = file.tty
    if tty.hung_up:
        raise SysError(Errno.ENOTTY if request == t.TIOCSPGRP else Errno.EIO)
    match request:
        case t.TIOCGPGRP:
            _own(proc, tty)
            proc.mem.put_u32(argument, tty.pgid)
        case t.TIOCGSID:
            _own(proc, tty)
            _get_sid(proc, tty, argument)
        case t.TIOCSCTTY:
            tty.acquire(proc, argument == 1, file.readable)
        case t.TIOCNOTTY:
            tty.give_up(proc)
        case t.TIOCSPGRP:
            _set_foreground(proc, tty, argument)
        case t.TCFLSH:
            tty.check_change(proc)
            tty.flush(argument)
        case t.TCXONC:
            tty.check_change(proc)
            tty.flow(argument)
        case t.TCSBRK | t.TCSBRKP | t.TIOCSBRK:
            tty.check_change(proc)
        case t.TIOCCBRK:
            pass
        case t.FIONREAD:
            proc.mem.put_u32(argument, tty.line.readable_bytes())
        case _:
            return _common(proc, tty, request, argument, False)
    return 0


def master(proc: Process, file: MasterFile, request: int, argument: int) -> int:
    """A request at /dev/ptmx; that of the terminal's modes is one at the slave."""
    tty = file.tty
    match request:
        case t.TIOCGPTN:
            proc.mem.put_u32(argument, tty.index)
        case t.TIOCSPTLCK:
            tty.locked = bool(proc.mem.u32(argument))
        case t.TIOCGPTLCK:
            proc.mem.put_u32(argument, int(tty.locked))
        case t.TIOCGPTPEER:
            if argument & ~_PEER_FLAGS:
                raise SysError(Errno.EINVAL)
            return proc.fds.install(file.open_peer(proc, argument & ~O_CLOEXEC), bool(argument & O_CLOEXEC))
        case t.TIOCSIG:
            if argument not in (SIGINT, SIGQUIT, SIGTSTP):
                raise SysError(Errno.EINVAL)
            tty.signal(argument)
        case t.TIOCGPGRP:
            proc.mem.put_u32(argument, tty.pgid)
        case t.TIOCGSID:
            _get_sid(proc, tty, argument)
        case t.TIOCSPGRP:
            _set_foreground(proc, tty, argument)
        case t.FIONREAD:
            proc.mem.put_u32(argument, tty.pending_output)
        case t.TCFLSH:
            tty.flush({t.TCIFLUSH: t.TCOFLUSH, t.TCOFLUSH: t.TCIFLUSH}.get(argument, argument))
        case t.TIOCNOTTY:
            raise SysError(Errno.ENOTTY)
        case t.TIOCSCTTY:
            raise SysError(Errno.EPERM)
        case t.TCSBRK | t.TCSBRKP | t.TIOCSBRK | t.TIOCCBRK:
            pass
        case _:
            return _common(proc, tty, request, argument, True)
    return 0


def _own(proc: Process, tty: Tty) -> None:
    if proc.session.tty is not tty:
        raise SysError(Errno.ENOTTY)


def _get_sid(proc: Process, tty: Tty, argument: int) -> None:
    if tty.session is None:
        raise SysError(Errno.ENOTTY)
    proc.mem.put_u32(argument, tty.session.sid)


def _set_foreground(proc: Process, tty: Tty, argument: int) -> None:
    try:
        tty.check_change(proc)
    except SysError as error:
        if error.errno == Errno.EIO:  # an orphaned group
            raise SysError(Errno.ENOTTY) from None
        raise
    tty.set_foreground(proc, signed(proc.mem.u32(argument)))


def _common(proc: Process, tty: Tty, request: int, argument: int, by_master: bool) -> int:
    """Requests that mean the same at both ends."""
    match request:
        case t.TCGETS:
            modes = tty.line.termios
            proc.mem.write(argument, TERMIOS.pack(modes.iflag, modes.oflag, modes.cflag, modes.lflag, modes.line,
                                                  modes.cc))
        case t.TCSETS | t.TCSETSW | t.TCSETSF:
            iflag, oflag, cflag, lflag, line, cc = TERMIOS.unpack(proc.mem.read(argument, TERMIOS.size))
            tty.set_termios(None if by_master else proc, Termios(iflag, oflag, cflag, lflag, line, cc),
                            request == t.TCSETSF)
        case t.TIOCGWINSZ:
            proc.mem.write(argument, WINSIZE.pack(*tty.winsize))
        case t.TIOCSWINSZ:
            tty.resize(WINSIZE.unpack(proc.mem.read(argument, WINSIZE.size)))
        case t.TIOCOUTQ:
            proc.mem.put_u32(argument, 0)  # Linux's ptys have no queue of their own
        case t.TIOCEXCL:
            tty.exclusive = True
        case t.TIOCNXCL:
            tty.exclusive = False
        case t.TIOCGEXCL:
            proc.mem.put_u32(argument, int(tty.exclusive))
        case t.TIOCGETD:
            proc.mem.put_u32(argument, 0)
        case t.TIOCSETD:
            if proc.mem.u32(argument):
                raise SysError(Errno.EINVAL)
        case t.TIOCSTI:
            raise SysError(Errno.EPERM)  # L-TTY-002: nobody types for others
        case _:
            raise SysError(Errno.ENOTTY)
    return 0
