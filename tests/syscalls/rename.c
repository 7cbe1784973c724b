/* rename(2), renameat2(2), link(2), unlink(2), symlink(2), readlink(2). */
#include "t.h"
#include <sys/syscall.h>
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
#endif
#define renameat2(a, b, c, d, e) syscall(SYS_renameat2, a, b, c, d, e)

static int links(const char *p) { struct stat st; return lstat(p, &st) ? -1 : (int)st.st_nlink; }

int main(void)
{
	char buf[64];
	struct stat st, st2;
	int fd;

	put("a", "A"), put("b", "B");
	T(rename("a", "a"));
	T(rename("none", "a"));
	T(rename("a", "none/a"));
	T(rename("a", ""));
	T(rename("", "a"));
	fd = open("b", O_RDONLY);
	T(rename("a", "b"));
	show("a");
	show("b");
	T(read(fd, buf, 8));
	out("%c", buf[0]);
	T(fstat(fd, &st));
	T(st.st_nlink);
	close(fd);
	/* directories */
	mkdir("d", 0755), mkdir("e", 0755), mkdir("d/s", 0755), put("e/x", "");
	T(rename("d", "d/s"));
	T(rename("d", "d/s/t"));
	T(rename("d", "e"));
	T(rename("d", "b"));
	T(rename("b", "d"));
	T(rename("b", "d/"));
	T(rename("b/", "c"));
	T(rename("d/s", "d"));
	T(rename(".", "x"));
	T(rename("..", "x"));
	T(rename("d", "."));
	T(rename("d/.", "x"));
	mkdir("empty", 0755);
	T(rename("d", "empty"));
	T(access("empty/s", F_OK));
	T(rename("empty", "d/"));
	T(links("d"));
	mkdir("up", 0755);
	T(rename("d/s", "up/s"));
	out("%d %d", links("d"), links("up"));
	fd = open("up/s", O_RDONLY);
	T(fstatat(fd, "..", &st, 0) || stat("up", &st2) || st.st_ino != st2.st_ino);
	close(fd);
	/* hard links of one file: rename does nothing */
	T(link("b", "b2"));
	T(links("b"));
	T(rename("b", "b2"));
	out("%d %d", links("b"), links("b2"));
	T(link("b", "b2"));
	T(link("none", "b3"));
	T(link("d", "d2"));
	T(link("b", "none/x"));
	T(link("b", "d/b/"));
	T(symlink("b", "s"));
	T(link("s", "s2"));
	T(lstat("s2", &st));
	B(S_ISLNK(st.st_mode));
	T(linkat(AT_FDCWD, "s", AT_FDCWD, "s3", AT_SYMLINK_FOLLOW));
	T(links("b"));
	T(linkat(AT_FDCWD, "s", AT_FDCWD, "s4", 0x8000));
	T(unlink("b2"));
	T(unlink("b2"));
	T(unlink("s3"));
	T(links("b"));
	T(unlink("b/"));
	T(unlink(""));
	T(unlink("."));
	T(unlinkat(AT_FDCWD, "b", AT_REMOVEDIR));
	/* an unlinked file lives while it is open */
	fd = open("b", O_RDWR);
	T(unlink("b"));
	T(write(fd, "still", 5));
	T(lseek(fd, 0, SEEK_SET));
	T(read(fd, buf, 10));
	T(fstat(fd, &st));
	T(st.st_nlink);
	close(fd);
	/* symbolic links */
	T(unlink("s"));
	T(symlink("target", "s"));
	T(symlink("other", "s"));
	T(symlink("", "t"));
	T(symlink("x", ""));
	T(symlink("x", "none/y"));
	T(readlink("s", buf, sizeof buf));
	T(readlink("s", buf, 3));
	T(readlink("d", buf, 3));
	T(readlink("none", buf, 3));
	T(lstat("s", &st));
	out("%o %d", (unsigned)st.st_mode, (int)st.st_size);
	T(stat("s", &st));
	T(rename("s", "moved"));
	T(readlink("moved", buf, sizeof buf));
	T(symlink("d", "dl"));
	T(rename("dl", "dl2"));
	T(rename("dl2/", "dl3"));
	T(rmdir("dl2"));
	T(symlink("loop2", "loop1"));
	T(symlink("loop1", "loop2"));
	T(stat("loop1", &st));
	T(open("loop1", O_RDONLY));
	T(open("loop1/x", O_RDONLY));
	T(lstat("loop1", &st));
	T(unlink("loop1"));
	/* 40 links can be followed, 41 cannot */
	put("end", "END");
	char from[16], to[16] = "end";
	for (int i = 1; i <= 41; i++) {
		sprintf(from, "c%d", i);
		MUST(symlink(to, from));
		strcpy(to, from);
	}
	show("c39");
	show("c40");
	show("c41");
	/* renameat2 */
	put("p", "P"), put("q", "Q");
	T(renameat2(AT_FDCWD, "p", AT_FDCWD, "q", RENAME_NOREPLACE));
	T(renameat2(AT_FDCWD, "p", AT_FDCWD, "new", RENAME_NOREPLACE));
	T(renameat2(AT_FDCWD, "new", AT_FDCWD, "q", RENAME_EXCHANGE));
	show("new");
	show("q");
	T(renameat2(AT_FDCWD, "q", AT_FDCWD, "d", RENAME_EXCHANGE));
	T(stat("q", &st));
	B(S_ISDIR(st.st_mode));
	show("d");
	T(renameat2(AT_FDCWD, "q", AT_FDCWD, "nothere", RENAME_EXCHANGE));
	T(renameat2(AT_FDCWD, "q", AT_FDCWD, "d", RENAME_EXCHANGE | RENAME_NOREPLACE));
	T(renameat2(AT_FDCWD, "q", AT_FDCWD, "d", 128));
	/* over a non-empty directory, by descriptor */
	mkdir("m", 0755), mkdir("n", 0755), put("n/file", "");
	int m = open("m", O_RDONLY), n = open("n", O_RDONLY);
	T(renameat(n, "file", m, "file2"));
	T(access("m/file2", F_OK));
	T(renameat(n, "file", m, "file2"));
	T(renameat(99, "file", m, "file2"));
	return 0;
}
