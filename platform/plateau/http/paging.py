"""Lists: one envelope, pages by key (as fast at the end of a million rows as at its beginning), order, search, filters.

A list is declared once, beside its view, as a `Listing` (rows of the database) or a `FixedListing` (rows that are in
memory already); the declaration is what `document` writes down and what the view pages by.
"""

import base64
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Annotated, Any, Generic, Literal

import orjson
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Coalesce
from django.utils.dateparse import parse_date, parse_datetime
from pydantic import BaseModel, Field, StringConstraints, create_model
from rest_framework.request import Request
from typing_extensions import TypeVar

from plateau.http.errors import InvalidCursor
from plateau.http.filters import ListFilters
from plateau.http.query import QueryModel, QueryText, parse_query

M = TypeVar("M", bound=models.Model)
Row = TypeVar("Row", default=Any)
Out = TypeVar("Out", bound=BaseModel)

Cursor = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[A-Za-z0-9_-]+$")]
LARGEST_PAGE = 200
_PACKED = 300  # PostgreSQL packs nothing to less than one such part
MAX_PAGE_BYTES = 8 * 1024 * 1024  # of the wide columns of a page's rows; parsed, they take some ten times that


class Page(BaseModel, Generic[Out]):
    """Some rows of a list; `next` and `previous` are the `cursor` of the pages beside it, null at either end.

    `count` is how many rows there are on all pages, null where counting them would take long.
    """

    results: list[Out]
    next: str | None
    previous: str | None
    count: int | None = None

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`PageOfTokenOut`: brackets are not allowed in an OpenAPI name."""
        return f"PageOf{params[0].__name__}"


@dataclass(frozen=True)
class PageRows(Generic[Row]):
    """Rows of a page, before they are written out."""

    rows: list[Row]
    next: str | None
    previous: str | None
    count: int | None = None

    def page(self, results: list[Out]) -> Page[Out]:
        """The page, of what the rows became."""
        return Page(results=results, next=self.next, previous=self.previous, count=self.count)


@dataclass(frozen=True)
class CursorPosition:
    """Where a page begins: after, or `backwards` before, the row of this `value` and `key`."""

    ordering: str
    backwards: bool
    value: Any
    key: Any

    def write(self) -> str:
        """The text of a cursor."""
        body = orjson.dumps([self.ordering, self.backwards, self.value, self.key])
        return base64.urlsafe_b64encode(body).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, ordering: str) -> "CursorPosition":
        """The position that a cursor stands for.

        Raises:
            InvalidCursor: it is of another order, or none of ours.
        """
        try:
            position = cls(*orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))
        except (ValueError, TypeError) as error:
            raise InvalidCursor from error
        if (
            position.ordering != ordering
            or not isinstance(position.backwards, bool)
            or isinstance(position.key, list | dict)
        ):
            raise InvalidCursor
        return position


class _AnyListing:
    """What both kinds of lists take: `cursor`, `limit`, `ordering`, `search`, and a parameter for each filter."""

    def __init__(
        self, *, ordering: Iterable[str], default: str, limit: int, search: bool, filters: Mapping[str, tuple[Any, ...]]
    ) -> None:
        self.default = default
        names = [sign + name for name in ordering for sign in ("", "-")]
        fields: dict[str, Any] = {
            "cursor": (Cursor | None, Field(None, description="`next` or `previous` of a page")),
            "limit": (int, Field(limit, ge=1, le=max(limit, LARGEST_PAGE), description="Rows on a page")),
            "ordering": (Literal[*names], Field(default, description="By which field; `-` before it: falling")),
        }
        if search:
            fields["search"] = (QueryText | None, Field(None, description="Rows that have each of these words"))
        for name, (kind, meaning, *defaults) in filters.items():
            default_value = defaults[0] if defaults else None
            fields[name] = (kind | None if default_value is None else kind, Field(default_value, description=meaning))
        self.query: type[QueryModel] = create_model("ListQuery", __base__=QueryModel, **fields)
        self.filter_names = tuple(filters)

    def read_position(self, query: Any) -> CursorPosition:
        """Where the page begins that `query` asks for by a cursor.

        Raises:
            InvalidCursor: the cursor is of another list or order.
        """
        return CursorPosition.read(query.cursor, query.ordering)

    def parse(self, request: Request) -> Any:
        """The parameters of a request.

        Raises:
            InvalidParameter, UnknownParameter: one of them is wrong.
        """
        return parse_query(self.query, request)


class Listing(_AnyListing):
    """A list of rows of the database.

    Args:
        ordering: Name of each field that the list can be ordered by, to the look-up that leads to it.
        default: The order where none is asked for; falling `id` is the newest first.
        search: Look-ups of the texts in which each word of `search` is looked for, whatever its case.
        filters: A FilterSet of `QueryFilter`s.
        limit: Rows on a page where none is asked for.
        key: What breaks ties: unique among the rows.
        wide: Look-ups of columns that users fill without a narrow bound: a page ends early where these are heavy.
    """

    def __init__(
        self,
        *,
        ordering: Mapping[str, str] | None = None,
        default: str = "-id",
        search: Sequence[str] = (),
        filters: type[ListFilters] = ListFilters,
        limit: int = 50,
        key: str = "pk",
        wide: Sequence[str] = (),
    ) -> None:
        self.paths = {"id": "pk"} if ordering is None else dict(ordering)
        self.search, self.filters, self.key, self.wide = tuple(search), filters, key, tuple(wide)
        kinds = {name: (field.kind, field.meaning, field.default) for name, field in filters.get_filters().items()}  # type: ignore[no-untyped-call]
        super().__init__(
            ordering=self.paths, default=default, limit=limit, search=bool(search), filters=kinds
        )  # fmt: skip

    def page(self, request: Request, rows: "models.QuerySet[M]", out: Callable[[M], Out]) -> Page[Out]:
        """One page of `rows`, each written out by `out`.

        Raises:
            InvalidParameter, UnknownParameter, InvalidCursor: a parameter is wrong.
        """
        page_rows = self.rows(request, rows)
        return page_rows.page([out(row) for row in page_rows.rows])

    def rows(self, request: Request, rows: "models.QuerySet[Any]") -> PageRows:
        """The rows of one page: for lists that read more for all their rows at once.

        Raises:
            InvalidParameter, UnknownParameter, InvalidCursor: a parameter is wrong.
        """
        query = self.parse(request)
        return self.slice(self.filtered(query, rows), query)

    def filtered(self, query: object, rows: "models.QuerySet[Any]") -> "models.QuerySet[Any]":
        """Rows that filters and search leave."""
        filters = self.filters(data=None, queryset=rows)
        for name in self.filter_names:
            value = getattr(query, name)
            if value is not None:
                rows = filters.filters[name].filter(rows, value)
        for word in (getattr(query, "search", None) or "").split():
            rows = rows.filter(reduce(operator.or_, (Q(**{f"{path}__icontains": word}) for path in self.search)))
        return rows

    def slice(self, rows: "models.QuerySet[Any]", query: Any) -> PageRows:
        """The page that `query` asks for, of rows that are filtered already."""
        position = self.read_position(query) if query.cursor else None
        backwards = position is not None and position.backwards
        path = self.paths[query.ordering.lstrip("-")]
        falling = query.ordering.startswith("-") != backwards
        nullable = path != self.key and _is_nullable(rows.model, path)
        if position is not None:
            rows = rows.filter(self._beyond(rows.model, position, path, falling=falling, nullable=nullable))
        by: Any = F(path).desc() if falling else F(path).asc()
        if nullable:
            ends = {"nulls_first": True} if backwards else {"nulls_last": True}
            by = F(path).desc(**ends) if falling else F(path).asc(**ends)
        order = [by] if path == self.key else [by, f"-{self.key}" if falling else self.key]
        rows = rows.order_by(*order)
        if self.wide:
            number, fitting = self._count_fitting(rows, query.limit + 1)
            page_rows = list(rows[: min(fitting, query.limit)])
            has_more = number > len(page_rows)
        else:
            page_rows = list(rows[: query.limit + 1])
            has_more, page_rows = len(page_rows) > query.limit, page_rows[: query.limit]
        if backwards:
            page_rows.reverse()
        has_next, has_previous = (
            (bool(page_rows), has_more) if backwards else (has_more, position is not None and bool(page_rows))
        )
        return PageRows(
            page_rows,
            next=self._cursor(query.ordering, page_rows[-1], path, backwards=False) if has_next else None,
            previous=self._cursor(query.ordering, page_rows[0], path, backwards=True) if has_previous else None,
        )

    def _count_fitting(self, rows: "models.QuerySet[Any]", limit: int) -> tuple[int, int]:
        """How many of the first `limit` rows there are, and how many of them are not too heavy together.

        What is stored may be packed, and is known without being read; what is much even so is not unpacked.
        """
        packed = rows.annotate(page_weight=_weight_of(self.wide, stored=True))
        stored = list(packed.values_list("page_weight", flat=True)[:limit])
        fitting = count_fitting(stored)
        if sum(stored[:fitting]) > MAX_PAGE_BYTES // _PACKED:
            fitting = count_fitting(list(self.weighed(rows).values_list("page_weight", flat=True)[:fitting]))
        return len(stored), fitting

    def weighed(self, rows: "models.QuerySet[Any]") -> "models.QuerySet[Any]":
        """Rows with `page_weight`, the bytes of their wide columns as text."""
        weighed: models.QuerySet[Any] = rows.annotate(page_weight=_weight_of(self.wide))
        return weighed

    def _cursor(self, ordering: str, row: object, path: str, *, backwards: bool) -> str:
        value = None if path == self.key else _value(row, path)
        return CursorPosition(ordering, backwards, value, _value(row, self.key)).write()

    def _beyond(
        self, model: type[models.Model], position: CursorPosition, path: str, *, falling: bool, nullable: bool
    ) -> Q:
        """Rows after a place, in the direction of reading."""
        way = "lt" if falling else "gt"
        try:
            key = _typed(model, self.key, position.key)
            ties = Q(**{f"{self.key}__{way}": key})
            if path == self.key:
                return ties
            if position.value is None:
                nulls = Q(**{f"{path}__isnull": True}) & ties
                return nulls | Q(**{f"{path}__isnull": False}) if position.backwards else nulls
            value = _typed(model, path, position.value)
        except (ValueError, TypeError, OverflowError) as error:
            raise InvalidCursor from error
        # The first clause alone says where in an index to begin.
        beyond = Q(**{f"{path}__{way}e": value}) & (Q(**{f"{path}__{way}": value}) | ties)
        return beyond | Q(**{f"{path}__isnull": True}) if nullable and not position.backwards else beyond


def count_fitting(weights: Sequence[int]) -> int:
    """How many of the first rows are not too heavy together, one at least."""
    total = 0
    for number, weight in enumerate(weights):
        total += weight
        if total > MAX_PAGE_BYTES:
            return max(1, number)
    return len(weights)


def _weight_of(paths: Sequence[str], *, stored: bool = False) -> Any:
    """Bytes of these columns of a row, as text or as they are stored."""
    columns = [
        models.Func(F(path), function="pg_column_size")
        if stored
        else models.Func(Cast(F(path), models.TextField()), function="octet_length")
        for path in paths
    ]
    zero, weight = models.Value(0), models.IntegerField()
    return reduce(operator.add, (Coalesce(column, zero, output_field=weight) for column in columns))


def _value(row: object, path: str) -> Any:
    for part in path.split("__"):
        row = row[part] if isinstance(row, dict) else getattr(row, part, None)
    return row


def _field(model: type[models.Model], path: str) -> tuple["models.Field[Any, Any] | None", bool]:
    """The field that a look-up ends at (None: an annotation), and whether anything on the way may be missing."""
    nullable, last_field = False, None
    for part in path.split("__"):
        try:
            field: Any = model._meta.pk if part == "pk" else model._meta.get_field(part)
        except FieldDoesNotExist:
            return None, True
        nullable |= bool(getattr(field, "null", False)) or not getattr(field, "concrete", False)
        last_field = field
        if field.is_relation and field.related_model is not None and not part.endswith("_id"):
            model = field.related_model
    return last_field, nullable


def _is_nullable(model: type[models.Model], path: str) -> bool:
    return _field(model, path)[1]


def _typed(model: type[models.Model], path: str, value: Any) -> Any:
    """The value of a cursor as its column has it.

    Raises:
        ValueError: it cannot be one.
    """
    field = _field(model, path)[0]
    if field is not None and field.is_relation:
        field = field.target_field  # type: ignore[attr-defined]
    if isinstance(field, models.DateTimeField):
        typed: Any = parse_datetime(value)
    elif isinstance(field, models.DateField):
        typed = parse_date(value)
    elif isinstance(field, models.BooleanField):
        typed = value if isinstance(value, bool) else None
    elif isinstance(field, models.IntegerField):
        typed = value if type(value) is int and abs(value) < 2**63 else None
    elif isinstance(field, models.FloatField):
        typed = float(value) if isinstance(value, int | float) else None
    else:
        typed = value if isinstance(value, str | int | float) else None
    if typed is None or (isinstance(typed, str) and "\x00" in typed):
        raise ValueError(path)
    return typed


class FixedListing(_AnyListing):
    """A list of rows that are in memory: a catalog, or what one query gave whole.

    Args:
        ordering: Attributes that the list can be ordered by; `position` is the order in which it comes.
        default: The order where none is asked for.
        search: Attributes in which each word of `search` is looked for.
        filters: Attribute to its type and meaning; an attribute that is a list has to contain the value.
        parameters: What else the view asks for, to its type and meaning: it is read by the view alone.
        limit: Rows on a page where none is asked for.
    """

    def __init__(
        self,
        *,
        ordering: Sequence[str] = (),
        default: str = "position",
        search: Sequence[str] = (),
        filters: Mapping[str, tuple[Any, ...]] | None = None,
        parameters: Mapping[str, tuple[Any, ...]] | None = None,
        limit: int = LARGEST_PAGE,
    ) -> None:
        self.search = tuple(search)
        super().__init__(
            ordering=("position", *ordering),
            default=default,
            limit=limit,
            search=bool(search),
            filters={**(filters or {}), **(parameters or {})},
        )
        self.filter_names = tuple(filters or ())

    def page(self, request: Request, rows: Iterable[Out]) -> Page[Out]:
        """One page of `rows`.

        Raises:
            InvalidParameter, UnknownParameter, InvalidCursor: a parameter is wrong.
        """
        page_rows = self.rows(request, rows)
        return page_rows.page(page_rows.rows)

    def rows(self, request: Request, rows: Iterable[Row]) -> PageRows[Row]:
        """The rows of one page: for lists that read more for those that are shown.

        Raises:
            InvalidParameter, UnknownParameter, InvalidCursor: a parameter is wrong.
        """
        query = self.parse(request)
        matching = [row for row in rows if self._fits(row, query)]
        name, falling = query.ordering.lstrip("-"), query.ordering.startswith("-")
        if name != "position":
            present = [row for row in matching if getattr(row, name) is not None]
            missing = [row for row in matching if getattr(row, name) is None]
            matching = sorted(present, key=operator.attrgetter(name), reverse=falling) + missing
        elif falling:
            matching.reverse()
        start = 0
        if query.cursor:
            position = CursorPosition.read(query.cursor, query.ordering)
            start = position.key if type(position.key) is int and 0 <= position.key < 2**31 else -1
            if start < 0:
                raise InvalidCursor
        end = start + query.limit
        return PageRows(
            matching[start:end],
            next=CursorPosition(query.ordering, False, None, end).write() if end < len(matching) else None,
            previous=CursorPosition(query.ordering, True, None, max(0, start - query.limit)).write() if start else None,
            count=len(matching),
        )

    def _fits(self, row: object, query: object) -> bool:
        for name in self.filter_names:
            filter_value, value = getattr(query, name), getattr(row, name)
            if (
                filter_value is not None
                and filter_value != value
                and not (isinstance(value, list) and filter_value in value)
            ):
                return False
        texts = " ".join(str(getattr(row, name)) for name in self.search).lower()
        return all(word in texts for word in (getattr(query, "search", None) or "").lower().split())
