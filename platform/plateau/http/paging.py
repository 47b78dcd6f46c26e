"""Pages by key: as fast on the last page of a million rows as on the first."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, get_args

from django.db import models
from pydantic import BaseModel
from rest_framework.request import Request

from plateau.http.errors import Invalid

M = TypeVar("M", bound=models.Model)
Out = TypeVar("Out", bound=BaseModel)

PAGE_QUERY: dict[str, tuple[Any, str]] = {
    "cursor": (int, "`next` of the page before"),
    "limit": (int, "Rows on a page, 1 to 200; 50 if not given"),
}


class Page(BaseModel, Generic[Out]):
    """Some rows, newest first, and where the next ones begin (None at the end)."""

    rows: list[Out]
    next: int | None

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`PageOfTokenOut`: brackets are not allowed in an OpenAPI name."""
        return f"PageOf{params[0].__name__}"


def number(request: Request, name: str, default: int | None, *, low: int, high: int) -> int | None:
    """A whole number from the query.

    Raises:
        Invalid: it is none, or lies outside `low`…`high`.
    """
    text = request.query_params.get(name)
    if text is None or text == "":
        return default
    if not text.isascii() or not text.isdigit() or not low <= int(text[:20]) <= high:
        message = f"must be a whole number from {low} to {high}"
        raise Invalid(f"{name}: {message}", [{"field": name, "message": message}])
    return int(text)


def choice(request: Request, name: str, known: Any, default: str) -> str:
    """One of the values of the `Literal` `known` from the query.

    Raises:
        Invalid: it is another one.
    """
    options: tuple[str, ...] = get_args(known)
    text = request.query_params.get(name) or default
    if text not in options:
        message = f"must be {', '.join(options[:-1])} or {options[-1]}"
        raise Invalid(f"{name}: {message}", [{"field": name, "message": message}])
    return text


def page(request: Request, rows: "models.QuerySet[M]", out: Callable[[M], Out]) -> Page[Out]:
    """One page of `rows` by falling primary key.

    Raises:
        Invalid: `cursor` or `limit` is out of range.
    """
    found, following = page_rows(request, rows)
    return Page(rows=[out(row) for row in found], next=following)


def page_rows(request: Request, rows: "models.QuerySet[M]") -> tuple[list[M], int | None]:
    """The rows of a page, and its `next`: for lists that read more for all their rows at once.

    Raises:
        Invalid: `cursor` or `limit` is out of range.
    """
    limit = number(request, "limit", 50, low=1, high=200) or 50
    cursor = number(request, "cursor", None, low=0, high=2**63 - 1)
    if cursor is not None:
        rows = rows.filter(pk__lt=cursor)
    found = list(rows.order_by("-pk")[: limit + 1])
    more = len(found) > limit
    return found[:limit], found[limit - 1].pk if more else None
