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

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.applications import installed_applications
from plateau.http.client_ip import client_address
from plateau.http.errors import (
    AddressNotAllowed,
    CsrfFailed,
    NotFound,
    TooManyRequests,
    Unavailable,
)
from plateau.http.etags import IF_MATCH, require_unchanged, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse
from plateau.identity import security, services
from plateau.identity.authentication import actor_of_membership, member_of_session
from plateau.identity.errors import (
    AccessClosed,
    AccountExists,
    AccountShared,
    EmailNotSetUp,
    IdentityProviderInvalid,
    InvalidNetwork,
    InvitationInvalid,
    LastAdministrator,
    NotSwitchable,
    OwnErasure,
    ScopeBeyondRole,
    SecondFactorRequired,
    TokenLifetimeTooLong,
    UnknownRole,
    UnknownScope,
    WeakPassword,
    WouldLockOutCaller,
    WrongCredentials,
)
from plateau.identity.filters import MEMBER_TOKENS, MEMBERS, ROLES, SESSIONS, TOKENS
from plateau.identity.models import ApiToken, MemberSession, Membership, Organization, Role
from plateau.identity.schemas import (
    InvitationIn,
    InvitationOut,
    MeIn,
    MemberChange,
    MemberCreated,
    MemberIn,
    MemberOut,
    MemberTokenOut,
    MeOut,
    OrganizationSwitch,
    OwnOrganizationOut,
    PasswordResetIn,
    PasswordResetRequest,
    Preferences,
    RoleOut,
    SecurityIn,
    SecurityOut,
    SessionOut,
    SignIn,
    SingleSignOnIn,
    SingleSignOnRedirect,
    SingleSignOnStart,
    TokenCreated,
    TokenIn,
    TokenOut,
)
from plateau.identity.throttles import AddressThrottle, DeviceThrottle, UnknownDeviceThrottle
from plateau.texts import translate


def _me(membership: Membership, scopes: list[str], restriction_reason: str = "") -> MeOut:
    return MeOut(
        user_id=membership.user_id,
        name=membership.user.name,
        email=membership.user.email,
        language=membership.user.language,
        preferences=Preferences.model_validate(membership.user.preferences),
        organization=membership.organization.name,
        organization_id=membership.organization_id,
        organizations=[
            OwnOrganizationOut(id=row.organization_id, name=row.organization.name)
            for row in services.active_memberships_of(membership.user_id)
        ],
        role=membership.role.key,
        scopes=scopes,
        restriction_reason=translate(restriction_reason),
        applications=[application.key for application in installed_applications()],
    )


class Session(Endpoint):
    """Sign in and out."""

    scopes: ClassVar = {"GET": None, "POST": None, "DELETE": None}
    throttle_classes = (AddressThrottle, DeviceThrottle, UnknownDeviceThrottle)

    @document(summary="Set the CSRF cookie that signing in needs", status=204, public=True)
    def get(self, request: Request) -> Response:
        """An empty answer with the cookie."""
        get_token(request._request)
        return Response(status=204)

    @document(
        summary="Sign in",
        body=SignIn,
        out=MeOut,
        errors=[WrongCredentials, SecondFactorRequired, AddressNotAllowed, CsrfFailed, TooManyRequests],
        public=True,
    )
    def post(self, request: Request) -> Response:
        """Start a session."""
        credentials = parse(SignIn, request.data)
        membership = services.sign_in(request=request._request, email=credentials.email, password=credentials.password)
        return Response(_me(membership, sorted(membership.role.granted())))

    @document(summary="Sign out", status=204, public=True)
    def delete(self, request: Request) -> Response:
        """End the session, if there is one."""
        services.sign_out(request=request._request)
        return Response(status=204)


class PasswordReset(Endpoint):
    """A link by e-mail for whoever forgot the password."""

    scopes: ClassVar = {"POST": None}
    throttle_classes = (AddressThrottle, DeviceThrottle, UnknownDeviceThrottle)

    @document(
        summary="Have a password reset link sent by e-mail; the answer does not tell whether there is such an account",
        body=PasswordResetRequest,
        status=204,
        errors=[EmailNotSetUp, CsrfFailed, TooManyRequests],
        public=True,
    )
    def post(self, request: Request) -> Response:
        """Send it, where there is somebody to send it to."""
        asked = parse(PasswordResetRequest, request.data)
        services.request_password_reset(request=request._request, email=asked.email)
        return Response(status=204)


