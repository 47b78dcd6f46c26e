"""OpenAPI 3.1 from the views: every route states its errors."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel, Field

from plateau.http.errors import (
    APIError,
    ContentTooLarge,
    IfMatchRequired,
    InvalidBody,
    InvalidCursor,
    InvalidIfMatch,
    InvalidParameter,
    MalformedBody,
    MissingScope,
    NotSignedIn,
    StaleState,
    StorageFull,
    TooManyRequests,
    Unavailable,
    UnknownParameter,
    UnsupportedMediaType,
)
from plateau.http.query import QueryModel, schemas_of

if TYPE_CHECKING:
    from plateau.http.paging import FixedListing, Listing

F = TypeVar("F", bound=Callable[..., Any])


class FieldProblem(BaseModel):
    """One wrong field."""

    field: str
    message: str


class Problem(BaseModel):
    """Why a request was refused (RFC 9457); `code` is stable and safe to test for."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] = Field(default_factory=list)
    etag: str | None = Field(default=None, description="With 412: of what is there now")


class EndpointSchema(AutoSchema):
    """Operation ids from the view's name, tags from the first path segment."""

    def get_tags(self) -> list[str]:
        """The resource: `/api/v1/projects/…` is `projects`."""
        parts = self.path.removeprefix("/api/v1/").split("/")
        return [parts[0]]

    def _get_request_body(self, direction: str = "request") -> Any:
        """The body; none of ours may be left out, except where every field of it may."""
        body = super()._get_request_body(direction)
        if body:
            body["required"] = True
        return body

    def get_operation_id(self) -> str:
        """`ProjectList` with GET is `projectListGet`."""
        name = type(self.view).__name__
        return name[0].lower() + name[1:] + self.method.capitalize()


HEADERS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "type": "string",  # not by `format`: generated clients put an object into the header then
        "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    },
    "If-Match": {"type": "string", "minLength": 1, "maxLength": 1000, "pattern": r"^(\*|\"[\x21\x23-\x7e]*\")$"},
}
BINARY = {"type": "string", "format": "binary"}
# The last two come from http/load_shedding.py and http/problems.py.
ALWAYS: tuple[type[APIError], ...] = (UnknownParameter, TooManyRequests, Unavailable)


def _media(status: int) -> tuple[int, str]:
    return status, "application/problem+json"


def _parameters(query: type[QueryModel] | None, headers: dict[str, str], needed: bool) -> list[OpenApiParameter]:
    parameters = []
    for name, schema in schemas_of(query).items() if query else ():
        required = query is not None and query.model_fields[name].is_required()
        plain = {key: value for key, value in schema.items() if key != "description"}
        meaning = str(schema.get("description", ""))
        parameters.append(OpenApiParameter(name, type=plain, description=meaning, required=required))
    for name, meaning in headers.items():
        needs = needed and name == "If-Match"
        parameters.append(
            OpenApiParameter(name, type=HEADERS[name], location="header", description=meaning, required=needs)
        )
    return parameters


def document(
    *,
    summary: str,
    body: object = None,
    out: object = None,
    status: int = 200,
    errors: Sequence[type[APIError]] = (),
    query: "type[QueryModel] | Listing | FixedListing | None" = None,
    headers: dict[str, str] | None = None,
    public: bool = False,
    media: str = "application/json",
) -> Callable[[F], F]:
    """Describe one method of a view. Parameters that are not described are refused, see `Endpoint`.

    Args:
        summary: One line.
        body: Pydantic model of what comes in, or a `{media type: schema}` mapping.
        out: Pydantic model of what goes out; `bytes` for a file; None for an empty answer.
        status: Of the good answer.
        errors: Beyond those that every route has.
        query: Model of the query, or the list that is paged.
        headers: Name of a request header of `HEADERS`, to its meaning.
        public: The route is open to all.
        media: Media type of the good answer.
    """
    model = query if query is None or isinstance(query, type) else query.query

    def described(method: F) -> F:
        stated = list(dict.fromkeys([*errors, *ALWAYS, *(() if public else (NotSignedIn, MissingScope))]))
        if "If-Match" in (headers or {}):
            stated += [StaleState, InvalidIfMatch]
            if method.__name__ == "put":  # see http/etags.py
                stated.append(IfMatchRequired)
        if model is not None:
            stated.append(InvalidParameter)
        if query is not None and not isinstance(query, type):
            stated.append(InvalidCursor)
        if body is not None:
            stated += [InvalidBody, MalformedBody, ContentTooLarge, UnsupportedMediaType, StorageFull]
        good = OpenApiResponse(BINARY if out is bytes else out, description="Done.")
        responses: dict[Any, Any] = {(status, media): good}
        by_status: dict[int, list[type[APIError]]] = {}
        for error in stated:
            by_status.setdefault(error.status, []).append(error)
        for number, classes in sorted(by_status.items()):
            text = "; ".join(f"`{error.code}`: {(error.__doc__ or '').strip().splitlines()[0]}" for error in classes)
            responses[_media(number)] = OpenApiResponse(Problem, description=text)
        describe = extend_schema(
            summary=summary,
            request=body,
            responses=responses,
            parameters=_parameters(model, headers or {}, IfMatchRequired in stated),
            auth=[] if public else None,
        )
        method.query_parameters = frozenset(schemas_of(model)) if model else frozenset()  # type: ignore[attr-defined]
        return describe(method)

    return described
