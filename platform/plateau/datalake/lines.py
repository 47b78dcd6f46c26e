"""What one line says: an item that is an address, a text, or a row of a table. No Django."""

import hashlib
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from labelkit.media import UnreadableFile
from labelkit.media.text import MAX_TEXT
from labelkit.messages import Message
from labelkit.pictures import stated_size
from plateau.http import json_numbers
from plateau.http.sanitize import holds_nul, json_holds_nul

SCHEMES = ("https://", "http://", "storage:")
MAX_META_BYTES = 64 * 1024  # of an item's `meta` as JSON: every list of items shows it
MAX_ROW_BYTES = 256 * 1024  # of a row of a table, which is kept as `meta`
_SHAPES = '{"uri": "…", "meta": {}}, {"text": "…"} or {"row": {"column": 1}}'


@dataclass(frozen=True)
class Entry:
    """One thing found: bytes, an address, a text, or the reason why it is set aside.

    The address of a text is `text:` and its SHA-256; that of a row `row:` and one of its columns and name.
    """

    name: str
    data: bytes | None = None
    uri: str = ""
    text: str = ""
    meta: dict[str, Any] = field(default_factory=dict)
    size: tuple[int, int] | None = None  # of an address, in pixels, where one is stated
    refused: UnreadableFile | None = None


def entry_of_line(line: bytes) -> Entry:
    """The item in a line of JSONL.

    Raises:
        UnreadableFile: it is none; the message names the field.
    """
    try:
        fields = json_numbers.loads(line)
    except json_numbers.UnrepresentableNumber as error:
        raise UnreadableFile("bad_number", Message("{error}.", error=error)) from error
    except orjson.JSONDecodeError as error:
        raise UnreadableFile("bad_row", Message("The line is not JSON: {error}.", error=error)) from error
    if not isinstance(fields, dict):
        raise UnreadableFile("bad_row", Message("Each line must be an object such as {shapes}.", shapes=_SHAPES))
    if json_holds_nul(line, fields):
        code = "bad_meta" if holds_nul(fields.get("meta")) else "bad_row"
        raise UnreadableFile(code, "The line contains a NUL character, which cannot be stored.")
    return entry_of(fields)


def entry_of(fields: Mapping[str, object]) -> Entry:
    """The item in an object that has `row`, `text` or `uri`, and may have `name`, `meta`, `width` and `height`.

    Raises:
        UnreadableFile: it is none; the message names the field.
    """
    stated_name = fields.get("name")
    name = stated_name[:500] if isinstance(stated_name, str) and stated_name.strip() else ""
    if "row" in fields:
        return _row(fields["row"], name)
    meta = fields.get("meta", {})
    if fields.get("text") or ("text" in fields and "uri" not in fields):
        return text_entry(fields["text"], name, _checked(meta))
    if "uri" in fields:
        return replace(_address(fields["uri"], name, _checked(meta)), size=_size(fields))
    raise UnreadableFile(
        "bad_row",
        Message("`uri`, `text` or `row` is missing: each line must be an object such as {shapes}.", shapes=_SHAPES),
    )


def text_entry(text: object, name: str, meta: dict[str, Any]) -> Entry:
    """An item that is a text; called by its first words where it has no name.

    Raises:
        UnreadableFile: it is no text, an empty or too long one, or holds the character NUL.
    """
    if not (isinstance(text, str) and text.strip() and len(text) <= MAX_TEXT):
        raise UnreadableFile("bad_text", Message("`text` must have 1 to {max_text:,} characters.", max_text=MAX_TEXT))
    if "\x00" in text:
        raise UnreadableFile("bad_text", "The text contains a NUL character, which cannot be stored.")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Entry(name or " ".join(text.strip()[:120].split())[:60], uri=f"text:{digest}", text=text, meta=meta)


def _checked(meta: object) -> dict[str, object]:
    if not isinstance(meta, dict):
        raise UnreadableFile("bad_meta", "`meta` must be an object.")
    if meta and len(orjson.dumps(meta)) > MAX_META_BYTES:
        text = Message("`meta` is larger than {limit} KiB. Keep long texts in files.", limit=MAX_META_BYTES >> 10)
        raise UnreadableFile("bad_meta", text)
    return meta


def _row(row: Any, name: str) -> Entry:
    """A row of a table: its columns are kept as `meta`, and its text is what people see of it."""
    plain = isinstance(row, dict) and all(isinstance(value, str | int | float | bool | None) for value in row.values())
    if not plain or not row:
        raise UnreadableFile("bad_row", "`row` must be an object of plain values, one for each column.")
    packed = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
    if len(packed) > MAX_ROW_BYTES:
        raise UnreadableFile("bad_row", Message("`row` is larger than {limit} KiB.", limit=MAX_ROW_BYTES >> 10))
    text = "\n".join(f"{key}: {'' if value is None else value}" for key, value in row.items())
    uri = "row:" + hashlib.sha256(f"{name} ".encode() + packed).hexdigest()
    name = name or ", ".join(str(value) for value in row.values())[:60].strip() or "row"
    return Entry(name, uri=uri, text=text, meta=row)


def _size(fields: Mapping[str, object]) -> tuple[int, int] | None:
    try:
        return stated_size(fields.get("width"), fields.get("height"))
    except ValueError as error:
        raise UnreadableFile("bad_size", Message("Invalid size in the list: {error}.", error=error)) from error


def _address(uri: object, name: str, meta: dict[str, Any]) -> Entry:
    uri = uri.strip() if isinstance(uri, str) else uri
    if not isinstance(uri, str) or not 0 < len(uri) <= 2000:
        raise UnreadableFile("bad_uri", ("`uri` must be a URL or a storage path of 1 to 2000 characters."))
    if not uri.startswith(SCHEMES):
        raise UnreadableFile("bad_uri", "`uri` must begin with https://, http:// or storage:")
    return Entry(name or (posixpath.basename(uri.split("?")[0]) or uri)[:500], uri=uri, meta=meta)
