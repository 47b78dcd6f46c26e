"""From where a request came."""

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings


def client_address(environ: Mapping[str, Any]) -> str:
    """The caller's address, of `REMOTE_ADDR` or of what `NUM_PROXIES` trusted proxies appended to X-Forwarded-For."""
    proxies = int(settings.NUM_PROXIES)
    passed = [one.strip() for one in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",") if one.strip()]
    if proxies and passed:
        return passed[-min(proxies, len(passed))]
    return str(environ.get("REMOTE_ADDR") or "")


def lies_in(address: str, networks: Iterable[str]) -> bool:
    """True where the address belongs to one of the networks (CIDR); one that is no address belongs to none."""
    try:
        found = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    plain = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped else found
    known = [ipaddress.ip_network(one) for one in networks]
    return any(plain.version == one.version and plain in one for one in known)
