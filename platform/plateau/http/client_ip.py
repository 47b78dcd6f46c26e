"""From where a request came."""

import ipaddress
from collections.abc import Iterable, Mapping

from django.conf import settings


def client_address(environ: Mapping[str, object]) -> str:
    """The caller's address, of `REMOTE_ADDR` or of what `NUM_PROXIES` trusted proxies appended to X-Forwarded-For."""
    proxies = int(settings.NUM_PROXIES)
    forwarded = [part.strip() for part in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
    if proxies and forwarded:
        return forwarded[-min(proxies, len(forwarded))]
    return str(environ.get("REMOTE_ADDR") or "")


def lies_in(address: str, networks: Iterable[str]) -> bool:
    """True where the address belongs to one of the networks (CIDR); one that is no address belongs to none."""
    try:
        parsed = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    unmapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped else parsed
    parsed_networks = [ipaddress.ip_network(network) for network in networks]
    return any(unmapped.version == network.version and unmapped in network for network in parsed_networks)
