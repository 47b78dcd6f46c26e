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
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path

from plateau.http.client_ip import client_address
from plateau.http.errors import AddressNotAllowed, APIError, TooManyRequests, Unavailable
from plateau.http.problems import problem
from plateau.identity.auth_flows import SIGN_ON_NONCE
from plateau.identity.authentication import member_of_session
from plateau.identity.id_tokens import InvalidIdToken, verify_id_token
from plateau.identity.throttles import may_begin
from plateau.network.outbound import GuardedSession, in_request

View = Callable[..., HttpResponseBase]


def _require_valid_session(view: View) -> View:
    """Let a session in only where the API would: not idle, not closed, from an allowed network."""

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            if request.user.is_authenticated and member_of_session(request) is None:
                logout(request)
            if not request.user.is_authenticated and not may_begin(client_address(request.META)):
                raise TooManyRequests("Too many attempts from your network. Try again in a minute.", retry_after=60)
        except (AddressNotAllowed, TooManyRequests) as error:
            return _problem_response(error)
        return view(request, *args, **kwargs)

    return checked


def _problem_response(error: APIError) -> HttpResponse:
    """A refusal outside the API's views, in its form."""
    body = problem(status=error.status, code=error.code, title=error.title, detail=error.detail)
    answer = HttpResponse(orjson.dumps(body), status=error.status, content_type="application/problem+json")
    if "retry_after" in error.extra:
        answer["Retry-After"] = str(error.extra["retry_after"])
    return answer


def _headless(view: Any) -> View:
    return _require_valid_session(view.as_api_view(client=Client.BROWSER))


class _VerifyingAdapter(OpenIDConnectOAuth2Adapter):
    """Checks each ID token whole; allauth trusts those that came from the provider itself, which may lack TLS."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, object]:
        nonce = self.request.session.pop(SIGN_ON_NONCE, "")
        with GuardedSession() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()
        try:
            issuer = self.openid_config["issuer"]
            return verify_id_token(id_token, keys, issuer=issuer, audience=app.client_id, nonce=nonce)
        except InvalidIdToken as error:
            raise OAuth2Error(str(error)) from error


def sign_on_callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Where the provider sends the browser to."""
    try:
        organization_id = get_adapter().get_provider(request, provider_id).app.settings["organization"]
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    view: View = OAuth2CallbackView.adapter_view(_VerifyingAdapter(request, provider_id))
    try:
        with in_request(organization_id):
            return view(request)
    except Unavailable as error:  # before anything was used up: loading the page again goes on
        return _problem_response(error)


# (address, view, methods it answers): tests/test_permissions.py has a row for each.
AUTH_FLOWS: list[tuple[str, Any, tuple[str, ...]]] = [
    ("session", account.SessionView, ("GET",)),
    ("2fa", factors.AuthenticateView, ("POST",)),
    ("passkey", factors.LoginWebAuthnView, ("GET", "POST")),
    ("2fa/passkey", factors.AuthenticateWebAuthnView, ("GET", "POST")),
    ("reauthenticate", account.ReauthenticateView, ("POST",)),
    ("reauthenticate/2fa", factors.ReauthenticateView, ("POST",)),
    ("reauthenticate/passkey", factors.ReauthenticateWebAuthnView, ("GET", "POST")),
    ("password", account.ChangePasswordView, ("POST",)),
    ("factors", factors.AuthenticatorsView, ("GET",)),
    ("factors/totp", factors.ManageTOTPView, ("GET", "POST", "DELETE")),
    ("factors/codes", factors.ManageRecoveryCodesView, ("GET", "POST")),
    ("factors/passkeys", factors.ManageWebAuthnView, ("GET", "POST", "PUT", "DELETE")),
]


def _restrict_methods(view: Any, methods: tuple[str, ...]) -> type:
    names = [method.lower() for method in (*methods, "OPTIONS")]
    return type(view.__name__, (view,), {"http_method_names": names})


urlpatterns: list[URLPattern] = [
    *(path(f"api/auth/{flow}", _headless(_restrict_methods(view, methods))) for flow, view, methods in AUTH_FLOWS),
    path("api/auth/sso/<slug:provider_id>/callback", sign_on_callback, name="openid_connect_callback"),
]
