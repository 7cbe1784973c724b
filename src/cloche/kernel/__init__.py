"""Processes and what they share: Linux's kernel/*.c for one machine. No I/O, no host, no wasm in here."""
