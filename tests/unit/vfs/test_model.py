"""The same calls on the machine's file system and on the host's: same results, same errnos, same tree.

The host is the model: a temporary directory, deep enough that no path of the test climbs out of it.
"""
from __future__ import annotations

import os
import shutil
import stat
import tempfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world import World

from cloche.abi.errno import Errno
from cloche.abi.fcntl import AT_REMOVEDIR, AT_SYMLINK_FOLLOW, AT_SYMLINK_NOFOLLOW
from cloche.fs.image import NodeDirectory, NodeFile, NodeSymlink
from cloche.kernel.credentials import Credentials

#: A walk climbs at most once per path and symbolic link: 41 times.
_DEPTH = 45
_names = st.sampled_from([b"a", b"b", b"c"])


@st.composite
def _paths(draw):
    parts = draw(st.lists(st.one_of(_names, st.just(b"."), st.just(b"")), min_size=0, max_size=3))
    if draw(st.integers(0, 5)) == 0:
        parts.insert(draw(st.integers(0, len(parts))), b"..")
    path = b"/".join([*parts, draw(_names)]).lstrip(b"/")
    ending = draw(st.sampled_from([b"", b"", b"", b"", b"/", b"/.", b"/.."]))
    return path + (ending if b".." not in path else b"")


_flags = st.sampled_from([os.O_RDONLY, os.O_WRONLY, os.O_RDWR]).flatmap(lambda mode: st.lists(st.sampled_from(
    [os.O_CREAT, os.O_CREAT, os.O_EXCL, os.O_TRUNC, os.O_APPEND, os.O_NOFOLLOW, os.O_DIRECTORY]),
    max_size=3, unique=True).map(lambda more: mode | sum(more)))
_data = st.binary(min_size=0, max_size=9000)
_operations = st.lists(st.one_of(
    st.tuples(st.just("mkdir"), _paths(), st.sampled_from([0o777, 0o700, 0o2755, 0o1777])),
    st.tuples(st.just("open"), _paths(), _flags, st.integers(0, 20000), _data),
    st.tuples(st.just("open"), _paths(), st.just(os.O_RDWR | os.O_CREAT), st.integers(0, 20000), _data),
    st.tuples(st.sampled_from(["unlink", "rmdir", "readlink", "stat", "lstat", "listdir"]), _paths()),
    st.tuples(st.sampled_from(["rename", "link", "link_follow"]), _paths(), _paths()),
    st.tuples(st.just("symlink"), _paths(), _paths()),
    st.tuples(st.just("truncate"), _paths(), st.integers(-1, 30000)),
    st.tuples(st.just("chmod"), _paths(), st.integers(0, 0o7777)),
), max_size=25)


def _mode(mode):
    """As compared: set-group-ID of directories is the host filesystem's to inherit."""
    return mode


class Host:
    """The model."""

    def __init__(self, base):
        self._base = base

    def run(self, name, *arguments):
        try:
            return getattr(self, name)(*arguments)
        except OSError as error:
            return -error.errno

    def mkdir(self, path, mode):
        os.mkdir(path, mode)

    def open(self, path, flags, position, data):
        fd = os.open(path, flags, 0o666)
        try:
            if stat.S_ISREG(os.fstat(fd).st_mode) and flags & os.O_ACCMODE:
                os.lseek(fd, position, os.SEEK_SET)
                os.write(fd, data)
            status = os.fstat(fd)
            content = b""
            if stat.S_ISREG(status.st_mode) and flags & os.O_ACCMODE != os.O_WRONLY:
                content = os.pread(fd, 1 << 20, 0)
            return status.st_mode, status.st_size if stat.S_ISREG(status.st_mode) else 0, content
        finally:
            os.close(fd)

    def unlink(self, path):
        os.unlink(path)

    def rmdir(self, path):
        os.rmdir(path)

    def readlink(self, path):
        return os.readlink(path)

    def stat(self, path):
        return self._fields(os.stat(path))

    def lstat(self, path):
        return self._fields(os.lstat(path))

    @staticmethod
    def _fields(status):
        is_dir = stat.S_ISDIR(status.st_mode)
        return status.st_mode, status.st_nlink, 0 if is_dir else status.st_size

    def listdir(self, path):
        return sorted(os.listdir(path))

    def rename(self, old, new):
        os.rename(old, new)

    def link(self, old, new):
        os.link(old, new, follow_symlinks=False)

    def link_follow(self, old, new):
        here = os.open(b".", os.O_PATH)
        try:  # with descriptors, or Python calls link(2), which does not follow
            os.link(old, new, src_dir_fd=here, dst_dir_fd=here, follow_symlinks=True)
        finally:
            os.close(here)

    def symlink(self, target, path):
        os.symlink(target, path)

    def truncate(self, path, size):
        os.truncate(path, size)

    def chmod(self, path, mode):
        os.chmod(path, mode)

    def tree(self):
        return {os.path.relpath(os.path.join(top, name), self._base): self.lstat(os.path.join(top, name))
                for top, directories, files in os.walk(self._base) for name in directories + files}


