"""limits.h: what Linux promises and we keep; limits of one sandbox are in kernel/limits.py."""

PATH_MAX, NAME_MAX, IOV_MAX = 4096, 255, 1024
SYMLINKS_MAX = 40
PIPE_BUF = 4096
#: execve(2): bytes of one argument, and of all arguments and environment together.
ARG_STRLEN_MAX, ARG_MAX = 131072, 2 << 20
#: The most bytes one read(2) or write(2) moves (MAX_RW_COUNT).
RW_COUNT_MAX = 0x7FFF_F000

RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS, RLIMIT_NPROC, RLIMIT_NOFILE, \
    RLIMIT_MEMLOCK, RLIMIT_AS, RLIMIT_LOCKS, RLIMIT_SIGPENDING, RLIMIT_MSGQUEUE, RLIMIT_NICE, RLIMIT_RTPRIO, \
    RLIMIT_RTTIME = range(16)
RLIMITS = 16
RLIM_INFINITY = (1 << 64) - 1
