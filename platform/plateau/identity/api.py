"""Routes of people: session, members, tokens."""

from datetime import timedelta
from typing import ClassVar, cast

from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from plateau.identity import services
from plateau.identity.models import ApiToken, Membership, User
from plateau.identity.schemas import (
    MeIn,
    MemberChange,
    MemberIn,
    MemberOut,
    MeOut,
    RoleName,
    SignIn,
    TokenCreated,
    TokenIn,
    TokenOut,
)
from plateau.kernel.endpoint import Endpoint
from plateau.kernel.errors import Conflict, NotFound, NotSignedIn, TooMany
from plateau.kernel.openapi import document
from plateau.kernel.paging import PAGE_QUERY, Page, page
from plateau.kernel.scopes import Scope
from plateau.kernel.typed import parse


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


def _me(membership: Membership, scopes: list[str]) -> MeOut:
    return MeOut(
        user_id=membership.user_id,
        name=membership.user.name,
        email=membership.user.email,
        language=membership.user.language,
        organization=membership.organization.name,
        role=cast(RoleName, membership.role),
        scopes=scopes,
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

    @document(summary="Sign in", body=SignIn, out=MeOut, refusals=[NotSignedIn, TooMany], public=True)
    def post(self, request: Request) -> Response:
        """Start a session."""
        given = parse(SignIn, request.data)
        membership = services.sign_in(request=request._request, email=given.email, password=given.password)
        return Response(_me(membership, services.role_scopes(membership.role)))

    @document(summary="Sign out", status=204, public=True)
    def delete(self, request: Request) -> Response:
        """End the session, if there is one."""
        services.sign_out(request=request._request)
        return Response(status=204)


# DRF checks CSRF only for signed-in sessions; signing in must be checked too.
SessionView = method_decorator(csrf_protect, name="dispatch")(Session)


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
        rows = Membership.objects.visible_to(self.actor).select_related("user", "organization")
        return _me(rows.one(user_id=self.actor.user_id), sorted(self.actor.scopes))


def _member(row: Membership) -> MemberOut:
    return MemberOut(
        id=row.pk,
        user_id=row.user_id,
        name=row.user.name,
        email=row.user.email,
        role=cast(RoleName, row.role),
        is_active=row.is_active,
        created_at=row.created_at,
    )


class MemberList(Endpoint):
    """The organization's people."""

    scopes: ClassVar = {"GET": Scope.MEMBERS_READ, "POST": Scope.MEMBERS_WRITE}

    @document(summary="Members", out=Page[MemberOut], query=PAGE_QUERY)
    def get(self, request: Request) -> Response:
        """One page."""
        rows = Membership.objects.visible_to(self.actor).select_related("user")
        return Response(page(request, rows, _member))

    @document(summary="Add a member", body=MemberIn, out=MemberOut, status=201, refusals=[Conflict])
    def post(self, request: Request) -> Response:
        """Add one."""
        given = parse(MemberIn, request.data)
        return Response(_member(services.add_member(actor=self.actor, **given.model_dump())), status=201)


class MemberDetail(Endpoint):
    """One member."""

    scopes: ClassVar = {"PATCH": Scope.MEMBERS_WRITE}

    @document(
        summary="Change a role or close a membership", body=MemberChange, out=MemberOut, refusals=[NotFound, Conflict]
    )
    def patch(self, request: Request, member_id: int) -> Response:
        """Change one."""
        given = parse(MemberChange, request.data)
        row = Membership.objects.visible_to(self.actor).select_related("user").one(pk=member_id)
        return Response(_member(services.change_member(actor=self.actor, membership=row, **given.model_dump())))


def _token(row: ApiToken) -> TokenOut:
    return TokenOut.model_validate(row, from_attributes=True)


class TokenList(Endpoint):
    """The caller's own tokens."""

    scopes: ClassVar = {"GET": Scope.SELF, "POST": Scope.SELF}

    @document(summary="My tokens", out=Page[TokenOut], query=PAGE_QUERY)
    def get(self, request: Request) -> Response:
        """One page."""
        rows = ApiToken.objects.visible_to(self.actor).filter(membership__user_id=self.actor.user_id)
        return Response(page(request, rows, _token))

    @document(summary="Make a token; its secret is shown this once", body=TokenIn, out=TokenCreated, status=201)
    def post(self, request: Request) -> Response:
        """Make one."""
        given = parse(TokenIn, request.data)
        expires = timezone.now() + timedelta(days=given.days) if given.days else None
        token, secret = services.create_token(
            actor=self.actor, name=given.name, scopes=given.scopes, expires_at=expires
        )
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
