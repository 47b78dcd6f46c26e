"""Numbers in JSON that cannot be kept with all their digits: refused by name where they come in.

Those are integers beyond 64 bits that are no float (they would come back as other numbers), and what is no finite
number: NaN, Infinity, 1e400. A large float such as 1e20, the usual fill value of scientific tables, is kept; so is
100000000000000000000, which is how JavaScript, jq and PostgreSQL write it.
"""

import json
import re
from decimal import Decimal
from typing import Any

import orjson

_LONG = re.compile(rb"\d{19}")  # the shortest integer beyond 64 bits has as many digits
_TEXTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_INTEGERS = re.compile(rb"(?<![\d.eE+-])-?\d{19,}(?![\d.eE])")
_LOWEST, _HIGHEST = -(2**63), 2**64 - 1
_SHOWN = 40  # characters
_NAMED = 1 << 20  # bytes of a text that is read again, slowly, to name the field


class StrangeNumber(ValueError):
    """A number that cannot be kept; the message names it and its field."""


class _Strange:
    """In the place of such a number: its digits, and why it cannot be kept."""

    def __init__(self, text: str, why: str) -> None:
        self.text, self.why = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…", why


def loads(text: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        StrangeNumber: a number in it cannot be kept; the message says which, and of what field.
        orjson.JSONDecodeError: it is no JSON.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        _name(text)
        raise
    if _LONG.search(text):
        for match in _INTEGERS.finditer(_TEXTS.sub(b'""', text)):
            if isinstance(strange := _whole(match[0].decode()), _Strange):
                _name(text)
                raise StrangeNumber(f"{strange.text} {strange.why}")
    return value


def _name(text: bytes) -> None:
    """Refuse the first number in it that cannot be kept, with its field; nothing where there is none."""
    if len(text) > _NAMED:
        return
    try:
        document = json.loads(text, parse_int=_whole, parse_float=_decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, _Strange):
            raise StrangeNumber(f"`{path[:200]}`: {item.text} {item.why}" if path else f"{item.text} {item.why}")
        if isinstance(item, dict):
            waiting += [(f"{path}.{key}" if path else str(key), value) for key, value in reversed(item.items())]
        elif isinstance(item, list):
            inside = [(f"{path}.{number}" if path else str(number), value) for number, value in enumerate(item)]
            waiting += reversed(inside)


def _whole(text: str) -> Any:
    number = float(text)
    if abs(number) < float("inf"):
        whole = int(text)
        if _LOWEST <= whole <= _HIGHEST or whole in (int(number), int(Decimal(repr(number)))):
            return whole
    return _Strange(text, "is an integer of more than 64 bits, which cannot be kept. Send it as a text, or as a float")


def _decimal(text: str) -> Any:
    number = float(text)
    return number if abs(number) < float("inf") else _no_number(text)


def _no_number(text: str) -> _Strange:
    return _Strange(text, "is no finite number, which cannot be kept. Send null")
