"""What models learn and are scored by: the parts of an annotation, or of a model's output, in typed form."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelkit.model_outputs import decode_runs

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class RegionTarget:
    """A region of a picture, in pixels.

    Attributes:
        label: Label id.
        geometry: Key of its geometry.
        box: Left, top, width and height: of a turned box before its turn, of others around them.
        angle: By which the box is turned, in degrees clockwise.
        keypoints: (k, 3) x, y and visibility as COCO has it; None where it has none.
        runs: Lengths of the runs of a mask in `box`, background first; None where it is no mask.
        score: Of a model's output, 0 to 1.
    """

    label: str
    geometry: str
    box: Box
    angle: float = 0.0
    keypoints: NDArray[np.float64] | None = None
    runs: list[int] | None = None
    score: float = 1.0

    @property
    def upright_box(self) -> Box:
        """Left, top, width and height around the box after its turn.

        >>> box = RegionTarget("cat", "box", (10, 10, 40, 20), angle=90).upright_box
        >>> [round(side, 6) for side in box]
        [20.0, 0.0, 20.0, 40.0]
        """
        x, y, w, h = self.box
        if not self.angle:
            return self.box
        cos, sin = abs(np.cos(np.deg2rad(self.angle))), abs(np.sin(np.deg2rad(self.angle)))
        width, height = float(w * cos + h * sin), float(w * sin + h * cos)
        return x + (w - width) / 2, y + (h - height) / 2, width, height

    @property
    def visible_keypoints(self) -> NDArray[np.float64]:
        """(n, 3) of the keypoints that are in the picture."""
        points = np.zeros((0, 3)) if self.keypoints is None else self.keypoints
        return points[points[:, 2] > 0]

    @property
    def area(self) -> tuple[slice, slice]:
        """Rows and columns of a mask's box."""
        x, y, w, h = (int(side) for side in self.box)
        return slice(y, y + h), slice(x, x + w)

    @property
    def bits(self) -> NDArray[np.bool_]:
        """(h, w) pixels of a mask in its box.

        >>> RegionTarget("cat", "mask", (5, 7, 2, 2), runs=[1, 3]).bits.tolist()
        [[False, True], [True, True]]
        """
        return decode_runs(self.runs or [], int(self.box[2]), int(self.box[3]))


@dataclass(frozen=True)
class SpanTarget:
    """A piece of a text from the code point `start` to the one before `end`; `score` is of a model's output."""

    label: str
    start: int
    end: int
    score: float = 1.0


def one_hot(label: str, labels: list[str]) -> NDArray[np.float64]:
    """(classes,) probabilities of a model that is sure.

    >>> one_hot("dog", ["cat", "dog"]).tolist()
    [0.0, 1.0]
    """
    return np.array([float(label == name) for name in labels])
