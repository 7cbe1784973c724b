"""The line discipline against what a native pty did with the same bytes (tools/record_tty.py)."""
import json
from dataclasses import replace
from pathlib import Path

import pytest

from cloche.abi import termios
from cloche.kernel.line_discipline import LineDiscipline

CASES = json.loads(Path(__file__).with_name("line_discipline.json").read_text())["cases"]


class Terminal:
    """The discipline with both ends, driven by the recorder's steps."""

    def __init__(self):
        self.output, self.signals, self.typed = bytearray(), [], bytearray()
        self.line = LineDiscipline(self.output.extend, lambda: 0 if self.line.stopped else 65536 - len(self.output),
                                   self.signals.append, self.flush)
        self.handed_over = 0  # output that was there before the present piece of input: a flush does not reach it

    def step(self, kind, argument=None):
        answer = getattr(self, kind)(*([] if argument is None else [argument]))
        signals = sorted(set(self.signals))  # a pending signal is not counted twice
        self.signals.clear()
        return answer, signals

    def set(self, modes):
        before = self.line.termios
        changes = {key: bits(modes[key]) for key in ("iflag", "oflag", "lflag") if key in modes}
        cc = bytearray(before.cc)
        for name, char in modes.get("cc", {}).items():
            cc[getattr(termios, name)] = ord(char)
        if not changes.get("lflag", before.lflag) & termios.ICANON:
            cc[termios.VMIN], cc[termios.VTIME] = 1, 0
        self.line.set_termios(replace(before, cc=bytes(cc), **changes))
        self.push()

    def feed(self, text):
        self.typed += text.encode("latin-1")
        self.handed_over = len(self.output)
        self.push()
        return len(text)

    def push(self):
        del self.typed[:self.line.feed(bytes(self.typed))]

    def flush(self):
        del self.output[self.handed_over:]

    def print(self, text):
        return self.line.write(text.encode("latin-1")) or None

    def read(self, count):
        if not self.line.available():
            return None
        data = self.line.read(count)
        self.push()
        return data.decode("latin-1")

    def take(self):
        data = self.output.decode("latin-1")
        self.output.clear()
        self.line.print_echoes()
        data += self.output.decode("latin-1")
        self.output.clear()
        return data

    def inq(self):
        return self.line.readable_bytes()


def bits(names):
    return sum(getattr(termios, name) for name in names.split())


@pytest.mark.parametrize("number", range(len(CASES)))
def test_does_what_the_native_pty_did(number):
    terminal = Terminal()
    for *step, expected, signals in CASES[number]:
        assert (step, *terminal.step(*step)) == (step, expected, sorted(signals))
