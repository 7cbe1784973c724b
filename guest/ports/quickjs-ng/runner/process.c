/* The process itself: environment, working directory, clocks, signals, poll. */
#define _GNU_SOURCE
#include "runner.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define POLL_DESCRIPTORS_MAX 256

extern char **environ;
static int signal_pipe[2] = { -1, -1 };
static struct termios cooked;
static bool raw_mode;

static NATIVE(process_environ)
{
	JSValue array = JS_NewArray(ctx);
	for (uint32_t i = 0; environ && environ[i]; i++) JS_SetPropertyUint32(ctx, array, i, JS_NewString(ctx, environ[i]));
	return array;
}

static NATIVE(process_cwd)
{
	char *path = getcwd(NULL, 0);
	if (!path) return answer(ctx, -1);
	JSValue result = JS_NewString(ctx, path);
	free(path);
	return result;
}

static NATIVE(process_chdir)
{
	const char *path = JS_ToCString(ctx, argv[0]);
	if (!path) return JS_EXCEPTION;
	int result = chdir(path);
	JSValue value = answer(ctx, result);
	JS_FreeCString(ctx, path);
	return value;
}

static void leave_raw_mode(void)
{
	if (raw_mode) tcsetattr(0, TCSANOW, &cooked);
	raw_mode = false;
}

static NATIVE(process_exit)
{
	leave_raw_mode();
	exit(int_argument(ctx, argv[0], 0));
}

static NATIVE(process_ids)
{
	int ids[] = { getpid(), getppid(), getuid(), geteuid(), getgid(), getegid() };
	JSValue array = JS_NewArray(ctx);
	for (int i = 0; i < COUNT(ids); i++) JS_SetPropertyUint32(ctx, array, i, JS_NewInt32(ctx, ids[i]));
	return array;
}

static NATIVE(process_umask)
{
	int mask = int_argument(ctx, argv[0], -1), old = umask(mask < 0 ? 0 : mask);
	if (mask < 0) umask(old);
	return JS_NewInt32(ctx, old);
}

/* kill(pid, signal), or abort() for a raised default action. */
static NATIVE(process_kill)
{
	return answer(ctx, kill(int_argument(ctx, argv[0], 0), int_argument(ctx, argv[1], SIGTERM)));
}

/* Nanoseconds of the monotonic clock as a BigInt. */
static NATIVE(process_monotonic)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return JS_NewBigInt64(ctx, now.tv_sec * 1000000000LL + now.tv_nsec);
}

/* The same in milliseconds, as a number. */
static NATIVE(process_now)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return JS_NewFloat64(ctx, now.tv_sec * 1e3 + now.tv_nsec / 1e6);
}

/* [user us, system us, kilobytes resident at most, bytes that the engine has allocated] */
static NATIVE(process_usage)
{
	struct rusage usage = { 0 };
	JSMemoryUsage memory;
	getrusage(RUSAGE_SELF, &usage);
	JS_ComputeMemoryUsage(JS_GetRuntime(ctx), &memory);
	double fields[] = { usage.ru_utime.tv_sec * 1e6 + usage.ru_utime.tv_usec, usage.ru_stime.tv_sec * 1e6 + usage.ru_stime.tv_usec,
		usage.ru_maxrss, memory.malloc_size };
	JSValue array = JS_NewArray(ctx);
	for (int i = 0; i < COUNT(fields); i++) JS_SetPropertyUint32(ctx, array, i, JS_NewNumber(ctx, fields[i]));
	return array;
}

static NATIVE(process_uname)
{
	struct utsname name;
	if (uname(&name)) return answer(ctx, -1);
	const char *fields[] = { name.sysname, name.nodename, name.release, name.version, name.machine };
	JSValue array = JS_NewArray(ctx);
	for (int i = 0; i < COUNT(fields); i++) JS_SetPropertyUint32(ctx, array, i, JS_NewString(ctx, fields[i]));
	return array;
}

static NATIVE(process_random)
{
	size_t size, done = 0;
	uint8_t *data = bytes_argument(ctx, argv[0], &size);
	if (!data) return JS_EXCEPTION;
	while (done < size) {
		ssize_t got = getrandom(data + done, size - done, 0);
		if (got < 0 && errno != EINTR) return answer(ctx, -1);
		if (got > 0) done += got;
	}
	return JS_NewInt32(ctx, 0);
}

