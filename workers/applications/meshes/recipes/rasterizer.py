"""Meshes to images, with the paper's approximate gradient (arXiv 1711.07566, section 3); numba on the CPU.

Forward: each pixel shows the nearest face that covers its center. Backward, for colors: exact. For vertices: the edge
of a visible face meets a row of pixels at a place that moves with its two ends. Where it would have to go to reach
pixel j, the pixel would change by δ_j; the derivative is δ_j over the distance that the end has to travel, and is kept
only where it lowers the loss. Rows and columns are treated alike. A face that shares no row and no column with what is
wanted gets no gradient: that is the method's own limit.
"""

import math
from typing import Any

import numba
import numpy as np
import torch
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Faces = NDArray[np.int64]
FaceIndex = NDArray[np.int32]  # the face that each pixel shows, or NOTHING
FAR = 1e9
NOTHING = -1


@numba.njit(cache=True)
def _cover(points: Floats, faces: Faces, side: int, index: FaceIndex, weights: Floats) -> None:
    """(side, side) face of each pixel and (side, side, 3) barycentric weights; `points` (v, 3) in pixels and depth."""
    depth = np.full((side, side), FAR)
    for face in range(faces.shape[0]):
        ax, ay, az = points[faces[face, 0]]
        bx, by, bz = points[faces[face, 1]]
        cx, cy, cz = points[faces[face, 2]]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area >= -1e-12:  # seen from behind, or from the edge; rows go down, which turns the sign
            continue
        low_y, high_y = max(math.ceil(min(ay, by, cy)), 0), min(math.floor(max(ay, by, cy)), side - 1)
        low_x, high_x = max(math.ceil(min(ax, bx, cx)), 0), min(math.floor(max(ax, bx, cx)), side - 1)
        for y in range(low_y, high_y + 1):
            for x in range(low_x, high_x + 1):
                w0 = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area
                w1 = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area
                w2 = 1 - w0 - w1
                if w0 < 0 or w1 < 0 or w2 < 0:
                    continue
                # Depth and colors are interpolated as perspective has it.
                inverse = w0 / az + w1 / bz + w2 / cz
                z = 1 / inverse
                if z < depth[y, x]:
                    depth[y, x] = z
                    index[y, x] = face
                    weights[y, x, 0] = w0 / az * z
                    weights[y, x, 1] = w1 / bz * z
                    weights[y, x, 2] = w2 / cz * z


@numba.njit(cache=True)
def _gain(image: Floats, grad: Floats, y: int, x: int, new_y: int, new_x: int) -> float:
    """By how much the loss would change if pixel (y, x) looked like pixel (new_y, new_x)."""
    total = 0.0
    for channel in range(image.shape[0]):
        total += grad[channel, y, x] * (image[channel, new_y, new_x] - image[channel, y, x])
    return total


