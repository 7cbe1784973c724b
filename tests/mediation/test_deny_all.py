"""Every row of the system call table under a policy that grants nothing.

A call that reaches an object through a name, or another process, or the network, asks exactly once, gets the policy's
errno, and leaves everything as it was. Every row is in exactly one of the tables below: a new one fails until somebody has
decided which.
"""
from __future__ import annotations

import struct

import pytest
from unit.fakes import SCRATCH, current, make_machine

from cloche.abi.errno import Errno
from cloche.abi.fcntl import AT_FDCWD, O_CREAT, O_RDWR
from cloche.abi.signal import SIGUSR1
from cloche.abi.structs import ITIMERVAL
from cloche.events.kernel import PolicyDecided
from cloche.kernel import fork
from cloche.policy.decision import Action
from cloche.policy.presets import deny_all
from cloche.syscalls import dispatch
from cloche.syscalls.table import ROWS

NUMBERS = {row.name: row.number for row in ROWS}
#: Where paths and structures lie.
FILE, NEW, LINK, DIRECTORY, PROGRAM, TIMES, ADDRESS, BUFFER, UNIX = (SCRATCH + 256 * i for i in range(9))
NOBODY = 0xFFFFFFFF
#: Descriptors that were opened while it was allowed.
OPEN_FILE, OPEN_DIRECTORY, SOCKET, UNIX_SOCKET = 0, 1, 2, 3
S, R, W, C, D, X = (Action.FILE_STAT, Action.FILE_READ, Action.FILE_WRITE, Action.FILE_CREATE, Action.FILE_DELETE,
                    Action.FILE_EXEC)

