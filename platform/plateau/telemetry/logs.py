"""Logs: one JSON object a line (`LOG_FORMAT=json`), or a line for people; never a secret."""

import logging
import re

from pythonjsonlogger.json import JsonFormatter

from plateau.telemetry.context import fields

HIDDEN = "[hidden]"
_SECRETS = re.compile(
    r"plt_[\w-]{20,}"  # tokens
    r"|whsec_[\w+/=-]{8,}"  # secrets of webhooks
    r"|(?<=[Bb]earer )[\w.~+/=-]{8,}|(?<=[Bb]asic )[\w+/=-]{8,}"  # what headers hold
    r"|(?<=/invitations/)[\w-]+/[\w-]+|(?<=/enter/)[\w-]+/[\w-]+"  # invitations, and those of 0.2.0
    r"|(?<=://)[^\s/:@]+:[^\s/@]+(?=@)"  # passwords in addresses
    r"|(?<=X-Amz-Signature=)\w+|(?<=sessionid=)\w+|(?<=csrftoken=)\w+"
    r"""|(?<=password)(["']?\s*[=:]\s*["']?)[^\s"',&}]+""",
    re.IGNORECASE,
)


# One of these is in whatever `_SECRETS` finds: to look for them costs each line a tenth of what the expression does.
_MARKS = (
    *("plt_", "whsec_", "bearer ", "basic ", "/invitations/", "/enter/", "://"),
    *("signature=", "sessionid=", "csrftoken=", "password"),
)


def hide(text: str) -> str:
    """The text without what would let its reader in."""
    folded = text.casefold()
    if not any(mark in folded for mark in _MARKS):
        return text
    return _SECRETS.sub(lambda match: (match[1] or "") + HIDDEN if match.lastindex else HIDDEN, text)


class LogContextFilter(logging.Filter):
    """Adds what the process is doing just now."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a line."""
        for name, value in fields().items():
            if not hasattr(record, name):
                setattr(record, name, value)
        return True


class JsonLogFormatter(JsonFormatter):
    """One object a line: time in UTC, level, logger, message, and what the process was doing."""

    def __init__(self) -> None:
        super().__init__(
            "%(levelname)s %(name)s %(message)s",
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "trace"},
            timestamp="at",
        )

    def format(self, record: logging.LogRecord) -> str:
        """Without secrets, whoever put them into the message."""
        return hide(super().format(record))


class TextFormatter(logging.Formatter):
    """For people: the same without braces."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line and, at its end, what the process was doing."""
        known = " ".join(f"{name}={value}" for name, value in fields().items())
        text = super().format(record)
        return hide(f"{text} [{known}]" if known else text)
