/* What the libc of the guest does differently from musl, against plain reference code. Prints the same natively. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <regex.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

extern char **environ;

static unsigned state = 12345;

static unsigned rnd(unsigned n)
{
	state = state * 1103515245 + 12345;
	return (state >> 8) % n;
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static unsigned char area[2][600], copy[600];

static long string_errors(void)
{
	long wrong = 0;
	for (int round = 0; round < 200000; round++) {
		unsigned a = rnd(64), b = rnd(64), n = rnd(rnd(4) ? 40 : 500), c = rnd(3) + 'a';
		unsigned char *p = area[0] + a, *q = area[1] + b;
		for (unsigned i = 0; i < n; i++) p[i] = q[i] = 'a' + rnd(24) / 11;
		p[n] = q[n] = 0;
		if (n && rnd(2)) q[rnd(n)] = rnd(256);
		unsigned i, last = n;
		for (i = 0; i < n && p[i] != c; i++);
		wrong += memchr(p, c, n) != (i < n ? p + i : 0);
		wrong += strchr((char *)p, c) != (i < n ? (char *)p + i : 0);
		wrong += strchrnul((char *)p, c) != (char *)p + i;
		for (i = n; i && p[i - 1] != c; i--);
		wrong += memrchr(p, c, n) != (i ? p + i - 1 : 0);
		wrong += strlen((char *)p) != n || strnlen((char *)p, a) != (a < n ? a : n);
		for (i = 0; i < n && p[i] == q[i]; i++);
		wrong += sign(memcmp(p, q, n)) != (i < n ? sign(p[i] - q[i]) : 0);
		for (i = 0; p[i] == q[i] && p[i]; i++);
		wrong += sign(strcmp((char *)p, (char *)q)) != sign(p[i] - q[i]);
		wrong += sign(strncmp((char *)p, (char *)q, a)) != (i < a ? sign(p[i] - q[i]) : 0);
		memcpy(copy, q, sizeof copy - 64);
		for (i = 0; i < n; i++) wrong += copy[i] != q[i];
		memmove(p + rnd(8), p, n);
		memset(copy, c, n);
		for (i = 0; i < n; i++) wrong += copy[i] != c;
		wrong += stpcpy((char *)copy, (char *)area[1] + b) != (char *)copy + strlen((char *)area[1] + b);
		wrong += strcmp((char *)copy, (char *)area[1] + b) != 0;
		(void)last;
	}
	for (int round = 0; round < 20000; round++) {
		unsigned char reference[300];
		unsigned from = rnd(150), to = rnd(150), n = rnd(150);
		for (unsigned i = 0; i < 300; i++) reference[i] = area[0][i] = rnd(256);
		if (from < to) for (unsigned i = n; i--;) reference[to + i] = reference[from + i];
		else for (unsigned i = 0; i < n; i++) reference[to + i] = reference[from + i];
		memmove(area[0] + to, area[0] + from, n);
		wrong += memcmp(reference, area[0], 300) != 0;
	}
	return wrong;
}

static long allocator_errors(void)
{
	enum { SLOTS = 500 };
	static unsigned char *block[SLOTS];
	static unsigned size[SLOTS], mark[SLOTS];
	long wrong = 0;
	for (int round = 0; round < 200000; round++) {
		unsigned i = rnd(SLOTS), n = rnd(100) ? rnd(rnd(20) ? 300 : 5000) : rnd(300000);
		for (unsigned k = 0; k < size[i]; k += 97) wrong += block[i][k] != mark[i];
		switch (rnd(4)) {
		case 0:
			free(block[i]);
			block[i] = calloc(n, 1);
			for (unsigned k = 0; k < n; k++) wrong += block[i][k] != 0;
			break;
		case 1: {
			unsigned keep = size[i] < n ? size[i] : n;
			block[i] = realloc(block[i], n);
			if (n) for (unsigned k = 0; k < keep; k += 97) wrong += block[i][k] != mark[i];
			break;
		}
		case 2:
			free(block[i]);
			if (posix_memalign((void **)&block[i], 64 << rnd(4), n)) wrong++;
			wrong += (uintptr_t)block[i] % 64 != 0;
			break;
		default:
			free(block[i]);
			block[i] = malloc(n);
		}
		wrong += (uintptr_t)block[i] % 16 != 0 || (block[i] && malloc_usable_size(block[i]) < n);
		size[i] = block[i] ? n : 0;
		mark[i] = rnd(256);
		if (block[i]) memset(block[i], mark[i], size[i]);
	}
	for (int i = 0; i < SLOTS; i++) free(block[i]);
	void *volatile p;
	errno = 0;
	p = malloc(PTRDIFF_MAX);
	wrong += p != 0 || errno != ENOMEM;
	p = calloc((size_t)1 << 20, SIZE_MAX >> 10);
	wrong += p != 0;
	return wrong;
}

/* The signal that ends a child which does `fault`. */
static const char *killed(void (*fault)(void))
{
	int status;
	pid_t pid = fork();
	if (!pid) {
		fault();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? "killed" : "not noticed";
}

static void double_free(void)
{
	char *volatile p = malloc(100);
	free(p);
	free(p);
}

static void overflow(void)
{
	char *volatile p = malloc(24), *volatile q = malloc(24);
	for (int i = 0; i < 64; i++) p[i] = 1;
	free(q);
	free(p);
}

static void wild(void)
{
	static char buffer[256];
	char *volatile p = buffer + 64;
	free(p);
}

static void show(const char *what, int status)
{
	printf("%s: ", what);
	if (WIFEXITED(status)) printf("exit %d\n", WEXITSTATUS(status));
	else printf("signal %d\n", WTERMSIG(status));
}

static void processes(void)
{
	int status, local = 1;
	pid_t pid = vfork();
	if (!pid) {
		if (vfork() >= 0) _exit(1);
		_exit(errno == EAGAIN ? 7 : 8);
	}
	waitpid(pid, &status, 0);
	local++;
	show("vfork, vfork, _exit", status);
	pid = vfork();
	if (!pid) {
		execl("/bin/sh", "sh", "-c", "kill -9 $$", (char *)0);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	show("vfork, exec", status);
	for (int i = 0; i < 50; i++) {
		pid = vfork();
		if (!pid) _exit(i);
		waitpid(pid, &status, 0);
		local += WEXITSTATUS(status) == i;
	}
	printf("local %d\n", local);
	char *arguments[] = { "sh", "-c", "echo spawned; exit 3", 0 };
	fflush(stdout);
	printf("posix_spawn %d\n", posix_spawn(&pid, "/bin/sh", 0, 0, arguments, environ));
	fflush(stdout);
	waitpid(pid, &status, 0);
	show("spawned", status);
	printf("posix_spawn of nothing: %s\n", strerror(posix_spawn(&pid, "/nonexistent", 0, 0, arguments, environ)));
	fflush(stdout);
	show("system", system("exit 5"));
	char line[100];
	FILE *f = popen("echo one; echo two", "r");
	while (fgets(line, sizeof line, f)) printf("popen %s", line);
	show("pclose", pclose(f));
	wordexp_t words;
	setenv("X", "a b", 1);
	printf("wordexp %d", wordexp("$X \"$X\" ~root", &words, 0));
	for (unsigned i = 0; i < words.we_wordc; i++) printf(" <%s>", words.we_wordv[i]);
	putchar('\n');
}

static volatile int handled;
static siginfo_t seen;

static void handler(int n, siginfo_t *info, void *context)
{
	seen = *info;
	handled++;
}

static void signals(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	sigaction(SIGUSR1, &action, 0);
	sigaction(SIGCHLD, &action, 0);
	kill(getpid(), SIGUSR1);
	printf("kill: signo %d code %d pid %s uid %d\n", seen.si_signo, seen.si_code, seen.si_pid == getpid() ? "mine" : "other",
		seen.si_uid == getuid());
	sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = 42 });
	printf("sigqueue: code %d value %d\n", seen.si_code, seen.si_value.sival_int);
	pid_t pid = fork();
	if (!pid) _exit(9);
	while (handled < 3) pause();
	printf("child: signo %d code %d pid %s status %d\n", seen.si_signo, seen.si_code, seen.si_pid == pid ? "the child" : "other",
		seen.si_status);
	waitpid(pid, 0, 0);
	signal(SIGCHLD, SIG_DFL);
}

