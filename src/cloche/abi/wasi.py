"""WASI preview 1: numbers and struct layouts of the specification (WebAssembly/WASI, legacy/preview1/docs.md).

Only what differs from Linux: clock ids and whences have Linux's numbers, and an iovec is Linux's.
"""
from struct import Struct

from .errno import Errno
from .stat import S_IFBLK, S_IFCHR, S_IFDIR, S_IFLNK, S_IFREG, S_IFSOCK

#: errno, in the order of the specification; `notcapable`, the 76th and last, has no Linux twin.
_NAMES = (
    "E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF EBADMSG EBUSY ECANCELED ECHILD "
    "ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK EDESTADDRREQ EDOM EDQUOT EEXIST EFAULT EFBIG EHOSTUNREACH EIDRM "
    "EILSEQ EINPROGRESS EINTR EINVAL EIO EISCONN EISDIR ELOOP EMFILE EMLINK EMSGSIZE EMULTIHOP ENAMETOOLONG ENETDOWN "
    "ENETRESET ENETUNREACH ENFILE ENOBUFS ENODEV ENOENT ENOEXEC ENOLCK ENOLINK ENOMEM ENOMSG ENOPROTOOPT ENOSPC "
    "ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ENOTRECOVERABLE ENOTSOCK EOPNOTSUPP ENOTTY ENXIO EOVERFLOW EOWNERDEAD EPERM "
    "EPIPE EPROTO EPROTONOSUPPORT EPROTOTYPE ERANGE EROFS ESPIPE ESRCH ESTALE ETIMEDOUT ETXTBSY EXDEV"
)
ERRNO: dict[int, int] = {Errno[name]: number for number, name in enumerate(_NAMES.split(), 1)}
#: What stands for a Linux error that WASI has no number for.
ERRNO_OTHER = ERRNO[Errno.EIO]

RIGHTS_FD_DATASYNC, RIGHTS_FD_READ, RIGHTS_FD_SEEK, RIGHTS_FD_TELL = 1 << 0, 1 << 1, 1 << 2, 1 << 5
RIGHTS_FD_WRITE, RIGHTS_FD_ALLOCATE, RIGHTS_FD_READDIR = 1 << 6, 1 << 8, 1 << 14
RIGHTS_FD_FILESTAT_SET_SIZE = 1 << 22
RIGHTS_ALL = (1 << 30) - 1

FILETYPE_UNKNOWN = 0
#: From the type bits of a mode. A socket's is a stream's until there are datagrams; a FIFO has no type in WASI.
FILETYPE = {S_IFBLK: 1, S_IFCHR: 2, S_IFDIR: 3, S_IFREG: 4, S_IFSOCK: 6, S_IFLNK: 7}

FDFLAGS_APPEND, FDFLAGS_DSYNC, FDFLAGS_NONBLOCK, FDFLAGS_RSYNC, FDFLAGS_SYNC = 1, 2, 4, 8, 16
FSTFLAGS_ATIM, FSTFLAGS_ATIM_NOW, FSTFLAGS_MTIM, FSTFLAGS_MTIM_NOW = 1, 2, 4, 8
LOOKUP_SYMLINK_FOLLOW = 1
OFLAGS_CREAT, OFLAGS_DIRECTORY, OFLAGS_EXCL, OFLAGS_TRUNC = 1, 2, 4, 8
PREOPENTYPE_DIR = 0
EVENTTYPE_CLOCK, EVENTTYPE_FD_READ, EVENTTYPE_FD_WRITE = 0, 1, 2
SUBCLOCK_ABSTIME = 1
EVENT_HANGUP = 1

FDSTAT = Struct("<BxH4xQQ")  # filetype, flags, rights, rights inheriting
FILESTAT = Struct("<QQB7xQQQQQ")  # dev, ino, filetype, nlink, size, atim, mtim, ctim
PRESTAT = Struct("<B3xI")  # tag, length of the name
DIRENT = Struct("<QQIB3x")  # next, ino, length of the name, type
SUBSCRIPTION = Struct("<QB7x32s")  # userdata, tag, the union
SUBSCRIPTION_CLOCK = Struct("<I4xQQH6x")  # id, timeout, precision, flags
EVENT = Struct("<QHB5xQH6x")  # userdata, errno, type, nbytes, flags
