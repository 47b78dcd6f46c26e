"""The worst of each kind of input costs no more than a bound: refused by its size, or worked on piece by piece."""

import io
import json
import os
import re
import resource
import struct
import tracemalloc
import uuid
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from PIL import Image

from annotation.formats import bounded_reading
from annotation.formats import queries as format_queries
from annotation.formats.base import BadFormat, ExportData, ExportRow, ImportSource
from annotation.formats.catalog import FORMATS
from annotation.labeling import aggregation, queue, services
from annotation.labeling.models import Draft, Task
from annotation.labeling.tests.factories import AnnotationFactory
from annotation.projects.models import Project
from annotation.quality import queries as quality_queries
from labelkit.annotations.base import Schema
from labelkit.annotations.regions import REGION_TYPES
from labelkit.geometries import Frame
from labelkit.media import UnreadableFile
from labelkit.media.image import ImageMedia
from labelkit.validation import InvalidValue
from plateau.datalake import lines, sources
from plateau.datalake.models import Dataset, Item
from plateau.http import json_numbers, paging
from plateau.http.errors import ContentTooLarge
from plateau.http.rendering import MAX_ANNOTATION_BYTES, read_body
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.jobs.models import Job
from plateau.storage import archives

MIB = 1024 * 1024
LIMITS = sources.Limits(file_bytes=200 * MIB, zip_entries=200_000, zip_bytes=20 << 30)
MASKS = next(kind for kind in REGION_TYPES if kind.key == "masks")
SCHEMA = Schema.of(1, [{"id": "pear", "name": "Pear"}], [])
LABELS = [{"id": "pear", "name": "Pear", "color": "#112233", "skeleton": None}]


def traced(work: Callable[[], object]) -> int:
    """The most bytes that Python and numpy held at a time."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def resident(work: Callable[[], object]) -> int:
    """The most bytes that a child took beside what it was forked with: Pillow's memory is not Python's."""
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            work()
        finally:
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            os.write(writer, str(grown * 1024).encode())
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as result:
        return int(result.read())


# JSON


@pytest.mark.parametrize("piece", [b"[],", b"{},", b'{"a":1},', b"1,"])
def test_json_of_too_many_values_is_not_decoded(piece):
    body = b"[" + piece * (4_000_000 // piece.count(b",")) + b"0]"

    def work() -> None:
        with pytest.raises(json_numbers.TooManyValues):
            json_numbers.loads(body)

    assert traced(work) < MIB


def test_json_of_as_many_values_as_are_taken_stays_in_memory():
    assert traced(lambda: json_numbers.loads(b"[" + b"[]," * 200_000 + b"0]")) < 40 * MIB


class Endless(io.RawIOBase):
    """A body that goes on for ever."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size < 65 * MIB
        self.given += size
        return b" " * size


def test_no_body_is_read_beyond_what_its_view_takes():
    for view, most in ((None, MIB), (SimpleNamespace(max_body_bytes=MAX_ANNOTATION_BYTES), 16 * MIB)):
        body = Endless()
        with pytest.raises(ContentTooLarge):
            read_body(body, {"view": view})
        assert body.given == most + 1


def test_a_body_that_is_too_large_is_413(people, make_project):
    project = make_project(items=1)
    task = Task.objects.get(project=project)
    client = people.client()
    for path, size in (
        (f"projects/{project.pk}/", 2),
        (f"tasks/{task.pk}/draft/", 17),
        (f"tasks/{task.pk}/review/", 17),
    ):
        body = json.dumps({"value": {"label": " " * (size * MIB)}})
        method = client.patch if size == 2 else client.put if "draft" in path else client.post
        answer = method(f"/api/v1/{path}", body, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (413, "content_too_large"), path
    many = client.put(
        f"/api/v1/tasks/{task.pk}/draft/", b'{"value":[' + b"[]," * 2_000_000 + b"0]}", "application/json"
    )
    assert (many.status_code, many.json()["code"]) == (413, "content_too_large")


# Items


@pytest.mark.parametrize(
    "line",
    [
        {"uri": "https://a.example/a.png", "meta": {"a": "x" * 70_000}},
        {"text": "a", "meta": {str(n): n for n in range(10_000)}},
        {"row": {"a": "x" * 300_000}},
    ],
)
def test_what_is_said_of_an_item_has_a_bound(line):
    with pytest.raises(UnreadableFile, match="is larger than"):
        lines.entry_of_line(json.dumps(line).encode())


@pytest.mark.parametrize(
    ("name", "head", "piece", "reason"),
    [
        ("open.csv", b'a,b\n"', b'x\n","', "The row is longer than"),
        ("wide.csv", b"", b"a,", "The line is longer"),
        ("wide2.csv", b"a," * 9000 + b"a\n", b"a\n", "more than 2,000 columns"),
        ("long.jsonl", b"", b"[],", "The line is longer"),
    ],
)
def test_tables_and_lists_are_not_kept_in_memory(monkeypatch, name, head, piece, reason):
    monkeypatch.setattr(sources, "MAX_LINE", MIB)
    data = head + piece * (9 * MIB // len(piece))
    found: list[lines.Entry] = []
    assert traced(lambda: found.extend(sources.entries(name, io.BytesIO(data), limits=LIMITS))) < 25 * MIB
    assert any(entry.refused and re.search(reason, entry.refused.message) for entry in found)


def test_a_zip_whose_directory_is_large_is_refused_without_being_read():
    name = b"a" * 65_000
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0) + name
    count = 70 * MIB // len(entry)
    data = io.BytesIO(entry * count + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(entry) * count, 0, 0))

    def work() -> None:
        with pytest.raises(archives.TooLarge, match="directory"):
            archives.open_zip(data, max_entries=200_000)

    assert traced(work) < MIB


