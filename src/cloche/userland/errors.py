"""What can go wrong with the userland and be put right by the user."""

from cloche.errors import ClocheError


class UserlandError(ClocheError):
    """The guest programs cannot be built, found or trusted; one line that says what to do."""
