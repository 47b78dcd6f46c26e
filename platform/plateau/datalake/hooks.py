"""What other apps do after items came in, and when items are erased; each registers itself when Django starts.

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


# Each takes the id of a dataset and returns the names of those who work with it now, such as projects.
DatasetUsers = Callable[[int], list[str]]
dataset_users: list[DatasetUsers] = []


def users_of_dataset(dataset_id: int) -> list[str]:
    """Names of all who work with a dataset."""
    return [name for users in dataset_users for name in users(dataset_id)]


@dataclass
class Impact:
    """What erasing items would touch: `counts` of rows by what they are, and `resources` with how many of the items.

    An entry of `resources` has `kind` (`snapshot`, `model`, `predictions`), `id`, `project_id`, `title` and `items`.
    """

    counts: dict[str, int] = field(default_factory=dict)
    resources: list[dict[str, Any]] = field(default_factory=list)

    def add(self, impact: "Impact") -> None:
        """Add the impact on another data holder, or of another part of the items."""
        for key, number in impact.counts.items():
            self.counts[key] = self.counts.get(key, 0) + number
        by_id = {(resource["kind"], resource["id"]): resource for resource in self.resources}
        for resource in impact.resources:
            if (present := by_id.get((resource["kind"], resource["id"]))) is not None:
                present["items"] += resource["items"]
            else:
                self.resources.append(dict(resource))


@dataclass(frozen=True)
class DataHolder:
    """An app that holds data of items.

    `impact_of` says what it holds of some; `erase` deletes it, inside the transaction of the erasure, and returns the
    keys of files to be deleted once that is committed.
    """

    impact_of: Callable[[list[int]], Impact]
    erase: Callable[[list[int]], list[str]]


data_holders: list[DataHolder] = []


def impact_of_erasure(item_ids: list[int]) -> Impact:
    """What all data holders have of these items."""
    impact = Impact()
    for holder in data_holders:
        impact.add(holder.impact_of(item_ids))
    return impact


def erase_everywhere(item_ids: list[int]) -> list[str]:
    """Delete these items' data at every holder, those that build on others first; the keys of files to delete."""
    keys: list[str] = []
    for holder in reversed(data_holders):
        keys += holder.erase(item_ids)
    return keys
