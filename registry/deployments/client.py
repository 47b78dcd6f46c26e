"""The web's client of the serving process."""

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

import orjson
import urllib3
from django.conf import settings

from plateau.http.errors import APIError
from registry.deployments.errors import ImageUnreadable, PredictionQueueFull, ServingUnavailable

KEY_HEADER = "X-Plateau-Serving"
MAX_IMAGE_BYTES = 20 * 1024 * 1024
_TIMEOUT = urllib3.Timeout(connect=1.0, read=20.0)


@dataclass(frozen=True)
class ServingResponse:
    """An HTTP response of the serving process."""

    status: int
    body: bytes
    retry_after: str


class ServingUnreachable(Exception):
    """No serving process responds."""


@lru_cache(maxsize=1)
def serving_key() -> str:
    """The key that web and serving processes share, derived from the installation's secret."""
    return hmac.new(settings.SECRET_KEY.encode(), b"plateau.serving", hashlib.sha256).hexdigest()


@lru_cache(maxsize=4)
def _pool(url: str) -> urllib3.HTTPConnectionPool:
    return urllib3.connectionpool.connection_from_url(url, maxsize=16, block=False)


def predict(deployment_id: int, image: bytes) -> ServingResponse:
    """Send one encoded image to the serving process.

    Raises:
        ServingUnreachable: the process cannot be reached, or died in mid-request.
    """
    # A connection that the serving process closed while it was idle is no reason to fail: predicting twice does
    # no harm, so it is tried once more.
    retries = urllib3.Retry(connect=1, read=0, other=0, status=0, redirect=0, respect_retry_after_header=False)
    for is_last_try in (False, True):
        try:
            response = _pool(settings.SERVING_URL).urlopen(
                "POST",
                f"/predict/{deployment_id}",
                body=image,
                headers={KEY_HEADER: serving_key(), "Content-Type": "application/octet-stream"},
                timeout=_TIMEOUT,
                retries=retries,
            )
        except urllib3.exceptions.HTTPError as error:
            if is_last_try:
                raise ServingUnreachable(str(error)) from error
        else:
            return ServingResponse(response.status, response.data, response.headers.get("Retry-After", ""))
    raise AssertionError


def api_error_of(response: ServingResponse) -> APIError:
    """The API error for a response other than 200."""
    try:
        detail = str(orjson.loads(response.body)["detail"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        detail = "The response of the serving process cannot be read. See its log."
    retry_after = int(response.retry_after) if response.retry_after.isdigit() else 1
    if response.status in (400, 413):
        return ImageUnreadable(detail)
    if response.status == 429:
        return PredictionQueueFull(detail, retry_after=retry_after)
    return ServingUnavailable(detail, retry_after=retry_after)