static NATIVE(process_isatty)
{
	return JS_NewBool(ctx, isatty(int_argument(ctx, argv[0], -1)));
}

static NATIVE(process_window)
{
	struct winsize size;
	if (ioctl(int_argument(ctx, argv[0], 1), TIOCGWINSZ, &size) || !size.ws_col) return JS_UNDEFINED;
	JSValue pair = JS_NewArray(ctx);
	JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, size.ws_col));
	JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt32(ctx, size.ws_row));
	return pair;
}

/* The terminal on standard input: byte by byte without echo, or as it was. */
static NATIVE(process_raw_mode)
{
	if (!JS_ToBool(ctx, argv[0])) {
		leave_raw_mode();
		return JS_NewInt32(ctx, 0);
	}
	if (tcgetattr(0, &cooked)) return answer(ctx, -1);
	struct termios raw = cooked;
	raw.c_iflag &= ~(BRKINT | ICRNL | INPCK | ISTRIP | IXON);
	raw.c_lflag &= ~(ECHO | ICANON | IEXTEN | ISIG);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	raw_mode = true;
	return answer(ctx, tcsetattr(0, TCSANOW, &raw));
}

static void on_signal(int number)
{
	int saved = errno;
	unsigned char byte = number;
	if (write(signal_pipe[1], &byte, 1) < 0) {
		/* The pipe is full: as many are waiting already. */
	}
	errno = saved;
}

/* watchSignal(number, on): answers the descriptor from which the numbers of the signals that came are read. */
static NATIVE(process_watch_signal)
{
	if (signal_pipe[0] < 0 && pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK)) return answer(ctx, -1);
	struct sigaction action = { .sa_handler = JS_ToBool(ctx, argv[1]) ? on_signal : SIG_DFL, .sa_flags = SA_RESTART };
	if (sigaction(int_argument(ctx, argv[0], 0), &action, NULL)) return answer(ctx, -1);
	return JS_NewInt32(ctx, signal_pipe[0]);
}

/* poll([fd, events, fd, events, ...], milliseconds or -1) -> [revents, ...] */
static NATIVE(process_poll)
{
	struct pollfd descriptors[POLL_DESCRIPTORS_MAX];
	int64_t length;
	if (JS_GetLength(ctx, argv[0], &length)) return JS_EXCEPTION;
	int count = length / 2 > POLL_DESCRIPTORS_MAX ? POLL_DESCRIPTORS_MAX : length / 2;
	for (int i = 0; i < count; i++) {
		JSValue fd = JS_GetPropertyUint32(ctx, argv[0], 2 * i), events = JS_GetPropertyUint32(ctx, argv[0], 2 * i + 1);
		descriptors[i] = (struct pollfd){ .fd = int_argument(ctx, fd, -1), .events = int_argument(ctx, events, 0) };
		JS_FreeValue(ctx, fd);
		JS_FreeValue(ctx, events);
	}
	int ready = poll(descriptors, count, int_argument(ctx, argv[1], -1));
	if (ready < 0 && errno != EINTR) return answer(ctx, -1);
	JSValue array = JS_NewArray(ctx);
	for (int i = 0; i < count; i++) JS_SetPropertyUint32(ctx, array, i, JS_NewInt32(ctx, ready < 0 ? 0 : descriptors[i].revents));
	return array;
}

static const struct native table[] = {
	{ "environ", process_environ, 0 }, { "cwd", process_cwd, 0 }, { "chdir", process_chdir, 1 }, { "exit", process_exit, 1 },
	{ "ids", process_ids, 0 }, { "umask", process_umask, 1 }, { "kill", process_kill, 2 },
	{ "monotonic", process_monotonic, 0 }, { "now", process_now, 0 }, { "usage", process_usage, 0 },
	{ "uname", process_uname, 0 }, { "random", process_random, 1 }, { "isatty", process_isatty, 1 },
	{ "window", process_window, 1 }, { "rawMode", process_raw_mode, 1 }, { "watchSignal", process_watch_signal, 2 },
	{ "poll", process_poll, 2 },
};

void process_natives(JSContext *ctx, JSValueConst object)
{
	signal(SIGPIPE, SIG_IGN); /* a write to a closed pipe answers EPIPE instead */
	natives_add(ctx, object, table, COUNT(table));
}
