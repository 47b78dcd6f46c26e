"""The language of a request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers


class RequestLanguage:
    """Answer in the language that `Accept-Language` asks for; the web interface sends the person's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Only answers of the API differ by language; pictures and files of pages are cached for all alike."""
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
        response.setdefault("Content-Language", language)
        if response.get("Content-Type", "").partition(";")[0].endswith("json"):
            patch_vary_headers(response, ["Accept-Language"])
        return response
