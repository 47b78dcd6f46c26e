"""ETags of what several people edit, and `If-Match`: a change of an old state is rejected (RFC 9110, 13.1.1).

PUT replaces a whole document, so that a blind one drops what others added: it needs `If-Match` (428, RFC 6585, 3).
PATCH changes the fields that it names alone, and may go without, as updates and patches of Kubernetes do.

The tag is of what can be edited, not of every byte of the answer: counts that grow by themselves refuse nobody's
change. It stands in the header `ETag` and in the field `etag`, so that each row of a list can be changed as well.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

import orjson
from django.db import models, transaction
from pydantic import BaseModel, computed_field
from rest_framework.request import Request

from plateau.http.errors import IfMatchRequired, InvalidIfMatch, StaleState

IF_MATCH = {
    "If-Match": "`etag` of the state that the change rests on, in quotation marks, or `*`; 412 for another state, "
    "428 for a PUT without"
}
_TAGS = re.compile(r'\s*(?:W/)?"([\x21\x23-\x7e]*)"\s*')


class Editable(BaseModel):
    """Base of what can be edited; `edited` names the fields that its tag covers."""

    edited: ClassVar[tuple[str, ...]]

    @computed_field(description="Of what can be edited; send it back as `If-Match`")  # type: ignore[prop-decorator]
    @property
    def etag(self) -> str:
        """Half of a SHA-256 of the fields in `edited`."""
        body = orjson.dumps(self.model_dump(mode="json", include=set(self.edited)), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(body).hexdigest()[:32]


def parse_if_match(request: Request) -> set[str] | None:
    """The tags of `If-Match`, `*` among them; None where there is no such header.

    Raises:
        InvalidIfMatch: the header is not written as it should be.
    """
    text = request.headers.get("If-Match")
    if text is None or text.strip() == "*":
        return None if text is None else {"*"}
    tags = [_TAGS.fullmatch(part) for part in text.split(",")]
    if not all(tags):
        raise InvalidIfMatch
    return {tag[1] for tag in tags if tag}


def require_unchanged(request: Request, current: Callable[[], Editable]) -> None:
    """Reject a change that rests on another state than the `current` one.

    Raises:
        IfMatchRequired: a PUT without the header.
        StaleState: the state is another one by now.
        InvalidIfMatch: the header is not written as it should be.
    """
    tags = parse_if_match(request)
    if tags is None:
        if request.method == "PUT":
            raise IfMatchRequired
    elif "*" not in tags and (etag := current().etag) not in tags:
        raise StaleState(etag)


@contextmanager
def unchanged(request: Request, row: models.Model, current: Callable[[], Editable]) -> Iterator[None]:
    """Hold the lock of `row` from the comparison to the end of the change.

    Raises:
        IfMatchRequired: a PUT without the header.
        StaleState: the state is another one by now.
    """
    with transaction.atomic():
        type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
        row.refresh_from_db()
        require_unchanged(request, current)
        yield
