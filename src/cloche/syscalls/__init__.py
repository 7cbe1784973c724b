"""System calls: decode, one call into kernel, vfs, net or mm, answer. The table is table.py."""
