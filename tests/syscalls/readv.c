/* readv(2), writev(2), pread(2), pwrite(2): vectors, offsets, errors. */
#include "t.h"
#include <sys/uio.h>

int main(void)
{
	char a[4] = "", b[8] = "", c[32] = "";
	int fd = T(open("f", O_RDWR | O_CREAT, 0644));
	struct iovec w[] = {{"ab", 2}, {"", 0}, {"cdef", 4}, {"ghij", 4}};
	struct iovec r[] = {{a, 3}, {b, 5}, {c, 20}};
	T(writev(fd, w, 4));
	T(lseek(fd, 0, SEEK_CUR));
	T(lseek(fd, 1, SEEK_SET));
	T(readv(fd, r, 3));
	out("%.3s|%.5s|%s", a, b, c);
	T(readv(fd, r, 3));
	T(writev(fd, w, 0));
	T(writev(fd, w, -1));
	T(writev(fd, w, 1025));
	T(writev(fd, BAD, 1));
	T(readv(fd, BAD, 1));
	w[1].iov_base = BAD, w[1].iov_len = 3;
	T(writev(fd, w, 1));
	T(pread(fd, c, 4, 2));
	out("%.4s", c);
	T(pread(fd, c, 4, 100));
	T(pread(fd, c, 4, -1));
	T(pwrite(fd, "Z", 1, -5));
	T(pwrite(fd, "Z", 1, 20));
	T(lseek(fd, 0, SEEK_END));
	memset(c, 'x', sizeof c);
	T(pread(fd, c, 21, 0));
	T(c[15]);
	out("%c %c", c[0], c[20]);
	T(preadv(fd, r, 2, 1));
	out("%.3s|%.5s", a, b);
	w[1].iov_base = "", w[1].iov_len = 0;
	T(pwritev(fd, w, 3, 30));
	T(lseek(fd, 0, SEEK_END));
	int p[2];
	MUST(pipe(p));
	T(pread(p[0], c, 1, 0));
	T(pwrite(p[1], c, 1, 0));
	T(lseek(p[0], 0, SEEK_CUR));
	T(writev(p[1], w, 4));
	T(readv(p[0], r, 2));
	T(readv(p[0], r, 3));
	return 0;
}
