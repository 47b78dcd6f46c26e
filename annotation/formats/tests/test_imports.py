import io
import json
import tracemalloc
import uuid
import zipfile

import pytest
from django.core.management import CommandError, call_command

from annotation.formats.base import ImportSource, KnownItem, import_batches
from annotation.formats.catalog import FORMATS
from annotation.formats.imports import import_labels, run_import
from annotation.labeling import queue, services
from annotation.labeling.models import Annotation, PreAnnotation, Task
from annotation.projects.models import Project
from plateau.http.errors import InvalidInput
from plateau.identity.models import Membership
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from plateau.jobs.models import Job

pytestmark = pytest.mark.django_db


def coco(*boxes, names=("Apple", "Pear", "Plum")):
    images = sorted({name for name, *_ in boxes})
    return json.dumps(
        {
            "annotations": [
                {"id": n, "image_id": images.index(name), "category_id": label, "bbox": list(box)}
                for n, (name, label, box) in enumerate(boxes)
            ],
            "categories": [{"id": n, "name": name} for n, name in enumerate(names)],
            "images": [{"id": n, "file_name": name, "width": 32, "height": 32} for n, name in enumerate(images)],
        }
    ).encode()


def take(people, project, data, fmt="coco", **more):
    actor = people.actor("manager")
    return import_labels(actor=actor, project=project, fmt=FORMATS[fmt], file=io.BytesIO(data), **more)


def test_labels_of_a_file_become_answers_and_new_names_become_labels(people, make_project):
    project = make_project(items=3, kind="boxes")
    report = take(people, project, coco(("0.png", 1, (1, 2, 3, 4)), ("1.png", 2, (5, 5, 5, 5))))
    assert (report.annotation_count, report.task_count) == (2, 2)
    project.refresh_from_db()
    assert project.schema_version == 2
    task = Task.objects.get(item__name="1.png")
    assert (task.state, task.annotation.source) == ("done", "imported")
    assert task.annotation.value["regions"][0]["label"] == "plum"
    assert services.count_tasks_by_state(project_ids=[project.pk])[project.pk] == {
        "open": 1,
        "review": 0,
        "done": 2,
        "skipped": 0,
    }


def test_an_item_that_is_not_there_is_named_by_its_place_and_nothing_is_written(people, make_project):
    project = make_project(items=2, kind="boxes")
    with pytest.raises(InvalidInput, match="Nothing was imported") as refused:
        take(people, project, coco(("0.png", 0, (1, 2, 3, 4)), ("x.png", 0, (1, 1, 1, 1))))
    places = [error["field"] for error in refused.value.extra["errors"]]
    assert places == ["image 1"]
    assert "no item “x.png”" in refused.value.extra["errors"][0]["message"]
    assert not Annotation.objects.exists()
    assert Project.objects.get().schema_version == 1


def test_one_wrong_region_is_left_out_and_named_and_the_rest_goes_in(people, make_project):
    project = make_project(items=2, kind="boxes")
    outside = ("1.png", 2, (30, 2, 30, 4))
    report = take(people, project, coco(("0.png", 0, (1, 2, 3, 4)), ("0.png", 0, (30, 2, 30, 4)), outside))
    assert (report.annotation_count, report.dropped_count) == (1, 2)
    assert [note.split(" (")[0] for note in report.notes if "region" in note] == [
        "image 0: region c1-1",
        "image 1: region c2-0",
    ]
    assert Task.objects.get(item__name="1.png").state == "open"
    assert any("“1.png” is left open" in note for note in report.notes)
    assert Project.objects.get().schema_version == 1  # no label of a region that is left out is added


def yolo_zip(pages):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.yaml", "names: [Apple]")
        for name, text in pages.items():
            archive.writestr(f"labels/{name}.txt", text)
    return out.getvalue()


@pytest.mark.no_cover
@pytest.mark.no_cover  # 300,000 lines of a file through the same lines of code
def test_a_small_zip_of_many_boxes_is_read_a_few_pages_at_a_time(people, make_project):
    project = make_project(items=1, kind="boxes")
    data = yolo_zip({f"p{number}": "0 0.5 0.5 0.1 0.1\n" * 10_000 for number in range(30)})
    assert len(data) < 100_000
    known = FORMATS["yolo"].checked_items(ImportSource(io.BytesIO(data), "boxes", [], look_up=lambda keys: {
        key: KnownItem(key, 100, 100) for key in keys}))  # fmt: skip
    tracemalloc.start()
    held = [len(batch) for batch in import_batches(known)]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(held) == 30
    assert most < 200 * 1024 * 1024
    with pytest.raises(InvalidInput, match="p0"):
        take(people, project, data, fmt="yolo")


