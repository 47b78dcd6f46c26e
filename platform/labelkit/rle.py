"""Masks as runs, worked on without their pixels: a mask of a few runs costs a few numbers, however large its box.

A mask is a box of `width` columns and, row by row, the lengths of its runs, background first. In between it is `Lines`:
pieces of rows. Pure numpy.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_PIXELS = 100_000_000  # of a picture, and so of a mask on it
MAX_LINES = 5_000_000  # rows and runs of all masks of an annotation: 600 masks on all of 8,000 rows; a second's work
BAND = 4_000_000  # pixels that are unpacked at once
Whole = NDArray[np.int64]
Bits = NDArray[np.bool_]


@dataclass(frozen=True)
class Lines:
    """Set pixels as pieces of rows, in reading order, none touching another: row, first column, column after the last.

    A piece may go on in the next row; within a row pieces stand apart.
    """

    rows: Whole
    starts: Whole
    ends: Whole

    @property
    def area(self) -> int:
        """Pixels."""
        return int((self.ends - self.starts).sum())

    def moved(self, x: int, y: int) -> "Lines":
        """The same, so far to the right and down."""
        return Lines(self.rows + y, self.starts + x, self.ends + x)

    def clipped(self, width: int, height: int) -> "Lines":
        """What lies within the columns from 0 to `width` and the rows from 0 to `height`."""
        starts, ends = self.starts.clip(0, width), self.ends.clip(0, width)
        is_inside = (starts < ends) & (self.rows >= 0) & (self.rows < height)
        return Lines(self.rows[is_inside], starts[is_inside], ends[is_inside])


def lines_of(runs: Sequence[int], width: int) -> Lines:
    """The pieces of rows of a mask."""
    ends = np.cumsum(np.asarray(runs, dtype=np.int64))
    return _in_rows(ends[:-1:2][: len(ends) // 2], ends[1::2], width)


def _in_rows(starts: Whole, ends: Whole, width: int) -> Lines:
    """Pieces of rows of stretches of pixels that are numbered row by row; empty stretches, and seams, are left out."""
    starts, ends = _joined(starts, ends)
    first, last = starts // width, (ends - 1) // width
    number = last - first + 1
    which = np.repeat(np.arange(len(starts)), number)
    rows = first[which] + np.arange(len(which)) - np.repeat(np.cumsum(number) - number, number)
    lefts = np.maximum(starts[which] - rows * width, 0)
    return Lines(rows, lefts, np.minimum(ends[which] - rows * width, width))


def _joined(starts: Whole, ends: Whole) -> tuple[Whole, Whole]:
    """Stretches in order, without empty ones; those that touch are one."""
    is_not_empty = starts < ends
    if not is_not_empty.all():
        starts, ends = starts[is_not_empty], ends[is_not_empty]
    if len(starts) < 2:
        return starts, ends
    apart = starts[1:] > ends[:-1]
    if apart.all():
        return starts, ends
    return starts[np.concatenate([[True], apart])], ends[np.concatenate([apart, [True]])]


def runs_in(lines: Lines, width: int, height: int) -> list[int]:
    """The runs of pieces of rows in a picture of this size, which they do not leave."""
    return _runs(lines.rows * width + lines.starts, lines.rows * width + lines.ends, width * height)


def _runs(starts: Whole, ends: Whole, pixels: int) -> list[int]:
    starts, ends = _joined(starts, ends)
    edges = np.empty(2 * len(starts) + 1, dtype=np.int64)
    edges[:-1:2], edges[1::2], edges[-1] = starts, ends, pixels
    runs = np.diff(edges, prepend=0).tolist()
    return list(runs if runs[-1] or len(runs) == 1 else runs[:-1])


def normal(runs: Sequence[int], pixels: int) -> list[int]:
    """The same mask without runs of length 0 but the first."""
    ends = np.cumsum(np.asarray(runs, dtype=np.int64))
    return _runs(ends[:-1:2][: len(ends) // 2], ends[1::2], pixels)


def tight(lines: Lines) -> tuple[int, int, int, int]:
    """The box around the pieces: x, y, width, height.

    Raises:
        ValueError: there are none.
    """
    if not len(lines.rows):
        raise ValueError("the mask is empty")
    x, y = int(lines.starts.min()), int(lines.rows[0])
    return x, y, int(lines.ends.max()) - x, int(lines.rows[-1]) + 1 - y


def shared(first: Lines, second: Lines) -> int:
    """Pixels that both have."""
    if not len(first.rows) or not len(second.rows):
        return 0
    wide = int(max(first.ends.max(), second.ends.max())) + 1  # so that no piece touches one of the next row
    (starts, ends), (left, right) = (
        (lines.rows * wide + lines.starts, lines.rows * wide + lines.ends) for lines in (first, second)
    )
    before = np.concatenate([[0], np.cumsum(right - left)])

    def covered(places: Whole) -> Whole:
        """Pixels of the other before each place."""
        index = np.searchsorted(left, places, side="right")
        last = np.maximum(index - 1, 0)
        beyond = np.where(index > 0, np.maximum(right[last] - places, 0), 0)
        return np.asarray(before[index] - beyond)

    return int((covered(ends) - covered(starts)).sum())


def most_of(every: Sequence[Lines]) -> Lines:
    """The pixels that more than half of the masks have."""
    wide = max((int(lines.ends.max()) for lines in every if len(lines.ends)), default=1) + 1
    starts = np.concatenate([lines.rows * wide + lines.starts for lines in every])
    ends = np.concatenate([lines.rows * wide + lines.ends for lines in every])
    places = np.concatenate([starts, ends])
    order = np.argsort(places, kind="stable")
    places = places[order]
    depth = np.cumsum(np.concatenate([np.ones(len(starts), np.int64), -np.ones(len(ends), np.int64)])[order])
    enough = depth[:-1] * 2 > len(every)
    return _in_rows(places[:-1][enough], places[1:][enough], wide)


def bands(lines: Lines, width: int, height: int) -> Iterator[tuple[int, Bits]]:
    """The pixels of a picture, a band of rows at a time: the first row of each, and (rows, width) pixels."""
    step = max(1, BAND // max(1, width))
    for top in range(0, height, step):
        rows = min(step, height - top)
        a, b = np.searchsorted(lines.rows, [top, top + rows])
        change = np.zeros((rows, width + 1), dtype=np.int8)
        at = lines.rows[a:b] - top
        change[at, lines.starts[a:b]] = 1
        change[at, lines.ends[a:b]] = -1
        yield top, np.cumsum(change[:, :-1], axis=1, dtype=np.int8).astype(bool)


def turned(lines: Lines) -> Lines:
    """Rows as columns and columns as rows."""
    parts = list(turned_bands(lines)) or [lines]
    return Lines(*(np.concatenate([getattr(lines, key) for lines in parts]) for key in ("rows", "starts", "ends")))


def turned_bands(lines: Lines) -> Iterator[Lines]:
    """Rows as columns and columns as rows, a band of columns at a time: what is few runs by rows may be many so."""
    if not len(lines.rows):
        return
    x, y, width, height = tight(lines)
    step = max(1, BAND // height)
    for left in range(x, x + width, step):
        columns = min(step, x + width - left)
        here = lines.moved(-left, -y).clipped(columns, height)
        change = np.zeros((height, columns + 1), dtype=np.int8)
        change[here.rows, here.starts] = 1
        change[here.rows, here.ends] = -1
        bits = np.zeros((columns, height + 2), dtype=np.int8)
        bits[:, 1:-1] = np.cumsum(change[:, :-1], axis=1, dtype=np.int8).T
        edges = np.diff(bits, axis=1)
        row, start = np.nonzero(edges == 1)
        yield Lines(row + left, start + y, np.nonzero(edges == -1)[1] + y)


def runs_of_bands(bands: Iterable[Lines], width: int, height: int) -> Iterator[list[int]]:
    """What `runs_in` gives of all of them, piece by piece; at least one piece."""
    at, held = 0, (np.empty(0, np.int64), np.empty(0, np.int64))
    for lines in bands:
        starts, ends = lines.rows * width + lines.starts, lines.rows * width + lines.ends
        starts, ends = _joined(np.concatenate([held[0], starts]), np.concatenate([held[1], ends]))
        held = starts[-1:], ends[-1:]  # the next band may go on where this one ends
        if len(starts) > 1:
            yield np.diff(np.stack([starts[:-1], ends[:-1]], axis=1).ravel(), prepend=at).tolist()
            at = int(ends[-2])
    rest = [*(int(ends[0]) for ends in held if len(ends)), width * height]
    runs = np.diff(rest, prepend=at).tolist()
    yield list(runs if runs[-1] or len(runs) == 1 else runs[:-1])
