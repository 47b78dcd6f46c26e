"""The network of the paper: an image with its silhouette in, a deformed sphere out, and its baselines."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812  # torch's own custom

from workers.applications.meshes.recipes.cameras import project, visual_hull
from workers.applications.meshes.recipes.geometry import Mesh, interior_edges, sphere
from workers.applications.meshes.recipes.rasterizer import render
from workers.applications.meshes.recipes.views import AZIMUTHS, Views, cameras
from workers.recipes.base import Run

SilhouettePredictor = Callable[[Views, int], NDArray[np.float32]]
SMOOTHNESS = 0.001
BATCH = 32
COVERED = 0.499  # pixels that are half covered count as covered, whether they were stored as bytes or not


class MeshNet(nn.Module):
    """(n, 4, 64, 64) of 0 to 1 to (n, v, 3) vertices; 26 million parameters at full width."""

    def __init__(self, template: NDArray[np.float64], width: int = 64) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 4
        for after in (width, 2 * width, 4 * width):
            layers += [nn.Conv2d(before, after, 5, stride=2, padding=2, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
            before = after
        self.encoder = nn.Sequential(
            *layers, nn.Flatten(), _dense(before * 64, 16 * width), _dense(16 * width, 16 * width),
            _dense(16 * width, 8 * width),
        )  # fmt: skip
        self.decoder = nn.Sequential(_dense(8 * width, 16 * width), _dense(16 * width, 32 * width))
        self.centroid, self.offsets = nn.Linear(32 * width, 3), nn.Linear(32 * width, 3 * len(template))
        for head in (self.centroid, self.offsets):  # at first, a sphere at the origin
            nn.init.normal_(head.weight, std=1e-4)
            nn.init.zeros_(head.bias)
        self.register_buffer("template", torch.from_numpy(template).float() * 0.5)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Vertices: each moves from the template within its own octant; then all together."""
        code = self.decoder(self.encoder(pixels))
        centroid = self.centroid(code).tanh()[:, None] * 0.5
        offsets = self.offsets(code).reshape(len(pixels), -1, 3)
        template: torch.Tensor = self.template  # type: ignore[assignment]  # a buffer
        base = torch.logit((template.abs() + 1e-3).clamp(max=1 - 1e-3))
        placed = (base + offsets * 5).sigmoid() * template.sign()
        # The centroid takes its part of the space that is left, so that every vertex stays within the unit cube.
        moved: torch.Tensor = F.relu(1 - centroid.abs()) * placed + centroid
        return moved


def _dense(before: int, after: int) -> nn.Module:
    return nn.Sequential(nn.Linear(before, after), nn.ReLU())


def iou_loss(rendered: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """1 less the mean soft intersection over union of silhouettes (n, h, w)."""
    intersection = (rendered * target).flatten(1).sum(dim=1)
    union = (rendered + target - rendered * target).flatten(1).sum(dim=1)
    return 1 - (intersection / union.clamp_min(1e-6)).mean()


def smoothness(vertices: torch.Tensor, edges: torch.Tensor) -> torch.Tensor:
    """Mean over shapes of the sum of (cos θ + 1)² over all edges, θ the angle between both faces."""
    a, b, c, d = (vertices[:, edges[:, k]] for k in range(4))
    along = F.normalize(b - a, dim=2, eps=1e-6)
    up, down = c - a, d - a
    up = F.normalize(up - (up * along).sum(dim=2, keepdim=True) * along, dim=2, eps=1e-6)
    down = F.normalize(down - (down * along).sum(dim=2, keepdim=True) * along, dim=2, eps=1e-6)
    return ((up * down).sum(dim=2) + 1).square().sum(dim=1).mean()


@dataclass
class MeshModel:
    """A trained network."""

    net: MeshNet
    width: int
    faces: NDArray[np.int64]

    def predict(self, pixels: NDArray[np.uint8]) -> list[Mesh]:
        """(n, 4, 64, 64) images with silhouettes to meshes."""
        self.net.eval()
        meshes = []
        with torch.inference_mode():
            for start in range(0, len(pixels), 64):
                batch = torch.from_numpy(pixels[start : start + 64]).float() / 255
                meshes += [Mesh(vertices.double().numpy(), self.faces) for vertices in self.net(batch)]
        return meshes

    def save(self, folder: Path) -> None:
        """Weights and width."""
        torch.save(self.net.state_dict(), folder / "net.pt")
        (folder / "net.json").write_text(json.dumps({"width": self.width}))


def load(folder: Path) -> MeshModel:
    """What `MeshModel.save` wrote."""
    metadata = json.loads((folder / "net.json").read_text())
    template = sphere()
    net = MeshNet(template.vertices, metadata["width"])
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True))
    return MeshModel(net.eval(), metadata["width"], template.faces)


