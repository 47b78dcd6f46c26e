"""What is no API: health, and the one page of the front end."""

import secrets

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from prometheus_client import CONTENT_TYPE_LATEST

from plateau.http.problems import problem
from plateau.http.security_headers import content_security_policy
from plateau.telemetry.context import fields
from plateau.telemetry.health import NEEDED, readiness
from plateau.telemetry.metrics import exposition

NONCE_PLACEHOLDER = "CSP_NONCE"  # as in frontend/vite.config.ts


def health(request: HttpRequest) -> HttpResponse:
    """200 while this process answers: whoever restarts processes asks here."""
    return HttpResponse("ok", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """200 while requests can be answered: whoever spreads requests asks here."""
    problems = readiness()
    is_ready = not any(problems[name] for name in NEEDED)
    body = orjson.dumps(
        {"ready": is_ready, "checks": {name: problem_text or "ok" for name, problem_text in problems.items()}}
    )
    return HttpResponse(body, status=200 if is_ready else 503, content_type="application/json")


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format, for whoever has `METRICS_TOKEN`; without that setting there is no such page."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(token, settings.METRICS_TOKEN):
        return no_such_route(request)
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


@csrf_exempt
def no_such_route(request: HttpRequest) -> HttpResponse:
    """A problem for addresses that lead nowhere."""
    body = problem(status=404, code="not_found", title="Not found", detail=f"There is no {request.path}.")
    return HttpResponse(orjson.dumps(body), status=404, content_type="application/problem+json")


def failed(request: HttpRequest) -> HttpResponse:
    """What is said of a fault of ours: nothing but the number by which the log is searched."""
    number = str(fields().get("request_id", ""))
    detail = f"Something went wrong on the server, and nothing was half done. Tell an operator this number: {number}."
    body = problem(status=500, code="failed", title="Failed", detail=detail, request_id=number)
    return HttpResponse(orjson.dumps(body), status=500, content_type="application/problem+json")


def takes_html(request: HttpRequest) -> bool:
    """Whether a client asks for pages, as browsers do: `*/*` alone is what tools and libraries send."""
    types = [part.partition(";")[0].strip().lower() for part in request.headers.get("Accept", "").split(",")]
    return "text/html" in types or "application/xhtml+xml" in types


@csrf_exempt
def page_or_problem(request: HttpRequest) -> HttpResponse:
    """The page for whoever asks for HTML, and a problem for whoever does not: its router knows the addresses alone.

    The page's own address is for everybody, so that a link checker or a health check finds it.
    """
    if request.method not in ("GET", "HEAD") or not (takes_html(request) or request.path in ("/", "/index.html")):
        return no_such_route(request)
    return front_end(request)


@ensure_csrf_cookie
def front_end(request: HttpRequest) -> HttpResponse:
    """The page that loads the front end; its router reads the address."""
    index = settings.WHITENOISE_ROOT / "index.html"
    if not index.exists():
        return HttpResponse("The front end is not built; run `make setup`.", status=503, content_type="text/plain")
    nonce = secrets.token_urlsafe(16)
    page = index.read_text().replace(NONCE_PLACEHOLDER, nonce)
    response = HttpResponse(page, content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-store"  # with a copy of the page its nonce would live on
    response["Content-Security-Policy"] = content_security_policy(style_nonce=nonce)
    return response
