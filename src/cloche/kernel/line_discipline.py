"""The terminal line discipline: what becomes of each byte typed and each byte printed; Linux's drivers/tty/n_tty.c.

Pure: bytes in, bytes out, and two callbacks. It knows of no processes; who may read and write is kernel/tty.py.
"""
from __future__ import annotations

from collections.abc import Callable

from ..abi import termios as t
from ..abi.signal import SIGINT, SIGQUIT, SIGTSTP
from .terminal_output import (
    BACK_COLUMN,
    BUFFER_SIZE,
    CHAR,
    ERASE_TAB,
    SET_COLUMN,
    TerminalOutput,
    Termios,
    is_control,
    is_upper,
    is_word,
)


class LineDiscipline(TerminalOutput):
    """N_TTY. `feed` takes what is typed, `read` gives what a program gets; `write` takes what it prints.

    `signal(signo)` is what VINTR, VQUIT and VSUSP do.
    """

    def __init__(self, emit: Callable[[bytes], None], room: Callable[[], int], signal: Callable[[int], None],
                 flush_output: Callable[[], None]) -> None:
        super().__init__(emit, room)
        self._signal, self._flush_output = signal, flush_output
        self._input = bytearray()  # read by a program from the front
        self._ends: list[int] = []  # canonical mode: indexes in _input of the characters that end a line, ascending
        self._canon = 0  # length of _input that lines which have ended take
        self._next_literal = False  # VLNEXT came
        self._erasing = False  # ECHOPRT: between \ and /
        self._classify()

    # modes

    def set_termios(self, termios: Termios) -> None:
        """tcsetattr(3). A change of ICANON turns what waits to be read into a line, or into plain characters."""
        old, self.termios = self.termios, termios
        if (old.lflag ^ termios.lflag) & (t.ICANON | t.EXTPROC):
            self._ends = []
            if termios.lflag & t.ICANON and self._input:
                self._ends = [len(self._input) - 1]
                self._canon = len(self._input)
            else:
                self._canon = 0
            self._erasing = self._next_literal = False
        self._classify()
        if old.iflag & t.IXON and not termios.iflag & t.IXON and not self.stopped_by_ioctl:
            self.start()

    def _classify(self) -> None:
        """Finds the characters that are not just data in the present modes."""
        iflag, lflag, cc = self.termios.iflag, self.termios.lflag, self.termios.cc
        special = set()
        if iflag & (t.IGNCR | t.ICRNL):
            special.add(13)
        if iflag & t.INLCR:
            special.add(10)
        if lflag & t.ICANON:
            special |= {cc[t.VERASE], cc[t.VKILL], cc[t.VEOF], 10, cc[t.VEOL]}
            if lflag & t.IEXTEN:
                special |= {cc[t.VWERASE], cc[t.VLNEXT], cc[t.VEOL2]}
                if lflag & t.ECHO:
                    special.add(cc[t.VREPRINT])
        if iflag & t.IXON:
            special |= {cc[t.VSTART], cc[t.VSTOP]}
        if lflag & t.ISIG:
            special |= {cc[t.VINTR], cc[t.VQUIT], cc[t.VSUSP]}
        special.discard(t.VDISABLE)
        self._special = frozenset(special)
        self._canonical = bool(lflag & t.ICANON)
        self._plain = not special and not lflag & t.ECHO and not iflag & (t.ISTRIP | t.IUCLC | t.PARMRK)

    @property
    def _lines(self) -> bool:
        return self._canonical and not self.termios.lflag & t.EXTPROC

    # input

    def feed(self, data: bytes) -> int:
        """Takes what is typed. Says how many bytes: fewer than all when nobody reads (read buffer full)."""
        taken, total = 0, len(data)
        parmrk = self.termios.iflag & t.PARMRK
        while taken < total:
            room = BUFFER_SIZE - len(self._input)
            room = (-(-room // 3) if parmrk else room) - 1
            if room <= 0:
                # A line that does not end keeps its first 4095 bytes and the last one: erasing must go on working.
                if not self._canonical or self._canon:
                    break
                if room < 0:
                    del self._input[-1]
                room = 1
            piece = data[taken:taken + room]
            if self._plain:
                self._input += piece
            else:
                self._receive(piece)
            taken += len(piece)
        return taken

    def _receive(self, piece: bytes) -> None:
        iflag, lflag = self.termios.iflag, self.termios.lflag
        for char in piece:
            if iflag & t.ISTRIP:
                char &= 0x7F
            if iflag & t.IUCLC and lflag & t.IEXTEN and is_upper(char):
                char += 32
            if self._next_literal:
                self._next_literal = False
                self._receive_plain(char)
            elif lflag & t.EXTPROC:
                self._input.append(char)
            elif char in self._special:
                self._receive_special(char)
            else:
                self._receive_plain(char)
        if lflag & (t.ECHO | t.ECHONL):
            self.print_echoes()

    def _receive_plain(self, char: int) -> None:
        self._restart_on_any()
        if self.termios.lflag & t.ECHO:
            self._finish_erasing()
            if self._canon == len(self._input):
                self._echo(SET_COLUMN)
            self._echo_char(char)
        self._store(char)

    def _restart_on_any(self) -> None:
        iflag = self.termios.iflag
        if self.stopped and not self.stopped_by_ioctl and iflag & t.IXON and iflag & t.IXANY:
            self.start()

    def _store(self, char: int) -> None:
        if char == 0xFF and self.termios.iflag & t.PARMRK:
            self._input.append(char)
        self._input.append(char)

    def _receive_special(self, char: int) -> None:
        iflag, lflag, cc = self.termios.iflag, self.termios.lflag, self.termios.cc
        if iflag & t.IXON:
            if char == cc[t.VSTART]:
                self.start()
                return
            if char == cc[t.VSTOP]:
                self.stopped = True
                return
        if lflag & t.ISIG:
            for index, signo in ((t.VINTR, SIGINT), (t.VQUIT, SIGQUIT), (t.VSUSP, SIGTSTP)):
                if char == cc[index]:
                    self._receive_signal(char, signo)
                    return
        self._restart_on_any()
        if char == 13:
            if iflag & t.IGNCR:
                return
            if iflag & t.ICRNL:
                char = 10
        elif char == 10 and iflag & t.INLCR:
            char = 13
        if self._canonical and self._receive_canonical(char):
            return
        if lflag & t.ECHO:
            self._finish_erasing()
            if char == 10:
                self._echo(CHAR, 10)
            else:
                if self._canon == len(self._input):
                    self._echo(SET_COLUMN)
                self._echo_char(char)
        self._store(char)

    def _receive_signal(self, char: int, signo: int) -> None:
        if not self.termios.lflag & t.NOFLSH:
            self._echoes.clear()
            self._flush_output()
            self.flush_input()
        self._signal(signo)
        if self.termios.iflag & t.IXON:
            self.stopped = self.stopped_by_ioctl
        if self.termios.lflag & t.ECHO:
            self._echo_char(char)
        else:
            self.print_echoes()

    def _receive_canonical(self, char: int) -> bool:
        """Editing and ends of lines. False: it is a character like others."""
        lflag, cc = self.termios.lflag, self.termios.cc
        extended = lflag & t.IEXTEN
        if char in (cc[t.VERASE], cc[t.VKILL]) or (char == cc[t.VWERASE] and extended):
            self._erase(char)
        elif char == cc[t.VLNEXT] and extended:
            self._next_literal = True
            if lflag & t.ECHO:
                self._finish_erasing()
                if lflag & t.ECHOCTL:
                    self._echo(CHAR, 0x5E)
                    self._echo(CHAR, 8)
        elif char == cc[t.VREPRINT] and extended and lflag & t.ECHO:
            self._finish_erasing()
            self._echo_char(char)
            self._echo(CHAR, 10)
            for waiting in self._input[self._canon:]:
                self._echo_char(waiting)
        elif char == 10:
            if lflag & (t.ECHO | t.ECHONL):
                self._echo(CHAR, 10)
            self._end_line(10)
        elif char == cc[t.VEOF]:
            self._end_line(t.VDISABLE)
        elif char == cc[t.VEOL] or (char == cc[t.VEOL2] and extended):
            if lflag & t.ECHO:
                if self._canon == len(self._input):
                    self._echo(SET_COLUMN)
                self._echo_char(char)
            if char == 0xFF and self.termios.iflag & t.PARMRK:
                self._input.append(char)
            self._end_line(char)
        else:
            return False
        return True

    def _end_line(self, char: int) -> None:
        self._ends.append(len(self._input))
        self._input.append(char)
        self._canon = len(self._input)

    # erasing

    def _erase(self, char: int) -> None:
        """VERASE, VWERASE, VKILL."""
        if len(self._input) == self._canon:
            return
        lflag, cc = self.termios.lflag, self.termios.cc
        word = line = False
        if char == cc[t.VERASE]:
            pass
        elif char == cc[t.VWERASE]:
            word = True
        else:
            line = True
            if not lflag & t.ECHO:
                del self._input[self._canon:]
                return
            if lflag & (t.ECHOK | t.ECHOKE | t.ECHOE) != t.ECHOK | t.ECHOKE | t.ECHOE:
                del self._input[self._canon:]
                self._finish_erasing()
                self._echo_char(cc[t.VKILL])
                if lflag & t.ECHOK:
                    self._echo(CHAR, 10)
                return
        seen_word = False
        while len(self._input) > self._canon:
            start = len(self._input) - 1
            while self._is_continuation(self._input[start]) and start > self._canon:
                start -= 1
            first = self._input[start]
            if self._is_continuation(first):
                break  # half a character is not erased
            if word:
                if is_word(first):
                    seen_word = True
                elif seen_word:
                    break
            gone = bytes(self._input[start:])
            del self._input[start:]
            if lflag & t.ECHO:
                self._echo_erasure(gone, not word and not line)
            if not word and not line:
                break
        if len(self._input) == self._canon and lflag & t.ECHO:
            self._finish_erasing()

    def _echo_erasure(self, gone: bytes, single: bool) -> None:
        """Shows that one character, of one or more bytes, is gone."""
        lflag, char = self.termios.lflag, gone[0]
        if lflag & t.ECHOPRT:
            if not self._erasing:
                self._echo(CHAR, 0x5C)
                self._erasing = True
            self._echo_char(char)
            for byte in gone[1:]:
                self._echo(CHAR, byte)
                self._echo(BACK_COLUMN)
        elif single and not lflag & t.ECHOE:
            self._echo_char(self.termios.cc[t.VERASE])
        elif char == 9:
            columns, after_tab = 0, False
            for waiting in reversed(self._input[self._canon:]):
                if waiting == 9:
                    after_tab = True
                    break
                if is_control(waiting):
                    columns += 2 if lflag & t.ECHOCTL else 0
                elif not self._is_continuation(waiting):
                    columns += 1
            self._echo(ERASE_TAB, columns & 7 | (0x80 if after_tab else 0))
        else:
            if is_control(char) and lflag & t.ECHOCTL:
                self._echo_backspaces()
            if not is_control(char) or lflag & t.ECHOCTL:
                self._echo_backspaces()

    def _echo_backspaces(self) -> None:
        for byte in b"\b \b":
            self._echo(CHAR, byte)

    def _finish_erasing(self) -> None:
        if self._erasing:
            self._echo(CHAR, 0x2F)
            self._erasing = False

    # reading

    def available(self) -> int:
        """Bytes that `read` could give now; in canonical mode only of lines that have ended (an empty one counts 1)."""
        return self._canon if self._lines else len(self._input)

    def readable_bytes(self) -> int:
        """FIONREAD: as `available`, without the characters that stand for VEOF."""
        if not self._lines:
            return len(self._input)
        return self._canon - sum(1 for end in self._ends if not self._input[end])

    def read(self, count: int) -> bytes:
        """At most `count` bytes, and in canonical mode at most one line. Call it only if some are `available`."""
        buffer = self._input
        if not self._lines:
            data = bytes(buffer[:count])
            self._drop(len(data))
            return data
        end = self._ends[0] if self._ends else len(buffer) - 1
        if end + 1 <= count or (end == count and not buffer[end]):
            data = bytes(buffer[:end + 1])
            self._drop(end + 1)
            return data[:-1] if not data[-1] else data
        data = bytes(buffer[:count])
        self._drop(count)
        return data

    def _drop(self, count: int) -> None:
        """The first `count` bytes have been read."""
        del self._input[:count]
        self._canon = max(0, self._canon - count)
        if self._ends:
            self._ends = [end - count for end in self._ends if end >= count]

    def flush_input(self) -> None:
        """TCIFLUSH: what was typed and not read is gone."""
        self._input.clear()
        self._ends.clear()
        self._canon = 0
        self._next_literal = self._erasing = False