def test_a_zip_that_unpacks_to_much_more_than_its_size_is_refused(monkeypatch):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.bmp", bytes(MIB))
    assert archives.open_zip(out, max_entries=9)
    monkeypatch.setattr(archives, "_FREE_BYTES", MIB)
    with pytest.raises(archives.TooLarge, match="200 times its size"):
        archives.open_zip(out, max_entries=9)


@pytest.mark.parametrize(("mode", "bytes_of_pixel"), [("RGBA", 13), ("LA", 14), ("P", 11), ("F", 20)])
def test_a_picture_takes_so_many_bytes_for_each_pixel(mode, bytes_of_pixel):
    out, side = io.BytesIO(), 3000
    Image.new(mode, (side, side)).save(out, "TIFF" if mode == "F" else "PNG")
    assert resident(lambda: ImageMedia().probe(out.getvalue())) < bytes_of_pixel * side * side + 20 * MIB


def test_a_small_picture_in_huge_tiles_is_refused(tmp_path):
    """The tile would be unpacked as a whole."""
    packed = zlib.compress(bytes(1000))
    tags = {256: 10, 257: 10, 258: 8, 259: 8, 262: 1, 277: 1, 322: 32_768, 323: 32_768, 324: 0, 325: len(packed)}
    tags[324] = 8 + 2 + 12 * len(tags) + 4
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    data = b"II*\0" + struct.pack("<IH", 8, len(tags)) + rows + bytes(4) + packed

    def work() -> None:
        with pytest.raises(UnreadableFile, match="tiles"):
            ImageMedia().probe(data)

    assert resident(work) < 50 * MIB


# Masks


def mask(w: int, h: int, rle: list[int] | None = None, number: int = 0) -> dict:
    return {
        "id": f"m{number}",
        "label": "pear",
        "shape": "mask",
        "x": 0,
        "y": 0,
        "w": w,
        "h": h,
        "rle": rle or [0, w * h],
    }


HUGE = {"regions": [mask(10_000, 10_000)]}


@pytest.mark.parametrize(
    "value", [{"regions": [mask(30_000, 30_000)]}, {"regions": [mask(1, 99_000, number=n) for n in range(60)]}]
)
def test_masks_beyond_a_picture_or_of_too_many_rows_are_refused(value):
    with pytest.raises(InvalidValue):
        MASKS.validate(value, schema=SCHEMA, frame=Frame())


def exported(fmt: str) -> Callable[[], object]:
    row = ExportRow(1, 1, "a.png", "", "", None, 10_000, 10_000, {}, HUGE, "", datetime(2026, 1, 2, tzinfo=UTC), 1)
    return lambda: sum(map(len, FORMATS[fmt].write(ExportData("J", "masks", [row], LABELS))))


@pytest.mark.parametrize(
    ("work", "most"),
    {
        "validate": (lambda: MASKS.validate(HUGE, schema=SCHEMA, frame=Frame()), 8),
        "similarity": (lambda: MASKS.similarity(HUGE, HUGE), 16),
        "consensus": (lambda: MASKS.find_consensus([HUGE, HUGE, HUGE]), 16),
        "difference": (lambda: MASKS.differences(HUGE, HUGE), 16),
        "sketch": (lambda: MASKS.sketch(HUGE), 8),
        "jsonl": (exported("jsonl"), 8),
        "coco": (exported("coco"), 130),  # a band of columns
        "cvat": (exported("cvat"), 8),
        "label_studio": (exported("label_studio"), 8),
    }.values(),
)
def test_a_mask_of_a_few_runs_costs_little_however_large_it_is(work, most):
    assert traced(work) < most * MIB


