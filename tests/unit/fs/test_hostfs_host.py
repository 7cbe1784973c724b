"""Host directories in the guest's tree."""
import os
import stat
import threading

import pytest
from world import World

from cloche.abi.errno import Errno
from cloche.abi.fcntl import AT_REMOVEDIR, O_APPEND, O_CREAT, O_EXCL, O_RDWR
from cloche.fs.beneath_host import Beneath
from cloche.fs.hostfs_host import HOST_FDS_MAX, HostFs
from cloche.fs.hostoverlay_host import HostOverlay


@pytest.fixture
def tree(tmp_path):
    """A host directory with a bit of everything, and a secret beside it."""
    (tmp_path / "secret").write_bytes(b"the host's own")
    top = tmp_path / "top"
    (top / "d").mkdir(parents=True)
    (top / "a").write_bytes(b"alpha")
    (top / "d" / "b").write_bytes(b"beta")
    (top / "link").symlink_to("d/b")
    (top / "out").symlink_to("../secret")
    (top / "absolute").symlink_to("/etc/hostname")
    os.mkfifo(top / "fifo")
    os.chmod(top / "a", 0o4755)
    return top


def mounted(filesystem_class, tree, **options):
    world = World()
    filesystem = filesystem_class(world.vfs, tree, **options)
    world.vfs.mount(b"/mnt/h", filesystem)
    return world, world.proc, filesystem


@pytest.mark.parametrize("filesystem_class", [HostFs, HostOverlay])
def test_shows_the_host_s_files(tree, filesystem_class):
    _, p, _ = mounted(filesystem_class, tree)
    assert p.names(b"/mnt/h") == [b"a", b"absolute", b"d", b"fifo", b"link", b"out"]
    assert p.content(b"/mnt/h/a") == b"alpha"
    assert p.content(b"/mnt/h/link") == b"beta"
    assert p.readlink(b"/mnt/h/out") == b"../secret"


@pytest.mark.parametrize("filesystem_class", [HostFs, HostOverlay])
def test_set_user_id_is_not_shown(tree, filesystem_class):
    _, p, _ = mounted(filesystem_class, tree)
    assert p.stat(b"/mnt/h/a").mode == stat.S_IFREG | 0o755


@pytest.mark.parametrize("filesystem_class", [HostFs, HostOverlay])
def test_links_lead_into_the_guest_s_tree(tree, filesystem_class):
    _, p, _ = mounted(filesystem_class, tree)
    assert p.open(b"/mnt/h/out") == -Errno.ENOENT
    p.make(b"/mnt/secret", b"the guest's own")
    assert p.content(b"/mnt/h/out") == b"the guest's own"
    assert p.open(b"/mnt/h/absolute") == -Errno.ENOENT


@pytest.mark.parametrize("filesystem_class", [HostFs, HostOverlay])
def test_special_files_are_shown_and_not_opened(tree, filesystem_class):
    _, p, _ = mounted(filesystem_class, tree)
    assert stat.S_ISFIFO(p.stat(b"/mnt/h/fifo").mode)
    assert p.open(b"/mnt/h/fifo") == -Errno.ENXIO


def test_read_only_refuses_changes(tree):
    _, p, _ = mounted(HostFs, tree)
    for got in (p.open(b"/mnt/h/a", O_RDWR), p.open(b"/mnt/h/new", O_CREAT | O_RDWR), p.at("unlinkat", b"/mnt/h/a", 0),
                p.at("mkdirat", b"/mnt/h/new", 0o755), p.two("renameat", b"/mnt/h/a", b"/mnt/h/z"),
                p.at("fchmodat", b"/mnt/h/a", 0o600), p.on("truncate64", b"/mnt/h/a", 0, 0),
                p.symlink(b"x", b"/mnt/h/new")):
        assert got == -Errno.EROFS
    assert (tree / "a").read_bytes() == b"alpha"


