"""Logs: one JSON object a line (`LOG_FORMAT=json`), or a line for people; never a secret."""

import logging
import re
import unicodedata

from pythonjsonlogger.json import JsonFormatter

from plateau.telemetry.context import fields

HIDDEN = "[hidden]"
_SECRETS = re.compile(
    r"plt_[\w-]{20,}"  # tokens
    r"|whsec_[\w+/=-]{8,}"  # secrets of webhooks
    r"|(?<=[Bb]earer )[\w.~+/=-]{8,}|(?<=[Bb]asic )[\w+/=-]{8,}"  # what headers hold
    r"|(?<=/invitations/)[\w-]+/[\w-]+|(?<=/enter/)[\w-]+/[\w-]+"  # invitations, and those of 0.2.0
    r"|(?<=://)[^\s/:@]*:[^\s/@]+(?=@)"  # passwords in addresses
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


# What a terminal obeys, what breaks or reorders a line, and what nobody sees: categories of Unicode.
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def escape_controls(text: str) -> str:
    """The text in one line that says of each control character, line break, and bidi override which it is."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _NAMED.get(letter) or f"\\u{{{ord(letter):x}}}" if unicodedata.category(letter) in _UNPRINTABLE else letter
        for letter in text
    )


class TextFormatter(logging.Formatter):
    """For people: the same without braces.

    A record begins at the start of a line; what is below it, a traceback, stands behind a bar. Text of others can
    forge neither: whatever it holds is escaped.
    """

    BAR = "  | "

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line, at its end what the process was doing, and below it the traceback."""
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        known = " ".join(f"{name}={value}" for name, value in fields().items())
        line = escape_controls(hide(self.formatMessage(record) + (f" [{known}]" if known else "")))
        # Not `record.exc_text`: another handler's formatter may have left its own there.
        below = [self.formatException(record.exc_info)] if record.exc_info and record.exc_info[0] else []
        if record.stack_info:
            below.append(self.formatStack(record.stack_info))
        rest = [self.BAR + escape_controls(row) for text in below for row in hide(text).split("\n")]
        return "\n".join([line, *rest])
