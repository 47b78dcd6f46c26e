"""A scikit-learn model from a notebook, tied to every label that made it, and judged by its answers.

PLATEAU_TOKEN=plt_… python examples/register_sklearn.py SNAPSHOT_ID
"""

import os
import sys
from pathlib import Path

import mlflow
from sklearn.linear_model import LogisticRegression
from snapshot import URL, fetch, send_answers, split_of, version_id

snapshot, rows = fetch(int(sys.argv[1]), Path("var/snapshot"))
x, y, _ = split_of(rows, "train", 16)
model = LogisticRegression(max_iter=200).fit(x.reshape(len(x), -1) / 255, y)

os.environ["MLFLOW_TRACKING_TOKEN"] = os.environ["PLATEAU_TOKEN"]
mlflow.set_tracking_uri(f"{URL}/mlflow/project-{snapshot['project_id']}")
with mlflow.start_run():
    mlflow.set_tag("plateau.snapshot_hash", snapshot["content_hash"])
    info = mlflow.sklearn.log_model(model, name="model", registered_model_name="notebook-sklearn")

x, _, items = split_of(rows, "test", 16)
sure = model.predict_proba(x.reshape(len(x), -1) / 255)
version = version_id(snapshot["project_id"], "notebook-sklearn", info.registered_model_version)
judged = send_answers(version, snapshot["id"], items, list(model.classes_[sure.argmax(1)]), sure.max(1))
print(judged["metrics"]["accuracy"])
