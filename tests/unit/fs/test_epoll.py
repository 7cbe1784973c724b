"""epoll: what the C case cannot see: limits, and files that are closed while they are watched."""
import itertools

import pytest
from unit.fakes import current, make_machine

from cloche.abi.errno import Errno, SysError
from cloche.abi.poll import POLLIN
from cloche.fs.anon import EventFile
from cloche.fs.epoll import EpollFile
from cloche.kernel.limits import Limits


@pytest.fixture
def proc():
    return current(make_machine(limits=Limits(epoll_watches_max=3)))


@pytest.fixture
def anon(proc):
    return proc.machine.vfs.anon


def events(anon, count):
    return [EventFile(anon, 0, 0, False).get() for _ in range(count)]


def test_watches_are_bounded_and_given_back(anon):
    epoll, files = EpollFile(anon, 0).get(), events(anon, 4)
    for fd in range(3):
        epoll.add(files[fd], fd, POLLIN, fd)
    with pytest.raises(SysError) as raised:
        epoll.add(files[3], 3, POLLIN, 3)
    assert raised.value.errno is Errno.ENOSPC
    epoll.put()
    assert anon.watches.used == 0
    assert [len(file.queue(False).waiters) for file in files] == [0, 0, 0, 0]


def test_closed_files_make_room(anon):
    epoll, files = EpollFile(anon, 0).get(), events(anon, 4)
    for fd in range(3):
        epoll.add(files[fd], fd, POLLIN, fd)
    files[1].put()
    epoll.add(files[3], 3, POLLIN, 3)
    assert (len(epoll), anon.watches.used) == (3, 3)


def test_a_closed_file_is_not_reported(anon):
    epoll, (file,) = EpollFile(anon, 0).get(), events(anon, 1)
    epoll.add(file, 0, POLLIN, 7)
    file.write((1).to_bytes(8, "little"))
    file.put()
    assert epoll.collect(10) == []
    assert anon.watches.used == 0


def test_nesting_is_bounded_from_both_ends():
    anon = current(make_machine()).machine.vfs.anon
    chain = [EpollFile(anon, 0).get() for _ in range(6)]
    for above, below in itertools.pairwise(chain):
        above.add(below, 0, POLLIN, 0)
    for above, below in ((chain[4], chain[5]), (chain[5], chain[0])):
        with pytest.raises(SysError) as raised:
            above.add(below, 0, POLLIN, 0)
        assert raised.value.errno is Errno.ELOOP
    with pytest.raises(SysError) as raised:
        chain[4].add(chain[0], 0, POLLIN, 0)
    assert raised.value.errno is Errno.ELOOP


def test_readiness_passes_through_a_chain():
    anon = current(make_machine()).machine.vfs.anon
    outer, inner, (file,) = EpollFile(anon, 0).get(), EpollFile(anon, 0).get(), events(anon, 1)
    outer.add(inner, 1, POLLIN, 11)
    inner.add(file, 2, POLLIN, 22)
    assert outer.collect(1) == []
    file.write((1).to_bytes(8, "little"))
    assert (outer.collect(1), inner.collect(1)) == ([(POLLIN, 11)], [(POLLIN, 22)])