class Guest:
    """What is tested: the same operations, by the machine's system calls."""

    def __init__(self, proc):
        self.p = proc

    def run(self, name, *arguments):
        result = getattr(self, name)(*arguments)
        return None if result == 0 and type(result) is int else result

    def mkdir(self, path, mode):
        return self.p.at("mkdirat", path, mode)

    def open(self, path, flags, position, data):
        p = self.p
        fd = p.open(path, flags)
        if fd < 0:
            return fd
        status = p.fstat(fd)
        regular = stat.S_ISREG(status.mode)
        if regular and flags & os.O_ACCMODE:
            assert p.seek(fd, position) == position
            assert p.write(fd, data) == len(data)
        status = p.fstat(fd)
        content = b""
        if regular and flags & os.O_ACCMODE != os.O_WRONLY:
            content = p.pread(fd, 1 << 20, 0)
        assert p.close(fd) == 0
        return status.mode, status.size if regular else 0, content

    def unlink(self, path):
        return self.p.at("unlinkat", path, 0)

    def rmdir(self, path):
        return self.p.at("unlinkat", path, AT_REMOVEDIR)

    def readlink(self, path):
        return self.p.readlink(path)

    def stat(self, path):
        return self._fields(self.p.stat(path, 0))

    def lstat(self, path):
        return self._fields(self.p.stat(path, AT_SYMLINK_NOFOLLOW))

    @staticmethod
    def _fields(status):
        if isinstance(status, int):
            return status
        return status.mode, status.nlink, 0 if stat.S_ISDIR(status.mode) else status.size

    def listdir(self, path):
        return self.p.names(path)

    def rename(self, old, new):
        return self.p.two("renameat", old, new)

    def link(self, old, new):
        return self.p.two("linkat", old, new, 0)

    def link_follow(self, old, new):
        return self.p.two("linkat", old, new, AT_SYMLINK_FOLLOW)

    def symlink(self, target, path):
        return self.p.symlink(target, path)

    def truncate(self, path, size):
        return self.p.on("truncate64", path, size & 0xFFFFFFFF, size >> 32 & 0xFFFFFFFF)

    def chmod(self, path, mode):
        return self.p.at("fchmodat", path, mode)

    def tree(self, path=b".", prefix=""):
        found = {}
        for name in self.p.names(path):
            inner = path + b"/" + name
            fields = self.lstat(inner)
            found[prefix + name.decode()] = fields
            if stat.S_ISDIR(fields[0]):
                found.update(self.tree(inner, prefix + name.decode() + "/"))
        return found


def _counts_subdirectories(top):
    """Whether the host's directories count theirs (ext4, tmpfs do; btrfs, overlayfs on it do not)."""
    before = os.stat(top).st_nlink
    os.mkdir(os.path.join(top, "probe"))
    after = os.stat(top).st_nlink
    os.rmdir(os.path.join(top, "probe"))
    return after == before + 1


def _image():
    """What both start from, for the test of the overlay: directories a and b with files, links and a hard link."""
    both = NodeFile(0o644, b"two names", links=2)
    return {b"a": NodeDirectory(0o755, {
        b"a": NodeFile(0o644, b"first"), b"b": NodeDirectory(0o755, {b"c": NodeFile(0o755, b"deep" * 3000)}),
        b"c": NodeSymlink(b"../b/a")}),
        b"b": NodeDirectory(0o755, {b"a": both, b"b": both, b"c": NodeDirectory(0o755)})}


