"""/proc/net: the tables of a machine that has the loopback device and nothing else."""
from __future__ import annotations

from collections.abc import Callable

from ..vfs.filesystem import FileSystem
from ..vfs.inode import Directory, Inode
from .textfile import TextFile

_DEV = (b"Inter-|   Receive                                                |  Transmit\n"
        b" face |bytes    packets errs drop fifo frame compressed multicast|"
        b"bytes    packets errs drop fifo colls carrier compressed\n"
        b"    lo:       0       0    0    0    0     0          0         0"
        b"        0       0    0    0    0     0       0          0\n")
_TCP = b"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode" \
       + b" " * 53 + b"\n"
_TCP6 = b"  sl  local_address                         remote_address                        st tx_queue rx_queue tr " \
        b"tm->when retrnsmt   uid  timeout inode\n"
_UDP = b"   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref " \
       b"pointer drops             \n"
_UDP6 = b"  sl  local_address                         remote_address                        st tx_queue rx_queue tr " \
        b"tm->when retrnsmt   uid  timeout inode ref pointer drops\n"
_UNIX = b"Num       RefCount Protocol Flags    Type St Inode Path\n"
_ROUTE = b"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT".ljust(127) + b"\n"
_ARP = b"IP address       HW type     Flags       HW address            Mask     Device\n"
_FILES = {b"arp": _ARP, b"dev": _DEV, b"if_inet6": b"", b"raw": _UDP, b"route": _ROUTE, b"tcp": _TCP, b"tcp6": _TCP6,
          b"udp": _UDP, b"udp6": _UDP6, b"unix": _UNIX}


def net_files(filesystem: FileSystem) -> dict[bytes, Callable[[Directory], Inode]]:
    """The entries of /proc/PID/net: the headings, and no sockets. # L-FS-010"""
    def maker(text: bytes) -> Callable[[Directory], Inode]:
        return lambda _: TextFile(filesystem, lambda proc: text)

    return {name: maker(text) for name, text in _FILES.items()}
