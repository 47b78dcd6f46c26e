"""One Django view without middleware or database: what a machine is worth, for `labeling_load.py`."""

import django
import orjson
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="plain", MIDDLEWARE=[])
django.setup()


def answer(request: HttpRequest) -> HttpResponse:
    """A little JSON."""
    return HttpResponse(orjson.dumps({"tasks": [], "blocked_reason": ""}), content_type="application/json")


urlpatterns = [path("", answer)]
application = get_wsgi_application()
