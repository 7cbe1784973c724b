"""open(2), permissions and limits."""
import pytest
from world import BUFFER, World

from cloche.abi.errno import Errno
from cloche.abi.fcntl import (
    AT_REMOVEDIR,
    O_APPEND,
    O_CREAT,
    O_DIRECTORY,
    O_EXCL,
    O_PATH,
    O_RDWR,
    O_TMPFILE,
    O_TRUNC,
    O_WRONLY,
    SEEK_DATA,
    SEEK_HOLE,
)
from cloche.abi.limits import RLIMIT_FSIZE
from cloche.events.file import FileCreated, FileDeleted, FileOpened, FileRenamed
from cloche.kernel.limits import Limits
from cloche.policy.decision import Action, Outcome
from cloche.policy.policy import Policy, Rule
from cloche.policy.presets import deny_all

ACCESS, PERM = -Errno.EACCES, -Errno.EPERM


@pytest.fixture
def user(world):
    """An ordinary user; root has made /private (0700) and /shared (1777)."""
    root = world.proc
    assert root.at("mkdirat", b"/private", 0o700) == 0
    assert root.at("mkdirat", b"/shared", 0o777) == 0
    assert root.at("fchmodat", b"/shared", 0o1777) == 0
    root.make(b"/private/f", b"secret")
    root.make(b"/shared/roots", b"root's")
    return world.new(1000)


def test_mode_bits_keep_others_out(user):
    assert user.open(b"/private/f") == ACCESS
    assert user.names(b"/private") == ACCESS
    assert user.content(b"/shared/roots") == b"root's"
    assert user.open(b"/shared/roots", O_WRONLY) == ACCESS
    assert user.open(b"/new", O_CREAT | O_WRONLY) == ACCESS


def test_sticky_directories_keep_others_names(user):
    assert user.at("unlinkat", b"/shared/roots", 0) == PERM
    assert user.two("renameat", b"/shared/roots", b"/shared/mine") == PERM
    user.make(b"/shared/mine", b"x")
    assert user.two("renameat", b"/shared/mine", b"/shared/roots") == PERM
    assert user.at("unlinkat", b"/shared/mine", 0) == 0


def test_owners_change_modes_and_nobody_else(user):
    assert user.at("fchmodat", b"/shared/roots", 0o777) == PERM
    user.make(b"/shared/mine", b"x")
    assert user.at("fchmodat", b"/shared/mine", 0o600) == 0
    assert user.at("fchownat", b"/shared/mine", 0, 0, 0) == PERM


def test_a_write_takes_set_user_id_away(user):
    user.make(b"/shared/mine", b"x")
    assert user.at("fchmodat", b"/shared/mine", 0o6755) == 0
    fd = user.open(b"/shared/mine", O_WRONLY)
    assert user.write(fd, b"y") == 1
    assert user.stat(b"/shared/mine").mode & 0o7777 == 0o755


def test_root_executes_only_what_somebody_may(world):
    root = world.proc
    root.make(b"/f", b"x")
    assert root.at("faccessat", b"/f", 1) == ACCESS
    assert root.at("fchmodat", b"/f", 0o001) == 0
    assert root.at("faccessat", b"/f", 1) == 0


def test_new_files_take_the_group_of_a_set_group_id_directory(world):
    root = world.proc
    assert root.at("mkdirat", b"/g", 0o777) == 0
    assert root.at("fchownat", b"/g", 0xFFFFFFFF, 50, 0) == 0
    assert root.at("fchmodat", b"/g", 0o2777) == 0
    root.make(b"/g/f")
    assert root.at("mkdirat", b"/g/d", 0o755) == 0
    assert root.stat(b"/g/f").gid == 50
    assert (root.stat(b"/g/d").gid, root.stat(b"/g/d").mode & 0o7777) == (50, 0o2755)


def test_o_path_is_a_place_and_nothing_else(proc):
    proc.make(b"/f", b"x")
    fd = proc.open(b"/f", O_PATH)
    assert proc.read(fd) == -Errno.EBADF
    assert proc.write(fd, b"y") == -Errno.EBADF
    assert proc.call("fchmod", fd, 0) == -Errno.EBADF
    assert proc.fstat(fd).size == 1


def test_o_tmpfile_gets_its_name_by_link(proc):
    fd = proc.open(b"/tmp", O_TMPFILE | O_RDWR, 0o600)
    assert proc.write(fd, b"late") == 4
    assert proc.fstat(fd).nlink == 0
    assert proc.call("linkat", 0xFFFFFF9C, proc.put(0x1000, b"/proc/self/fd/%d" % fd), 0xFFFFFF9C,
                     proc.put(0x2000, b"/named"), 0x400) == 0
    assert proc.content(b"/named") == b"late"
    assert proc.fstat(fd).nlink == 1


