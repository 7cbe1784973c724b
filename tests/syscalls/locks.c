/* File locks: fcntl(2) record locks, open file description locks, flock(2). */
#include "t.h"
#include <sys/file.h>
#ifndef F_OFD_SETLK
#define F_OFD_GETLK 36
#define F_OFD_SETLK 37
#endif

static long lock(int fd, int cmd, int type, int start, int len)
{
	struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len};
	return fcntl(fd, cmd, &l);
}

static const char *type(int t) { return t == F_RDLCK ? "read" : t == F_WRLCK ? "write" : t == F_UNLCK ? "unlocked" : "?"; }

static void probe(const char *what, int fd, int t, int start, int len, pid_t parent)
{
	struct flock l = {.l_type = t, .l_whence = SEEK_SET, .l_start = start, .l_len = len};
	if (fcntl(fd, F_GETLK, &l))
		out("%s: %s", what, ename(errno));
	else if (l.l_type == F_UNLCK)
		out("%s: free", what);
	else
		out("%s: %s lock %d+%d by %s", what, type(l.l_type), (int)l.l_start, (int)l.l_len, l.l_pid == parent ? "parent" : l.l_pid == -1 ? "description" : "other");
}

static void nothing(int s) { (void)s; }

int main(void)
{
	struct gate up, down;
	gate_make(&up), gate_make(&down);
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644)), ro;
	pid_t parent = getpid(), pid;

	T(lock(fd, F_SETLK, F_WRLCK, 0, 10));
	T(lock(fd, F_SETLK, F_RDLCK, 20, 10));
	T(lock(fd, F_SETLK, 99, 0, 10));
	T(lock(fd, F_SETLK, F_WRLCK, -5, 10));
	T(lock(99, F_SETLK, F_WRLCK, 0, 10));
	ro = MUST(open("f", O_RDONLY));
	T(lock(ro, F_SETLK, F_WRLCK, 50, 1));
	probe("own lock", fd, F_WRLCK, 0, 0, parent);
	if ((pid = fork()) == 0) {
		T(lock(fd, F_SETLK, F_WRLCK, 0, 1));
		T(lock(fd, F_SETLK, F_RDLCK, 9, 1));
		T(lock(fd, F_SETLK, F_WRLCK, 10, 10));
		T(lock(fd, F_SETLK, F_RDLCK, 25, 1));
		T(lock(fd, F_SETLK, F_WRLCK, 25, 1));
		probe("at 0", fd, F_RDLCK, 0, 5, parent);
		probe("at 20 read", fd, F_RDLCK, 20, 5, parent);
		probe("at 20 write", fd, F_WRLCK, 20, 5, parent);
		probe("all", fd, F_WRLCK, 0, 0, parent);
		T(lock(fd, F_SETLKW, F_UNLCK, 0, 0));
		_exit(0);
	}
	reap("child", pid);
	/* splitting and joining */
	T(lock(fd, F_SETLK, F_WRLCK, 0, 100));
	T(lock(fd, F_SETLK, F_UNLCK, 40, 20));
	T(lock(fd, F_SETLK, F_RDLCK, 10, 10));
	if ((pid = fork()) == 0) {
		probe("0", fd, F_WRLCK, 0, 5, parent);
		probe("10", fd, F_WRLCK, 12, 2, parent);
		probe("30", fd, F_WRLCK, 30, 5, parent);
		probe("40", fd, F_WRLCK, 40, 20, parent);
		probe("60", fd, F_WRLCK, 45, 100, parent);
		_exit(0);
	}
	reap("split", pid);
	/* closing any descriptor of the file drops the process's locks */
	close(ro);
	if ((pid = fork()) == 0) {
		probe("after close", fd, F_WRLCK, 0, 0, parent);
		_exit(0);
	}
	reap("close", pid);
	/* waiting */
	T(lock(fd, F_SETLK, F_WRLCK, 0, 0));
	if ((pid = fork()) == 0) {
		gate_pass(&up);
		T(lock(fd, F_SETLKW, F_WRLCK, 0, 0));
		_exit(0);
	}
	gate_wait(&up);
	nap(50);
	out("parent unlocks");
	lock(fd, F_SETLK, F_UNLCK, 0, 0);
	reap("waiter", pid);
	/* waiting, interrupted */
	lock(fd, F_SETLK, F_WRLCK, 0, 0);
	if ((pid = fork()) == 0) {
		struct sigaction sa = {.sa_handler = nothing};
		sigaction(SIGALRM, &sa, 0);
		alarm(1);
		T(lock(fd, F_SETLKW, F_WRLCK, 0, 0));
		_exit(0);
	}
	reap("interrupted", pid);
	/* deadlock */
	lock(fd, F_SETLK, F_UNLCK, 0, 0);
	lock(fd, F_SETLK, F_WRLCK, 0, 1);
	if ((pid = fork()) == 0) {
		lock(fd, F_SETLK, F_WRLCK, 1, 1);
		gate_pass(&up);
		lock(fd, F_SETLKW, F_WRLCK, 0, 1);
		_exit(0);
	}
	gate_wait(&up);
	nap(100);
	T(lock(fd, F_SETLKW, F_WRLCK, 1, 1));
	lock(fd, F_SETLK, F_UNLCK, 0, 0);
	reap("deadlock", pid);
	/* exit drops locks */
	if ((pid = fork()) == 0) {
		lock(fd, F_SETLK, F_WRLCK, 0, 0);
		_exit(0);
	}
	reap("holder", pid);
	T(lock(fd, F_SETLK, F_WRLCK, 0, 0));
	lock(fd, F_SETLK, F_UNLCK, 0, 0);

	/* flock */
	int other = MUST(open("f", O_RDWR));
	T(flock(fd, LOCK_EX));
	T(flock(other, LOCK_EX | LOCK_NB));
	T(flock(other, LOCK_SH | LOCK_NB));
	T(flock(fd, LOCK_SH));
	T(flock(other, LOCK_SH | LOCK_NB));
	T(flock(fd, LOCK_EX | LOCK_NB));
	T(flock(other, LOCK_UN));
	T(flock(fd, LOCK_EX | LOCK_NB));
	int copy = dup(fd);
	T(flock(copy, LOCK_EX | LOCK_NB));
	close(copy);
	T(flock(other, LOCK_EX | LOCK_NB));
	if ((pid = fork()) == 0) {
		T(flock(fd, LOCK_UN));
		_exit(0);
	}
	reap("unlocked by child", pid);
	T(flock(other, LOCK_EX | LOCK_NB));
	T(lock(fd, F_SETLK, F_WRLCK, 0, 0));
	T(flock(99, LOCK_EX));
	T(flock(fd, 0));
	if ((pid = fork()) == 0) {
		close(other); /* else this copy would keep the lock */
		gate_pass(&up);
		int mine = open("f", O_RDWR);
		T(flock(mine, LOCK_EX));
		_exit(0);
	}
	gate_wait(&up);
	nap(50);
	out("closing");
	close(other);
	reap("flock waiter", pid);
	lock(fd, F_SETLK, F_UNLCK, 0, 0);

	/* open file description locks */
	other = MUST(open("f", O_RDWR));
	T(lock(fd, F_OFD_SETLK, F_WRLCK, 0, 10));
	T(lock(other, F_OFD_SETLK, F_WRLCK, 5, 10));
	T(lock(other, F_SETLK, F_WRLCK, 5, 10));
	T(lock(other, F_OFD_SETLK, F_WRLCK, 10, 10));
	probe("process against description", fd, F_WRLCK, 0, 5, parent);
	T(lock(fd, F_OFD_SETLK, F_UNLCK, 0, 0));
	T(lock(other, F_OFD_SETLK, F_WRLCK, 5, 10));
	T(lockf(fd, F_TLOCK, 100));
	T(lockf(fd, F_TEST, 100));
	T(lockf(other, F_ULOCK, 0));
	return 0;
}
