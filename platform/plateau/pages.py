"""What is no API: health, and the one page of the front end."""

import orjson
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie

from plateau.kernel.problems import problem


def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@csrf_exempt
def no_such_route(request: HttpRequest) -> HttpResponse:
    """A problem for addresses below /api/ that lead nowhere."""
    body = problem(status=404, code="not_found", title="Not found", detail=f"There is no {request.path}.")
    return HttpResponse(orjson.dumps(body), status=404, content_type="application/problem+json")


@ensure_csrf_cookie
def front_end(request: HttpRequest) -> HttpResponse:
    """The page that loads the front end; its router reads the address."""
    index = settings.WHITENOISE_ROOT / "index.html"
    if not index.exists():
        return HttpResponse("The front end is not built; run `make setup`.", status=503, content_type="text/plain")
    response = HttpResponse(index.read_bytes(), content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
