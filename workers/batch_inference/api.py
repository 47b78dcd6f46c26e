"""Routes of evaluations that a model's author sends."""

import io
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.snapshots.models import Snapshot, SnapshotState
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import Conflict, InvalidInput, NotFound, ProjectArchived
from plateau.http.openapi import document
from registry.model_versions.models import ModelVersion
from registry.model_versions.queries import evaluation_out
from registry.model_versions.schemas import EvaluationOut
from workers.runtime.evaluation import save_author_evaluation

MOST_BYTES = 64 * 1024 * 1024
FORM = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary", "description": "Parquet or CSV: item_id, label, confidence"},
            "snapshot_id": {"type": "integer"},
        },
        "required": ["file"],
    }
}


class VersionPredictions(Endpoint):
    """Answers of a model that is not run here."""

    scopes: ClassVar = {"POST": Scope.MODELS_WRITE}
    parser_classes = (MultiPartParser,)

    @document(
        summary="Judge a version by the answers that its author sends", body=FORM, out=EvaluationOut, status=201,
        errors=[NotFound, Conflict, ProjectArchived],
    )  # fmt: skip
    def post(self, request: Request, version_id: int) -> Response:
        """Marked as the author's word.

        Raises:
            InvalidInput: the file cannot be read, or an item has no answer.
            Conflict: there is no ready snapshot.
        """
        version = ModelVersion.objects.visible_to(self.actor).active(pk=version_id)
        ready = Snapshot.objects.filter(project_id=version.project_id, state=SnapshotState.READY)
        form: Any = request.data
        wanted = str(form.get("snapshot_id", ""))
        snapshot = ready.filter(pk=int(wanted)).first() if wanted.isdigit() and len(wanted) < 19 else None
        if not wanted:
            snapshot = ready.order_by("-version").first()
        if snapshot is None:
            raise Conflict("There is no such ready snapshot in this project.")
        predictions = read_predictions(request.FILES.get("file"))
        row = save_author_evaluation(
            version=version, snapshot=snapshot, predictions=predictions, created_by_id=self.actor.user_id or None
        )
        return Response(evaluation_out(row), status=201)


def read_predictions(file: Any) -> dict[int, tuple[str, float | None]]:
    """Item to label and confidence, from Parquet or CSV.

    Raises:
        InvalidInput: naming the column or row that is wrong.
    """
    if file is None or file.size > MOST_BYTES:
        raise _wrong("is missing" if file is None else "is larger than 64 MiB")
    data = file.read()
    try:
        table = pq.read_table(io.BytesIO(data)) if data[:4] == b"PAR1" else pyarrow.csv.read_csv(io.BytesIO(data))
        there = set(table.column_names)  # a name that is no text raises here
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _wrong(f"is neither Parquet nor CSV: {str(error)[:200]}") from error
    for column in ("item_id", "label"):
        if column not in there:
            raise _wrong(f"has no column {column}")
    names = [one for one in ("item_id", "label", "confidence") if one in there]
    answers: dict[int, tuple[str, float | None]] = {}
    for number, row in enumerate(table.select(names).to_pylist(), start=1):
        item, sure = row["item_id"], row.get("confidence")
        if not isinstance(item, int) or item in answers:
            raise _wrong(f"row {number}: item_id {item!r} is no number, or stands there twice")
        if sure is not None and not (isinstance(sure, int | float) and 0 <= sure <= 1):
            raise _wrong(f"row {number}: confidence {sure!r} is not between 0 and 1")
        answers[item] = (str(row["label"]), None if sure is None else float(sure))
    return answers


def _wrong(message: str) -> InvalidInput:
    return InvalidInput(f"file: {message}", [{"field": "file", "message": message}])
