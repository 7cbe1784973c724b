/* setrlimit(2): file size, CPU time, descriptors, processes. */
#include "t.h"
#include <sys/resource.h>

static volatile int got;
static void on(int s) { got = s; }

/* L-SIG-001: the handler would have to run in a busy loop, so that only the hard limit ends it
 * - SIGXCPU
 */
int main(void)
{
	struct rlimit l, k;
	pid_t pid;
	int fd;

	T(getrlimit(RLIMIT_NOFILE, &l));
	B(l.rlim_cur >= 256 && l.rlim_cur <= l.rlim_max);
	T(getrlimit(RLIMIT_CORE, &l));
	T(getrlimit(RLIMIT_STACK, &l));
	B(l.rlim_cur >= 65536);
	T(getrlimit(99, &l));
	l.rlim_cur = 10, l.rlim_max = 5;
	T(setrlimit(RLIMIT_NOFILE, &l));
	/* file size */
	if ((pid = fork()) == 0) {
		l.rlim_cur = 100, l.rlim_max = 200;
		T(setrlimit(RLIMIT_FSIZE, &l));
		T(getrlimit(RLIMIT_FSIZE, &k));
		out("%d %d", (int)k.rlim_cur, (int)k.rlim_max);
		char buf[300];
		memset(buf, 'x', sizeof buf);
		signal(SIGXFSZ, on);
		fd = open("f", O_RDWR | O_CREAT, 0644);
		T(write(fd, buf, 90));
		T(write(fd, buf, 90));
		T(got);
		T(write(fd, buf, 90));
		out("%s", sname(got));
		got = 0;
		T(ftruncate(fd, 101));
		out("%s", sname(got));
		T(ftruncate(fd, 100));
		T(pwrite(fd, "x", 1, 100));
		T(pwrite(fd, "x", 1, 99));
		T(lseek(fd, 0, SEEK_END));
		int p[2];
		pipe(p);
		T(write(p[1], buf, 300));
		signal(SIGXFSZ, SIG_IGN);
		T(write(fd, buf, 1));
		signal(SIGXFSZ, SIG_DFL);
		write(fd, buf, 1);
		_exit(1);
	}
	reap("file size", pid);
	struct stat st;
	stat("f", &st);
	T(st.st_size);
	/* CPU time */
	if ((pid = fork()) == 0) {
		l.rlim_cur = 1, l.rlim_max = 3;
		T(setrlimit(RLIMIT_CPU, &l));
		for (volatile unsigned i = 0;; i++)
			;
	}
	reap("CPU time", pid);
	if ((pid = fork()) == 0) {
		l.rlim_cur = 1, l.rlim_max = 2;
		signal(SIGXCPU, on);
		setrlimit(RLIMIT_CPU, &l);
		for (volatile unsigned i = 0; !got; i++)
			;
		out("%s", sname(got));
		for (volatile unsigned i = 0;; i++)
			;
	}
	reap("hard CPU time", pid);
	/* an ordinary user may lower, not raise */
	if ((pid = fork()) == 0) {
		l.rlim_cur = 20, l.rlim_max = 30;
		T(setrlimit(RLIMIT_NOFILE, &l));
		setuid(1000);
		l.rlim_cur = 30;
		T(setrlimit(RLIMIT_NOFILE, &l));
		l.rlim_max = 31;
		T(setrlimit(RLIMIT_NOFILE, &l));
		l.rlim_max = 25, l.rlim_cur = 25;
		T(setrlimit(RLIMIT_NOFILE, &l));
		l.rlim_max = 26;
		T(setrlimit(RLIMIT_NOFILE, &l));
		_exit(0);
	}
	reap("user", pid);
	/* limits are inherited */
	if ((pid = fork()) == 0) {
		l.rlim_cur = l.rlim_max = 17;
		setrlimit(RLIMIT_NOFILE, &l);
		if ((pid = fork()) == 0) {
			getrlimit(RLIMIT_NOFILE, &k);
			_exit(k.rlim_cur);
		}
		reap("inherited", pid);
		execl("/bin/sh", "sh", "-c", "ulimit -n", (char *)0);
	}
	reap("exec", pid);
	/* processes, as an ordinary user */
	if ((pid = fork()) == 0) {
		setuid(54321);
		l.rlim_cur = l.rlim_max = 3;
		T(setrlimit(RLIMIT_NPROC, &l));
		int n = 0;
		pid_t kid[10];
		while (n < 10 && (kid[n] = fork()) >= 0) {
			if (kid[n] == 0)
				for (;;)
					pause();
			n++;
		}
		out("%d children, then %s", n, ename(errno));
		while (n--)
			kill(kid[n], SIGKILL), waitpid(kid[n], 0, 0);
		_exit(0);
	}
	reap("processes", pid);
	/* memory */
	if ((pid = fork()) == 0) {
		l.rlim_cur = l.rlim_max = 64 << 20;
		T(setrlimit(RLIMIT_AS, &l));
		void *volatile m = malloc(100 << 20);
		B(m == 0);
		out("%s", ename(errno));
		m = malloc(1 << 20);
		B(m != 0);
		_exit(0);
	}
	reap("address space", pid);
	return 0;
}
