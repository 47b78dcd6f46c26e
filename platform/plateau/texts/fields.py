"""Texts for people in the database: stored with their parts, and translated for whoever reads them."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import models

from labelkit.messages import Message, as_message

_ENVELOPE = '{"template": '


class MessageField(models.TextField):  # type: ignore[type-arg]  # generic for the checker alone
    """A text column; a `Message` keeps its template and parameters as JSON."""

    def get_prep_value(self, value: Any) -> Any:
        """As it is stored."""
        value = super().get_prep_value(value)
        if isinstance(value, str) and value.startswith(_ENVELOPE):
            value = as_message(value)  # somebody's text that only looks like one of ours
        return json.dumps(_parts(value), ensure_ascii=False) if isinstance(value, Message) else value

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        """As it was given."""
        if value is None or not value.startswith(_ENVELOPE):
            return value
        message: str = _built(json.loads(value))
        return message


def shortened(text: str, length: int) -> str:
    """At most `length` characters of a text; messages are short and stay whole."""
    return text if isinstance(text, Message) else text[:length]


def store_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a text as JSON, messages among them with their parts."""
    return {key: _parts(value) if isinstance(value, Message) else value for key, value in parameters.items()}


def read_parameters(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What `store_parameters` stored."""
    return {key: _built(value) for key, value in stored.items()}


def _parts(message: Message) -> dict[str, Any]:
    return {"template": message.template, "parameters": {key: _stored(v) for key, v in message.parameters.items()}}


def _stored(value: object) -> object:
    if isinstance(value, Message):
        return _parts(value)
    return value if isinstance(value, str | int | float) else str(value)


def _built(stored: Any) -> Any:
    if isinstance(stored, dict) and stored.keys() == {"template", "parameters"}:
        return Message(stored["template"], **{key: _built(value) for key, value in stored["parameters"].items()})
    return stored
