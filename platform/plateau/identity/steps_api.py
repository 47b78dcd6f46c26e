"""The addresses of django-allauth that are served, each named here: sign-in beyond the password, and own factors.

Their bodies are those of allauth's headless API (docs/how-to/sign-in.md); everything else of allauth has no address.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from allauth.headless.account import views as account
from allauth.headless.constants import Client
from allauth.headless.mfa import views as factors
from allauth.socialaccount.providers.openid_connect.views import callback
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path

from plateau.identity.authentication import member_of_session
from plateau.kernel.errors import WrongNetwork
from plateau.kernel.problems import problem

View = Callable[..., HttpResponseBase]


def _members(view: View) -> View:
    """Let a session in only where the API would: not idle, not closed, from an allowed network."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.user.is_authenticated and member_of_session(request) is None:
                logout(request)
        except WrongNetwork as refusal:
            body = problem(status=403, code=refusal.code, title=refusal.title, detail=refusal.detail)
            return HttpResponse(orjson.dumps(body), status=403, content_type="application/problem+json")
        return view(request, *args, **kwargs)

    return checked


def _headless(view: Any) -> View:
    return _members(view.as_api_view(client=Client.BROWSER))


# (address, view, methods it answers): tests/test_permissions.py has a row for each.
STEPS: list[tuple[str, Any, tuple[str, ...]]] = [
    ("session", account.SessionView, ("GET",)),
    ("2fa", factors.AuthenticateView, ("POST",)),
    ("passkey", factors.LoginWebAuthnView, ("GET", "POST")),
    ("2fa/passkey", factors.AuthenticateWebAuthnView, ("GET", "POST")),
    ("again", account.ReauthenticateView, ("POST",)),
    ("again/2fa", factors.ReauthenticateView, ("POST",)),
    ("again/passkey", factors.ReauthenticateWebAuthnView, ("GET", "POST")),
    ("password", account.ChangePasswordView, ("POST",)),
    ("factors", factors.AuthenticatorsView, ("GET",)),
    ("factors/totp", factors.ManageTOTPView, ("GET", "POST", "DELETE")),
    ("factors/codes", factors.ManageRecoveryCodesView, ("GET", "POST")),
    ("factors/passkeys", factors.ManageWebAuthnView, ("GET", "POST", "PUT", "DELETE")),
]


def _only(view: Any, methods: tuple[str, ...]) -> type:
    names = [one.lower() for one in (*methods, "OPTIONS")]
    return type(view.__name__, (view,), {"http_method_names": names})


patterns: list[URLPattern] = [
    *(path(f"api/auth/{address}", _headless(_only(view, methods))) for address, view, methods in STEPS),
    path("api/auth/sso/<slug:provider_id>/callback", callback, name="openid_connect_callback"),
]
