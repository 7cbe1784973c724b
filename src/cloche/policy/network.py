"""Patterns of network addresses: host names and suffixes, addresses and CIDR, ports; Unix sockets; the loopback inside.

`**` is everything. `unix:PATTERN` are Unix sockets by path pattern, `unix:@PATTERN` abstract ones. `loopback[:PORTS]` is
the machine's own loopback, and what listens on it. `HOST:PORTS` is outside: HOST is a name, `*.suffix` (not the suffix
itself), an IP address or CIDR (IPv6 in brackets), or `*`. PORTS is `*` or a list of ports and ranges: `80,8000-8999`.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ..errors import PolicyError
from . import patterns

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

FAMILIES = (b"unix", b"inet", b"inet6")
_PORT_MAX = 65535
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
ALL_PORTS = ((0, _PORT_MAX),)


@dataclass(frozen=True, slots=True)
class Address:
    """What a request names, taken apart. `kind`: "unix", "loopback" or "host". `ip`: if `host` is one."""

    kind: str
    host: str
    port: int
    ip: IPv4Address | IPv6Address | None = None
    path: bytes = b""


@lru_cache(1024)
def address(resource: bytes) -> Address | None:
    """Of a request's resource; None for what is none: it matches no pattern but `**`."""
    kind, _, rest = resource.partition(b":")
    if kind == b"unix":
        return Address("unix", "", 0, path=rest)
    text = resource.decode("latin-1")
    inside = kind == b"loopback"
    host, colon, port = (text[9:] if inside else text).rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or len(port) > 5 or int(port) > _PORT_MAX:
        return None
    host = host.lower().removesuffix(".")
    return Address("loopback" if inside else "host", host, int(port), _ip(host))


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    if not host or not (host[-1].isdigit() or ":" in host):
        return None
    import ipaddress  # 3 ms, and most machines have no network
    try:
        found = ipaddress.ip_address(host[1:-1] if host.startswith("[") and host.endswith("]") else host)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


@dataclass(frozen=True, slots=True)
class NetPattern:
    """`kind`: "any", "unix", "loopback" or "host". A host is any (no name, no network), a name, a suffix or a network."""

    kind: str
    ports: tuple[tuple[int, int], ...] = ALL_PORTS
    name: str = ""
    network: IPv4Network | IPv6Network | None = None
    path: tuple[patterns.Token, ...] = ()
    regex: re.Pattern[bytes] | None = None

    def matches(self, found: Address | None) -> bool:
        if self.kind == "any":
            return True
        if found is None or found.kind != self.kind:
            return False
        if self.regex is not None:
            return self.regex.fullmatch(found.path) is not None
        if not any(low <= found.port <= high for low, high in self.ports):
            return False
        if self.network is not None:
            return found.ip is not None and found.ip.version == self.network.version and found.ip in self.network
        if not self.name:
            return True
        return found.host.endswith(self.name[1:]) if self.name.startswith("*") else found.host == self.name

    def covers(self, other: NetPattern) -> bool:
        """Everything that `other` matches, this does. False also if that is not found out."""
        if self.kind == "any":
            return True
        if self.kind != other.kind:
            return False
        if self.kind == "unix":
            return patterns.covers(self.path, other.path)
        if not all(any(low <= lower and upper <= high for low, high in self.ports) for lower, upper in other.ports):
            return False
        if self.network is not None:
            return (other.network is not None and other.network.version == self.network.version
                    and other.network.subnet_of(self.network))  # type: ignore[arg-type]
        if not self.name:
            return True
        if self.name.startswith("*"):
            return other.network is None and other.name.lstrip("*").endswith(self.name[1:])
        return other.name == self.name


def pattern(text: bytes) -> NetPattern:
    """A pattern of addresses. PolicyError says what is wrong with it."""
    if text == b"**":
        return NetPattern("any")
    family, separator, rest = text.partition(b":")
    if family == b"unix" and separator:
        path = patterns.tokens(rest) if rest[:1] == b"@" else patterns.path_tokens(rest)
        return NetPattern("unix", path=path, regex=re.compile(patterns.source(path), re.DOTALL))
    try:
        plain = text.decode("ascii")
    except UnicodeDecodeError:
        raise PolicyError("a host name is ASCII: write it in its xn-- form") from None
    if plain == "loopback" or plain.startswith("loopback:"):
        return NetPattern("loopback", ports(plain[9:]) if ":" in plain else ALL_PORTS)
    host, colon, listed = plain.rpartition(":")
    if not colon or (host.count(":") and not host.endswith("]") and "]/" not in host):
        raise PolicyError(f"{plain!r} is not HOST:PORTS (all ports: {plain}:*), unix:PATH or loopback")
    return _host_pattern(host, ports(listed))


def name_pattern(text: bytes) -> NetPattern:
    """A pattern of host names to resolve: without ports."""
    if text == b"**":
        return NetPattern("any")
    if b":" in text:
        raise PolicyError("a name to resolve has no port")
    found = pattern(text + b":*")
    if found.network is not None:
        raise PolicyError("an address is not resolved: name a host")
    return found


def _host_pattern(host: str, listed: tuple[tuple[int, int], ...]) -> NetPattern:
    if host == "*":
        return NetPattern("host", listed)
    if not host:
        raise PolicyError("the host is missing: * is any")
    if host[0] == "[" or "/" in host or host[-1].isdigit():
        return NetPattern("host", listed, network=_network(host))
    name = host.lower().removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        raise PolicyError("localhost is inside the machine: write loopback")
    labels = name.removeprefix("*.").split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise PolicyError(f"{host!r} is not a host name, *.suffix, address or CIDR")
    return NetPattern("host", listed, name)


def _network(text: str) -> IPv4Network | IPv6Network:
    import ipaddress
    inner = text.replace("[", "").replace("]", "")
    try:
        found = ipaddress.ip_network(inner, strict=False)
    except ValueError:
        raise PolicyError(f"{text!r} is not an IP address or CIDR (four decimal numbers, or IPv6 in brackets)") from None
    if "/" in inner and str(ipaddress.ip_interface(inner).ip) != str(found.network_address):
        raise PolicyError(f"{text} has bits beyond its prefix: write {found}")
    mapped = getattr(found.network_address, "ipv4_mapped", None)
    if mapped is not None and found.prefixlen >= 96:
        found = ipaddress.ip_network(f"{mapped}/{found.prefixlen - 96}")
    if found.is_loopback or (found.is_unspecified and found.num_addresses == 1):
        raise PolicyError(f"{text} is inside the machine: write loopback")
    return found


def ports(text: str) -> tuple[tuple[int, int], ...]:
    """`*`, or ports and ranges with commas between."""
    if text == "*":
        return ALL_PORTS
    found = []
    for part in text.split(","):
        low, dash, high = part.strip().partition("-")
        bounds = [int(word) if word.isascii() and word.isdigit() and len(word) <= 5 else _PORT_MAX + 1
                  for word in ((low, high) if dash else (low, low))]
        if bounds[1] > _PORT_MAX or bounds[0] > bounds[1]:
            raise PolicyError(f"{part.strip()!r} is not a port or a range of ports (0-65535)")
        found.append((bounds[0], bounds[1]))
    return tuple(found)
