"""wait(2): options, and wait statuses."""

WNOHANG, WUNTRACED, WSTOPPED, WEXITED, WCONTINUED, WNOWAIT = 1, 2, 2, 4, 8, 0x01000000
P_ALL, P_PID, P_PGID, P_PIDFD = range(4)
STATUS_CONTINUED = 0xFFFF


def exited(code: int) -> int:
    """The wait status of a process that called exit(code)."""
    return (code & 0xFF) << 8


def stopped(signo: int) -> int:
    """The wait status of a process that signo stopped. That of one it killed is signo itself."""
    return signo << 8 | 0x7F
