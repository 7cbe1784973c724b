"""Descriptors in flight: nothing that can never be received stays."""
import pytest
from unit.fakes import current, make_machine

from cloche.abi.errno import Errno, SysError
from cloche.abi.socket import AF_UNIX, SOCK_DGRAM, SOCK_STREAM
from cloche.fs import sockfs
from cloche.net.rights import Passed


@pytest.fixture
def proc():
    return current(make_machine())


@pytest.fixture
def network(proc):
    return proc.machine.vfs.sockets.network


def pair(proc, kind=SOCK_STREAM):
    """Descriptors of a socketpair."""
    files = [sockfs.make_file(proc, socket, 0) for socket in sockfs.make_pair(proc, AF_UNIX, kind, 0)]
    return [proc.fds.install(file) for file in files]


def send(proc, over, *fds):
    files = [proc.fds.get(fd) for fd in fds]
    rights = [Passed(file, file.socket) for file in files]
    proc.fds.get(over).socket.send(b"x", rights, sockfs.ucred(proc))


def held(network):
    return network.buffers.used


@pytest.mark.parametrize("kind", [SOCK_STREAM, SOCK_DGRAM])
def test_a_socket_in_its_own_queue_is_freed(proc, network, kind):
    a, b = pair(proc, kind)
    send(proc, a, b)  # b lies in the queue of b
    assert held(network) > 0
    sockets = [proc.fds.get(fd).socket for fd in (a, b)]
    proc.fds.close(a)
    proc.fds.close(b)
    assert held(network) == 0
    assert [socket.closed for socket in sockets] == [True, True]


def test_two_that_hold_each_other_are_freed(proc, network):
    a, b = pair(proc)
    c, d = pair(proc)
    send(proc, a, d)  # in b's queue
    send(proc, c, b)  # in d's queue
    sockets = [proc.fds.get(fd).socket for fd in (a, b, c, d)]
    for fd in (a, c, b, d):
        proc.fds.close(fd)
    assert [socket.closed for socket in sockets] == [True] * 4
    assert held(network) == 0


def test_one_that_can_still_be_received_stays(proc, network):
    a, b = pair(proc)
    c, d = pair(proc)
    send(proc, a, c, d)
    proc.fds.close(c)
    proc.fds.close(d)
    received = proc.fds.get(b).socket.receive(1)
    assert [passed.socket.closed for passed in received.rights] == [False, False]
    network.in_flight.land(list(received.rights))
    assert [passed.socket.closed for passed in received.rights] == [True, True]


def test_an_unaccepted_connection_does_not_keep_its_own_listener(proc, network):
    listener = sockfs.create(proc, AF_UNIX, SOCK_STREAM, 0)
    network.bind_abstract(listener, b"\0name")
    listener.listen(5, sockfs.ucred(proc))
    fd = proc.fds.install(sockfs.make_file(proc, listener, 0))
    client = sockfs.create(proc, AF_UNIX, SOCK_STREAM, 0)
    client.connect_to(listener, sockfs.ucred(proc), listener.name)
    client_fd = proc.fds.install(sockfs.make_file(proc, client, 0))
    send(proc, client_fd, fd, client_fd)
    proc.fds.close(fd)
    proc.fds.close(client_fd)
    assert (listener.closed, client.closed, held(network)) == (True, True, 0)


def test_their_number_is_bounded(proc, network):
    a, b = pair(proc, SOCK_DGRAM)
    send(proc, a, *[a] * 1000)
    with pytest.raises(SysError) as raised:
        send(proc, a, *[a] * 25)
    assert raised.value.errno is Errno.ETOOMANYREFS
    assert b


def test_everything_is_given_back_when_a_process_ends(proc, network):
    for _ in range(10):
        a, b = pair(proc)
        send(proc, a, b, a)
    proc.fds.close_all()
    assert held(network) == 0
    assert proc.machine.vfs.files_open.used == 0
