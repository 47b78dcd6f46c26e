"""OpenAPI 3.1 from the views: every route states its refusals."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar, get_args, get_origin

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel, Field

from plateau.http.errors import Invalid, MissingScope, NotSignedIn, Refusal

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


class EndpointSchema(AutoSchema):
    """Operation ids from the view's name, tags from the first path segment."""

    def get_tags(self) -> list[str]:
        """The resource: `/api/v1/projects/…` is `projects`."""
        parts = self.path.removeprefix("/api/v1/").split("/")
        return [parts[0]]

    def get_operation_id(self) -> str:
        """`ProjectList` with GET is `projectListGet`."""
        name = type(self.view).__name__
        return name[0].lower() + name[1:] + self.method.capitalize()


def _media(status: int) -> tuple[int, str]:
    return status, "application/problem+json"


def _query_parameter(name: str, kind: Any, meaning: str) -> OpenApiParameter:
    known = get_args(kind) if get_origin(kind) is Literal else None
    return OpenApiParameter(
        name,
        type=str if known else kind,
        enum=known,
        location=OpenApiParameter.QUERY,
        description=meaning,
        required=False,
    )


def document(
    *,
    summary: str,
    body: Any = None,
    out: Any = None,
    status: int = 200,
    refusals: Sequence[type[Refusal]] = (),
    query: dict[str, tuple[Any, str]] | None = None,
    headers: dict[str, str] | None = None,
    public: bool = False,
    media: str = "application/json",
) -> Callable[[F], F]:
    """Describe one method of a view.

    Args:
        summary: One line.
        body: Pydantic model of what comes in, or a `{media type: schema}` mapping.
        out: Pydantic model of what goes out; None for an empty answer.
        status: Of the good answer.
        refusals: Beyond `NotSignedIn` and `MissingScope`, which every closed route has.
        query: Parameter name to type and meaning; a `Literal` lists what may be given.
        headers: Request header to meaning.
        public: The route is open to all.
        media: Media type of the good answer.
    """
    found = list(refusals) + ([] if public else [NotSignedIn, MissingScope])
    if body is not None and Invalid not in found:
        found.append(Invalid)
    responses: dict[Any, Any] = {(status, media): OpenApiResponse(out, description="Done.")}
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in found:
        by_status.setdefault(refusal.status, []).append(refusal)
    for number, kinds in sorted(by_status.items()):
        text = "; ".join(f"`{kind.code}`: {(kind.__doc__ or '').strip().splitlines()[0]}" for kind in kinds)
        responses[_media(number)] = OpenApiResponse(Problem, description=text)
    parameters = [_query_parameter(name, kind, meaning) for name, (kind, meaning) in (query or {}).items()]
    parameters += [
        OpenApiParameter(name, type=str, location=OpenApiParameter.HEADER, description=meaning, required=False)
        for name, meaning in (headers or {}).items()
    ]
    return extend_schema(
        summary=summary, request=body, responses=responses, parameters=parameters, auth=[] if public else None
    )
