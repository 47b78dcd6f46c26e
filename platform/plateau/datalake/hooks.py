"""What other contexts do after items came in, and when items are erased; each registers itself when Django starts.

The data lake does not know who uses its datasets, so these lists are the only way back.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

AfterIngest = Callable[[int], None]
after_ingest: list[AfterIngest] = []


def items_added(dataset_id: int) -> None:
    """Tell everyone that `dataset_id` may have new items."""
    for react in after_ingest:
        react(dataset_id)


@dataclass
class Reach:
    """Where items went: `counts` of rows by what they are, and what has a name, with how many of the items it has.

    An entry of `named` has `kind` (`snapshot`, `model`, `predictions`), `id`, `project_id`, `title` and `items`.
    """

    counts: dict[str, int] = field(default_factory=dict)
    named: list[dict[str, Any]] = field(default_factory=list)

    def add(self, other: "Reach") -> None:
        """Take in what was found elsewhere, or in another part of the items."""
        for key, number in other.counts.items():
            self.counts[key] = self.counts.get(key, 0) + number
        known = {(one["kind"], one["id"]): one for one in self.named}
        for one in other.named:
            if (same := known.get((one["kind"], one["id"]))) is not None:
                same["items"] += one["items"]
            else:
                self.named.append(dict(one))


@dataclass(frozen=True)
class Follower:
    """A context that keeps something of items.

    `reach` says what; `erase` takes it away, inside the transaction of the erasure, and returns the keys of files to
    be deleted once that is committed.
    """

    reach: Callable[[list[int]], Reach]
    erase: Callable[[list[int]], list[str]]


followers: list[Follower] = []


def reach_of(item_ids: list[int]) -> Reach:
    """What every context keeps of these items."""
    found = Reach()
    for one in followers:
        found.add(one.reach(item_ids))
    return found


def erase_everywhere(item_ids: list[int]) -> list[str]:
    """Let every context forget these items, those that build on others first; the keys of files to delete."""
    keys: list[str] = []
    for one in reversed(followers):
        keys += one.erase(item_ids)
    return keys
