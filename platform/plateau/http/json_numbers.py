"""JSON as it comes in: bounded before it is decoded, and without numbers that cannot be kept with all their digits.

A text of a few megabytes can unfold to a hundred times its size: `[[],[],…` costs 70 bytes for each three. So values
are counted before anything is made of them.

Numbers that cannot be kept are refused by name.

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
MAX_VALUES = 2_500_000  # of one text: 20,000 boxes have 160,000, a mask one for each run; some 100 bytes of memory each
_UNCOUNTED = 100_000  # bytes of a text that cannot have too many


class UnrepresentableNumber(ValueError):
    """A number that cannot be kept; the message names it and its field."""


class TooManyValues(UnrepresentableNumber):
    """More values than are decoded; the message says how many may be."""


class _Unrepresentable:
    """In the place of such a number: its digits, and reason it cannot be kept."""

    def __init__(self, text: str, reason: str) -> None:
        self.text, self.reason = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…", reason


def loads(text: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        TooManyValues: it has more values than are decoded.
        UnrepresentableNumber: a number in it cannot be kept; the message says which, and of what field.
        orjson.JSONDecodeError: it is no JSON.
    """
    if len(text) > _UNCOUNTED and values_in(text) > MAX_VALUES:
        raise TooManyValues(f"has more than {MAX_VALUES:,} values")
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        _raise_naming_field(text)
        raise
    if _LONG.search(text):
        for match in _INTEGERS.finditer(_TEXTS.sub(b'""', text)):
            if isinstance(unrepresentable := _parse_integer(match[0].decode()), _Unrepresentable):
                _raise_naming_field(text)
                raise UnrepresentableNumber(f"{unrepresentable.text} {unrepresentable.reason}")
    return value


def values_in(text: bytes) -> int:
    """At least as many values as decoding makes: those in texts are counted, too."""
    return 1 + text.count(b",") + text.count(b"[") + text.count(b"{")


def _raise_naming_field(text: bytes) -> None:
    """Refuse the first number in it that cannot be kept, with its field; nothing where there is none."""
    if len(text) > _NAMED:
        return
    try:
        document = json.loads(text, parse_int=_parse_integer, parse_float=_parse_float, parse_constant=_not_finite)
    except (ValueError, RecursionError):
        return
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, _Unrepresentable):
            raise UnrepresentableNumber(
                f"`{path[:200]}`: {item.text} {item.reason}" if path else f"{item.text} {item.reason}"
            )
        if isinstance(item, dict):
            waiting += [(f"{path}.{key}" if path else str(key), value) for key, value in reversed(item.items())]
        elif isinstance(item, list):
            inside = [(f"{path}.{number}" if path else str(number), value) for number, value in enumerate(item)]
            waiting += reversed(inside)


def _parse_integer(text: str) -> Any:
    number = float(text)
    if abs(number) < float("inf"):
        integer = int(text)
        if _LOWEST <= integer <= _HIGHEST or integer in (int(number), int(Decimal(repr(number)))):
            return integer
    return _Unrepresentable(
        text, "is an integer of more than 64 bits, which cannot be kept. Send it as a text, or as a float"
    )


def _parse_float(text: str) -> Any:
    number = float(text)
    return number if abs(number) < float("inf") else _not_finite(text)


def _not_finite(text: str) -> _Unrepresentable:
    return _Unrepresentable(text, "is no finite number, which cannot be kept. Send null")
