"""Routes of teams."""

from typing import Annotated, ClassVar

from django.db import transaction
from pydantic import Field, StringConstraints
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.projects.errors import NotAMember, TeamNameTaken, TeamOfOthers
from annotation.projects.filters import TEAMS
from annotation.projects.models import Project, Team
from annotation.projects.schemas import Id
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Actor, Scope
from plateau.audit.services import record
from plateau.http.errors import NotFound
from plateau.http.etags import IF_MATCH, Editable, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import RequestModel, parse
from plateau.identity.models import Membership

TeamName = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]


class TeamIn(RequestModel):
    """A team and the user ids of its people."""

    name: TeamName
    members: list[Id] = Field(default_factory=list, max_length=1000)


class TeamChange(RequestModel):
    """What may change of a team."""

    name: TeamName | None = None
    members: list[Id] | None = Field(default=None, max_length=1000)


class TeamOut(Editable):
    """A team."""

    edited: ClassVar[tuple[str, ...]] = ("name", "members")

    id: int
    name: str
    members: list[int]


def _out(row: Team) -> TeamOut:
    return TeamOut(id=row.pk, name=row.name, members=sorted(member.pk for member in row.members.all()))


@transaction.atomic
def save_team(*, actor: Actor, team: Team | None, name: str, members: list[int]) -> Team:
    """Make or change a team.

    Raises:
        TeamNameTaken: the organization has a team of this name.
        NotAMember: somebody is not in the organization.
    """
    namesakes = Team.objects.visible_to(actor).filter(name=name).exclude(pk=team.pk if team else 0)
    if namesakes.exists():
        raise TeamNameTaken(name)
    member_ids = set(Membership.objects.visible_to(actor).filter(user_id__in=members).values_list("user_id", flat=True))
    if missing := sorted(set(members) - member_ids):
        raise NotAMember(missing[0])
    row = team or Team(organization_id=actor.organization_id)
    row.name = name
    row.save()
    row.members.set(members)
    record(actor=actor, action="team.saved", subject=row, name=name, members=len(members))
    return row


def _check_reach(actor: Actor, team: Team) -> None:
    """Refuse to change a team that makes members of a project which the caller does not reach: they could let
    themselves in.

    Raises:
        TeamOfOthers: it is assigned to one.
    """
    reached = Project.objects.visible_to(actor)
    if team.projects.exclude(pk__in=reached.values("pk")).exists():
        raise TeamOfOthers


class TeamList(Endpoint):
    """Teams."""

    scopes: ClassVar = {"GET": Scope.MEMBERS_READ, "POST": Scope.PROJECTS_WRITE}

    @document(summary="Teams", out=Page[TeamOut], query=TEAMS)
    def get(self, request: Request) -> Response:
        """One page, by name."""
        return Response(TEAMS.page(request, Team.objects.visible_to(self.actor).prefetch_related("members"), _out))

    @document(summary="Make a team", body=TeamIn, out=TeamOut, status=201, errors=[TeamNameTaken, NotAMember])
    def post(self, request: Request) -> Response:
        """A new team."""
        body = parse(TeamIn, request.data)
        return Response(_out(save_team(actor=self.actor, team=None, **body.model_dump())), status=201)


class TeamDetail(Endpoint):
    """One team."""

    scopes: ClassVar = {"PATCH": Scope.PROJECTS_WRITE, "DELETE": Scope.PROJECTS_WRITE}

    @document(
        summary="Change a team",
        body=TeamChange,
        out=TeamOut,
        headers=IF_MATCH,
        errors=[NotFound, TeamNameTaken, NotAMember, TeamOfOthers],
    )
    def patch(self, request: Request, team_id: int) -> Response:
        """What is left out stays."""
        change = parse(TeamChange, request.data)
        team = Team.objects.visible_to(self.actor).get_or_404(pk=team_id)
        _check_reach(self.actor, team)
        with unchanged(request, team, lambda: _out(team)):
            merged = _out(team).model_dump(include={"name", "members"}) | change.model_dump(exclude_none=True)
            return Response(_out(save_team(actor=self.actor, team=team, **merged)))

    @document(summary="Dissolve a team; its tasks go to everybody", status=204, errors=[NotFound, TeamOfOthers])
    def delete(self, request: Request, team_id: int) -> Response:
        """Dissolve it."""
        team = Team.objects.visible_to(self.actor).get_or_404(pk=team_id)
        _check_reach(self.actor, team)
        record(actor=self.actor, action="team.dissolved", subject=team, name=team.name)
        team.delete()
        return Response(status=204)