def fit(objects: Sequence[Views], params: dict[str, Any], run: Run) -> MeshModel:
    """Train: each step takes objects, a view of each to look at, and another to be held to as well.

    Half of the objects come as in a mirror, seen from the other side: a mirrored chair is a chair too.

    Args:
        objects: To learn from.
        params: `steps`, `learning_rate`, `width`.
        run: Reports each step, and may stop it.

    Raises:
        RunStopped: it was asked to.
    """
    torch.manual_seed(run.seed)
    rng = np.random.default_rng(run.seed)
    template = sphere()
    net = MeshNet(template.vertices, params["width"])
    edges = torch.from_numpy(interior_edges(template.faces))
    optimizer = torch.optim.Adam(net.parameters(), lr=params["learning_rate"], betas=(0.5, 0.999))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, params["learning_rate"], total_steps=params["steps"])
    net.train()
    for step in range(params["steps"]):
        run.raise_if_stopped()
        sampled = rng.integers(0, len(objects), BATCH)
        input_views, other_views = rng.integers(0, AZIMUTHS, BATCH), rng.integers(0, AZIMUTHS, BATCH)
        pixels = np.stack([objects[o].pixels[v] for o, v in zip(sampled, input_views, strict=True)])
        views = [*input_views, *other_views]
        target = np.stack([objects[o].pixels[v, 3] for o, v in zip([*sampled, *sampled], views, strict=True)])
        flipped = rng.random(BATCH) < 0.5
        pixels[flipped], input_views[flipped] = pixels[flipped, :, :, ::-1], -input_views[flipped] % AZIMUTHS
        flipped_targets = np.concatenate([flipped, flipped])
        target[flipped_targets], other_views[flipped] = (
            target[flipped_targets, :, ::-1],
            -other_views[flipped] % AZIMUTHS,
        )
        vertices = net(torch.from_numpy(pixels).float() / 255)
        view_cameras = cameras(np.concatenate([input_views, other_views]))
        rendered = render(project(vertices.repeat(2, 1, 1), view_cameras), template.faces)[:, 0]
        loss = iou_loss(rendered, torch.from_numpy(target).float() / 255) + SMOOTHNESS * smoothness(vertices, edges)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch ships this one untyped
        optimizer.step()
        schedule.step()
        if step % 10 == 9 or step + 1 == params["steps"]:
            run.log(step + 1, params["steps"], loss=float(loss.detach()))
    return MeshModel(net.eval(), params["width"], template.faces)


def fit_silhouettes(
    target: NDArray[np.float32], views: NDArray[np.int64], *, steps: int, learning_rate: float = 0.02
) -> Mesh:
    """Deform a sphere until it has these silhouettes: no network, one object (the paper's vertex optimization).

    By squared error: the soft intersection over union is below 1 even for silhouettes that are the same, since half
    covered pixels count against it, and ends a little off.

    Args:
        target: (n, 64, 64) silhouettes of 0 to 1.
        views: (n,) numbers of their views.
        steps: Of Adam.
        learning_rate: At first; it falls to a fortieth.
    """
    template = sphere()
    vertices = torch.from_numpy(template.vertices * 0.3).float().requires_grad_()
    edges = torch.from_numpy(interior_edges(template.faces))
    view_cameras, goal = cameras(views), torch.from_numpy(target)
    optimizer = torch.optim.Adam([vertices], lr=learning_rate, betas=(0.5, 0.99))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps, eta_min=learning_rate / 40)
    size = goal.flatten(1).sum(dim=1).clamp_min(1)
    for _ in range(steps):
        rendered = render(project(vertices.expand(len(views), -1, -1), view_cameras), template.faces)[:, 0]
        gap = ((rendered - goal).square().flatten(1).sum(dim=1) / size).mean()
        loss = gap + 0.01 * SMOOTHNESS * smoothness(vertices[None], edges)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch ships this one untyped
        optimizer.step()
        schedule.step()
    return Mesh(vertices.detach().double().numpy(), template.faces)


