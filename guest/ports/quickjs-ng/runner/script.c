/* Scripts and modules: compiling, loading, microtasks, and what only the engine can tell about a value. The rules of
 * resolution are in lib/module.js; this file asks them through the hooks that the library hands over. */
#include "runner.h"
#include <string.h>

static JSValue hooks; /* { resolve, source, meta, rejection } */

static JSValue call_hook(JSContext *ctx, const char *name, int argc, JSValueConst *argv)
{
	JSValue hook = JS_GetPropertyStr(ctx, hooks, name);
	JSValue result = JS_Call(ctx, hook, JS_UNDEFINED, argc, argv);
	JS_FreeValue(ctx, hook);
	return result;
}

static char *normalize(JSContext *ctx, const char *base, const char *name, void *opaque)
{
	JSValue arguments[2] = { JS_NewString(ctx, name), JS_NewString(ctx, base) };
	JSValue found = call_hook(ctx, "resolve", 2, (JSValueConst *)arguments);
	JS_FreeValue(ctx, arguments[0]);
	JS_FreeValue(ctx, arguments[1]);
	if (JS_IsException(found)) return NULL;
	const char *text = JS_ToCString(ctx, found);
	char *copy = text ? js_strdup(ctx, text) : NULL;
	JS_FreeCString(ctx, text);
	JS_FreeValue(ctx, found);
	return copy;
}

/* Compiles a module and lets the library fill its import.meta. */
static JSValue compile_module(JSContext *ctx, const char *source, size_t length, const char *name)
{
	JSValue module = JS_Eval(ctx, source, length, name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
	if (JS_IsException(module)) return module;
	JSValue arguments[2] = { JS_NewString(ctx, name), JS_GetImportMeta(ctx, JS_VALUE_GET_PTR(module)) };
	JSValue done = call_hook(ctx, "meta", 2, (JSValueConst *)arguments);
	JS_FreeValue(ctx, arguments[0]);
	JS_FreeValue(ctx, arguments[1]);
	if (JS_IsException(done)) {
		JS_FreeValue(ctx, module);
		return done;
	}
	JS_FreeValue(ctx, done);
	return module;
}

static JSModuleDef *load(JSContext *ctx, const char *name, void *opaque, JSValueConst attributes)
{
	JSValue argument = JS_NewString(ctx, name);
	JSValue source = call_hook(ctx, "source", 1, (JSValueConst *)&argument);
	JS_FreeValue(ctx, argument);
	if (JS_IsException(source)) return NULL;
	size_t length;
	const char *text = JS_ToCStringLen(ctx, &length, source);
	JS_FreeValue(ctx, source);
	if (!text) return NULL;
	JSValue module = compile_module(ctx, text, length, name);
	JS_FreeCString(ctx, text);
	if (JS_IsException(module)) return NULL;
	JSModuleDef *definition = JS_VALUE_GET_PTR(module);
	JS_FreeValue(ctx, module);
	return definition;
}

static void track_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, bool is_handled, void *opaque)
{
	JSValue arguments[3] = { JS_DupValue(ctx, promise), JS_DupValue(ctx, reason), JS_NewBool(ctx, is_handled) };
	JS_FreeValue(ctx, call_hook(ctx, "rejection", 3, (JSValueConst *)arguments));
	JS_FreeValue(ctx, arguments[0]);
	JS_FreeValue(ctx, arguments[1]);
}

static NATIVE(script_set_hooks)
{
	JSRuntime *rt = JS_GetRuntime(ctx);
	JS_FreeValue(ctx, hooks);
	hooks = JS_DupValue(ctx, argv[0]);
	JS_SetModuleLoaderFunc2(rt, normalize, load, NULL, NULL);
	JS_SetHostPromiseRejectionTracker(rt, track_rejection, NULL);
	return JS_UNDEFINED;
}