@pytest.mark.parametrize(("fmt", "name"), [("yolo", "labels/a.txt"), ("voc", "a.xml"), ("png", "labels.json")])
def test_a_page_that_unpacks_to_more_than_any_is_refused_by_its_name(people, make_project, fmt, name):
    project = make_project(items=1, kind="masks" if fmt == "png" else "boxes")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.yaml", "names: [Apple]")
        archive.writestr(name, b" " * 20_000_000)
    with pytest.raises(InvalidInput, match=f"{name} is larger than"):
        take(people, project, out.getvalue(), fmt=fmt)


def test_a_page_of_more_lines_than_an_answer_may_have_regions_is_refused(people, make_project):
    project = make_project(items=1, kind="boxes")
    with pytest.raises(InvalidInput, match=r"labels/0\.txt has more than 20,000 lines"):
        take(people, project, yolo_zip({"0": "0 0.5 0.5 0.1 0.1\n" * 20_001}), fmt="yolo")


def test_an_answer_that_is_there_is_not_overwritten(people, make_project):
    project, actor = make_project(items=1, kind="boxes"), people.actor("annotator")
    task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]["id"]
    queue.submit_annotation(actor=actor, task_id=task, value={"regions": []}, client_id=uuid.uuid4())
    report = take(people, project, coco(("0.png", 0, (1, 2, 3, 4))))
    assert (report.task_count, report.already_labeled_count) == (0, 1)
    assert Task.objects.get().annotation.value == {"regions": []}


def test_a_models_labels_become_proposals_that_the_annotator_sees(people, make_project):
    project = make_project(items=1, kind="boxes")
    take(people, project, coco(("0.png", 0, (1, 2, 3, 4))), pre_annotation_model="yolo-3")
    assert PreAnnotation.objects.get().model == "yolo-3"
    task = queue.lease_next_tasks(actor=people.actor("annotator"), project_id=project.pk).tasks[0]
    assert task["pre_annotation"]["value"]["regions"][0]["label"] == "apple"


def test_a_share_of_proposals_is_kept_back_as_a_control(people, make_project):
    project = make_project(items=40, kind="boxes")
    data = coco(*((f"{n}.png", 0, (1, 2, 3, 4)) for n in range(40)))
    take(people, project, data, pre_annotation_model="yolo-3", hidden_fraction=0.5)
    hidden = set(PreAnnotation.objects.filter(is_hidden=True).values_list("task_id", flat=True))
    assert 8 <= len(hidden) <= 32
    tasks = queue.lease_next_tasks(actor=people.actor("annotator"), project_id=project.pk, count=10).tasks
    assert all((task["pre_annotation"] is None) == (task["id"] in hidden) for task in tasks)


def test_a_file_is_imported_by_a_worker_and_the_job_says_what_was_taken(people, make_project):
    project, client = make_project(items=2), people.client("manager")
    file = io.BytesIO(b"name,label_name\n0.png,Pear\n1.png,Kiwi\n")
    file.name = "labels.csv"
    job = client.post(f"/api/v1/projects/{project.pk}/labels/import/", {"file": file, "format": "csv"}).json()
    row = Job.objects.get(pk=job["id"])
    held = jobs.claim_job(job_id=row.pk, worker="test")
    running = Running(held, row)
    assert run_import(running)["annotation_count"] == 2
    assert sorted(t.annotation.value["label"] for t in Task.objects.all()) == ["kiwi", "pear"]


def test_a_format_that_does_not_fit_is_named(people, make_project):
    file = io.BytesIO(b"x")
    file.name = "x"
    path = f"/api/v1/projects/{make_project().pk}/labels/import/"
    response = people.client("manager").post(path, {"file": file, "format": "voc"})
    assert response.json()["code"] == "format_not_supported"
    assert "csv, cvat, jsonl" in response.json()["detail"]


