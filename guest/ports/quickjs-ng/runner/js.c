/* js: runs JavaScript on QuickJS-ng. This file makes the engine and the native object and starts lib/main.js, which
 * reads the command line; all that a script sees is written in JavaScript on top. */
#include "runner.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the guest's shadow stack (port.toml). Small enough that a script that recurses without end gets its RangeError before
 * the machine's own stack (8 MiB, engine/wasmtime_host.py) is at its end. */
#ifndef JS_STACK_BYTES
#define JS_STACK_BYTES (5 << 19)
#endif

static JSValue arguments_array(JSContext *ctx, int argc, char **argv)
{
	JSValue array = JS_NewArray(ctx);
	for (int i = 0; i < argc; i++) JS_SetPropertyUint32(ctx, array, i, JS_NewString(ctx, argv[i]));
	return array;
}

static int report(JSContext *ctx)
{
	JSValue error = JS_GetException(ctx), stack = JS_GetPropertyStr(ctx, error, "stack");
	const char *message = JS_ToCString(ctx, error), *trace = JS_ToCString(ctx, stack);
	fprintf(stderr, "js: %s\n%s\n", message ? message : "?", trace ? trace : "");
	JS_FreeCString(ctx, trace);
	JS_FreeCString(ctx, message);
	JS_FreeValue(ctx, stack);
	JS_FreeValue(ctx, error);
	return 70; /* EX_SOFTWARE: the library itself failed */
}

int main(int argc, char **argv)
{
	const char *library = getenv("CLOCHE_JS_LIBRARY");
	char path[4096];
	size_t length;
	if (!library) library = JS_LIBRARY_DIR;
	JSRuntime *rt = JS_NewRuntime();
	JSContext *ctx = rt ? JS_NewContext(rt) : NULL;
	if (!ctx) {
		fprintf(stderr, "js: out of memory\n");
		return 70;
	}
	JS_SetMaxStackSize(rt, JS_STACK_BYTES);
	JSValue native = JS_NewObject(ctx);
	fs_natives(ctx, native);
	process_natives(ctx, native);
	spawn_natives(ctx, native);
	text_natives(ctx, native);
	hash_natives(ctx, native);
	script_natives(ctx, native);
	JS_SetPropertyStr(ctx, native, "argv", arguments_array(ctx, argc, argv));
	JS_SetPropertyStr(ctx, native, "engine", JS_NewString(ctx, JS_GetVersion()));
	JS_SetPropertyStr(ctx, native, "library", JS_NewString(ctx, library));
	snprintf(path, sizeof path, "%s/main.js", library);
	char *source = read_whole_file(ctx, path, &length);
	if (!source) {
		fprintf(stderr, "js: %s: %s\n", path, strerror(errno));
		return 70;
	}
	JSValue start = JS_Eval(ctx, source, length, path, JS_EVAL_TYPE_GLOBAL);
	js_free(ctx, source);
	if (JS_IsException(start)) return report(ctx);
	JSValue result = JS_Call(ctx, start, JS_UNDEFINED, 1, (JSValueConst *)&native);
	if (JS_IsException(result)) return report(ctx);
	return 0; /* the library ends the process by native.exit */
}
