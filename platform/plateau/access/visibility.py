"""Visibility is a queryset: the one place where rows are scoped to the caller's organization, and there to what the
caller reaches: projects by membership, and with them whatever belongs to one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, TypeVar, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import Q

from labelkit.messages import Message
from plateau.access.scopes import Actor, Reach
from plateau.http.errors import NotFound, ProjectArchived

T = TypeVar("T", bound=models.Model)


@dataclass(frozen=True)
class ReachRules:
    """What a person reaches; whoever knows projects and their members registers it when Django starts.

    Attributes:
        projects: Subquery of the ids of the projects that the caller reaches.
        datasets: The same of datasets.
        tasks_of: Condition on rows: an item, by the look-up that leads to it, has a task in one of these projects.
        members: Subquery of the ids of the active memberships that reach a project, by its id.
    """

    projects: Callable[[Actor], Any]
    datasets: Callable[[Actor], Any]
    tasks_of: Callable[[Actor, str], Q]
    members: Callable[[int], Any]


# There is exactly one.
reach_rules: list[ReachRules] = []


def current_reach_rules() -> ReachRules:
    """The rules.

    Raises:
        RuntimeError: nobody registered any. Without them nothing that belongs to a project is shown to anybody.
    """
    if len(reach_rules) != 1:
        raise RuntimeError(f"There are {len(reach_rules)} sets of reach rules; annotation.labeling registers the one.")
    return reach_rules[0]


def reaches_everything(actor: Actor) -> bool:
    """Whether the caller reaches all projects of the organization, so that no rule has to be asked."""
    return actor.reach == Reach.ALL and actor.project_id is None


class _Owned(Protocol):
    organization_path: ClassVar[str]
    project_path: ClassVar[str | None]
    dataset_path: ClassVar[str | None]
    may_stand_alone: ClassVar[bool]


class ScopedQuerySet(models.QuerySet[T]):
    """Queryset of a model that says by look-ups to whom its rows belong.

    `organization_path` leads to the organization, `project_path` and `dataset_path` to project and dataset where it
    has them. Where `may_stand_alone` is true, a row may lack them: it is the organization's, and seen by its members
    but not by those who reach only what they were given.
    """

    def visible_to(self, actor: Actor) -> Self:
        """Rows of the caller's organization that belong to nothing, or to what the caller reaches."""
        owned = cast(_Owned, self.model)
        rows = self.filter(**{owned.organization_path: actor.organization_id})
        return rows if reaches_everything(actor) else rows.filter(self.in_reach_of(actor))

    def in_reach_of(self, actor: Actor) -> Q:
        """The condition on rows of the organization: that the caller reaches what they belong to."""
        owned = cast(_Owned, self.model)
        may_stand_alone = getattr(owned, "may_stand_alone", False)
        is_insider = actor.reach != Reach.GIVEN and actor.project_id is None
        condition, alone = Q(), ~Q(pk__in=[])
        for path, reached in self._owners(owned):
            of_it = Q(**{f"{path}__in": reached(actor)})
            condition &= of_it | Q(**{path: None}) if may_stand_alone else of_it
            alone &= Q(**{path: None})
        return condition & ~alone if may_stand_alone and not is_insider else condition

    @staticmethod
    def _owners(owned: _Owned) -> list[tuple[str, Callable[[Actor], Any]]]:
        project_path, dataset_path = (getattr(owned, name, None) for name in ("project_path", "dataset_path"))
        if project_path is None and dataset_path is None:
            return []
        rules = current_reach_rules()
        by_path = [(project_path, rules.projects), (dataset_path, rules.datasets)]
        return [(path, reached) for path, reached in by_path if path is not None]

    def get_or_404(self, **lookups: object) -> T:
        """The row, or a refusal that reads the same whether it is missing or foreign.

        Raises:
            NotFound: no such row.
        """
        try:
            return self.get(**lookups)
        except (ObjectDoesNotExist, ValueError, TypeError, OverflowError) as error:
            name = str(self.model._meta.verbose_name)
            raise NotFound(Message("There is no such {name} in your organization.", name=name)) from error

    def get_active(self, **lookups: object) -> T:
        """The row, of a project that is not archived: for whatever changes it, or orders work on it.

        Raises:
            NotFound: no such row.
            ProjectArchived: its project is archived.
        """
        row = self.get_or_404(**lookups)
        path = cast(_Owned, self.model).project_path or "id"
        archived = "archived_at" if path == "id" else f"{path.removesuffix('_id')}__archived_at"
        if self.model._default_manager.filter(pk=row.pk, **{f"{archived}__isnull": False}).exists():
            raise ProjectArchived
        return row
