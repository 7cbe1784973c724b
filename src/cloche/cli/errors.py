"""A command line that says something cloche does not understand."""
from __future__ import annotations


class UsageError(Exception):
    """Its message is one line; the exit status is 2."""
