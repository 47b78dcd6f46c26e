"""A photo as the network sees it: cut to the object, 64 pixels a side, with its silhouette."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workers.applications.meshes.recipes.views import IMAGE_SIZE

MARGIN = 0.12  # of the side, around the object
MIN_COLOR_DISTANCE = 28.0  # distance of a color from the background's, 0 to 441, from which it is the object
MAX_SIDE = 512


def extract_silhouette(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(h, w) of (h, w, 3 or 4): what is not transparent; else what differs from the border, in its largest piece.

    Raises:
        ValueError: nothing stands out, or everything does; the message says what to do.
    """
    from scipy.ndimage import binary_closing, binary_fill_holes, label

    if pixels.shape[2] == 4 and pixels[..., 3].min() < 128:
        inside = pixels[..., 3] >= 128
    else:
        colors = pixels[..., :3].astype(np.float64)
        border = np.concatenate([colors[0], colors[-1], colors[:, 0], colors[:, -1]])
        background = np.median(border, axis=0)
        noise = np.median(np.linalg.norm(border - background, axis=1))
        inside = np.linalg.norm(colors - background, axis=2) > max(MIN_COLOR_DISTANCE, 4 * noise)
        inside = binary_fill_holes(binary_closing(inside, iterations=2))
    parts, count = label(inside)
    if count:
        inside = parts == 1 + int(np.argmax(np.bincount(parts.ravel())[1:]))
    fraction = float(inside.mean())
    if not 0.005 < fraction < 0.9:
        raise ValueError(
            "No object stands out from the background. Use a photo in front of a plain wall, or a "
            "PNG with a transparent background."
        )
    silhouette: NDArray[np.bool_] = inside
    return silhouette


def prepare_image(image: Image.Image) -> NDArray[np.uint8]:
    """(4, 64, 64): red, green, blue and silhouette; the object in the middle, the background black.

    Raises:
        ValueError: see `extract_silhouette`.
    """
    image = image.convert("RGBA")
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    pixels = np.asarray(image)
    inside = extract_silhouette(pixels)
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    side = int(max(rows[-1] - rows[0], columns[-1] - columns[0]) * (1 + 2 * MARGIN)) + 1
    top, left_edge = (rows[0] + rows[-1]) // 2 - side // 2, (columns[0] + columns[-1]) // 2 - side // 2
    canvas = np.zeros((side, side, 4), dtype=np.uint8)
    whole = np.dstack([pixels[..., :3] * inside[..., None], inside.astype(np.uint8) * 255])
    y0, x0 = max(top, 0), max(left_edge, 0)
    part = whole[y0 : top + side, x0 : left_edge + side]
    canvas[y0 - top : y0 - top + part.shape[0], x0 - left_edge : x0 - left_edge + part.shape[1]] = part
    small = Image.fromarray(canvas, "RGBA").resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BOX)
    return np.ascontiguousarray(np.asarray(small).transpose(2, 0, 1))
