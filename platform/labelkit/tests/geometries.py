"""Any region of any shape on a picture, for property tests."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from labelkit.geometries.mask import encode

WIDTH, HEIGHT = 200, 120
X, Y = st.integers(0, WIDTH * 4).map(lambda n: n / 4), st.integers(0, HEIGHT * 4).map(lambda n: n / 4)
POINT = st.tuples(X, Y).map(list)


@st.composite
def boxes(draw: Any) -> dict[str, Any]:
    x, y = draw(st.integers(0, WIDTH - 4)), draw(st.integers(0, HEIGHT - 4))
    w, h = draw(st.integers(2, WIDTH - x)), draw(st.integers(2, HEIGHT - y))
    angle = draw(st.sampled_from([0, 0, 30, -75.5, 180]))
    return {"shape": "box", "x": x, "y": y, "w": w, "h": h} | ({"angle": angle} if angle else {})


@st.composite
def masks(draw: Any) -> dict[str, Any]:
    w, h = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    bits = np.array(draw(st.lists(st.booleans(), min_size=w * h, max_size=w * h))).reshape(h, w)
    bits[h // 2, w // 2] = True
    return encode(bits, x=draw(st.integers(0, WIDTH - w)), y=draw(st.integers(0, HEIGHT - h)))


POLYGONS = st.lists(POINT, min_size=3, max_size=12).map(lambda points: {"shape": "polygon", "points": points})
POLYLINES = st.lists(POINT, min_size=2, max_size=12).map(lambda points: {"shape": "polyline", "points": points})
KEYPOINT = st.tuples(X, Y, st.integers(0, 2)).map(lambda p: list(p) if p[2] else [0.0, 0.0, 0])
SKELETONS = (
    st.lists(KEYPOINT, min_size=3, max_size=3)
    .filter(lambda points: any(p[2] for p in points))
    .map(lambda points: {"shape": "skeleton", "points": points})
)
BY_SHAPE = {"box": boxes(), "polygon": POLYGONS, "polyline": POLYLINES, "skeleton": SKELETONS, "mask": masks()}


@st.composite
def annotations(draw: Any, geometries: tuple[str, ...] = tuple(BY_SHAPE), max_regions: int = 6) -> dict[str, Any]:
    """An answer: regions with labels named for their shape, as `schema_labels` has them."""
    regions = draw(st.lists(st.one_of(*(BY_SHAPE[key] for key in geometries)), max_size=max_regions))
    labeled = []
    for number, region in enumerate(regions):
        label = draw(st.sampled_from(["one", "two"])) + "-" + region["shape"]
        labeled.append({"id": f"r{number}", "label": label, **region})
    return {"regions": labeled}


def schema_labels(geometries: tuple[str, ...] = tuple(BY_SHAPE)) -> list[dict[str, Any]]:
    """Labels `one-box`, `two-box`, … for each shape."""
    skeleton = {"points": ["head", "hand", "foot"], "edges": [[0, 1], [1, 2]]}
    return [
        {
            "id": f"{name}-{shape}",
            "name": f"{name.title()} {shape}",
            "color": f"#{number:02x}{index:02x}60",
            "key": "",
            "shape": shape,
            "skeleton": skeleton if shape == "skeleton" else None,
        }
        for number, shape in enumerate(geometries)
        for index, name in enumerate(("one", "two"))
    ]
