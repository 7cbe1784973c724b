"""/proc/*: what proc(5) says of the machine: one CPU, the memory of its limits, and its own clock."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..abi.time import SECOND, TICK
from ..abi.uname import RELEASE, SYSNAME, VERSION
from ..vfs.inode import Directory, Inode
from .textfile import MadeDirectory, Text, TextFile

Maker = Callable[[Directory], Inode]


def _uptime_ns(machine: Any) -> int:
    return machine.clock.monotonic() - machine.boot_time


def stat_text(proc: Any) -> bytes:
    """/proc/stat: one CPU; what no process used is idle."""
    machine = proc.machine
    user = machine.cpu_ns // TICK
    idle = max(0, _uptime_ns(machine) // TICK - user)
    times = b"%d 0 0 %d 0 0 0 0 0 0\n" % (user, idle)
    running = sum(1 for other in machine.processes.values() if other.state == "R")
    return b"cpu  %scpu0 %sintr 0\nctxt %d\nbtime %d\nprocesses %d\nprocs_running %d\nprocs_blocked 0\nsoftirq 0\n" % (
        times, times, machine.scheduler.switches, machine.boot_realtime // SECOND, machine.forks, running)


def meminfo_text(proc: Any) -> bytes:
    machine = proc.machine
    total = machine.limits.memory_bytes_max // 1024
    used = machine.memory.used // 1024
    free, shared = total - used, proc.machine.vfs.disk_bytes.used // 1024
    rows = ((b"MemTotal", total), (b"MemFree", free), (b"MemAvailable", free), (b"Buffers", 0), (b"Cached", 0),
            (b"SwapCached", 0), (b"Active", used), (b"Inactive", 0), (b"SwapTotal", 0), (b"SwapFree", 0),
            (b"Dirty", 0), (b"Writeback", 0), (b"AnonPages", used), (b"Mapped", 0), (b"Shmem", shared), (b"Slab", 0),
            (b"SReclaimable", 0), (b"SUnreclaim", 0), (b"KernelStack", 0), (b"PageTables", 0), (b"CommitLimit", total),
            (b"Committed_AS", used))
    return b"".join(b"%-16s%8d kB\n" % (name + b":", value) for name, value in rows)


def vmstat_text(proc: Any) -> bytes:
    free = (proc.machine.limits.memory_bytes_max - proc.machine.memory.used) // 4096
    names = (b"nr_free_pages %d" % free, b"pgpgin 0", b"pgpgout 0", b"pswpin 0", b"pswpout 0", b"pgfault 0",
             b"pgmajfault 0", b"oom_kill 0")
    return b"\n".join(names) + b"\n"


def loadavg_text(proc: Any) -> bytes:
    processes = proc.machine.processes
    running = sum(1 for other in processes.values() if other.state == "R")
    return b"0.00 0.00 0.00 %d/%d %d\n" % (running, len(processes), max(processes))


def uptime_text(proc: Any) -> bytes:
    machine = proc.machine
    uptime = _uptime_ns(machine)
    return b"%s %s\n" % (_hundredths(uptime), _hundredths(max(0, uptime - machine.cpu_ns)))


def _hundredths(nanoseconds: int) -> bytes:
    return b"%d.%02d" % (nanoseconds // SECOND, nanoseconds % SECOND // TICK)


def filesystems_text(proc: Any) -> bytes:
    kinds = dict.fromkeys(mount.filesystem.type for mount in proc.machine.vfs.mounts)
    return b"".join(b"nodev\t%s\n" % kind for kind in kinds)


def uuid_text(proc: Any) -> bytes:
    """A random UUID (RFC 4122, version 4)."""
    data = bytearray(proc.machine.rng.bytes(16))
    data[6], data[8] = data[6] & 0x0F | 0x40, data[8] & 0x3F | 0x80
    digits = data.hex().encode()
    return b"-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])) + b"\n"


def boot_id_text(proc: Any) -> bytes:
    """One UUID for the machine's lifetime."""
    filesystem = proc.machine.vfs.proc
    if filesystem.boot_id is None:
        filesystem.boot_id = uuid_text(proc)
    return filesystem.boot_id


_CPUINFO = b"""\
processor\t: 0
vendor_id\t: cloche
model name\t: wasm32
cpu MHz\t\t: 1000.000
physical id\t: 0
siblings\t: 1
core id\t\t: 0
cpu cores\t: 1
flags\t\t:
bogomips\t: 2000.00

"""


def _files_open(proc: Any) -> bytes:
    budget = proc.machine.vfs.files_open
    return b"%d\t0\t%d\n" % (budget.used, budget.maximum)


def _constant(text: bytes) -> Text:
    return lambda proc: text


_FILES: Mapping[bytes, Text] = {
    b"cmdline": _constant(b"cloche\n"), b"cpuinfo": _constant(_CPUINFO), b"filesystems": filesystems_text,
    b"loadavg": loadavg_text, b"meminfo": meminfo_text, b"stat": stat_text, b"uptime": uptime_text,
    b"version": _constant(b"%s version %s (cloche@cloche) (clang) %s\n" % (SYSNAME, RELEASE, VERSION)),
    b"vmstat": vmstat_text, b"swaps": _constant(b"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"),
    b"diskstats": _constant(b""), b"devices": _constant(b"Character devices:\n  1 mem\n  5 /dev/tty\n136 pts\n"),
    b"partitions": _constant(b"major minor  #blocks  name\n\n"), b"locks": _constant(b""),
}
#: /proc/sys: directories and files.
_SYSCTL: Mapping[bytes, Any] = {
    b"kernel": {
        b"osrelease": _constant(RELEASE + b"\n"), b"ostype": _constant(SYSNAME + b"\n"),
        b"version": _constant(VERSION + b"\n"), b"hostname": lambda proc: proc.machine.hostname + b"\n",
        b"domainname": _constant(b"(none)\n"), b"pid_max": _constant(b"4194304\n"),
        b"threads-max": lambda proc: b"%d\n" % proc.machine.limits.processes_max,
        b"ngroups_max": _constant(b"65536\n"), b"cap_last_cap": _constant(b"40\n"),
        b"random": {b"uuid": uuid_text, b"boot_id": boot_id_text, b"entropy_avail": _constant(b"256\n"),
                    b"poolsize": _constant(b"256\n")},
    },
    b"fs": {
        b"file-max": lambda proc: b"%d\n" % proc.machine.limits.files_machine_max, b"file-nr": _files_open,
        b"nr_open": lambda proc: b"%d\n" % proc.machine.limits.files_open_max,
        b"pipe-max-size": lambda proc: b"%d\n" % proc.machine.limits.pipe_bytes_max,
    },
    b"vm": {b"overcommit_memory": _constant(b"0\n"), b"swappiness": _constant(b"60\n"),
            b"max_map_count": _constant(b"65530\n")},
}


def system_files(filesystem: Any) -> dict[bytes, Maker]:
    """The entries of /proc that are no processes."""
    def maker(name: bytes, content: Any) -> Maker:
        if isinstance(content, Mapping):
            return lambda parent: MadeDirectory(
                filesystem, parent, name, {inner: maker(inner, below) for inner, below in content.items()})
        return lambda _: TextFile(filesystem, content)

    return {name: maker(name, content) for name, content in {**_FILES, b"sys": _SYSCTL}.items()}
