"""Records what a native Linux pty does with byte sequences, for tests/unit/kernel/test_line_discipline.py.

    python tools/record_tty.py > tests/unit/kernel/line_discipline.json

A case is a list of steps: ["set", {flags}] (tcsetattr), ["feed", bytes] (typed at the master), ["print", bytes]
(written to the slave), ["read", count] and ["take"] (what the slave and the master give without waiting), ["inq"]
(FIONREAD). Each step is stored with its answer and the signals it caused. Bytes are Latin-1 strings.
"""
import fcntl
import json
import os
import pty
import random
import signal
import struct
import sys
import termios
import time

MODES = ("IGNCR ICRNL INLCR ISTRIP IUCLC IXON IXANY IUTF8 PARMRK", "OPOST ONLCR OCRNL ONOCR ONLRET OLCUC XTABS",
         "ISIG ICANON ECHO ECHOE ECHOK ECHOKE ECHOCTL ECHOPRT ECHONL NOFLSH IEXTEN")
#: Of asm-generic/termbits.h where Python's termios has no name.
EXTRA = {"IUCLC": 0x200, "IUTF8": 0x4000, "OLCUC": 2, "XTABS": 0x1800}


def bits(names):
    return sum(EXTRA.get(name) or getattr(termios, name) for name in names.split())


