"""Security headers on every response."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from plateau.storage.presigned import storage_origins

POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",  # models that help while labeling run in the browser
        "style-src 'self'{style_nonce}",
        "img-src 'self' data: blob: https:{storage}",
        "connect-src 'self'{storage}",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


def content_security_policy(style_nonce: str = "") -> str:
    """What a page may load and run. `style_nonce`: style sheets that scripts of this very response make carry it."""
    return POLICY.format(
        storage="".join(f" {origin}" for origin in storage_origins()),
        style_nonce=f" 'nonce-{style_nonce}'" if style_nonce else "",
    )


def isolate_runner(headers: Any, path: str, url: str) -> None:
    """The page that runs models is isolated from others: only then the browser gives it shared memory and threads."""
    if "/runner/" in url:
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Embedder-Policy"] = "require-corp"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"


class SecurityHeaders:
    """Adds the policy unless the view set a stricter one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = content_security_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponseNotAllowed([]) if request.method == "TRACE" else self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
        return response
