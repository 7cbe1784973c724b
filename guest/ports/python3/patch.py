"""Edits to CPython 3.11 for os.fork without asyncify: the child is a copy of the memory, not of the stack.

os.fork asks the interpreter loop to fork after the call: there, frame, instruction and value stack are all in linear
memory. The child begins anew, in __fork_resumed, and goes on with the current frame. Children of _posixsubprocess run
in the instance of their parent (vfork). Run in the unpacked source.
"""
from pathlib import Path


def patch(path: str, *pairs: tuple[str, str]) -> None:
    text = Path(path).read_text()
    for old, new in pairs:
        assert text.count(old) == 1, (path, text.count(old), old)
        text = text.replace(old, new)
    Path(path).write_text(text)


# os.forkpty would be a fork in C; without it pty.fork does the same with os.openpty and os.fork.
patch("Modules/posixmodule.c", ('#include "structmember.h"         // PyMemberDef\n',
                                '#include "structmember.h"         // PyMemberDef\n#undef HAVE_FORKPTY\n'))
patch("Modules/posixmodule.c", ("""    PyOS_BeforeFork();
    pid = fork();
    if (pid == 0) {
        /* child: this clobbers and resets the import lock. */
        PyOS_AfterFork_Child();
    } else {
        /* parent: release the import lock. */
        PyOS_AfterFork_Parent();
    }
    if (pid == -1)
        return posix_error();
    return PyLong_FromPid(pid);
}
#endif /* HAVE_FORK */


#ifdef HAVE_SCHED_H
#ifdef HAVE_SCHED_GET_PRIORITY_MAX
/*[clinic input]
os.sched_get_priority_max
""", """    (void)pid;
    extern PyObject *_PyEval_RequestFork(void);
    return _PyEval_RequestFork();
}
#endif /* HAVE_FORK */


#ifdef HAVE_SCHED_H
#ifdef HAVE_SCHED_GET_PRIORITY_MAX
/*[clinic input]
os.sched_get_priority_max
"""))
patch("Python/ceval.c", ("""    _PyCFrame *prev_cframe = tstate->cframe;
    cframe.use_tracing = prev_cframe->use_tracing;
    cframe.previous = prev_cframe;
    tstate->cframe = &cframe;

    frame->is_entry = true;
    /* Push frame */
    frame->previous = prev_cframe->current_frame;
    cframe.current_frame = frame;
""", """    _PyCFrame *prev_cframe = tstate->cframe;
    if (throwflag == FORKED) {
        /* takes the place of the activation that ran this frame in the parent */
        cframe = *prev_cframe;
        tstate->cframe = &cframe;
        throwflag = 0;
        goto resume_frame;
    }
    cframe.use_tracing = prev_cframe->use_tracing;
    cframe.previous = prev_cframe;
    tstate->cframe = &cframe;

    frame->is_entry = true;
    /* Push frame */
    frame->previous = prev_cframe->current_frame;
    cframe.current_frame = frame;
"""), ("""    if (eval_frame_handle_pending(tstate) != 0) {
        goto error;
    }
    DISPATCH();

    {
    /* Start instructions */
""", """    if (fork_requested) {
        COMPUTE_EVAL_BREAKER(tstate->interp, &_PyRuntime.ceval, &tstate->interp->ceval);
        fork_requested = 0;
        if (TOP() != &fork_placeholder) {
            PyErr_SetString(PyExc_RuntimeError, "os.fork() must be called by Python code");
            goto error;
        }
        frame->prev_instr = next_instr - 1;
        _PyFrame_SetStackPointer(frame, stack_pointer);
        PyObject *result = fork_now();
        stack_pointer = _PyFrame_GetStackPointer(frame);
        frame->stacktop = -1;
        SET_TOP(result ? result : Py_NewRef(Py_None));
        if (!result) {
            goto error;
        }
    }
    if (eval_frame_handle_pending(tstate) != 0) {
        goto error;
    }
    DISPATCH();

    {
    /* Start instructions */
"""), ("""PyObject* _Py_HOT_FUNCTION
_PyEval_EvalFrameDefault(""", """\
/* fork. The kernel copies memory and globals to a new instance, but cannot copy activations on the wasm stack. So the
   child does not return from fork: it starts anew, at __fork_resumed, and goes on with the current frame. */
#define FORKED 2
static int fork_requested;
static PyObject fork_placeholder = { _PyObject_EXTRA_INIT 1 << 30, &PyBaseObject_Type };
extern long __fork_copy(void);

PyObject *
_PyEval_RequestFork(void)
{
    fork_requested = 1;
    _Py_atomic_store_relaxed(&_PyInterpreterState_GET()->ceval.eval_breaker, 1);
    return Py_NewRef(&fork_placeholder);
}

static PyObject *
fork_now(void)
{
    PyOS_BeforeFork();
    long pid = __fork_copy();
    PyOS_AfterFork_Parent();
    if (pid < 0) {
        errno = -pid;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyLong_FromLong(pid);
}

void
__fork_resumed(void)
{
    PyThreadState *tstate = _PyThreadState_GET();
    _PyInterpreterFrame *frame = tstate->cframe->current_frame;
    PyOS_AfterFork_Child();
    _PyFrame_GetStackPointer(frame)[-1] = PyLong_FromLong(0);
    PyObject *result = _PyEval_EvalFrameDefault(tstate, frame, FORKED);
    if (tstate->cframe != &tstate->root_cframe) {
        fprintf(stderr, "fork: the child returned to C code\\n");
        _exit(120);
    }
    if (!result) {
        PyErr_Print();
        Py_Exit(1);
    }
    Py_Exit(0);
}

PyObject* _Py_HOT_FUNCTION
_PyEval_EvalFrameDefault("""))
# preexec_fn and set-uid children run in the parent's instance as well.
patch("Modules/_posixsubprocess.c",
      ("# define VFORK_USABLE 1\n", "# define VFORK_USABLE 1\n# define fork() vfork()\n"),
    ("        PyOS_AfterFork_Child();\n", ""), ("""        if (result == NULL) {
            /* Stringifying the exception or traceback would involve
""", """        if (result == NULL) {
            PyErr_Clear();
            /* Stringifying the exception or traceback would involve
"""))