/* evaluate(source, file, kind): kind "script" answers its value, "async" a promise of { value }, "module" a promise. */
static NATIVE(script_evaluate)
{
	size_t length;
	JSValue result = JS_EXCEPTION;
	const char *source = JS_ToCStringLen(ctx, &length, argv[0]), *file = JS_ToCString(ctx, argv[1]), *kind = JS_ToCString(ctx, argv[2]);
	if (source && file && kind) {
		if (!strcmp(kind, "module")) {
			JSValue module = compile_module(ctx, source, length, file);
			result = JS_IsException(module) ? module : JS_EvalFunction(ctx, module);
		} else {
			int flags = JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_BACKTRACE_BARRIER | (strcmp(kind, "async") ? 0 : JS_EVAL_FLAG_ASYNC);
			result = JS_Eval(ctx, source, length, file, flags);
		}
	}
	JS_FreeCString(ctx, kind);
	JS_FreeCString(ctx, file);
	JS_FreeCString(ctx, source);
	return result;
}

/* importModule(name) -> promise of the namespace */
static NATIVE(script_import)
{
	const char *name = JS_ToCString(ctx, argv[0]);
	if (!name) return JS_EXCEPTION;
	JSValue promise = JS_LoadModule(ctx, "", name);
	JS_FreeCString(ctx, name);
	return promise;
}

static NATIVE(script_detect_module)
{
	size_t length;
	const char *source = JS_ToCStringLen(ctx, &length, argv[0]);
	if (!source) return JS_EXCEPTION;
	bool is_module = JS_DetectModule(source, length);
	JS_FreeCString(ctx, source);
	return JS_NewBool(ctx, is_module);
}

/* Runs all jobs that are pending; what a job throws is thrown on. */
static NATIVE(script_microtasks)
{
	JSContext *where;
	for (;;) {
		int done = JS_ExecutePendingJob(JS_GetRuntime(ctx), &where);
		if (done < 0) return JS_Throw(ctx, JS_GetException(where));
		if (!done) return JS_UNDEFINED;
	}
}

/* promiseState(promise) -> [state, result]: 0 pending, 1 fulfilled, 2 rejected; undefined if it is no promise. */
static NATIVE(script_promise_state)
{
	JSPromiseStateEnum state = JS_PromiseState(ctx, argv[0]);
	if (state == JS_PROMISE_NOT_A_PROMISE) return JS_UNDEFINED;
	JSValue pair = JS_NewArray(ctx);
	JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, state));
	JS_SetPropertyUint32(ctx, pair, 1, state == JS_PROMISE_PENDING ? JS_UNDEFINED : JS_PromiseResult(ctx, argv[0]));
	return pair;
}

static NATIVE(script_proxy)
{
	if (!JS_IsProxy(argv[0])) return JS_UNDEFINED;
	JSValue pair = JS_NewArray(ctx);
	JS_SetPropertyUint32(ctx, pair, 0, JS_GetProxyTarget(ctx, argv[0]));
	JS_SetPropertyUint32(ctx, pair, 1, JS_GetProxyHandler(ctx, argv[0]));
	return pair;
}

/* The engine's own name of a value's class ("Map", "Generator", ...), whatever its prototype says. */
static NATIVE(script_class)
{
	JSClassID id = JS_GetClassID(argv[0]);
	if (id == JS_INVALID_CLASS_ID) return JS_UNDEFINED;
	JSAtom name = JS_GetClassName(JS_GetRuntime(ctx), id);
	JSValue text = name == JS_ATOM_NULL ? JS_UNDEFINED : JS_AtomToString(ctx, name);
	JS_FreeAtom(ctx, name);
	return text;
}

static NATIVE(script_is_error)
{
	return JS_NewBool(ctx, JS_IsError(argv[0]));
}

static NATIVE(script_collect)
{
	JS_RunGC(JS_GetRuntime(ctx));
	return JS_UNDEFINED;
}

static const struct native table[] = {
	{ "setHooks", script_set_hooks, 1 }, { "evaluate", script_evaluate, 3 }, { "importModule", script_import, 1 },
	{ "detectModule", script_detect_module, 1 }, { "microtasks", script_microtasks, 0 },
	{ "promiseState", script_promise_state, 1 }, { "proxy", script_proxy, 1 }, { "classOf", script_class, 1 },
	{ "isError", script_is_error, 1 }, { "collect", script_collect, 0 },
};

void script_natives(JSContext *ctx, JSValueConst object)
{
	hooks = JS_UNDEFINED;
	natives_add(ctx, object, table, COUNT(table));
}
