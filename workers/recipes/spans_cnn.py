"""Spans by a small convolutional network over characters, from scratch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from labelkit.values import SpansAnnotation
from workers.recipes.base import Example, Run
from workers.recipes.spec import RecipeSpec, integer_field, number_field, validation_field
from workers.recipes.tagging import answer_of, tags_of

if TYPE_CHECKING:
    import torch

    from workers.recipes.modules import CharacterTagger


@dataclass(frozen=True)
class Parameters:
    """Hyper-parameters."""

    epochs: int = integer_field("Epochs", 20, min=1, max=500)
    width: int = integer_field("Channels", 64, min=8, max=512)
    max_length: int = integer_field("Maximum text length (characters)", 1000, min=16, max=4000)
    batch_size: int = integer_field("Batch size", 16, min=2, max=512)
    learning_rate: float = number_field("Learning rate", 0.003, min=1e-5, max=0.1, log=True)
    min_examples_per_epoch: int = integer_field("Minimum examples per epoch", 200, min=1, max=10_000)
    validation_percent: int = validation_field()
    patience: int = integer_field("Early-stopping patience (0 = off)", 0, min=0, max=100)


SPEC = RecipeSpec(
    key="spans_cnn",
    module=__name__,
    parameters=Parameters,
    title="Character CNN tagger",
    description="Tags characters by a small convolutional network, trained from scratch.",
    media_types=frozenset({"text"}),
    annotation_types=frozenset({"spans"}),
    queue="gpu",
    baseline="spans_linear",
    is_neural_network=True,
    min_cost_labels=200,
)

NOTHING = -100  # what the loss does not look at
LONGEST = 4000


@dataclass
class SpanNet:
    """A trained network and its alphabet."""

    labels: list[str]
    alphabet: str
    net: CharacterTagger
    width: int
    device: str

    def predict(self, examples: Sequence[Example]) -> list[SpansAnnotation]:
        """Answers with a `score` in each span; a text is read up to 4,000 characters."""
        import torch

        from workers.recipes.characters import codes_of

        self.net.eval()
        predictions = []
        with torch.inference_mode():
            for begin in range(0, len(examples), 32):
                texts = [example.text for example in examples[begin : begin + 32]]
                codes = codes_of(texts, self.alphabet, LONGEST).to(self.device)
                shares = self.net(codes).double().softmax(dim=2).cpu().numpy()
                predictions += [
                    answer_of(row[: min(len(text), LONGEST)], self.labels)
                    for row, text in zip(shares, texts, strict=True)
                ]
        return predictions

    def save(self, folder: Path) -> None:
        """See `TrainedModel.save`."""
        import torch

        torch.save(self.net.state_dict(), folder / "net.pt")
        saved = {"labels": self.labels, "alphabet": self.alphabet, "width": self.width}
        (folder / "net.json").write_text(json.dumps(saved))


def fit(examples: Sequence[Example], labels: list[str], params: Parameters, run: Run) -> SpanNet:
    """See `Recipe.fit`."""
    import torch
    from torch.nn import functional as F  # noqa: N812  # torch's own custom

    from workers.recipes.characters import PAD, alphabet_of, codes_of
    from workers.recipes.modules import CharacterTagger
    from workers.recipes.networks import TrainingSchedule, primary_metric, split_validation, train_network

    run.raise_if_stopped()
    torch.manual_seed(run.seed)
    texts = [example.text for example in examples]
    alphabet = alphabet_of(texts)
    tags = [tags_of(example, labels) for example in examples]
    net = CharacterTagger(len(alphabet), len(labels), params.width).to(run.device)
    schedule = TrainingSchedule(
        params.epochs,
        params.batch_size,
        params.learning_rate,
        params.validation_percent,
        params.patience,
        min_examples_per_epoch=params.min_examples_per_epoch,
    )
    training, validation = split_validation(len(examples), schedule, run.seed)

    def loss_on(part: torch.Tensor) -> torch.Tensor:
        codes = codes_of([texts[int(index)] for index in part], alphabet, params.max_length)
        goal = torch.full(codes.shape, NOTHING, dtype=torch.long)
        for row, index in enumerate(part):
            target = tags[int(index)][: codes.shape[1]][: params.max_length]
            goal[row, : len(target)] = torch.from_numpy(target)
        goal[codes == PAD] = NOTHING
        logits = net(codes.to(run.device))
        return F.cross_entropy(logits.flatten(0, 1), goal.flatten().to(run.device), ignore_index=NOTHING)

    model = SpanNet(labels, alphabet, net, params.width, run.device)

    def held_out() -> dict[str, float]:
        with torch.inference_mode():
            loss = float(np.mean([float(loss_on(part)) for part in torch.split(validation, 32)]))
        return {"validation_loss": loss} | primary_metric(model, [examples[int(index)] for index in validation])

    train_network(
        net, training, lambda part, rng: loss_on(part), schedule, run, held_out=held_out if len(validation) else None
    )
    return model


def load(folder: Path, cache: Path) -> SpanNet:
    """See `Recipe.load`."""
    import torch

    from workers.recipes.modules import CharacterTagger

    saved = json.loads((folder / "net.json").read_text())
    net = CharacterTagger(len(saved["alphabet"]), len(saved["labels"]), saved["width"])
    net.load_state_dict(torch.load(folder / "net.pt", weights_only=True, map_location="cpu"))
    return SpanNet(saved["labels"], saved["alphabet"], net, saved["width"], "cpu")
