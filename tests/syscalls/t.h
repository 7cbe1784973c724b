/* Shared by the system call cases: every line that a case prints is the same on every run.
 *
 * No pid, address, time or inode number is printed, only facts about them. Output goes straight to
 * write(2), so that fork(2) does not repeat a buffer.
 */
#ifndef T_H
#define T_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *ename(int e)
{
	static char other[32];
	switch (e) {
	case 0: return "0";
#define N(x) case x: return #x;
	N(EPERM) N(ENOENT) N(ESRCH) N(EINTR) N(EIO) N(ENXIO) N(E2BIG) N(ENOEXEC) N(EBADF) N(ECHILD) N(EAGAIN)
	N(ENOMEM) N(EACCES) N(EFAULT) N(ENOTBLK) N(EBUSY) N(EEXIST) N(EXDEV) N(ENODEV) N(ENOTDIR) N(EISDIR)
	N(EINVAL) N(ENFILE) N(EMFILE) N(ENOTTY) N(ETXTBSY) N(EFBIG) N(ENOSPC) N(ESPIPE) N(EROFS) N(EMLINK)
	N(EPIPE) N(EDOM) N(ERANGE) N(EDEADLK) N(ENAMETOOLONG) N(ENOLCK) N(ENOSYS) N(ENOTEMPTY) N(ELOOP)
	N(EOVERFLOW) N(EOPNOTSUPP) N(EADDRINUSE) N(EADDRNOTAVAIL) N(ECONNREFUSED) N(ECONNRESET) N(ECONNABORTED)
	N(EISCONN) N(ENOTCONN) N(EALREADY) N(EINPROGRESS) N(ETIMEDOUT) N(ENOTSOCK) N(EDESTADDRREQ) N(EMSGSIZE)
	N(EPROTOTYPE) N(ENOPROTOOPT) N(EPROTONOSUPPORT) N(ESOCKTNOSUPPORT) N(EAFNOSUPPORT) N(ENODATA)
	N(ENOBUFS) N(ECANCELED) N(ESTALE) N(EILSEQ)
#undef N
	}
	snprintf(other, sizeof other, "errno=%d", e);
	return other;
}

static const char *sname(int s)
{
	static char other[32];
	switch (s) {
	case 0: return "0";
#define N(x) case x: return #x;
	N(SIGHUP) N(SIGINT) N(SIGQUIT) N(SIGILL) N(SIGTRAP) N(SIGABRT) N(SIGBUS) N(SIGFPE) N(SIGKILL) N(SIGUSR1)
	N(SIGSEGV) N(SIGUSR2) N(SIGPIPE) N(SIGALRM) N(SIGTERM) N(SIGCHLD) N(SIGCONT) N(SIGSTOP) N(SIGTSTP)
	N(SIGTTIN) N(SIGTTOU) N(SIGURG) N(SIGXCPU) N(SIGXFSZ) N(SIGVTALRM) N(SIGPROF) N(SIGWINCH) N(SIGIO)
	N(SIGPWR) N(SIGSYS)
#undef N
	}
	if (s >= SIGRTMIN && s <= SIGRTMAX)
		snprintf(other, sizeof other, "SIGRTMIN+%d", s - SIGRTMIN);
	else
		snprintf(other, sizeof other, "signal=%d", s);
	return other;
}

static void out(const char *format, ...)
{
	char line[4096];
	va_list ap;
	int kept = errno, done = 0, n;
	va_start(ap, format);
	n = vsnprintf(line, sizeof line - 1, format, ap);
	va_end(ap);
	if (n > (int)sizeof line - 2)
		n = sizeof line - 2;
	line[n++] = '\n';
	while (done < n) {
		int r = write(1, line + done, n - done);
		if (r <= 0)
			_exit(99);
		done += r;
	}
	errno = kept;
}

/* Prints the call and its value, or the name of its error; gives the value. */
static long t_report(const char *text, long value)
{
	if (value == -1)
		out("%s = -1 %s", text, ename(errno));
	else
		out("%s = %ld", text, value);
	return value;
}
#define T(call) t_report(#call, (errno = 0, (long)(call)))
/* As T, where the value itself is not the same on every run: prints only that it worked. */
#define OK(call) t_ok(#call, (errno = 0, (long)(call)))
static long t_ok(const char *text, long value)
{
	if (value == -1)
		out("%s = -1 %s", text, ename(errno));
	else
		out("%s ok", text);
	return value;
}
#define B(condition) out("%s: %s", #condition, (condition) ? "yes" : "no")

/* An address outside any program: low ones are ordinary memory in WebAssembly. */
#define BAD ((void *)-16)

/* The set-up of a case: it must work, else the case is void. */
#define MUST(call) t_must(#call, __LINE__, (long)(call))
static long t_must(const char *text, int line, long value)
{
	if (value == -1) {
		out("line %d: %s: %s", line, text, ename(errno));
		_exit(98);
	}
	return value;
}

static void status(const char *what, int st)
{
	if (WIFEXITED(st))
		out("%s: exited %d", what, WEXITSTATUS(st));
	else if (WIFSIGNALED(st))
		out("%s: killed by %s", what, sname(WTERMSIG(st)));
	else if (WIFSTOPPED(st))
		out("%s: stopped by %s", what, sname(WSTOPSIG(st)));
	else if (WIFCONTINUED(st))
		out("%s: continued", what);
}

static void reap(const char *what, pid_t pid)
{
	int st;
	pid_t r;
	do
		r = waitpid(pid, &st, 0);
	while (r == -1 && errno == EINTR);
	if (r != pid)
		out("%s: waitpid: %s", what, ename(errno));
	else
		status(what, st);
}

static void put(const char *path, const char *text)
{
	int fd = MUST(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));
	MUST(write(fd, text, strlen(text)));
	close(fd);
}

static void show(const char *path)
{
	char buf[1024];
	int fd = open(path, O_RDONLY), n;
	if (fd == -1) {
		out("%s: %s", path, ename(errno));
		return;
	}
	n = read(fd, buf, sizeof buf - 1);
	close(fd);
	buf[n < 0 ? 0 : n] = 0;
	out("%s: \"%s\"", path, buf);
}

static void nap(int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
	while (nanosleep(&t, &t) == -1 && errno == EINTR)
		;
}

/* Two processes in step: one waits until the other has passed. */
struct gate { int fd[2]; };
static void gate_make(struct gate *g) { MUST(pipe2(g->fd, O_CLOEXEC)); }
static void gate_pass(struct gate *g) { MUST(write(g->fd[1], "x", 1)); }
static void gate_wait(struct gate *g)
{
	char c;
	while (read(g->fd[0], &c, 1) == -1 && errno == EINTR)
		;
}

#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-result"
#endif
