"""Routes of people: session, members, tokens."""

from typing import ClassVar

from django.conf import settings
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.applications import installed_applications
from plateau.http.client_ip import client_address
from plateau.http.errors import Conflict, Invalid, NotFound, NotSignedIn, TooMany, Unavailable, WrongNetwork
from plateau.http.etags import IF_MATCH, require_unchanged, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse
from plateau.identity import security, services
from plateau.identity.errors import UnknownRole
from plateau.identity.filters import MEMBERS, ROLES, SESSIONS, TOKENS
from plateau.identity.models import ApiToken, MemberSession, Membership, Organization, Role, User
from plateau.identity.schemas import (
    EntryIn,
    LinkOut,
    MeIn,
    MemberAdded,
    MemberChange,
    MemberIn,
    MemberOut,
    MeOut,
    RoleOut,
    SecurityIn,
    SecurityOut,
    SessionOut,
    SignIn,
    SignOnIn,
    SignOnOut,
    SingleSignOnIn,
    TokenCreated,
    TokenIn,
    TokenOut,
)


class AddressThrottle(SimpleRateThrottle):
    """Sign-in tries from one network address."""

    scope = "sign-in-address"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Count posts alone."""
        return f"throttle-address-{self.get_ident(request)}" if request.method == "POST" else None


class AccountThrottle(SimpleRateThrottle):
    """Sign-in tries for one account, from wherever."""

    scope = "sign-in-account"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Count by the address that was typed."""
        if request.method != "POST" or not isinstance(request.data, dict):
            return None
        return f"throttle-account-{str(request.data.get('email', ''))[:254].strip().lower()!r}"


def _me(membership: Membership, scopes: list[str], barred: str = "") -> MeOut:
    return MeOut(
        user_id=membership.user_id,
        name=membership.user.name,
        email=membership.user.email,
        language=membership.user.language,
        organization=membership.organization.name,
        role=membership.role.key,
        scopes=scopes,
        barred=barred,
        applications=[application.key for application in installed_applications()],
    )


class Session(Endpoint):
    """Sign in and out."""

    scopes: ClassVar = {"GET": None, "POST": None, "DELETE": None}
    throttle_classes = (AddressThrottle, AccountThrottle)

    @document(summary="Set the CSRF cookie that signing in needs", status=204, public=True)
    def get(self, request: Request) -> Response:
        """An empty answer with the cookie."""
        get_token(request._request)
        return Response(status=204)

    @document(
        summary="Sign in",
        body=SignIn,
        out=MeOut,
        refusals=[NotSignedIn, services.SecondFactorNeeded, WrongNetwork, TooMany],
        public=True,
    )
    def post(self, request: Request) -> Response:
        """Start a session."""
        given = parse(SignIn, request.data)
        membership = services.sign_in(request=request._request, email=given.email, password=given.password)
        return Response(_me(membership, sorted(membership.role.granted())))

    @document(summary="Sign out", status=204, public=True)
    def delete(self, request: Request) -> Response:
        """End the session, if there is one."""
        services.sign_out(request=request._request)
        return Response(status=204)


class Entry(Endpoint):
    """The first password, or a new one, by an entry link."""

    scopes: ClassVar = {"POST": None}
    throttle_classes = (AddressThrottle,)

    @document(summary="Choose a password by an entry link", body=EntryIn, status=204, refusals=[TooMany], public=True)
    def post(self, request: Request) -> Response:
        """Set it."""
        given = parse(EntryIn, request.data)
        services.choose_password(request=request._request, **given.model_dump())
        return Response(status=204)