class PasswordResetConfirm(Endpoint):
    """The first password, or a new one, by an invitation."""

    scopes: ClassVar = {"POST": None}
    throttle_classes = (AddressThrottle,)

    @document(
        summary="Choose a password by an invitation",
        body=PasswordResetIn,
        status=204,
        errors=[InvitationInvalid, AccountExists, WeakPassword, CsrfFailed, TooManyRequests],
        public=True,
    )
    def post(self, request: Request) -> Response:
        """Set it."""
        reset = parse(PasswordResetIn, request.data)
        services.reset_password(request=request._request, **reset.model_dump())
        return Response(status=204)


class SingleSignOnEndpoint(Endpoint):
    """Sign in at an organization's own provider."""

    scopes: ClassVar = {"POST": None}
    throttle_classes = (AddressThrottle,)

    @document(
        summary="Start signing in at the organization's own provider",
        body=SingleSignOnStart, out=SingleSignOnRedirect,
        errors=[CsrfFailed, TooManyRequests, Unavailable], public=True,
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """An address for the browser to go to."""
        start = parse(SingleSignOnStart, request.data)
        url = security.single_sign_on_url(request=request._request, slug=start.organization)
        return Response(SingleSignOnRedirect(url=url))


# DRF checks CSRF only for signed-in sessions; signing in must be checked too.
SessionView = method_decorator(csrf_protect, name="dispatch")(Session)
PasswordResetView = method_decorator(csrf_protect, name="dispatch")(PasswordReset)
PasswordResetConfirmView = method_decorator(csrf_protect, name="dispatch")(PasswordResetConfirm)
SingleSignOnView = method_decorator(csrf_protect, name="dispatch")(SingleSignOnEndpoint)


class SessionList(Endpoint):
    """The caller's browsers."""

    scopes: ClassVar = {"GET": Scope.SELF, "DELETE": Scope.SELF}

    @document(summary="Sign all my other browsers out", status=204)
    def delete(self, request: Request) -> Response:
        """End them now; this one stays."""
        row = Membership.objects.visible_to(self.actor).get_or_404(user_id=self.actor.user_id)
        here = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        services.end_sessions(actor=self.actor, membership=row, except_key=here)
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
        ip_address=row.ip_address,
        user_agent=row.user_agent,
        second_factor=row.second_factor,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        is_current=constant_time_compare(row.session_key, here),
    )


class SessionDetail(Endpoint):
    """One of the caller's browsers."""

    scopes: ClassVar = {"DELETE": Scope.SELF}

    @document(summary="Sign that browser out", status=204, errors=[NotFound])
    def delete(self, request: Request, session_id: str) -> Response:
        """End it now."""
        services.end_session(actor=self.actor, public_id=session_id)
        return Response(status=204)


class OrganizationSecurity(Endpoint):
    """The organization's sign-in rules."""

    scopes: ClassVar = {"GET": Scope.MEMBERS_WRITE, "PUT": Scope.MEMBERS_WRITE}

    @document(summary="The organization's rules of signing in", out=SecurityOut)
    def get(self, request: Request) -> Response:
        """The rules."""
        return Response(security.get_security_settings(self.actor, client_address(request.META)))

    @document(
        summary="Set the sign-in rules",
        body=SecurityIn,
        out=SecurityOut,
        headers=IF_MATCH,
        errors=[InvalidNetwork, WouldLockOutCaller],
    )
    def put(self, request: Request) -> Response:
        """All of them at once."""
        address = client_address(request.META)
        rules = parse(SecurityIn, request.data)
        organization = Organization.objects.visible_to(self.actor).get_or_404()
        with unchanged(request, organization, lambda: security.get_security_settings(self.actor, address)):
            security.update_security_settings(actor=self.actor, rules=rules, address=address)
        return Response(security.get_security_settings(self.actor, address))


class OrganizationSingleSignOn(Endpoint):
    """The organization's own provider."""

    scopes: ClassVar = {"PUT": Scope.MEMBERS_WRITE, "DELETE": Scope.MEMBERS_WRITE}

    @document(
        summary="Set the provider (OpenID Connect); its discovery document is read first",
        body=SingleSignOnIn,
        out=SecurityOut,
        headers=IF_MATCH,
        errors=[IdentityProviderInvalid, UnknownRole, Unavailable],
    )
    def put(self, request: Request) -> Response:
        """Set it."""
        address = client_address(request.META)
        provider = parse(SingleSignOnIn, request.data)
        require_unchanged(
            request, lambda: security.get_security_settings(self.actor, address)
        )  # no lock while the provider is asked
        security.set_single_sign_on(actor=self.actor, provider=provider)
        return Response(security.get_security_settings(self.actor, address))

    @document(summary="Remove the provider", status=204)
    def delete(self, request: Request) -> Response:
        """People sign in by password or passkey again."""
        security.delete_single_sign_on(actor=self.actor)
        return Response(status=204)