#: name -> (arguments, what is asked). Answered by EACCES.
MEDIATED = {
    "openat": ((AT_FDCWD, FILE, 0), R),
    "truncate64": ((FILE, 0, 0), W),
    "mknodat": ((AT_FDCWD, NEW, 0o100644, 0), C),
    "mkdirat": ((AT_FDCWD, NEW, 0o755), C),
    "unlinkat": ((AT_FDCWD, FILE, 0), D),
    "symlinkat": ((FILE, AT_FDCWD, NEW), C),
    "linkat": ((AT_FDCWD, FILE, AT_FDCWD, NEW, 0), C),
    "renameat": ((AT_FDCWD, FILE, AT_FDCWD, NEW), D),
    "renameat2": ((AT_FDCWD, FILE, AT_FDCWD, NEW, 0), D),
    "chdir": ((DIRECTORY,), S),
    "chroot": ((DIRECTORY,), S),
    "statfs64": ((FILE, 88, BUFFER), S),
    "faccessat": ((AT_FDCWD, FILE, 4), S),
    "faccessat2": ((AT_FDCWD, FILE, 4, 0), S),
    "fchmodat": ((AT_FDCWD, FILE, 0o777), W),
    "fchmodat2": ((AT_FDCWD, FILE, 0o777, 0), W),
    "fchownat": ((AT_FDCWD, FILE, 5, 5, 0), W),
    "readlinkat": ((AT_FDCWD, LINK, BUFFER, 100), S),
    "statx": ((AT_FDCWD, FILE, 0, 0xFFF, BUFFER), S),
    "utimensat_time64": ((AT_FDCWD, FILE, TIMES, 0), W),
    "execve": ((PROGRAM, 0, 0), X),
    "execveat": ((AT_FDCWD, PROGRAM, 0, 0, 0), X),
    "kill": (("other", SIGUSR1), Action.PROCESS_SIGNAL),
    "tkill": (("other", SIGUSR1), Action.PROCESS_SIGNAL),
    "tgkill": (("other", "other", SIGUSR1), Action.PROCESS_SIGNAL),
    "rt_sigqueueinfo": (("other", SIGUSR1, BUFFER), Action.PROCESS_SIGNAL),
    "cloche_vfork": ((), Action.PROCESS_FORK),
    "cloche_fork_copy": ((), Action.PROCESS_FORK),
    "socket": ((2, 1, 0), Action.NET_SOCKET),
    "socketpair": ((1, 1, 0, BUFFER), Action.NET_SOCKET),
    "bind": ((SOCKET, ADDRESS, 16), Action.NET_LISTEN),
    "listen": ((SOCKET, 1), Action.NET_LISTEN),
    "connect": ((SOCKET, ADDRESS, 16), Action.NET_CONNECT),
    # Descriptors that were opened while it was allowed, but attributes are the file's.
    "fchmod": ((OPEN_FILE, 0o777), W),
    "fchown": ((OPEN_FILE, 5, 5), W),
    "ftruncate64": ((OPEN_FILE, 0, 0), W),
    "fchdir": ((OPEN_DIRECTORY,), S),
}
#: The same calls in other forms.
VARIANTS = (
    ("openat", (AT_FDCWD, NEW, O_CREAT | O_RDWR, 0o644), C),
    ("openat", (AT_FDCWD, FILE, 1), W),
    ("unlinkat", (AT_FDCWD, DIRECTORY, 0x200), D),
    ("utimensat_time64", (OPEN_FILE, 0, TIMES, 0), W),
    ("kill", (NOBODY, SIGUSR1), Action.PROCESS_SIGNAL),
    ("kill", ("other", 0), Action.PROCESS_SIGNAL),
    ("bind", (UNIX_SOCKET, UNIX, 64), Action.NET_LISTEN),
)
#: Refused to everybody, whatever the policy: no object is looked at.
REFUSED = frozenset([
    "mount", "umount2", "pivot_root", "acct", "unshare", "kexec_load", "init_module", "delete_module", "syslog",
    "ptrace", "reboot", "setdomainname", "swapon", "swapoff", "perf_event_open", "setns", "process_vm_readv",
    "process_vm_writev", "finit_module", "bpf", "clock_settime64", "clock_adjtime64", "name_to_handle_at",
    "open_by_handle_at", "openat2", "inotify_init1", "setxattr", "lsetxattr", "fsetxattr", "getxattr", "lgetxattr",
    "fgetxattr", "listxattr", "llistxattr", "flistxattr", "removexattr", "lremovexattr", "fremovexattr",
])
#: On descriptors that the process has: they were asked for when they were made.
DESCRIPTORS = frozenset([
    "close", "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2",
    "llseek", "fallocate", "fsync", "fdatasync", "sync_file_range", "readahead", "fadvise64", "syncfs", "sync",
    "sendfile64", "vmsplice", "splice", "tee", "copy_file_range", "dup", "dup3", "fcntl64", "ioctl", "flock",
    "close_range", "getdents64", "fstatfs64", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "pselect6_time64",
    "ppoll_time64", "timerfd_gettime64", "timerfd_settime64", "accept", "accept4", "getsockname", "getpeername",
    "recvfrom", "setsockopt", "getsockopt", "shutdown", "recvmsg", "recvmmsg_time64",
])
#: New objects without a name, seen by nobody else.
ANONYMOUS = frozenset(["pipe2", "memfd_create", "eventfd2", "epoll_create1", "signalfd4", "timerfd_create"])
#: Descriptors again, but with an address they connect: sockets.
ADDRESSED = frozenset(["sendto", "sendmsg", "sendmmsg"])
#: The process itself, or its own children, or ids of others and nothing more.
OWN = frozenset([
    "getcwd", "umask", "capget", "capset", "setregid", "setgid", "setreuid", "setuid", "setresuid", "getresuid",
    "setresgid", "getresgid", "setfsuid", "setfsgid", "setpgid", "getpgid", "getsid", "setsid", "getgroups",
    "setgroups", "prctl", "getpid", "getppid", "getuid", "geteuid", "getgid", "getegid", "gettid", "exit",
    "exit_group", "waitid", "wait4", "sched_setparam", "sched_setscheduler", "sched_getscheduler", "sched_getparam",
    "sched_setaffinity", "sched_getaffinity", "sched_yield", "sched_get_priority_max", "sched_get_priority_min",
    "setpriority", "getpriority", "getrusage", "prlimit64", "cloche_vfork_result", "cloche_snapshot", "getitimer",
    "setitimer", "sigaltstack", "rt_sigsuspend", "rt_sigaction", "rt_sigprocmask", "rt_sigpending",
    "rt_sigtimedwait_time64", "cloche_sigpop", "cloche_sigdone", "brk", "munmap", "mremap", "mmap2", "mprotect",
    "msync", "mlock", "munlock", "mlockall", "munlockall", "madvise", "times", "clock_gettime64",
    "clock_getres_time64", "clock_nanosleep_time64", "set_tid_address", "futex", "set_robust_list", "getcpu",
    "getrandom", "membarrier", "futex_time64",
])
#: The machine's own name and figures.
MACHINE = frozenset(["uname", "sethostname", "sysinfo"])
TABLES = (frozenset(MEDIATED), REFUSED, DESCRIPTORS, ANONYMOUS, ADDRESSED, OWN, MACHINE)


def test_every_row_is_classified_once():
    names = [row.name for row in ROWS]
    assert [name for name in names if sum(name in table for table in TABLES) != 1] == []
    assert sorted(set().union(*TABLES) - set(names)) == []


