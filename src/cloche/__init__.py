"""cloche: an AI agent's shell inside WebAssembly, every system call served and seen by a kernel of ours."""
from .errors import ClocheError

__all__ = ["ClocheError", "Limits", "Mount", "Policy", "Result", "Sandbox"]
__version__ = "0.1.0"

_LAZY = {"Limits": "kernel.limits", "Mount": "sandbox.mounts", "Policy": "policy.policy", "Result": "sandbox.result",
         "Sandbox": "sandbox.sandbox"}


def __getattr__(name: str) -> object:
    """`import cloche` does not load wasmtime: the rest of the public API is imported when it is asked for."""
    if name in _LAZY:
        from importlib import import_module
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
