"""Networks that recipes train, and what is exported of them."""

import torch
from torch import nn

from workers.recipes import mixing
from workers.recipes.backbones import efficientnet_lite0 as backbone
from workers.recipes.characters import PAD, Reader
from workers.recipes.dense import Dense

GREY = 127.0  # the middle of the range of a pixel


class SmallCnn(nn.Module):
    """Three stages of two convolutions; (n, side, side, 3) pixels of 0–255 in, logits out.

    A `centered` network takes each picture's mean away first, as bc+ asks.
    """

    def __init__(self, classes: int, width: int, *, centered: bool = False) -> None:
        super().__init__()
        self.centered = centered
        layers: list[nn.Module] = []
        before = 3
        for stage in range(3):
            after = width * 2**stage
            for _ in range(2):
                layers += [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
                before = after
            layers.append(nn.MaxPool2d(2))
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(before, classes))
        # A fifth faster on a CPU: pixels come with their channels last.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack this form

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Logits."""
        x = pixels.permute(0, 3, 1, 2)
        x = (mixing.zero_mean(x) if self.centered else x - 127.5) / 64.0
        return self.head(self.body(x).mean(dim=(2, 3)))  # type: ignore[no-any-return]  # nn.Module returns Any


class TunedBackbone(nn.Module):
    """Backbone and head; (n, side, side, 3) pixels of 0–255 in, logits out."""

    def __init__(self, body: nn.Module, classes: int, *, centered: bool) -> None:
        super().__init__()
        self.body, self.head, self.centered = body, nn.Linear(backbone.FEATURES, classes), centered

    def train(self, mode: bool = True) -> "TunedBackbone":
        """Batch normalization keeps the statistics that it came with."""
        super().train(mode)
        for module in self.body.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Logits. A centered network moves each picture's mean to the middle grey, as bc+ asks."""
        x = mixing.zero_mean(pixels) + GREY if self.centered else pixels
        return self.head(self.body(x))  # type: ignore[no-any-return]  # nn.Module returns Any


class Probabilities(nn.Module):
    """Logits of a network as probabilities."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """(n, classes)."""
        return self.net(pixels).softmax(dim=1)  # type: ignore[no-any-return]  # nn.Module returns Any


class TextClassifier(nn.Module):
    """(n, length) characters to (n, classes) logits."""

    def __init__(self, alphabet: int, classes: int, width: int) -> None:
        super().__init__()
        self.reader, self.head = Reader(alphabet, width), nn.Linear(2 * width, classes)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """Logits from the mean and the maximum over the characters."""
        x = self.reader(codes)
        is_character = (codes != PAD)[..., None]
        mean = x.sum(dim=1) / is_character.sum(dim=1).clamp_min(1)
        most = x.masked_fill(~is_character, -1e4).amax(dim=1).clamp_min(-1e3)
        return self.head(torch.cat([mean, most], dim=1))  # type: ignore[no-any-return]  # nn.Module returns Any


class CharacterTagger(nn.Module):
    """(n, length) characters to (n, length, tags) logits."""

    def __init__(self, alphabet: int, labels: int, width: int) -> None:
        super().__init__()
        self.reader, self.head = Reader(alphabet, width), nn.Linear(width, 2 * labels + 1)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """Logits of the tags."""
        return self.head(self.reader(codes))  # type: ignore[no-any-return]  # nn.Module returns Any


class PixelProbabilities(nn.Module):
    """`shares` of a dense network as probabilities."""

    def __init__(self, net: Dense) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """(n, 1 + classes, side / stride, side / stride)."""
        return self.net(pixels)["shares"].softmax(dim=1)  # type: ignore[no-any-return]  # nn.Module returns Any