class SignOn(Endpoint):
    """The way to an organization's own sign-in."""

    scopes: ClassVar = {"POST": None}
    throttle_classes = (AddressThrottle,)

    @document(
        summary="Where to go on, at the organization's own provider", body=SignOnIn, out=SignOnOut,
        refusals=[TooMany, Unavailable], public=True,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """An address for the browser to go to."""
        given = parse(SignOnIn, request.data)
        return Response(SignOnOut(url=security.sign_on_address(request=request._request, slug=given.organization)))


# DRF checks CSRF only for signed-in sessions; signing in must be checked too.
SessionView = method_decorator(csrf_protect, name="dispatch")(Session)
EntryView = method_decorator(csrf_protect, name="dispatch")(Entry)
SignOnView = method_decorator(csrf_protect, name="dispatch")(SignOn)


class SessionList(Endpoint):
    """The caller's browsers."""

    scopes: ClassVar = {"GET": Scope.SELF, "DELETE": Scope.SELF}

    @document(summary="Sign all my other browsers out", status=204)
    def delete(self, request: Request) -> Response:
        """End them now; this one stays."""
        row = Membership.objects.visible_to(self.actor).one(user_id=self.actor.user_id)
        here = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        services.end_sessions(actor=self.actor, membership=row, but=here)
        return Response(status=204)

    @document(summary="Where I am signed in", out=Page[SessionOut], query=SESSIONS)
    def get(self, request: Request) -> Response:
        """All of them, the last used first."""
        rows = MemberSession.objects.filter(user_id=self.actor.user_id, expire_date__gt=timezone.now())
        here = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        return Response(SESSIONS.page(request, rows, lambda row: _session(row, here)))


def _session(row: MemberSession, here: str) -> SessionOut:
    return SessionOut(
        id=row.public_id,
        address=row.address,
        agent=row.agent,
        second_factor=row.second_factor,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        is_this=constant_time_compare(row.session_key, here),
    )


class SessionOne(Endpoint):
    """One of them."""

    scopes: ClassVar = {"DELETE": Scope.SELF}

    @document(summary="Sign that browser out", status=204, refusals=[NotFound])
    def delete(self, request: Request, session_id: str) -> Response:
        """End it now."""
        services.end_session(actor=self.actor, public_id=session_id)
        return Response(status=204)


class OrganizationSecurity(Endpoint):
    """Who gets in."""

    scopes: ClassVar = {"GET": Scope.MEMBERS_WRITE, "PUT": Scope.MEMBERS_WRITE}

    @document(summary="The organization's rules of signing in", out=SecurityOut)
    def get(self, request: Request) -> Response:
        """The rules."""
        return Response(security.rules_of(self.actor, client_address(request.META)))

    @document(summary="Set them", body=SecurityIn, out=SecurityOut, headers=IF_MATCH, refusals=[Conflict])
    def put(self, request: Request) -> Response:
        """All of them at once."""
        address = client_address(request.META)
        given = parse(SecurityIn, request.data)
        organization = Organization.objects.visible_to(self.actor).one()
        with unchanged(request, organization, lambda: security.rules_of(self.actor, address)):
            security.set_rules(actor=self.actor, given=given, address=address)
        return Response(security.rules_of(self.actor, address))


class OrganizationSignOn(Endpoint):
    """The organization's own provider."""

    scopes: ClassVar = {"PUT": Scope.MEMBERS_WRITE, "DELETE": Scope.MEMBERS_WRITE}

    @document(
        summary="Set the provider (OpenID Connect); it is asked for its card first",
        body=SingleSignOnIn,
        out=SecurityOut,
        headers=IF_MATCH,
        refusals=[Invalid, UnknownRole, Unavailable],
    )
    def put(self, request: Request) -> Response:
        """Set it."""
        address = client_address(request.META)
        given = parse(SingleSignOnIn, request.data)
        require_unchanged(
            request, lambda: security.rules_of(self.actor, address)
        )  # no lock while the provider is asked
        security.set_sign_on(actor=self.actor, given=given)
        return Response(security.rules_of(self.actor, address))

    @document(summary="Take it away", status=204)
    def delete(self, request: Request) -> Response:
        """People sign in by password or passkey again."""
        security.drop_sign_on(actor=self.actor)
        return Response(status=204)


class Me(Endpoint):
    """The caller."""

    scopes: ClassVar = {"GET": Scope.SELF, "PATCH": Scope.SELF}

    @document(summary="Who I am and what I may do", out=MeOut)
    def get(self, request: Request) -> Response:
        """The caller."""
        return Response(self._answer())

    @document(summary="Change my language", body=MeIn, out=MeOut)
    def patch(self, request: Request) -> Response:
        """Set the language."""
        given = parse(MeIn, request.data)
        User.objects.filter(pk=self.actor.user_id).update(language=given.language)
        return Response(self._answer())

    def _answer(self) -> MeOut:
        rows = Membership.objects.visible_to(self.actor).select_related("user", "organization", "role")
        return _me(rows.one(user_id=self.actor.user_id), sorted(self.actor.scopes), self.actor.barred)


def _member(row: Membership) -> MemberOut:
    return MemberOut(
        id=row.pk,
        user_id=row.user_id,
        name=row.user.name,
        email=row.user.email,
        role=row.role.key,
        is_active=row.is_active,
        created_at=row.created_at,
    )


def _role(role: Role) -> RoleOut:
    return RoleOut(
        key=role.key,
        title=role.title,
        scopes=sorted(role.granted()),
        is_built_in=role.organization_id is None,
    )


class RoleList(Endpoint):
    """The roles that members may have."""

    scopes: ClassVar = {"GET": Scope.MEMBERS_READ}

    @document(summary="Roles and what they grant", out=Page[RoleOut], query=ROLES)
    def get(self, request: Request) -> Response:
        """One page."""
        return Response(ROLES.page(request, Role.objects.visible_to(self.actor), _role))


class MemberList(Endpoint):
    """The organization's people."""

    scopes: ClassVar = {"GET": Scope.MEMBERS_READ, "POST": Scope.MEMBERS_WRITE}

    @document(summary="Members", out=Page[MemberOut], query=MEMBERS)
    def get(self, request: Request) -> Response:
        """One page."""
        rows = Membership.objects.visible_to(self.actor).select_related("user", "role")
        return Response(MEMBERS.page(request, rows, _member))

    @document(
        summary="Add a member; the link by which they choose a password is shown this once",
        body=MemberIn, out=MemberAdded, status=201, refusals=[UnknownRole, Conflict],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Add one."""
        given = parse(MemberIn, request.data)
        row = services.add_member(actor=self.actor, **given.model_dump())
        link = services.entry_link(actor=self.actor, membership=row)
        return Response(MemberAdded(**_member(row).model_dump(), link=link), status=201)


class MemberDetail(Endpoint):
    """One member."""

    scopes: ClassVar = {"PATCH": Scope.MEMBERS_WRITE}

    @document(
        summary="Change a role or close a membership",
        body=MemberChange,
        out=MemberOut,
        headers=IF_MATCH,
        refusals=[UnknownRole, NotFound, Conflict],
    )
    def patch(self, request: Request, member_id: int) -> Response:
        """Change one."""
        given = parse(MemberChange, request.data)
        row = Membership.objects.visible_to(self.actor).select_related("user", "role").one(pk=member_id)
        with unchanged(request, row, lambda: _member(row)):
            return Response(_member(services.change_member(actor=self.actor, membership=row, **given.model_dump())))


class MemberErasure(Endpoint):
    """Forgetting a person."""

    scopes: ClassVar = {"POST": Scope.MEMBERS_WRITE}

    @document(
        summary="Make a person nameless for good; their answers stay, by nobody",
        status=204,
        refusals=[NotFound, Conflict],
    )
    def post(self, request: Request, member_id: int) -> Response:
        """At once; there is no way back."""
        row = Membership.objects.visible_to(self.actor).one(pk=member_id)
        services.erase_member(actor=self.actor, membership=row)
        return Response(status=204)


class MemberLink(Endpoint):
    """A new way in for somebody who forgot the password."""

    scopes: ClassVar = {"POST": Scope.MEMBERS_WRITE}

    @document(summary="A link by which a member chooses a new password", out=LinkOut, refusals=[NotFound, Conflict])
    def post(self, request: Request, member_id: int) -> Response:
        """Make one."""
        row = Membership.objects.visible_to(self.actor).select_related("user").one(pk=member_id)
        return Response(LinkOut(link=services.entry_link(actor=self.actor, membership=row)))


class MemberSessions(Endpoint):
    """A member's browsers, for an admin."""

    scopes: ClassVar = {"DELETE": Scope.MEMBERS_WRITE}

    @document(summary="Sign a member out everywhere", status=204, refusals=[NotFound])
    def delete(self, request: Request, member_id: int) -> Response:
        """At once."""
        row = Membership.objects.visible_to(self.actor).one(pk=member_id)
        services.end_sessions(actor=self.actor, membership=row)
        return Response(status=204)


class MemberFactors(Endpoint):
    """Second factors of somebody who lost the device."""

    scopes: ClassVar = {"DELETE": Scope.MEMBERS_WRITE}

    @document(summary="Take a member's second factors away", status=204, refusals=[NotFound])
    def delete(self, request: Request, member_id: int) -> Response:
        """All of them; their sessions end."""
        row = Membership.objects.visible_to(self.actor).one(pk=member_id)
        services.drop_second_factors(actor=self.actor, membership=row)
        return Response(status=204)


def _token(row: ApiToken) -> TokenOut:
    return TokenOut.model_validate(row, from_attributes=True)


class TokenList(Endpoint):
    """The caller's own tokens."""

    scopes: ClassVar = {"GET": Scope.SELF, "POST": Scope.SELF}

    @document(summary="My tokens", out=Page[TokenOut], query=TOKENS)
    def get(self, request: Request) -> Response:
        """One page."""
        rows = ApiToken.objects.visible_to(self.actor).filter(membership__user_id=self.actor.user_id)
        return Response(TOKENS.page(request, rows, _token))

    @document(summary="Make a token; its secret is shown this once", body=TokenIn, out=TokenCreated, status=201)
    def post(self, request: Request) -> Response:
        """Make one."""
        given = parse(TokenIn, request.data)
        token, secret = services.create_token(actor=self.actor, **given.model_dump())
        return Response(TokenCreated(**_token(token).model_dump(), secret=secret), status=201)


class TokenDetail(Endpoint):
    """One of the caller's tokens."""

    scopes: ClassVar = {"DELETE": Scope.SELF}

    @document(summary="Revoke a token", status=204, refusals=[NotFound])
    def delete(self, request: Request, token_id: int) -> Response:
        """End it now."""
        rows = ApiToken.objects.visible_to(self.actor).filter(membership__user_id=self.actor.user_id)
        services.revoke_token(actor=self.actor, token=rows.one(pk=token_id))
        return Response(status=204)
