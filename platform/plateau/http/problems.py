"""The one place where API errors become `application/problem+json` (RFC 9457)."""

import errno
import logging
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import Http404
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.response import Response

from labelkit.messages import Message
from plateau.http.errors import APIError, ContentTooLarge, MalformedBody, StorageFull, Unavailable
from plateau.texts import translate

logger = logging.getLogger(__name__)

_CODES = {
    exceptions.NotAuthenticated: (401, "not_signed_in", "Not signed in"),
    exceptions.AuthenticationFailed: (401, "not_signed_in", "Not signed in"),
    exceptions.PermissionDenied: (403, "missing_scope", "Not allowed"),
    exceptions.NotFound: (404, "not_found", "Not found"),
    exceptions.MethodNotAllowed: (405, "method_not_allowed", "Method not allowed"),
    exceptions.UnsupportedMediaType: (415, "unsupported_media_type", "Unsupported media type"),
    exceptions.NotAcceptable: (406, "not_acceptable", "Not acceptable"),
    exceptions.ParseError: (400, MalformedBody.code, MalformedBody.title),
}


def problem(*, status: int, code: str, title: str, detail: str, **extra: object) -> dict[str, object]:
    """Body of a problem, its texts in the language of the request; `type` is a stable address built from the code."""
    if isinstance(errors := extra.get("errors"), list):
        extra["errors"] = [{**error, "message": translate(error["message"])} for error in errors]
    return {
        "type": f"urn:plateau:problem:{code}",
        "title": translate(title),
        "status": status,
        "code": code,
        "detail": translate(detail),
        **extra,
    }


def _unavailability(error: Exception) -> APIError | None:
    """The API error for a database, broker or storage that is unavailable or full; None for faults of this code."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return Unavailable("The database is temporarily unavailable. Nothing was changed; try again.", retry_after=3)
    if isinstance(error, RedisError):
        return Unavailable(
            ("A part of the server is temporarily unavailable. Nothing was changed; try again."), retry_after=3
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull("The server's storage is full. Nothing was stored; contact your administrator.")
    if isinstance(error, (BotoCoreError, ClientError)) or (isinstance(error, OSError) and error.errno == errno.EIO):
        return Unavailable("The storage is temporarily unavailable. Nothing was changed; try again.", retry_after=5)
    return None


def to_response(error: Exception, context: Mapping[str, object]) -> Response | None:
    """DRF's exception handler. Unknown errors go on to Django and are logged as 500."""
    body: dict[str, Any] | None = None
    headers: dict[str, str] = {}
    unavailability = _unavailability(error)
    if unavailability is not None:
        logger.warning("unavailable: %s: %s", type(error).__name__, error)
        error = unavailability
    if isinstance(error, APIError):
        body = problem(status=error.status, code=error.code, title=error.title, detail=error.detail, **error.extra)
        if "etag" in error.extra:
            headers["ETag"] = f'"{error.extra["etag"]}"'
        if "retry_after" in error.extra:
            headers["Retry-After"] = str(error.extra["retry_after"])
    elif isinstance(error, exceptions.Throttled):
        wait = int(getattr(error, "wait", None) or 1) + 1
        detail = Message("Too many attempts. Try again in {wait} s.", wait=wait)
        body = problem(status=429, code="too_many_requests", title="Too many requests", detail=detail)
        headers["Retry-After"] = str(wait)
    elif isinstance(error, Http404):
        body = problem(status=404, code="not_found", title="Not found", detail="Nothing was found at this address.")
    elif isinstance(error, PermissionDenied):
        body = problem(
            status=403, code="missing_scope", title="Not allowed", detail=str(error) or "You do not have permission."
        )
    elif isinstance(error, (RequestDataTooBig, TooManyFilesSent)):
        body = problem(status=413, code=ContentTooLarge.code, title=ContentTooLarge.title, detail=str(error))
    elif isinstance(error, exceptions.APIException):
        status, code, title = _CODES.get(type(error), (error.status_code, "rejected", "Rejected"))
        body = problem(status=status, code=code, title=title, detail=str(error.detail))
        if status == 401:
            headers["WWW-Authenticate"] = "Bearer"
    if body is None:
        return None
    if body["status"] == 401:
        headers["WWW-Authenticate"] = "Bearer"
    response = Response(body, status=body["status"], headers=headers)
    response.content_type = "application/problem+json"
    return response