class Me(Endpoint):
    """The caller."""

    scopes: ClassVar = {"GET": Scope.SELF, "PATCH": Scope.SELF}
    unrecorded: ClassVar = {"PATCH": "one's own preferences; a new name is recorded"}

    @document(summary="Who I am and what I may do", out=MeOut)
    def get(self, request: Request) -> Response:
        """The caller."""
        return Response(self._answer())

    @document(summary="Change my name, language or preferences", body=MeIn, out=MeOut)
    def patch(self, request: Request) -> Response:
        """Set what is given."""
        change = parse(MeIn, request.data)
        preferences = change.preferences.model_dump(exclude_none=True) if change.preferences else {}
        services.update_person(actor=self.actor, name=change.name, language=change.language, preferences=preferences)
        return Response(self._answer())

    def _answer(self) -> MeOut:
        rows = Membership.objects.visible_to(self.actor).select_related("user", "organization", "role")
        return _me(
            rows.get_or_404(user_id=self.actor.user_id), sorted(self.actor.scopes), self.actor.restriction_reason
        )


class OwnOrganization(Endpoint):
    """The organization that the caller works in."""

    scopes: ClassVar = {"POST": Scope.SELF}

    @document(
        summary="Work in another of my organizations; this session remembers it",
        body=OrganizationSwitch,
        out=MeOut,
        errors=[NotFound, NotSwitchable, AddressNotAllowed],
    )
    def post(self, request: Request) -> Response:
        """Who I am there."""
        body = parse(OrganizationSwitch, request.data)
        membership = services.switch_organization(
            request=request._request, actor=self.actor, organization_id=body.organization_id
        )
        return Response(_me_there(request, membership))


class InvitationAcceptance(Endpoint):
    """An invitation to one more organization."""

    scopes: ClassVar = {"POST": Scope.SELF}

    @document(
        summary="Accept an invitation to my address, and work in that organization",
        body=InvitationIn,
        out=MeOut,
        errors=[InvitationInvalid, NotSwitchable, AddressNotAllowed],
    )
    def post(self, request: Request) -> Response:
        """Who I am there."""
        body = parse(InvitationIn, request.data)
        membership = services.accept_invitation(request=request._request, actor=self.actor, **body.model_dump())
        return Response(_me_there(request, membership))


def _me_there(request: Request, membership: Membership) -> MeOut:
    """The caller in the organization that the session works in now."""
    member = member_of_session(request._request)
    actor = member[1] if member else actor_of_membership(membership)
    return _me(membership, sorted(actor.scopes), actor.restriction_reason)


