"""Meshes and cameras: a sphere to deform, where the camera stands, what it sees, and volumes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

Faces = NDArray[np.int64]
VIEW_ANGLE = 30.0  # degrees, to each side half


@dataclass(frozen=True)
class Mesh:
    """vertices (v, 3), faces (f, 3) counter-clockwise from outside."""

    vertices: NDArray[np.float64]
    faces: Faces


def sphere(levels: int = 3) -> Mesh:
    """The icosahedron, each face cut in four `levels` times, on the unit sphere.

    Three levels: 642 vertices, 1,280 faces. Faces are counter-clockwise from outside.
    """
    golden = (1 + 5**0.5) / 2
    corners = [(-1, golden, 0), (1, golden, 0), (-1, -golden, 0), (1, -golden, 0)]
    vertices = [np.roll(corner, turn) for turn in (0, 1, 2) for corner in corners]
    points: list[NDArray[np.float64]] = [np.asarray(one, dtype=np.float64) / np.linalg.norm(one) for one in vertices]
    faces = _hull(np.array(points))
    for _ in range(levels):
        middle: dict[tuple[int, int], int] = {}
        made = []
        for a, b, c in faces:
            ab, bc, ca = (_between(points, middle, i, j) for i, j in ((a, b), (b, c), (c, a)))
            made += [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
        faces = made
    return Mesh(np.array(points), np.array(faces, dtype=np.int64))


def _between(points: list[NDArray[np.float64]], middle: dict[tuple[int, int], int], i: int, j: int) -> int:
    key = (min(i, j), max(i, j))
    if key not in middle:
        point = points[i] + points[j]
        points.append(point / np.linalg.norm(point))
        middle[key] = len(points) - 1
    return middle[key]


def _hull(points: NDArray[np.float64]) -> list[tuple[int, int, int]]:
    from scipy.spatial import ConvexHull

    found = []
    for a, b, c in ConvexHull(points).simplices.tolist():
        outward = np.dot(np.cross(points[b] - points[a], points[c] - points[a]), points[a]) > 0
        found.append((a, b, c) if outward else (a, c, b))
    return sorted(found)


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
    """(n, v, 3) world points to (n, v, 3): x right and y up in −1 to 1 on the picture, z the depth."""
    seen = vertices @ camera[:, :, :3].transpose(1, 2) + camera[:, None, :, 3]
    depth = seen[..., 2].clamp_min(1e-3)
    reach = float(np.tan(np.deg2rad(VIEW_ANGLE)))
    return torch.stack([seen[..., 0] / depth / reach, seen[..., 1] / depth / reach, depth], dim=-1)


def read_obj(text: str) -> Mesh:
    """Vertices and faces of a Wavefront OBJ file; polygons become fans, what else it says is left out.

    Raises:
        ValueError: it has no face, or names a vertex that is not there; the message says the line.
    """
    vertices: list[list[float]] = []
    faces: list[list[int]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0] not in ("v", "f"):
            continue
        try:
            if words[0] == "v":
                vertices.append([float(one) for one in words[1:4]])
                continue
            corners = [int(one.split("/")[0]) for one in words[1:]]
        except ValueError as error:
            raise ValueError(f"line {number}: {line[:60]!r} cannot be read") from error
        corners = [one - 1 if one > 0 else len(vertices) + one for one in corners]
        if any(not 0 <= one < len(vertices) for one in corners):
            raise ValueError(f"line {number}: it names a vertex that is not there")
        faces += [[corners[0], b, c] for b, c in pairwise(corners[1:])]
    if not faces:
        raise ValueError("the file has no face")
    return Mesh(np.array(vertices, dtype=np.float64), np.array(faces, dtype=np.int64))


def unit(mesh: Mesh, size: float = 0.5) -> Mesh:
    """Centred, its farthest point at distance `size` from the centre."""
    middle = (mesh.vertices.max(axis=0) + mesh.vertices.min(axis=0)) / 2
    moved = mesh.vertices - middle
    return Mesh(moved / max(float(np.linalg.norm(moved, axis=1).max()), 1e-9) * size, mesh.faces)


def write_obj(mesh: Mesh) -> str:
    """As a Wavefront OBJ file."""
    lines = [f"v {x:.5f} {y:.5f} {z:.5f}" for x, y, z in mesh.vertices]
    lines += [f"f {a + 1} {b + 1} {c + 1}" for a, b, c in mesh.faces]
    return "\n".join(lines) + "\n"


def save_mesh(mesh: Mesh, path: Path) -> None:
    """Write the OBJ file."""
    path.write_text(write_obj(mesh))


def voxels(silhouettes: Sequence[NDArray[np.bool_]], cameras: torch.Tensor, side: int = 32) -> NDArray[np.bool_]:
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


def edges_between(faces: Faces) -> NDArray[np.int64]:
    """(e, 4) of every edge with two faces: its ends, and the corners of both faces that face it."""
    sides: dict[tuple[int, int], list[int]] = {}
    for a, b, c in faces.tolist():
        for i, j, k in ((a, b, c), (b, c, a), (c, a, b)):
            sides.setdefault((min(i, j), max(i, j)), []).append(k)
    return np.array([[i, j, *ks] for (i, j), ks in sides.items() if len(ks) == 2], dtype=np.int64)
