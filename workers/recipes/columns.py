"""Rows of tables as numbers: columns are told apart by what they hold, and moments become calendar features."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workers.recipes.base import Example

MAX_WORDS = 50  # words of a column that are told apart; the rest is one more
CALENDAR = 5


@dataclass(frozen=True)
class Column:
    """One column; `middle` and `scale` are of numbers, `words` of words."""

    name: str
    kind: Literal["number", "word", "moment"]
    middle: float = 0.0
    scale: float = 1.0
    words: list[str] = field(default_factory=list)


def parse_number(value: Any) -> float:
    """A number, or NaN."""
    if isinstance(value, bool):
        return float(value)
    try:
        return float(value) if value not in (None, "") else float("nan")
    except (TypeError, ValueError):
        return float("nan")


def parse_datetime(value: object) -> datetime | None:
    """A moment in ISO 8601, or None."""
    if not isinstance(value, str) or len(value) < 8:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def columns_of(examples: Sequence[Example]) -> list[Column]:
    """What the columns hold: numbers, else moments, where nine of ten values are; else words."""
    columns = []
    for name in dict.fromkeys(key for example in examples for key in example.row):
        values = [example.row.get(name) for example in examples]
        values = [value for value in values if value not in (None, "")]
        if not values:
            continue
        numbers = np.array([parse_number(value) for value in values])
        if np.isfinite(numbers).mean() >= 0.9:
            finite = numbers[np.isfinite(numbers)]
            columns.append(Column(name, "number", float(np.median(finite)), float(finite.std()) or 1.0))
        elif np.mean([parse_datetime(value) is not None for value in values]) >= 0.9:
            columns.append(Column(name, "moment"))
        else:
            counts = Counter(str(value)[:200] for value in values)
            words = sorted(counts, key=lambda word: (-counts[word], word))[:MAX_WORDS]
            columns.append(Column(name, "word", words=words))
    return columns


def _moment(value: object) -> list[float]:
    """Hour, weekday, day of the year, and days since 1970: NaN where it is none."""
    at = parse_datetime(value)
    if at is None:
        return [float("nan")] * CALENDAR
    hour = at.hour + at.minute / 60
    days = (at.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds() / 86400
    return [hour, float(at.weekday()), float(at.weekday() >= 5), float(at.timetuple().tm_yday), days]


def for_trees(examples: Sequence[Example], columns: Sequence[Column]) -> NDArray[np.float64]:
    """(n, features): NaN where unknown, words by their rank."""
    parts: list[NDArray[np.float64]] = [np.zeros((len(examples), 0))]
    for column in columns:
        values = [example.row.get(column.name) for example in examples]
        if column.kind == "number":
            parts.append(np.array([[parse_number(value)] for value in values]).reshape(-1, 1))
        elif column.kind == "moment":
            parts.append(np.array([_moment(value) for value in values]).reshape(-1, CALENDAR))
        else:
            rank = {word: float(number) for number, word in enumerate(column.words)}
            ranks = [rank.get(str(value)[:200], float("nan")) for value in values]
            parts.append(np.array(ranks).reshape(-1, 1))
    return np.concatenate(parts, axis=1)


def for_lines(examples: Sequence[Example], columns: Sequence[Column]) -> NDArray[np.float64]:
    """(n, features): numbers standardized with a mark where they are unknown, words and calendar one-hot."""
    parts: list[NDArray[np.float64]] = [np.zeros((len(examples), 0))]
    for column in columns:
        values = [example.row.get(column.name) for example in examples]
        if column.kind == "number":
            numbers = np.array([parse_number(value) for value in values])
            unknown = ~np.isfinite(numbers)
            scaled = (np.where(unknown, column.middle, numbers) - column.middle) / column.scale
            parts.append(np.stack([np.clip(scaled, -10, 10), unknown], axis=1))
        elif column.kind == "moment":
            parts.append(_calendar_one_hot(values))
        else:
            index = {word: number for number, word in enumerate(column.words)}
            table = np.zeros((len(examples), len(column.words) + 1))
            table[np.arange(len(values)), [index.get(str(value)[:200], len(index)) for value in values]] = 1
            parts.append(table)
    return np.concatenate(parts, axis=1)


def _calendar_one_hot(values: Sequence[object]) -> NDArray[np.float64]:
    """(n, 24 + 7 + 3): hour, weekday, and slow trend and year."""
    table = np.zeros((len(values), 34))
    for row, value in enumerate(values):
        hour, weekday, _, day, days = _moment(value)
        if not np.isfinite(hour):
            continue
        table[row, int(hour)] = 1
        table[row, 24 + int(weekday)] = 1
        table[row, 31:] = [np.sin(2 * np.pi * day / 365.25), np.cos(2 * np.pi * day / 365.25), (days - 18262) / 3650]
    return table


def columns_as_json(columns: Sequence[Column]) -> list[dict[str, object]]:
    """As they are saved with a model."""
    return [asdict(column) for column in columns]


def columns_from_json(rows: list[dict[str, Any]]) -> list[Column]:
    """The columns that `columns_as_json` gave."""
    return [Column(**row) for row in rows]


def targets_of(examples: Sequence[Example], labels: list[str]) -> NDArray[Any]:
    """(n,) places of labels, or numbers where there are no labels."""
    if not labels:
        return np.array([example.target for example in examples])
    index = {label: number for number, label in enumerate(labels)}
    return np.array([index[example.target] for example in examples], dtype=np.int64)
