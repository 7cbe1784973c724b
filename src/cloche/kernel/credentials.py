"""Credentials: the ids a process acts under, and who may change them to what; credentials(7).

root's effective user id stands for all of Linux's capabilities: there are no others here. # L-ID-001
"""
from __future__ import annotations

from dataclasses import dataclass, replace

from ..abi.errno import Errno, SysError
from ..abi.stat import S_ISGID, S_ISUID

#: An argument that leaves an id as it is: -1.
KEEP = 0xFFFFFFFF
#: setgroups(2). Linux has 65536. # L-ID-002
GROUPS_MAX = 1024


@dataclass(frozen=True, slots=True)
class Credentials:
    """Real, effective, saved and file system ids of user and group, and supplementary groups; `struct cred`.

    Never changed, always replaced: fork(2) shares them.
    """

    ruid: int = 0
    euid: int = 0
    suid: int = 0
    fsuid: int = 0
    rgid: int = 0
    egid: int = 0
    sgid: int = 0
    fsgid: int = 0
    groups: tuple[int, ...] = ()
    no_new_privs: bool = False  # PR_SET_NO_NEW_PRIVS
    dumpable: bool = True  # PR_SET_DUMPABLE

    @classmethod
    def of(cls, uid: int, gid: int, groups: tuple[int, ...] = ()) -> Credentials:
        """A user as login(1) would set it up."""
        return cls(uid, uid, uid, uid, gid, gid, gid, gid, groups)

    @property
    def privileged(self) -> bool:
        return self.euid == 0

    def in_group(self, gid: int) -> bool:
        """Whether a file's group permissions are this process's."""
        return gid == self.fsgid or gid in self.groups

    # users

    def setuid(self, uid: int) -> Credentials:
        """setuid(2)."""
        _check(uid)
        if self.privileged:
            return replace(self, ruid=uid, euid=uid, suid=uid, fsuid=uid)
        if uid not in (self.ruid, self.suid):
            raise SysError(Errno.EPERM)
        return replace(self, euid=uid, fsuid=uid)

    def setreuid(self, ruid: int, euid: int) -> Credentials:
        """setreuid(2): the saved id follows the effective one if the real one is set, or is left behind."""
        if not self.privileged and (ruid not in (KEEP, self.ruid, self.euid)
                                    or euid not in (KEEP, self.ruid, self.euid, self.suid)):
            raise SysError(Errno.EPERM)
        effective = self.euid if euid == KEEP else euid
        follows = ruid != KEEP or (euid != KEEP and euid != self.ruid)
        return replace(self, ruid=self.ruid if ruid == KEEP else ruid, euid=effective, fsuid=effective,
                       suid=effective if follows else self.suid)

    def setresuid(self, ruid: int, euid: int, suid: int) -> Credentials:
        """setresuid(2)."""
        mine = (KEEP, self.ruid, self.euid, self.suid)
        if not self.privileged and not (ruid in mine and euid in mine and suid in mine):
            raise SysError(Errno.EPERM)
        effective = self.euid if euid == KEEP else euid
        return replace(self, ruid=self.ruid if ruid == KEEP else ruid, euid=effective, fsuid=effective,
                       suid=self.suid if suid == KEEP else suid)

    def setfsuid(self, uid: int) -> Credentials:
        """setfsuid(2): never fails; what is not allowed does nothing."""
        if uid != KEEP and (self.privileged or uid in (self.ruid, self.euid, self.suid, self.fsuid)):
            return replace(self, fsuid=uid)
        return self

    # groups

    def setgid(self, gid: int) -> Credentials:
        """setgid(2)."""
        _check(gid)
        if self.privileged:
            return replace(self, rgid=gid, egid=gid, sgid=gid, fsgid=gid)
        if gid not in (self.rgid, self.sgid):
            raise SysError(Errno.EPERM)
        return replace(self, egid=gid, fsgid=gid)

    def setregid(self, rgid: int, egid: int) -> Credentials:
        """setregid(2)."""
        if not self.privileged and (rgid not in (KEEP, self.rgid, self.egid)
                                    or egid not in (KEEP, self.rgid, self.egid, self.sgid)):
            raise SysError(Errno.EPERM)
        effective = self.egid if egid == KEEP else egid
        follows = rgid != KEEP or (egid != KEEP and egid != self.rgid)
        return replace(self, rgid=self.rgid if rgid == KEEP else rgid, egid=effective, fsgid=effective,
                       sgid=effective if follows else self.sgid)

    def setresgid(self, rgid: int, egid: int, sgid: int) -> Credentials:
        """setresgid(2)."""
        mine = (KEEP, self.rgid, self.egid, self.sgid)
        if not self.privileged and not (rgid in mine and egid in mine and sgid in mine):
            raise SysError(Errno.EPERM)
        effective = self.egid if egid == KEEP else egid
        return replace(self, rgid=self.rgid if rgid == KEEP else rgid, egid=effective, fsgid=effective,
                       sgid=self.sgid if sgid == KEEP else sgid)

    def setfsgid(self, gid: int) -> Credentials:
        """setfsgid(2)."""
        if gid != KEEP and (self.privileged or gid in (self.rgid, self.egid, self.sgid, self.fsgid)):
            return replace(self, fsgid=gid)
        return self

    def setgroups(self, groups: tuple[int, ...]) -> Credentials:
        """setgroups(2)."""
        if not self.privileged:
            raise SysError(Errno.EPERM)
        if len(groups) > GROUPS_MAX or KEEP in groups:
            raise SysError(Errno.EINVAL)
        return replace(self, groups=groups)

    # programs

    def executing(self, mode: int, uid: int, gid: int) -> Credentials:
        """execve(2) of a file of that mode and owner: set-user-ID and set-group-ID, and the saved ids."""
        euid, egid = self.euid, self.egid
        if not self.no_new_privs:
            if mode & S_ISUID:
                euid = uid
            if mode & S_ISGID and mode & 0o010:
                egid = gid
        if (euid, egid, self.suid, self.sgid, self.fsuid, self.fsgid) == (self.euid, self.egid, euid, egid, euid, egid):
            return self
        return replace(self, euid=euid, suid=euid, fsuid=euid, egid=egid, sgid=egid, fsgid=egid)


def _check(value: int) -> None:
    if value == KEEP:
        raise SysError(Errno.EINVAL)
