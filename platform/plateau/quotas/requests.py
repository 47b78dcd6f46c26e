"""Requests of an organization by minute and day, counted in Redis.

A Redis that does not answer counts nothing and refuses nobody: counting must not hold up what it counts. Limits are
read from the database every ten seconds.
"""

import threading
import time
from functools import cache
from typing import Any

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from labelkit.messages import Message
from plateau.outages.circuit_breaker import CircuitBreaker
from plateau.quotas.errors import RequestQuotaExceeded
from plateau.quotas.limits import limits_of, warn_if_crossed
from plateau.quotas.models import QuotaKind

_SECONDS = {QuotaKind.REQUESTS_PER_MINUTE: 60, QuotaKind.REQUESTS_PER_DAY: 24 * 3600}
_LIMITS_SECONDS = 10.0
_BREAKER = CircuitBreaker()
_limits: dict[int, tuple[float, dict[QuotaKind, int | None]]] = {}
_lock = threading.Lock()


@cache
def _redis() -> Any:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25)


def _key(organization_id: int, kind: QuotaKind, now: float) -> str:
    return f"{settings.CACHES['default'].get('KEY_PREFIX', '')}{kind}-{organization_id}-{int(now // _SECONDS[kind])}"


def _current_limits(organization_id: int) -> dict[QuotaKind, int | None]:
    with _lock:
        until, limits = _limits.get(organization_id, (0.0, {}))
    if until < time.monotonic():
        limits = limits_of(organization_id)
        with _lock:
            _limits[organization_id] = time.monotonic() + _LIMITS_SECONDS, limits
    return limits


def forget_limits() -> None:
    """Read them anew at the next request of this process."""
    with _lock:
        _limits.clear()


def count_request(organization_id: int) -> None:
    """Count a request.

    Raises:
        RequestQuotaExceeded: it is one more than the organization may send in this minute or on this day (UTC).
    """
    now = time.time()
    if _BREAKER.seconds_left("redis"):
        return
    try:
        pipeline = _redis().pipeline(transaction=False)
        for kind, seconds in _SECONDS.items():
            pipeline.incr(_key(organization_id, kind, now))
            pipeline.expire(_key(organization_id, kind, now), 2 * seconds)
        counts = pipeline.execute()[::2]
    except RedisError:
        _BREAKER.failed("redis")
        return
    _BREAKER.succeeded("redis")
    limits = _current_limits(organization_id)
    for (kind, seconds), count in zip(_SECONDS.items(), counts, strict=True):
        limit = limits[kind]
        if limit is not None and count > limit:
            raise _exceeded(kind, count - 1, limit, seconds - int(now % seconds))
    limit = limits[QuotaKind.REQUESTS_PER_DAY]
    warn_if_crossed(organization_id, QuotaKind.REQUESTS_PER_DAY, before=counts[1] - 1, after=counts[1], limit=limit)


def _exceeded(kind: QuotaKind, used: int, limit: int, retry_after: int) -> RequestQuotaExceeded:
    values = {"used": used, "limit": limit, "seconds": retry_after}
    detail = (
        Message(
            "Your organization sent {used:,} of {limit:,} requests per minute. Try again in {seconds:,} s, send fewer, "
            "or ask whoever runs this installation for more.",
            **values,
        )
        if kind == QuotaKind.REQUESTS_PER_MINUTE
        else Message(
            "Your organization sent {used:,} of {limit:,} requests per day. Try again in {seconds:,} s, send fewer, "
            "or ask whoever runs this installation for more.",
            **values,
        )
    )
    return RequestQuotaExceeded(
        detail,
        quota=str(kind),
        used=used,
        limit=limit,
        retry_after=retry_after,
    )


def requests_now(organization_id: int) -> dict[QuotaKind, int | None]:
    """Requests of this minute and this day; None where Redis does not answer."""
    now = time.time()
    try:
        counts = _redis().mget([_key(organization_id, kind, now) for kind in _SECONDS])
    except RedisError:
        return dict.fromkeys(_SECONDS)
    return {kind: int(count or 0) for kind, count in zip(_SECONDS, counts, strict=True)}
