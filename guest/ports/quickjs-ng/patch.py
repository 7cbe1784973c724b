"""Edits to QuickJS-ng so that errors read as scripts written for Node expect: stacks begin with "Name: message" and do not
end with a newline, `stack` may be assigned anything, and the commonest messages are V8's. Run in the unpacked source."""
from pathlib import Path

ENGINE = Path("upstream-quickjs/quickjs.c")
text = ENGINE.read_text()


def edit(old: str, new: str, times: int = 1) -> None:
    global text
    assert text.count(old) == times, (text.count(old), old)
    text = text.replace(old, new)


edit("""/* Note: it is important that no exception is returned by this function */
static bool can_store_error_stack(""", """/* "Name: message", the first line of a stack; nothing if asking for it throws. */
static void dbuf_put_error_head(JSContext *ctx, DynBuf *dbuf, JSValueConst error)
{
    JSValue saved = JS_GetException(ctx), text;
    const char *str;
    if (JS_IsObject(error)) {
        text = js_error_toString(ctx, error, 0, NULL);
        str = JS_IsException(text) ? NULL : JS_ToCString(ctx, text);
        if (str)
            dbuf_printf(dbuf, "%s\\n", str);
        else
            JS_FreeValue(ctx, JS_GetException(ctx));
        JS_FreeCString(ctx, str);
        JS_FreeValue(ctx, text);
    }
    JS_Throw(ctx, saved);
}

/* Note: it is important that no exception is returned by this function */
static bool can_store_error_stack(""")
edit("""/* Note: it is important that no exception is returned by this function */
static bool can_add_backtrace(""", """static JSValue js_error_toString(JSContext *ctx, JSValueConst this_val,
                                 int argc, JSValueConst *argv);

/* Note: it is important that no exception is returned by this function */
static bool can_add_backtrace(""")
edit("""        js_dbuf_init(ctx, &dbuf);
        if (stack_trace_limit == 0)
            goto done;
        if (filename) {
            i++;""", """        js_dbuf_init(ctx, &dbuf);
        dbuf_put_error_head(ctx, &dbuf, error_obj);
        if (stack_trace_limit == 0)
            goto done;
        if (filename) {
            i++;""")
edit("""        if (dbuf_error(&dbuf))
            stack = JS_NULL;
        else
            stack = JS_NewStringLen(ctx, (char *)dbuf.buf, dbuf.size);
        dbuf_free(&dbuf);
    }

    if (JS_IsUndefined(ctx->error_back_trace))""", """        if (dbuf.size > 0 && dbuf.buf[dbuf.size - 1] == '\\n')
            dbuf.size--;
        if (dbuf_error(&dbuf))
            stack = JS_NULL;
        else
            stack = JS_NewStringLen(ctx, (char *)dbuf.buf, dbuf.size);
        dbuf_free(&dbuf);
    }

    if (JS_IsUndefined(ctx->error_back_trace))""")
edit("""    if (!JS_IsString(value))
        return JS_ThrowTypeError(ctx, "Error.prototype.stack setter expects a string");
""", "")
edit("""        if (JS_DefinePropertyValue(ctx, this_val, JS_ATOM_stack, js_dup(value),
                                   JS_PROP_C_W_E | JS_PROP_THROW) < 0)""",
     """        if (JS_DefinePropertyValue(ctx, this_val, JS_ATOM_stack, js_dup(value),
                                   JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE | JS_PROP_THROW) < 0)""")

for kind in ("null", "undefined"):
    edit(f"\"cannot read property '%s' of {kind}\"", f"\"Cannot read properties of {kind} (reading '%s')\"", 2)
    edit(f"\"cannot set property '%s' of {kind}\"", f"\"Cannot set properties of {kind} (setting '%s')\"")
edit('''JS_ThrowReferenceError(ctx, "%s is not initialized",''', '''JS_ThrowReferenceError(ctx, "Cannot access '%s' before initialization",''')
edit('"circular reference"', '"Converting circular structure to JSON"', text.count('"circular reference"'))
edit('"empty array"', '"Reduce of empty array with no initial value"')
edit('"invalid array length"', '"Invalid array length"', text.count('"invalid array length"'))
edit("JS_ThrowTypeErrorAtom(ctx, \"'%s' is read-only\", atom);", "JS_ThrowTypeErrorAtom(ctx, \"Cannot assign to read only property '%s' of object\", atom);")
ENGINE.write_text(text)
