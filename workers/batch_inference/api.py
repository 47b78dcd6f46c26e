"""Endpoint of evaluations from predictions that a model's author sends."""

import io
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.snapshots.models import Snapshot, SnapshotState
from labelkit.messages import in_field
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import InvalidInput, NotFound, ProjectArchived
from plateau.http.openapi import document
from registry.model_versions.errors import NoReadySnapshot
from registry.model_versions.models import ModelVersion
from registry.model_versions.queries import evaluation_out
from registry.model_versions.schemas import EvaluationOut
from workers.runtime.evaluation import save_author_evaluation

MAX_FILE_BYTES = 64 * 1024 * 1024
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
    """Predictions of a model that is not run here."""

    scopes: ClassVar = {"POST": Scope.MODELS_WRITE}
    parser_classes = (MultiPartParser,)

    @document(
        summary="Evaluate a version by predictions that its author sends", body=FORM, out=EvaluationOut, status=201,
        errors=[NotFound, InvalidInput, NoReadySnapshot, ProjectArchived],
    )  # fmt: skip
    def post(self, request: Request, version_id: int) -> Response:
        """The evaluation is marked as predicted by the author.

        Raises:
            InvalidInput: the file cannot be read, or an item has no prediction.
            NoReadySnapshot: the project has none, or not the one with this id.
        """
        version = ModelVersion.objects.visible_to(self.actor).get_active(pk=version_id)
        ready = Snapshot.objects.filter(project_id=version.project_id, state=SnapshotState.READY)
        form: Any = request.data
        snapshot_id = str(form.get("snapshot_id", ""))
        snapshot = (
            ready.filter(pk=int(snapshot_id)).first() if snapshot_id.isdigit() and len(snapshot_id) < 19 else None
        )
        if not snapshot_id:
            snapshot = ready.order_by("-version").first()
        if snapshot is None:
            raise NoReadySnapshot("This project has no such snapshot that is ready.")
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
    if file is None or file.size > MAX_FILE_BYTES:
        raise _invalid_file("is missing" if file is None else "is larger than 64 MiB")
    data = file.read()
    try:
        table = pq.read_table(io.BytesIO(data)) if data[:4] == b"PAR1" else pyarrow.csv.read_csv(io.BytesIO(data))
        columns = set(table.column_names)  # a name that is no text raises here
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _invalid_file(f"is neither Parquet nor CSV: {str(error)[:200]}") from error
    for column in ("item_id", "label"):
        if column not in columns:
            raise _invalid_file(f"has no column {column}")
    names = [name for name in ("item_id", "label", "confidence") if name in columns]
    predictions: dict[int, tuple[str, float | None]] = {}
    for number, row in enumerate(table.select(names).to_pylist(), start=1):
        item_id, confidence = row["item_id"], row.get("confidence")
        if not isinstance(item_id, int) or item_id in predictions:
            raise _invalid_file(f"row {number}: item_id {item_id!r} is not an integer, or occurs twice")
        if confidence is not None and not (isinstance(confidence, int | float) and 0 <= confidence <= 1):
            raise _invalid_file(f"row {number}: confidence {confidence!r} is not between 0 and 1")
        predictions[item_id] = (str(row["label"]), None if confidence is None else float(confidence))
    return predictions


def _invalid_file(message: str) -> InvalidInput:
    return InvalidInput(in_field("file", message), [{"field": "file", "message": message}])
