"""What other contexts do after items came in; each registers itself when Django starts.

The data lake does not know who uses its datasets, so this list is the only way back.
"""

from collections.abc import Callable

AfterIngest = Callable[[int], None]
after_ingest: list[AfterIngest] = []


def items_added(dataset_id: int) -> None:
    """Tell everyone that `dataset_id` may have new items."""
    for react in after_ingest:
        react(dataset_id)
