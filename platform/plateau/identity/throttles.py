"""How often somebody may try to sign in: by network address, and for one account by address and by device.

Wrong tries from elsewhere do not shut the owner out: a browser that signed in to the account before holds a signed
cookie, and what it tries is counted by itself. Whoever has no such browser at hand has the link of an e-mail.
"""

import time
from collections.abc import Mapping

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from plateau.http.callers import network_of
from plateau.http.client_ip import client_address

DEVICE_DAYS = 180
STRANGERS_PER_MINUTE = 120  # requests of one network to the addresses of signing in
_SALT = "plateau.identity.device"


def device_cookie_name() -> str:
    """Like the session's, of this very host alone where there is TLS."""
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def _account_key(email: str) -> str:
    return salted_hmac(_SALT, email.strip().lower(), algorithm="sha256").hexdigest()[:32]


def remember_device(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Have the browser keep that it signed in to this account."""
    known = _accounts(request.COOKIES)
    key = _account_key(email)
    value = signing.dumps([key, *(other for other in known if other != key)][:5], salt=_SALT)
    response.set_cookie(
        device_cookie_name(),
        value,
        max_age=DEVICE_DAYS * 24 * 3600,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )


def _accounts(cookies: Mapping[str, str]) -> list[str]:
    try:
        known: list[str] = signing.loads(
            cookies.get(device_cookie_name(), ""), salt=_SALT, max_age=DEVICE_DAYS * 24 * 3600
        )
    except signing.BadSignature:
        return []
    return known


def may_begin(address: str) -> bool:
    """Whether strangers of this network may ask once more this minute: each may leave a session in the cache."""
    key = f"strangers-{network_of(address)}-{int(time.time() // 60)}"
    cache.add(key, 0, 120)
    return int(cache.incr(key)) <= STRANGERS_PER_MINUTE


class AddressThrottle(SimpleRateThrottle):
    """Tries from one network address, whatever the account."""

    scope = "sign-in-address"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Count posts alone."""
        return f"throttle-address-{_network(request)}" if request.method == "POST" else None


class _AccountThrottle(SimpleRateThrottle):
    """Tries for one account."""

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """By the address that was typed, and what `_bucket` adds; None where it does not count."""
        if request.method != "POST" or not isinstance(request.data, dict):
            return None
        account = _account_key(str(request.data.get("email", ""))[:254])
        bucket = self._bucket(request, account in _accounts(request.COOKIES))
        return None if bucket is None else f"throttle-{self.scope}-{account}-{bucket}"

    def _bucket(self, request: Request, is_known_device: bool) -> str | None:
        raise NotImplementedError


class DeviceThrottle(_AccountThrottle):
    """Tries for one account from one device that signed in before, else from one network address."""

    scope = "sign-in-account"

    def _bucket(self, request: Request, is_known_device: bool) -> str | None:
        """The cookie is the device's."""
        cookie = request.COOKIES.get(device_cookie_name(), "")
        return salted_hmac(_SALT, cookie).hexdigest()[:32] if is_known_device else _network(request)


class UnknownDeviceThrottle(_AccountThrottle):
    """Tries for one account from everywhere but devices that signed in before: against many who guess together."""

    scope = "sign-in-unknown-devices"

    def _bucket(self, request: Request, is_known_device: bool) -> str | None:
        """One for all."""
        return None if is_known_device else "all"


def _network(request: Request) -> str:
    return network_of(client_address(request.META))