def test_every_format_of_every_kind_says_what_it_loses(people, make_project):
    for kind in ("boxes", "spans", "masks"):
        project = make_project(items=0, kind=kind, name=f"P {kind}")
        rows = people.client("manager").get(f"/api/v1/projects/{project.pk}/formats/").json()["results"]
        assert {"jsonl", "label_studio"} <= {row["key"] for row in rows}
        assert all(isinstance(row["loses"], list) for row in rows)


LABEL_STUDIO = [
    {
        "id": 1,
        "data": {"image": "https://pictures.example/street/7.jpg"},
        "annotations": [
            {
                "completed_by": {"email": email},
                "result": [
                    {
                        "id": "a1",
                        "type": "rectanglelabels",
                        "original_width": 100,
                        "original_height": 50,
                        "value": {
                            "x": x,
                            "y": 20,
                            "width": 30,
                            "height": 40,
                            "rotation": 0,
                            "rectanglelabels": ["Car"],
                        },
                    }
                ],
            }
            for email, x in (("hana@old.example", 10), ("ken@old.example", 12))
        ],
    },
    {"id": 2, "data": {"image": "https://pictures.example/street/8.jpg"}, "annotations": []},
]


def test_a_label_studio_project_comes_over_with_its_people_and_answers(people, tmp_path, capsys):
    file = tmp_path / "export.json"
    file.write_text(json.dumps(LABEL_STUDIO))
    call_command("import_project", str(file), format="label_studio", organization="ours", name="Street")
    assert "boxes, 1 labels, 2 items, 2 people, 2 annotations on 1 items" in capsys.readouterr().out
    project = Project.objects.get(name="Street")
    task = Task.objects.get(project=project, item__name="7.jpg")
    assert {a.user.email for a in task.annotations.filter(source="person")} == {"hana@old.example", "ken@old.example"}
    assert task.annotation.source == "consensus"
    assert task.annotation.value["regions"][0]["x"] == 11.0
    assert Membership.objects.filter(user__email="ken@old.example", role__key="annotator").exists()
    assert Task.objects.get(item__name="8.jpg").state == "open"


def test_a_cvat_project_comes_over_with_its_pictures(people, tmp_path, capsys):
    from labelkit.tests.pictures import make_png

    (tmp_path / "one.png").write_bytes(make_png(1))
    file = tmp_path / "annotations.xml"
    file.write_text(
        "<annotations><meta><owner><username>mika</username></owner></meta>"
        '<image id="0" name="one.png" width="32" height="32">'
        '<polygon label="Road" points="1,1;20,1;20,20"/><box label="Car" xtl="1" ytl="2" xbr="9" ybr="9"/>'
        "</image></annotations>"
    )
    call_command("import_project", str(file), format="cvat", organization="ours", name="Roads", images=tmp_path)
    assert "mixed, 2 labels, 1 items, 1 people, 1 annotations" in capsys.readouterr().out
    task = Task.objects.get(project__name="Roads")
    assert task.item.asset_id is not None
    assert [r["shape"] for r in task.annotation.value["regions"]] == ["polygon", "box"]
    assert task.annotation.user.name == "mika"


def test_what_cannot_come_over_leaves_nothing_behind(people, tmp_path):
    file = tmp_path / "export.json"
    broken = json.loads(json.dumps(LABEL_STUDIO))
    file.write_text(json.dumps(broken)[:-20])
    with pytest.raises(CommandError, match="No project was created"):
        call_command("import_project", str(file), format="label_studio", organization="ours", name="Street")
    assert not Project.objects.exists()
    assert not Membership.objects.filter(user__email="ken@old.example").exists()


