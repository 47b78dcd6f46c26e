"""An annotator's script: label the next items of a project by the API.

PLATEAU_URL=http://127.0.0.1:8000 PLATEAU_TOKEN=plt_… python examples/annotator.py PROJECT_ID LABEL_ID [COUNT]
"""

import os
import sys
import uuid

import requests

api = requests.Session()
api.headers["Authorization"] = f"Bearer {os.environ['PLATEAU_TOKEN']}"
base = os.environ.get("PLATEAU_URL", "http://127.0.0.1:8000") + "/api/v1"
project, label, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1

tasks = api.post(f"{base}/projects/{project}/queue/next/", json={"count": 1}).json()["tasks"]
for _ in range(count):
    if not tasks:
        print("Nothing is left to label.")
        break
    task = tasks[0]
    answer = api.post(
        f"{base}/tasks/{task['id']}/annotations/?next=1",
        json={"value": {"label": label}},
        headers={"Idempotency-Key": str(uuid.uuid4())},  # send it again with the same key after a time-out
    )
    answer.raise_for_status()
    print(f"{task['item']['name']}: {label}")
    tasks = answer.json()["next_tasks"]
