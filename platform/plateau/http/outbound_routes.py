"""Routes that call addresses that users gave; a pool of their own serves them (http/load_shedding.py)."""

import re

_PATHS = re.compile(r"/api/(v1/(session/sso|organization/single-sign-on|webhooks)/|auth/sso/[^/]+/callback)")


def is_outbound_route(path: str) -> bool:
    """True where a request to this path may wait for such an address."""
    return _PATHS.fullmatch(path) is not None
