"""The web's side of serving: hand a picture over, bring the answer back, say clearly what is wrong."""

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

import orjson
import urllib3
from django.conf import settings

from plateau.http.errors import Invalid, Refusal, TooMany, Unavailable

KEY_HEADER = "X-Plateau-Serving"
MAX_BYTES = 20 * 1024 * 1024
_TIMEOUT = urllib3.Timeout(connect=1.0, read=20.0)


@dataclass(frozen=True)
class Served:
    """The serving process's answer."""

    status: int
    body: bytes
    retry_after: str


class Away(Exception):
    """No serving process answers."""


@lru_cache(maxsize=1)
def serving_key() -> str:
    """What web and serving share, from the installation's secret."""
    return hmac.new(settings.SECRET_KEY.encode(), b"plateau.serving", hashlib.sha256).hexdigest()


@lru_cache(maxsize=4)
def _pool(url: str) -> urllib3.HTTPConnectionPool:
    return urllib3.connectionpool.connection_from_url(url, maxsize=16, block=False)


def predict(deployment: int, data: bytes) -> Served:
    """Answer one picture.

    Raises:
        Away: the process cannot be reached, or died in mid-request.
    """
    # A connection that the serving process closed while it was idle is no reason to fail: predicting twice does
    # no harm, so it is tried once more.
    retries = urllib3.Retry(connect=1, read=0, other=0, status=0, redirect=0, respect_retry_after_header=False)
    for last in (False, True):
        try:
            response = _pool(settings.SERVING_URL).urlopen(
                "POST",
                f"/predict/{deployment}",
                body=data,
                headers={KEY_HEADER: serving_key(), "Content-Type": "application/octet-stream"},
                timeout=_TIMEOUT,
                retries=retries,
            )
        except urllib3.exceptions.HTTPError as error:
            if last:
                raise Away(str(error)) from error
        else:
            return Served(response.status, response.data, response.headers.get("Retry-After", ""))
    raise AssertionError


def refusal_of(served: Served) -> Refusal:
    """What the serving process refused, as ours."""
    try:
        told = orjson.loads(served.body)
        detail = str(told["detail"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        detail = "The serving process gave no answer that can be read."
    wait = int(served.retry_after) if served.retry_after.isdigit() else 1
    if served.status in (400, 413):
        return Invalid(f"body: {detail}", [{"field": "body", "message": detail}])
    if served.status == 429:
        return TooMany(detail, retry_after=wait)
    return Unavailable(detail, retry_after=wait)
