"""Around each request: its id, its line in the log, its time."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from plateau.telemetry import metrics
from plateau.telemetry.context import doing, request_id_of

logger = logging.getLogger("plateau.request")
QUIET = ("/healthz", "/readyz", "/metrics")


class RequestTelemetryMiddleware:
    """The outermost layer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = request_id_of(request.META.get("HTTP_X_REQUEST_ID", ""))
        begun = time.perf_counter()
        with doing(request_id=number):
            response = self.get_response(request)
            took = time.perf_counter() - begun
            match = request.resolver_match
            route = match.route if match else "none"
            status = response.status_code
            metrics.REQUESTS.labels(request.method, route, f"{status // 100}xx").observe(took)
            if request.path not in QUIET:
                level = logging.WARNING if status >= 500 else logging.INFO
                log_fields = {"route": route, "status": status, "ms": round(took * 1000, 1)}
                logger.log(
                    level, "%s %s %d %.1f ms", request.method, request.path, status, took * 1000, extra=log_fields
                )
        response.headers["X-Request-ID"] = number
        return response
