"""The network of the talk: a stacked denoising autoencoder, and a predictor of the next slot's count on top of it.

Stacked denoising autoencoders: P. Vincent et al. 2010, JMLR 11. ReLU, batch normalization and Adam as in the talk. The
predictor gives the mean and the spread of a negative binomial distribution, so that counts have quantiles.
"""

import json
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from workers.applications.demand.recipes.inputs import Demand, Inputs, targets_of
from workers.applications.demand.recipes.simple import thinned
from workers.recipes.base import Run, check_run

Array = NDArray[np.float64]
BATCH = 1024


@dataclass(frozen=True)
class Shape:
    """What a random search varies."""

    width: int = 96
    depth: int = 2
    noise: float = 0.2
    rate: float = 0.002
    epochs: int = 8
    pretrained: bool = True


def drawn(rng: np.random.Generator) -> Shape:
    """One draw of the random search."""
    return Shape(
        width=int(rng.choice([48, 64, 96, 128, 192])),
        depth=int(rng.integers(1, 4)),
        noise=float(rng.uniform(0.05, 0.4)),
        rate=float(10 ** rng.uniform(-3.3, -2.3)),
        epochs=int(rng.integers(5, 13)),
    )


class Net(nn.Module):
    """Standardized inputs (n, features) to the mean in units of the cell's scale, and the spread."""

    def __init__(self, features: int, shape: Shape) -> None:
        super().__init__()
        sizes = [features, *(max(shape.width // 2**level, 16) for level in range(shape.depth))]
        self.encoders = nn.ModuleList(
            nn.Sequential(nn.Linear(a, b), nn.BatchNorm1d(b), nn.ReLU()) for a, b in pairwise(sizes)
        )
        self.decoders = nn.ModuleList(nn.Linear(b, a) for a, b in pairwise(sizes))
        # The predictor sees the inputs too: what the autoencoder abstracts away may still be needed.
        self.head = nn.Sequential(nn.Linear(sizes[-1] + features, 64), nn.ReLU(), nn.Linear(64, 2))
        self.register_buffer("middle", torch.zeros(features))
        self.register_buffer("spread", torch.ones(features))

    def standard(self, x: torch.Tensor) -> torch.Tensor:
        """Standardized and cut at eight deviations."""
        return ((x - self.middle) / self.spread).clamp(-8, 8)  # type: ignore[operator]

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean (n,), and dispersion (n,) of the negative binomial: variance = mean + dispersion · mean²."""
        z = x = self.standard(x)
        for encoder in self.encoders:
            z = encoder(z)
        out = self.head(torch.cat([z, x], dim=1))
        mean = nn.functional.softplus(out[:, 0])
        return mean, nn.functional.softplus(out[:, 1] - 3) + 1e-4


def log_likelihood(y: torch.Tensor, mean: torch.Tensor, dispersion: torch.Tensor) -> torch.Tensor:
    """Of counts under the negative binomial distribution with that mean, variance = mean + dispersion · mean²."""
    r = 1 / dispersion
    return (
        torch.lgamma(y + r) - torch.lgamma(r) - torch.lgamma(y + 1)
        + r * torch.log(r / (r + mean)) + y * torch.log((mean + 1e-9) / (r + mean))
    )  # fmt: skip


@dataclass
class Forecast:
    """Means (n,) and dispersions (n,) of the counts of rows."""

    mean: Array
    dispersion: Array

    def quantile(self, q: float) -> Array:
        """(n,) smallest counts that are reached or undercut with probability `q`."""
        from scipy.stats import nbinom

        r = 1 / self.dispersion
        found: Array = nbinom.ppf(q, r, r / (r + np.maximum(self.mean, 1e-9)))
        return found

    def inside(self, truth: Array, level: float) -> Array:
        """(n,) how much of each count lies in the middle `level` of its distribution, 0 to 1.

        A count takes up the span of probability from what lies below it to what it reaches (the nonrandomized
        probability integral transform, C. Czado et al. 2009): the mean is `level` where the distributions are right,
        though counts jump.
        """
        from scipy.stats import nbinom

        r = 1 / self.dispersion
        p = r / (r + np.maximum(self.mean, 1e-9))
        below, until = nbinom.cdf(truth - 1, r, p), nbinom.cdf(truth, r, p)
        low, high = (1 - level) / 2, (1 + level) / 2
        overlap = np.clip(np.minimum(until, high) - np.maximum(below, low), 0, None)
        found: Array = overlap / np.maximum(until - below, 1e-12)
        return found


@dataclass
class DemandNet:
    """A trained network."""

    net: Net
    shape: Shape
    features: int

    def predict(self, inputs: Inputs) -> Forecast:
        """The distribution of every row's count."""
        self.net.eval()
        means, spreads = [np.zeros(0)], [np.zeros(0)]
        with torch.inference_mode():
            for begin in range(0, len(inputs.x), 65_536):
                mean, dispersion = self.net(torch.from_numpy(inputs.x[begin : begin + 65_536]))
                means.append(mean.double().numpy())
                spreads.append(dispersion.double().numpy())
        return Forecast(np.concatenate(means) * inputs.scale[inputs.cell], np.concatenate(spreads))

    def save(self, folder: Path) -> None:
        """Weights and shape."""
        torch.save(self.net.state_dict(), folder / "net.pt")
        (folder / "net.json").write_text(json.dumps({"shape": asdict(self.shape), "features": self.features}))


def load(folder: Path) -> DemandNet:
    """What `DemandNet.save` wrote."""
    card = json.loads((folder / "net.json").read_text())
    shape = Shape(**card["shape"])
    net = Net(card["features"], shape)
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True))
    return DemandNet(net.eval(), shape, card["features"])


def fit(demand: Demand, learned: Inputs, shape: Shape, seed: int, run: Run | None = None) -> DemandNet:
    """Pre-train layer by layer, then train all of it.

    Raises:
        Stopped: `run` asked to.
    """
    torch.manual_seed(seed)
    rows = thinned(learned, seed)
    x = torch.from_numpy(learned.x[rows])
    net = Net(x.shape[1], shape)
    net.state_dict()["middle"].copy_(x.mean(dim=0))
    net.state_dict()["spread"].copy_(x.std(dim=0) + 1e-3)
    generator = torch.Generator().manual_seed(seed)
    if shape.pretrained:
        _pretrain(net, x, shape, generator, run)
    scale = torch.from_numpy(learned.scale[learned.cell[rows]]).float()
    y = torch.from_numpy(targets_of(demand, learned)[rows]).float()
    _train(net, x, y, scale, shape, generator, run)
    return DemandNet(net.eval(), shape, x.shape[1])


def _pretrain(net: Net, x: torch.Tensor, shape: Shape, generator: torch.Generator, run: Run | None) -> None:
    """Each layer learns to give back what entered it, though a share of it was set to zero."""
    inner = net.standard(x)
    for encoder, decoder in zip(net.encoders, net.decoders, strict=True):
        encoder.train()
        parameters = [*encoder.parameters(), *decoder.parameters()]
        optimizer = torch.optim.Adam(parameters, lr=shape.rate)
        for _ in range(2):
            for part in torch.split(torch.randperm(len(x), generator=generator), BATCH):
                if run is not None:
                    check_run(run)
                if len(part) < 2:
                    continue
                whole = inner[part]
                kept = torch.rand(whole.shape, generator=generator) >= shape.noise
                loss = nn.functional.mse_loss(decoder(encoder(whole * kept)), whole)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()  # type: ignore[no-untyped-call]  # torch ships this one untyped
                optimizer.step()
        encoder.eval()
        with torch.inference_mode():
            inner = torch.cat([encoder(part) for part in torch.split(inner, 65_536)])
        inner = inner.clone()


def _train(
    net: Net, x: torch.Tensor, y: torch.Tensor, scale: torch.Tensor, shape: Shape, generator: torch.Generator,
    run: Run | None,
) -> None:  # fmt: skip
    """Likelihood of the counts, and the squared error of their mean, by which forecasts are judged."""
    net.train()
    parts = -(-len(x) // BATCH)
    parameters = [*net.encoders.parameters(), *net.head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=shape.rate, weight_decay=1e-5)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, shape.rate * 2, total_steps=shape.epochs * parts)
    weight = scale**2 / (scale**2).mean()
    for epoch in range(shape.epochs):
        total = 0.0
        for part in torch.split(torch.randperm(len(x), generator=generator), BATCH):
            if run is not None:
                check_run(run)
            if len(part) < 2:
                schedule.step()
                continue
            mean, dispersion = net(x[part])
            # The mean learns from squared errors; the spread from the likelihood at that mean.
            error = (weight[part] * (mean - y[part] / scale[part]) ** 2).mean()
            fit = -log_likelihood(y[part], mean.detach() * scale[part], dispersion).mean()
            loss = error + 0.1 * fit
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        if run is not None:
            run.log(epoch + 1, shape.epochs, loss=total / parts)


def search(
    demand: Demand, learned: Inputs, held: Inputs, *, trials: int, seed: int, run: Run | None = None
) -> tuple[Shape, list[tuple[Shape, float]]]:
    """Random search, as in the talk: the shape with the least error on the slots that are held out, and all of them."""
    rng = np.random.default_rng(seed)
    tried = []
    truth = targets_of(demand, held)
    for number in range(trials):
        shape = Shape() if number == 0 else drawn(rng)
        found = fit(demand, learned, shape, seed, run).predict(held).mean
        tried.append((shape, float(np.sqrt(np.mean((found - truth) ** 2)))))
    return min(tried, key=lambda one: one[1])[0], tried