CVAT = """
<annotations><version>1.1</version><meta><project><name>Roads</name><owner><username>boss</username></owner><tasks>
  <task><id>7</id><owner><username>boss</username></owner><assignee><username>mika</username></assignee></task>
  <task><id>8</id><owner><username>ren</username></owner></task></tasks>
  <labels>
    <label><name>Car</name><color>#102030</color><attributes>
      <attribute><name>Colour</name><input_type>select</input_type><values>red\nblue</values></attribute>
      <attribute><name>parked</name><input_type>checkbox</input_type><values></values></attribute></attributes></label>
    <label><name>Bus</name><color>#405060</color><attributes>
      <attribute><name>Colour</name><input_type>select</input_type><values>white</values></attribute>
      <attribute><name>parked</name><input_type>checkbox</input_type><values></values></attribute></attributes></label>
    <label><name>Person</name><color>#708090</color><type>skeleton</type><attributes></attributes></label>
    <label><name>head</name><color>#708090</color><parent>Person</parent></label>
    <label><name>foot</name><color>#708090</color><parent>Person</parent></label>
    <label><name>Tram</name><color>#aabbcc</color></label>
  </labels></project></meta>
  <image id="0" name="a.png" width="32" height="32" task_id="7">
    <box label="Car" xtl="1" ytl="2" xbr="9" ybr="9"><attribute name="Colour">blue</attribute>
      <attribute name="parked">true</attribute></box>
    <polygon label="Car" points="1,1;20,1;20,20"/>
    <skeleton label="Person"><points label="head" points="3,4" occluded="0" outside="0"/>
      <points label="foot" points="3,9" occluded="1" outside="0"/></skeleton>
  </image>
  <image id="1" name="b.png" width="32" height="32" task_id="8">
    <box label="Bus" xtl="1" ytl="2" xbr="9" ybr="9"><attribute name="Colour">white</attribute>
      <attribute name="parked">false</attribute></box>
  </image>
</annotations>
"""


def test_a_cvat_project_comes_over_with_colours_attributes_skeletons_and_who_did_which_task(people, tmp_path, capsys):
    file = tmp_path / "annotations.xml"
    file.write_text(CVAT)
    call_command("import_project", str(file), format="cvat", organization="ours", name="Roads")
    assert "mixed, 4 labels, 2 items, 2 people, 2 annotations on 2 items; 0 things" in capsys.readouterr().out
    schema = Project.objects.get(name="Roads").schemas.get()
    labels = {label["name"]: label for label in schema.labels}
    assert [(name, label["color"]) for name, label in labels.items()][3] == ("Tram", "#aabbcc")  # though nothing has it
    assert (labels["Car"]["shape"], labels["Bus"]["shape"]) == ("", "box")  # the one has boxes and an outline
    assert labels["Person"]["skeleton"]["points"] == ["head", "foot"]
    attributes = {
        attribute["id"]: (attribute["name"], attribute["type"], attribute["options"], attribute["labels"])
        for attribute in schema.attributes
    }
    assert attributes == {
        "colour": ("Colour", "choice", ["red", "blue"], ["car"]),
        "parked": ("parked", "flag", [], ["bus", "car"]),
        "colour-2": ("Colour", "choice", ["white"], ["bus"]),
    }
    answers = {task.item.name: task.annotation for task in Task.objects.filter(project__name="Roads")}
    assert {name: answer.user.name for name, answer in answers.items()} == {"a.png": "mika", "b.png": "ren"}
    assert answers["a.png"].value["regions"][0]["attributes"] == {"colour": "blue", "parked": True}
    assert answers["b.png"].value["regions"][0]["attributes"] == {"colour-2": "white", "parked": False}


@pytest.mark.parametrize(
    ("meta", "who"),
    [
        ("<task><id>5</id><owner><username>boss</username></owner></task>", "boss"),
        (
            "<task><id>5</id><owner><username>b</username></owner><assignee><username>m</username></assignee></task>",
            "m",
        ),
        ("<owner><username>old</username></owner>", "old"),
        ("<task><id>5</id></task>", ""),
    ],
)
def test_a_cvat_file_of_one_task_gives_all_answers_to_whoever_it_was_assigned_to(meta, who):
    picture = '<image id="0" name="a.png" width="9" height="9"><box label="x" xtl="0" ytl="0" xbr="1" ybr="1"/></image>'
    file = io.BytesIO(f"<annotations><meta>{meta}</meta>{picture}</annotations>".encode())
    assert [item.annotator for item in FORMATS["cvat"].read(ImportSource(file, "boxes", []))] == [who]


