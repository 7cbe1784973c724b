"""Filesystems: each module is one of Linux's, or one of ours, behind vfs/'s Inode and FileSystem."""
