"""Which of our requests call addresses that users gave. They take turns of their own (http/load_shedding.py)."""

import re

_PATHS = re.compile(r"/api/(v1/(session/sso|organization/single-sign-on|webhooks)/|auth/sso/[^/]+/callback)")


def goes_outward(path: str) -> bool:
    """Whether a request to this path may wait for such an address."""
    return _PATHS.fullmatch(path) is not None