def test_label_studios_attributes_and_labels_beside_rectangles_come_over(people, tmp_path, capsys):
    place = {"original_width": 100, "original_height": 50, "id": "a1", "to_name": "image"}
    at = {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0}
    whole = {"id": "w", "from_name": "weather", "to_name": "image", "type": "choices", "value": {"choices": ["sun"]}}
    result = [
        place | {"from_name": "box", "type": "rectangle", "value": at},
        place | {"from_name": "label", "type": "labels", "value": at | {"labels": ["Car"]}},
        place | {"from_name": "colour", "type": "choices", "value": at | {"choices": ["red"]}},
        place | {"from_name": "plate", "type": "textarea", "value": at | {"text": ["K 12"]}},
        place | {"id": "e", "from_name": "round", "type": "ellipselabels",
                 "value": {"x": 50, "y": 50, "radiusX": 10, "radiusY": 20, "rotation": 0, "ellipselabels": ["Wheel"]}},
        whole,
    ]  # fmt: skip
    file = tmp_path / "export.json"
    image = "/data/local-files/?d=street%2F1a2b3c4d-seven%207.png"
    file.write_text(json.dumps([{"id": 1, "data": {"image": image}, "annotations": [{"result": result}]}]))
    from labelkit.tests.pictures import make_png

    (tmp_path / "seven 7.png").write_bytes(make_png(1, side=100))
    call_command(
        "import_project", str(file), format="label_studio", organization="ours", name="Street", images=tmp_path
    )
    output = capsys.readouterr().out
    assert "mixed, 2 labels, 1 items" in output
    assert "weather: is said of the whole item" in output
    task = Task.objects.get(project__name="Street")
    assert task.item.asset_id is not None
    box, ring = task.annotation.value["regions"]
    assert (box["label"], box["attributes"]) == ("car", {"colour": "red", "plate": "K 12"})
    xs = [x for x, _ in ring["points"]]
    assert (min(xs), max(xs), ring["label"]) == (40.0, 60.0, "wheel")


def yolo(**files):
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("data.yaml", "names: [Apple, Kiwi]\ntrain: images/train\n")
        for name, text in files.items():
            archive.writestr(f"labels/train/{name}.txt", text)
    return out.getvalue()


def test_a_plain_yolo_export_finds_its_pictures_by_name_and_takes_their_sizes(people, make_project):
    project = make_project(items=2, kind="boxes")
    Task.objects.get(item__name="0.png")
    report = take(people, project, yolo(**{"0": "1 0.5 0.5 0.25 0.5\n", "1": ""}), fmt="yolo")
    assert (report.annotation_count, report.task_count) == (2, 2)
    region = Task.objects.get(item__name="0.png").annotation.value["regions"][0]
    assert (region["x"], region["y"], region["w"], region["h"], region["label"]) == (12, 8, 8, 16, "kiwi")
    assert Task.objects.get(item__name="1.png").annotation.value == {"regions": []}
    with pytest.raises(InvalidInput, match=r"labels/train/nowhere\.txt: no item"):
        take(people, project, yolo(nowhere="0 0.5 0.5 0.1 0.1\n"), fmt="yolo")


def test_a_yolo_data_set_comes_over_with_its_pictures(people, tmp_path, capsys):
    from labelkit.tests.pictures import make_png

    folder = tmp_path / "images" / "train"
    folder.mkdir(parents=True)
    (folder / "one.png").write_bytes(make_png(1))
    file = tmp_path / "labels.zip"
    file.write_bytes(yolo(one="0 0.5 0.5 0.5 0.5\n"))
    call_command("import_project", str(file), format="yolo", organization="ours", name="Fruit", images=tmp_path)
    assert "boxes, 1 labels, 1 items, 0 people, 1 annotations" in capsys.readouterr().out
    assert Task.objects.get(project__name="Fruit").item.asset_id is not None


def test_a_skeleton_comes_with_the_names_that_a_coco_file_gives_its_keypoints(people, make_project):
    project = make_project(items=1, kind="mixed")
    category = {"id": 1, "name": "Body", "keypoints": ["head", "foot"], "skeleton": [[1, 2]]}
    line = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9], "keypoints": [3, 4, 2, 5, 9, 1]}
    image = {"id": 1, "file_name": "0.png", "width": 32, "height": 32}
    take(people, project, json.dumps({"categories": [category], "images": [image], "annotations": [line]}).encode())
    project.refresh_from_db()
    label = project.schemas.get(version=project.schema_version).labels[-1]
    assert label["skeleton"] == {"points": ["head", "foot"], "edges": [[0, 1]]}
