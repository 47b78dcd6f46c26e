"""A network that redraws pictures in the style of one of them, to run in the browser (Export on the version's page).

PLATEAU_TOKEN=plt_… PYTHONPATH=platform:. python examples/style_network.py SNAPSHOT_ID STYLE.jpg [STEPS]

Feed-forward style transfer: J. Johnson et al. 2016 (arXiv 1603.08155), by features of EfficientNet-Lite0. It learns on
the pictures of the snapshot that are not held out; minutes on a CPU.
"""

import os
import sys
import tempfile
from pathlib import Path

import mlflow
import onnx
import torch
from snapshot import URL, fetch, split_of, version_id
from style_losses import CONTENT, extract_features, gram_matrices, load_image, style_loss, total_variation
from torch import nn

SIDE, BATCH = 128, 4
CONTENT_WEIGHT, SMOOTH_WEIGHT = 0.1, 1.0


def layer(before: int, after: int, kernel: int, stride: int = 1) -> nn.Module:
    """Convolution, instance normalization, ReLU."""
    padded = nn.ReflectionPad2d(kernel // 2)
    norm = nn.InstanceNorm2d(after, affine=True)
    return nn.Sequential(padded, nn.Conv2d(before, after, kernel, stride), norm, nn.ReLU())


class Residual(nn.Module):
    """Two convolutions beside a straight way."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(layer(channels, channels, 3), layer(channels, channels, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x plus what is to change."""
        return x + self.body(x)


class Painter(nn.Module):
    """(n, side, side, 3) of 0–255 to the same, redrawn: what the platform calls the kind `picture`."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.body = nn.Sequential(
            layer(3, width, 9), layer(width, 2 * width, 3, 2), layer(2 * width, 4 * width, 3, 2),
            *(Residual(4 * width) for _ in range(3)),
            nn.Upsample(scale_factor=2), layer(4 * width, 2 * width, 3),
            nn.Upsample(scale_factor=2), layer(2 * width, width, 3),
            nn.ReflectionPad2d(4), nn.Conv2d(width, 3, 9),
        )  # fmt: skip

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Redrawn."""
        features = self.body(pixels.permute(0, 3, 1, 2) / 127.5 - 1)
        return (features.sigmoid() * 255).permute(0, 2, 3, 1)


def learned(pixels: torch.Tensor, style: torch.Tensor, steps: int) -> Painter:
    """Train on pictures (n, side, side, 3)."""
    torch.manual_seed(0)
    painter, style_grams = Painter(), gram_matrices(extract_features(style))
    optimizer = torch.optim.Adam(painter.parameters(), 2e-3)
    for step in range(steps):
        part = pixels[torch.randint(len(pixels), (BATCH,))]
        rendered = painter(part)
        features, before = extract_features(rendered), extract_features(part)[CONTENT]
        content = (features[CONTENT] - before).square().mean() / before.square().mean()
        loss = style_loss(gram_matrices(features), [gram.expand(BATCH, -1, -1) for gram in style_grams])
        loss = loss + CONTENT_WEIGHT * content + SMOOTH_WEIGHT * total_variation(rendered)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 50 == 49:
            print(f"step {step + 1} of {steps}: {loss.item():.3f}", flush=True)
    return painter.eval()


def register(painter: Painter, project: int, snapshot_hash: str) -> str:
    """As ONNX, by the stock client; the number of the version."""
    os.environ["MLFLOW_TRACKING_TOKEN"] = os.environ["PLATEAU_TOKEN"]
    mlflow.set_tracking_uri(f"{URL}/mlflow/project-{project}")
    with tempfile.TemporaryDirectory() as folder, mlflow.start_run():
        path = Path(folder) / "painter.onnx"
        names = {"input_names": ["pixels"], "output_names": ["picture"]}
        axes = {"pixels": {0: "n"}, "picture": {0: "n"}}
        sample = (torch.zeros(2, SIDE, SIDE, 3),)
        torch.onnx.export(painter, sample, str(path), dynamic_axes=axes, opset_version=17, dynamo=False, **names)
        mlflow.set_tag("plateau.snapshot_hash", snapshot_hash)
        info = mlflow.onnx.log_model(
            onnx.load(path),
            name="model",
            registered_model_name="painter",
            metadata={"kind": "picture", "image_size": SIDE},  # what makes it run in the browser
        )
    return info.registered_model_version


if __name__ == "__main__":
    snapshot, rows = fetch(int(sys.argv[1]), Path("var/snapshot"))
    pixels, *_ = split_of(rows, "train", SIDE)
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else 400
    painter = learned(torch.tensor(pixels), load_image(Path(sys.argv[2]), SIDE), steps)
    number = register(painter, snapshot["project_id"], snapshot["content_hash"])
    print(
        f"version {version_id(snapshot['project_id'], 'painter', number)}: open its page and export it for the browser"
    )
