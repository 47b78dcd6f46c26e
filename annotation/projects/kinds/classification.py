"""One label for the whole picture: `{"label": "shirt"}`."""

from typing import Any

from plateau.kernel.errors import Invalid
from plateau.kernel.typed import Strict, parse


class Answer(Strict):
    """The chosen label's id."""

    label: str


class Classification:
    """Single-label image classification."""

    key = "classification"
    label_path = "$.label"

    def check(self, value: Any, *, labels: frozenset[str], width: int | None, height: int | None) -> dict[str, Any]:
        """See `Kind.check`."""
        answer = parse(Answer, value)
        if answer.label not in labels:
            message = f"there is no label {answer.label!r} in this project"
            raise Invalid(f"value.label: {message}", [{"field": "value.label", "message": message}])
        return {"label": answer.label}

    def strata(self, value: dict[str, Any]) -> str:
        """The label."""
        return str(value["label"])