def test_a_removed_file_lives_until_it_is_closed(world):
    proc = world.proc
    before = world.vfs.disk_bytes.used, world.vfs.inodes.used
    fd = proc.open(b"/f", O_CREAT | O_RDWR)
    assert proc.write(fd, b"x" * 5000) == 5000
    assert proc.at("unlinkat", b"/f", 0) == 0
    assert proc.pread(fd, 10, 4995) == b"xxxxx"
    assert proc.readlink(b"/proc/self/fd/%d" % fd) == b"/f (deleted)"
    assert world.vfs.disk_bytes.used == before[0] + 8192
    assert proc.close(fd) == 0
    assert (world.vfs.disk_bytes.used, world.vfs.inodes.used) == before


def test_appends_go_to_the_end_wherever_the_offset_is(proc):
    proc.make(b"/f", b"abc")
    fd = proc.open(b"/f", O_RDWR | O_APPEND)
    assert proc.write(fd, b"d") == 1
    assert proc.pwrite(fd, b"e", 0) == 1  # pwrite(2), BUGS: Linux appends
    assert proc.content(b"/f") == b"abcde"


def test_holes(proc):
    fd = proc.open(b"/f", O_CREAT | O_RDWR)
    assert proc.pwrite(fd, b"x", 1 << 20) == 1
    assert (proc.fstat(fd).size, proc.fstat(fd).blocks) == ((1 << 20) + 1, 8)
    assert proc.seek(fd, 0, SEEK_DATA) == 1 << 20
    assert proc.seek(fd, 1 << 20, SEEK_HOLE) == (1 << 20) + 1
    assert proc.seek(fd, (1 << 20) + 1, SEEK_DATA) == -Errno.ENXIO
    assert proc.call("fallocate", fd, 3, 1 << 20, 0, 4096, 0) == 0
    assert (proc.fstat(fd).size, proc.fstat(fd).blocks) == ((1 << 20) + 1, 0)


def test_file_size_limits(world, monkeypatch):
    from cloche.syscalls import file
    sent = []
    monkeypatch.setattr(file.signals, "send", lambda proc, signo, info=None: sent.append(signo))
    proc = world.proc
    proc.rlimits[RLIMIT_FSIZE] = (10, 10)
    fd = proc.open(b"/f", O_CREAT | O_RDWR)
    assert proc.write(fd, b"0123456789ab") == 10
    assert proc.write(fd, b"c") == -Errno.EFBIG
    assert proc.call("ftruncate64", fd, 11, 0) == -Errno.EFBIG
    assert sent == [25, 25]


def test_the_disk_is_bounded():
    world = World(limits=Limits(disk_bytes_max=100000, file_bytes_max=50000))
    proc = world.proc
    fd = proc.open(b"/f", O_CREAT | O_RDWR)
    assert proc.write(fd, bytes(60000)) == 50000
    assert proc.write(fd, b"x") == -Errno.EFBIG
    other = proc.open(b"/g", O_CREAT | O_RDWR)
    assert proc.write(other, bytes(49000)) == -Errno.ENOSPC
    proc.close(fd)
    assert proc.at("unlinkat", b"/f", 0) == 0
    assert proc.write(other, bytes(49000)) == 49000


def test_inodes_names_and_depth_are_bounded():
    world = World(limits=Limits(inodes_max=40, path_depth_max=5))
    proc = world.proc
    made = 0
    while proc.at("mknodat", b"/f%d" % made, 0o100644, 0) == 0:
        made += 1
    assert proc.two("linkat", b"/f0", b"/another", 0) == -Errno.ENOSPC
    assert proc.at("mkdirat", b"/d", 0o755) == -Errno.ENOSPC
    for i in range(made):
        assert proc.at("unlinkat", b"/f%d" % i, 0) == 0
    path = b""
    for _ in range(5):
        path += b"/d"
        assert proc.at("mkdirat", path, 0o755) == 0
    assert proc.at("mkdirat", path + b"/d", 0o755) == -Errno.ENAMETOOLONG
    assert proc.at("mkdirat", b"/e", 0o755) == 0
    assert proc.two("renameat", b"/d", b"/e/d") == -Errno.ENAMETOOLONG


def test_open_files_are_bounded():
    world = World(limits=Limits(files_machine_max=3))
    proc = world.proc
    assert [proc.open(b"/") for _ in range(4)] == [0, 1, 2, -Errno.ENFILE]
    assert proc.pipe() == -Errno.ENFILE
    for fd in range(3):
        proc.close(fd)
    assert world.vfs.files_open.used == 0
    proc.fds.limit = 2
    assert proc.open(b"/a", O_CREAT | O_WRONLY) == 0
    assert proc.pipe() == -Errno.EMFILE
    assert world.vfs.files_open.used == 1


