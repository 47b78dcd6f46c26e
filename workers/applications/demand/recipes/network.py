"""The demand network: a stacked denoising autoencoder, and a predictor of the next time bin's count on top of it.

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

from workers.applications.demand.recipes.inputs import Demand, Inputs, build_targets
from workers.applications.demand.recipes.simple import sample_rows
from workers.recipes.base import Run

Array = NDArray[np.float64]
BATCH = 1024


@dataclass(frozen=True)
class NetworkConfig:
    """Hyper-parameters that a random search varies."""

    width: int = 96
    depth: int = 2
    masking_noise: float = 0.2
    learning_rate: float = 0.002
    epochs: int = 8
    is_pretrained: bool = True


def sample_config(rng: np.random.Generator) -> NetworkConfig:
    """One draw of the random search."""
    return NetworkConfig(
        width=int(rng.choice([48, 64, 96, 128, 192])),
        depth=int(rng.integers(1, 4)),
        masking_noise=float(rng.uniform(0.05, 0.4)),
        learning_rate=float(10 ** rng.uniform(-3.3, -2.3)),
        epochs=int(rng.integers(5, 13)),
    )


class AutoencoderNet(nn.Module):
    """Standardized inputs (n, features) to the mean in units of the cell's scale, and the spread."""

    def __init__(self, features: int, config: NetworkConfig) -> None:
        super().__init__()
        sizes = [features, *(max(config.width // 2**level, 16) for level in range(config.depth))]
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
class CountForecast:
    """Means (n,) and dispersions (n,) of the counts of rows."""

    mean: Array
    dispersion: Array

    def quantile(self, q: float) -> Array:
        """(n,) smallest counts that are reached or undercut with probability `q`."""
        from scipy.stats import nbinom

        r = 1 / self.dispersion
        counts: Array = nbinom.ppf(q, r, r / (r + np.maximum(self.mean, 1e-9)))
        return counts

    def coverage(self, truth: Array, level: float) -> Array:
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
        fractions: Array = overlap / np.maximum(until - below, 1e-12)
        return fractions


@dataclass
class DemandNet:
    """A trained network."""

    net: AutoencoderNet
    config: NetworkConfig
    features: int

    def predict(self, inputs: Inputs) -> CountForecast:
        """The distribution of every row's count."""
        self.net.eval()
        means, spreads = [np.zeros(0)], [np.zeros(0)]
        with torch.inference_mode():
            for start in range(0, len(inputs.x), 65_536):
                mean, dispersion = self.net(torch.from_numpy(inputs.x[start : start + 65_536]))
                means.append(mean.double().numpy())
                spreads.append(dispersion.double().numpy())
        return CountForecast(np.concatenate(means) * inputs.scale[inputs.cell], np.concatenate(spreads))

    def save(self, folder: Path) -> None:
        """Weights and configuration."""
        torch.save(self.net.state_dict(), folder / "net.pt")
        (folder / "net.json").write_text(json.dumps({"config": asdict(self.config), "features": self.features}))


# What 0.2.0 called the fields of `net.json`, below `config`.
RENAMED_FIELDS = {"noise": "masking_noise", "rate": "learning_rate", "pretrained": "is_pretrained"}


def load(folder: Path) -> DemandNet:
    """What `DemandNet.save` wrote."""
    metadata = json.loads((folder / "net.json").read_text())
    stored = metadata["config"] if "config" in metadata else metadata["shape"]
    config = NetworkConfig(**{RENAMED_FIELDS.get(name, name): value for name, value in stored.items()})
    net = AutoencoderNet(metadata["features"], config)
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True))
    return DemandNet(net.eval(), config, metadata["features"])


def fit(demand: Demand, train: Inputs, config: NetworkConfig, seed: int, run: Run | None = None) -> DemandNet:
    """Pre-train layer by layer, then train all of it.

    Raises:
        RunStopped: `run` asked to.
    """
    torch.manual_seed(seed)
    rows = sample_rows(train, seed)
    x = torch.from_numpy(train.x[rows])
    net = AutoencoderNet(x.shape[1], config)
    net.state_dict()["middle"].copy_(x.mean(dim=0))
    net.state_dict()["spread"].copy_(x.std(dim=0) + 1e-3)
    generator = torch.Generator().manual_seed(seed)
    if config.is_pretrained:
        _pretrain(net, x, config, generator, run)
    scale = torch.from_numpy(train.scale[train.cell[rows]]).float()
    y = torch.from_numpy(build_targets(demand, train)[rows]).float()
    _train(net, x, y, scale, config, generator, run)
    return DemandNet(net.eval(), config, x.shape[1])


def _pretrain(
    net: AutoencoderNet, x: torch.Tensor, config: NetworkConfig, generator: torch.Generator, run: Run | None
) -> None:
    """Each layer learns to give back what entered it, though a fraction of it was set to zero."""
    inner = net.standard(x)
    for encoder, decoder in zip(net.encoders, net.decoders, strict=True):
        encoder.train()
        parameters = [*encoder.parameters(), *decoder.parameters()]
        optimizer = torch.optim.Adam(parameters, lr=config.learning_rate)
        for _ in range(2):
            for part in torch.split(torch.randperm(len(x), generator=generator), BATCH):
                if run is not None:
                    run.raise_if_stopped()
                if len(part) < 2:
                    continue
                whole = inner[part]
                mask = torch.rand(whole.shape, generator=generator) >= config.masking_noise
                loss = nn.functional.mse_loss(decoder(encoder(whole * mask)), whole)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()  # type: ignore[no-untyped-call]  # torch ships this one untyped
                optimizer.step()
        encoder.eval()
        with torch.inference_mode():
            inner = torch.cat([encoder(part) for part in torch.split(inner, 65_536)])
        inner = inner.clone()


def _train(
    net: AutoencoderNet, x: torch.Tensor, y: torch.Tensor, scale: torch.Tensor, config: NetworkConfig,
    generator: torch.Generator,
    run: Run | None,
) -> None:  # fmt: skip
    """Likelihood of the counts, and the squared error of their mean, by which forecasts are evaluated."""
    net.train()
    parts = -(-len(x) // BATCH)
    parameters = [*net.encoders.parameters(), *net.head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=config.learning_rate, weight_decay=1e-5)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, config.learning_rate * 2, total_steps=config.epochs * parts
    )
    weight = scale**2 / (scale**2).mean()
    for epoch in range(config.epochs):
        total = 0.0
        for part in torch.split(torch.randperm(len(x), generator=generator), BATCH):
            if run is not None:
                run.raise_if_stopped()
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
            run.log(epoch + 1, config.epochs, loss=total / parts)


def search(
    demand: Demand, train: Inputs, validation: Inputs, *, trials: int, seed: int, run: Run | None = None
) -> tuple[NetworkConfig, list[tuple[NetworkConfig, float]]]:
    """Random search: the configuration with the least error on the validation bins, and all with their errors."""
    rng = np.random.default_rng(seed)
    trial_errors = []
    truth = build_targets(demand, validation)
    for number in range(trials):
        config = NetworkConfig() if number == 0 else sample_config(rng)
        means = fit(demand, train, config, seed, run).predict(validation).mean
        trial_errors.append((config, float(np.sqrt(np.mean((means - truth) ** 2)))))
    return min(trial_errors, key=lambda trial: trial[1])[0], trial_errors
