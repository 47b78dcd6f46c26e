"""A mesh that takes on the style of an image, or that dreams: what the differentiable renderer can do beside learning.

PYTHONPATH=platform:. python examples/mesh_style.py MESH.obj STYLE.jpg       # 2D-to-3D style transfer
PYTHONPATH=platform:. python examples/mesh_style.py MESH.obj                 # 3D dream: what the network likes to see

After H. Kato et al. 2018 (arXiv 1711.07566), sections 5.2 and 5.3: vertices and colors change until renderings from
all sides have the style of the image, or excite a block of EfficientNet-Lite0. Writes `styled.glb` and `styled.png`
into the current folder; about two minutes on a CPU.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from style_losses import extract_features, gram_matrices, load_image, style_loss, total_variation

from workers.applications.meshes.recipes.cameras import look_at, project
from workers.applications.meshes.recipes.geometry import Mesh, normalize, read_obj, subdivide
from workers.applications.meshes.recipes.glb import write_glb
from workers.applications.meshes.recipes.rasterizer import render
from workers.applications.meshes.recipes.views import DISTANCE

IMAGE_SIZE, VIEWS, STEPS = 112, 4, 120
SHAPE_WEIGHT, COLOUR_WEIGHT, SMOOTH_WEIGHT = 20.0, 0.02, 1.0
LEAST_VERTICES = 2000
DREAM_BLOCK = 4


def render_views(
    vertices: torch.Tensor, colors: torch.Tensor, faces: np.ndarray, azimuth: torch.Tensor
) -> torch.Tensor:
    """(n, side, side, 3) of 0–255 from these sides, on white."""
    cameras = look_at(azimuth, torch.full_like(azimuth, 30.0), DISTANCE)
    count = len(azimuth)
    image = render(project(vertices.expand(count, -1, -1), cameras), faces, IMAGE_SIZE, colors.expand(count, -1, -1))
    inside, paint = image[:, :1], image[:, 1:]
    return ((paint + 1 - inside) * 255).permute(0, 2, 3, 1)


def transformed(mesh: Mesh, style: torch.Tensor | None, steps: int = STEPS) -> tuple[Mesh, np.ndarray]:
    """The mesh and its colors (v, 3) of 0 to 1."""
    torch.manual_seed(0)
    faces = np.concatenate([mesh.faces, mesh.faces[:, ::-1]])  # models are often open
    home = torch.from_numpy(mesh.vertices).float()
    moved = torch.zeros_like(home, requires_grad=True)
    paint = torch.zeros_like(home, requires_grad=True)
    optimizer = torch.optim.Adam([{"params": [moved], "lr": 2e-4}, {"params": [paint], "lr": 0.15}])
    style_grams = gram_matrices(extract_features(style)) if style is not None else []
    for step in range(steps):
        azimuth = torch.rand(VIEWS) * 360
        rendered = render_views((home + moved)[None], paint.sigmoid()[None], faces, azimuth)
        features = extract_features(rendered)
        if style is not None:
            loss = style_loss(gram_matrices(features), [gram.expand(VIEWS, -1, -1) for gram in style_grams])
        else:
            loss = -features[DREAM_BLOCK].square().mean() / 10
        loss = loss + SHAPE_WEIGHT * moved.square().sum(dim=1).mean() + SMOOTH_WEIGHT * total_variation(rendered)
        loss = loss + COLOUR_WEIGHT * paint.square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 20 == 19:
            print(f"step {step + 1} of {steps}: {loss.item():.3f}", flush=True)
    return Mesh((home + moved).detach().double().numpy(), mesh.faces), paint.detach().sigmoid().numpy()


def strip(mesh: Mesh, colors: np.ndarray) -> Image.Image:
    """Six sides beside each other."""
    faces = np.concatenate([mesh.faces, mesh.faces[:, ::-1]])
    with torch.no_grad():
        vertices, paint = torch.from_numpy(mesh.vertices).float()[None], torch.from_numpy(colors).float()[None]
        rendered = render_views(vertices, paint, faces, torch.arange(6) * 60.0)
    return Image.fromarray(np.concatenate(list(rendered.numpy()), axis=1).clip(0, 255).astype(np.uint8))


if __name__ == "__main__":
    start = normalize(read_obj(Path(sys.argv[1]).read_text(errors="replace")))
    while len(start.vertices) < LEAST_VERTICES:
        start = subdivide(start)
    styled, paint = transformed(start, load_image(Path(sys.argv[2]), IMAGE_SIZE) if len(sys.argv) > 2 else None)
    Path("styled.glb").write_bytes(write_glb(styled, paint))
    strip(styled, paint).save("styled.png")
    print(f"styled.glb and styled.png: {len(styled.vertices)} vertices")
