"""Data, labels and snapshots for the tests of faults, through the API alone."""

import io
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from tests.faults.installation import Installation, Person


def pictures(count: int, side: int = 24, seed: int = 1) -> bytes:
    """A zip of dark and light pictures; their names tell which."""
    rng, out = np.random.default_rng(seed), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for index in range(count):
            dark = index % 2 == 0
            pixels = rng.integers(0, 100, (side, side, 3)) + (0 if dark else 140)
            picture = io.BytesIO()
            Image.fromarray(pixels.astype("uint8")).save(picture, "PNG")
            archive.writestr(f"{'dark' if dark else 'light'}-{index}.png", picture.getvalue())
    return out.getvalue()


def upload(person: Person, data: bytes) -> tuple[int, int]:
    """A dataset and the batch whose job reads `data`."""
    dataset = person.call("POST", "datasets/", json={"name": f"Shades {uuid.uuid4().hex[:6]}"})["id"]
    batch = person.call("POST", f"datasets/{dataset}/uploads/")["id"]
    person.call("POST", f"uploads/{batch}/files/", files={"files": ("shades.zip", data)})
    return dataset, batch


def project(person: Person, count: int) -> int:
    """A project with `count` open tasks."""
    dataset, batch = upload(person, pictures(count))
    job = person.call("POST", f"uploads/{batch}/start/")["job"]["id"]
    assert person.ended(job)["result"]["added"] == count
    labels = [{"id": "dark", "name": "Dark", "color": "#111111"}, {"id": "light", "name": "Light", "color": "#777777"}]
    body = {"name": f"Shades {uuid.uuid4().hex[:6]}", "kind": "classification", "dataset_id": dataset, "labels": labels}
    return person.call("POST", "projects/", json=body)["id"]


def answer_of(task: dict[str, Any]) -> dict[str, str]:
    """The right answer."""
    return {"label": task["item"]["name"].split("-")[0]}


def label_all(person: Person, project_id: int) -> int:
    """Answer everything; returns how many."""
    done = 0
    tasks = person.call("POST", f"projects/{project_id}/queue/next/", json={"count": 1})["tasks"]
    while tasks:
        body = {"value": answer_of(tasks[0])}
        tasks = person.call("POST", f"tasks/{tasks[0]['id']}/annotations/?next=1", json=body)["next_tasks"]
        done += 1
    return done


def snapshot(person: Person, project_id: int) -> int:
    """A frozen snapshot of what is labeled."""
    created = person.call("POST", f"projects/{project_id}/snapshots/")
    assert person.ended(created["job"]["id"])["state"] == "done"
    return created["id"]


LONG_TRAINING = {"recipe": "image_cnn", "params": {"epochs": 10, "patience": 0}}


def long_training(installation: Installation, person: Person, epochs: int = 1) -> tuple[int, Callable[[], int]]:
    """A training that is so many epochs under way: its job, and what orders the same again."""
    number = project(person, 40)
    label_all(person, number)
    order = {"snapshot_id": snapshot(person, number)} | LONG_TRAINING

    def again() -> int:
        return person.call("POST", f"projects/{number}/runs/", json=order)["job"]["id"]

    job = again()
    installation.until(lambda: len(person.call("GET", f"jobs/{job}/")["log"]) >= epochs, 60, "its epochs")
    return job, again