def test_read_write_changes_the_host(tree):
    _, p, _ = mounted(HostFs, tree, readonly=False)
    p.make(b"/mnt/h/new", b"made")
    assert p.at("mkdirat", b"/mnt/h/e", 0o750) == 0
    assert p.two("renameat", b"/mnt/h/a", b"/mnt/h/e/moved") == 0
    assert p.at("unlinkat", b"/mnt/h/d/b", 0) == 0
    assert p.at("unlinkat", b"/mnt/h/d", AT_REMOVEDIR) == 0
    assert p.symlink(b"new", b"/mnt/h/sym") == 0
    assert p.two("linkat", b"/mnt/h/new", b"/mnt/h/hard", 0) == 0
    fd = p.open(b"/mnt/h/new", O_RDWR | O_APPEND)
    assert p.write(fd, b" up") == 3
    assert p.pread(fd, 100, 0) == b"made up"
    assert p.stat(b"/mnt/h/new").nlink == 2
    assert (tree / "hard").read_bytes() == b"made up"
    assert (tree / "e" / "moved").read_bytes() == b"alpha"
    assert stat.S_IMODE((tree / "e").stat().st_mode) == 0o750
    assert os.readlink(tree / "sym") == "new"
    assert not (tree / "d").exists()


def test_read_write_keeps_set_user_id_and_owners_from_the_host(tree):
    _, p, _ = mounted(HostFs, tree, readonly=False)
    p.make(b"/mnt/h/new", b"x")
    assert p.at("fchmodat", b"/mnt/h/new", 0o6755) == 0
    assert p.at("fchownat", b"/mnt/h/new", 1234, 1234, 0) == 0
    status = (tree / "new").stat()
    assert (stat.S_IMODE(status.st_mode), status.st_uid) == (0o755, os.getuid())


def test_a_read_only_file_can_be_written_through_the_descriptor_that_made_it(tree):
    _, p, _ = mounted(HostFs, tree, readonly=False)
    fd = p.open(b"/mnt/h/object", O_CREAT | O_EXCL | O_RDWR, 0o444)
    assert p.write(fd, b"data") == 4
    assert p.close(fd) == 0
    assert (tree / "object").read_bytes() == b"data"


def test_host_descriptors_are_bounded_and_given_back(tree):
    world, p, filesystem = mounted(HostFs, tree, readonly=False)
    for i in range(HOST_FDS_MAX):
        p.make(b"/mnt/h/f%d" % i, b"")
    fds = [p.open(b"/mnt/h/f%d" % i) for i in range(HOST_FDS_MAX)]
    assert p.open(b"/mnt/h/a") == -Errno.ENFILE
    for fd in fds:
        p.close(fd)
    assert filesystem.fds.used == 0
    assert p.content(b"/mnt/h/a") == b"alpha"
    assert world.vfs.files_open.used == 0


def test_a_removed_file_stays_readable_while_it_is_open(tree):
    _, p, _ = mounted(HostFs, tree, readonly=False)
    fd = p.open(b"/mnt/h/a")
    assert p.at("unlinkat", b"/mnt/h/a", 0) == 0
    assert p.read(fd) == b"alpha"


def test_what_is_written_is_charged_until_it_is_removed(tree):
    world, p, _ = mounted(HostFs, tree, readonly=False)
    before = world.vfs.disk_bytes.used, world.vfs.inodes.used
    p.make(b"/mnt/h/big", b"x" * 10000)
    assert world.vfs.disk_bytes.used == before[0] + 10000
    assert p.at("unlinkat", b"/mnt/h/big", 0) == 0
    assert (world.vfs.disk_bytes.used, world.vfs.inodes.used) == before


def test_a_single_file_is_mounted(tree):
    world = World()
    world.vfs.mount(b"/etc/alpha", HostFs(world.vfs, tree / "a", readonly=False))
    p = world.proc
    assert p.content(b"/etc/alpha") == b"alpha"
    fd = p.open(b"/etc/alpha", O_RDWR)
    assert p.write(fd, b"A") == 1
    assert (tree / "a").read_bytes() == b"Alpha"
    assert p.at("unlinkat", b"/etc/alpha", 0) == -Errno.EBUSY


