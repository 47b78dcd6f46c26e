"""Small sets that every recipe must be able to learn, one for each kind."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from labelkit.geometries.mask import encode
from workers.recipes.base import Example, Run, annotated

LABELS = ["dark", "light", "never"]


@dataclass
class Recorder(Run):
    stop_after: int = 10**9
    steps: list = field(default_factory=list)

    def log(self, step: int, total: int, **values: float) -> None:
        self.steps.append((step, total, values))

    def stop_requested(self) -> bool:
        return len(self.steps) >= self.stop_after


def classification(folder: Path, count: int = 40) -> list[Example]:
    """Dark and light noise."""
    rng = np.random.default_rng(0)
    examples = []
    for index in range(count):
        dark = index % 2 == 0
        pixels = rng.integers(0, 90, (32, 32, 3)) + (0 if dark else 150)
        label = "dark" if dark else "light"
        examples.append(picture(folder, f"toy{index:060d}", pixels, "classification", {"label": label}))
    return examples


def picture(folder: Path, key: str, pixels, kind: str, annotation: dict) -> Example:
    path = folder / f"{key}.png"
    Image.fromarray(pixels.astype("uint8")).save(path)
    return annotated(kind, annotation, key=key, path=path)


def squares(folder: Path, kind: str, count: int = 30) -> list[Example]:
    """A bright square on a dark ground, or a dark one on a bright ground, at any place."""
    rng = np.random.default_rng(1)
    examples = []
    for index in range(count):
        label = "light" if index % 2 else "dark"
        side, size = int(rng.integers(26, 40)), (112, 96)
        x, y = (int(rng.integers(0, length - side)) for length in size)
        pixels = rng.integers(0, 40, (size[1], size[0], 3)) + (20 if label == "light" else 190)
        pixels[y : y + side, x : x + side] = 235 if label == "light" else 15
        region = {"id": "a", "label": label}
        if kind == "boxes":
            region |= {"shape": "box", "x": x, "y": y, "w": side, "h": side}
        elif kind == "masks":
            bits = np.zeros((size[1], size[0]), dtype=bool)
            bits[y : y + side, x : x + side] = True
            region |= encode(bits)
        else:
            corners = [[x, y, 2], [x + side, y, 2], [x + side, y + side, 2]]
            region |= {"shape": "skeleton", "points": [[min(a, 111.0), min(b, 95.0), v] for a, b, v in corners]}
        examples.append(picture(folder, f"{kind}{index:056d}", pixels, kind, {"regions": [region]}))
    return examples


GOOD = ["とても良い品です", "良い、また買います", "very good indeed", "good quality, good price"]
BAD = ["とても悪い品です", "悪い、もう買いません", "very bad indeed", "bad quality, bad price"]


def texts(count: int = 40) -> list[Example]:
    rng = np.random.default_rng(2)
    examples = []
    for index in range(count):
        good = index % 2 == 0
        text = f"{(GOOD if good else BAD)[index // 2 % 4]} {rng.integers(1000)}"
        label = "light" if good else "dark"
        examples.append(annotated("classification", {"label": label}, key=f"text{index}", text=text))
    return examples


def spans(count: int = 40) -> list[Example]:
    """Places in Japanese and English sentences."""
    places = ["東京", "大阪", "京都", "London", "Paris"]
    frames = ["昨日{}に行きました。", "{}は雨です。", "I live in {}, not far.", "{} is big."]
    examples = []
    for index in range(count):
        place, frame = places[index % 5], frames[index // 5 % 4]
        text = frame.format(place)
        start = text.index(place)
        value = {"spans": [{"id": "a", "label": "light", "start": start, "end": start + len(place)}], "relations": []}
        examples.append(annotated("spans", value, key=f"span{index}", text=text))
    return examples


def rows(kind: str, count: int = 60) -> list[Example]:
    rng = np.random.default_rng(3)
    examples = []
    for index in range(count):
        size, colour = float(rng.uniform(0, 10)), ["red", "blue"][int(rng.integers(2))]
        row = {"size": round(size, 2) if index % 9 else None, "colour": colour, "made": f"2026-01-{index % 28 + 1:02d}"}
        if kind == "row_number":
            number = 3 * (row["size"] or 5) + (10 if colour == "red" else 0)
            examples.append(annotated("number", {"number": number}, key=f"row{index}", row=row))
        else:
            label = "light" if (row["size"] or 5) > 5 else "dark"
            examples.append(annotated("classification", {"label": label}, key=f"row{index}", row=row))
    return examples


TOYS = (
    "classification", "boxes", "masks", "keypoints", "text_classification", "spans", "row_classification", "row_number"
)  # fmt: skip


def toy(kind: str, folder: Path) -> tuple[list[Example], list[str]]:
    """Examples and labels of a kind; the last label never occurs."""
    if kind == "classification":
        return classification(folder), LABELS
    if kind in ("boxes", "masks", "keypoints"):
        return squares(folder, kind), LABELS
    if kind == "text_classification":
        return texts(), LABELS
    if kind == "spans":
        return spans(), LABELS
    return rows(kind), [] if kind == "row_number" else LABELS
