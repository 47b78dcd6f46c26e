"""Training on mixtures of two examples: mixup, and between-class learning.

mixup: H. Zhang et al. 2018 (arXiv 1710.09412). Between-class learning for sounds: Y. Tokozume et al. 2018
(arXiv 1711.10282); for pictures, BC and BC+: Y. Tokozume et al. 2018 (arXiv 1711.10284). Written from the papers.
Nothing here knows that the examples are pictures: for sounds, `spread` is their sound pressure.
"""

from collections.abc import Callable
from typing import Protocol

import torch

METHODS = ("none", "mixup", "bc", "bc+")
EDGE = 1e-6  # ratios stay this far from 0 and 1, where the formula of BC+ divides by zero


class MixingParameters(Protocol):
    """Parameters of recipes that can learn on mixtures."""

    @property
    def mixing(self) -> str: ...

    @property
    def mixup_alpha(self) -> float: ...


def deviation(x: torch.Tensor) -> torch.Tensor:
    """(n,) standard deviation of each example of (n, …), at least a millionth."""
    return x.flatten(1).std(dim=1, correction=0).clamp_min(1e-6)


def zero_mean(x: torch.Tensor) -> torch.Tensor:
    """Each example of (n, …) less its own mean."""
    return x - x.flatten(1).mean(dim=1).view(-1, *[1] * (x.dim() - 1))


def partners(y: torch.Tensor, among: torch.Tensor, of: torch.Tensor, method: str, rng: torch.Generator) -> torch.Tensor:
    """What each example of a batch is mixed with.

    Args:
        y: (examples,) class of every example.
        among: Indices that may be learned from.
        of: (n,) indices of the batch, each in `among`.
        method: mixup pairs within the batch, whatever the classes; bc and bc+ draw from all of another class.
        rng: Draws.

    Returns:
        (n,) indices. Where there is one class only, each example is its own partner.
    """
    if method == "mixup":
        return of[torch.randperm(len(of), generator=rng)]
    partner = of.clone()
    if bool((y[among] == y[among[0]]).all()):
        return partner
    same = torch.arange(len(of))
    while len(same):
        partner[same] = among[torch.randint(len(among), (len(same),), generator=rng)]
        same = torch.nonzero(y[partner] == y[of]).flatten()
    return partner


def ratios(n: int, method: str, alpha: float, rng: torch.Generator) -> torch.Tensor:
    """(n,) share of the first example: uniform, each its own, for bc and bc+; one of Beta(α, α) for mixup."""
    if method == "mixup":
        # A beta variate from two gamma variates; torch's own `Beta` takes no generator.
        seed = int(torch.randint(2**31 - 1, (1,), generator=rng))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            ratio = float(torch.distributions.Beta(alpha, alpha).sample())
        return torch.full((n,), ratio)
    return torch.rand(n, generator=rng).clamp(EDGE, 1 - EDGE)


def mix(
    x1: torch.Tensor,
    x2: torch.Tensor,
    r: torch.Tensor,
    method: str,
    spread: Callable[[torch.Tensor], torch.Tensor] = deviation,
) -> torch.Tensor:
    """Mixtures of pairs.

    bc and mixup: r·x1 + (1−r)·x2. bc+: with the means taken away, p = 1/(1 + (σ1/σ2)·(1−r)/r) and
    (p·x1 + (1−p)·x2)/√(p² + (1−p)²), so that the louder of both does not drown the other and the energy stays.

    Args:
        x1: (n, …) examples.
        x2: (n, …) their partners.
        r: (n,) share of `x1`.
        method: One of `METHODS` but none.
        spread: (n,) σ of (n, …).
    """
    shape = (-1, *[1] * (x1.dim() - 1))
    if method != "bc+":
        share = r.view(shape)
        return share * x1 + (1 - share) * x2
    x1, x2 = zero_mean(x1), zero_mean(x2)
    p = (1 / (1 + spread(x1) / spread(x2) * (1 - r) / r)).view(shape)
    return (p * x1 + (1 - p) * x2) / torch.sqrt(p**2 + (1 - p) ** 2)


def mixed_target(y1: torch.Tensor, y2: torch.Tensor, r: torch.Tensor, classes: int) -> torch.Tensor:
    """(n, classes) shares: r·e1 + (1−r)·e2."""
    first, second = (torch.nn.functional.one_hot(y, classes).to(r.dtype) for y in (y1, y2))
    return r[:, None] * first + (1 - r)[:, None] * second


def divergence(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean Kullback–Leibler divergence of the softmax of (n, classes) logits from (n, classes) targets."""
    return torch.nn.functional.kl_div(logits.log_softmax(dim=1), target, reduction="batchmean")


def class_loss(
    net: torch.nn.Module,
    views: Callable[[torch.Tensor, torch.Generator], torch.Tensor],
    y: torch.Tensor,
    among: torch.Tensor,
    part: torch.Tensor,
    rng: torch.Generator,
    device: str,
    params: MixingParameters,
) -> torch.Tensor:
    """The loss of a batch, plain or mixed.

    Args:
        net: (n, …) inputs to (n, classes) logits.
        views: Inputs of examples by index, each time another view of them.
        y: (examples,) classes.
        among: Indices that may be learned from.
        part: (n,) indices of the batch.
        rng: Draws.
        device: Of the network.
        params: Of the recipe.
    """
    method = params.mixing
    x = views(part, rng)
    if method == "none":
        return torch.nn.functional.cross_entropy(net(x.to(device)), y[part].to(device), label_smoothing=0.05)
    partner = partners(y, among, part, method, rng)
    r = ratios(len(part), method, params.mixup_alpha, rng)
    logits = net(mix(x, views(partner, rng), r, method).to(device))
    return divergence(logits, mixed_target(y[part], y[partner], r, logits.shape[1]).to(device))
