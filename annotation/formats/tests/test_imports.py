import io
import json
import uuid

import pytest
from django.core.management import CommandError, call_command
from plateau.identity.models import Membership
from plateau.jobs.handlers import Running
from plateau.jobs.models import Job
from plateau.jobs.services import claim
from plateau.kernel.errors import Invalid

from annotation.formats.catalog import FORMATS
from annotation.formats.imports import import_labels, run_import
from annotation.labeling import queue, services
from annotation.labeling.models import Annotation, Prelabel, Task
from annotation.projects.models import Project

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
    assert (report.answers, report.tasks) == (2, 2)
    project.refresh_from_db()
    assert project.schema_version == 2
    task = Task.objects.get(item__name="1.png")
    assert (task.state, task.annotation.source) == ("done", "imported")
    assert task.annotation.value["regions"][0]["label"] == "plum"
    assert services.progress(project_ids=[project.pk])[project.pk] == {"open": 1, "review": 0, "done": 2, "skipped": 0}


def test_one_wrong_region_is_named_by_its_place_and_nothing_is_written(people, make_project):
    project = make_project(items=2, kind="boxes")
    with pytest.raises(Invalid, match="nothing was imported") as refused:
        take(
            people, project, coco(("0.png", 0, (1, 2, 3, 4)), ("1.png", 0, (30, 2, 30, 4)), ("x.png", 0, (1, 1, 1, 1)))
        )
    places = [one["field"] for one in refused.value.extra["errors"]]
    assert places == ["image 1", "image 2"]
    assert "no item 'x.png'" in refused.value.extra["errors"][1]["message"]
    assert not Annotation.objects.exists()
    assert Project.objects.get().schema_version == 1


def test_an_answer_that_is_there_is_not_overwritten(people, make_project):
    project, actor = make_project(items=1, kind="boxes"), people.actor("annotator")
    task = queue.lease_next(actor=actor, project_id=project.pk).tasks[0]["id"]
    queue.submit(actor=actor, task_id=task, value={"regions": []}, client_id=uuid.uuid4())
    report = take(people, project, coco(("0.png", 0, (1, 2, 3, 4))))
    assert (report.tasks, report.already_labeled) == (0, 1)
    assert Task.objects.get().annotation.value == {"regions": []}


def test_a_models_labels_become_proposals_that_the_annotator_sees(people, make_project):
    project = make_project(items=1, kind="boxes")
    take(people, project, coco(("0.png", 0, (1, 2, 3, 4))), prelabels="yolo-3")
    assert Prelabel.objects.get().model == "yolo-3"
    task = queue.lease_next(actor=people.actor("annotator"), project_id=project.pk).tasks[0]
    assert task["prelabel"]["value"]["regions"][0]["label"] == "apple"


def test_a_file_is_imported_by_a_worker_and_the_job_says_what_was_taken(people, make_project):
    project, client = make_project(items=2), people.client("manager")
    file = io.BytesIO(b"name,label_name\n0.png,Pear\n1.png,Kiwi\n")
    file.name = "labels.csv"
    job = client.post(f"/api/v1/projects/{project.pk}/labels/import/", {"file": file, "format": "csv"}).json()
    row = Job.objects.get(pk=job["id"])
    held = claim(job_id=row.pk, worker="test")
    running = Running(claim=held, organization_id=row.organization_id, project_id=project.pk, payload=row.payload)
    assert run_import(running)["answers"] == 2
    assert sorted(t.annotation.value["label"] for t in Task.objects.all()) == ["kiwi", "pear"]


def test_a_format_that_does_not_fit_is_named(people, make_project):
    file = io.BytesIO(b"x")
    file.name = "x"
    path = f"/api/v1/projects/{make_project().pk}/labels/import/"
    answer = people.client("manager").post(path, {"file": file, "format": "voc"})
    assert answer.json()["code"] == "invalid"
    assert "csv, cvat, jsonl" in answer.json()["detail"]


def test_every_format_of_every_kind_says_what_it_loses(people, make_project):
    for kind in ("boxes", "spans", "masks"):
        project = make_project(items=0, kind=kind, name=f"P {kind}")
        rows = people.client("manager").get(f"/api/v1/projects/{project.pk}/formats/").json()["rows"]
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
    call_command("bring_over", str(file), format="label_studio", organization="ours", name="Street")
    assert "boxes, 1 labels, 2 items, 2 people, 2 answers on 1 items" in capsys.readouterr().out
    project = Project.objects.get(name="Street")
    task = Task.objects.get(project=project, item__name="7.jpg")
    assert {a.user.email for a in task.annotations.filter(source="person")} == {"hana@old.example", "ken@old.example"}
    assert task.annotation.source == "consensus"
    assert task.annotation.value["regions"][0]["x"] == 11.0
    assert Membership.objects.filter(user__email="ken@old.example", role="annotator").exists()
    assert Task.objects.get(item__name="8.jpg").state == "open"


def test_a_cvat_project_comes_over_with_its_pictures(people, tmp_path, capsys):
    from conftest import png

    (tmp_path / "one.png").write_bytes(png(1))
    file = tmp_path / "annotations.xml"
    file.write_text(
        "<annotations><meta><owner><username>mika</username></owner></meta>"
        '<image id="0" name="one.png" width="32" height="32">'
        '<polygon label="Road" points="1,1;20,1;20,20"/><box label="Car" xtl="1" ytl="2" xbr="9" ybr="9"/>'
        "</image></annotations>"
    )
    call_command("bring_over", str(file), format="cvat", organization="ours", name="Roads", images=tmp_path)
    assert "shapes, 2 labels, 1 items, 1 people, 1 answers" in capsys.readouterr().out
    task = Task.objects.get(project__name="Roads")
    assert task.item.asset_id is not None
    assert [r["shape"] for r in task.annotation.value["regions"]] == ["polygon", "box"]
    assert task.annotation.user.name == "mika"


def test_what_cannot_come_over_leaves_nothing_behind(people, tmp_path):
    file = tmp_path / "export.json"
    broken = json.loads(json.dumps(LABEL_STUDIO))
    broken[0]["annotations"][0]["result"][0]["value"]["width"] = -1
    file.write_text(json.dumps(broken))
    with pytest.raises(CommandError, match="Nothing was brought over"):
        call_command("bring_over", str(file), format="label_studio", organization="ours", name="Street")
    assert not Project.objects.exists()
    assert not Membership.objects.filter(user__email="ken@old.example").exists()
