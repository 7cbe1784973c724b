/* fork(2), execve(2), wait4(2), waitid(2), _exit(2). */
#include "t.h"
#include <sys/resource.h>

static const char *code(int c)
{
	return c == CLD_EXITED ? "exited" : c == CLD_KILLED ? "killed" : c == CLD_DUMPED ? "dumped" : c == CLD_STOPPED ? "stopped" : c == CLD_CONTINUED ? "continued" : c == CLD_TRAPPED ? "trapped" : "?";
}

static void waitid_(const char *what, idtype_t t, pid_t id, int flags)
{
	siginfo_t i;
	memset(&i, 0, sizeof i);
	if (waitid(t, id, &i, flags)) {
		out("%s: %s", what, ename(errno));
		return;
	}
	if (!i.si_pid)
		out("%s: nothing", what);
	else
		out("%s: %s %s status %d uid %d", what, sname(i.si_signo), code(i.si_code), i.si_status, (int)i.si_uid);
}

int main(int argc, char **argv, char **envp)
{
	pid_t pid, p2;
	int st, i;
	struct rusage ru;

	if (argc > 1 && !strncmp(argv[1], "args", 4)) {
		out("argc %d", argc);
		for (i = 1; i < argc; i++)
			out("arg [%s]", argv[i]);
		for (i = 0; envp[i]; i++)
			out("env [%s]", envp[i]);
		out("fd 9 %s", fcntl(9, F_GETFD) == -1 ? ename(errno) : "open");
		out("fd 8 %s", fcntl(8, F_GETFD) == -1 ? ename(errno) : "open");
		struct sigaction sa;
		sigset_t set;
		sigaction(SIGUSR1, 0, &sa);
		out("SIGUSR1 %s", sa.sa_handler == SIG_DFL ? "default" : sa.sa_handler == SIG_IGN ? "ignored" : "handled");
		sigaction(SIGUSR2, 0, &sa);
		out("SIGUSR2 %s", sa.sa_handler == SIG_DFL ? "default" : sa.sa_handler == SIG_IGN ? "ignored" : "handled");
		sigprocmask(SIG_BLOCK, 0, &set);
		out("SIGTERM %s", sigismember(&set, SIGTERM) ? "blocked" : "open");
		sigpending(&set);
		out("SIGTERM %s", sigismember(&set, SIGTERM) ? "pending" : "not pending");
		out("umask %o", (unsigned)umask(0));
		return 7;
	}
	T(wait(&st));
	T(waitpid(-1, &st, WNOHANG));
	T(waitpid(1234567, &st, 0));
	T(waitpid(-1, &st, 0x40));
	struct gate g, ready, go;
	gate_make(&g), gate_make(&ready), gate_make(&go);
	if ((pid = fork()) == 0) {
		gate_wait(&g);
		_exit(300);
	}
	B(pid > 0);
	T(waitpid(pid, &st, WNOHANG));
	gate_pass(&g);
	T(waitpid(pid, &st, 0) == pid);
	status("exit 300", st);
	T(waitpid(pid, &st, 0));
	if ((pid = fork()) == 0)
		raise(SIGTERM), _exit(1);
	reap("SIGTERM", pid);
	if ((pid = fork()) == 0)
		raise(SIGKILL), _exit(1);
	reap("SIGKILL", pid);
	if ((pid = fork()) == 0)
		abort();
	waitpid(pid, &st, 0);
	out("abort: %s", sname(WTERMSIG(st)));

	/* a zombie can be signalled, and waits */
	if ((pid = fork()) == 0)
		_exit(3);
	waitid_("WNOWAIT", P_PID, pid, WEXITED | WNOWAIT);
	T(kill(pid, 0));
	T(kill(pid, SIGKILL));
	waitid_("again", P_PID, pid, WEXITED);
	waitid_("gone", P_PID, pid, WEXITED);
	T(kill(pid, 0));
	waitid_("no flags", P_ALL, 0, 0);
	waitid_("bad type", 99, 0, WEXITED);

	/* stop and continue */
	if ((pid = fork()) == 0)
		for (;;)
			pause();
	waitid_("running", P_PID, pid, WEXITED | WSTOPPED | WNOHANG);
	T(kill(pid, SIGSTOP));
	waitid_("stopped", P_PID, pid, WSTOPPED);
	waitid_("stop told once", P_PID, pid, WSTOPPED | WNOHANG);
	T(kill(pid, SIGCONT));
	waitid_("continued", P_PID, pid, WCONTINUED);
	T(kill(pid, SIGSTOP));
	T(waitpid(pid, &st, WUNTRACED) == pid);
	status("WUNTRACED", st);
	T(kill(pid, SIGTERM));
	T(waitpid(pid, &st, WNOHANG | WUNTRACED));
	T(kill(pid, SIGCONT));
	T(waitpid(pid, &st, 0) == pid);
	status("term while stopped", st);
	if ((pid = fork()) == 0)
		raise(SIGSTOP), _exit(4);
	T(waitpid(pid, &st, WUNTRACED) == pid);
	status("self", st);
	kill(pid, SIGKILL);
	reap("killed while stopped", pid);

	/* orphans go to init; getppid */
	pid_t me = getpid();
	if ((pid = fork()) == 0)
		_exit(getppid() == me ? 0 : 1);
	reap("getppid", pid);
	int p[2];
	pipe(p);
	if ((pid = fork()) == 0) {
		if ((p2 = fork()) == 0) {
			pid_t before = getppid();
			gate_pass(&ready);
			while (getppid() == before)
				nap(1);
			gate_wait(&go);
			B(getppid() != before);
			write(p[1], "x", 1);
			_exit(0);
		}
		gate_wait(&ready);
		_exit(0);
	}
	reap("middle", pid);
	gate_pass(&go);
	char c;
	T(read(p[0], &c, 1));
	T(wait(&st));

	/* which child */
	pid_t kid[3];
	for (i = 0; i < 3; i++)
		if ((kid[i] = fork()) == 0)
			_exit(i);
	for (i = 2; i >= 0; i--)
		reap("by pid", kid[i]);
	if ((pid = fork()) == 0) {
		setpgid(0, 0);
		_exit(5);
	}
	setpgid(pid, pid);
	T(waitpid(0, &st, 0));
	T(waitpid(-pid, &st, 0) == pid);
	status("by group", st);
	if ((pid = fork()) == 0)
		_exit(6);
	T(wait4(-1, &st, 0, &ru) == pid);
	status("wait4", st);
	B(ru.ru_utime.tv_sec < 5);

	/* execve */
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	MUST(n);
	self[n] = 0;
	char *none[] = {0};
	T(execve("none", none, none));
	T(execve(".", none, none));
	put("text", "echo hello\n");
	T(execve("./text", none, none));
	chmod("text", 0755);
	T(execve("./text", none, none));
	put("script", "#!/no/such/interpreter\n"), chmod("script", 0755);
	T(execve("./script", none, none));
	put("dirs", "#!/\n"), chmod("dirs", 0755);
	T(execve("./dirs", none, none));
	T(execve("text/x", none, none));
	T(execve("", none, none));
	put("empty", ""), chmod("empty", 0755);
	T(execve("./empty", none, none));
	put("self", "#!./self\n"), chmod("self", 0755);
	T(execve("./self", none, none));

	dup2(1, 9);
	dup2(1, 8);
	fcntl(9, F_SETFD, FD_CLOEXEC);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, (void (*)(int))reap);
	umask(051);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, 0);
	if ((pid = fork()) == 0) {
		char *av[] = {"name", "args", "", "a b", "\xff\x01", 0}, *ev[] = {"A=1", "B=", "odd", 0};
		sigpending(&set);
		raise(SIGTERM);
		execve(self, av, ev);
		_exit(1);
	}
	reap("exec", pid);
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, 0);
	char script[PATH_MAX + 50];
	snprintf(script, sizeof script, "#!%s args  one two \nrest\n", self);
	if (strlen(self) < 100) {
		put("interp", script), chmod("interp", 0755);
		if ((pid = fork()) == 0) {
			char *av[] = {"zero", "x", "y", 0};
			execve("./interp", av, none);
			_exit(1);
		}
		reap("script", pid);
	}
	/* too long */
	char *big = malloc(4 << 20);
	memset(big, 'x', 4 << 20);
	big[(4 << 20) - 1] = 0;
	char *huge[] = {"x", big, 0};
	T(execve(self, huge, none));
	/* exit status of _exit with odd values */
	if ((pid = fork()) == 0)
		_exit(-1);
	reap("_exit(-1)", pid);
	if ((pid = fork()) == 0)
		_exit(256);
	reap("_exit(256)", pid);
	/* SIGCHLD ignored: no zombies */
	signal(SIGCHLD, SIG_IGN);
	if ((pid = fork()) == 0)
		_exit(1);
	T(waitpid(pid, &st, 0));
	signal(SIGCHLD, SIG_DFL);
	struct sigaction sa = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
	sigaction(SIGCHLD, &sa, 0);
	if ((pid = fork()) == 0)
		_exit(1);
	T(wait(&st));
	return 0;
}