def _write_image(base, entries):
    written = {}
    for name, node in entries.items():
        path = os.path.join(base, os.fsdecode(name))
        if isinstance(node, NodeDirectory):
            os.mkdir(path, 0o755)
            _write_image(path, node.entries)
        elif isinstance(node, NodeSymlink):
            os.symlink(node.target, path)
        elif node in written:
            os.link(written[node], path)
        else:
            with open(path, "wb") as file:
                file.write(node.data)
            os.chmod(path, node.mode)
            written[node] = path


def _compare(operations, entries):
    top = tempfile.mkdtemp()
    before, mask = os.getcwd(), os.umask(0o022)
    try:
        counts = _counts_subdirectories(top)
        base = os.path.join(top, *["p"] * _DEPTH)
        os.makedirs(base)
        _write_image(base, entries)
        os.chdir(base)
        node = NodeDirectory(0o755, entries)
        for _ in range(_DEPTH):
            node = NodeDirectory(0o755, {b"p": node})
        world = World(node)
        proc = world.proc
        assert proc.on("chdir", b"/".join([b"", *[b"p"] * _DEPTH])) == 0
        host, guest = Host(base), Guest(proc)
        if os.getuid():
            for path in (b"/" + b"p/" * i for i in range(_DEPTH + 1)):
                assert proc.at("fchownat", path, os.getuid(), os.getgid(), 0) == 0
            proc.cred = Credentials.of(os.getuid(), os.getgid(), tuple(os.getgroups()))
        for operation in operations:
            expected, got = host.run(*operation), guest.run(*operation)
            if not counts and operation[0] in ("stat", "lstat") and not isinstance(expected, int) \
                    and not isinstance(got, int) and stat.S_ISDIR(expected[0]):
                expected, got = (expected[0], *expected[2:]), (got[0], *got[2:])
            assert got == expected, (operation, _named(expected), _named(got))
        expected, got = host.tree(), guest.tree()
        if not counts:
            expected, got = _without_counts(expected), _without_counts(got)
        assert got == expected
    finally:
        os.chdir(before)
        os.umask(mask)
        shutil.rmtree(top, ignore_errors=True)
    return world


def _named(result):
    return Errno(-result).name if isinstance(result, int) and result < 0 else result


def _without_counts(tree):
    return {name: (fields[0], *fields[2:]) if stat.S_ISDIR(fields[0]) else fields for name, fields in tree.items()}


_SLOW = settings(deadline=None, max_examples=int(os.environ.get("CLOCHE_EXAMPLES", "50")),
                 suppress_health_check=[HealthCheck.too_slow])


@_SLOW
@given(_operations)
def test_tmpfs_does_what_the_host_does(operations):
    _compare(operations, {})


@_SLOW
@given(_operations)
def test_overlay_does_what_the_host_does(operations):
    _compare(operations, _image())


@_SLOW
@given(_operations)
def test_budgets_return_to_where_they_were(operations):
    """Whatever is made and removed again: nothing stays charged."""
    world = World()
    proc = world.proc
    guest = Guest(proc)
    used = world.vfs.inodes.used, world.vfs.disk_bytes.used
    proc.at("mkdirat", b"/w", 0o755)
    proc.on("chdir", b"/w")
    for operation in operations:
        guest.run(*operation)
    proc.on("chdir", b"/")
    _remove(proc, b"/w")
    # Paths with ".." reach the root directory.
    for name in (b"a", b"b", b"c"):
        if not isinstance(proc.stat(b"/" + name), int):
            _remove(proc, b"/" + name)
    assert (world.vfs.inodes.used, world.vfs.disk_bytes.used, world.vfs.files_open.used) == (*used, 0)


def _remove(proc, path):
    if stat.S_ISDIR(proc.stat(path).mode):
        for name in proc.names(path):
            _remove(proc, path + b"/" + name)
        assert proc.at("unlinkat", path, AT_REMOVEDIR) == 0
    else:
        assert proc.at("unlinkat", path, 0) == 0
