"""signal(7), sigaction(2): numbers of asm-generic/signal.h, codes of asm-generic/siginfo.h."""

(SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE,
 SIGALRM, SIGTERM, SIGSTKFLT, SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGXCPU, SIGXFSZ,
 SIGVTALRM, SIGPROF, SIGWINCH, SIGIO, SIGPWR, SIGSYS) = range(1, 32)
SIGRTMIN, NSIG = 32, 64
SIG_DFL, SIG_IGN = 0, 1
SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK = 0, 1, 2
SA_NOCLDSTOP, SA_NOCLDWAIT, SA_SIGINFO = 1, 2, 4
SA_ONSTACK, SA_RESTART, SA_NODEFER, SA_RESETHAND = 0x08000000, 0x10000000, 0x40000000, 0x80000000

SI_USER, SI_KERNEL, SI_QUEUE, SI_TIMER, SI_TKILL = 0, 0x80, -1, -2, -6
CLD_EXITED, CLD_KILLED, CLD_DUMPED, CLD_TRAPPED, CLD_STOPPED, CLD_CONTINUED = range(1, 7)

#: signal(7): signals whose default action is to do nothing, to stop, and to end with a core dump (the 0x80 of wait(2)
#: is not set: there are no core files here).
DEFAULT_IGNORE = frozenset((SIGCHLD, SIGURG, SIGWINCH, SIGCONT))
DEFAULT_STOP = frozenset((SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU))

NAMES = {number: name for name, number in list(globals().items())
         if name.startswith("SIG") and "_" not in name and type(number) is int and name not in ("SIGRTMIN",)}

# Private calls of libc's stub (docs/guest-abi.md).
SYS_SIGPOP, SYS_SIGDONE, SYS_VFORK, SYS_VFORK_RESULT, SYS_FORK_COPY, SYS_SNAPSHOT = range(1000, 1006)


def name(signo: int) -> str:
    """SIGINT for 2; SIGRTMIN+3 for 35."""
    return NAMES.get(signo) or (f"SIGRTMIN+{signo - SIGRTMIN}" if SIGRTMIN <= signo <= NSIG else f"signal {signo}")