def render_silhouettes(mesh: Mesh) -> NDArray[np.float32]:
    """(24, 64, 64) of a mesh from every view."""
    views = np.arange(AZIMUTHS)
    with torch.no_grad():
        vertices = torch.from_numpy(mesh.vertices).float().expand(AZIMUTHS, -1, -1)
        image = render(project(vertices, cameras(views)), mesh.faces)[:, 0]
    return np.asarray(image, dtype=np.float32)


def iou(mask_a: NDArray[Any], mask_b: NDArray[Any]) -> float:
    """Intersection over union of two masks of any shape, at one half."""
    a, b = np.asarray(mask_a) > COVERED, np.asarray(mask_b) > COVERED
    either = int((a | b).sum())
    return int((a & b).sum()) / either if either else 1.0


def visual_hull_of_views(silhouettes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(32, 32, 32) visual hull of silhouettes from every view."""
    return visual_hull(list(silhouettes > COVERED), cameras(np.arange(AZIMUTHS)))


@dataclass(frozen=True)
class OverlapScores:
    """IoU of silhouettes and of visual hulls by held-out object, each a mean over the input views."""

    silhouettes: NDArray[np.float64]
    visual_hulls: NDArray[np.float64]


def evaluate(
    objects: Sequence[Views], predict: SilhouettePredictor, *, input_views: Sequence[int] = (0, 5, 10, 15, 20)
) -> OverlapScores:
    """Overlaps of predicted and true silhouettes, object by object.

    Args:
        objects: Held out.
        predict: (object, view) to (24, 64, 64) silhouettes of the mesh reconstructed from that view.
        input_views: Views to reconstruct from, one at a time.
    """
    silhouette_ious, hull_ious = [], []
    for views in objects:
        truth, hull = views.silhouettes, visual_hull_of_views(views.silhouettes)
        predictions = [predict(views, view) for view in input_views]
        overlaps = [[iou(a, b) for a, b in zip(silhouettes, truth, strict=True)] for silhouettes in predictions]
        silhouette_ious.append(np.mean(overlaps))
        hull_ious.append(np.mean([iou(visual_hull_of_views(silhouettes), hull) for silhouettes in predictions]))
    return OverlapScores(np.array(silhouette_ious), np.array(hull_ious))


def nearest_neighbor(train: Sequence[Views]) -> SilhouettePredictor:
    """Baseline: the training object whose image, from the same view, has the least squared distance."""

    def predict(views: Views, view: int) -> NDArray[np.float32]:
        image = views.pixels[view].astype(float)
        distances = [float(np.square(image - neighbor.pixels[view]).mean()) for neighbor in train]
        return train[int(np.argmin(distances))].silhouettes

    return predict


def mean_silhouettes(train: Sequence[Views]) -> SilhouettePredictor:
    """Baseline: the mean of the silhouettes of all objects, whatever the input."""
    mean = np.asarray(np.mean([views.silhouettes for views in train], axis=0), dtype=np.float32)

    def predict(views: Views, view: int) -> NDArray[np.float32]:
        return mean

    return predict


def network_predictor(model: MeshModel) -> SilhouettePredictor:
    """Silhouettes of the mesh that the network reconstructs from a view."""

    def predict(views: Views, view: int) -> NDArray[np.float32]:
        return render_silhouettes(model.predict(views.pixels[view : view + 1])[0])

    return predict
