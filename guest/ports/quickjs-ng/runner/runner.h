/* What the runner's parts share. Natives follow one rule: they answer a value, or a negative errno as a number; they
 * throw only for a wrong type of argument. The library in JavaScript turns a negative errno into an Error. */
#ifndef RUNNER_H
#define RUNNER_H
#include "quickjs.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JS_LIBRARY_DIR "/usr/lib/js"

#define NATIVE(name) JSValue name(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

/* A function of the native object: its name, its code, how many arguments it takes. */
struct native {
	const char *name;
	JSCFunction *function;
	int arguments;
};

void natives_add(JSContext *ctx, JSValueConst object, const struct native *table, int count);
void fs_natives(JSContext *ctx, JSValueConst object);
void process_natives(JSContext *ctx, JSValueConst object);
void spawn_natives(JSContext *ctx, JSValueConst object);
void text_natives(JSContext *ctx, JSValueConst object);
void hash_natives(JSContext *ctx, JSValueConst object);
void script_natives(JSContext *ctx, JSValueConst object);

/* -errno if result is negative, else result. */
JSValue answer(JSContext *ctx, int64_t result);
int int_argument(JSContext *ctx, JSValueConst value, int fallback);
/* The bytes of a Uint8Array or another view, or of an ArrayBuffer; NULL with an exception pending otherwise. */
uint8_t *bytes_argument(JSContext *ctx, JSValueConst value, size_t *length);
/* start and length clamped into a view of size bytes. */
void clamp_range(JSContext *ctx, JSValueConst start, JSValueConst length, size_t size, size_t *from, size_t *count);
char *read_whole_file(JSContext *ctx, const char *path, size_t *length);
#endif
