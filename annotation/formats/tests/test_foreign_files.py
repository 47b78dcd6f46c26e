"""Label files that other tools wrote, through the route and the job that people use: what must come of each."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from django.core.files.base import ContentFile

from annotation.formats.imports import run_import
from annotation.labeling.imports import import_lines
from annotation.labeling.models import Annotation, Task, TaskState
from annotation.projects.models import LabelSchema, Project
from annotation.projects.tests.factories import ProjectFactory
from plateau.http.errors import InvalidInput
from plateau.jobs import services as jobs
from plateau.jobs import tasks
from plateau.jobs.handlers import Running
from plateau.jobs.models import Job

pytestmark = pytest.mark.django_db
FOREIGN = Path(__file__).parent / "foreign"
CAT_AND_DOG = [
    {"id": name, "name": name, "color": color, "key": ""} for name, color in (("cat", "#b91c1c"), ("dog", "#15803d"))
]


def upload(people, dataset_id: int, files: dict[str, bytes]) -> dict[str, Any]:
    """An upload by the API whose job a worker did; the upload's answer."""
    client = people.client("manager")
    batch = client.post(f"/api/v1/datasets/{dataset_id}/uploads/").json()
    sent = [ContentFile(data, name=name) for name, data in files.items()]
    client.post(f"/api/v1/uploads/{batch['id']}/files/", {"files": sent})
    job = Job.objects.get(pk=client.post(f"/api/v1/uploads/{batch['id']}/start/").json()["job"]["id"])
    tasks._work(Running(jobs.claim_job(job_id=job.pk, worker="test"), job))
    return client.get(f"/api/v1/uploads/{batch['id']}/").json()


def create(people, kind: str, labels: list[dict[str, Any]] | None = None, name: str = "Foreign") -> Project:
    project = ProjectFactory(
        organization=people.organizations["ours"],
        created_by=people.members["ours", "admin"].user,
        name=name,
        kind=kind,
        dataset__name=name,
    )
    LabelSchema.objects.filter(project=project).update(labels=labels or CAT_AND_DOG)
    return project


def pictures(*names: str) -> dict[str, bytes]:
    return {name: (FOREIGN / "pictures" / name).read_bytes() for name in names}


def import_file(people, project: Project, data: bytes, fmt: str, **form: str) -> dict[str, Any]:
    """The report of the import's job.

    Raises:
        InvalidInput: the job refused the file.
    """
    path = f"/api/v1/projects/{project.pk}/labels/import/"
    sent = {"file": ContentFile(data, name="labels"), "format": fmt, **form}
    job = Job.objects.get(pk=people.client("manager").post(path, sent).json()["id"])
    return run_import(Running(jobs.claim_job(job_id=job.pk, worker="test"), job))


def export(people, project: Project, fmt: str = "jsonl") -> bytes:
    response = people.client("manager").get(f"/api/v1/projects/{project.pk}/export/?format={fmt}")
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def exported(people, project: Project) -> dict[str, Any]:
    """Annotations by the name of their item, as JSON Lines have them."""
    lines = map(json.loads, export(people, project).splitlines())
    return {line["name"]: line["value"] for line in lines}


def boxes(value: dict[str, Any]) -> list[list[Any]]:
    return [[region["label"], *(region[key] for key in "xywh")] for region in value["regions"]]


def prepared(people, kind: str, labels: list[dict[str, Any]] | None = None, name: str = "Foreign") -> Project:
    project = create(people, kind, labels, name)
    upload(people, project.dataset_id, pictures("a.png", "b.png"))
    return project


def file_of(case: str, name: str) -> bytes:
    return (FOREIGN / case / name).read_bytes()


YOLO_BOX = ["cat", 40.0, 32.0, 20.0, 16.0]
LS_BOX = ["cat", 10.0, 8.0, 30.0, 20.0]
COCO_BOX = ["cat", 10.0, 10.0, 30.0, 20.0]


