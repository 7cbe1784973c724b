/* mkfifo(3), fifo(7): open waits for the other side, O_NONBLOCK, ENXIO. */
#include "t.h"

int main(void)
{
	char buf[32];
	struct stat st;
	int fd, w;
	pid_t pid;

	T(mkfifo("p", 0600));
	T(mkfifo("p", 0600));
	T(stat("p", &st));
	out("%o", (unsigned)st.st_mode);
	T(open("p", O_WRONLY | O_NONBLOCK));
	fd = T(open("p", O_RDONLY | O_NONBLOCK));
	T(read(fd, buf, 1));
	w = T(open("p", O_WRONLY | O_NONBLOCK));
	T(read(fd, buf, 1));
	T(write(w, "abc", 3));
	T(read(fd, buf, 10));
	close(w);
	T(read(fd, buf, 10));
	close(fd);

	pid = fork();
	if (pid == 0) {
		fd = open("p", O_WRONLY);
		write(fd, "from child", 10);
		_exit(0);
	}
	fd = T(open("p", O_RDONLY));
	T(read(fd, buf, 32));
	out("%.10s", buf);
	T(read(fd, buf, 32));
	reap("writer", pid);
	close(fd);

	pid = fork();
	if (pid == 0) {
		fd = open("p", O_RDONLY);
		int n = read(fd, buf, 32);
		_exit(n);
	}
	fd = T(open("p", O_WRONLY));
	T(write(fd, "12345", 5));
	close(fd);
	reap("reader", pid);

	fd = T(open("p", O_RDWR));
	T(write(fd, "both", 4));
	T(read(fd, buf, 32));
	close(fd);
	T(unlink("p"));
	T(mknod("q", S_IFIFO | 0644, 0));
	T(stat("q", &st));
	B(S_ISFIFO(st.st_mode));
	T(truncate("q", 0));
	T(mknod("r", S_IFREG | 0644, 0));
	T(stat("r", &st));
	B(S_ISREG(st.st_mode));
	T(mknod("r", S_IFREG | 0644, 0));
	T(mkfifo("none/q", 0644));
	T(mknod("dirnode", S_IFDIR | 0755, 0));
	return 0;
}
