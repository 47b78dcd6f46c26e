"""Whose a request is, for taking turns: known once its credentials were accepted, its address until then.

Nothing is looked up. Whoever authenticates a request says who asked; that is remembered by the hash of the credentials
for a minute, so that the next request with them counts as that person's before it is served. Made-up credentials are
known to nobody: they count for the address that they come from.
"""

import hashlib
import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from wsgiref.types import WSGIEnvironment

from django.conf import settings

from plateau.http.client_ip import client_address

_KEY = "plateau.caller"
REMEMBERED_SECONDS = 60.0
MAX_REMEMBERED = 20_000
ANONYMOUS = "anonymous"  # all addresses together are one of those who take turns, beside the organizations

Caller = tuple[str, str]  # an organization, or ANONYMOUS; and who of it
# Given the organization of a request whose credentials were accepted; raises `TooManyRequests` where it may send none.
RequestMeter = Callable[[int], None]
request_meters: list[RequestMeter] = []


class _Known:
    """Callers by the hash of their credentials."""

    def __init__(self) -> None:
        self._callers: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, credentials: bytes) -> Caller | None:
        """Who they were accepted for within the last minute."""
        with self._lock:
            until, caller = self._callers.get(credentials, (0.0, None))
        return caller if until > time.monotonic() else None

    def remember(self, credentials: bytes, caller: Caller) -> None:
        """They were accepted just now."""
        with self._lock:
            self._callers[credentials] = time.monotonic() + REMEMBERED_SECONDS, caller
            self._callers.move_to_end(credentials)
            while len(self._callers) > MAX_REMEMBERED:
                self._callers.popitem(last=False)


_known = _Known()


def name_caller(environ: "dict[str, object] | WSGIEnvironment", *, organization_id: int, user_id: int) -> None:
    """Say for whom the credentials of this request were accepted, and count it.

    Raises:
        TooManyRequests: the organization may send no more for now.
    """
    environ[_KEY] = (f"organization {organization_id}", f"user {user_id}")
    for meter in request_meters:
        meter(organization_id)


def caller_of(environ: WSGIEnvironment) -> Caller:
    """Whose request this is, as far as is known before it is served."""
    credentials = _credentials(environ)
    return (_known.find(credentials) if credentials else None) or (ANONYMOUS, network_of(client_address(environ)))


def remember_caller(environ: WSGIEnvironment) -> None:
    """After a request: keep whom `name_caller` named."""
    caller, credentials = environ.get(_KEY), _credentials(environ)
    if caller is not None and credentials:
        _known.remember(credentials, caller)


def network_of(address: str) -> str:
    """The address; of IPv6 the network of 64 bits, any address of which one subscriber may use."""
    try:
        ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network((int(ip), 64), strict=False))


def _credentials(environ: WSGIEnvironment) -> bytes:
    secret = str(environ.get("HTTP_AUTHORIZATION", ""))
    if not secret:
        for part in str(environ.get("HTTP_COOKIE", "")).split(";"):
            name, _, value = part.strip().partition("=")
            if name == settings.SESSION_COOKIE_NAME:
                secret = value
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest() if secret else b""
