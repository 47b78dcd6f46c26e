"""What a click-to-mask model takes and gives, checked on its graph without running it.

No Django: this runs in a confined process.

Inputs: `image` (1, 3, height, width) of floats 0 to 1, `points` (1, n, 2) of x and y in its pixels, `labels` (1, n),
1 for what belongs to the thing and 0 for what does not. Output: `mask` (1, 1, height, width), above 0 where it is.
Height and width may be fixed; the picture is then scaled to them.
"""

from typing import Any

INPUTS = {"image": 4, "points": 3, "labels": 2}


def problem_of(path: str) -> str:
    """Why the graph at `path` is none of these; empty where it is."""
    import onnx

    try:
        model = onnx.load_model(path, load_external_data=False)
        onnx.checker.check_model(model)
    except Exception as error:
        return f"this is no valid ONNX model: {str(error)[:200]}"
    if any(one.external_data for one in model.graph.initializer):
        return "its weights lie in another file; save it as one file"
    weights = {one.name for one in model.graph.initializer}
    found = {one.name: _rank(one) for one in model.graph.input if one.name not in weights}
    if found != INPUTS:
        return f"its inputs must be image (1,3,h,w), points (1,n,2) and labels (1,n); found: {sorted(map(str, found))}"
    if [(one.name, _rank(one)) for one in model.graph.output] != [("mask", 4)]:
        return "its one output must be mask (1,1,h,w)"
    return ""


def _rank(value: Any) -> int:
    return len(value.type.tensor_type.shape.dim)
