"""Meshes: a sphere to deform, files in and out, edges. Loads no torch: the web writes files from here."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from labelkit.messages import Message

Faces = NDArray[np.int64]


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
    points: list[NDArray[np.float64]] = [
        np.asarray(vertex, dtype=np.float64) / np.linalg.norm(vertex) for vertex in vertices
    ]
    mesh = Mesh(np.array(points), np.array(_hull(np.array(points)), dtype=np.int64))
    for _ in range(levels):
        mesh = subdivide(mesh)
        mesh = Mesh(mesh.vertices / np.linalg.norm(mesh.vertices, axis=1, keepdims=True), mesh.faces)
    return mesh


def subdivide(mesh: Mesh) -> Mesh:
    """The same shape, each face cut in four at the middles of its edges."""
    points = list(mesh.vertices)
    middle: dict[tuple[int, int], int] = {}
    faces = []
    for a, b, c in mesh.faces.tolist():
        ab, bc, ca = (_between(points, middle, i, j) for i, j in ((a, b), (b, c), (c, a)))
        faces += [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
    return Mesh(np.array(points), np.array(faces, dtype=np.int64))


def _between(points: list[NDArray[np.float64]], middle: dict[tuple[int, int], int], i: int, j: int) -> int:
    key = (min(i, j), max(i, j))
    if key not in middle:
        points.append((points[i] + points[j]) / 2)
        middle[key] = len(points) - 1
    return middle[key]


def _hull(points: NDArray[np.float64]) -> list[tuple[int, int, int]]:
    from scipy.spatial import ConvexHull

    faces = []
    for a, b, c in ConvexHull(points).simplices.tolist():
        outward = np.dot(np.cross(points[b] - points[a], points[c] - points[a]), points[a]) > 0
        faces.append((a, b, c) if outward else (a, c, b))
    return sorted(faces)


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
                vertices.append([float(word) for word in words[1:4]])
                continue
            corners = [int(word.split("/")[0]) for word in words[1:]]
        except ValueError as error:
            raise ValueError(
                Message("line {number}: “{line}” cannot be read", number=number, line=line[:60])
            ) from error
        corners = [corner - 1 if corner > 0 else len(vertices) + corner for corner in corners]
        if any(not 0 <= corner < len(vertices) for corner in corners):
            raise ValueError(Message("line {number}: unknown vertex", number=number))
        faces += [[corners[0], b, c] for b, c in pairwise(corners[1:])]
    if not faces:
        raise ValueError("the file has no faces")
    return Mesh(np.array(vertices, dtype=np.float64), np.array(faces, dtype=np.int64))


def normalize(mesh: Mesh, size: float = 0.5) -> Mesh:
    """Centered, its farthest point at distance `size` from the center."""
    middle = (mesh.vertices.max(axis=0) + mesh.vertices.min(axis=0)) / 2
    moved = mesh.vertices - middle
    return Mesh(moved / max(float(np.linalg.norm(moved, axis=1).max()), 1e-9) * size, mesh.faces)


def write_obj(mesh: Mesh) -> str:
    """As a Wavefront OBJ file."""
    lines = [f"v {x:.5f} {y:.5f} {z:.5f}" for x, y, z in mesh.vertices]
    lines += [f"f {a + 1} {b + 1} {c + 1}" for a, b, c in mesh.faces]
    return "\n".join(lines) + "\n"


def interior_edges(faces: Faces) -> NDArray[np.int64]:
    """(e, 4) of every edge with two faces: its ends, and the corners of both faces that face it."""
    sides: dict[tuple[int, int], list[int]] = {}
    for a, b, c in faces.tolist():
        for i, j, k in ((a, b, c), (b, c, a), (c, a, b)):
            sides.setdefault((min(i, j), max(i, j)), []).append(k)
    return np.array([[i, j, *ks] for (i, j), ks in sides.items() if len(ks) == 2], dtype=np.int64)
