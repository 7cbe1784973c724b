/* Child processes, by posix_spawn: no fork, so the engine needs no instrumentation. */
#define _GNU_SOURCE
#include "runner.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_DESCRIPTORS_MAX 16

extern char **environ;

/* An array of strings as a vector for exec; NULL with an exception pending. Freed by free_vector. */
static char **string_vector(JSContext *ctx, JSValueConst array)
{
	int64_t length;
	if (JS_GetLength(ctx, array, &length)) return NULL;
	char **vector = js_calloc(ctx, length + 1, sizeof *vector);
	for (int64_t i = 0; vector && i < length; i++) {
		JSValue item = JS_GetPropertyInt64(ctx, array, i);
		const char *text = JS_ToCString(ctx, item);
		vector[i] = text ? js_strdup(ctx, text) : NULL;
		JS_FreeCString(ctx, text);
		JS_FreeValue(ctx, item);
		if (!vector[i]) {
			for (int64_t j = 0; j < i; j++) js_free(ctx, vector[j]);
			js_free(ctx, vector);
			return NULL;
		}
	}
	return vector;
}

static void free_vector(JSContext *ctx, char **vector)
{
	for (int i = 0; vector && vector[i]; i++) js_free(ctx, vector[i]);
	js_free(ctx, vector);
}

/* The child's descriptor i becomes a copy of the parent's fds[i]; copies are made high up first, so that an exchange works. */
static int plan_descriptors(posix_spawn_file_actions_t *actions, const int *fds, int *copies, int count)
{
	for (int i = 0; i < count; i++) {
		copies[i] = -1;
		if (fds[i] < 0) continue;
		copies[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, CHILD_DESCRIPTORS_MAX + 4);
		if (copies[i] < 0) return errno;
		int error = posix_spawn_file_actions_adddup2(actions, copies[i], i);
		if (error) return error;
	}
	return 0;
}

static int start_child(const char *file, char **arguments, char **environment, const char *directory, const int *fds, int count,
	bool detached, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int copies[CHILD_DESCRIPTORS_MAX], error = 0;
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | (detached ? POSIX_SPAWN_SETSID : 0));
	error = plan_descriptors(&actions, fds, copies, count);
	if (!error && directory) error = posix_spawn_file_actions_addchdir_np(&actions, directory);
	if (!error) error = posix_spawnp(pid, file, &actions, &attributes, arguments, environment ? environment : environ);
	for (int i = 0; i < count; i++)
		if (copies[i] >= 0) close(copies[i]);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return error;
}

/* spawn(file, arguments, environment or null, directory or null, descriptors, detached) -> pid */
static NATIVE(spawn_child)
{
	int64_t count;
	int fds[CHILD_DESCRIPTORS_MAX];
	if (JS_GetLength(ctx, argv[4], &count)) return JS_EXCEPTION;
	if (count > CHILD_DESCRIPTORS_MAX) return JS_NewInt32(ctx, -EMFILE);
	for (int i = 0; i < count; i++) {
		JSValue item = JS_GetPropertyUint32(ctx, argv[4], i);
		fds[i] = int_argument(ctx, item, -1);
		JS_FreeValue(ctx, item);
	}
	JSValue result = JS_EXCEPTION;
	char **environment = NULL;
	const char *directory = NULL, *file = JS_ToCString(ctx, argv[0]);
	char **arguments = file ? string_vector(ctx, argv[1]) : NULL;
	if (!arguments) goto done;
	if (!JS_IsNull(argv[2]) && !(environment = string_vector(ctx, argv[2]))) goto done;
	if (!JS_IsNull(argv[3]) && !(directory = JS_ToCString(ctx, argv[3]))) goto done;
	pid_t pid = 0;
	int error = start_child(file, arguments, environment, directory, fds, count, JS_ToBool(ctx, argv[5]), &pid);
	result = JS_NewInt32(ctx, error ? -error : pid);
done:
	free_vector(ctx, arguments);
	free_vector(ctx, environment);
	JS_FreeCString(ctx, directory);
	JS_FreeCString(ctx, file);
	return result;
}

/* wait(pid, block?) -> [pid, exit code or -1, signal or 0]; pid 0: it still runs. */
static NATIVE(spawn_wait)
{
	int status = 0;
	pid_t pid;
	do pid = waitpid(int_argument(ctx, argv[0], -1), &status, JS_ToBool(ctx, argv[1]) ? 0 : WNOHANG);
	while (pid < 0 && errno == EINTR);
	if (pid < 0) return answer(ctx, -1);
	JSValue array = JS_NewArray(ctx);
	JS_SetPropertyUint32(ctx, array, 0, JS_NewInt32(ctx, pid));
	JS_SetPropertyUint32(ctx, array, 1, JS_NewInt32(ctx, pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1));
	JS_SetPropertyUint32(ctx, array, 2, JS_NewInt32(ctx, pid && WIFSIGNALED(status) ? WTERMSIG(status) : 0));
	return array;
}

static NATIVE(spawn_pipe)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC)) return answer(ctx, -1);
	JSValue pair = JS_NewArray(ctx);
	JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, ends[0]));
	JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt32(ctx, ends[1]));
	return pair;
}

/* nonblock(fd): so that a write to a full pipe answers EAGAIN. */
static NATIVE(spawn_nonblock)
{
	int fd = int_argument(ctx, argv[0], -1), flags = fcntl(fd, F_GETFL);
	return answer(ctx, flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

static const struct native table[] = {
	{ "spawn", spawn_child, 6 }, { "wait", spawn_wait, 2 }, { "pipe", spawn_pipe, 0 }, { "nonblock", spawn_nonblock, 1 },
};

void spawn_natives(JSContext *ctx, JSValueConst object)
{
	natives_add(ctx, object, table, COUNT(table));
}
