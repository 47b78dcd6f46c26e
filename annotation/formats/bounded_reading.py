"""Files of labels read with a bound on what one item of them may cost: parsers build an item as a whole.

The formats stream: a file may have any number of items. One that holds a single huge one, on purpose or by accident, is
refused before the parser builds it.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from annotation.formats.base import BadFormat
from plateau.http.json_numbers import MAX_VALUES

MAX_ITEM_BYTES = 64 * 1024 * 1024
MAX_ROW_BYTES = 16 * 1024 * 1024  # of a table
_PIECE = 1024 * 1024
_TEXTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_OPENING, _CLOSING, _COMMA = b"[{", b"]}", b","


def bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file with their ends.

    Raises:
        BadFormat: one is longer than 64 MiB.
    """
    number = 0
    while line := file.readline(MAX_ITEM_BYTES + 1):
        number += 1
        if len(line) > MAX_ITEM_BYTES:
            raise BadFormat(f"line {number} is longer than {MAX_ITEM_BYTES >> 20} MiB")
        yield line


class RowLines:
    """Lines for a reader of CSV, whose rows go on over many where quotation marks are open.

    Whoever gets a row sets `row_bytes` back to 0.
    """

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self.row_bytes = 0

    def __iter__(self) -> "RowLines":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.row_bytes += len(line)
        if self.row_bytes > MAX_ROW_BYTES:
            raise BadFormat(f"a row is longer than {MAX_ROW_BYTES >> 20} MiB; check the quotation marks")
        return line.decode()


def check_json_elements(file: BinaryIO, *, depth: int) -> BinaryIO:
    """The file, from its beginning, once no element within `depth` brackets has more values or bytes than are decoded.

    Brackets are counted and nothing is built, at some 100 MB a second.

    Raises:
        BadFormat: one has.
    """
    file.seek(0)
    level = values = size = 0
    rest = b""
    while piece := file.read(_PIECE):
        text = _TEXTS.sub(b"", rest + piece)
        begun = text.find(b'"')  # a text that goes on in the next piece
        rest = text[begun:] if begun >= 0 else b""
        signs = np.frombuffer(text[:begun] if begun >= 0 else text, dtype=np.uint8)
        signs = signs[np.isin(signs, np.frombuffer(_OPENING + _CLOSING + _COMMA, dtype=np.uint8))]
        opens = np.isin(signs, np.frombuffer(_OPENING, dtype=np.uint8))
        closes = np.isin(signs, np.frombuffer(_CLOSING, dtype=np.uint8))
        levels = level + np.cumsum(opens.astype(np.int64) - closes)
        counts = values + np.cumsum(~closes)
        ends = np.flatnonzero(levels <= depth)  # between two of these lies an element
        most = int(np.diff(counts[ends], prepend=0, append=counts[-1] if len(counts) else values).max())
        size = 0 if len(ends) else size + len(piece)
        if most > MAX_VALUES or size > MAX_ITEM_BYTES or len(rest) > MAX_ITEM_BYTES:
            raise BadFormat(
                f"an element of it has more than {MAX_VALUES:,} values or {MAX_ITEM_BYTES >> 20} MiB; split it"
            )
        if len(levels):
            level = int(levels[-1])
            values = int(counts[-1] - counts[ends[-1]]) if len(ends) else int(counts[-1])
    file.seek(0)
    return file


class MeteredFile:
    """A file for a parser that reads piece by piece; `read_bytes` is set back by whoever sees it come forward."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.read_bytes = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes.

        Raises:
            BadFormat: the parser read 64 MiB without coming forward.
        """
        piece = self._file.read(size)
        self.read_bytes += len(piece)
        if self.read_bytes > MAX_ITEM_BYTES:
            raise BadFormat(f"a single value or name in it has more than {MAX_ITEM_BYTES >> 20} MiB")
        return piece
