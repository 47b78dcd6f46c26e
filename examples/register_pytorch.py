"""A PyTorch network as ONNX: the platform judges it, serves it and runs it in the browser, like one of its own.

PLATEAU_TOKEN=plt_… python examples/register_pytorch.py SNAPSHOT_ID
"""

import os
import sys
import tempfile
from pathlib import Path

import mlflow
import onnx
import torch
from snapshot import URL, fetch, session, split_of, version_id
from torch import nn

SIDE = 32
snapshot, rows = fetch(int(sys.argv[1]), Path("var/snapshot"))
labels = [label["id"] for label in snapshot["labels"]]
x, y, _ = split_of(rows, "train", SIDE)
pixels, truth = torch.tensor(x), torch.tensor([labels.index(label) for label in y])


class Network(nn.Module):
    """(n, side, side, 3) pixels of 0–255 in, probabilities out: what the platform hands over and expects."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(4),
            nn.Flatten(), nn.Linear(512, len(labels)),
        )  # fmt: skip

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Softmax at the end."""
        return self.body(pixels.permute(0, 3, 1, 2) / 127.5 - 1).softmax(dim=1)


torch.manual_seed(0)
model = Network()
optimizer = torch.optim.Adam(model.parameters(), 3e-3)
for _ in range(60):
    loss = nn.functional.nll_loss(model(pixels).clamp_min(1e-6).log(), truth)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

os.environ["MLFLOW_TRACKING_TOKEN"] = os.environ["PLATEAU_TOKEN"]
mlflow.set_tracking_uri(f"{URL}/mlflow/project-{snapshot['project_id']}")
with tempfile.TemporaryDirectory() as folder, mlflow.start_run():
    path = Path(folder) / "model.onnx"
    shapes = {"pixels": {0: torch.export.Dim("n")}}
    torch.onnx.export(model.eval(), (pixels[:2],), path, input_names=["pixels"], dynamic_shapes=shapes, dynamo=True)
    mlflow.set_tag("plateau.snapshot_hash", snapshot["content_hash"])
    info = mlflow.onnx.log_model(
        onnx.load(path),
        name="model",
        registered_model_name="notebook-pytorch",
        metadata={"labels": labels, "image_size": SIDE},  # what makes it a classifier that can be judged and served
    )

version = version_id(snapshot["project_id"], "notebook-pytorch", info.registered_model_version)
job = session().post(f"{URL}/api/v1/model-versions/{version}/evaluate/").json()
print(f"version {version}, being judged by job {job['id']}")
