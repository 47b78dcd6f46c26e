"""Texts by a small convolutional network over characters, from scratch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workers.recipes.base import Example, Run
from workers.recipes.linear import classes_of
from workers.recipes.spec import RecipeSpec, integer_field, number_field, validation_field

if TYPE_CHECKING:
    import torch

    from workers.recipes.modules import TextClassifier


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    epochs: int = integer_field("Epochs", 10, min=1, max=200)
    width: int = integer_field("Channels", 64, min=8, max=512)
    max_length: int = integer_field("Maximum text length (characters)", 400, min=16, max=4000)
    batch_size: int = integer_field("Batch size", 32, min=2, max=512)
    learning_rate: float = number_field("Learning rate", 0.003, min=1e-5, max=0.1, log=True)
    validation_percent: int = validation_field()
    patience: int = integer_field("Early-stopping patience (0 = off)", 0, min=0, max=100)


SPEC = RecipeSpec(
    key="text_cnn",
    module=__name__,
    parameters=Parameters,
    title="Character CNN",
    description="A small convolutional network on characters, trained from scratch.",
    media_types=frozenset({"text"}),
    annotation_types=frozenset({"classification"}),
    queue="gpu",
    baseline="text_linear",
    is_neural_network=True,
    min_cost_labels=500,
)


@dataclass
class TextNet:
    """A trained network and its alphabet."""

    labels: list[str]
    alphabet: str
    net: TextClassifier
    width: int
    longest: int
    device: str

    def predict(self, examples: Sequence[Example]) -> NDArray[np.float64]:
        """(n, classes) probabilities."""
        import torch

        from workers.recipes.characters import codes_of

        self.net.eval()
        probabilities = [np.zeros((0, len(self.labels)))]
        with torch.inference_mode():
            for begin in range(0, len(examples), 64):
                texts = [example.text for example in examples[begin : begin + 64]]
                codes = codes_of(texts, self.alphabet, self.longest).to(self.device)
                probabilities.append(self.net(codes).double().softmax(dim=1).cpu().numpy())
        return np.concatenate(probabilities)

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        import torch

        torch.save(self.net.state_dict(), folder / "net.pt")
        saved = {"labels": self.labels, "alphabet": self.alphabet, "width": self.width, "longest": self.longest}
        (folder / "net.json").write_text(json.dumps(saved))


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> TextNet:
    """See `Recipe.fit`."""
    import torch
    from torch.nn import functional as F  # noqa: N812  # torch's own custom

    from workers.recipes.characters import alphabet_of, codes_of
    from workers.recipes.modules import TextClassifier
    from workers.recipes.networks import TrainingSchedule, primary_metric, split_validation, train_network

    run.raise_if_stopped()
    torch.manual_seed(run.seed)
    texts = [example.text for example in examples]
    alphabet = alphabet_of(texts)
    net = TextClassifier(len(alphabet), len(labels), params.width).to(run.device)
    y = torch.from_numpy(classes_of(labels, [example.target for example in examples]))
    schedule = TrainingSchedule(
        params.epochs, params.batch_size, params.learning_rate, params.validation_percent, params.patience
    )
    training, validation = split_validation(len(examples), schedule, run.seed)

    def logits(part: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = net(
            codes_of([texts[int(index)] for index in part], alphabet, params.max_length).to(run.device)
        )
        return out

    def loss_of(part: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        return F.cross_entropy(logits(part), y[part].to(run.device), label_smoothing=0.05)

    model = TextNet(labels, alphabet, net, params.width, params.max_length, run.device)

    def held_out() -> dict[str, float]:
        with torch.inference_mode():
            out = torch.cat([logits(part).cpu() for part in torch.split(validation, 64)])
        loss = float(F.cross_entropy(out, y[validation]))
        return {"validation_loss": loss} | primary_metric(model, [examples[int(index)] for index in validation])

    train_network(net, training, loss_of, schedule, run, held_out=held_out if len(validation) else None)
    return model


def load(folder: Path, cache: Path) -> TextNet:
    """See `Recipe.load`."""
    import torch

    from workers.recipes.modules import TextClassifier

    saved = json.loads((folder / "net.json").read_text())
    net = TextClassifier(len(saved["alphabet"]), len(saved["labels"]), saved["width"])
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True, map_location="cpu"))
    return TextNet(saved["labels"], saved["alphabet"], net, saved["width"], saved["longest"], "cpu")
