"""Images of a mesh from around it, to learn from: shade and silhouette."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from workers.applications.meshes.recipes.cameras import look_at, project
from workers.applications.meshes.recipes.geometry import Mesh, normalize
from workers.applications.meshes.recipes.rasterizer import render

AZIMUTHS = 24
ELEVATION = 30.0
DISTANCE = 2.732
IMAGE_SIZE = 64


@dataclass(frozen=True)
class Views:
    """One object: (24, 4, 64, 64) of 0–255, red, green, blue and silhouette, at azimuths of 0°, 15°, …."""

    name: str
    pixels: NDArray[np.uint8]

    @property
    def silhouettes(self) -> NDArray[np.float32]:
        """(24, 64, 64) of 0 to 1."""
        silhouettes: NDArray[np.float32] = self.pixels[:, 3].astype(np.float32) / np.float32(255)
        return silhouettes


def cameras(views: NDArray[np.int64]) -> torch.Tensor:
    """(n, 3, 4) cameras of views by their number."""
    azimuth = torch.from_numpy(views.astype(np.float32)) * (360 / AZIMUTHS)
    return look_at(azimuth, torch.full_like(azimuth, ELEVATION), DISTANCE)


def render_views(name: str, mesh: Mesh) -> Views:
    """Rendered with a light from above the camera; faces are drawn from both sides, since models are often open."""
    mesh = normalize(mesh)
    corners = mesh.vertices[mesh.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    apart = torch.from_numpy(corners.reshape(-1, 3)).float()
    faces = np.arange(len(apart)).reshape(-1, 3)
    two_sided_faces = np.concatenate([faces, faces[:, ::-1]])
    views = []
    for view in range(AZIMUTHS):
        camera = cameras(np.array([view]))
        light = (camera[0, :, :3].T @ torch.tensor([0.3, 0.8, -0.6])).numpy()
        shade = 0.25 + 0.75 * np.abs(normals @ (light / np.linalg.norm(light)))
        colors = torch.from_numpy(np.repeat(shade, 3)[None, :, None].repeat(3, axis=2)).float()
        with torch.no_grad():
            image = render(project(apart[None], camera), two_sided_faces, IMAGE_SIZE, colors)[0]
        views.append(torch.cat([image[1:], image[:1]]).numpy())
    return Views(name, np.rint(np.clip(np.stack(views), 0, 1) * 255).astype(np.uint8))
