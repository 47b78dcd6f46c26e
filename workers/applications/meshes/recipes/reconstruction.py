"""The network of the paper: a picture with its silhouette in, a deformed sphere out, and its baselines."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812  # torch's own custom

from workers.applications.meshes.recipes.cameras import project, voxels
from workers.applications.meshes.recipes.geometry import Mesh, edges_between, sphere
from workers.applications.meshes.recipes.rasterizer import render
from workers.applications.meshes.recipes.views import AZIMUTHS, Views, cameras
from workers.recipes.base import Run, check_run

SMOOTHNESS = 0.001
BATCH = 32
HALF = 0.499  # pixels that are half covered count as covered, whether they were kept as bytes or not


class Net(nn.Module):
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


def iou_loss(made: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """1 less the mean soft intersection over union of silhouettes (n, h, w)."""
    both = (made * wanted).flatten(1).sum(dim=1)
    either = (made + wanted - made * wanted).flatten(1).sum(dim=1)
    return 1 - (both / either.clamp_min(1e-6)).mean()


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

    net: Net
    width: int
    faces: NDArray[np.int64]

    def predict(self, pixels: NDArray[np.uint8]) -> list[Mesh]:
        """(n, 4, 64, 64) pictures with silhouettes to meshes."""
        self.net.eval()
        found = []
        with torch.inference_mode():
            for begin in range(0, len(pixels), 64):
                given = torch.from_numpy(pixels[begin : begin + 64]).float() / 255
                found += [Mesh(one.double().numpy(), self.faces) for one in self.net(given)]
        return found

    def save(self, folder: Path) -> None:
        """Weights and shape."""
        torch.save(self.net.state_dict(), folder / "net.pt")
        (folder / "net.json").write_text(json.dumps({"width": self.width}))


def load(folder: Path) -> MeshModel:
    """What `MeshModel.save` wrote."""
    card = json.loads((folder / "net.json").read_text())
    shape = sphere()
    net = Net(shape.vertices, card["width"])
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True))
    return MeshModel(net.eval(), card["width"], shape.faces)


def fit(objects: Sequence[Views], params: dict[str, Any], run: Run) -> MeshModel:
    """Train: each step takes objects, a view of each to look at, and another to be held to as well.

    Half of the objects come as in a mirror, seen from the other side: a mirrored chair is a chair too.

    Args:
        objects: To learn from.
        params: `steps`, `rate`, `width`.
        run: Asked and told after each step.

    Raises:
        Stopped: it was asked to.
    """
    torch.manual_seed(run.seed)
    rng = np.random.default_rng(run.seed)
    shape = sphere()
    net = Net(shape.vertices, params["width"])
    edges = torch.from_numpy(edges_between(shape.faces))
    optimizer = torch.optim.Adam(net.parameters(), lr=params["rate"], betas=(0.5, 0.999))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, params["rate"], total_steps=params["steps"])
    net.train()
    for step in range(params["steps"]):
        check_run(run)
        chosen = rng.integers(0, len(objects), BATCH)
        seen, other = rng.integers(0, AZIMUTHS, BATCH), rng.integers(0, AZIMUTHS, BATCH)
        pixels = np.stack([objects[o].pixels[v] for o, v in zip(chosen, seen, strict=True)])
        wanted = np.stack([objects[o].pixels[v, 3] for o, v in zip([*chosen, *chosen], [*seen, *other], strict=True)])
        turned = rng.random(BATCH) < 0.5
        pixels[turned], seen[turned] = pixels[turned, :, :, ::-1], -seen[turned] % AZIMUTHS
        both = np.concatenate([turned, turned])
        wanted[both], other[turned] = wanted[both, :, ::-1], -other[turned] % AZIMUTHS
        vertices = net(torch.from_numpy(pixels).float() / 255)
        views = cameras(np.concatenate([seen, other]))
        made = render(project(vertices.repeat(2, 1, 1), views), shape.faces)[:, 0]
        loss = iou_loss(made, torch.from_numpy(wanted).float() / 255) + SMOOTHNESS * smoothness(vertices, edges)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch ships this one untyped
        optimizer.step()
        schedule.step()
        if step % 10 == 9 or step + 1 == params["steps"]:
            run.log(step + 1, params["steps"], loss=float(loss.detach()))
    return MeshModel(net.eval(), params["width"], shape.faces)


def fit_one(wanted: NDArray[np.float32], places: NDArray[np.int64], *, steps: int, rate: float = 0.02) -> Mesh:
    """Deform a sphere until it has these silhouettes: no network, one object (the paper's vertex optimization).

    By squared error: the soft intersection over union is below 1 even for silhouettes that are the same, since half
    covered pixels count against it, and ends a little off.

    Args:
        wanted: (n, 64, 64) silhouettes of 0 to 1.
        places: (n,) numbers of their views.
        steps: Of Adam.
        rate: Its rate at first; it falls to a fortieth.
    """
    shape = sphere()
    vertices = torch.from_numpy(shape.vertices * 0.3).float().requires_grad_()
    edges = torch.from_numpy(edges_between(shape.faces))
    views, goal = cameras(places), torch.from_numpy(wanted)
    optimizer = torch.optim.Adam([vertices], lr=rate, betas=(0.5, 0.99))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps, eta_min=rate / 40)
    size = goal.flatten(1).sum(dim=1).clamp_min(1)
    for _ in range(steps):
        made = render(project(vertices.expand(len(places), -1, -1), views), shape.faces)[:, 0]
        gap = ((made - goal).square().flatten(1).sum(dim=1) / size).mean()
        loss = gap + 0.01 * SMOOTHNESS * smoothness(vertices[None], edges)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch ships this one untyped
        optimizer.step()
        schedule.step()
    return Mesh(vertices.detach().double().numpy(), shape.faces)


def silhouettes_of(mesh: Mesh) -> NDArray[np.float32]:
    """(24, 64, 64) of a mesh from every view."""
    places = np.arange(AZIMUTHS)
    with torch.no_grad():
        vertices = torch.from_numpy(mesh.vertices).float().expand(AZIMUTHS, -1, -1)
        image = render(project(vertices, cameras(places)), mesh.faces)[:, 0]
    return np.asarray(image, dtype=np.float32)


def iou(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Intersection over union of two masks of any shape, at one half."""
    a, b = np.asarray(one) > HALF, np.asarray(other) > HALF
    either = int((a | b).sum())
    return int((a & b).sum()) / either if either else 1.0


def hull_of(silhouettes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(32, 32, 32) visual hull of silhouettes from every view."""
    return voxels(list(silhouettes > HALF), cameras(np.arange(AZIMUTHS)))


@dataclass(frozen=True)
class Scores:
    """Of one way on held-out objects, each a mean over the views that it was shown: silhouette and voxel IoU."""

    silhouettes: NDArray[np.float64]
    volumes: NDArray[np.float64]


def score(objects: Sequence[Views], answer: Any, *, shown: Sequence[int] = (0, 5, 10, 15, 20)) -> Scores:
    """Hold answers against the truth, object by object.

    Args:
        objects: Held out.
        answer: (object, view) to (24, 64, 64) silhouettes of what was made from that view.
        shown: Views that are shown, one at a time.
    """
    flat, full = [], []
    for one in objects:
        truth, hull = one.silhouettes, hull_of(one.silhouettes)
        made = [answer(one, view) for view in shown]
        flat.append(np.mean([[iou(a, b) for a, b in zip(found, truth, strict=True)] for found in made]))
        full.append(np.mean([iou(hull_of(found), hull) for found in made]))
    return Scores(np.array(flat), np.array(full))


def nearest(learned: Sequence[Views]) -> Any:
    """Baseline: the object that was learned from whose picture, from the same view, is most alike."""

    def answer(one: Views, view: int) -> NDArray[np.float32]:
        gaps = [float(np.square(one.pixels[view].astype(float) - other.pixels[view]).mean()) for other in learned]
        return learned[int(np.argmin(gaps))].silhouettes

    return answer


def mean_shape(learned: Sequence[Views]) -> Any:
    """Baseline: the mean of the silhouettes of all objects, whatever is shown."""
    mean = np.asarray(np.mean([one.silhouettes for one in learned], axis=0), dtype=np.float32)

    def answer(one: Views, view: int) -> NDArray[np.float32]:
        return mean

    return answer


def reconstructed(model: MeshModel) -> Any:
    """What the network makes of a view."""

    def answer(one: Views, view: int) -> NDArray[np.float32]:
        return silhouettes_of(model.predict(one.pixels[view : view + 1])[0])

    return answer
