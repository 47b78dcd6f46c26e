"""A browser keeps which accounts it signed in to, however it did: by password, code, passkey or provider."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from plateau.identity.throttles import remember_device

_KEY = "plateau.signed_in_as"


def note_sign_in(request: HttpRequest, email: str) -> None:
    """Somebody signed in by this request."""
    request.META[_KEY] = email


class RememberDevice:
    """Middleware: gives a browser that just signed in its cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if email := request.META.get(_KEY):
            remember_device(request, response, email)
        return response
