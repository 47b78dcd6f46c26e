"""Upright boxes: `{"regions": [{"id", "label", "x", "y", "w", "h"}]}` in pixels of the upright picture."""

from typing import Annotated, Any

from plateau.kernel.errors import Invalid
from plateau.kernel.typed import Strict, parse
from pydantic import Field, StringConstraints


class Box(Strict):
    """Left upper corner and size, in pixels; the id is made by the client and stays with the region."""

    id: Annotated[str, StringConstraints(pattern=r"^[\w-]{1,40}$")]
    label: str
    x: float = Field(ge=0, le=1e6, allow_inf_nan=False)
    y: float = Field(ge=0, le=1e6, allow_inf_nan=False)
    w: float = Field(gt=0, le=1e6, allow_inf_nan=False)
    h: float = Field(gt=0, le=1e6, allow_inf_nan=False)


class Answer(Strict):
    """No box at all is an answer too."""

    regions: list[Box] = Field(max_length=20_000)


class Boxes:
    """Object boxes."""

    key = "boxes"
    label_path = "$.regions[*].label"

    def check(self, value: Any, *, labels: frozenset[str], width: int | None, height: int | None) -> dict[str, Any]:
        """See `Kind.check`; coordinates are kept to a hundredth of a pixel."""
        answer = parse(Answer, value)
        seen: set[str] = set()
        for number, box in enumerate(answer.regions):
            message = ""
            if box.label not in labels:
                message = f"there is no label {box.label!r} in this project"
            elif box.id in seen:
                message = f"two regions have the id {box.id!r}"
            elif width and height and (box.x + box.w > width + 0.01 or box.y + box.h > height + 0.01):
                message = f"the box leaves the picture ({width} × {height})"
            if message:
                field = f"value.regions.{number}"
                raise Invalid(f"{field}: {message}", [{"field": field, "message": message}])
            seen.add(box.id)
        return {"regions": [_rounded(box) for box in answer.regions]}

    def strata(self, value: dict[str, Any]) -> str:
        """None: a picture holds many labels."""
        return ""


def _rounded(box: Box) -> dict[str, Any]:
    numbers = {name: round(getattr(box, name), 2) for name in ("x", "y", "w", "h")}
    return {"id": box.id, "label": box.label, **numbers}
