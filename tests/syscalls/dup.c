/* dup(2), dup2(2), dup3(2), fcntl(2) on descriptors. */
#include "t.h"
#include <sys/resource.h>
#include <sys/syscall.h>

int main(void)
{
	char buf[8];
	int fd = T(open("f", O_RDWR | O_CREAT, 0644));
	T(dup(fd));
	T(dup(99));
	T(write(fd, "abc", 3));
	T(lseek(4, 0, SEEK_CUR));
	T(lseek(4, 1, SEEK_SET));
	T(read(fd, buf, 1));
	out("%c", buf[0]);
	T(close(fd));
	T(read(4, buf, 1));
	out("%c", buf[0]);
	T(dup2(4, 10));
	T(dup2(4, 4));
	T(dup2(99, 99));
	T(dup2(99, 4));
	T(dup2(4, -1));
	T(dup2(4, 100000000));
	T(dup3(4, 4, 0));
	T(dup3(4, 11, O_CLOEXEC));
	T(dup3(4, 11, O_APPEND));
	T(fcntl(11, F_GETFD));
	T(fcntl(10, F_GETFD));
	T(fcntl(10, F_SETFD, FD_CLOEXEC));
	T(dup2(10, 12));
	T(fcntl(12, F_GETFD));
	T(fcntl(4, F_DUPFD, 20));
	T(fcntl(4, F_DUPFD, 20));
	T(fcntl(4, F_DUPFD_CLOEXEC, 20));
	T(fcntl(22, F_GETFD));
	T(fcntl(4, F_DUPFD, -1));
	T(fcntl(4, F_DUPFD, 100000000));
	T(fcntl(99, F_GETFL));
	T(fcntl(4, 9999));
	T(fcntl(4, F_GETFL) & O_ACCMODE);
	T(fcntl(4, F_SETFL, O_APPEND | O_WRONLY));
	T(fcntl(20, F_GETFL) & (O_ACCMODE | O_APPEND));
	T(fcntl(20, F_SETFL, O_NONBLOCK));
	T(fcntl(4, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	/* the offset is shared across fork */
	T(lseek(4, 0, SEEK_SET));
	pid_t pid = fork();
	if (pid == 0) {
		read(4, buf, 2);
		_exit(0);
	}
	reap("child", pid);
	T(lseek(4, 0, SEEK_CUR));
	/* a second open has its own offset */
	int other = T(open("f", O_RDONLY));
	T(lseek(other, 0, SEEK_CUR));
	/* RLIMIT_NOFILE */
	struct rlimit limit = {8, 8};
	T(setrlimit(RLIMIT_NOFILE, &limit));
	T(open("f", O_RDONLY));
	T(open("f", O_RDONLY));
	T(open("f", O_RDONLY));
	T(open("f", O_RDONLY));
	T(dup(4));
	int p[2];
	T(pipe(p));
	T(dup2(4, 8));
	T(dup2(4, 7));
	T(read(20, buf, 0));
	T(close(5));
	T(pipe(p));
	T(dup(4));
	T(syscall(SYS_close_range, 3, 100, 0));
	T(fcntl(4, F_GETFD));
	T(syscall(SYS_close_range, 9, 3, 0));
	return 0;
}
