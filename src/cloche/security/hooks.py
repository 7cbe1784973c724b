"""The reference monitor: the only caller of Policy.decide.

Hooks are called by vfs, net and kernel *operations*, not by system calls, as Linux's LSM hooks are: open, openat, execve
and a mount share one. A hook returns if the access is granted and raises SysError if it is not.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..abi.errno import SysError
from ..abi.fcntl import O_ACCMODE, O_PATH, O_TRUNC, O_WRONLY
from ..events.kernel import PolicyDecided, PolicyLoaded
from ..policy.decision import REFUSALS, Action, Decision, Outcome, Request, Subject
from .budgets import Counters

if TYPE_CHECKING:
    from ..events.recorder import Recorder
    from ..policy.policy import Policy

#: What names the object: called only if the decision depends on it, or is recorded.
Resource = Callable[[], bytes]
#: Answers what a rule wants asked: granted or not. Must keep the decision's deadline itself (sandbox/ask_host.py).
Asker = Callable[[Request, Decision], bool]


class Security:
    """The policy in force in one machine. `subject` arguments are processes (kernel/process.py)."""

    def __init__(self, policy: Policy, recorder: Recorder) -> None:
        self._recorder = recorder
        self.counters = Counters(recorder.clock)
        #: None: whatever should be asked is denied.
        self.asker: Asker | None = None
        self._put(policy)

    def load(self, policy: Policy, proc: Any = None) -> None:
        """Puts another policy in force, from the next access on. What was opened before stays open.

        `proc`: in whose name it is recorded, such as the machine's init. Budgets that are in both go on counting.
        """
        self._put(policy)
        if proc is not None and PolicyLoaded in self._recorder.wanted:
            self._recorder.emit(proc, PolicyLoaded(policy.name, tuple(layer.name for layer in policy.within)))

    def _put(self, policy: Policy) -> None:
        always = {action: policy.always(action) for action in Action}
        granted = frozenset(action for action, decision in always.items()
                            if decision is not None and decision.outcome is Outcome.ALLOW and not decision.charges)
        self.counters.keep(frozenset((layer.name, rule.name, budget) for layer in (policy, *policy.within)
                                     for rule in layer.rules for budget in rule.budgets))
        self.policy, self._always = policy, always
        #: Actions granted whatever the object: the hot path of a permissive policy is one set look-up.
        self._granted = granted

    def check(self, proc: Any, action: Action, resource: Resource) -> None:
        """Asks the policy; records what it denied; raises if it did."""
        if action not in self._granted:
            self.request(proc, Request(Subject(proc.pid, proc.cred.fsuid, proc.exe_path), action, resource()))

    def request(self, proc: Any, request: Request) -> Decision:
        """Decides, asks, charges and records. SysError with the decision's errno if it is denied."""
        decision = self._always[request.action] or self.policy.decide(request)
        if decision.outcome is not Outcome.ALLOW or decision.charges:
            asked = decision.outcome is Outcome.ASK
            decision = self._settle(request, decision)
            if asked or decision.outcome is not Outcome.ALLOW:
                self._recorder.emit(proc, PolicyDecided(request, decision))
                if decision.outcome in REFUSALS:
                    raise SysError(decision.errno)
        return decision

    def _settle(self, request: Request, decision: Decision) -> Decision:
        """Budgets first: nobody is asked for what could not be granted. They are charged for what then is denied, too."""
        if decision.outcome in REFUSALS:
            return decision
        over = self.counters.charge(decision.charges, request) if decision.charges else None
        if over is not None:
            outcome = Outcome.WOULD_DENY if over.observed else Outcome.DENY
            if decision.outcome.rank > outcome.rank or outcome is Outcome.DENY:
                return replace(decision, outcome=outcome, rule=over.rule, message=f"the budget {over.budget} is used up")
        if decision.outcome is Outcome.ASK:
            granted = self.asker is not None and self.asker(request, decision)
            return replace(decision, outcome=Outcome.ALLOW if granted else Outcome.DENY)
        return decision

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

    def process_program(self, proc: Any, path: bytes, arguments: list[bytes]) -> None:
        """execve(2) again: which program, script or interpreter, with which arguments from argv[0] on."""
        if Action.PROCESS_EXEC not in self._granted:
            self.request(proc, Request(Subject(proc.pid, proc.cred.fsuid, proc.exe_path), Action.PROCESS_EXEC, path,
                                       tuple(arguments)))

    def process_fork(self, proc: Any) -> None:
        """fork(2), vfork(2)."""
        if Action.PROCESS_FORK not in self._granted:
            self.check(proc, Action.PROCESS_FORK, lambda: b"%d" % proc.pid)

    def process_kill(self, proc: Any, target: Any) -> None:
        """A signal to another process."""
        self.check(proc, Action.PROCESS_SIGNAL, lambda: b"%s-session:%d" % (
            b"own" if proc.session is target.session else b"other", target.pid))

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

    # L-POL-001: what follows has no caller yet.

    def name_resolve(self, proc: Any, name: bytes) -> None:
        """A look-up of a host name."""
        self.check(proc, Action.NET_RESOLVE, lambda: name)

    def http_request(self, proc: Any, address: bytes, method: bytes, path: bytes, size: int) -> Decision:
        """An HTTP request to "host:port"."""
        return self.request(proc, Request(Subject(proc.pid, proc.cred.fsuid, proc.exe_path), Action.NET_HTTP, address,
                                          method=method, path=path, size=size))

    def tool_call(self, proc: Any, tool: str, parameters: Mapping[str, Any], size: int) -> Decision:
        """A call of a tool. `size`: bytes of its arguments."""
        return self.request(proc, Request(Subject(proc.pid, proc.cred.fsuid, proc.exe_path), Action.TOOL_CALL,
                                          tool.encode("utf-8", "surrogateescape"), parameters=parameters, size=size))
