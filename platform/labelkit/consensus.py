"""What several people's classes say together: majority, or a model of how reliable each person is.

Dawid–Skene (1979), GLAD (Whitehill et al. 2009) and MACE (Hovy et al. 2013) come from crowd-kit. They need enough
answers of each person to know that person; with fewer they do worse than the majority, so `auto` then takes that.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from labelkit.annotations.base import majority_vote
from labelkit.messages import Message

METHODS = ("auto", "majority", "dawid_skene", "glad", "mace")
MIN_ANSWERS_PER_PERSON = 20  # answers of each person, from which Dawid–Skene is trusted


@dataclass(frozen=True)
class Resolved:
    """The class of an item and how sure the method is, 0 to 1."""

    label: str
    confidence: float


@dataclass(frozen=True)
class Consensus:
    """Classes by item, the method that made them, and why it was that one."""

    method: str
    why: str
    labels: dict[int, Resolved]


def resolve(answers: Sequence[tuple[int, int, str]], *, method: str = "auto", seed: int = 0) -> Consensus:
    """Classes from rows of (item, person, class).

    Raises:
        ValueError: unknown method.

    >>> resolve([(1, 1, "cat"), (1, 2, "cat"), (1, 3, "cat")]).labels
    {1: Resolved(label='cat', confidence=1.0)}

    Reference: A. P. Dawid and A. M. Skene (1979), "Maximum likelihood estimation of observer error-rates using the EM
        algorithm", Applied Statistics 28; the other methods stand at the head of this module.
    """
    if method not in METHODS:
        raise ValueError(Message("unknown method “{method}”; known: {names}", method=method, names=", ".join(METHODS)))
    reason: str = "selected"
    if method == "auto":
        fewest = min(Counter(person for _, person, _ in answers).values(), default=0)
        people = len({person for _, person, _ in answers})
        enough = fewest >= MIN_ANSWERS_PER_PERSON and people >= 3  # two people alone cannot be told apart
        method = "dawid_skene" if enough else "majority"
        template = (
            "annotators: {people}, annotations of each: at least {fewest}"
            if enough
            else "annotators: {people} (Dawid–Skene needs 3), fewest annotations of one: {fewest} (it needs {needed})"
        )
        reason = Message(template, people=people, fewest=fewest, needed=MIN_ANSWERS_PER_PERSON)
    labels = _majority(answers) if method == "majority" else _aggregate(answers, method, seed)
    return Consensus(method, reason, labels)


def _majority(answers: Sequence[tuple[int, int, str]]) -> dict[int, Resolved]:
    votes: dict[int, list[str]] = {}
    for item, _, label in answers:
        votes.setdefault(item, []).append(label)
    return {item: Resolved(*majority_vote(labels)) for item, labels in votes.items()}


def _aggregate(answers: Sequence[tuple[int, int, str]], method: str, seed: int) -> dict[int, Resolved]:
    import pandas as pd
    from crowdkit.aggregation import GLAD, MACE, DawidSkene

    table = pd.DataFrame(answers, columns=["task", "worker", "label"])
    model = {"dawid_skene": lambda: DawidSkene(n_iter=200), "glad": GLAD, "mace": lambda: MACE(random_state=seed)}[
        method
    ]()
    shares = model.fit_predict_proba(table)
    best = shares.idxmax(axis=1)
    return {int(item): Resolved(str(best[item]), float(shares.loc[item, best[item]])) for item in shares.index}