HAND = [
    [["feed", "hello\n"], ["take"], ["read", 100]],
    [["feed", "one\ntwo\n"], ["read", 100], ["read", 100], ["read", 100]],
    [["feed", "abcdef\n"], ["read", 3], ["read", 3], ["read", 3], ["read", 3]],
    [["feed", "abc\x04"], ["read", 3], ["read", 3], ["feed", "\x04"], ["read", 3], ["read", 3]],
    [["feed", "abc\x04def\n\x04"], ["inq"], ["read", 2], ["read", 10], ["inq"], ["read", 10], ["inq"], ["read", 10]],
    [["feed", "abc\x7f\x7fx\n"], ["take"], ["read", 10]],
    [["feed", "a\tb\x7f\x7f\x7f\x7f"], ["take"], ["feed", "z\n"], ["read", 10]],
    [["print", "xyz"], ["feed", "a\t\x7f"], ["take"], ["feed", "\t\x7f\x7f"], ["take"]],
    [["feed", "foo bar-baz \x17\x17"], ["take"], ["feed", "\n"], ["read", 99]],
    [["feed", "some text\x15ok\n"], ["take"], ["read", 99]],
    [["feed", "ab\x16\x03c\x16\n\n"], ["take"], ["read", 99]],
    [["feed", "ab\x12c\n"], ["take"], ["read", 99]],
    [["feed", "\x01\x1b[A\x7f\x7f\n"], ["take"], ["read", 99]],
    [["feed", "abc\x03def\n"], ["take"], ["read", 99]],
    [["feed", "abc"], ["take"], ["feed", "\x03"], ["take"], ["feed", "\x1c\x1a"], ["take"], ["read", 9]],
    [["set", {"lflag": "ISIG ICANON ECHO ECHOE ECHOK ECHOCTL ECHOKE IEXTEN NOFLSH"}], ["feed", "ab\x03c\n"], ["take"],
     ["read", 9]],
    [["feed", "\x13"], ["print", "later"], ["take"], ["feed", "typed\n"], ["take"], ["feed", "\x11"], ["take"],
     ["read", 9]],
    [["set", {"iflag": "ICRNL IXON IXANY"}], ["feed", "\x13"], ["print", "later"], ["feed", "x"], ["take"]],
    [["set", {"iflag": "ICRNL IXON IUTF8"}], ["feed", "aé€\x7f\x7f".encode().decode("latin-1")], ["take"],
     ["feed", "\n"], ["read", 9]],
    [["set", {"iflag": "ICRNL IXON IUTF8"}], ["print", "é\tx".encode().decode("latin-1")], ["feed", "\t\x7f"],
     ["take"]],
    [["set", {"iflag": "ICRNL IXON"}], ["feed", "é\x7f\n".encode().decode("latin-1")], ["take"], ["read", 9]],
    [["feed", "abc"], ["set", {"lflag": "ISIG ECHO"}], ["read", 9], ["feed", "d\n"], ["read", 9]],
    [["set", {"lflag": "ISIG"}], ["feed", "abc\ndef"], ["set", {"lflag": "ICANON"}], ["read", 9], ["feed", "x\n"],
     ["read", 9]],
    [["set", {"lflag": "ISIG"}], ["feed", "abc"], ["inq"], ["set", {"lflag": "ICANON"}], ["inq"], ["feed", "x\n"],
     ["read", 2], ["read", 9], ["read", 9]],
    [["feed", "x" * 4095], ["take"], ["feed", "yz\x7fq\n"], ["inq"], ["read", 9000]],
    [["feed", "x" * 5000 + "\n"], ["inq"], ["read", 9000], ["read", 9000]],
    [["feed", "line\n" * 900], ["inq"], ["read", 10], ["read", 10], ["inq"]],
    [["set", {"lflag": "", "iflag": ""}], ["feed", "r" * 6000], ["inq"], ["read", 9000], ["read", 9000]],
    [["print", "a\nb\tc\rd\be"], ["take"]],
    [["set", {"oflag": "OPOST ONLCR XTABS"}], ["print", "ab\tc\n\tx\be\t"], ["take"]],
    [["set", {"oflag": "OPOST OCRNL ONOCR ONLRET"}], ["print", "\rab\rc\nd\r\r"], ["take"]],
    [["set", {"oflag": "OPOST OLCUC"}], ["print", "Hello é\n".encode().decode("latin-1")], ["take"]],
    [["set", {"oflag": ""}], ["print", "a\nb\r"], ["feed", "c\n"], ["take"]],
    [["set", {"cc": {"VEOL": ";", "VEOL2": "|"}}], ["feed", "a;b|c\n"], ["take"], ["read", 9], ["read", 9],
     ["read", 9]],
    [["set", {"cc": {"VINTR": "\0", "VERASE": "#", "VKILL": "@"}}], ["feed", "a#b\x03@c\n"], ["take"], ["read", 9]],
    [["set", {"lflag": "ICANON ECHO ECHOPRT ECHOE IEXTEN"}], ["feed", "abc\x7f\x7fd\n"], ["take"], ["read", 9]],
    [["set", {"lflag": "ICANON ECHO"}], ["feed", "abc\x7f\x7fd\x15e\n"], ["take"], ["read", 9]],
    [["set", {"lflag": "ICANON ECHONL"}], ["feed", "secret\n"], ["take"], ["read", 9]],
    [["set", {"iflag": "PARMRK"}], ["feed", "a\xffb\n"], ["read", 9]],
    [["feed", "a\xffb\x7f\n"], ["take"], ["read", 9]],
    [["set", {"cc": {"VEOF": "\x18"}}], ["feed", "a\x04b\x18"], ["take"], ["read", 9]],
    [["feed", "\x04\x04"], ["read", 9], ["read", 9], ["read", 9]],
    [["feed", "ab\x04"], ["read", 1], ["read", 1], ["read", 1]],
    [["feed", "a\r\nb\r"], ["take"], ["read", 9], ["read", 9], ["read", 9]],
    [["set", {"iflag": "INLCR"}], ["feed", "a\nb\r\n"], ["take"], ["read", 9]],
    [["set", {"iflag": "IGNCR"}], ["feed", "a\rb\n"], ["take"], ["read", 9]],
    [["set", {"iflag": "ISTRIP"}], ["feed", "\xe1\x8a\n"], ["take"], ["read", 9]],
    [["feed", "\x13"], ["feed", "abc"], ["set", {"iflag": "ICRNL"}], ["take"]],
    [["feed", "\x16"], ["set", {"lflag": "ECHO"}], ["feed", "\x03"], ["take"], ["read", 9]],
]

TYPED = ("a", "b", "Z", " ", "-", "_", "9", "\t", "\n", "\r", "\x7f", "\x7f", "\x15", "\x17", "\x16", "\x12", "\x04",
         "\x03", "\x1a", "\x13", "\x11", "\x11", "\x1b", "\x01", "\xff", "\xc3\xa9", "\xe2\x82\xac", "\x80", ";")
