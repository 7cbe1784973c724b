"""Kinds of system call arguments, and how strace(1) shows them. Reads guest memory, changes nothing.

A kind is shown before the call if it goes in, after it if the kernel fills it. What cannot be read is shown as the
number it is: a kind may raise SysError, struct.error, IndexError or ValueError; trace.py takes it for "cannot be read".
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..abi import fcntl, mman, poll, signal, stat, termios, time, wait
from ..abi import socket as sock
from ..abi.fcntl import AT_FDCWD, O_ACCMODE, O_CREAT, O_LARGEFILE, O_TMPFILE
from ..abi.limits import PATH_MAX
from ..abi.structs import (
    DIRENT64,
    I32,
    IOVEC,
    ITIMERVAL,
    MSGHDR,
    POLLFD,
    RLIMIT64,
    SIGACTION,
    STATX,
    TIMESPEC,
    U32,
    U64,
    WINSIZE,
    U32x2,
    signed,
)
from ..lib.quote import quoted

#: Bytes of a string, elements of an array, and bytes of a path that are shown.
STRING_MAX, ARRAY_MAX, PATH_SHOWN_MAX = 32, 8, 256
#: Environment variables that are counted.
VARIABLES_MAX = 1024

#: (process, arguments, index of this one, result) -> text. The result is 0 before the call.
Show = Callable[[Any, tuple[int, ...], int, int], str]


class Kind(NamedTuple):
    show: Show
    after: bool = False


# numbers

def hexadecimal(value: int) -> str:
    return f"{value:#x}" if value else "0"


def pointer(value: int) -> str:
    return f"{value:#x}" if value else "NULL"


def _named(module: Any, prefix: str) -> dict[int, str]:
    """Constants of an abi module by value; the first name of a value counts."""
    found: dict[int, str] = {}
    for name, value in vars(module).items():
        if name.startswith(prefix) and type(value) is int:
            found.setdefault(value, name)
    return found


def flags_text(value: int, names: Mapping[int, str], zero: str = "0") -> str:
    """`A|B|0x40`: multi-bit names are taken first."""
    parts = []
    for bit in sorted(names, key=lambda bit: -bit.bit_count()):
        if bit and value & bit == bit:
            parts.append((bit, names[bit]))
            value &= ~bit
    text = "|".join(name for _, name in sorted(parts))
    rest = f"{value:#x}" if value else ""
    return "|".join(part for part in (text, rest) if part) or zero


def one_of(names: Mapping[int, str], base: Callable[[int], str] = hexadecimal) -> Kind:
    return Kind(lambda proc, args, i, result: names.get(args[i]) or names.get(signed(args[i])) or base(args[i]))


def any_of(names: Mapping[int, str], zero: str = "0") -> Kind:
    return Kind(lambda proc, args, i, result: flags_text(args[i], names, zero))


HEX = Kind(lambda proc, args, i, result: hexadecimal(args[i]))
ADDRESS = Kind(lambda proc, args, i, result: pointer(args[i]))
INT = Kind(lambda proc, args, i, result: str(signed(args[i])))
UINT = Kind(lambda proc, args, i, result: str(args[i]))
FD = INT
MODE = Kind(lambda proc, args, i, result: f"{args[i]:#o}".replace("0o", "0") if args[i] else "000")
#: Two registers hold one 64-bit value; the second is shown as nothing.
WIDE = Kind(lambda proc, args, i, result: str(_wide(args[i], args[i + 1])))
HIDDEN = Kind(lambda proc, args, i, result: "")
DIRFD = Kind(lambda proc, args, i, result: "AT_FDCWD" if args[i] == AT_FDCWD else str(signed(args[i])))


def _wide(low: int, high: int) -> int:
    value = low | high << 32
    return value - (1 << 64) if high & 0x8000_0000 else value


# strings

def text_at(proc: Any, address: int, size: int, shown: int = STRING_MAX) -> str:
    return quoted(proc.mem.read(address, min(size, shown + 1)), shown)


def string_at(proc: Any, address: int, shown: int = PATH_SHOWN_MAX) -> str:
    if not address:
        return "NULL"
    return quoted(proc.mem.string(address, PATH_MAX), shown)


def _strings_at(proc: Any, address: int) -> str:
    if not address:
        return "NULL"
    found = []
    for index in range(ARRAY_MAX + 1):
        entry = proc.mem.u32(address + 4 * index)
        if not entry:
            return f"[{', '.join(found)}]"
        found.append(string_at(proc, entry, STRING_MAX))
    return f"[{', '.join(found[:ARRAY_MAX])}, ...]"


def _count_of_strings(proc: Any, address: int) -> str:
    count = 0
    while count < VARIABLES_MAX and proc.mem.u32(address + 4 * count):
        count += 1
    return f"{address:#x} /* {count}{' or more' if count == VARIABLES_MAX else ''} vars */"


PATH = Kind(lambda proc, args, i, result: string_at(proc, args[i]))
STRING = PATH
ARGV = Kind(lambda proc, args, i, result: _strings_at(proc, args[i]))
ENVP = Kind(lambda proc, args, i, result: _count_of_strings(proc, args[i]) if args[i] else "NULL")
#: A buffer whose size is the next argument; one that the kernel filled with as many bytes as the result says.
BUFFER = Kind(lambda proc, args, i, result: text_at(proc, args[i], args[i + 1]))
FILLED = Kind(lambda proc, args, i, result: text_at(proc, args[i], result), after=True)
#: A string that the kernel stored.
PATH_OUT = Kind(lambda proc, args, i, result: string_at(proc, args[i]), after=True)


def _vectors(proc: Any, address: int, count: int, filled: int | None) -> str:
    found = []
    for index in range(min(count, ARRAY_MAX)):
        base, size = IOVEC.unpack_from(proc.mem.view, address + 8 * index)
        holds = size if filled is None else min(size, filled)
        if filled is not None:
            filled -= holds
        found.append(f"{{iov_base={text_at(proc, base, holds) if holds else quoted(b'')}, iov_len={size}}}")
    return f"[{', '.join(found)}{', ...' if count > ARRAY_MAX else ''}]"


IOVECS = Kind(lambda proc, args, i, result: _vectors(proc, args[i], args[i + 1], None))
IOVECS_OUT = Kind(lambda proc, args, i, result: _vectors(proc, args[i], args[i + 1], result), after=True)

# flags and numbers with names

_OPEN = {bit: name for bit, name in _named(fcntl, "O_").items()
         if bit not in (fcntl.O_WRONLY, fcntl.O_RDWR, O_ACCMODE, O_LARGEFILE)}
_ACCESS = ("O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE")


def _open_flags(value: int) -> str:
    rest = flags_text(value & ~(O_ACCMODE | O_LARGEFILE), _OPEN, "")
    return _ACCESS[value & O_ACCMODE] + ("|" + rest if rest else "")


OPEN_FLAGS = Kind(lambda proc, args, i, result: _open_flags(args[i]))
#: openat's mode: only said if the flags before it make a file.
OPEN_MODE = Kind(lambda proc, args, i, result: MODE.show(proc, args, i, result)
                 if args[i - 1] & (O_CREAT | O_TMPFILE & ~fcntl.O_DIRECTORY) else "")
AT_FLAGS = any_of({0x100: "AT_SYMLINK_NOFOLLOW", 0x200: "AT_EACCESS", 0x400: "AT_SYMLINK_FOLLOW",
                   0x800: "AT_NO_AUTOMOUNT", 0x1000: "AT_EMPTY_PATH"})
UNLINK_FLAGS = any_of({fcntl.AT_REMOVEDIR: "AT_REMOVEDIR"})
RENAME_FLAGS = any_of(_named(fcntl, "RENAME_"))
PIPE_FLAGS = any_of({fcntl.O_NONBLOCK: "O_NONBLOCK", fcntl.O_CLOEXEC: "O_CLOEXEC", fcntl.O_DIRECT: "O_DIRECT"})
ACCESS = any_of({4: "R_OK", 2: "W_OK", 1: "X_OK"}, "F_OK")
WHENCE = one_of(_named(fcntl, "SEEK_"))
LOCK = any_of(_named(fcntl, "LOCK_"))
FCNTL = one_of({**_named(fcntl, "F_"), fcntl.F_GETLK64: "F_GETLK64", fcntl.F_SETLK64: "F_SETLK64",
                fcntl.F_SETLKW64: "F_SETLKW64", fcntl.F_SETFD: "F_SETFD", fcntl.F_DUPFD: "F_DUPFD",
                fcntl.F_GETFD: "F_GETFD", fcntl.F_GETFL: "F_GETFL"})
PROT = any_of(_named(mman, "PROT_"), "PROT_NONE")
MAP = any_of({value: name for value, name in _named(mman, "MAP_").items() if name not in ("MAP_TYPE",)})
SIGNAL = Kind(lambda proc, args, i, result: signal.name(args[i]))
SIG_HOW = one_of(_named(signal, "SIG_BLOCK") | {1: "SIG_UNBLOCK", 2: "SIG_SETMASK"})
WAIT_OPTIONS = any_of({wait.WNOHANG: "WNOHANG", wait.WUNTRACED: "WUNTRACED", wait.WEXITED: "WEXITED",
                       wait.WCONTINUED: "WCONTINUED", wait.WNOWAIT: "WNOWAIT"})
CLOCK = one_of(_named(time, "CLOCK_"))
RLIMIT = one_of(dict(enumerate(
    ("RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC",
     "RLIMIT_NOFILE", "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE",
     "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME"))))
IOCTL = one_of({value: name for prefix in ("TC", "TIOC", "FIO") for value, name in _named(termios, prefix).items()
                if value >= 0x5401})
FAMILY = one_of(_named(sock, "AF_"))
SOCK_TYPE = Kind(lambda proc, args, i, result: _socket_type(args[i]))
MSG_FLAGS = any_of(_named(sock, "MSG_"))
SHUTDOWN = one_of(_named(sock, "SHUT_"))
SOL = one_of({sock.SOL_SOCKET: "SOL_SOCKET", 0: "SOL_IP", 6: "SOL_TCP", 41: "SOL_IPV6"}, str)
SO = Kind(lambda proc, args, i, result: (_SO.get(args[i]) if args[i - 1] == sock.SOL_SOCKET else None) or str(args[i]))
EPOLL_OP = one_of(_named(poll, "EPOLL_CTL_"))
_SO = _named(sock, "SO_")
_SOCK_TYPES = {1: "SOCK_STREAM", 2: "SOCK_DGRAM", 3: "SOCK_RAW", 5: "SOCK_SEQPACKET"}
_POLL = {1: "POLLIN", 2: "POLLPRI", 4: "POLLOUT", 8: "POLLERR", 16: "POLLHUP", 32: "POLLNVAL", 0x40: "POLLRDNORM",
         0x100: "POLLWRNORM", 0x2000: "POLLRDHUP"}


def _socket_type(value: int) -> str:
    kind = _SOCK_TYPES.get(value & sock.SOCK_TYPE_MASK, str(value & sock.SOCK_TYPE_MASK))
    rest = flags_text(value & ~sock.SOCK_TYPE_MASK, {sock.SOCK_NONBLOCK: "SOCK_NONBLOCK",
                                                     sock.SOCK_CLOEXEC: "SOCK_CLOEXEC"}, "")
    return kind + ("|" + rest if rest else "")


# structures

def at(show: Callable[[Any, int], str], after: bool = False) -> Kind:
    """A pointer to something that `show(proc, address)` shows; NULL is NULL."""
    return Kind(lambda proc, args, i, result: show(proc, args[i]) if args[i] else "NULL", after)


def _timespec(proc: Any, address: int) -> str:
    seconds, nanoseconds = TIMESPEC.unpack_from(proc.mem.view, address)
    return f"{{tv_sec={seconds}, tv_nsec={nanoseconds & 0xFFFFFFFF}}}"


def _timespecs(proc: Any, address: int) -> str:
    return f"[{_timespec(proc, address)}, {_timespec(proc, address + TIMESPEC.size)}]"


def _itimer(proc: Any, address: int) -> str:
    interval_s, interval_us, value_s, value_us = ITIMERVAL.unpack_from(proc.mem.view, address)
    return (f"{{it_interval={{tv_sec={interval_s}, tv_usec={interval_us}}}, "
            f"it_value={{tv_sec={value_s}, tv_usec={value_us}}}}}")


def signal_set(mask: int) -> str:
    """[INT CHLD]; ~[...] for all but a few."""
    if mask.bit_count() > 32:
        return "~" + signal_set(~mask & (1 << 64) - 1)
    names = [signal.name(bit + 1).removeprefix("SIG") for bit in range(64) if mask >> bit & 1]
    return f"[{' '.join(names)}]"


def _sigset(proc: Any, address: int) -> str:
    return signal_set(U64.unpack_from(proc.mem.view, address)[0])


_SA = {signal.SA_NOCLDSTOP: "SA_NOCLDSTOP", signal.SA_NOCLDWAIT: "SA_NOCLDWAIT", signal.SA_SIGINFO: "SA_SIGINFO",
       signal.SA_ONSTACK: "SA_ONSTACK", signal.SA_RESTART: "SA_RESTART", signal.SA_NODEFER: "SA_NODEFER",
       signal.SA_RESETHAND: "SA_RESETHAND", 0x04000000: "SA_RESTORER"}


def _sigaction(proc: Any, address: int) -> str:
    handler, flags, _, mask = SIGACTION.unpack_from(proc.mem.view, address)
    name = {signal.SIG_DFL: "SIG_DFL", signal.SIG_IGN: "SIG_IGN"}.get(handler, f"{handler:#x}")
    return f"{{sa_handler={name}, sa_mask={signal_set(mask)}, sa_flags={flags_text(flags, _SA)}}}"


def status_text(status: int) -> str:
    """A wait status, as strace shows it."""
    if status == wait.STATUS_CONTINUED:
        return "{WIFCONTINUED(s)}"
    if status & 0xFF == 0x7F:
        return f"{{WIFSTOPPED(s) && WSTOPSIG(s) == {signal.name(status >> 8)}}}"
    if status & 0x7F:
        return f"{{WIFSIGNALED(s) && WTERMSIG(s) == {signal.name(status & 0x7F)}}}"
    return f"{{WIFEXITED(s) && WEXITSTATUS(s) == {status >> 8 & 0xFF}}}"


_TYPES = {value: name for value, name in _named(stat, "S_IF").items() if name != "S_IFMT"}


def _statx(proc: Any, address: int) -> str:
    fields = STATX.unpack_from(proc.mem.view, address)
    mode, size = fields[6], fields[9]
    return f"{{stx_mode={_TYPES.get(mode & stat.S_IFMT, '0')}|0{mode & 0o7777:o}, stx_size={size}, ...}}"


def _limit_text(value: int) -> str:
    if value >= (1 << 64) - 1:
        return "RLIM64_INFINITY"
    return f"{value // 1024}*1024" if value > 1024 and value % 1024 == 0 else str(value)


def _rlimit(proc: Any, address: int) -> str:
    soft, hard = RLIMIT64.unpack_from(proc.mem.view, address)
    return f"{{rlim_cur={_limit_text(soft)}, rlim_max={_limit_text(hard)}}}"


def _pollfds(after: bool) -> Show:
    def show(proc: Any, args: tuple[int, ...], i: int, result: int) -> str:
        found = []
        for index in range(min(args[i + 1], ARRAY_MAX)):
            fd, events, ready = POLLFD.unpack_from(proc.mem.view, args[i] + POLLFD.size * index)
            revents = f", revents={flags_text(ready, _POLL)}" if after and ready else ""
            found.append(f"{{fd={fd}, events={flags_text(events, _POLL)}{revents}}}")
        return f"[{', '.join(found)}{', ...' if args[i + 1] > ARRAY_MAX else ''}]"
    return show


def socket_address(data: bytes) -> str:
    """struct sockaddr."""
    family = int.from_bytes(data[:2], "little")
    if family == sock.AF_UNIX:
        path = data[2:]
        name = "@" + quoted(path[1:]) if path[:1] == b"\0" else quoted(path.split(b"\0", 1)[0], PATH_SHOWN_MAX)
        return f"{{sa_family=AF_UNIX, sun_path={name}}}"
    port = int.from_bytes(data[2:4], "big")
    if family == sock.AF_INET and len(data) >= 8:
        host = ".".join(str(byte) for byte in data[4:8])
        return f'{{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr("{host}")}}'
    if family == sock.AF_INET6 and len(data) >= 24:
        host = ":".join(f"{data[k]:02x}{data[k + 1]:02x}" for k in range(8, 24, 2))
        return f'{{sa_family=AF_INET6, sin6_port=htons({port}), sin6_addr="{host}"}}'
    return f"{{sa_family={family}, sa_data={quoted(data[2:])}}}"


def _name_of(proc: Any, address: int) -> str:
    name, size = U32x2.unpack_from(proc.mem.view, address)
    return socket_address(proc.mem.read(name, min(size, 128))) if name else "NULL"


def _message(proc: Any, address: int) -> str:
    _, _, vectors, count, _, control, flags = MSGHDR.unpack_from(proc.mem.view, address)
    return (f"{{msg_name={_name_of(proc, address)}, msg_iov={_vectors(proc, vectors, count, None)}, "
            f"msg_iovlen={count}, msg_controllen={control}, msg_flags={flags_text(flags, _named(sock, 'MSG_'))}}}")


def _entries(proc: Any, args: tuple[int, ...], i: int, result: int) -> str:
    count, position = 0, 0
    while position < result:
        size = DIRENT64.unpack_from(proc.mem.view, args[i] + position)[2]
        if size <= 0:
            break
        position, count = position + size, count + 1
    return f"{args[i]:#x} /* {count} entries */"


def _winsize_or_address(proc: Any, args: tuple[int, ...], i: int, result: int) -> str:
    if args[i - 1] == termios.TIOCGWINSZ:
        rows, columns, *_ = WINSIZE.unpack_from(proc.mem.view, args[i])
        return f"{{ws_row={rows}, ws_col={columns}}}"
    if args[i - 1] in (termios.TIOCGPGRP, termios.TIOCSPGRP, termios.FIONREAD, termios.TIOCGPTN):
        return f"[{I32.unpack_from(proc.mem.view, args[i])[0]}]"
    return pointer(args[i])


def _flags_or_number(proc: Any, args: tuple[int, ...], i: int, result: int) -> str:
    """fcntl's third argument."""
    command = args[i - 1]
    if command in (fcntl.F_GETFD, fcntl.F_GETFL, fcntl.F_GETPIPE_SZ, fcntl.F_GETOWN):
        return ""
    if command == fcntl.F_SETFD:
        return flags_text(args[i], {fcntl.FD_CLOEXEC: "FD_CLOEXEC"})
    if command == fcntl.F_SETFL:
        return _open_flags(args[i])
    return hexadecimal(args[i]) if args[i] >= 0x10000 else str(args[i])


