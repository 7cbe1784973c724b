"""credentials(7): who may become whom."""
import pytest

from cloche.abi.errno import Errno, SysError
from cloche.kernel.credentials import GROUPS_MAX, KEEP, Credentials

ROOT, USER = Credentials(), Credentials.of(1000, 100, (100, 7))
#: A set-user-ID program of user 5 that user 1000 runs.
SETUID = USER.executing(0o4755, 5, 6)


def users(cred):
    return cred.ruid, cred.euid, cred.suid, cred.fsuid


def groups(cred):
    return cred.rgid, cred.egid, cred.sgid, cred.fsgid


@pytest.mark.parametrize("cred, call, arguments, expected", [
    (ROOT, "setuid", (5,), (5, 5, 5, 5)),
    (USER, "setuid", (1000,), (1000, 1000, 1000, 1000)),
    (SETUID, "setuid", (1000,), (1000, 1000, 5, 1000)),
    (ROOT, "setreuid", (KEEP, 5), (0, 5, 5, 5)),
    (ROOT, "setreuid", (5, KEEP), (5, 0, 0, 0)),
    (SETUID, "setreuid", (KEEP, 1000), (1000, 1000, 5, 1000)),
    (SETUID, "setreuid", (5, 1000), (5, 1000, 1000, 1000)),
    (ROOT, "setresuid", (1, 2, 3), (1, 2, 3, 2)),
    (SETUID, "setresuid", (KEEP, 1000, KEEP), (1000, 1000, 5, 1000)),
    (SETUID, "setfsuid", (1000,), (1000, 5, 5, 1000)),
    (USER, "setfsuid", (0,), (1000, 1000, 1000, 1000)),
])
def test_users(cred, call, arguments, expected):
    assert users(getattr(cred, call)(*arguments)) == expected


@pytest.mark.parametrize("cred, call, arguments, expected", [
    (ROOT, "setgid", (5,), (5, 5, 5, 5)),
    (USER, "setgid", (100,), (100, 100, 100, 100)),
    (ROOT, "setregid", (KEEP, 5), (0, 5, 5, 5)),
    (ROOT, "setresgid", (1, 2, 3), (1, 2, 3, 2)),
    (USER, "setfsgid", (7,), (100, 100, 100, 100)),
])
def test_groups(cred, call, arguments, expected):
    assert groups(getattr(cred, call)(*arguments)) == expected


@pytest.mark.parametrize("call, arguments, errno", [
    ("setuid", (0,), Errno.EPERM), ("setuid", (KEEP,), Errno.EINVAL), ("setreuid", (0, KEEP), Errno.EPERM),
    ("setreuid", (KEEP, 0), Errno.EPERM), ("setresuid", (KEEP, KEEP, 0), Errno.EPERM), ("setgid", (0,), Errno.EPERM),
    ("setregid", (0, KEEP), Errno.EPERM), ("setresgid", (KEEP, 0, KEEP), Errno.EPERM),
    ("setgroups", ((),), Errno.EPERM),
])
def test_what_an_ordinary_user_may_not(call, arguments, errno):
    with pytest.raises(SysError) as raised:
        getattr(USER, call)(*arguments)
    assert raised.value.errno is errno


def test_groups_are_bounded():
    assert ROOT.setgroups(tuple(range(GROUPS_MAX))).in_group(GROUPS_MAX - 1)
    with pytest.raises(SysError) as raised:
        ROOT.setgroups(tuple(range(GROUPS_MAX + 1)))
    assert raised.value.errno is Errno.EINVAL


def test_a_set_user_id_program_runs_as_its_owner():
    assert users(SETUID) == (1000, 5, 5, 5)
    assert groups(USER.executing(0o2755, 5, 6)) == (100, 6, 6, 6)
    assert groups(USER.executing(0o2745, 5, 6)) == (100, 100, 100, 100)  # mandatory locking, not set-group-ID
    assert USER.executing(0o755, 5, 6) is USER


def test_no_new_privs_keeps_set_user_id_programs_down():
    from dataclasses import replace
    careful = replace(USER, no_new_privs=True)
    assert careful.executing(0o6755, 0, 0) is careful
