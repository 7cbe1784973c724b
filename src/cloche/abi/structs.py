"""Struct layouts of the 32-bit asm-generic ABI with 64-bit time, as musl declares them."""
from struct import Struct

U32 = Struct("<I")
I32 = Struct("<i")
U32x2 = Struct("<2I")
U64 = Struct("<Q")
TIMESPEC = Struct("<qq")  # the upper half of nsec is padding on this ABI: mask it
ITIMERSPEC = Struct("<qqqq")
ITIMERVAL = Struct("<4i")  # interval sec, usec; value sec, usec
STATX = Struct("<IIQIIIHHQQQQ" + "qIi" * 4 + "IIII" + "112x")
STATFS64 = Struct("<II5Q2iIII16x")
DIRENT64 = Struct("<QqHB")
SIGACTION = Struct("<IIIQ")  # handler, flags, restorer, mask
DELIVERY = Struct("<IiIQ")  # of SIGPOP: handler, signo, flags, old mask
SIGINFO = Struct("<4iIi104x")  # si_signo, si_errno, si_code; then pid, uid, status/value
POLLFD = Struct("<ihh")
EPOLL_EVENT = Struct("<IxxxxQ")  # packed on x86-64 only
RUSAGE = Struct("<18i")
TMS = Struct("<4i")
RLIMIT64 = Struct("<QQ")
SYSINFO = Struct("<i3I6IHH2II8x")
TERMIOS = Struct("<4IB19s")
WINSIZE = Struct("<4H")  # rows, columns, pixels, pixels
FLOCK64 = Struct("<hh4xqqi4x")  # type, whence, start, len, pid
IOVEC = U32x2
MSGHDR = Struct("<7I")  # name, namelen, iov, iovlen, control, controllen, flags
CMSGHDR = Struct("<IiI")
UCRED = Struct("<iII")


def signed(value: int) -> int:
    """A u32 argument as the C int it holds."""
    return value - 0x1_0000_0000 if value & 0x8000_0000 else value


def signed64(low: int, high: int) -> int:
    """Two u32 arguments as the 64-bit integer they hold."""
    value = low | high << 32
    return value - (1 << 64) if high & 0x8000_0000 else value
