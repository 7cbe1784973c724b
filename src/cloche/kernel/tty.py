"""Terminals: a pty pair, its line discipline between, and job control; Linux's tty_io.c, tty_jobctrl.c, pty.c.

The slave is a program's terminal, the master what types and shows. Both ends' open files are in fs/devpts.py.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..abi import termios as t
from ..abi.errno import Errno, Restart, SysError
from ..abi.poll import POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM
from ..abi.signal import SIG_IGN, SIGCONT, SIGHUP, SIGTTIN, SIGTTOU, SIGWINCH
from ..abi.time import MS
from ..lib.wait_queue import WaitQueue
from . import session, signals
from .line_discipline import LineDiscipline
from .terminal_output import BUFFER_SIZE, Termios

if TYPE_CHECKING:
    from .machine import Machine
    from .process import Process

#: Bytes one direction holds before its writer has to wait.
INPUT_BYTES_MAX = OUTPUT_BYTES_MAX = 65536
_IN, _OUT = POLLIN | POLLRDNORM, POLLOUT | POLLWRNORM


class Tty:
    """A pseudo-terminal (pty(7)). `index` is the N of /dev/pts/N. `winsize`: rows, columns, and both in pixels.

    `session` is whose controlling terminal it is, `pgid` that session's foreground group, 0 for none.
    """

    def __init__(self, machine: Machine, index: int) -> None:
        self._machine, self.index = machine, index
        self.line = LineDiscipline(self._emit, self.room, self.signal, self._flush_output)
        self.winsize = (0, 0, 0, 0)
        self.session: session.Session | None = None
        self.pgid = 0
        self.exclusive = False  # TIOCEXCL
        self.locked = True  # TIOCSPTLCK
        self.slaves = 0  # open file descriptions of the slave
        self.abandoned = False  # the slave was open, and is no more
        self.hung_up = False
        self.read_queue, self.write_queue = WaitQueue(), WaitQueue()
        self.master_read_queue, self.master_write_queue = WaitQueue(), WaitQueue()
        self._typed = bytearray()  # at the master, and not yet taken by the line discipline
        self._output = bytearray()
        self._kept = 0  # bytes of _output that a signal's flush does not reach
        self._last_input = 0
        self._timer: list[Any] | None = None

    # between the line discipline and the master

    def _emit(self, data: bytes) -> None:
        self._output += data

    def room(self) -> int:
        """Bytes that may be printed now."""
        return 0 if self.line.stopped else max(0, OUTPUT_BYTES_MAX - len(self._output))

    def _flush_output(self) -> None:
        """What the master's own buffer has not yet taken over is gone."""
        del self._output[self._kept:]

    def feed(self, data: bytes | memoryview) -> int:
        """Types. Says how many bytes were taken: fewer than all if nobody reads them."""
        if self.hung_up:
            return 0
        taken = bytes(data[:INPUT_BYTES_MAX - len(self._typed)])
        self._typed += taken
        self._push()
        return len(taken)

    def _push(self) -> None:
        """Hands what was typed to the line discipline, as far as it takes it."""
        self._kept = min(len(self._output), BUFFER_SIZE - 1)
        taken = self.line.feed(bytes(self._typed)) if self._typed else 0
        if taken:
            del self._typed[:taken]
            self._last_input = self._machine.clock.monotonic()
            self.master_write_queue.wake()
        if self.line.available():
            self.read_queue.wake()
        self._printed()

    def _printed(self) -> None:
        """The output, or whether it is stopped, may have changed."""
        if self._output:
            self.master_read_queue.wake()
        if self.room():
            self.write_queue.wake()

    @property
    def pending_output(self) -> int:
        return len(self._output)

    @property
    def pending_input(self) -> int:
        """Typed bytes that the line discipline has not taken."""
        return len(self._typed)

    def take(self, count: int) -> bytes:
        """What was printed, at most `count` bytes of it."""
        data = bytes(self._output[:count])
        del self._output[:count]
        self.line.print_echoes()
        if self.room():
            self.write_queue.wake()
        return data

    def poll_master(self) -> int:
        events = _IN if self._output else 0
        if len(self._typed) < INPUT_BYTES_MAX:
            events |= _OUT
        return events | (POLLHUP if self.abandoned else 0)

    def resize(self, winsize: tuple[int, int, int, int]) -> None:
        """TIOCSWINSZ: SIGWINCH to the foreground group, if it is a change."""
        if winsize != self.winsize:
            self.winsize = winsize
            self.signal(SIGWINCH)

    # the slave

    def slave_opened(self) -> None:
        self.slaves += 1
        self.abandoned = False

    def slave_closed(self) -> None:
        self.slaves -= 1
        if not self.slaves:
            self.abandoned = True
            self.exclusive = False
            self.master_read_queue.wake()

    def read(self, proc: Process, count: int, nonblocking: bool) -> bytes | None:
        """read(2) of the slave; None: would wait."""
        if self.hung_up:
            return b""
        self._check_background(proc, SIGTTIN)
        if not count:
            return b""
        line = self.line
        available = line.available()
        if line.termios.lflag & t.ICANON:
            if not available:
                return None
        elif not self._enough(proc, available, count, nonblocking):
            return None
        proc.deadline = None
        data = line.read(count) if available else b""
        self._push()
        return data

    def _enough(self, proc: Process, available: int, count: int, nonblocking: bool) -> bool:
        """Whether a raw read ends now: termios(3), the four cases of MIN and TIME."""
        cc = self.line.termios.cc
        minimum, time = min(cc[t.VMIN], count), cc[t.VTIME] * 100 * MS
        if available >= (minimum or 1) or (available and nonblocking):
            return True
        if not minimum and not time:
            return True
        if nonblocking or not time or (minimum and not available):
            return False
        deadline = proc.until(time)
        if minimum:  # TIME counts between bytes
            deadline = max(deadline, self._last_input + time)
        if self._machine.clock.monotonic() >= deadline:
            return True
        self._wake_readers_at(deadline)
        return False

    def _wake_readers_at(self, deadline: int) -> None:
        """One timer for all readers: each looks at its own deadline when woken."""
        scheduler = self._machine.scheduler
        if self._timer is not None:
            if self._timer[0] <= deadline:
                return
            scheduler.cancel(self._timer)
        self._timer = scheduler.at(deadline, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self.read_queue.wake()

    def write(self, proc: Process, data: bytes | memoryview) -> int | None:
        """write(2) to the slave; None: would wait."""
        if self.hung_up:
            raise SysError(Errno.EIO)
        if self.line.termios.lflag & t.TOSTOP:
            self._check_background(proc, SIGTTOU)
        if not len(data):
            return 0
        count = self.line.write(data)
        if self._output:
            self.master_read_queue.wake()
        return count or None

    def poll(self) -> int:
        """The slave's."""
        if self.hung_up:
            return _IN | _OUT | POLLERR | POLLHUP
        cc, line = self.line.termios.cc, self.line
        wanted = 1
        if not line.termios.lflag & t.ICANON and cc[t.VMIN] and not cc[t.VTIME]:
            wanted = cc[t.VMIN]
        return (_IN if line.available() >= wanted else 0) | (_OUT if self.room() else 0)

    # modes

    def set_termios(self, proc: Process | None, termios: Termios, flush: bool) -> None:
        """TCSETS and kin. `proc` is None if the master asks. A pty always has 8 bits, no parity, and receives."""
        if proc is not None:
            self._check_background(proc, SIGTTOU)
        if flush:
            self.flush(t.TCIFLUSH)
        cflag = termios.cflag & ~(t.CSIZE | t.PARENB) | t.CS8 | t.CREAD
        self.line.set_termios(Termios(termios.iflag, termios.oflag, cflag, termios.lflag, termios.line, termios.cc))
        self._push()
        self.read_queue.wake()
        self.write_queue.wake()

    def flush(self, which: int) -> None:
        """TCFLSH."""
        if which not in (t.TCIFLUSH, t.TCOFLUSH, t.TCIOFLUSH):
            raise SysError(Errno.EINVAL)
        if which != t.TCOFLUSH:
            self._typed.clear()
            self.line.flush_input()
            self.master_write_queue.wake()
        if which != t.TCIFLUSH:
            self._output.clear()
            self.write_queue.wake()

    def flow(self, action: int) -> None:
        """TCXONC."""
        if action == t.TCOOFF:
            self.line.stopped = self.line.stopped_by_ioctl = True
        elif action == t.TCOON:
            if self.line.stopped_by_ioctl:
                self.line.stopped_by_ioctl = False
                self.line.start()
                self._printed()
        elif action in (t.TCIOFF, t.TCION):
            char = self.line.termios.cc[t.VSTOP if action == t.TCIOFF else t.VSTART]
            if char != t.VDISABLE and len(self._output) < OUTPUT_BYTES_MAX:
                self._emit(bytes((char,)))
                self._printed()
        else:
            raise SysError(Errno.EINVAL)

    # job control

    def signal(self, signo: int) -> None:
        """A signal to the foreground group."""
        if self.pgid:
            signals.send_group(self._machine, self.pgid, signo)

    def check_change(self, proc: Process) -> None:
        """Before a change that the foreground group would notice: SIGTTOU to others (tty_check_change)."""
        self._check_background(proc, SIGTTOU)

    def _check_background(self, proc: Process, signo: int) -> None:
        """POSIX 11.1.4: access by a background group of the session stops it, or fails if it cannot be stopped."""
        if proc.session.tty is not self or proc.pgid == self.pgid or not self.pgid:
            return
        handler = proc.actions.get(signo, (0, 0, 0))[0]
        if proc.blocked >> signo - 1 & 1 or handler == SIG_IGN:
            if signo == SIGTTIN:
                raise SysError(Errno.EIO)
            return
        if session.is_orphaned(self._machine, proc.pgid):
            raise SysError(Errno.EIO)
        signals.send_group(self._machine, proc.pgid, signo)
        raise Restart

    def opened_by(self, proc: Process) -> None:
        """open(2) without O_NOCTTY: a session leader that has no terminal gets this one."""
        if proc.session.led_by(proc) and proc.session.tty is None and self.session is None:
            self.control(proc)

    def control(self, proc: Process) -> None:
        """Becomes the controlling terminal of the session of `proc`."""
        self.session, self.pgid = proc.session, proc.pgid
        proc.session.tty = self

    def acquire(self, proc: Process, steal: bool, readable: bool) -> None:
        """TIOCSCTTY."""
        if proc.session is self.session and proc.session.led_by(proc):
            return
        if not proc.session.led_by(proc) or proc.session.tty is not None:
            raise SysError(Errno.EPERM)
        privileged = proc.cred.privileged
        if (self.session is not None and not (steal and privileged)) or not (readable or privileged):
            raise SysError(Errno.EPERM)
        if self.session is not None:
            self.session.tty = None
        self.control(proc)

    def give_up(self, proc: Process) -> None:
        """TIOCNOTTY. For a process that does not lead the session it does nothing. # L-TTY-003"""
        if proc.session.tty is not self:
            raise SysError(Errno.ENOTTY)
        if proc.session.led_by(proc):
            pgid = self.pgid
            self._disown()
            if pgid:
                signals.send_group(self._machine, pgid, SIGHUP)
                signals.send_group(self._machine, pgid, SIGCONT)

    def leader_exited(self) -> None:
        """setsid(2): the end of a session leader is SIGHUP for the foreground group."""
        pgid = self.pgid
        self._disown()
        if pgid:
            signals.send_group(self._machine, pgid, SIGHUP)

    def _disown(self) -> None:
        if self.session is not None:
            self.session.tty = None
        self.session, self.pgid = None, 0

    def set_foreground(self, proc: Process, pgid: int) -> None:
        """TIOCSPGRP, tcsetpgrp(3)."""
        if proc.session.tty is not self or self.session is not proc.session:
            raise SysError(Errno.ENOTTY)
        if pgid < 0:
            raise SysError(Errno.EINVAL)
        member = next(session.members(self._machine, pgid), None)
        if member is None:
            raise SysError(Errno.ESRCH)
        if member.session is not proc.session:
            raise SysError(Errno.EPERM)
        self.pgid = pgid

    def hang_up(self) -> None:
        """The master is closed: reads end, writes fail, the session leader gets SIGHUP."""
        if self.hung_up:
            return
        self.hung_up = True
        owner, pgid = self.session, self.pgid
        self._disown()
        if self._timer is not None:
            self._machine.scheduler.cancel(self._timer)
            self._timer = None
        self._typed.clear()
        self._output.clear()
        self.line.flush_input()
        for queue in (self.read_queue, self.write_queue, self.master_read_queue, self.master_write_queue):
            queue.wake()
        leader = self._machine.processes.get(owner.sid) if owner is not None else None
        if owner is not None and leader is not None and leader.session is owner:
            owner.lost_pgid = pgid  # it gets SIGHUP when the leader exits
            signals.send(leader, SIGHUP)
            signals.send(leader, SIGCONT)
