"""The virtual file system: inodes, path walk, open file descriptions. Linux's fs/*.c, not its filesystems (fs/)."""