def _member(row: Membership) -> MemberOut:
    return MemberOut(
        id=row.pk,
        user_id=row.user_id,
        name=row.user.name,
        email=row.invited_email or row.user.email,
        role=row.role.key,
        is_active=row.is_active,
        is_invited=bool(row.invited_email) or (row.last_sign_in_at is None and not row.user.has_usable_password()),
        last_sign_in_at=row.last_sign_in_at,
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
        summary="Add a member; the invitation by which they choose a password is shown this once",
        body=MemberIn, out=MemberCreated, status=201, errors=[UnknownRole, AccountExists],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Add one."""
        member = parse(MemberIn, request.data)
        row = services.add_member(actor=self.actor, **member.model_dump())
        url, is_emailed = services.create_invitation(actor=self.actor, membership=row)
        created = MemberCreated(**_member(row).model_dump(), invitation_url=url, is_emailed=is_emailed)
        return Response(created, status=201)


class MemberDetail(Endpoint):
    """One member."""

    scopes: ClassVar = {"PATCH": Scope.MEMBERS_WRITE}

    @document(
        summary="Change a role or close a membership",
        body=MemberChange,
        out=MemberOut,
        headers=IF_MATCH,
        errors=[UnknownRole, NotFound, LastAdministrator],
    )
    def patch(self, request: Request, member_id: int) -> Response:
        """Change one."""
        change = parse(MemberChange, request.data)
        row = Membership.objects.visible_to(self.actor).select_related("user", "role").get_or_404(pk=member_id)
        with unchanged(request, row, lambda: _member(row)):
            return Response(_member(services.change_member(actor=self.actor, membership=row, **change.model_dump())))


class MemberErasure(Endpoint):
    """Forgetting a person."""

    scopes: ClassVar = {"POST": Scope.MEMBERS_WRITE}

    @document(
        summary="Make a person nameless for good; their annotations stay, by nobody",
        status=204,
        errors=[NotFound, OwnErasure, LastAdministrator, AccountShared],
    )
    def post(self, request: Request, member_id: int) -> Response:
        """At once; there is no way back."""
        row = Membership.objects.visible_to(self.actor).get_or_404(pk=member_id)
        services.erase_member(actor=self.actor, membership=row)
        return Response(status=204)


class MemberInvitation(Endpoint):
    """An invitation again, also for somebody who forgot the password."""

    scopes: ClassVar = {"POST": Scope.MEMBERS_WRITE}

    @document(
        summary="Create an invitation by which a member chooses a new password",
        out=InvitationOut,
        errors=[NotFound, AccessClosed, AccountShared],
    )
    def post(self, request: Request, member_id: int) -> Response:
        """Make one."""
        row = Membership.objects.visible_to(self.actor).select_related("user").get_or_404(pk=member_id)
        url, is_emailed = services.create_invitation(actor=self.actor, membership=row)
        return Response(InvitationOut(invitation_url=url, is_emailed=is_emailed))


class MemberSessions(Endpoint):
    """A member's browser sessions."""

    scopes: ClassVar = {"DELETE": Scope.MEMBERS_WRITE}

    @document(summary="Sign a member out everywhere", status=204, errors=[NotFound])
    def delete(self, request: Request, member_id: int) -> Response:
        """At once."""
        row = Membership.objects.visible_to(self.actor).get_or_404(pk=member_id)
        services.end_sessions(actor=self.actor, membership=row)
        return Response(status=204)


class MemberFactors(Endpoint):
    """Second factors of somebody who lost the device."""

    scopes: ClassVar = {"DELETE": Scope.MEMBERS_WRITE}

    @document(summary="Remove a member's second factors", status=204, errors=[NotFound, AccountShared])
    def delete(self, request: Request, member_id: int) -> Response:
        """All of them; their sessions end."""
        row = Membership.objects.visible_to(self.actor).get_or_404(pk=member_id)
        services.remove_second_factors(actor=self.actor, membership=row)
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

    @document(
        summary="Create a token; its secret is shown this once",
        body=TokenIn,
        out=TokenCreated,
        status=201,
        errors=[UnknownScope, ScopeBeyondRole, TokenLifetimeTooLong],
    )
    def post(self, request: Request) -> Response:
        """Make one."""
        body = parse(TokenIn, request.data)
        token, secret = services.create_token(actor=self.actor, **body.model_dump())
        return Response(TokenCreated(**_token(token).model_dump(), secret=secret), status=201)


class TokenDetail(Endpoint):
    """One of the caller's tokens."""

    scopes: ClassVar = {"DELETE": Scope.SELF}

    @document(summary="Revoke a token, and those that it made", status=204, errors=[NotFound])
    def delete(self, request: Request, token_id: int) -> Response:
        """End it now."""
        rows = ApiToken.objects.visible_to(self.actor).filter(membership__user_id=self.actor.user_id)
        services.revoke_token(actor=self.actor, token=rows.get_or_404(pk=token_id))
        return Response(status=204)


def _member_token(row: ApiToken) -> MemberTokenOut:
    user = row.membership.user
    return MemberTokenOut(**_token(row).model_dump(), user_id=user.pk, owner=user.name)


class OrganizationTokenList(Endpoint):
    """All tokens of the organization."""

    scopes: ClassVar = {"GET": Scope.MEMBERS_WRITE}

    @document(summary="Tokens of all members", out=Page[MemberTokenOut], query=MEMBER_TOKENS)
    def get(self, request: Request) -> Response:
        """One page."""
        rows = ApiToken.objects.visible_to(self.actor).select_related("membership__user")
        return Response(MEMBER_TOKENS.page(request, rows, _member_token))


class OrganizationTokenDetail(Endpoint):
    """One token of any member."""

    scopes: ClassVar = {"DELETE": Scope.MEMBERS_WRITE}

    @document(summary="Revoke a member's token, and those that it made", status=204, errors=[NotFound])
    def delete(self, request: Request, token_id: int) -> Response:
        """End it now."""
        row = ApiToken.objects.visible_to(self.actor).get_or_404(pk=token_id)
        services.revoke_token(actor=self.actor, token=row)
        return Response(status=204)


class MemberTokens(Endpoint):
    """A member's tokens."""

    scopes: ClassVar = {"DELETE": Scope.MEMBERS_WRITE}

    @document(summary="Revoke all tokens of a member", status=204, errors=[NotFound])
    def delete(self, request: Request, member_id: int) -> Response:
        """End them now."""
        row = Membership.objects.visible_to(self.actor).get_or_404(pk=member_id)
        services.revoke_tokens(actor=self.actor, membership=row)
        return Response(status=204)