TIMESPEC_IN, TIMESPEC_OUT, TIMESPECS = at(_timespec), at(_timespec, True), at(_timespecs)
ITIMER_IN, ITIMER_OUT = at(_itimer), at(_itimer, True)
SIGSET_IN, SIGSET_OUT = at(_sigset), at(_sigset, True)
SIGACTION_IN, SIGACTION_OUT = at(_sigaction), at(_sigaction, True)
STATUS_OUT = Kind(lambda proc, args, i, result: f"[{status_text(proc.mem.u32(args[i]))}]" if args[i] and result
                  else pointer(args[i]), after=True)
STATX_OUT = at(_statx, True)
RLIMIT_IN, RLIMIT_OUT = at(_rlimit), at(_rlimit, True)
POLLFDS = Kind(_pollfds(True), after=True)
PAIR_OUT = at(lambda proc, address: "[{}, {}]".format(*U32x2.unpack_from(proc.mem.view, address)), True)
SOCKADDR = Kind(lambda proc, args, i, result: socket_address(proc.mem.read(args[i], min(args[i + 1], 128)))
                if args[i] else "NULL")
MESSAGE, MESSAGE_OUT = at(_message), at(_message, True)
ENTRIES = Kind(_entries, after=True)
IOCTL_ARGUMENT = Kind(_winsize_or_address, after=True)
FCNTL_ARGUMENT = Kind(_flags_or_number)
U32_OUT = at(lambda proc, address: f"[{U32.unpack_from(proc.mem.view, address)[0]}]", True)
OFFSET_OUT = at(lambda proc, address: f"[{U64.unpack_from(proc.mem.view, address)[0]}]", True)
