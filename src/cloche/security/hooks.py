"""The reference monitor: the only caller of Policy.decide.

Hooks are called by vfs, net and kernel *operations*, not by system calls, as Linux's LSM hooks are: open, openat, execve
and a mount share one. A hook returns if the access is granted and raises SysError if it is not.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..abi.errno import SysError
from ..abi.fcntl import O_ACCMODE, O_PATH, O_TRUNC, O_WRONLY
from ..events.kernel import PolicyDecided
from ..policy.decision import Action, Decision, Outcome, Request, Subject

if TYPE_CHECKING:
    from ..events.recorder import Recorder
    from ..policy.policy import Policy

#: What names the object: called only if the decision depends on it, or is recorded.
Resource = Callable[[], bytes]


class Security:
    """The policy in force in one machine. `subject` arguments are processes (kernel/process.py)."""

    def __init__(self, policy: Policy, recorder: Recorder) -> None:
        self._recorder = recorder
        self.load(policy)

    def load(self, policy: Policy) -> None:
        """Puts another policy in force, from the next access on."""
        self.policy = policy
        self._always: dict[Action, Decision | None] = {action: policy.always(action) for action in Action}
        #: Actions granted whatever the object: the hot path of a permissive policy is one set look-up.
        self._granted = frozenset(action for action, decision in self._always.items()
                                  if decision is not None and decision.outcome is Outcome.ALLOW)

    def check(self, proc: Any, action: Action, resource: Resource) -> None:
        """Asks the policy; records what it denied; raises if it did."""
        if action in self._granted:
            return
        request = Request(Subject(proc.pid, proc.cred.fsuid, proc.exe_path), action, resource())
        decision = self._always[action] or self.policy.decide(request)
        if decision.outcome is Outcome.DENY:
            self._recorder.emit(proc, PolicyDecided(request, decision))
            raise SysError(decision.errno)

    # files

    def file_open(self, proc: Any, path: Resource, flags: int) -> None:
        """open(2) of what exists. O_PATH is only a look at it."""
        if flags & O_PATH:
            self.check(proc, Action.FILE_STAT, path)
            return
        if flags & O_ACCMODE != O_WRONLY:
            self.check(proc, Action.FILE_READ, path)
        if flags & O_ACCMODE or flags & O_TRUNC:
            self.check(proc, Action.FILE_WRITE, path)

    def file_stat(self, proc: Any, path: Resource) -> None:
        """stat(2), access(2), readlink(2), and a directory as the current one."""
        if Action.FILE_STAT not in self._granted:
            self.check(proc, Action.FILE_STAT, path)

    def file_create(self, proc: Any, path: Resource) -> None:
        """A new name: creat, mkdir, mknod, symlink, link, the target of rename."""
        self.check(proc, Action.FILE_CREATE, path)

    def file_delete(self, proc: Any, path: Resource) -> None:
        """A name goes: unlink, rmdir, the source of rename."""
        self.check(proc, Action.FILE_DELETE, path)

    def file_setattr(self, proc: Any, path: Resource) -> None:
        """chmod, chown, truncate, utimensat."""
        self.check(proc, Action.FILE_WRITE, path)

    # processes

    def process_exec(self, proc: Any, path: Resource) -> None:
        """execve(2), and each interpreter on the way."""
        self.check(proc, Action.FILE_EXEC, path)

    def process_fork(self, proc: Any) -> None:
        """fork(2), vfork(2)."""
        if Action.PROCESS_FORK not in self._granted:
            self.check(proc, Action.PROCESS_FORK, lambda: b"%d" % proc.pid)

    def process_kill(self, proc: Any, target: Any) -> None:
        """A signal to another process."""
        self.check(proc, Action.PROCESS_SIGNAL, lambda: b"%d" % target.pid)

    # sockets

    def socket_create(self, proc: Any, family: bytes) -> None:
        """socket(2), socketpair(2): `family` is b"unix", b"inet", b"inet6"."""
        self.check(proc, Action.NET_SOCKET, lambda: family)

    def socket_connect(self, proc: Any, address: Resource) -> None:
        """connect(2), sendto(2): "unix:PATH", "loopback:HOST:PORT" inside the machine, else "host:port"."""
        self.check(proc, Action.NET_CONNECT, address)

    def socket_listen(self, proc: Any, address: Resource) -> None:
        """bind(2) and listen(2): as above. Wildcard addresses are loopback's too."""
        self.check(proc, Action.NET_LISTEN, address)
