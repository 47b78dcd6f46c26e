"""Where an address that a user gave may lead: to public ones, and to networks that the operator allows. No Django."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

Resolve = Callable[[str, int], list[str]]


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
        ip = ipaddress.ip_address(text.split("%")[0])
        plain = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped else ip
        if any(plain.version == network.version and plain in network for network in networks):
            continue
        if not plain.is_global or plain.is_multicast:
            raise Unsafe(f"{parts.hostname} leads to {plain}, which is not a public address")
    if not ips:
        raise Unsafe(f"{parts.hostname} has no address")
    path = parts.path or "/"
    return Target(parts.scheme, parts.hostname, port, f"{path}?{parts.query}" if parts.query else path, ips[0])
