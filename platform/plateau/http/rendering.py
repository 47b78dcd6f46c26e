"""JSON in and out, by orjson."""

from collections.abc import Iterable, Mapping
from typing import IO, Any

import orjson
from pydantic import BaseModel
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from labelkit.messages import Message
from plateau.http import json_numbers
from plateau.http.errors import ContentTooLarge
from plateau.http.sanitize import json_holds_nul


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"cannot render {type(value).__name__}")


class OrjsonRenderer(BaseRenderer):
    """Renders plain values, dates and pydantic models."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: object, accepted_media_type: str | None = None, renderer_context: Mapping[str, object] | None = None
    ) -> bytes:
        """Bytes of `data`; nothing for None."""
        return b"" if data is None else orjson.dumps(data, default=_plain)


MAX_BODY_BYTES = 1024 * 1024  # of a body, where its view says nothing else
MAX_ANNOTATION_BYTES = 16 * 1024 * 1024  # of a body that has an annotation in it


def read_body(stream: IO[Any], parser_context: Mapping[str, object] | None) -> bytes:
    """A body in memory, as long as its view takes at most (`max_body_bytes`): no more of it is read.

    Raises:
        ContentTooLarge: it is longer.
    """
    most: int = getattr((parser_context or {}).get("view"), "max_body_bytes", MAX_BODY_BYTES)
    body: bytes = stream.read(most + 1)
    if len(body) > most:
        raise ContentTooLarge(Message("The body is larger than {limit} MiB.", limit=most >> 20))
    return body


class OrjsonParser(BaseParser):
    """Parses a JSON body of a bounded size."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, object] | None = None
    ) -> Any:
        """The value in `stream`; an empty body is an empty object.

        Raises:
            ContentTooLarge: it is longer than its view takes, or unfolds to too many values.
            ParseError: it is no JSON, a text in it holds the character NUL, or a number in it cannot be kept.
        """
        body = read_body(stream, parser_context)
        if not body:
            return {}
        try:
            value = json_numbers.loads(body)
        except json_numbers.TooManyValues as error:
            raise ContentTooLarge(
                Message("The body has more than {limit:,} values.", limit=json_numbers.MAX_VALUES)
            ) from error
        except json_numbers.UnrepresentableNumber as error:
            raise ParseError(f"The body has a number that cannot be kept: {error}.") from error
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not valid JSON: {error}") from error
        if json_holds_nul(body, value):
            raise ParseError("A text in the body holds the character NUL (\\u0000), which cannot be kept.")
        return value


class JsonAlways(DefaultContentNegotiation):
    """Every view speaks one format, so what the client would accept is not looked at."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The view's own."""
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class OpenApiRenderer(OrjsonRenderer):
    """The schema, as plain JSON for whoever asks."""

    media_type = "application/json"