@pytest.mark.parametrize(
    ("case", "file", "fmt", "right"),
    [
        ("coco-bom", "coco.json", "coco", [COCO_BOX]),
        ("coco-zero-height", "coco.json", "coco", [COCO_BOX]),
        ("label-with-blank-at-end", "coco.json", "coco", [COCO_BOX]),
        ("ls-original-size-half", "ls.json", "label_studio", [LS_BOX]),
        ("ls-own-data-key", "ls.json", "label_studio", [LS_BOX]),
        ("mac-zip-yolo", "yolo.zip", "yolo", [YOLO_BOX]),
        ("yolo-with-confidence", "yolo.zip", "yolo", [YOLO_BOX]),
        ("yolo-without-yaml", "cvat_yolo.zip", "yolo", [YOLO_BOX]),
        ("yolo-without-yaml", "ls_yolo.zip", "yolo", [YOLO_BOX]),
        ("yolo-without-yaml", "string_keys.zip", "yolo", [YOLO_BOX]),
        ("ls-two-labels-on-one-box", "ls.json", "label_studio", [LS_BOX]),
    ],
)
def test_boxes_of_another_tool_come_where_they_are(people, case, file, fmt, right):
    project = prepared(people, "boxes")
    report = import_file(people, project, file_of(case, file), fmt)
    assert boxes(exported(people, project)["a.png"]) == right
    assert LabelSchema.objects.filter(project=project).count() == 1  # no label is added
    noted = {
        "coco-zero-height": "annotation 2",
        "ls-two-labels-on-one-box": "dog",
        "yolo-with-confidence": "confidence",
    }
    if case in noted:
        assert any(noted[case] in note for note in report["notes"]), report["notes"]
    else:
        assert report["dropped_count"] == 0


def test_an_item_whose_only_annotation_is_left_out_stays_open(people):
    project = prepared(people, "boxes")
    report = import_file(people, project, file_of("coco-zero-height", "coco.json"), "coco")
    assert {task.item.name: task.state for task in Task.objects.select_related("item")} == {
        "a.png": TaskState.DONE,
        "b.png": TaskState.OPEN,
    }
    assert any("b.png" in note and "left open" in note for note in report["notes"])


def test_an_annotation_of_no_image_is_named(people):
    project = prepared(people, "boxes")
    report = import_file(people, project, file_of("coco-orphan-annotation", "coco.json"), "coco")
    assert report["dropped_count"] == 1
    assert "annotation 1 belongs to no image" in report["notes"][0]


def test_a_flat_polygon_is_one_ring(people):
    project = prepared(people, "polygons")
    import_file(people, project, file_of("coco-flat-polygon", "coco.json"), "coco")
    (region,) = exported(people, project)["a.png"]["regions"]
    assert region["points"] == [[10, 10], [40, 10], [40, 30], [10, 30]]


def test_polygons_fill_masks(people):
    project = prepared(people, "masks")
    import_file(people, project, file_of("coco-polygon-into-masks", "coco.json"), "coco")
    (region,) = exported(people, project)["a.png"]["regions"]
    assert [region[key] for key in "xywh"] == [10, 10, 30, 20]
    assert region["rle"] == [0, 600]


PERSON = {"id": "person", "name": "person", "color": "#b91c1c", "key": ""}


def test_a_person_without_keypoints_is_noted(people):
    label = PERSON | {"skeleton": {"points": ["l", "r"], "edges": [[0, 1]]}}
    project = prepared(people, "keypoints", [label])
    report = import_file(people, project, file_of("coco-person-without-keypoints", "coco.json"), "coco")
    (region,) = exported(people, project)["a.png"]["regions"]
    assert region["points"] == [[10, 10, 2], [20, 20, 1]]
    assert any("annotation 1" in note for note in report["notes"])


def test_keypoints_go_by_their_names(people):
    label = CAT_AND_DOG[0] | {"skeleton": {"points": ["nose", "tail"], "edges": [[0, 1]]}}
    project = prepared(people, "keypoints", [label])
    import_file(people, project, file_of("cvat-skeleton-order", "cvat.xml"), "cvat")
    (region,) = exported(people, project)["a.png"]["regions"]
    assert region["points"] == [[20, 15, 2], [70, 60, 2]]


def test_a_file_for_pictures_of_another_size_is_refused_by_item(people):
    project = prepared(people, "boxes")
    with pytest.raises(InvalidInput, match=r"states 50 × 40 pixels for “a\.png”, which has 100 × 80"):
        import_file(people, project, file_of("coco-size-mismatch", "coco.json"), "coco")


