"""Texts as characters for networks: no words are cut, so Japanese and English alike."""

from collections import Counter
from collections.abc import Sequence

import torch
from torch import nn

UNKNOWN, PAD = 1, 0
MAX_CHARACTERS = 8000


def alphabet_of(texts: Sequence[str]) -> str:
    """The characters that occur, the most frequent first."""
    counts = Counter(char for text in texts for char in text)
    return "".join(char for char, _ in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:MAX_CHARACTERS])


def codes_of(texts: Sequence[str], alphabet: str, longest: int) -> torch.Tensor:
    """(n, length) numbers of characters, padded to the longest of these texts, cut at `longest`."""
    code_by_char = {char: number + 2 for number, char in enumerate(alphabet)}
    rows = [[code_by_char.get(char, UNKNOWN) for char in text[:longest]] for text in texts]
    length = max(8, *(len(row) for row in rows))
    return torch.tensor([row + [PAD] * (length - len(row)) for row in rows], dtype=torch.long)


class Reader(nn.Module):
    """Characters to (n, length, width): an embedding and residual dilated convolutions (arXiv 1702.02098)."""

    def __init__(self, alphabet: int, width: int, dilations: Sequence[int] = (1, 2, 4, 8)) -> None:
        super().__init__()
        self.embed = nn.Embedding(alphabet + 2, width, padding_idx=PAD)
        self.drop = nn.Dropout(0.2)
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in dilations])
        self.layers = nn.ModuleList(
            [nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation) for dilation in dilations]
        )

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """(n, length) to (n, length, width)."""
        is_character = (codes != PAD)[..., None]
        x = self.drop(self.embed(codes))
        for norm, layer in zip(self.norms, self.layers, strict=True):
            step = layer(norm(x).transpose(1, 2)).transpose(1, 2)
            x = (x + self.drop(step.relu())) * is_character
        return x  # type: ignore[no-any-return]  # nn.Module returns Any
