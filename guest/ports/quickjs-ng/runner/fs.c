/* Files and directories: thin wrappers of the system calls. */
#define _GNU_SOURCE
#include "runner.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

/* Calls a function of one path and answers what it answers. */
#define WITH_PATH(value, path, call) do { \
	const char *path = JS_ToCString(ctx, value); \
	if (!path) return JS_EXCEPTION; \
	int64_t result_ = (call); \
	JSValue answer_ = answer(ctx, result_); \
	JS_FreeCString(ctx, path); \
	return answer_; \
} while (0)

static NATIVE(fs_open)
{
	WITH_PATH(argv[0], path, open(path, int_argument(ctx, argv[1], 0) | O_CLOEXEC, int_argument(ctx, argv[2], 0666)));
}

static NATIVE(fs_close)
{
	return answer(ctx, close(int_argument(ctx, argv[0], -1)));
}

/* transfer(fd, bytes, start, length, position or null) */
static JSValue transfer(JSContext *ctx, JSValueConst *argv, bool writing)
{
	size_t size, from, count;
	uint8_t *data = bytes_argument(ctx, argv[1], &size);
	if (!data) return JS_EXCEPTION;
	clamp_range(ctx, argv[2], argv[3], size, &from, &count);
	int fd = int_argument(ctx, argv[0], -1);
	int64_t position = -1;
	if (JS_IsNumber(argv[4]) && JS_ToInt64(ctx, &position, argv[4])) return JS_EXCEPTION;
	ssize_t done;
	do {
		if (writing) done = position < 0 ? write(fd, data + from, count) : pwrite(fd, data + from, count, position);
		else done = position < 0 ? read(fd, data + from, count) : pread(fd, data + from, count, position);
	} while (done < 0 && errno == EINTR);
	return answer(ctx, done);
}

static NATIVE(fs_read)
{
	return transfer(ctx, argv, false);
}

static NATIVE(fs_write)
{
	return transfer(ctx, argv, true);
}

static double milliseconds(struct timespec t)
{
	return t.tv_sec * 1000.0 + t.tv_nsec / 1e6;
}

static JSValue stat_answer(JSContext *ctx, int result, struct stat *st)
{
	if (result < 0) return answer(ctx, result);
	double fields[] = { st->st_dev, st->st_mode, st->st_nlink, st->st_uid, st->st_gid, st->st_rdev, st->st_blksize, st->st_ino,
		st->st_size, st->st_blocks, milliseconds(st->st_atim), milliseconds(st->st_mtim), milliseconds(st->st_ctim) };
	JSValue array = JS_NewArray(ctx);
	for (int i = 0; i < COUNT(fields); i++) JS_SetPropertyUint32(ctx, array, i, JS_NewNumber(ctx, fields[i]));
	return array;
}

static NATIVE(fs_stat)
{
	struct stat st;
	const char *path = JS_ToCString(ctx, argv[0]);
	if (!path) return JS_EXCEPTION;
	int result = JS_ToBool(ctx, argv[1]) ? lstat(path, &st) : stat(path, &st);
	JS_FreeCString(ctx, path);
	return stat_answer(ctx, result, &st);
}

static NATIVE(fs_fstat)
{
	struct stat st;
	return stat_answer(ctx, fstat(int_argument(ctx, argv[0], -1), &st), &st);
}

/* [name, type, name, type, ...] without . and .. */
static NATIVE(fs_readdir)
{
	const char *path = JS_ToCString(ctx, argv[0]);
	if (!path) return JS_EXCEPTION;
	DIR *directory = opendir(path);
	JS_FreeCString(ctx, path);
	if (!directory) return answer(ctx, -1);
	JSValue names = JS_NewArray(ctx);
	uint32_t count = 0;
	for (struct dirent *entry; (entry = readdir(directory));) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
		JS_SetPropertyUint32(ctx, names, count++, JS_NewString(ctx, entry->d_name));
		JS_SetPropertyUint32(ctx, names, count++, JS_NewInt32(ctx, entry->d_type));
	}
	closedir(directory);
	return names;
}

static NATIVE(fs_mkdir)
{
	WITH_PATH(argv[0], path, mkdir(path, int_argument(ctx, argv[1], 0777)));
}

static NATIVE(fs_rmdir)
{
	WITH_PATH(argv[0], path, rmdir(path));
}

static NATIVE(fs_unlink)
{
	WITH_PATH(argv[0], path, unlink(path));
}

static NATIVE(fs_chmod)
{
	WITH_PATH(argv[0], path, chmod(path, int_argument(ctx, argv[1], 0)));
}

static NATIVE(fs_fchmod)
{
	return answer(ctx, fchmod(int_argument(ctx, argv[0], -1), int_argument(ctx, argv[1], 0)));
}

static NATIVE(fs_chown)
{
	WITH_PATH(argv[0], path, fchownat(AT_FDCWD, path, int_argument(ctx, argv[1], -1), int_argument(ctx, argv[2], -1),
		JS_ToBool(ctx, argv[3]) ? AT_SYMLINK_NOFOLLOW : 0));
}

static NATIVE(fs_access)
{
	WITH_PATH(argv[0], path, access(path, int_argument(ctx, argv[1], F_OK)));
}

