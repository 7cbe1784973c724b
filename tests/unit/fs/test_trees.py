"""Images, overlays, /dev and /proc."""
import os
import stat

import pytest
from world import BUFFER, World

from cloche.abi.errno import Errno
from cloche.abi.fcntl import AT_REMOVEDIR, O_APPEND, O_CREAT, O_RDWR, O_WRONLY
from cloche.errors import ImageError
from cloche.fs import image_host
from cloche.fs.image import NodeDirectory, NodeFile, union


@pytest.fixture
def staged(tmp_path):
    """A staged root on the host."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "tool").write_bytes(b"\0asm" + bytes(100000))
    (tmp_path / "bin" / "tool").chmod(0o777)
    (tmp_path / "bin" / "twin").hardlink_to(tmp_path / "bin" / "tool")
    (tmp_path / "etc").mkdir(mode=0o700)
    (tmp_path / "etc" / "passwd").write_bytes(b"root:x:0:0::/root:/bin/bash\n")
    (tmp_path / "etc" / "link").symlink_to("passwd")
    return tmp_path


def test_an_image_is_the_same_whoever_unpacked_it(staged):
    p = World(image_host.load(staged)).proc
    tool, etc = p.stat(b"/bin/tool"), p.stat(b"/etc")
    assert (tool.mode, tool.uid, tool.gid, tool.nlink, tool.size) == (stat.S_IFREG | 0o755, 0, 0, 2, 100004)
    assert (etc.mode, etc.nlink) == (stat.S_IFDIR | 0o755, 2)
    assert p.stat(b"/bin/twin").ino == tool.ino
    assert p.content(b"/etc/link") == b"root:x:0:0::/root:/bin/bash\n"


def test_nothing_is_read_before_it_is_used(staged):
    image = image_host.load(staged)
    os.unlink(staged / "bin" / "tool")
    p = World(image).proc
    assert p.names(b"/bin") == [b"twin"]
    os.unlink(staged / "etc" / "passwd")
    assert p.names(b"/etc") == [b"link"]


def test_machines_share_an_image_and_not_their_changes(staged):
    image = image_host.load(staged)
    one, other = World(image).proc, World(image).proc
    fd = one.open(b"/bin/twin", O_WRONLY | O_APPEND)
    assert one.write(fd, b"more") == 4
    assert one.at("unlinkat", b"/etc/passwd", 0) == 0
    assert (one.stat(b"/bin/tool").size, other.stat(b"/bin/tool").size) == (100008, 100004)
    assert (one.names(b"/etc"), other.names(b"/etc")) == ([b"link"], [b"link", b"passwd"])
    assert (staged / "bin" / "tool").stat().st_size == 100004


def test_a_renamed_directory_of_the_image_keeps_what_is_in_it(staged):
    p = World(image_host.load(staged)).proc
    number = p.stat(b"/etc/passwd").ino
    assert p.two("renameat", b"/etc", b"/bin/conf") == 0
    assert p.stat(b"/bin/conf/passwd").ino == number
    assert p.stat(b"/etc") == -Errno.ENOENT
    assert (p.stat(b"/bin").nlink, p.names(b"/bin")) == (3, [b"conf", b"tool", b"twin"])
    assert p.at("mkdirat", b"/etc", 0o755) == 0
    assert p.names(b"/etc") == []


def test_a_missing_image_is_named():
    with pytest.raises(ImageError):
        image_host.load("/nowhere/at/all")


def test_a_union_merges_directories_and_later_files_win():
    files = {b"a": NodeFile(0o644, b"1"), b"b": NodeFile(0o644, b"1")}
    first = NodeDirectory(0o755, {b"d": NodeDirectory(0o755, files)})
    second = NodeDirectory(0o755, {b"d": NodeDirectory(0o755, {b"b": NodeFile(0o644, b"2")})})
    p = World(union(first, second)).proc
    assert (p.content(b"/d/a"), p.content(b"/d/b")) == (b"1", b"2")


def test_devices(proc):
    fds = {name: proc.open(b"/dev/" + name, O_RDWR) for name in (b"null", b"zero", b"full", b"urandom")}
    assert proc.read(fds[b"null"]) == b""
    assert proc.write(fds[b"null"], b"gone") == 4
    assert proc.call("read", fds[b"zero"], BUFFER, 1 << 20) == 1 << 20
    assert proc.write(fds[b"full"], b"x") == -Errno.ENOSPC
    assert proc.call("read", fds[b"urandom"], BUFFER, 300000) == 300000
    assert proc.open(b"/dev/tty") == -Errno.ENXIO
    assert (proc.stat(b"/dev/null").rdev_major, proc.stat(b"/dev/null").rdev_minor) == (1, 3)


def test_one_seed_one_randomness():
    first, second = (World().proc for _ in range(2))
    assert first.content(b"/proc/sys/kernel/random/uuid") == second.content(b"/proc/sys/kernel/random/uuid")
    boot = first.content(b"/proc/sys/kernel/random/boot_id")
    assert first.content(b"/proc/sys/kernel/random/boot_id") == boot


def test_descriptors_are_links_to_the_open_files(world):
    proc, other = world.proc, world.new()
    proc.make(b"/f", b"contents")
    fd = proc.open(b"/f", O_RDWR)
    reader, writer = proc.pipe()
    names = [b"%d" % number for number in (fd, reader, writer)]
    assert proc.names(b"/proc/self/fd") == [*names, b"3"]  # the listing's own
    assert [proc.readlink(b"/proc/self/fd/" + name) for name in names] == [b"/f", b"pipe:[1]", b"pipe:[1]"]
    assert other.content(b"/proc/%d/fd/%d" % (proc.pid, fd)) == b"contents"
    assert other.open(b"/proc/%d/fd/%d" % (proc.pid, writer), O_WRONLY) == 0
    assert other.write(0, b"across") == 6
    assert proc.read(reader) == b"across"
    assert world.new(1000).names(b"/proc/%d/fd" % proc.pid) == -Errno.EACCES


def test_a_process_is_shown_while_it_is_there(world):
    proc, other = world.proc, world.new()
    number = proc.stat(b"/proc/2").ino
    assert proc.stat(b"/proc/2").ino == number
    assert proc.content(b"/proc/2/cmdline") == b"true\0"
    assert proc.readlink(b"/proc/self") == b"1"
    assert other.readlink(b"/proc/self/cwd") == b"/"
    del world.processes[2]
    assert proc.stat(b"/proc/2") == -Errno.ENOENT
    assert proc.open(b"/proc/2/stat") == -Errno.ENOENT


def test_stat_has_52_fields_whatever_the_name(world):
    proc = world.proc
    fd = proc.open(b"/proc/self/comm", O_RDWR)
    assert proc.write(fd, b"a) R (b") == 7
    fields = proc.content(b"/proc/self/stat").rpartition(b")")[2].split()
    assert (len(fields) + 2, fields[0]) == (52, b"R")


def test_proc_takes_no_new_names(proc):
    assert proc.open(b"/proc/new", O_CREAT | O_WRONLY) == -Errno.ENOENT
    assert proc.at("mkdirat", b"/proc/new", 0o755) == -Errno.ENOENT
    assert proc.at("unlinkat", b"/proc/version", 0) == -Errno.EPERM
    assert proc.at("unlinkat", b"/proc/sys", AT_REMOVEDIR) == -Errno.EPERM
