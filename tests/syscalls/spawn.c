/* posix_spawn(3), system(3), popen(3), vfork(2), wordexp(3). */
#include "t.h"
#include <spawn.h>
#include <wordexp.h>

extern char **environ;

int main(void)
{
	pid_t pid;
	char buf[256];
	int st, p[2];
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	sigset_t set;

	char *echo[] = {"sh", "-c", "echo spawned $0 $1; exit 3", "a", "b", 0};
	st = posix_spawn(&pid, "/bin/sh", 0, 0, echo, environ);
	reap("sh", pid);
	out("%s", ename(st));
	out("%s", ename(posix_spawn(&pid, "/no/such/file", 0, 0, echo, environ)));
	out("%s", ename(posix_spawn(&pid, "/etc", 0, 0, echo, environ)));
	st = posix_spawnp(&pid, "sh", 0, 0, echo, environ);
	reap("sh by PATH", pid);
	out("%s", ename(st));
	out("%s", ename(posix_spawnp(&pid, "no-such-command", 0, 0, echo, environ)));
	T(waitpid(-1, &st, 0));

	MUST(pipe(p));
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, p[1], 1);
	posix_spawn_file_actions_addclose(&fa, p[0]);
	posix_spawn_file_actions_addopen(&fa, 7, "created", O_WRONLY | O_CREAT, 0600);
	char *script[] = {"sh", "-c", "echo to the pipe; echo to the file >&7; [ -e /proc/self/fd/20 ] || echo no 20", 0};
	T(posix_spawn(&pid, "/bin/sh", &fa, 0, script, environ));
	reap("redirected", pid);
	close(p[1]);
	int n = read(p[0], buf, sizeof buf);
	out("%.*s", n - 1, buf);
	close(p[0]);
	show("created");
	posix_spawn_file_actions_addopen(&fa, 8, "none/x", O_RDONLY, 0);
	out("%s", ename(posix_spawn(&pid, "/bin/sh", &fa, 0, script, environ)));
	posix_spawn_file_actions_destroy(&fa);

	posix_spawnattr_init(&at);
	posix_spawnattr_setflags(&at, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setpgroup(&at, 0);
	sigemptyset(&set);
	posix_spawnattr_setsigmask(&at, &set);
	sigaddset(&set, SIGUSR1);
	posix_spawnattr_setsigdefault(&at, &set);
	signal(SIGUSR1, SIG_IGN), signal(SIGUSR2, SIG_IGN);
	char *raise1[] = {"sh", "-c", "kill -USR2 $$; kill -USR1 $$; echo not reached", 0};
	T(posix_spawn(&pid, "/bin/sh", 0, &at, raise1, environ));
	reap("attributes", pid);
	posix_spawnattr_destroy(&at);
	char *small[] = {"X=1", 0}, *env[] = {"sh", "-c", "echo \"$X|$HOME\"", 0};
	st = posix_spawn(&pid, "/bin/sh", 0, 0, env, small);
	reap("environment", pid);
	out("%s", ename(st));
	signal(SIGUSR1, SIG_DFL), signal(SIGUSR2, SIG_DFL);

	status("system", system("echo from system; exit 5"));
	status("system", system("kill -TERM $$"));
	status("system", system("no-such-command 2>/dev/null"));
	T(system(0) != 0);
	FILE *f = popen("echo one; echo two; exit 4", "r");
	while (fgets(buf, sizeof buf, f))
		out("popen: %.3s", buf);
	status("pclose", pclose(f));
	f = popen("cat; exit 6", "w");
	fputs("to cat\n", f);
	status("pclose", pclose(f));
	T((long)popen("true", "x") == 0);

	pid = vfork();
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "exit 8", (char *)0);
		_exit(127);
	}
	reap("vfork", pid);
	pid = vfork();
	if (pid == 0)
		_exit(9);
	reap("vfork and _exit", pid);
	pid = vfork();
	if (pid == 0) {
		execl("/no/such/file", "x", (char *)0);
		_exit(errno == ENOENT ? 10 : 11);
	}
	reap("vfork and a failed exec", pid);
	int marker = 1;
	for (int i = 0; i < 3; i++) {
		pid = vfork();
		if (pid == 0)
			_exit(marker + i);
		reap("vfork in a loop", pid);
	}
	return 0;
}
