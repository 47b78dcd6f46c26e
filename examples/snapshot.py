"""A snapshot on local disk: its labels as rows, its pictures as files. The other examples use it.

PLATEAU_TOKEN=plt_… python examples/snapshot.py SNAPSHOT_ID folder/
"""

import io
import os
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import requests
from PIL import Image

URL = os.environ.get("PLATEAU_URL", "http://127.0.0.1:8000")


def session() -> requests.Session:
    """Calls with the token of the environment."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {os.environ['PLATEAU_TOKEN']}"
    return session


def fetch(snapshot_id: int, folder: Path) -> tuple[dict, list[dict]]:
    """The snapshot's card (with `content_hash` and `project_id`), and its rows, each with `path` of its picture."""
    api = session()
    card = api.get(f"{URL}/api/v1/snapshots/{snapshot_id}/").json()
    manifest = api.get(f"{URL}/api/v1/snapshots/{snapshot_id}/manifest/")
    manifest.raise_for_status()
    rows = pq.read_table(io.BytesIO(manifest.content)).to_pylist()
    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        row["path"] = folder / row["sha256"]
        if not row["path"].exists():
            picture = api.get(f"{URL}/api/v1/items/{row['item_id']}/content/")
            picture.raise_for_status()
            row["path"].write_bytes(picture.content)
    return card, rows


def split_of(rows: list[dict], split: str, pixels: int) -> tuple[np.ndarray, list[str], list[int]]:
    """Pixels (n, pixels, pixels, 3) of 0–255, labels and item ids of one split."""
    of_split = [row for row in rows if row["split"] == split]
    pictures = [
        np.asarray(Image.open(row["path"]).convert("RGB").resize((pixels, pixels), Image.Resampling.BILINEAR))
        for row in of_split
    ]
    return (
        np.stack(pictures).astype("float32"),
        [row["label"] for row in of_split],
        [row["item_id"] for row in of_split],
    )


def send_answers(version: int, snapshot_id: int, items: list[int], labels: list[str], sure: np.ndarray) -> dict:
    """Judge a version by its answers to the held-out items; what the platform made of them."""
    lines = ["item_id,label,confidence", *(f"{a},{b},{c:.5f}" for a, b, c in zip(items, labels, sure, strict=True))]
    answer = session().post(
        f"{URL}/api/v1/model-versions/{version}/predictions/",
        files={"file": ("answers.csv", "\n".join(lines))},
        data={"snapshot_id": snapshot_id},
    )
    if not answer.ok:
        raise SystemExit(answer.json()["detail"])
    return answer.json()


def version_id(project: int, name: str, version: int | str) -> int:
    """The number by which the platform knows `name` `version`."""
    rows = (
        session().get(f"{URL}/api/v1/model-versions/", params={"project_id": project, "name": name}).json()["results"]
    )
    return next(row["id"] for row in rows if row["version"] == int(version))


if __name__ == "__main__":
    features, labeled = fetch(int(sys.argv[1]), Path(sys.argv[2]))
    print(f"{len(labeled)} labels, hash {features['content_hash']}")
