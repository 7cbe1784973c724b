"""WebAssembly: the only package that imports wasmtime. Runs guests for the kernel; knows no system call."""
