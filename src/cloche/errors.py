"""What a caller of cloche can get wrong: errors whose message says what to change."""


class ClocheError(Exception):
    """Base of every error meant for the caller. Its message is one line that says what to do."""


class ImageError(ClocheError):
    """The guest's root file system is missing, broken or not one of ours."""


class PolicyError(ClocheError):
    """A policy that cannot be taken as it stands: nothing is run under it."""


class CannotRun(ClocheError):
    """A command that could not be started. `exit_code` as a shell's: 127 if there is no such program, else 126."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class KernelPanic(Exception):
    """An invariant of ours broke. The machine it broke in is stopped; please report it."""
