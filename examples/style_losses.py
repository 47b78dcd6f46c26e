"""Content and style of images as losses on features of EfficientNet-Lite0. Used by the scripts beside it.

Style as Gram matrices of features: L. Gatys et al. 2016 (CVPR). The usual VGG16 ships nowhere with a license that lets
it be passed on; EfficientNet-Lite0's first blocks do.
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from workers.recipes.backbones.efficientnet_lite0 import torch_module

LAYERS = (0, 1, 2, 4)  # blocks whose outputs are looked at: half, a quarter and an eighth of the side
CONTENT = 4
_backbone = torch_module().requires_grad_(False)


def load_image(path: Path, side: int) -> torch.Tensor:
    """(1, side, side, 3) of 0–255."""
    with Image.open(path) as image:
        square = image.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
    return torch.from_numpy(np.asarray(square, dtype=np.float32))[None]


def extract_features(pixels: torch.Tensor) -> dict[int, torch.Tensor]:
    """Block to its output for (n, side, side, 3) of 0–255."""
    x = (pixels.permute(0, 3, 1, 2) - 127.0) / 128.0
    x = torch.nn.functional.relu6(_backbone._bn0(_backbone._conv_stem(x)))
    outputs = {}
    for number, block in enumerate(_backbone._blocks[: max(LAYERS) + 1]):
        x = block(x)
        if number in LAYERS:
            outputs[number] = x
    return outputs


def gram_matrices(outputs: dict[int, torch.Tensor]) -> list[torch.Tensor]:
    """(n, channels, channels) of each block: which features come together, wherever they are."""
    flat = [output.flatten(2) for output in outputs.values()]
    return [features @ features.transpose(1, 2) / features.shape[2] for features in flat]


def style_loss(grams: list[torch.Tensor], targets: list[torch.Tensor]) -> torch.Tensor:
    """Squared differences of Gram matrices, each block in units of its own."""
    return torch.stack([((a - b) ** 2).mean() / (b**2).mean() for a, b in zip(grams, targets, strict=True)]).mean()


def total_variation(pixels: torch.Tensor) -> torch.Tensor:
    """How rough (n, h, w, 3) is: mean squared steps between neighbors, of 0–255."""
    down, across = pixels[:, 1:] - pixels[:, :-1], pixels[:, :, 1:] - pixels[:, :, :-1]
    return (down.square().mean() + across.square().mean()) / 255**2