static NATIVE(fs_truncate)
{
	int64_t size = 0;
	if (JS_ToInt64(ctx, &size, argv[1])) return JS_EXCEPTION;
	if (JS_IsNumber(argv[0])) return answer(ctx, ftruncate(int_argument(ctx, argv[0], -1), size));
	WITH_PATH(argv[0], path, truncate(path, size));
}

static NATIVE(fs_fsync)
{
	return answer(ctx, fsync(int_argument(ctx, argv[0], -1)));
}

static struct timespec timespec_argument(JSContext *ctx, JSValueConst value)
{
	double seconds = 0;
	JS_ToFloat64(ctx, &seconds, value);
	double whole = floor(seconds);
	return (struct timespec){ .tv_sec = whole, .tv_nsec = (long)((seconds - whole) * 1e9) };
}

/* utimes(path or fd, atime, mtime, the link itself?) in seconds */
static NATIVE(fs_utimes)
{
	struct timespec times[2] = { timespec_argument(ctx, argv[1]), timespec_argument(ctx, argv[2]) };
	if (JS_IsNumber(argv[0])) return answer(ctx, futimens(int_argument(ctx, argv[0], -1), times));
	WITH_PATH(argv[0], path, utimensat(AT_FDCWD, path, times, JS_ToBool(ctx, argv[3]) ? AT_SYMLINK_NOFOLLOW : 0));
}

static JSValue two_paths(JSContext *ctx, JSValueConst *argv, int (*call)(const char *, const char *))
{
	const char *from = JS_ToCString(ctx, argv[0]), *to = from ? JS_ToCString(ctx, argv[1]) : NULL;
	JSValue result = to ? answer(ctx, call(from, to)) : JS_EXCEPTION;
	JS_FreeCString(ctx, from);
	JS_FreeCString(ctx, to);
	return result;
}

static NATIVE(fs_rename)
{
	return two_paths(ctx, argv, rename);
}

static NATIVE(fs_link)
{
	return two_paths(ctx, argv, link);
}

static NATIVE(fs_symlink)
{
	return two_paths(ctx, argv, symlink);
}

static NATIVE(fs_readlink)
{
	char target[PATH_MAX];
	const char *path = JS_ToCString(ctx, argv[0]);
	if (!path) return JS_EXCEPTION;
	ssize_t length = readlink(path, target, sizeof target);
	JS_FreeCString(ctx, path);
	return length < 0 ? answer(ctx, -1) : JS_NewStringLen(ctx, target, length);
}

static NATIVE(fs_realpath)
{
	char resolved[PATH_MAX];
	const char *path = JS_ToCString(ctx, argv[0]);
	if (!path) return JS_EXCEPTION;
	char *found = realpath(path, resolved);
	JS_FreeCString(ctx, path);
	return found ? JS_NewString(ctx, found) : answer(ctx, -1);
}

static NATIVE(fs_mkdtemp)
{
	char name[PATH_MAX];
	const char *prefix = JS_ToCString(ctx, argv[0]);
	if (!prefix) return JS_EXCEPTION;
	int length = snprintf(name, sizeof name, "%sXXXXXX", prefix);
	JS_FreeCString(ctx, prefix);
	if (length >= (int)sizeof name) return JS_NewInt32(ctx, -ENAMETOOLONG);
	return mkdtemp(name) ? JS_NewString(ctx, name) : answer(ctx, -1);
}

/* The text of a file as a string, for sources and package.json: undefined if it cannot be read. */
static NATIVE(fs_read_text)
{
	size_t length;
	const char *path = JS_ToCString(ctx, argv[0]);
	if (!path) return JS_EXCEPTION;
	char *text = read_whole_file(ctx, path, &length);
	JS_FreeCString(ctx, path);
	if (!text) return answer(ctx, -1);
	size_t mark = length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
	JSValue result = JS_NewStringLen(ctx, text + mark, length - mark);
	js_free(ctx, text);
	return result;
}

static const struct native table[] = {
	{ "open", fs_open, 3 }, { "close", fs_close, 1 }, { "read", fs_read, 5 }, { "write", fs_write, 5 },
	{ "stat", fs_stat, 2 }, { "fstat", fs_fstat, 1 }, { "readdir", fs_readdir, 1 }, { "mkdir", fs_mkdir, 2 },
	{ "rmdir", fs_rmdir, 1 }, { "unlink", fs_unlink, 1 }, { "chmod", fs_chmod, 2 }, { "fchmod", fs_fchmod, 2 },
	{ "chown", fs_chown, 4 }, { "access", fs_access, 2 }, { "truncate", fs_truncate, 2 }, { "fsync", fs_fsync, 1 },
	{ "utimes", fs_utimes, 4 }, { "rename", fs_rename, 2 }, { "link", fs_link, 2 }, { "symlink", fs_symlink, 2 },
	{ "readlink", fs_readlink, 1 }, { "realpath", fs_realpath, 1 }, { "mkdtemp", fs_mkdtemp, 1 },
	{ "readText", fs_read_text, 1 },
};

void fs_natives(JSContext *ctx, JSValueConst object)
{
	natives_add(ctx, object, table, COUNT(table));
}
