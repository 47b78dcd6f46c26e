"""What a browser's request without the token of our pages is answered."""

import orjson
from django.http import HttpRequest, HttpResponse

from plateau.http.errors import CsrfFailed
from plateau.http.problems import problem


def csrf_failure(_request: HttpRequest, reason: str = "") -> HttpResponse:
    """`CSRF_FAILURE_VIEW`: a problem in the place of Django's page of HTML."""
    body = problem(
        status=CsrfFailed.status,
        code=CsrfFailed.code,
        title=CsrfFailed.title,
        detail="The security token of this page is missing or wrong. Reload the page and try again.",
    )
    return HttpResponse(orjson.dumps(body), status=CsrfFailed.status, content_type="application/problem+json")
