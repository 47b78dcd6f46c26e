"""A project's pictures as features of the frozen backbone, labeled and not, for work on the labels themselves."""

from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from annotation.labeling.models import Task
from annotation.projects.models import Project
from annotation.snapshots.split import draw
from workers.recipes.backbones import efficientnet_lite0 as backbone
from workers.recipes.base import Example
from workers.runtime.dataset import local_picture

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
    """Where features are kept, shared with trainings."""
    return Path(settings.PLATEAU_HOME) / "cache"


def rows_of(project: Project, *, states: tuple[str, ...]) -> list[dict[str, Any]]:
    """Tasks with pictures in these states."""
    tasks = Task.objects.filter(project=project, state__in=states, item__asset__isnull=False)
    return list(tasks.order_by("pk").values(*FIELDS))


def examples_of(rows: list[dict[str, Any]], cache: Path) -> list[Example]:
    """The pictures of `rows_of` on local disk, without labels."""
    return [
        Example(
            key=row["item__asset__sha256"],
            path=local_picture(row["item__asset__display_key"], row["item__asset__sha256"], cache),
        )
        for row in rows
    ]


def features_of(rows: list[dict[str, Any]]) -> NDArray[np.float64]:
    """(n, 1280) features; computed once for each picture."""
    cache = cache_folder()
    return np.asarray(backbone.features(examples_of(rows, cache), cache), dtype=np.float64)


def is_sealed(project: Project, row: dict[str, Any]) -> bool:
    """Whether the picture falls on the sealed side by its draw: no strategy may look at those, or place them."""
    return draw(project.split_seed, row["item__asset__sha256"], share=settings.SEALED_SHARE) == "sealed"
