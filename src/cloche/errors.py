"""The errors a caller of cloche may see. A guest's own errors are errno values and never appear here."""


class ClocheError(Exception):
    """Something the caller can put right: the message, one line, says what to change."""
