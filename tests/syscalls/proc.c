/* proc(5): what programs read of themselves and of others. */
#include "t.h"
#include <dirent.h>

static char text[100000];
static int slurp(const char *p)
{
	int fd = open(p, O_RDONLY), n = 0, r;
	if (fd < 0) {
		out("%s: %s", p, ename(errno));
		text[0] = 0;
		return -1;
	}
	while ((r = read(fd, text + n, sizeof text - 1 - n)) > 0)
		n += r;
	close(fd);
	text[n] = 0;
	return n;
}

static const char *field(const char *name)
{
	static char value[200];
	char *p = text;
	size_t n = strlen(name);
	while (p && *p) {
		if (!strncmp(p, name, n) && p[n] == ':') {
			p += n + 1;
			while (*p == ' ' || *p == '\t')
				p++;
			int i = 0;
			while (*p && *p != '\n' && i < 199)
				value[i++] = *p++;
			value[i] = 0;
			return value;
		}
		p = strchr(p, '\n');
		if (p)
			p++;
	}
	return "(none)";
}

int main(int argc, char **argv)
{
	char buf[PATH_MAX], cwd[PATH_MAX], path[100];
	struct stat st, st2;
	int fd, n;
	pid_t pid;
	(void)argc;

	n = readlink("/proc/self", buf, sizeof buf);
	buf[n < 0 ? 0 : n] = 0;
	B(atoi(buf) == getpid());
	getcwd(cwd, sizeof cwd);
	n = readlink("/proc/self/cwd", buf, sizeof buf);
	buf[n < 0 ? 0 : n] = 0;
	B(!strcmp(buf, cwd));
	n = readlink("/proc/self/root", buf, sizeof buf);
	buf[n < 0 ? 0 : n] = 0;
	out("root %s", buf);
	n = readlink("/proc/self/exe", buf, sizeof buf);
	buf[n < 0 ? 0 : n] = 0;
	B(n > 0 && buf[0] == '/');
	B(stat("/proc/self/exe", &st) == 0 && S_ISREG(st.st_mode) && stat(buf, &st2) == 0 && st.st_ino == st2.st_ino);
	/* descriptors */
	put("f", "text");
	fd = open("f", O_RDWR | O_APPEND);
	sprintf(path, "/proc/self/fd/%d", fd);
	n = readlink(path, buf, sizeof buf);
	buf[n < 0 ? 0 : n] = 0;
	B(!strncmp(buf, cwd, strlen(cwd)) && !strcmp(buf + strlen(cwd), "/f"));
	int fd2 = open(path, O_RDONLY);
	B(fd2 >= 0);
	T(lseek(fd, 2, SEEK_SET));
	T(lseek(fd2, 0, SEEK_CUR));
	unlink("f");
	n = readlink(path, buf, sizeof buf);
	buf[n < 0 ? 0 : n] = 0;
	B(n > 10 && !strcmp(buf + n - 10, " (deleted)"));
	int fd3 = open(path, O_RDONLY);
	B(fd3 >= 0);
	T(read(fd3, buf, 10));
	T(stat(path, &st));
	B(S_ISREG(st.st_mode));
	T(lstat(path, &st));
	B(S_ISLNK(st.st_mode));
	int p[2];
	pipe(p);
	sprintf(path, "/proc/self/fd/%d", p[0]);
	n = readlink(path, buf, sizeof buf);
	B(!strncmp(buf, "pipe:[", 6));
	sprintf(path, "/dev/fd/%d", p[1]);
	int w = open(path, O_WRONLY);
	T(write(w, "through", 7));
	T(read(p[0], buf, 10));
	close(p[0]), close(p[1]), close(w), close(fd), close(fd2), close(fd3);
	T(readlink("/proc/self/fd/99", buf, sizeof buf));
	T(open("/proc/self/fd/99", O_RDONLY));
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	n = 0;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			n++;
	closedir(d);
	T(n);
	int dir = open("/proc/self/fdinfo/1", O_RDONLY);
	B(dir >= 0);
	close(dir);

	/* command line and environment */
	B(slurp("/proc/self/cmdline") == (int)strlen(argv[0]) + 1 && !strcmp(text, argv[0]));
	setenv("LATER", "1", 1);
	B(slurp("/proc/self/environ") >= 0);
	slurp("/proc/self/comm");
	const char *base = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	n = strlen(text) - 1;
	B(n > 0 && n <= 15 && !strncmp(text, base, n) && text[n] == '\n');
	/* status */
	B(slurp("/proc/self/status") > 100);
	B(atoi(field("Pid")) == getpid());
	B(atoi(field("PPid")) == getppid());
	out("Uid %s", field("Uid"));
	out("Gid %s", field("Gid"));
	out("State %s", field("State"));
	out("Threads %s", field("Threads"));
	out("Umask %s", field("Umask"));
	B(strstr(field("VmRSS"), "kB") != 0);
	out("SigIgn %s", field("SigIgn"));
	signal(SIGUSR1, SIG_IGN);
	sigset_t set;
	sigemptyset(&set), sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, 0);
	raise(SIGUSR2);
	slurp("/proc/self/status");
	out("SigIgn %s", field("SigIgn"));
	out("SigBlk %s", field("SigBlk"));
	/* stat */
	B(slurp("/proc/self/stat") > 50);
	B(atoi(text) == getpid());
	char *rest = strrchr(text, ')');
	char state;
	int ppid, pgrp, sid;
	T(sscanf(rest + 2, "%c %d %d %d", &state, &ppid, &pgrp, &sid));
	B(state == 'R' && ppid == getppid() && pgrp == getpgrp() && sid == getsid(0));
	n = 0;
	for (char *c = rest; *c; c++)
		n += *c == ' ';
	T(n);
	B(slurp("/proc/self/statm") > 10);
	B(slurp("/proc/self/maps") > 10);
	B(slurp("/proc/self/limits") > 10);
	B(strstr(text, "Max open files") != 0);
	B(slurp("/proc/self/mounts") > 10);
	B(strstr(text, " / ") != 0 && strstr(text, " /proc ") != 0);
	B(slurp("/proc/self/mountinfo") > 10);
	/* of the machine */
	B(slurp("/proc/uptime") > 3);
	B(slurp("/proc/loadavg") > 10);
	B(slurp("/proc/meminfo") > 100);
	B(atoll(field("MemTotal")) > 1000);
	B(atoll(field("MemAvailable")) > 1000);
	B(slurp("/proc/cpuinfo") > 10);
	B(slurp("/proc/version") > 10);
	B(!strncmp(text, "Linux version ", 14));
	B(slurp("/proc/stat") > 10);
	B(!strncmp(text, "cpu ", 4));
	B(slurp("/proc/filesystems") > 10);
	B(strstr(text, "proc") != 0);
	B(slurp("/proc/mounts") > 10);
	B(slurp("/proc/sys/kernel/ostype") > 0);
	out("%s", text);
	B(slurp("/proc/sys/kernel/hostname") > 0);
	B(slurp("/proc/sys/kernel/pid_max") > 0);
	B(slurp("/proc/sys/kernel/random/boot_id") == 37);
	B(slurp("/proc/sys/kernel/random/uuid") == 37);
	B(slurp("/proc/sys/fs/pipe-max-size") > 0);
	/* others */
	if ((pid = fork()) == 0)
		for (;;)
			pause();
	sprintf(path, "/proc/%d/status", (int)pid);
	do
		slurp(path);
	while (field("State")[0] == 'R');
	out("State %s", field("State"));
	kill(pid, SIGSTOP);
	waitpid(pid, 0, WUNTRACED);
	slurp(path);
	out("State %s", field("State"));
	kill(pid, SIGKILL);
	siginfo_t si;
	waitid(P_PID, pid, &si, WEXITED | WNOWAIT);
	slurp(path);
	out("State %s", field("State"));
	sprintf(path, "/proc/%d/cmdline", (int)pid);
	T(slurp(path));
	waitpid(pid, 0, 0);
	T(access(path, F_OK));
	d = opendir("/proc");
	int self = 0, digits = 0;
	while ((e = readdir(d))) {
		if (atoi(e->d_name) > 0)
			digits++;
		if (atoi(e->d_name) == getpid())
			self++;
	}
	closedir(d);
	T(self);
	B(digits >= 1);
	/* read-only, and errors */
	T(open("/proc/version", O_WRONLY) == -1 || 1);
	T(mkdir("/proc/new", 0755));
	T(open("/proc/new", O_CREAT | O_WRONLY, 0644));
	T(unlink("/proc/version"));
	T(open("/proc/9999999/status", O_RDONLY));
	T(open("/proc/self/nothing", O_RDONLY));
	T(chdir("/proc/self/fd"));
	T(access("1", F_OK));
	return 0;
}
