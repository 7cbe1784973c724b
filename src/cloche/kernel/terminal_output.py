"""What a terminal prints, output and echo alike: post-processing, columns, stopping; part of Linux's n_tty.c."""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..abi import termios as t

#: Bytes of input that can wait to be read (N_TTY_BUF_SIZE), one of which stays free; and of echoes not yet printed.
BUFFER_SIZE = 4096
#: Echoes are printed at the end of a piece of input, or once so many wait (ECHO_COMMIT_WATERMARK).
_ECHO_WATERMARK = 256

# Echoes wait as (operation, value) pairs: their columns are only known when they are printed.
CHAR, CONTROL, SET_COLUMN, BACK_COLUMN, ERASE_TAB, LITERAL = range(6)

_PLAIN = re.compile(rb"[^\n\r\t\b]*")
_HIDDEN = re.compile(rb"[\x00-\x1f\x7f]")
_CONTINUATION = re.compile(rb"[\x80-\xbf]")

_DEFAULT_CC = bytes((3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0))


@dataclass(frozen=True, slots=True)
class Termios:
    """struct termios: how a terminal behaves. The values to begin with are those of a Linux pty."""

    iflag: int = t.ICRNL | t.IXON
    oflag: int = t.OPOST | t.ONLCR
    cflag: int = t.B38400 | t.CS8 | t.CREAD
    lflag: int = t.ISIG | t.ICANON | t.ECHO | t.ECHOE | t.ECHOK | t.ECHOCTL | t.ECHOKE | t.IEXTEN
    line: int = 0
    cc: bytes = _DEFAULT_CC


def is_control(char: int) -> bool:
    return char < 32 or char == 127


# Letters are those of the kernel's Latin-1 table (lib/ctype.c).
def is_upper(char: int) -> bool:
    return 65 <= char <= 90 or (0xC0 <= char <= 0xDE and char != 0xD7)


def is_lower(char: int) -> bool:
    return 97 <= char <= 122 or (char >= 0xDF and char != 0xF7)


def is_word(char: int) -> bool:
    """What VWERASE erases together."""
    return 48 <= char <= 57 or char == 95 or is_upper(char) or is_lower(char)


class TerminalOutput:
    """The printing half of a line discipline.

    `emit(bytes)` is where output goes, `room()` how many bytes of it may go now.
    """

    def __init__(self, emit: Callable[[bytes], None], room: Callable[[], int]) -> None:
        self._emit, self._room = emit, room
        self.termios = Termios()
        self._column = self._canon_column = 0
        self._echoes: list[tuple[int, int]] = []
        self.stopped = False  # by VSTOP or TCOOFF
        self.stopped_by_ioctl = False

    def _is_continuation(self, byte: int) -> bool:
        return bool(self.termios.iflag & t.IUTF8) and byte & 0xC0 == 0x80

    # echo

    def _echo(self, operation: int, value: int = 0) -> None:
        echoes = self._echoes
        echoes.append((operation, value))
        if len(echoes) >= _ECHO_WATERMARK:
            self.print_echoes()
            if len(echoes) > BUFFER_SIZE:
                del echoes[0]  # nobody takes the output: the oldest echo is lost, as in Linux

    def _echo_char(self, char: int) -> None:
        if char == 0xFF:
            self._echo(LITERAL, char)
        elif self.termios.lflag & t.ECHOCTL and is_control(char) and char != 9:
            self._echo(CONTROL, char)
        else:
            self._echo(CHAR, char)

    def print_echoes(self) -> None:
        """Prints the echoes that wait, as far as there is room."""
        echoes = self._echoes
        if not echoes:
            return
        done = 0
        for operation, value in echoes:
            if not self._print_echo(operation, value):
                break
            done += 1
        del echoes[:done]

    def _print_echo(self, operation: int, value: int) -> bool:
        if operation == SET_COLUMN:
            self._canon_column = self._column
            return True
        if operation == BACK_COLUMN:
            self._column = max(0, self._column - 1)
            return True
        if operation == ERASE_TAB:
            back = 8 - (value + (0 if value & 0x80 else self._canon_column) & 7)
            if self._room() < back:
                return False
            self._emit(b"\b" * back)
            self._column = max(0, self._column - back)
        elif operation == CONTROL:
            if self._room() < 2:
                return False
            self._emit(bytes((0x5E, value ^ 0x40)))
            self._column += 2
        elif operation == CHAR and self.termios.oflag & t.OPOST:
            return self._print(value)
        else:
            if self._room() < 1:
                return False
            self._emit(bytes((value,)))
            self._column += operation == LITERAL
        return True

    # output

    def write(self, data: bytes | memoryview) -> int:
        """Prints. Says how many bytes were taken: fewer than all while the terminal is stopped or full."""
        self.print_echoes()
        data = bytes(data[:max(0, self._room())])
        if not self.termios.oflag & t.OPOST:
            self._emit(data)
            return len(data)
        taken, total = 0, len(data)
        while taken < total:
            plain = self._plain_run(data, taken, min(total, taken + self._room()))
            if plain > taken:
                self._emit(data[taken:plain])
                taken = plain
            elif self._print(data[taken]):
                taken += 1
            else:
                break
        return taken

    def _plain_run(self, data: bytes, start: int, limit: int) -> int:
        """The end of the run from `start` of characters that are printed as they are; counts their columns."""
        if self.termios.oflag & t.OLCUC:
            return start
        match = _PLAIN.match(data, start, max(start, limit))
        assert match is not None
        run = match.group()
        hidden = len(_HIDDEN.findall(run))
        if self.termios.iflag & t.IUTF8:
            hidden += len(_CONTINUATION.findall(run))
        self._column += len(run) - hidden
        return match.end()

    def _print(self, char: int) -> bool:
        """Prints one character with OPOST. False: no room."""
        room, oflag = self._room(), self.termios.oflag
        if room < 1:
            return False
        out = bytes((char,))
        if char == 10:
            if oflag & t.ONLRET:
                self._column = 0
            if oflag & t.ONLCR:
                if room < 2:
                    return False
                self._column = 0
                out = b"\r\n"
            self._canon_column = self._column
        elif char == 13:
            if oflag & t.ONOCR and self._column == 0:
                return True
            if oflag & t.OCRNL:
                out = b"\n"
                if oflag & t.ONLRET:
                    self._canon_column = self._column = 0
            else:
                self._canon_column = self._column = 0
        elif char == 9:
            spaces = 8 - (self._column & 7)
            if oflag & t.TABDLY == t.XTABS:
                if room < spaces:
                    return False
                out = b" " * spaces
            self._column += spaces
        elif char == 8:
            self._column = max(0, self._column - 1)
        elif not is_control(char):
            if oflag & t.OLCUC and is_lower(char):
                out = bytes((char - 32,))
            if not self._is_continuation(char):
                self._column += 1
        self._emit(out)
        return True

    def start(self) -> None:
        """VSTART: output goes on, unless TCOOFF stopped it."""
        self.stopped = self.stopped_by_ioctl
        self.print_echoes()