def test_overlay_leaves_the_host_alone_and_lists_changes(tree):
    _, p, overlay = mounted(HostOverlay, tree)
    assert overlay.diff() == []
    p.make(b"/mnt/h/a", b"changed")
    p.make(b"/mnt/h/d/new", b"n")
    assert p.at("fchmodat", b"/mnt/h/d/b", 0o600) == 0
    assert p.at("unlinkat", b"/mnt/h/link", 0) == 0
    assert p.at("mkdirat", b"/mnt/h/e", 0o755) == 0
    p.make(b"/mnt/h/e/f", b"f")
    assert overlay.diff() == [("delete", b"link"), ("modify", b"a"), ("mode", b"d/b"), ("add", b"d/new"),
                              ("add", b"e"), ("add", b"e/f")]
    assert (tree / "a").read_bytes() == b"alpha"
    assert not (tree / "e").exists()


def test_overlay_applies_changes_to_the_host(tree):
    _, p, overlay = mounted(HostOverlay, tree)
    p.make(b"/mnt/h/a", b"changed")
    assert p.two("renameat", b"/mnt/h/d", b"/mnt/h/moved") == 0
    assert p.symlink(b"a", b"/mnt/h/s") == 0
    assert p.at("unlinkat", b"/mnt/h/out", 0) == 0
    changes = overlay.apply()
    assert changes == [("delete", b"d"), ("delete", b"out"), ("modify", b"a"), ("add", b"moved"), ("add", b"moved/b"),
                       ("add", b"s")]
    assert sorted(os.listdir(tree)) == ["a", "absolute", "fifo", "link", "moved", "s"]
    assert (tree / "a").read_bytes() == b"changed"
    assert (tree / "moved" / "b").read_bytes() == p.content(b"/mnt/h/moved/b") == b"beta"
    assert overlay.diff() == []


def test_overlay_replaced_directory_hides_what_was_below(tree):
    _, p, overlay = mounted(HostOverlay, tree)
    assert p.at("unlinkat", b"/mnt/h/d/b", 0) == 0
    assert p.at("unlinkat", b"/mnt/h/d", AT_REMOVEDIR) == 0
    assert p.at("mkdirat", b"/mnt/h/d", 0o755) == 0
    assert p.names(b"/mnt/h/d") == []
    assert overlay.diff() == [("delete", b"d/b")]


@pytest.mark.parametrize("filesystem_class", [HostFs, HostOverlay])
@pytest.mark.parametrize("openat2", [True, False])
def test_a_directory_swapped_for_a_link_never_leads_out(tmp_path, filesystem_class, openat2):
    """The host swaps top/d and a link to a directory outside, as fast as it can, while the guest reads top/d/f."""
    outside, top = tmp_path / "outside", tmp_path / "top"
    for directory, text in ((outside, b"outside"), (top / "d", b"inside")):
        directory.mkdir(parents=True)
        (directory / "f").write_bytes(text)
    (top / "x").symlink_to(outside)
    done = threading.Event()

    def swap():
        while not done.is_set():
            os.rename(top / "d", top / "y")
            os.rename(top / "x", top / "d")
            os.rename(top / "d", top / "x")
            os.rename(top / "y", top / "d")

    thread = threading.Thread(target=swap)
    world = World()
    filesystem = filesystem_class(world.vfs, top)
    filesystem.beneath._openat2 = None if openat2 else False
    world.vfs.mount(b"/h", filesystem)
    # The same path in the guest's own tree: where a link followed by the guest's walk may lead.
    p = world.proc
    seen = set()
    thread.start()
    try:
        for attempt in range(50000):
            if attempt > 600 and b"inside" in seen and b"refused" in seen:
                break
            seen.add(p.content(b"/h/d/f"))
            if filesystem_class is HostOverlay:
                filesystem.root.entries.clear()
            try:
                fd = filesystem.beneath.open(b"d/f", os.O_RDONLY)
                seen.add(os.read(fd, 100))
                os.close(fd)
            except OSError:
                seen.add(b"refused")
    finally:
        done.set()
        thread.join()
    assert b"outside" not in seen
    assert b"inside" in seen


def test_openat2_and_the_way_without_refuse_the_same(tree):
    for openat2 in (None, False):
        beneath = Beneath(tree)
        beneath._openat2 = openat2
        for path in (b"../secret", b"out", b"d/../../secret", b"link"):
            with pytest.raises(OSError):
                beneath.open(path, os.O_RDONLY)
        os.close(beneath.open(b"d/b", os.O_RDONLY))
        beneath.close()