def test_an_ellipse_becomes_a_polygon(people):
    project = prepared(people, "polygons")
    import_file(people, project, file_of("cvat-ellipse", "cvat.xml"), "cvat")
    (region,) = exported(people, project)["a.png"]["regions"]
    xs, ys = zip(*region["points"], strict=True)
    assert (min(xs), max(xs), min(ys), max(ys)) == (30, 70, 30, 50)


def test_an_angle_of_any_turn_is_taken(people):
    project = prepared(people, "boxes")
    import_file(people, project, file_of("voc-rotation-350", "voc.zip"), "voc")
    (region,) = exported(people, project)["a.png"]["regions"]
    assert region["angle"] == -10


def test_ids_are_unique_in_an_annotation(people):
    project, other = prepared(people, "boxes"), prepared(people, "boxes", name="Again")
    import_file(people, project, file_of("ls-copied-annotation", "ls.json"), "label_studio")
    regions = exported(people, project)["a.png"]["regions"]
    assert len({region["id"] for region in regions}) == len(regions)
    import_file(people, other, export(people, project), "jsonl")
    assert boxes(exported(people, other)["a.png"]) == boxes({"regions": regions})


def test_a_region_of_the_second_page_never_lies_on_the_first(people):
    project = prepared(people, "boxes")
    data = file_of("ls-second-page", "ls.json")
    import_file(people, project, data, "label_studio")
    pages = exported(people, project)
    assert boxes(pages["a.png"]) == [LS_BOX]
    assert boxes(pages["b.png"]) == [["cat", 32.0, 6.4, 19.2, 16.0]]


def test_a_data_set_of_roboflow_finds_its_own_pictures(people):
    project = create(people, "boxes")
    data = file_of("roboflow-yolo", "rf.zip")
    upload(people, project.dataset_id, {"rf.zip": data})
    assert Task.objects.filter(project=project, item__asset__isnull=False).count() == 2
    import_file(people, project, data, "yolo")
    labels = {
        name: [region["label"] for region in value["regions"]] for name, value in exported(people, project).items()
    }
    assert labels == {
        "train/images/x1_jpg.rf.aa11.jpg": ["cat"],
        "valid/images/x2_jpg.rf.bb22.jpg": ["dog"],
    }


def test_two_items_of_one_name_are_told_apart_by_size_or_refused(people):
    project = create(people, "boxes")
    for name in ("one.zip", "two.zip"):
        upload(people, project.dataset_id, {name: file_of("two-items-one-name", name)})
    assert Task.objects.filter(project=project).count() == 2
    data = file_of("two-items-one-name", "coco.json")
    import_file(people, project, data, "coco")
    (task,) = Task.objects.filter(project=project, state=TaskState.DONE).select_related("item__asset")
    assert (task.item.asset.width, task.item.asset.height) == (50, 46)
    with pytest.raises(InvalidInput, match=r"“s\.png” is ambiguous: 2 items"):
        import_file(people, project, data.replace(b'"height": 46', b'"height": null'), "coco")


def test_two_pictures_of_one_stem_are_two_files_of_an_export(people):
    project, again = create(people, "boxes"), create(people, "boxes", name="Again")
    for one in (project, again):
        upload(people, one.dataset_id, pictures("a.png", "a.jpg"))
    import_file(people, project, file_of("yolo-same-stem", "coco.json"), "coco")
    for fmt in ("yolo", "voc"):
        data = export(people, project, fmt)
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
        assert len(names) == len({name.lower() for name in names})
    import_file(people, again, export(people, project, "yolo"), "yolo")
    back = {name: boxes(value) for name, value in exported(people, again).items()}
    assert back == {"a.png": [COCO_BOX], "a.jpg": [["cat", 1.0, 1.0, 5.0, 5.0]]}