# Files of labels


def read(fmt: str, data: bytes, kind: str = "boxes") -> list:
    return list(FORMATS[fmt].checked_items(ImportSource(io.BytesIO(data), kind, [])))


HEAVY = b'{"image_id":1,"category_id":1,"bbox":[1,1,1,1],"note":[' + b"[]," * 1_600_000 + b"0]}"


@pytest.mark.parametrize(
    ("fmt", "data"),
    {
        "coco": b'{"categories":[],"images":[],"annotations":[' + HEAVY + b"]}",
        "label_studio": b"[" + HEAVY + b"]",
        "jsonl": HEAVY + b"\n",
        "spacy": HEAVY + b"\n",
    }.items(),
)
def test_an_item_of_too_many_values_is_refused_before_it_is_built(fmt, data):
    def work() -> None:
        with pytest.raises(BadFormat, match="2,500,000 values"):
            read(fmt, data, "spans" if fmt == "spacy" else "boxes")

    assert traced(work) < 60 * MIB


@pytest.mark.parametrize("fmt", ["jsonl", "conll", "csv", "cvat", "coco"])
def test_a_single_line_text_or_name_has_a_bound(monkeypatch, fmt):
    for name in ("MAX_ITEM_BYTES", "MAX_ROW_BYTES"):
        monkeypatch.setattr(bounded_reading, name, 2 * MIB)
    monkeypatch.setattr("annotation.formats.spans._MAX_BLOCK_BYTES", 2 * MIB)
    data = {
        "jsonl": b"x" * (5 * MIB),
        "conll": b"a\tO\n" * MIB,
        "csv": b'name,label\n"' + b'x\n","' * MIB,
        "cvat": b'<annotations><image id="0" name="' + b"x" * (5 * MIB) + b'"/></annotations>',
        "coco": b'{"categories":[{"name":"' + b"x" * (5 * MIB) + b'"}]}',
    }[fmt]
    with pytest.raises(BadFormat, match="MiB"):
        read(fmt, data, {"conll": "spans", "csv": "classification"}.get(fmt, "boxes"))


def test_an_image_of_too_many_elements_is_refused(monkeypatch):
    monkeypatch.setattr("annotation.formats.cvat._MAX_ELEMENTS", 1000)
    image = b'<image id="0" name="a.png">' + b'<box label="a"/>' * 2000 + b"</image>"
    with pytest.raises(BadFormat, match="more than 1,000 elements"):
        read("cvat", b"<annotations>" + image + b"</annotations>")


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_brackets_are_counted_across_pieces_and_not_in_texts(monkeypatch, piece):
    monkeypatch.setattr(bounded_reading, "_PIECE", piece)
    monkeypatch.setattr(bounded_reading, "MAX_VALUES", 6)
    light = rb'[{"a":"[[[[,,,,{{{\"]"}, {"b":[1,2,3]}, "\\", ",,,,,,,,,", {"c":{"d":[]}}, 1,2,3,4,5,6,7]'
    assert bounded_reading.check_json_elements(io.BytesIO(light), depth=1).read() == light
    with pytest.raises(BadFormat):
        bounded_reading.check_json_elements(io.BytesIO(light.replace(b"[1,2,3]", b"[1,2,3,4,5,6]")), depth=1)


# Pages, reports, exports


def walk(client, path: str) -> list[int]:
    """How many rows each page has."""
    counts, cursor = [], ""
    while cursor is not None:
        answer = client.get(f"/api/v1/{path}{'&' if '?' in path else '?'}limit=10{cursor}").json()
        counts.append(len(answer["results"]))
        cursor = f"&cursor={answer['next']}" if answer["next"] else None
    return counts


@pytest.fixture
def heavy_tasks(people, make_project) -> Project:
    """Five tasks of which each resolved label is a hundred kilobytes, and so are their items' metadata."""
    project = make_project(items=5)
    Item.objects.filter(dataset=project.dataset).update(meta={"a": "x" * 50_000})
    for task in Task.objects.filter(project=project):
        annotation = AnnotationFactory(
            task=task, user=people.members["ours", "annotator"].user, value={"label": "apple", "note": "x" * 50_000}
        )
        Task.objects.filter(pk=task.pk).update(annotation=annotation, state="done", annotation_count=1)
    return project


