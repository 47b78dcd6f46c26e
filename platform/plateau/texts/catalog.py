"""Translation of what the server says to people; see docs/decisions/0023-texts-of-the-server.md."""

import ast
import re
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from labelkit.messages import Message

LANGUAGES = ("en", "ja")
TEXT_PARAMETERS = {"message", "problem", "reason", "error"}
_FOLDER = Path(__file__).parent
_ENTRY = re.compile(r'^msgid ((?:"(?:[^"\\]|\\.)*"\n)+)msgstr ((?:"(?:[^"\\]|\\.)*"\n?)+)', re.MULTILINE)


@cache
def read_catalog(language: str) -> dict[str, str]:
    """Translations by their English texts; what has none yet is left out."""
    path = _FOLDER / f"{language}.po"
    if not path.exists():
        return {}
    entries = [(_joined(match[1]), _joined(match[2])) for match in _ENTRY.finditer(path.read_text())]
    return {english: translated for english, translated in entries if english and translated}


def _joined(block: str) -> str:
    return "".join(ast.literal_eval(line) for line in block.splitlines())


def translate(text: str, language: str | None = None) -> str:
    """A text in `language`, or in that of the request; English where a catalog does not have it.

    Of parameters, messages are translated, and what is called as a text is (`message`); names and other data stay as
    they are.
    """
    language = language or get_language() or "en"
    if not isinstance(text, Message):
        return read_catalog(language).get(text, text)
    template = read_catalog(language).get(text.template, text.template)
    return template.format(**{name: _value(name, value, language) for name, value in text.parameters.items()})


def _value(name: str, value: object, language: str) -> object:
    is_text = isinstance(value, Message) or (name in TEXT_PARAMETERS and isinstance(value, str))
    return translate(str(value), language) if is_text else value