@numba.njit(cache=True)
def _spans(image: Floats, grad: Floats, axis: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last pixel of each line at which a change could lower the loss; first > last where there is none."""
    side = image.shape[1]
    first, last = np.full(side, side), np.full(side, -1)
    for line in range(side):
        for at in range(side):
            y, x = (line, at) if axis == 0 else (at, line)
            useful = (grad[0, y, x] < 0 and image[0, y, x] < 1) or (grad[0, y, x] > 0 and image[0, y, x] > 0)
            for channel in range(1, image.shape[0]):
                useful = useful or grad[channel, y, x] != 0
            if useful:
                first[line] = min(first[line], at)
                last[line] = at
    return first, last


@numba.njit(cache=True)
def _pull(  # noqa: PLR0912  # one pass over edges and lines, as the compiler likes it
    points: Floats, faces: Faces, image: Floats, grad: Floats, index: FaceIndex, out: Floats, axis: int
) -> None:
    """Add the gradients along one axis (0: edges move in x along rows; 1: in y along columns) to `out` (v, 2)."""
    side = index.shape[0]
    first, last = _spans(image, grad, axis)
    for face in range(faces.shape[0]):
        for corner in range(3):
            p, q, r = faces[face, corner], faces[face, (corner + 1) % 3], faces[face, (corner + 2) % 3]
            pa, pb = points[p, axis], points[p, 1 - axis]
            qa, qb = points[q, axis], points[q, 1 - axis]
            ra, rb = points[r, axis], points[r, 1 - axis]
            if abs(qb - pb) < 1e-9:
                continue
            for line in range(max(math.ceil(min(pb, qb)), 0), min(math.floor(max(pb, qb)), side - 1) + 1):
                share = (qb - line) / (qb - pb)  # of p
                cross = share * pa + (1 - share) * qa
                # On which side of the edge the face lies along this line.
                edge_at_r = pa + (qa - pa) * (rb - pb) / (qb - pb)
                inward = 1 if ra > edge_at_r else -1
                inner = math.ceil(cross) if inward == 1 else math.floor(cross)
                outer = inner - inward
                if not 0 <= inner < side:
                    continue
                y, x = (line, inner) if axis == 0 else (inner, line)
                if index[y, x] != face:  # hidden here, or thinner than a pixel
                    continue
                # The edge moves outward: pixels from `outer` on would look like the face at its edge.
                at = min(outer, last[line]) if inward == 1 else max(outer, first[line])
                while first[line] <= at <= last[line]:
                    jy, jx = (line, at) if axis == 0 else (at, line)
                    gain = _gain(image, grad, jy, jx, y, x)
                    if gain < 0:
                        away = at - cross
                        if abs(away) < 0.3:  # a pixel just beyond the edge: bounded, since the distance goes to zero
                            away = 0.3 if away >= 0 else -0.3
                        out[p, axis] += gain * share / away
                        out[q, axis] += gain * (1 - share) / away
                    at -= inward
                # It moves inward: pixels of this face would look like what is beyond the edge.
                if not 0 <= outer < side:
                    continue
                oy, ox = (line, outer) if axis == 0 else (outer, line)
                at = inner
                while 0 <= at < side:
                    jy, jx = (line, at) if axis == 0 else (at, line)
                    if index[jy, jx] != face:
                        break
                    gain = _gain(image, grad, jy, jx, oy, ox)
                    if gain < 0:
                        away = at - cross
                        if abs(away) < 0.3:
                            away = 0.3 if away >= 0 else -0.3
                        out[p, axis] += gain * share / away
                        out[q, axis] += gain * (1 - share) / away
                    at += inward


@numba.njit(cache=True)
def _paint(faces: Faces, colors: Floats, index: FaceIndex, weights: Floats, image: Floats) -> None:
    """Fill (1 + channels, side, side): the silhouette, and colors (v, channels) of the vertices."""
    for y in range(index.shape[0]):
        for x in range(index.shape[1]):
            face = index[y, x]
            if face == NOTHING:
                continue
            image[0, y, x] = 1
            for channel in range(colors.shape[1]):
                value = 0.0
                for corner in range(3):
                    value += weights[y, x, corner] * colors[faces[face, corner], channel]
                image[1 + channel, y, x] = value


@numba.njit(cache=True)
def _paint_back(faces: Faces, index: FaceIndex, weights: Floats, grad: Floats, out: Floats) -> None:
    """Gradients of the vertices' colors (v, channels) from those of the image: exact."""
    for y in range(index.shape[0]):
        for x in range(index.shape[1]):
            face = index[y, x]
            if face == NOTHING:
                continue
            for channel in range(out.shape[1]):
                for corner in range(3):
                    out[faces[face, corner], channel] += weights[y, x, corner] * grad[1 + channel, y, x]


@numba.njit(cache=True, parallel=True)
def _forward(points: Floats, faces: Faces, colors: Floats, index: FaceIndex, weights: Floats, image: Floats) -> None:
    for view in numba.prange(points.shape[0]):
        _cover(points[view], faces, index.shape[1], index[view], weights[view])
        _paint(faces, colors[view], index[view], weights[view], image[view])


@numba.njit(cache=True, parallel=True)
def _backward(
    points: Floats,
    faces: Faces,
    index: FaceIndex,
    weights: Floats,
    image: Floats,
    grad: Floats,
    out: Floats,
    out_colors: Floats,
) -> None:
    for view in numba.prange(points.shape[0]):
        _paint_back(faces, index[view], weights[view], grad[view], out_colors[view])
        for axis in range(2):
            _pull(points[view], faces, image[view], grad[view], index[view], out[view], axis)


def in_pixels(projected: torch.Tensor, side: int) -> torch.Tensor:
    """(n, v, 3) of the image's −1 to 1, y up, to pixels whose centers are whole numbers, y down."""
    x = (projected[..., 0] + 1) * side / 2 - 0.5
    y = (1 - projected[..., 1]) * side / 2 - 0.5
    return torch.stack([x, y, projected[..., 2]], dim=-1)


class _Rasterize(torch.autograd.Function):
    """(n, v, 3) points in pixels, (f, 3) faces and (n, v, c) colors to (n, 1 + c, side, side)."""

    @staticmethod
    def forward(ctx: Any, points: torch.Tensor, faces: torch.Tensor, colors: torch.Tensor, side: int) -> torch.Tensor:
        where = points.detach().double().cpu().numpy()
        corners = faces.cpu().numpy()
        shades = colors.detach().double().cpu().numpy()
        views = len(where)
        index = np.full((views, side, side), NOTHING, dtype=np.int32)
        weights = np.zeros((views, side, side, 3))
        image = np.zeros((views, 1 + shades.shape[2], side, side))
        _forward(where, corners, shades, index, weights, image)
        ctx.buffers = (where, corners, index, weights, image)
        return torch.from_numpy(image).to(points)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        where, corners, index, weights, image = ctx.buffers
        grad = grads[0].detach().double().cpu().numpy()
        out = np.zeros_like(where)
        shades = np.zeros((*where.shape[:2], image.shape[1] - 1))
        _backward(where, corners, index, weights, image, grad, out, shades)
        return torch.from_numpy(out).to(grads[0]), None, torch.from_numpy(shades).to(grads[0]), None


def render(
    projected: torch.Tensor, faces: NDArray[np.int64], side: int = 64, colors: torch.Tensor | None = None
) -> torch.Tensor:
    """Silhouettes, and colors where given, without jagged edges: at twice the side, averaged.

    Args:
        projected: (n, v, 3) of `workers.applications.meshes.recipes.cameras.project`.
        faces: (f, 3) counter-clockwise from outside, as a camera sees them.
        side: Of the image.
        colors: (n, v, c) of the vertices.

    Returns:
        (n, 1 + c, side, side): the silhouette first.
    """
    points = in_pixels(projected, 2 * side)
    if colors is None:
        colors = torch.zeros(*projected.shape[:2], 0)
    corners = torch.from_numpy(np.ascontiguousarray(faces))
    whole = _Rasterize.apply(points, corners, colors, 2 * side)  # type: ignore[no-untyped-call]  # torch's own
    return torch.nn.functional.avg_pool2d(whole, 2)
