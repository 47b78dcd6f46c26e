"""Features of a project's images by the frozen backbone, for query strategies and label issues."""

from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from annotation.labeling.models import Task
from annotation.projects.models import Project
from annotation.snapshots.split import is_drawn
from workers.recipes.backbones import efficientnet_lite0 as backbone
from workers.recipes.base import Example
from workers.runtime.dataset import fetch_image

FIELDS = (
    "pk",
    "item_id",
    "annotation_count",
    "annotation_id",
    "annotation__value",
    "item__asset__sha256",
    "item__asset__display_key",
    "item__asset__fingerprint",
)


def cache_folder() -> Path:
    """The cache of features, shared with trainings."""
    return Path(settings.PLATEAU_HOME) / "cache"


def fetch_task_rows(project: Project, *, states: tuple[str, ...]) -> list[dict[str, Any]]:
    """`FIELDS` of the tasks in these states whose items are files."""
    tasks = Task.objects.filter(project=project, state__in=states, item__asset__isnull=False)
    return list(tasks.order_by("pk").values(*FIELDS))


def image_examples(rows: list[dict[str, Any]], cache: Path) -> list[Example]:
    """Examples of `fetch_task_rows`, images on local disk, without targets."""
    return [
        Example(
            key=row["item__asset__sha256"],
            path=fetch_image(row["item__asset__display_key"], row["item__asset__sha256"], cache),
        )
        for row in rows
    ]


def compute_features(rows: list[dict[str, Any]]) -> NDArray[np.float64]:
    """(n, 1280) features of `fetch_task_rows`, computed once for each image."""
    cache = cache_folder()
    return np.asarray(backbone.features(image_examples(rows, cache), cache), dtype=np.float64)


def is_held_out(project: Project, row: dict[str, Any]) -> bool:
    """Whether the item is drawn into the held-out test set: no strategy may learn from such items, or order them."""
    return is_drawn(project.split_seed, row["item__asset__sha256"], fraction=settings.TEST_FRACTION)
