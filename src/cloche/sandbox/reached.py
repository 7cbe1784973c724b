"""Which limits a command ran into: those that end a run say so, the others count what they refused."""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..kernel.machine import Machine


def refusals(machine: Machine) -> dict[str, int]:
    """How often each limit of the machine has refused something so far, by its name in Limits."""
    vfs = machine.vfs
    counts = {"memory_bytes_max": machine.memory.refused}
    for budget in (vfs.files_open, vfs.disk_bytes, vfs.inodes, vfs.pipe_bytes, vfs.listings, vfs.locks.budget):
        counts[budget.name] = counts.get(budget.name, 0) + budget.refused
    return counts


def reached(machine: Machine, before: dict[str, int]) -> tuple[str, ...]:
    """Names of limits hit since `before`, sorted."""
    grown = {name for name, count in refusals(machine).items() if count > before[name]}
    return tuple(sorted(grown | machine.limits_reached))
