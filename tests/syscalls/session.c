/* setpgid(2), setsid(2), getsid(2), kill(2) of groups, orphaned groups. */
#include "t.h"

static volatile int hups, conts;
static void count(int s) { if (s == SIGHUP) hups++; else conts++; }

int main(void)
{
	pid_t pid, a, b;
	int st;
	struct gate g, h, go;
	gate_make(&g), gate_make(&h), gate_make(&go);

	B(getpgrp() == getpgid(0));
	B(getsid(0) > 0);
	T(getpgid(-1));
	T(getpgid(9999999));
	T(getsid(9999999));
	T(setpgid(0, -1));
	T(setpgid(9999999, 0));
	if ((pid = fork()) == 0) {
		B(setsid() == getpid());
		B(getsid(0) == getpid() && getpgrp() == getpid());
		T(setsid());
		T(setpgid(0, 0));
		T(open("/dev/tty", O_RDWR));
		if ((a = fork()) == 0) {
			B(getsid(0) == getppid() && getpgrp() == getppid());
			T(setpgid(0, 0));
			B(getpgrp() == getpid());
			T(setpgid(0, getppid()));
			B(getpgrp() == getppid());
			B(setsid() == getpid());
			_exit(0);
		}
		reap("grandchild", a);
		/* a group of two */
		if ((a = fork()) == 0) {
			setpgid(0, 0);
			gate_pass(&g);
			for (;;)
				pause();
		}
		gate_wait(&g);
		if ((b = fork()) == 0) {
			T(setpgid(0, a));
			gate_pass(&g);
			for (;;)
				pause();
		}
		gate_wait(&g);
		B(getpgid(b) == a);
		T(kill(-a, 0));
		T(kill(-a, SIGTERM));
		reap("a", a);
		T(kill(-a, 0));
		reap("b", b);
		T(kill(-a, 0));
		/* a child that has exec'ed cannot be moved */
		if ((a = fork()) == 0) {
			execl("/bin/sleep", "sleep", "100", (char *)0);
			_exit(1);
		}
		char exe[PATH_MAX], link[64];
		sprintf(link, "/proc/%d/comm", (int)a);
		for (;;) {
			int fd = open(link, O_RDONLY), n = read(fd, exe, 64);
			close(fd);
			if (n >= 5 && !strncmp(exe, "sleep", 5))
				break;
			nap(1);
		}
		T(setpgid(a, a));
		kill(a, SIGKILL);
		reap("sleep", a);
		/* a process of another session cannot be joined */
		if ((a = fork()) == 0) {
			setsid();
			gate_pass(&g);
			for (;;)
				pause();
		}
		gate_wait(&g);
		T(setpgid(0, a));
		T(setpgid(a, a));
		T(setpgid(a, getpgrp()));
		kill(a, SIGKILL);
		reap("other session", a);
		_exit(0);
	}
	reap("session", pid);

	/* a stopped group that becomes orphaned gets SIGHUP and SIGCONT */
	if ((pid = fork()) == 0) {
		setsid();
		if ((a = fork()) == 0) {
			struct sigaction sa = {.sa_handler = count};
			sigaction(SIGHUP, &sa, 0), sigaction(SIGCONT, &sa, 0);
			setpgid(0, 0);
			gate_pass(&g);
			raise(SIGSTOP);
			while (!hups || !conts)
				nap(1);
			gate_wait(&go);
			out("orphan: SIGHUP %d SIGCONT %d", hups, conts);
			gate_pass(&h);
			_exit(0);
		}
		gate_wait(&g);
		waitpid(a, &st, WUNTRACED);
		status("before", st);
		_exit(0);
	}
	reap("parent of the stopped", pid);
	gate_pass(&go);
	gate_wait(&h);
	/* in an orphaned group, SIGTSTP does nothing */
	if ((pid = fork()) == 0) {
		setsid();
		raise(SIGTSTP);
		_exit(5);
	}
	T(waitpid(pid, &st, WUNTRACED) == pid);
	status("SIGTSTP in an orphaned group", st);
	/* kill(0) and kill(-1) */
	if ((pid = fork()) == 0) {
		setpgid(0, 0);
		kill(0, SIGUSR1);
		_exit(1);
	}
	reap("kill(0)", pid);
	return 0;
}
