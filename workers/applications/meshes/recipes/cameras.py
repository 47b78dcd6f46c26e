"""Where the camera stands, what it sees, and the volume that silhouettes leave."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

VIEW_ANGLE = 15.0  # degrees from the middle of the image to its edge


def look_at(azimuth: torch.Tensor, elevation: torch.Tensor, distance: float) -> torch.Tensor:
    """(n, 3, 4) world to camera: x right, y up, z away from the camera, which looks at the origin. Degrees."""
    a, e = torch.deg2rad(azimuth), torch.deg2rad(elevation)
    eye = torch.stack([e.cos() * a.sin(), e.sin(), e.cos() * a.cos()], dim=1) * distance
    z = torch.nn.functional.normalize(-eye, dim=1)
    up = torch.tensor([0.0, 1.0, 0.0], dtype=eye.dtype).expand_as(eye)
    x = torch.nn.functional.normalize(torch.linalg.cross(z, up), dim=1)
    y = torch.linalg.cross(x, z)
    turn = torch.stack([x, y, z], dim=1)
    return torch.cat([turn, -(turn @ eye[:, :, None])], dim=2)


def project(vertices: torch.Tensor, camera: torch.Tensor) -> torch.Tensor:
    """(n, v, 3) world points to (n, v, 3): x right and y up in −1 to 1 on the image, z the depth."""
    viewed = vertices @ camera[:, :, :3].transpose(1, 2) + camera[:, None, :, 3]
    depth = viewed[..., 2].clamp_min(1e-3)
    reach = float(np.tan(np.deg2rad(VIEW_ANGLE)))
    return torch.stack([viewed[..., 0] / depth / reach, viewed[..., 1] / depth / reach, depth], dim=-1)


def visual_hull(silhouettes: Sequence[NDArray[np.bool_]], cameras: torch.Tensor, side: int = 32) -> NDArray[np.bool_]:
    """(side, side, side) visual hull: the points of the cube ±0.5 that lie inside of every silhouette (n, h, w).

    With silhouettes from all around this is how full a shape looks; hollows that no view shows stay filled. The same
    is done to truth and answer, so that both are measured alike.
    """
    line = (np.arange(side) + 0.5) / side - 0.5
    points = torch.from_numpy(np.stack(np.meshgrid(line, line, line, indexing="ij"), axis=-1).reshape(1, -1, 3)).float()
    inside = np.ones(side**3, dtype=bool)
    for silhouette, camera in zip(silhouettes, cameras, strict=True):
        at = project(points, camera[None].float())[0].numpy()
        height, width = silhouette.shape
        columns = np.clip(((at[:, 0] + 1) / 2 * width).astype(int), 0, width - 1)
        rows = np.clip(((1 - at[:, 1]) / 2 * height).astype(int), 0, height - 1)
        inside &= silhouette[rows, columns]
    return inside.reshape(side, side, side)
