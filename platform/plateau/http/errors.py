"""Base classes of API errors: an HTTP status each, and a stable code that apps' `errors.py` make precise."""

from typing import Self

from labelkit.messages import Message, in_field


class APIError(Exception):
    """A request that is understood and rejected; subclasses fix status, code and title.

    Args:
        detail: What is wrong and what to do, for people.
        extra: Further members of the problem document (RFC 9457).
    """

    status = 400
    code = "rejected"
    title = "Rejected"

    def __init__(self, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class InvalidInput(APIError):
    """Bad input. `errors` names each field: `[{"field": "labels.0.name", "message": "…"}]`."""

    code = "invalid_input"
    title = "Invalid input"

    def __init__(self, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail, errors=errors or [])

    @classmethod
    def in_field(cls, field: str, message: str) -> Self:
        """The error of one field."""
        return cls(in_field(field, message), [{"field": field, "message": message}])


class InvalidBody(InvalidInput):
    """Fields of the body are missing, unknown, or hold what they cannot."""

    code = "invalid_body"
    title = "Invalid body"


class MalformedBody(InvalidInput):
    """The body is not JSON, or holds what cannot be stored: the character NUL, numbers beyond 64 bits."""

    code = "malformed_body"
    title = "Malformed body"


class InvalidParameter(InvalidInput):
    """A query parameter has a value that it cannot have, or is repeated."""

    code = "invalid_parameter"
    title = "Invalid parameter"


class InvalidCursor(InvalidInput):
    """`cursor` is of another list or another order."""

    code = "invalid_cursor"
    title = "Invalid cursor"

    def __init__(self) -> None:
        message = "use `next` or `previous` of a page of this list with the same ordering"
        super().__init__(in_field("cursor", message), [{"field": "cursor", "message": message}])


class InvalidIfMatch(InvalidInput):
    """`If-Match` holds neither tags in quotation marks nor `*`."""

    code = "invalid_if_match"
    title = "Invalid If-Match"

    def __init__(self) -> None:
        message = 'must be quoted tags such as "5f0c…", or *'
        super().__init__(in_field("If-Match", message), [{"field": "If-Match", "message": message}])


class UnknownParameter(InvalidInput):
    """A query parameter that the endpoint does not know; `errors` names it and those that there are."""

    code = "unknown_parameter"
    title = "Unknown parameter"

    def __init__(self, name: str, allowed: list[str]) -> None:
        message = (
            Message("unknown parameter; allowed: {names}", names=", ".join(allowed))
            if allowed
            else "this endpoint takes no parameters"
        )
        super().__init__(in_field(name[:100], message), [{"field": name[:100], "message": message}])


class NotSignedIn(APIError):
    """Nobody is signed in, or the token is unknown, expired or revoked."""

    status = 401
    code = "not_signed_in"
    title = "Not signed in"


class MissingScope(APIError):
    """The role or the token does not allow this."""

    status = 403
    code = "missing_scope"
    title = "Not allowed"


class AddressNotAllowed(APIError):
    """The organization does not let in the network from which this came."""

    status = 403
    code = "address_not_allowed"
    title = "Network not allowed"


class CsrfFailed(APIError):
    """A request of a browser does not show that it comes from a page of ours."""

    status = 403
    code = "csrf_failed"
    title = "CSRF check failed"


class NotFound(APIError):
    """It does not exist, or it belongs to another organization."""

    status = 404
    code = "not_found"
    title = "Not found"


class Conflict(APIError):
    """The state of things does not allow this now."""

    status = 409
    code = "conflict"
    title = "Conflict"


class StaleState(APIError):
    """Somebody else changed it since it was read; `extra` has the `etag` of what is there now."""

    status = 412
    code = "stale_state"
    title = "Changed in the meantime"

    def __init__(self, etag: str) -> None:
        super().__init__(
            "Somebody else changed this in the meantime. Read it again, then repeat your change.", etag=etag
        )


class IfMatchRequired(APIError):
    """A PUT replaces a whole document that several people edit: say in `If-Match` on which state it rests."""

    status = 428
    code = "if_match_required"
    title = "If-Match required"

    def __init__(self) -> None:
        super().__init__(
            "This replaces the whole document. Send `If-Match` with the `etag` that you read, or `*` "
            "to overwrite any state."
        )


class ProjectArchived(Conflict):
    """The project is archived: nothing of it is changed, and no work on it begins."""

    code = "project_archived"
    title = "Archived"

    def __init__(self) -> None:
        super().__init__("This project is archived. Restore it first.")


class ContentTooLarge(APIError):
    """The body is larger than what is taken here."""

    status = 413
    code = "content_too_large"
    title = "Too large"


class UnsupportedMediaType(APIError):
    """The body is of another media type than those that are taken here."""

    status = 415
    code = "unsupported_media_type"
    title = "Unsupported media type"


class TooManyRequests(APIError):
    """Asked too often; `retry_after` seconds from now it may work."""

    status = 429
    code = "too_many_requests"
    title = "Too many requests"


class Unavailable(APIError):
    """Something that this needs is away for a moment; `retry_after` seconds from now it may work."""

    status = 503
    code = "unavailable"
    title = "Temporarily unavailable"


class StorageFull(APIError):
    """There is no room for what this would keep."""

    status = 507
    code = "storage_full"
    title = "Storage full"
