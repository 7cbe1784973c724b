"""Edits to QuickJS-ng, run in its unpacked source.

Errors read as scripts written for Node expect: stacks begin with "Name: message" and do not end with a newline, `stack`
may be assigned anything, and the commonest messages are V8's. And recursion has a limit in every function that does it.
"""
from pathlib import Path

ENGINE = Path("upstream-quickjs/quickjs.c")
EXPRESSIONS = Path("upstream-quickjs/libregexp.c")
text = ENGINE.read_text()


def edit(old: str, new: str, times: int = 1) -> None:
    global text
    assert text.count(old) == times, (text.count(old), old)
    text = text.replace(old, new)


# The engine measures its depth by the stack pointer. In WebAssembly a function without arrays uses none of that stack,
# only the machine's, which cannot be measured: so every function that asks takes some.
edit("""static inline bool js_check_stack_overflow(JSRuntime *rt, size_t alloca_size)
{
    uintptr_t sp;
    sp = js_get_stack_pointer() - alloca_size;
""", """/* Room on the stack that is measured, taken by a function that recurses. */
#define TAKE_STACK(bytes) char room_[bytes]; __asm__ volatile ("" : : "r" (room_) : "memory")

static inline __attribute__((always_inline)) bool js_check_stack_overflow(JSRuntime *rt, size_t alloca_size)
{
    TAKE_STACK(256);
    uintptr_t sp;
    sp = (uintptr_t)room_ - alloca_size;
""")
edit("""/* Note: it is important that no exception is returned by this function */
static bool can_add_backtrace(""", """static JSValue js_error_toString(JSContext *ctx, JSValueConst this_val,
                                 int argc, JSValueConst *argv);

/* A stack is kept as its frames, each after a newline. The first who asks for it gets "Name: message" before them, as
   V8 does it: by then a constructor may have set another name. */
static JSValue with_error_head(JSContext *ctx, JSValueConst error, JSValueConst stack)
{
    JSValue text;
    const char *str = JS_ToCString(ctx, stack);
    if (!str)
        return JS_EXCEPTION;
    if (str[0] != '\\n') {
        JS_FreeCString(ctx, str);
        return js_dup(stack);
    }
    text = js_error_toString(ctx, error, 0, NULL);
    if (!JS_IsException(text) && str[1])
        text = JS_ConcatString(ctx, text, js_dup(stack));
    JS_FreeCString(ctx, str);
    return text;
}

/* Note: it is important that no exception is returned by this function */
static bool can_add_backtrace(""")
edit("""    return js_dup(p->u.object_data);
}

static JSValue js_error_set_stack(""", """    if (JS_IsString(p->u.object_data)) {
        JSValue text = with_error_head(ctx, this_val, p->u.object_data);
        if (JS_IsException(text)) {
            JS_FreeValue(ctx, JS_GetException(ctx));
            return js_dup(p->u.object_data);
        }
        JS_FreeValue(ctx, p->u.object_data);
        p->u.object_data = text;
    }
    return js_dup(p->u.object_data);
}

static JSValue js_error_set_stack(""")
edit("""        js_dbuf_init(ctx, &dbuf);
        if (stack_trace_limit == 0)
            goto done;
        if (filename) {
            i++;""", """        js_dbuf_init(ctx, &dbuf);
        dbuf_putc(&dbuf, '\\n');
        if (stack_trace_limit == 0)
            goto done;
        if (filename) {
            i++;""")
edit("""    if (JS_IsUndefined(ctx->error_back_trace))
        ctx->error_back_trace = js_dup(stack);
    if (has_filter_func) {""", """    if (JS_IsUndefined(ctx->error_back_trace))
        ctx->error_back_trace = js_dup(stack);
    if (JS_IsString(stack) && (has_filter_func || can_add_backtrace(error_obj))) {
        JSValue saved = JS_GetException(ctx), text = with_error_head(ctx, error_obj, stack);
        if (JS_IsException(text)) {
            JS_FreeValue(ctx, JS_GetException(ctx));
        } else {
            JS_FreeValue(ctx, stack);
            stack = text;
        }
        JS_Throw(ctx, saved);
    }
    if (has_filter_func) {""")
edit("""        if (dbuf_error(&dbuf))
            stack = JS_NULL;
        else
            stack = JS_NewStringLen(ctx, (char *)dbuf.buf, dbuf.size);
        dbuf_free(&dbuf);
    }

    if (JS_IsUndefined(ctx->error_back_trace))""", """        if (dbuf.size > 1 && dbuf.buf[dbuf.size - 1] == '\\n')
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
edit('ReferenceError(ctx, "%s is not initialized",',
     """ReferenceError(ctx, "Cannot access '%s' before initialization",""")
edit('"circular reference"', '"Converting circular structure to JSON"', 2)
edit('"empty array"', '"Reduce of empty array with no initial value"')
edit('"invalid array length"', '"Invalid array length"', text.count('"invalid array length"'))
edit("""ErrorAtom(ctx, "'%s' is read-only", atom);""",
     """ErrorAtom(ctx, "Cannot assign to read only property '%s' of object", atom);""")
edit("""                if (type == JS_THROW_VAR_RO)
                    JS_ThrowTypeErrorReadOnly(ctx, JS_PROP_THROW, atom);""", """\
                if (type == JS_THROW_VAR_RO)
                    JS_ThrowTypeError(ctx, "Assignment to constant variable.");""")
for old, new in (("cannot convert symbol to string", "Cannot convert a Symbol value to a string"),
                 ("BigInt are forbidden in JSON.stringify", "Do not know how to serialize a BigInt"),
                 ("expecting hex digit", "URI malformed")):
    edit(f'"{old}"', f'"{new}"', text.count(f'"{old}"'))
for head, size in (
    ("int js_parse_assign_expr2(JSParseState *s, int parse_flags)\n{\n", 3072),
    ("int js_parse_unary(JSParseState *s, int parse_flags)\n{\n", 512),
    ("int js_parse_statement_or_decl(JSParseState *s,\n" + 50 * " " + "int decl_mask)\n{\n", 2048),
    (42 * " " + "bool allow_initializer,\n" + 42 * " " + "bool export_flag)\n{\n", 512),
):
    edit(head, f"{head}    TAKE_STACK({size});\n")
ENGINE.write_text(text)

text = EXPRESSIONS.read_text()
edit("    if (lre_check_stack_overflow(s->opaque, 0))\n        return re_parse_error(s, \"stack overflow\");",
     "    char room[768];\n    __asm__ volatile (\"\" : : \"r\" (room) : \"memory\");\n"
     "    if (lre_check_stack_overflow(s->opaque, 0))\n"
     "        return re_parse_error(s, \"stack overflow\");", 2)
EXPRESSIONS.write_text(text)
