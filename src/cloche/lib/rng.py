"""Randomness as the kernel sees it. The host's is in sandbox/rng_host.py."""
from hashlib import shake_256
from typing import Protocol


class Rng(Protocol):
    """A source of random bytes."""

    def bytes(self, count: int) -> bytes: ...


class SeededRng:
    """The same seed, the same bytes: SHAKE-256 over seed and a counter, one block of 64 KiB at a time."""

    _BLOCK = 1 << 16

    def __init__(self, seed: int | bytes) -> None:
        self._seed = seed if isinstance(seed, bytes) else seed.to_bytes(16, "little", signed=True)
        self._blocks = 0
        self._left = b""

    def bytes(self, count: int) -> bytes:
        parts = []
        while count > len(self._left):
            parts.append(self._left)
            count -= len(self._left)
            self._left = shake_256(self._seed + self._blocks.to_bytes(8, "little")).digest(self._BLOCK)
            self._blocks += 1
        parts.append(self._left[:count])
        self._left = self._left[count:]
        return b"".join(parts)
