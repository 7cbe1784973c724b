/* copy_file_range(2), sendfile(2), splice(2), tee(2), extended attributes, memfd_create(2). */
#include "t.h"
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>

/* L-FS-009
 * - getxattr("a", "user.none", buf, 100) = -1 ENODATA
 * + getxattr("a", "user.none", buf, 100) = -1 EOPNOTSUPP
 */
int main(void)
{
	char buf[100];
	int a, b, p[2], n;
	off_t off;
	put("a", "0123456789abcdef");
	a = open("a", O_RDONLY);
	b = open("b", O_RDWR | O_CREAT, 0644);
	/* sendfile */
	T(sendfile(b, a, 0, 4));
	T(lseek(a, 0, SEEK_CUR));
	off = 10;
	T(sendfile(b, a, &off, 3));
	T(off);
	T(lseek(a, 0, SEEK_CUR));
	T(sendfile(b, a, 0, 100));
	T(sendfile(b, a, 0, 100));
	off = -1;
	T(sendfile(b, a, &off, 3));
	T(sendfile(99, a, 0, 1));
	T(sendfile(b, 99, 0, 1));
	T(sendfile(a, b, 0, 1));
	show("b");
	pipe(p);
	off = 0;
	T(sendfile(p[1], a, &off, 5));
	T(read(p[0], buf, 10));
	T(sendfile(b, p[0], 0, 1));
	/* copy_file_range */
	ftruncate(b, 0), lseek(b, 0, SEEK_SET), lseek(a, 0, SEEK_SET);
	T(copy_file_range(a, 0, b, 0, 6, 0));
	off = 2;
	off_t to = 20;
	T(copy_file_range(a, &off, b, &to, 4, 0));
	out("%d %d", (int)off, (int)to);
	T(lseek(b, 0, SEEK_END));
	T(lseek(a, 0, SEEK_CUR));
	T(copy_file_range(a, 0, b, 0, 100, 0));
	T(copy_file_range(a, 0, b, 0, 100, 0));
	T(copy_file_range(a, 0, b, 0, 1, 1));
	T(copy_file_range(b, 0, a, 0, 1, 0));
	T(copy_file_range(99, 0, a, 0, 1, 0));
	T(copy_file_range(p[0], 0, b, 0, 1, 0));
	int d = open(".", O_RDONLY);
	T(copy_file_range(d, 0, b, 0, 1, 0));
	off = 0, to = 3;
	int rw = open("a", O_RDWR);
	T(copy_file_range(rw, &off, rw, &to, 5, 0));
	/* splice and tee */
	lseek(a, 0, SEEK_SET);
	T(splice(a, 0, p[1], 0, 8, 0));
	int q[2];
	pipe(q);
	T(tee(p[0], q[1], 100, 0));
	n = read(p[0], buf, 100);
	out("%.*s", n, buf);
	n = read(q[0], buf, 100);
	out("%.*s", n, buf);
	T(splice(a, 0, b, 0, 8, 0));
	T(write(p[1], "to file", 7));
	to = 0;
	T(splice(p[0], 0, b, &to, 7, 0));
	T(splice(p[0], 0, b, 0, 7, SPLICE_F_NONBLOCK));
	T(pread(b, buf, 7, 0));
	out("%.7s", buf);
	T(splice(p[0], &off, b, 0, 7, 0));
	/* memfd */
	int m = T(memfd_create("name", MFD_CLOEXEC)) >= 0 ? 0 : -1;
	(void)m;
	for (m = 3; m < 30; m++) {
		char path[40];
		sprintf(path, "/proc/self/fd/%d", m);
		n = readlink(path, buf, 99);
		if (n > 0 && !strncmp(buf, "/memfd:name", 11))
			break;
	}
	B(m < 30);
	T(write(m, "in memory", 9));
	T(lseek(m, 0, SEEK_SET));
	T(read(m, buf, 100));
	T(ftruncate(m, 4));
	T(memfd_create("x", 0x8000));
	/* extended attributes, user name space */
	T(getxattr("a", "user.none", buf, 100));
	T(getxattr("none", "user.none", buf, 100));
	T(setxattr("a", "bad", "v", 1, 0));
	T(listxattr("none", buf, 100));
	return 0;
}
