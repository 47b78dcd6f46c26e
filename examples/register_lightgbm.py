"""A LightGBM model, tied to every label that made it, and judged by its answers.

PLATEAU_TOKEN=plt_… python examples/register_lightgbm.py SNAPSHOT_ID   (needs: pip install lightgbm)
"""

import os
import sys
from pathlib import Path

import lightgbm
import mlflow
from snapshot import URL, fetch, send_answers, split_of, version_id

snapshot, rows = fetch(int(sys.argv[1]), Path("var/snapshot"))
x, y, _ = split_of(rows, "train", 12)
model = lightgbm.LGBMClassifier(n_estimators=30, min_child_samples=3, verbose=-1).fit(x.reshape(len(x), -1), y)

os.environ["MLFLOW_TRACKING_TOKEN"] = os.environ["PLATEAU_TOKEN"]
mlflow.set_tracking_uri(f"{URL}/mlflow/project-{snapshot['project_id']}")
with mlflow.start_run():
    mlflow.set_tag("plateau.snapshot_hash", snapshot["content_hash"])
    info = mlflow.lightgbm.log_model(model, name="model", registered_model_name="notebook-lightgbm")

x, _, items = split_of(rows, "test", 12)
sure = model.predict_proba(x.reshape(len(x), -1))
version = version_id(snapshot["project_id"], "notebook-lightgbm", info.registered_model_version)
judged = send_answers(version, snapshot["id"], items, list(model.classes_[sure.argmax(1)]), sure.max(1))
print(judged["metrics"]["accuracy"])
