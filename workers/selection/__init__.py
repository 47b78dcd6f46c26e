"""Query strategies: which unlabeled items to ask about next. One file each, listed here."""

from workers.selection import entropy, k_center, margin, mix, uncertainty
from workers.selection.base import Pool, Strategy

STRATEGIES: dict[str, Strategy] = {
    "uncertainty": uncertainty.scores,
    "margin": margin.scores,
    "entropy": entropy.scores,
    "k_center": k_center.scores,
    "mix": mix.scores,
}

__all__ = ["STRATEGIES", "Pool", "Strategy"]