class World:
    """A process with files, descriptors, sockets and a neighbour; then nothing is granted any more."""

    def __init__(self):
        self.machine = machine = make_machine()
        self.other = machine.spawn(b"/bin/idle", [b"idle"], [], {})
        self.proc = proc = current(machine)
        texts = {FILE: b"/tmp/file\0", NEW: b"/tmp/new\0", LINK: b"/tmp/link\0", DIRECTORY: b"/tmp/directory\0",
                 PROGRAM: b"/bin/idle\0", TIMES: struct.pack("<qqqq", 1, 0, 1, 0),
                 ADDRESS: struct.pack("<HH4s8x", 2, 0x901F, b"\x7f\0\0\1"), BUFFER: struct.pack("<iii", 0, 0, -1),
                 UNIX: struct.pack("<H62s", 1, b"/tmp/new")}
        for address, data in texts.items():
            proc.mem.write(address, data)
        for name, *arguments in (("openat", AT_FDCWD, FILE, O_CREAT | O_RDWR, 0o644), ("mkdirat", AT_FDCWD, DIRECTORY, 0o755),
                                 ("symlinkat", FILE, AT_FDCWD, LINK), ("openat", AT_FDCWD, DIRECTORY, 0),
                                 ("write", OPEN_FILE, FILE, 9), ("socket", 2, 1, 0), ("socket", 1, 1, 0)):
            assert self.call(name, *arguments) >= 0
        machine.security.load(deny_all())
        self.decided = []
        machine.recorder.watch(self.decided.append, [PolicyDecided])

    def call(self, name, *arguments):
        arguments = [self.other.pid if value == "other" else value for value in arguments]
        return dispatch.call(self.proc, NUMBERS[name], *(*arguments, 0, 0, 0, 0, 0, 0)[:6])

    def state(self):
        """Everything that could have changed."""
        machine, proc = self.machine, self.proc
        return (self._tree(machine.vfs.root.lookup(b"tmp")), dict(proc.fds.entries), set(proc.fds.cloexec),
                sorted(machine.processes), [(other.state, other.pending, other.cwd, other.root, other.cred, other.exe_path)
                                            for other in machine.processes.values()],
                proc.leaving, machine.vfs.files_open.used, machine.vfs.inodes.used, machine.memory.used)

    def _tree(self, directory):
        found = {}
        for name in directory.names():
            inode = directory.lookup(name)
            found[name] = (inode, inode.mode, inode.uid, inode.gid, inode.size, inode.mtime, inode.ctime, inode.links,
                           bytes(inode.read_at(0, 100)) if inode.is_regular else None,
                           self._tree(inode) if inode.is_directory else None)
        return found

    def denied(self, result, action):
        assert result == -Errno.EACCES
        assert [record.event.request.action for record in self.decided] == [action]
        assert self.decided[0].event.decision.rule == "default"
        assert self.decided[0].cause.pid == self.proc.pid


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize("name", MEDIATED)
def test_denied_recorded_once_and_nothing_changed(world, name):
    arguments, action = MEDIATED[name]
    before = world.state()
    world.denied(world.call(name, *arguments), action)
    assert world.state() == before


@pytest.mark.parametrize(("name", "arguments", "action"), VARIANTS)
def test_other_forms(world, name, arguments, action):
    before = world.state()
    world.denied(world.call(name, *arguments), action)
    assert world.state() == before


def test_the_fork_import_asks_too(world):
    before = world.state()
    world.denied(dispatch.guarded(fork.fork_entry, world.proc), Action.PROCESS_FORK)
    assert world.state() == before


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused_calls_look_at_nothing(world, name):
    before = world.state()
    assert world.call(name, FILE, DIRECTORY, BUFFER, 10, 0) < 0
    assert (world.decided, world.state()) == ([], before)


@pytest.mark.parametrize("name", sorted((OWN | MACHINE) - {"exit", "exit_group", "rt_sigsuspend", "setsid", "capset"}))
def test_what_is_the_processs_own_is_not_asked_for(world, name):
    world.proc.mem.write(BUFFER, ITIMERVAL.pack(0, 0, 0, 0))
    world.call(name, 0, 0, 0, 0)
    assert world.decided == []
    assert set(world.machine.processes) == {1, world.other.pid, world.proc.pid}
    assert world.other.pending == 0


def test_a_path_that_leads_nowhere_is_asked_for_like_one_that_does(world):
    world.proc.mem.write(NEW, b"/tmp/missing\0")
    assert world.call("openat", AT_FDCWD, NEW, 0) == -Errno.ENOENT
    assert world.call("kill", 4000, SIGUSR1) == -Errno.ESRCH
    assert world.decided == []
