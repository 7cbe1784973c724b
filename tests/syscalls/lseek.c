/* lseek(2), truncate(2), fallocate(2): offsets, holes, sizes. */
#include "t.h"

static void size(const char *what)
{
	struct stat st;
	MUST(stat("f", &st));
	out("%s: size %lld", what, (long long)st.st_size);
}

int main(void)
{
	char buf[16];
	int fd = T(open("f", O_RDWR | O_CREAT, 0644)), ro;
	T(lseek(fd, -1, SEEK_SET));
	T(lseek(fd, 10, SEEK_SET));
	T(lseek(fd, -11, SEEK_CUR));
	T(lseek(fd, -4, SEEK_CUR));
	T(lseek(fd, 5, SEEK_END));
	T(lseek(fd, 0, 99));
	T(lseek(99, 0, SEEK_SET));
	size("after seeks only");
	T(lseek(fd, 100000, SEEK_SET));
	T(write(fd, "x", 1));
	size("one byte at 100000");
	T(lseek(fd, 50000, SEEK_SET));
	buf[0] = 7;
	T(read(fd, buf, 1));
	T(buf[0]);
	T(ftruncate(fd, 10));
	size("truncated");
	T(lseek(fd, 0, SEEK_CUR));
	T(read(fd, buf, 1));
	T(ftruncate(fd, 20));
	size("grown");
	T(lseek(fd, 0, SEEK_SET));
	T(write(fd, "0123456789abcdef", 16));
	T(ftruncate(fd, 4));
	T(ftruncate(fd, 8));
	T(pread(fd, buf, 16, 0));
	out("%.4s %d %d", buf, buf[4], buf[7]);
	T(ftruncate(fd, -1));
	T(truncate("f", 3));
	T(truncate("f", -3));
	T(truncate("none", 3));
	T(truncate(".", 3));
	T(truncate("", 3));
	ro = T(open("f", O_RDONLY));
	T(ftruncate(ro, 1));
	T(ftruncate(77, 1));
	size("end");
	/* beyond 4 GiB, sparse */
	T(lseek(fd, 5000000000LL, SEEK_SET) == 5000000000LL);
	T(write(fd, "far", 3));
	struct stat st;
	fstat(fd, &st);
	B(st.st_size == 5000000003LL);
	B(st.st_blocks < 1000);
	T(lseek(fd, 0, SEEK_END) == 5000000003LL);
	T(pread(fd, buf, 3, 5000000000LL));
	out("%.3s", buf);
	T(ftruncate(fd, 0));
	/* holes */
	T(lseek(fd, 0, SEEK_DATA));
	T(lseek(fd, 0, SEEK_HOLE));
	T(pwrite(fd, "data", 4, 0));
	T(lseek(fd, 0, SEEK_DATA));
	T(lseek(fd, 0, SEEK_HOLE) >= 4);
	T(lseek(fd, 4, SEEK_DATA));
	T(lseek(fd, 4, SEEK_HOLE));
	T(lseek(fd, -1, SEEK_DATA));
	/* preallocation */
	T(posix_fallocate(fd, 0, 100));
	size("fallocate");
	T(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 200));
	size("keep size");
	T(fallocate(fd, 0, -1, 10));
	T(fallocate(fd, 0, 0, 0));
	T(fallocate(ro, 0, 0, 10));
	T(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 2));
	T(pread(fd, buf, 4, 0));
	out("%d %d %c %c", buf[0], buf[1], buf[2], buf[3]);
	T(fsync(fd));
	T(fdatasync(fd));
	T(fsync(99));
	T(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
	T(posix_fadvise(99, 0, 0, POSIX_FADV_SEQUENTIAL) == EBADF);
	return 0;
}