def test_separators_in_labels_survive_a_table(people):
    labels = [dict(CAT_AND_DOG[0], id="l0", name="x,y;z"), dict(CAT_AND_DOG[1], id="l1", name="c d")]
    project, again = (prepared(people, "multi_classification", labels, name) for name in ("First", "Second"))
    import_file(people, project, file_of("csv-several-labels", "labels.jsonl"), "jsonl")
    import_file(people, again, export(people, project, "csv"), "csv")
    assert exported(people, again)["a.png"] == {"labels": ["l0", "l1"]}
    assert LabelSchema.objects.filter(project=again).count() == 1


@pytest.mark.parametrize("fmt", ["cvat", "voc"])
def test_a_control_character_never_breaks_an_xml(people, fmt):
    memo = {"id": "memo", "name": "memo", "type": "text", "options": [], "labels": [], "required": False}
    label = dict(CAT_AND_DOG[0], id="l0")
    project = prepared(people, "boxes", [label])
    LabelSchema.objects.filter(project=project).update(attributes=[memo])
    line = json.dumps({"name": "a.png", **json.loads(file_of("cvat-control-character", "answer.json"))})
    import_file(people, project, line.encode(), "jsonl")
    data = export(people, project, fmt)
    page = zipfile.ZipFile(io.BytesIO(data)).read("Annotations/a.xml") if fmt == "voc" else data
    assert "first line\nsecond line" in [node.text for node in fromstring(page).iter()]


PER_AND_LOC = [dict(CAT_AND_DOG[0], id="per", name="PER"), dict(CAT_AND_DOG[1], id="loc", name="LOC")]


def texts(people, case: str) -> Project:
    project = create(people, "spans", PER_AND_LOC)
    import_lines(actor=people.actor("manager"), project=project, body=file_of(case, "texts.jsonl"))
    return project


@pytest.mark.parametrize(
    ("case", "file", "fmt"),
    [("conll-iobes", "iobes.conll", "conll"), ("doccano-label-triples", "doccano.jsonl", "spacy")],
)
def test_spans_come_with_their_ends(people, case, file, fmt):
    project = texts(people, case)
    import_file(people, project, file_of(case, file), fmt)
    (value,) = exported(people, project).values()
    assert [(span["label"], span["start"], span["end"]) for span in value["spans"]] == [("per", 0, 9), ("loc", 19, 24)]


def test_what_prodigy_rejected_or_ignored_is_no_annotation(people):
    project = texts(people, "prodigy-rejected")
    report = import_file(people, project, file_of("prodigy-rejected", "prodigy.jsonl"), "spacy")
    assert not Annotation.objects.exists()
    assert {task.state for task in Task.objects.all()} == {TaskState.OPEN}
    assert [note.split(": ")[0] for note in report["notes"] if "answer" in note] == ["line 1", "line 2"]


def test_a_fill_value_beyond_64_bits_is_listed_and_frozen(people):
    from annotation.snapshots.services import create_snapshot

    labels = [dict(CAT_AND_DOG[0], id="l0", name="l0"), dict(CAT_AND_DOG[1], id="l1", name="l1")]
    project = create(people, "row_classification", labels)
    rows = file_of("table-fill-value-1e20", "rows.jsonl")
    import_lines(actor=people.actor("manager"), project=project, body=rows)
    import_file(people, project, file_of("table-fill-value-1e20", "labels.jsonl"), "jsonl")
    listed = people.client("manager").get(f"/api/v1/datasets/{project.dataset_id}/items/")
    assert listed.status_code == 200
    assert {item["meta"]["flow"] for item in listed.json()["results"]} == {1e20, 3.5}
    assert create_snapshot(actor=people.actor("manager"), project=project) is not None


def test_a_picture_of_a_phone_with_two_pictures_in_it_is_taken(people):
    project = create(people, "boxes")
    report = upload(people, project.dataset_id, {"mpo.jpg": file_of("jpeg-mpo", "mpo.jpg")})
    assert report["added"] == 1
    asset = Task.objects.select_related("item__asset").get(project=project).item.asset
    assert (asset.width, asset.height) == (160, 120)


def test_a_list_in_shift_jis_is_read_or_set_aside(people):
    project = create(people, "boxes")
    report = upload(people, project.dataset_id, {"list.csv": file_of("list-shift-jis", "list.csv")})
    assert (report["added"], report["rejected"]) == (0, 1)
