"""A manager's script: bring a zip in, make a project, see how far it is, export.

PLATEAU_TOKEN=plt_… python examples/manager.py pictures.zip "Fruit" apple,pear
"""

import os
import sys
import time
from pathlib import Path

import requests

api = requests.Session()
api.headers["Authorization"] = f"Bearer {os.environ['PLATEAU_TOKEN']}"
base = os.environ.get("PLATEAU_URL", "http://127.0.0.1:8000") + "/api/v1"
archive, name, labels = Path(sys.argv[1]), sys.argv[2], sys.argv[3].split(",")


def call(method: str, path: str, **options: object) -> dict:
    """A call that stops with the server's own words when it is refused."""
    answer = api.request(method, f"{base}/{path}", **options)
    if answer.status_code >= 400:
        raise SystemExit(f"{path}: {answer.json()['detail']}")
    return answer.json()


dataset = call("POST", "datasets/", json={"name": name})["id"]
upload = call("POST", f"datasets/{dataset}/uploads/")["id"]
with archive.open("rb") as file:
    call("POST", f"uploads/{upload}/files/", files={"files": (archive.name, file)})
job = call("POST", f"uploads/{upload}/start/")["job"]
while job["state"] in ("queued", "running"):
    time.sleep(0.5)
    job = call("GET", f"jobs/{job['id']}/")
print(f"{job['state']}: {job['result']}")
for finding in call("GET", f"uploads/{upload}/")["findings"]:
    print(f"  set aside: {finding['name']}: {finding['message']}")

colors = ["#2457d6", "#c2410c", "#15803d", "#a21caf"]
schema = [
    {"id": label, "name": label.title(), "color": colors[number % 4], "key": str(number + 1) if number < 9 else ""}
    for number, label in enumerate(labels)
]
body = {"name": name, "kind": "classification", "dataset_id": dataset, "labels": schema, "target": 0.9}
project = call("POST", "projects/", json=body)
print(f"Project {project['id']}: {project['tasks']['open']} items wait at /label/{project['id']}")
