"""A command line that says something cloche does not understand."""
from __future__ import annotations


class UsageError(Exception):
    """Its message is one line; the exit status is 2. `command`: whose help to point to."""

    def __init__(self, message: str, command: str = "run") -> None:
        super().__init__(message)
        self.command = command