static void expressions(void)
{
	static const char *const pattern[] = { "^[[=d=]]$", "^[[.d.]]x$", "^[[.a.]-[.c.]]*$", "^[[=ab=]]$", "^[[.-.]-]$" };
	for (int i = 0; i < 5; i++) {
		regex_t re;
		int error = regcomp(&re, pattern[i], REG_EXTENDED);
		printf("%s: ", pattern[i]);
		if (error) {
			printf("error %d\n", error == REG_ECOLLATE);
			continue;
		}
		printf("%d %d %d %d\n", !regexec(&re, "d", 0, 0, 0), !regexec(&re, "dx", 0, 0, 0), !regexec(&re, "abc", 0, 0, 0),
			!regexec(&re, "-", 0, 0, 0));
		regfree(&re);
	}
}

static void shared_mapping(void)
{
	char name[] = "/tmp/shared-XXXXXX", text[6] = "";
	int fd = mkstemp(name);
	ftruncate(fd, 4096);
	char *p = mmap(0, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		printf("mmap: %s\n", strerror(errno));
		return;
	}
	memcpy(p, "hello", 5);
	msync(p, 4096, MS_SYNC);
	pread(fd, text, 5, 0);
	printf("msync %s\n", text);
	memcpy(p, "jello", 5);
	munmap(p, 4096);
	pread(fd, text, 5, 0);
	printf("munmap %s\n", text);
	unlink(name);
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	printf("MB_CUR_MAX %d\n", MB_CUR_MAX >= 4);
	printf("strings: %ld wrong\n", string_errors());
	printf("allocator: %ld wrong\n", allocator_errors());
	fflush(stdout);
	printf("double free %s\n", killed(double_free));
	printf("overflow %s\n", killed(overflow));
	printf("wild free %s\n", killed(wild));
	fflush(stdout);
	processes();
	expressions();
	signals();
	shared_mapping();
	return 0;
}
