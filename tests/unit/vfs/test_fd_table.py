"""Descriptors: dup(2), fcntl(2), close_range(2). The model is a dict of numbers to names of open files."""
from hypothesis import given, settings
from hypothesis import strategies as st
from world import World

from cloche.abi.errno import Errno
from cloche.abi.fcntl import F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, O_CLOEXEC

_LIMIT = 8
_fds = st.integers(0, _LIMIT + 1)
_steps = st.lists(st.one_of(
    st.tuples(st.just("open"), st.sampled_from([0, O_CLOEXEC])), st.tuples(st.just("dup"), _fds),
    st.tuples(st.just("dup3"), _fds, _fds, st.sampled_from([0, O_CLOEXEC])), st.tuples(st.just("close"), _fds),
    st.tuples(st.sampled_from([F_DUPFD, F_DUPFD_CLOEXEC]), _fds, _fds), st.tuples(st.just("range"), _fds, _fds),
    st.tuples(st.just("exec"))), max_size=40)


class Model:
    def __init__(self):
        self.files, self.cloexec, self.opened = {}, set(), 0

    def _put(self, name, cloexec, minimum=0):
        free = [fd for fd in range(minimum, _LIMIT) if fd not in self.files]
        if not free:
            return -Errno.EMFILE
        self.files[free[0]] = name
        if cloexec:
            self.cloexec.add(free[0])
        return free[0]

    def open(self, flags):
        self.opened += 1
        return self._put(self.opened, flags)

    def dup(self, fd):
        return self._put(self.files[fd], False) if fd in self.files else -Errno.EBADF

    def dupfd(self, fd, minimum, cloexec):
        if fd not in self.files:
            return -Errno.EBADF
        return -Errno.EINVAL if minimum >= _LIMIT else self._put(self.files[fd], cloexec, minimum)

    def dup3(self, old, new, flags):
        if old == new:
            return -Errno.EINVAL
        if new >= _LIMIT or old not in self.files:
            return -Errno.EBADF
        self.files[new] = self.files[old]
        (self.cloexec.add if flags else self.cloexec.discard)(new)
        return new

    def close(self, fd):
        self.cloexec.discard(fd)
        return 0 if self.files.pop(fd, None) else -Errno.EBADF

    def range(self, first, last):
        if first > last:
            return -Errno.EINVAL
        for fd in range(first, last + 1):
            self.close(fd)
        return 0

    def exec(self):
        for fd in list(self.cloexec):
            self.close(fd)
        return 0


@settings(deadline=None, max_examples=150)
@given(_steps)
def test_descriptors_do_what_the_model_does(steps):
    world, model = World(), Model()
    proc = world.proc
    proc.fds.limit = _LIMIT
    names = {}
    for what, *arguments in steps:
        if what == "open":
            expected = model.open(*arguments)
            got = proc.open(b"/dev/null", *arguments)
            if got >= 0:
                names[proc.fds.get(got)] = model.opened
        elif what in (F_DUPFD, F_DUPFD_CLOEXEC):
            expected = model.dupfd(*arguments, what == F_DUPFD_CLOEXEC)
            got = proc.call("fcntl64", arguments[0], what, arguments[1])
        elif what == "exec":
            expected, got = model.exec(), proc.fds.close_on_exec() or 0
        else:
            expected = getattr(model, what)(*arguments)
            got = proc.call({"range": "close_range"}.get(what, what), *arguments, *([0] if what == "range" else []))
        assert got == expected, what
        assert {fd: names[file] for fd, file in proc.fds.entries.items()} == model.files
        assert {fd for fd in model.files if proc.call("fcntl64", fd, F_GETFD) == 1} == model.cloexec
        assert world.vfs.files_open.used == len(set(model.files.values()))
