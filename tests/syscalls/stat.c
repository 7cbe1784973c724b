/* stat(2), statx(2), utimensat(2), statfs(2). */
#include "t.h"
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/syscall.h>
#include <utime.h>

#ifndef STATX_BASIC_STATS /* musl before 1.2.5 */
#define STATX_SIZE 0x200
#define STATX_BASIC_STATS 0x7ff
struct statx {
	uint32_t stx_mask, stx_blksize;
	uint64_t stx_attributes;
	uint32_t stx_nlink, stx_uid, stx_gid;
	uint16_t stx_mode, pad;
	uint64_t stx_ino, stx_size, rest[26];
};
#endif
#define statx(...) syscall(SYS_statx, __VA_ARGS__)

int main(void)
{
	struct stat st, st2;
	struct timespec t[2] = {{1000000000, 123456789}, {1500000000, 987654321}};
	int fd;

	umask(022);
	put("f", "hello");
	T(stat("f", &st));
	out("%o nlink %d size %d uid %d gid %d", (unsigned)st.st_mode, (int)st.st_nlink, (int)st.st_size, (int)st.st_uid, (int)st.st_gid);
	T(st.st_blksize);
	B(st.st_blocks >= 1 && st.st_blocks <= 8);
	T(st.st_rdev);
	T(stat("none", &st));
	T(stat("", &st));
	T(stat("f/", &st));
	T(stat(BAD, &st));
	T(fstat(99, &st));
	T(fstatat(AT_FDCWD, "", &st, 0));
	T(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH));
	B(S_ISDIR(st.st_mode));
	fd = open("f", O_RDONLY);
	T(fstatat(fd, "", &st, AT_EMPTY_PATH));
	B(S_ISREG(st.st_mode));
	T(fstatat(fd, "x", &st, 0));
	T(fstatat(99, "x", &st, 0));
	T(fstatat(AT_FDCWD, "f", &st, 0x40000000));
	T(stat("f", &st2));
	B(st.st_ino == st2.st_ino && st.st_dev == st2.st_dev);
	link("f", "g");
	stat("g", &st2);
	B(st.st_ino == st2.st_ino);
	T(stat("/dev/null", &st));
	out("%o %d,%d", (unsigned)st.st_mode, (int)major(st.st_rdev), (int)minor(st.st_rdev));
	T(stat("/dev/zero", &st));
	out("%o %d,%d", (unsigned)st.st_mode, (int)major(st.st_rdev), (int)minor(st.st_rdev));
	T(stat("/dev/tty", &st));
	out("%o %d,%d", (unsigned)st.st_mode, (int)major(st.st_rdev), (int)minor(st.st_rdev));
	T(stat("/dev/stdin", &st));
	T(stat("/", &st));
	B(S_ISDIR(st.st_mode));

	/* times */
	T(utimensat(AT_FDCWD, "f", t, 0));
	stat("f", &st);
	out("%lld.%09ld %lld.%09ld", (long long)st.st_atim.tv_sec, st.st_atim.tv_nsec, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	t[0].tv_nsec = UTIME_OMIT, t[1].tv_sec = 42, t[1].tv_nsec = 7;
	T(utimensat(AT_FDCWD, "f", t, 0));
	stat("f", &st);
	out("%lld.%09ld %lld.%09ld", (long long)st.st_atim.tv_sec, st.st_atim.tv_nsec, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	t[0].tv_nsec = UTIME_NOW, t[1].tv_nsec = UTIME_OMIT;
	T(utimensat(AT_FDCWD, "f", t, 0));
	stat("f", &st);
	B(st.st_atim.tv_sec > 1000000000);
	T(st.st_mtim.tv_sec);
	t[0].tv_nsec = 1000000000, t[1].tv_nsec = 0;
	T(utimensat(AT_FDCWD, "f", t, 0));
	T(utimensat(AT_FDCWD, "none", 0, 0));
	T(utimensat(AT_FDCWD, "", 0, 0));
	T(futimens(99, 0));
	t[0].tv_sec = -5, t[0].tv_nsec = 0, t[1].tv_sec = 5000000000LL, t[1].tv_nsec = 1;
	T(futimens(fd, t));
	fstat(fd, &st);
	out("%lld %lld.%ld", (long long)st.st_atim.tv_sec, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	symlink("f", "l");
	t[0].tv_sec = 11, t[1].tv_sec = 12, t[0].tv_nsec = t[1].tv_nsec = 0;
	T(utimensat(AT_FDCWD, "l", t, AT_SYMLINK_NOFOLLOW));
	lstat("l", &st);
	T(st.st_mtim.tv_sec);
	stat("l", &st);
	B(st.st_mtim.tv_sec == 5000000000LL);
	struct timeval tv[2] = {{1, 2}, {3, 4}};
	T(utimes("f", tv));
	stat("f", &st);
	out("%d.%06d", (int)st.st_mtim.tv_sec, (int)st.st_mtim.tv_nsec / 1000);
	/* what changes which time */
	t[0].tv_sec = t[1].tv_sec = 100, t[0].tv_nsec = t[1].tv_nsec = 0;
	int w = open("f", O_WRONLY);
	futimens(w, t);
	T(write(w, "", 0));
	fstat(w, &st);
	T(st.st_mtim.tv_sec);
	T(write(w, "x", 1));
	fstat(w, &st);
	B(st.st_mtim.tv_sec > 100);
	futimens(w, t);
	T(ftruncate(w, 1));
	fstat(w, &st);
	B(st.st_mtim.tv_sec > 100);
	futimens(w, t);
	fchmod(w, 0600);
	fstat(w, &st);
	T(st.st_mtim.tv_sec);
	B(st.st_ctim.tv_sec > 100);
	mkdir("d", 0755);
	utimensat(AT_FDCWD, "d", t, 0);
	stat("d", &st);
	T(st.st_mtim.tv_sec);
	put("d/x", "");
	stat("d", &st);
	B(st.st_mtim.tv_sec > 100);
	utimensat(AT_FDCWD, "d", t, 0);
	unlink("d/x");
	stat("d", &st);
	B(st.st_mtim.tv_sec > 100);

	/* statx */
	struct statx sx;
	T(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &sx));
	B((sx.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
	out("%o size %d nlink %d", sx.stx_mode, (int)sx.stx_size, (int)sx.stx_nlink);
	T(statx(AT_FDCWD, "l", AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &sx));
	out("%o", sx.stx_mode);
	T(statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &sx));
	T(statx(AT_FDCWD, "none", 0, STATX_SIZE, &sx));
	T(statx(AT_FDCWD, "f", 0x40000000, STATX_SIZE, &sx));
	T(statx(AT_FDCWD, "f", 0, 0x80000000, &sx));

	/* file systems */
	struct statfs sf;
	struct statvfs sv;
	T(statfs(".", &sf));
	B(sf.f_bsize == 4096);
	B(sf.f_namelen == 255);
	B(sf.f_blocks >= sf.f_bfree && sf.f_bfree > 0);
	T(fstatfs(fd, &sf));
	T(statfs("none", &sf));
	T(fstatfs(99, &sf));
	T(statvfs(".", &sv));
	B(sv.f_frsize == 4096);
	T(statfs("/proc", &sf));
	out("%lx", (long)sf.f_type);
	T(pathconf(".", _PC_NAME_MAX));
	T(pathconf(".", _PC_PATH_MAX));
	T(pathconf(".", _PC_PIPE_BUF));
	return 0;
}