def test_a_page_ends_where_its_rows_are_heavy(people, heavy_tasks, monkeypatch):
    client, annotator = people.client(), people.members["ours", "annotator"].user_id
    paths = [
        f"datasets/{heavy_tasks.dataset_id}/items/",
        f"datasets/{heavy_tasks.dataset_id}/items/?ordering=-name",
        f"projects/{heavy_tasks.pk}/tasks/",
        f"projects/{heavy_tasks.pk}/tasks/?annotator_id={annotator}",
    ]
    assert [walk(client, path) for path in paths] == [[5]] * 4
    monkeypatch.setattr(paging, "MAX_PAGE_BYTES", 220_000)
    assert walk(client, paths[0]) == walk(client, paths[1]) == [4, 1]
    assert walk(client, paths[2]) == walk(client, paths[3]) == [2, 2, 1]
    monkeypatch.setattr(paging, "MAX_PAGE_BYTES", 1)
    assert [walk(client, path) for path in paths] == [[1] * 5] * 4


def test_an_export_reads_pages_by_weight(heavy_tasks, monkeypatch):
    whole = [row.task_id for row in format_queries.resolved_rows(heavy_tasks)]
    for page, most in ((2000, 1), (2000, 120_000), (3, 10**9), (5, 10**9), (1, 10**9)):
        monkeypatch.setattr(format_queries, "_PAGE", page)
        monkeypatch.setattr(format_queries, "_PAGE_BYTES", most)
        assert [row.task_id for row in format_queries.resolved_rows(heavy_tasks)] == whole
    assert len(whole) == 5


def test_a_history_shows_the_newest_values_that_are_not_too_heavy_together(people, heavy_tasks, monkeypatch):
    task = Task.objects.filter(project=heavy_tasks).first()
    for _ in range(3):
        AnnotationFactory(task=task, user=people.members["ours", "annotator"].user, value={"label": "x" * 50_000})
    monkeypatch.setattr(quality_queries, "MAX_REPORT_BYTES", 120_000)
    assert [event.value is not None for event in quality_queries.task_history(task)] == [False, False, True, True]


def test_agreement_is_reported_of_as_many_annotations_as_are_not_too_heavy(people, heavy_tasks, monkeypatch):
    for task in Task.objects.filter(project=heavy_tasks):
        AnnotationFactory(task=task, user=people.members["ours", "scientist"].user)
    Task.objects.filter(project=heavy_tasks).update(agreement=1)
    assert quality_queries.agreement_report(heavy_tasks).task_count == 5
    monkeypatch.setattr(quality_queries, "MAX_REPORT_BYTES", 120_000)
    report = quality_queries.agreement_report(heavy_tasks)
    assert (report.task_count, report.is_limited) == (2, True)


def test_drafts_of_one_person_have_a_bound(people, make_project, monkeypatch):
    project = make_project(items=3)
    actor = people.actor("annotator")
    monkeypatch.setattr(services, "MAX_DRAFTS_BYTES", 1000)
    queue.lease_next_tasks(actor=actor, project_id=project.pk, count=3)
    first, second, third = Task.objects.filter(project=project)
    value = {"note": uuid.uuid4().hex * 50}
    assert services.save_draft(actor=actor, task=first, value={"regions": []}, revision=1)
    assert services.save_draft(
        actor=actor, task=second, value={"noise": [uuid.uuid4().hex for _ in range(99)]}, revision=1
    )
    answer = people.client("annotator").put(
        f"/api/v1/tasks/{third.pk}/draft/", {"value": value, "revision": 1}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_drafts")
    assert services.save_draft(actor=actor, task=second, value=value, revision=2), "what is there can be gone on with"
    assert Draft.objects.count() == 2


@pytest.mark.parametrize("changed", [False, True])
def test_large_annotations_are_compared_by_a_job(people, make_project, monkeypatch, changed):
    project = make_project(items=1)
    Project.objects.filter(pk=project.pk).update(overlap=2, max_annotations_per_task=2, min_agreement=0)
    Task.objects.update(required_annotations=2, available_slots=2)
    monkeypatch.setattr(aggregation, "MAX_BYTES_IN_REQUEST", 1)
    task = Task.objects.get()
    for role in ("annotator", "scientist"):
        actor = people.actor(role)
        queue.lease_next_tasks(actor=actor, project_id=project.pk)
        queue.submit_annotation(actor=actor, task_id=task.pk, value={"label": "apple"}, client_id=uuid.uuid4())
    task.refresh_from_db()
    assert (task.state, task.agreement) == ("done", None)
    job = Job.objects.get(kind="aggregation")
    if changed:
        Task.objects.update(state="open")
    claim = jobs.claim_job(job_id=job.pk, worker="test")
    assert aggregation.run_aggregation(Running(claim, job)) == {"resolved": int(not changed)}
    task.refresh_from_db()
    assert task.agreement == (None if changed else 1)
    assert Dataset.objects.count() == 1
