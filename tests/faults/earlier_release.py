"""The API of release 0.2.0: its paths and fields, which stay as they were whatever becomes of the present ones."""

import uuid

from tests.faults.installation import Person
from tests.faults.work import pictures

RECIPE = "image_logistic"


def create_project(person: Person, count: int) -> int:
    """A project with `count` open tasks."""
    dataset = person.call("POST", "datasets/", json={"name": f"Shades {uuid.uuid4().hex[:6]}"})["id"]
    batch = person.call("POST", f"datasets/{dataset}/uploads/")["id"]
    person.call("POST", f"uploads/{batch}/files/", files={"files": ("shades.zip", pictures(count))})
    job = person.call("POST", f"uploads/{batch}/start/")["job"]["id"]
    assert person.ended(job)["result"]["added"] == count
    labels = [{"id": "dark", "name": "Dark", "color": "#111111"}, {"id": "light", "name": "Light", "color": "#777777"}]
    body = {"name": f"Shades {uuid.uuid4().hex[:6]}", "kind": "classification", "dataset_id": dataset, "labels": labels}
    return person.call("POST", "projects/", json=body)["id"]


def label_next(person: Person, project: int) -> list[int]:
    """Label what is next in the queue; the task, or nothing where all is labeled."""
    tasks = person.call("POST", f"projects/{project}/queue/next/", json={"count": 1})["tasks"]
    for task in tasks:
        body = {"value": {"label": task["item"]["name"].split("-")[0]}}
        person.call("POST", f"tasks/{task['id']}/annotations/", json=body)
    return [task["id"] for task in tasks]


def create_snapshot(person: Person, project: int) -> int:
    """A frozen snapshot of what is labeled."""
    snapshot = person.call("POST", f"projects/{project}/snapshots/")
    assert person.ended(snapshot["job"]["id"])["state"] == "done"
    return snapshot["id"]


def train(person: Person, project: int, snapshot: int) -> None:
    """A model, trained and registered."""
    run = person.call("POST", f"projects/{project}/runs/", json={"snapshot_id": snapshot, "recipe": RECIPE})
    assert person.ended(run["job"]["id"])["state"] == "done"
