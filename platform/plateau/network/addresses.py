"""Where an address that a user gave may lead: to public ones, and to networks that the operator allows. No Django."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Resolve = Callable[[str, int], list[str]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# What the registries give to hosts of the public Internet (RFC 4291, 2.4); other blocks of IPv6 are for other things.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # by which hosts without IPv4 reach it (RFC 6052): what is in it counts
# Global by the tables of `ipaddress` or some version of it, and yet none that a server of somebody else has.
_NEVER: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = (
    *map(
        ipaddress.IPv6Network,
        ("2001::/23", "2002::/16", "2001:db8::/32", "3fff::/20", "5f00::/16", "::ffff:0:0:0/96"),
    ),
    ipaddress.IPv4Network("192.88.99.0/24"),  # relays of 6to4
)
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # the third quarter of an address with another one of IPv4 in the fourth


class Unsafe(Exception):
    """The message says why an address is refused."""


@dataclass(frozen=True)
class Target:
    """A checked address: `ip` is what must be connected to, so that a name cannot lead elsewhere a moment later."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str


def why_unsafe(text: str, allowed: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network] = ()) -> str:
    """Why an address may not be connected to; empty where it is public, or in a network that is allowed.

    Addresses that stand for one of IPv4 (mapped, NAT64) are what they stand for; those of other ways through, such as
    6to4, Teredo and ISATAP, are refused.

    >>> why_unsafe("::ffff:127.0.0.1")
    '127.0.0.1, which is not a public address'
    >>> why_unsafe("64:ff9b::a00:1"), why_unsafe("64:ff9b::808:808")
    ('10.0.0.1, which is not a public address', '')
    """
    ip = ipaddress.ip_address(text.split("%", maxsplit=1)[0])
    plain = _unwrapped(ip)
    ways: tuple[Address, Address] = ip, plain
    if any(each.version == network.version and each in network for network in allowed for each in ways):
        return ""
    return "" if _is_public(plain) else f"{plain}, which is not a public address"


def _unwrapped(ip: Address) -> Address:
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip


def _is_public(ip: Address) -> bool:
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        return False
    if any(ip.version == network.version and ip in network for network in _NEVER):
        return False
    return isinstance(ip, ipaddress.IPv4Address) or (
        ip in _GLOBAL_UNICAST and (int(ip) >> 32 & 0xFFFF_FFFF) not in _ISATAP
    )


def resolved(host: str, port: int) -> list[str]:
    """Every address of a host.

    Raises:
        OSError: nobody knows it.
    """
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def check(url: str, allowed: Sequence[str] = (), resolve: Resolve = resolved) -> Target:
    """The address to connect to.

    Args:
        url: http or https.
        allowed: Networks (CIDR) that may be reached although they are not public.
        resolve: Addresses of a host; every one of them must be fit.

    Raises:
        Unsafe: not http, without a host, with a password in it, unknown, or leading to an address that is not public.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Unsafe("this is no address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unsafe("must begin with https:// or http:// and name a host")
    if parts.username or parts.password:
        raise Unsafe("must hold no name or password")
    port = port or (443 if parts.scheme == "https" else 80)
    try:
        ips = resolve(parts.hostname, port)
    except TimeoutError as error:
        raise Unsafe(f"{parts.hostname} could not be looked up in time") from error
    except (OSError, UnicodeError) as error:
        raise Unsafe(f"{parts.hostname} is not known") from error
    networks = [ipaddress.ip_network(network) for network in allowed]
    for text in ips:
        if problem := why_unsafe(text, networks):
            raise Unsafe(f"{parts.hostname} leads to {problem}")
    if not ips:
        raise Unsafe(f"{parts.hostname} has no address")
    path = parts.path or "/"
    return Target(parts.scheme, parts.hostname, port, f"{path}?{parts.query}" if parts.query else path, ips[0])
