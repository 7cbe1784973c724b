"""cloche: an AI agent's shell inside WebAssembly, every system call served and seen by a kernel of ours."""
