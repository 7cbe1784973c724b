/* open(2), close(2), read(2), write(2): flags and errors. */
#include "t.h"

int main(void)
{
	char buf[64];
	int fd, i;

	umask(022);
	T(open("none", O_RDONLY));
	T(open("", O_RDONLY));
	T(open("none/x", O_RDONLY | O_CREAT, 0644));
	T(open("a", O_RDWR | O_CREAT | O_EXCL, 0666));
	T(open("a", O_RDWR | O_CREAT | O_EXCL, 0666));
	T(open("a/", O_RDONLY));
	T(open("a/b", O_RDONLY));
	T(open("a/.", O_RDONLY));
	T(open("b/", O_WRONLY | O_CREAT, 0644));
	T(write(3, "hello world", 11));
	T(lseek(3, 0, SEEK_SET));
	T(read(3, buf, 5));
	out("%.5s", buf);
	T(close(3));
	T(close(3));
	T(close(-1));
	T(close(12345));
	T(read(77, buf, 1));
	T(write(77, buf, 1));

	fd = T(open("a", O_RDONLY));
	T(write(fd, "x", 1));
	T(read(fd, buf, 0));
	T(read(fd, BAD, 4));
	T(read(fd, buf, sizeof buf));
	T(read(fd, buf, sizeof buf));
	close(fd);
	fd = T(open("a", O_WRONLY));
	T(read(fd, buf, 1));
	T(write(fd, buf, 0));
	T(write(fd, BAD, 4));
	close(fd);

	fd = T(open("a", O_WRONLY | O_TRUNC));
	close(fd);
	show("a");
	fd = T(open("a", O_WRONLY | O_APPEND));
	T(write(fd, "one", 3));
	T(lseek(fd, 0, SEEK_SET));
	T(write(fd, "two", 3));
	T(lseek(fd, 0, SEEK_CUR));
	T(pwrite(fd, "three", 5, 0));
	T(lseek(fd, 0, SEEK_CUR));
	close(fd);
	show("a");

	mkdir("d", 0755);
	T(open("d", O_WRONLY));
	T(open("d", O_RDWR));
	T(open("d", O_RDONLY | O_CREAT, 0644));
	T(open("d", O_RDONLY | O_TRUNC));
	fd = T(open("d", O_RDONLY));
	T(read(fd, buf, 1));
	T(write(fd, buf, 1));
	close(fd);
	T(open("d", O_RDONLY | O_DIRECTORY));
	close(3);
	T(open("a", O_RDONLY | O_DIRECTORY));
	T(open("x", O_RDONLY | O_DIRECTORY));

	MUST(symlink("a", "l"));
	MUST(symlink("nowhere", "dangling"));
	MUST(symlink("d", "ld"));
	T(open("l", O_RDONLY | O_NOFOLLOW));
	T(open("l", O_RDONLY));
	close(3);
	T(open("dangling", O_RDONLY));
	T(open("dangling", O_RDONLY | O_CREAT | O_EXCL, 0644));
	T(open("ld", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
	T(open("ld/", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
	close(3);
	T(open("dangling", O_WRONLY | O_CREAT, 0644));
	close(3);
	T(access("nowhere", F_OK));

	/* the lowest free descriptor */
	for (i = 0; i < 4; i++)
		MUST(open("a", O_RDONLY));
	close(4);
	T(open("a", O_RDONLY));
	close(3), close(4), close(5), close(6);

	/* O_PATH */
	fd = T(open("a", O_PATH));
	T(read(fd, buf, 1));
	T(write(fd, buf, 1));
	T(lseek(fd, 0, SEEK_SET));
	T(ioctl(fd, FIONREAD, &i));
	T(fcntl(fd, F_GETFL) & (O_PATH | O_ACCMODE));
	close(fd);
	fd = T(open("l", O_PATH | O_NOFOLLOW));
	T(readlinkat(fd, "", buf, sizeof buf));
	close(fd);
	fd = T(open("d", O_PATH));
	i = T(openat(fd, "new", O_CREAT | O_RDWR, 0640));
	close(i);
	T(fchdir(fd));
	T(access("new", R_OK));
	MUST(chdir(".."));
	close(fd);

	/* O_TMPFILE */
	fd = T(open(".", O_TMPFILE | O_RDWR, 0600));
	T(write(fd, "tmp", 3));
	struct stat st;
	fstat(fd, &st);
	T(st.st_nlink);
	T(st.st_size);
	T(linkat(fd, "", AT_FDCWD, "linked", AT_EMPTY_PATH));
	close(fd);
	show("linked");
	T(open(".", O_TMPFILE | O_RDONLY, 0600));
	T(open("a", O_TMPFILE | O_RDWR, 0600));

	/* access modes in F_GETFL */
	fd = open("a", O_RDWR | O_APPEND | O_NONBLOCK | O_CLOEXEC);
	T(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	T(fcntl(fd, F_GETFD));
	close(fd);
	T(creat("c", 0444));
	T(write(3, "ro", 2));
	close(3);
	show("c");

	/* openat with directory descriptors */
	T(openat(-1, "a", O_RDONLY));
	T(openat(99, "a", O_RDONLY));
	fd = open("a", O_RDONLY);
	T(openat(fd, "x", O_RDONLY));
	close(fd);
	T(openat(AT_FDCWD, "a", O_RDONLY));
	close(3);
	out("device files");
	fd = T(open("/dev/null", O_RDWR));
	T(read(fd, buf, 10));
	T(write(fd, buf, 10));
	close(fd);
	fd = T(open("/dev/zero", O_RDWR));
	buf[0] = 1;
	T(read(fd, buf, 10));
	T(buf[0]);
	close(fd);
	fd = T(open("/dev/full", O_RDWR));
	T(write(fd, buf, 10));
	close(fd);
	fd = T(open("/dev/urandom", O_RDONLY));
	T(read(fd, buf, 16));
	close(fd);
	T(open("/dev/nothing", O_RDONLY));
	T(open("a", O_RDONLY | O_DIRECTORY | O_CREAT, 0644) == -1 && errno == EINVAL);
	return 0;
}
