"""inode(7): file types and mode bits."""

S_IFMT = 0o170000
S_IFSOCK, S_IFLNK, S_IFREG, S_IFBLK = 0o140000, 0o120000, 0o100000, 0o060000
S_IFDIR, S_IFCHR, S_IFIFO = 0o040000, 0o020000, 0o010000
S_ISUID, S_ISGID, S_ISVTX = 0o4000, 0o2000, 0o1000


def makedev(major: int, minor: int) -> int:
    """A device number as the kernel keeps it; stat's layout takes it apart again."""
    return major << 20 | minor