PRINTED = ("word", " ", "\t", "\n", "\r", "\b", "\x1b[1m", "\xc3\xa9", "\x07", "x", "\xff", "abcdefg")


def random_cases(count, seed=1):
    """Cases of random modes and bytes: the same for the same seed."""
    rng = random.Random(seed)
    cases = []
    for _ in range(count):
        usual = ({"ICRNL", "IXON"}, {"OPOST", "ONLCR"},
                 {"ISIG", "ICANON", "ECHO", "ECHOE", "ECHOK", "ECHOKE", "ECHOCTL", "IEXTEN"})

        def modes(usual=usual):
            flags = {}
            for key, names, base in zip(("iflag", "oflag", "lflag"), MODES, usual):
                chosen = {name for name in names.split() if (name in base) != (rng.random() < 0.15)}
                flags[key] = " ".join(sorted(chosen))
            if rng.random() < 0.2:
                flags["cc"] = {"VEOL": ";"}
            return flags

        steps = [["set", modes()]]
        for _ in range(rng.randint(2, 7)):
            kind = rng.random()
            if kind < 0.5:
                steps.append(["feed", "".join(rng.choices(TYPED, k=rng.randint(1, 12)))])
            elif kind < 0.65:
                steps.append(["print", "".join(rng.choices(PRINTED, k=rng.randint(1, 6)))])
            elif kind < 0.8:
                steps.append(["read", rng.choice((1, 2, 3, 100))])
            elif kind < 0.9:
                steps.append(["take"])
            elif kind < 0.95:
                steps.append(["inq"])
            else:
                steps.append(["set", modes()])
        cases.append([*steps, ["take"], ["inq"], ["read", 100], ["read", 100], ["feed", "\x11"], ["take"]])
    return cases


class Terminal:
    """A native pty, this process being its session leader and foreground group."""

    def __init__(self):
        self.signals = []
        for signo in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
            signal.signal(signo, lambda number, frame: self.signals.append(number))
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
        os.set_blocking(self.master, False)
        os.set_blocking(self.slave, False)

    def step(self, kind, argument=None):
        answer = getattr(self, kind)(*([] if argument is None else [argument]))
        time.sleep(0.003)  # the kernel hands input over in a work queue
        signals, self.signals = self.signals, []
        return answer, signals

    def set(self, modes):
        attributes = termios.tcgetattr(self.slave)
        for index, key in ((0, "iflag"), (1, "oflag"), (3, "lflag")):
            if key in modes:
                attributes[index] = bits(modes[key])
        for name, char in modes.get("cc", {}).items():
            attributes[6][getattr(termios, name)] = char.encode("latin-1")
        if not attributes[3] & termios.ICANON:
            attributes[6][termios.VMIN], attributes[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self.slave, termios.TCSANOW, attributes)

    def feed(self, text):
        return os.write(self.master, text.encode("latin-1"))

    def print(self, text):
        try:
            return os.write(self.slave, text.encode("latin-1"))
        except BlockingIOError:
            return None

    def read(self, count):
        return self._read(self.slave, count)

    def take(self):
        parts = []
        while (part := self._read(self.master, 65536)) is not None:
            parts.append(part)
        return "".join(parts)

    @staticmethod
    def _read(fd, count):
        try:
            return os.read(fd, count).decode("latin-1")
        except BlockingIOError:
            return None

    def inq(self):
        return struct.unpack("i", fcntl.ioctl(self.slave, termios.FIONREAD, bytes(4)))[0]


def record(steps):
    """The steps with their answers, from a terminal of a child's own session."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.setsid()
        terminal = Terminal()
        with os.fdopen(writer, "w") as out:
            json.dump([[*step, *terminal.step(*step)] for step in steps], out)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        result = json.load(stream)
    os.waitpid(child, 0)
    return result


if __name__ == "__main__":
    cases = HAND + random_cases(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
    lines = ",\n".join(json.dumps(record(steps)) for steps in cases)
    print(f'{{"system": {json.dumps("Linux " + os.uname().release.split("-")[0])}, "cases": [\n{lines}\n]}}')
