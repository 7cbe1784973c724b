"""The host's random numbers."""
import os


class HostRng:
    """Implements lib/rng.py's Rng."""

    bytes = staticmethod(os.urandom)
