"""A data scientist's script: freeze, train, read the curve, load the champion with the stock MLflow client.

PLATEAU_TOKEN=plt_… python examples/scientist.py PROJECT_ID
"""

import os
import sys
import time

import mlflow
import numpy as np
import requests

url, token, project = os.environ.get("PLATEAU_URL", "http://127.0.0.1:8000"), os.environ["PLATEAU_TOKEN"], sys.argv[1]
api = requests.Session()
api.headers["Authorization"] = f"Bearer {token}"


def call(method: str, path: str, **options: object) -> dict:
    """A call that stops with the server's own words when it is refused."""
    answer = api.request(method, f"{url}/api/v1/{path}", **options)
    if answer.status_code >= 400:
        raise SystemExit(f"{path}: {answer.json()['detail']}")
    return answer.json()


def ended(job: dict) -> dict:
    """The job at its end."""
    while job["state"] in ("queued", "running"):
        print(f"  {job['kind']} {job['message']} {job['done']}/{job['total']}")
        time.sleep(2)
        job = call("GET", f"jobs/{job['id']}/")
    return job


snapshot = call("POST", f"projects/{project}/snapshots/")
ended(snapshot["job"])
order = {"snapshot_id": snapshot["id"], "recipe": "image_probe"}
run = ended(call("POST", f"projects/{project}/runs/", json=order)["job"])
accuracy = run["result"]["metrics"]["accuracy"]
print(f"accuracy {accuracy['value']:.3f}, 95 % interval {accuracy['low']:.3f} to {accuracy['high']:.3f}")

curve = call("POST", f"projects/{project}/learning-curves/", json=order)
ended(curve["job"])
forecast = call("GET", f"learning-curves/{curve['id']}/")["forecast"]
labels_needed, batch = forecast["labels_needed"], forecast["next_batch_size"]
print(f"labels needed for {forecast['target']:.0%}: {labels_needed}; next: {batch} more")

os.environ["MLFLOW_TRACKING_TOKEN"] = token
mlflow.set_tracking_uri(f"{url}/mlflow/project-{project}")
model = mlflow.pyfunc.load_model("models:/image_probe@champion")
print(model.predict(np.zeros((1, 224, 224, 3), dtype="float32")))
