"""Tasks from lists of addresses (bare SQL, no pixels read) and from files (through the data lake)."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection, transaction
from plateau.audit.services import record
from plateau.datalake import services as datalake
from plateau.kernel.errors import Invalid
from plateau.kernel.scopes import Actor

from annotation.labeling.schemas import ImportOut
from annotation.labeling.services import sync_tasks
from annotation.projects.models import Project

MAX_ERRORS = 50
_INSERT = """
INSERT INTO datalake_item (dataset_id, uri, name, meta, created_at)
SELECT %s, u, n, m::jsonb, now() FROM unnest(%s::text[], %s::text[], %s::text[]) AS rows(u, n, m)
ON CONFLICT DO NOTHING
"""


def _read(body: bytes) -> tuple[list[str], list[str], list[str]]:
    """Columns uri, name, meta.

    Raises:
        Invalid: with the numbers of up to 50 wrong lines.
    """
    uris: list[str] = []
    names: list[str] = []
    metas: list[str] = []
    errors: list[dict[str, str]] = []
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not line.strip():
            continue
        problem = ""
        try:
            row: Any = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            row, problem = None, f"is not JSON: {error}"
        uri = row.get("uri") if isinstance(row, dict) else None
        meta = row.get("meta", {}) if isinstance(row, dict) else None
        if not problem and not isinstance(row, dict):
            problem = 'must be an object such as {"uri": "…", "meta": {}}'
        elif not problem and not (isinstance(uri, str) and 0 < len(uri) <= 2000 and "\x00" not in uri):
            problem = "`uri` must be a text of 1 to 2000 characters"
        elif not problem and not str(uri).startswith(("https://", "http://", "storage:")):
            problem = "`uri` must begin with https://, http:// or storage:"
        elif not problem and not isinstance(meta, dict):
            problem = "`meta` must be an object"
        text = orjson.dumps(meta).decode()
        if not problem and "\\u0000" in text:
            problem = "`meta` holds a NUL character"
        if problem:
            errors.append({"field": f"line {number}", "message": problem})
            if len(errors) == MAX_ERRORS:
                break
            continue
        uris.append(str(uri))
        names.append(str(uri).rsplit("/", 1)[-1][:500] or str(uri)[:500])
        metas.append(text)
    if errors:
        raise Invalid(f"{errors[0]['field']} {errors[0]['message']}; nothing was imported.", errors)
    if not uris:
        raise Invalid("The body has no lines.", [{"field": "body", "message": "has no lines"}])
    return uris, names, metas


@transaction.atomic
def import_lines(*, actor: Actor, project: Project, body: bytes) -> ImportOut:
    """All lines or none.

    Raises:
        Invalid: a line is wrong; the message names it.
    """
    uris, names, metas = _read(body)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [project.dataset_id, uris, names, metas])
        added = cursor.rowcount
    sync_tasks(project.dataset_id)
    record(actor=actor, action="tasks.imported", subject=project, added=added)
    return ImportOut(added=added, already_there=len(uris) - added)


def import_files(*, actor: Actor, project: Project, files: Sequence[Any]) -> ImportOut:
    """Start an upload with these files; its items become tasks when it is done."""
    batch = datalake.open_batch(actor=actor, dataset=project.dataset)
    for file in files:
        datalake.stage_file(batch=batch, name=file.name or "", file=file)
    batch = datalake.start_batch(actor=actor, batch=batch)
    return ImportOut(added=0, already_there=0, batch_id=batch.pk, job_id=batch.job_id)