def test_no_file_is_made_without_a_descriptor_for_it(world):
    proc = world.proc
    proc.fds.limit = 0
    assert proc.open(b"/f", O_CREAT | O_WRONLY) == -Errno.EMFILE
    assert proc.stat(b"/f") == -Errno.ENOENT


def test_mount_points_are_busy(proc):
    assert proc.at("unlinkat", b"/proc", AT_REMOVEDIR) == -Errno.EBUSY
    assert proc.two("renameat", b"/dev", b"/d") == -Errno.EBUSY
    assert proc.two("linkat", b"/dev/null", b"/null", 0) == -Errno.EXDEV
    assert proc.on("chdir", b"/dev/shm/../..") == 0
    assert proc.call("getcwd", BUFFER, 100) == 2


def test_chroot_is_the_end_of_dot_dot(proc):
    assert proc.at("mkdirat", b"/jail", 0o755) == 0
    proc.make(b"/jail/f", b"in")
    assert proc.on("chroot", b"/jail") == 0
    assert proc.on("chdir", b"/") == 0
    assert proc.content(b"/../../f") == b"in"
    assert proc.open(b"/etc", O_DIRECTORY) == -Errno.ENOENT


def test_the_policy_is_asked_after_the_mode_bits(world):
    policy = Policy("no-secrets", (
        Rule("secrets", frozenset((Action.FILE_READ,)), b"/secret/**", Outcome.DENY, Errno.EPERM),
        Rule("rest", frozenset(Action), b"**", Outcome.ALLOW)))
    root = world.proc
    assert root.at("mkdirat", b"/secret", 0o700) == 0
    root.make(b"/secret/f", b"x")
    root.symlink(b"/secret/f", b"/alias")
    world.security.load(policy)
    assert root.open(b"/secret/f") == PERM
    assert root.open(b"/alias") == PERM
    assert root.open(b"/tmp/../secret/./f", O_RDWR) == PERM
    assert root.close(root.open(b"/secret/f", O_WRONLY)) == 0
    assert world.new(1000).open(b"/secret/f") == ACCESS


def test_deny_all_denies_every_operation_on_names(world):
    proc = world.proc
    proc.make(b"/f", b"x")
    assert proc.at("mkdirat", b"/d", 0o755) == 0
    fd = proc.open(b"/f", O_RDWR)
    world.security.load(deny_all())
    results = [
        proc.open(b"/f"), proc.open(b"/new", O_CREAT | O_WRONLY), proc.open(b"/f", O_WRONLY | O_TRUNC),
        proc.open(b"/tmp", O_TMPFILE | O_RDWR), proc.open(b"/f", O_PATH), proc.stat(b"/f"), proc.fstat(fd),
        proc.readlink(b"/dev/fd"), proc.at("mkdirat", b"/n", 0o755), proc.at("mknodat", b"/n", 0o100644, 0),
        proc.symlink(b"f", b"/n"), proc.two("linkat", b"/f", b"/n", 0), proc.two("renameat", b"/f", b"/n"),
        proc.at("unlinkat", b"/f", 0), proc.at("unlinkat", b"/d", AT_REMOVEDIR), proc.at("fchmodat", b"/f", 0),
        proc.at("fchownat", b"/f", 1, 1, 0), proc.at("utimensat_time64", b"/f", 0, 0),
        proc.on("truncate64", b"/f", 0, 0), proc.call("ftruncate64", fd, 0, 0), proc.at("faccessat", b"/f", 0),
        proc.on("chdir", b"/d"), proc.on("chroot", b"/d"), proc.call("fallocate", fd, 0, 0, 0, 10, 0),
        proc.open(b"/f", O_CREAT | O_EXCL) + Errno.EEXIST - Errno.EACCES,
    ]
    assert results == [ACCESS] * len(results)


def test_what_happens_is_recorded(world):
    records = []
    world.recorder.watch(records.append, [FileOpened, FileCreated, FileDeleted, FileRenamed])
    proc = world.proc
    proc.on("chdir", b"/tmp")
    proc.make(b"f", b"")
    proc.open(b"../tmp/f")
    proc.two("renameat", b"f", b"g")
    proc.at("unlinkat", b"/tmp/g", 0)
    assert [record.event for record in records] == [
        FileCreated(b"/tmp/f", 0o100644), FileOpened(b"/tmp/f", 0), FileRenamed(b"/tmp/f", b"/tmp/g"),
        FileDeleted(b"/tmp/g")]
