"""The signature of a click-to-mask model.

Inputs: `image` (1, 3, height, width) of floats 0 to 1, `points` (1, n, 2) of x and y in its pixels, `labels` (1, n),
1 for points on the object and 0 for points off it. Output: `mask` (1, 1, height, width), above 0 on the object. Height
and width may be fixed; the image is then scaled to them.
"""

from labelkit.messages import Message
from registry.serving_backends.base import LoadedModel

INPUT_RANKS = {"image": 4, "points": 3, "labels": 2}
OUTPUT_RANKS = {"mask": 4}


def find_signature_problem(model: LoadedModel) -> str:
    """Why a model is no click-to-mask model; empty where it is."""
    ranks = {tensor.name: len(tensor.shape) for tensor in model.inputs}
    if ranks != INPUT_RANKS:
        listed = sorted(f"{name} of rank {rank}" for name, rank in ranks.items())
        return Message(
            "its inputs must be image (1,3,h,w), points (1,n,2) and labels (1,n), not {names}", names=", ".join(listed)
        )
    if {tensor.name: len(tensor.shape) for tensor in model.outputs} != OUTPUT_RANKS:
        return "its only output must be mask (1,1,h,w)"
    return ""
