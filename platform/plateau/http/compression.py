"""Text goes out compressed: lists shrink to a tenth."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED = ("application/json", "application/problem+json", "text/")
MIN_BYTES = 1400  # what fits into one packet goes out no sooner


class CompressText(GZipMiddleware):
    """Django's own, for text above a packet alone.

    Pictures, archives and models are compressed already; streams are left alone, so that a reader gets each part at
    once. Django's middleware pads each response by a random length against attacks on compressed secrets (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress what is worth it."""
        if response.streaming or not isinstance(response, HttpResponse) or len(response.content) < MIN_BYTES:
            return response
        if not response.headers.get("Content-Type", "").startswith(COMPRESSED):
            return response
        return super().process_response(request, response)
