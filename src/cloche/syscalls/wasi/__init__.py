"""WASI preview 1 as a second set of system calls of the same kernel: same files, same checks, same limits."""
