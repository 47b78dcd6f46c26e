"""The character NUL, which PostgreSQL keeps in no text and no JSON: refused where it comes in."""


def json_holds_nul(text: bytes, value: object) -> bool:
    """The same of `value`, parsed from `text`: looked through only where the text has the escape at all."""
    return b"\\u0000" in text and holds_nul(value)


def holds_nul(value: object) -> bool:
    """True where a text in parsed JSON, at any depth, a key or a value, holds U+0000."""
    waiting: list[object] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            if "\x00" in item:
                return True
        elif isinstance(item, dict):
            waiting += item.keys()
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return False
