"""Who reaches which projects: one condition in SQL, for querysets, the queue's statements, and lists of members.

A role reaches all projects of the organization, or those that are open to everyone, or neither; its holder also reaches
the projects that they, or one of their teams, are assigned to. `ProjectMembership` alone does not make a member: it
keeps the counts of whoever worked there.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from annotation.labeling.models import Task
from plateau.access.scopes import Actor, Reach, Scope
from plateau.access.visibility import ReachRules

# Whether a person is a member of project `p`. `{user}` stands for the person: a parameter, or a column.
IS_MEMBER = """(
    EXISTS (SELECT 1 FROM labeling_projectmembership own
            WHERE own.project_id = p.id AND own.user_id = {user} AND own.is_assigned)
    OR EXISTS (SELECT 1 FROM projects_project_teams assigned
               JOIN projects_team_members person ON person.team_id = assigned.team_id
               WHERE assigned.project_id = p.id AND person.user_id = {user}))
"""
# Whether a person whose role has `{reach}` reaches project `p` of their organization.
IS_REACHED = f"""(
    {{reach}} = '{Reach.ALL}' OR ({{reach}} = '{Reach.OPEN}' AND p.is_open_to_everyone) OR {IS_MEMBER})
"""
_OF_ORGANIZATION = f"""
    p.organization_id = {{organization}} AND ({{project}}::bigint IS NULL OR p.id = {{project}}::bigint)
    AND {IS_REACHED}
"""
# The same with the queue's parameters, see `queue.parameters`.
PROJECT_IS_REACHED = _OF_ORGANIZATION.format(
    organization="%(organization_id)s", project="%(token_project_id)s", reach="%(reach)s", user="%(user_id)s"
)
_REACHED = _OF_ORGANIZATION.format(organization="%s", project="%s", reach="%s", user="%s")
_PROJECTS = f"SELECT p.id FROM projects_project p WHERE {_REACHED}"  # noqa: S608  # built from constants
_DATASETS = f"""
SELECT p.dataset_id FROM projects_project p WHERE {_REACHED}
UNION ALL
SELECT a.dataset_id FROM projects_project p JOIN projects_project_added_datasets a ON a.project_id = p.id
WHERE {_REACHED}
"""  # noqa: S608  # built from constants; values are bound
_UNUSED_DATASETS = """
UNION ALL
SELECT d.id FROM datalake_dataset d
WHERE d.organization_id = %s AND NOT EXISTS (SELECT 1 FROM projects_project p WHERE p.dataset_id = d.id)
  AND NOT EXISTS (SELECT 1 FROM projects_project_added_datasets a WHERE a.dataset_id = d.id)
"""
_MEMBERS = f"""
SELECT m.id FROM projects_project p JOIN identity_membership m ON m.organization_id = p.organization_id
JOIN identity_role r ON r.id = m.role_id
WHERE p.id = %s AND m.is_active AND {IS_REACHED.format(reach="r.reach", user="m.user_id")}
"""  # noqa: S608  # built from constants; values are bound


def _parameters(actor: Actor) -> list[Any]:
    """Of `_REACHED`, in its order."""
    project_id, user_id, reach = actor.project_id, actor.user_id, actor.reach.value
    return [actor.organization_id, project_id, project_id, reach, reach, user_id, user_id]


def reachable_projects(actor: Actor) -> RawSQL:
    """Subquery of the ids of the projects that the caller reaches."""
    return RawSQL(_PROJECTS, _parameters(actor))  # noqa: S611  # built from constants; values are bound


def reachable_datasets(actor: Actor) -> RawSQL:
    """Subquery of the ids of the datasets that these projects label.

    A dataset that no project labels is seen by those whose role reads data, unless it reaches only what was given.
    """
    sql, parameters = _DATASETS, _parameters(actor) * 2
    if Scope.DATA_READ in actor.role_scopes and actor.reach != Reach.GIVEN and actor.project_id is None:
        sql, parameters = sql + _UNUSED_DATASETS, [*parameters, actor.organization_id]
    return RawSQL(sql, parameters)  # noqa: S611  # built from constants; values are bound


def has_reachable_task(actor: Actor, item_path: str) -> Q:
    """The condition that an item has a task in a project that the caller reaches."""
    tasks = Task.objects.filter(item=OuterRef(item_path), project__in=reachable_projects(actor))
    return Q(Exists(tasks))


def members_who_reach(project_id: int) -> RawSQL:
    """Subquery of the ids of the active memberships that reach a project."""
    return RawSQL(_MEMBERS, [project_id])  # noqa: S611  # built from constants; values are bound


RULES = ReachRules(
    projects=reachable_projects,
    datasets=reachable_datasets,
    tasks_of=has_reachable_task,
    members=members_who_reach,
)
