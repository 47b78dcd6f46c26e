"""Visibility is a queryset: the one place where rows are scoped to the caller's organization."""

from typing import ClassVar, Protocol, Self, TypeVar, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from labelkit.messages import Message
from plateau.access.scopes import Actor
from plateau.http.errors import NotFound, ProjectArchived

T = TypeVar("T", bound=models.Model)


class _Owned(Protocol):
    organization_path: ClassVar[str]
    project_path: ClassVar[str | None]


class ScopedQuerySet(models.QuerySet[T]):
    """Queryset of a model that says by `organization_path` which look-up leads to its organization."""

    def visible_to(self, actor: Actor) -> Self:
        """Rows of the caller's organization; of one project, where the token is bound to one."""
        owned = cast(_Owned, self.model)
        rows = self.filter(**{owned.organization_path: actor.organization_id})
        project_path = getattr(owned, "project_path", None)
        if actor.project_id is not None and project_path is not None:
            rows = rows.filter(**{project_path: actor.project_id})
        return rows

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
