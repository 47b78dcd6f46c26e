"""Members, tokens and signing in."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import slugify

from plateau.audit.services import record
from plateau.identity.authentication import TOKEN_PREFIX, actor_of_membership, digest
from plateau.identity.models import ApiToken, MemberSession, Membership, Organization, Role, User
from plateau.kernel.errors import Conflict, Invalid, MissingScope, NotSignedIn
from plateau.kernel.scopes import ROLE_SCOPES, Actor, Scope


def sign_in(*, request: HttpRequest, email: str, password: str) -> Membership:
    """Start a session.

    Raises:
        NotSignedIn: wrong address or password, or no active membership; the words do not tell which.
    """
    user = authenticate(request, username=email.strip().lower(), password=password)
    rows = Membership.objects.select_related("user", "organization")
    membership = rows.filter(user=user, is_active=True).order_by("pk").first() if isinstance(user, User) else None
    if user is None or membership is None:
        raise NotSignedIn("The address or the password is wrong.")
    login(request, user)
    MemberSession.objects.filter(user=user, expire_date__lt=timezone.now()).delete()
    record(actor=actor_of_membership(membership), action="member.signed_in", subject=membership)
    return membership


def sign_out(*, request: HttpRequest) -> None:
    """End the session."""
    logout(request)


@transaction.atomic
def create_organization(*, name: str, admin_email: str, admin_name: str, password: str) -> Membership:
    """A new organization with its first admin."""
    slug = slugify(name)[:50] or "organization"
    if Organization.objects.filter(slug=slug).exists():
        slug = f"{slug}-{secrets.token_hex(3)}"
    organization = Organization.objects.create(name=name, slug=slug)
    user = User.objects.create_user(admin_email, password, name=admin_name)
    membership = Membership.objects.create(organization=organization, user=user, role=Role.ADMIN)
    record(actor=actor_of_membership(membership), action="organization.created", subject=organization)
    return membership


@transaction.atomic
def add_member(*, actor: Actor, email: str, name: str, role: str, password: str) -> Membership:
    """Add a person to the caller's organization.

    Raises:
        Conflict: the address already belongs to somebody here or elsewhere.
        Invalid: the password is weak.
    """
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise Conflict(f"{email} already has an account.")
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        text = " ".join(error.messages)
        raise Invalid(text, [{"field": "password", "message": text}]) from error
    user = User.objects.create_user(email, password, name=name)
    membership = Membership.objects.create(organization_id=actor.organization_id, user=user, role=role)
    record(actor=actor, action="member.added", subject=membership, email=email, role=role)
    return membership


@transaction.atomic
def change_member(*, actor: Actor, membership: Membership, role: str | None, is_active: bool | None) -> Membership:
    """Change a role, or close a membership; tokens of a closed one stop at once.

    Raises:
        Conflict: it would leave the organization without an admin.
    """
    locked = Membership.objects.select_for_update().filter(organization_id=actor.organization_id)
    admins = [row.pk for row in locked if row.role == Role.ADMIN and row.is_active]
    loses_admin = (role is not None and role != Role.ADMIN) or is_active is False
    if loses_admin and admins == [membership.pk]:
        raise Conflict("This is the last admin. Make someone else an admin first.")
    membership.role = role or membership.role
    membership.is_active = membership.is_active if is_active is None else is_active
    membership.save(update_fields=["role", "is_active"])
    record(actor=actor, action="member.changed", subject=membership, role=membership.role, active=membership.is_active)
    return membership


def mint_token(
    *, membership: Membership, name: str, scopes: Iterable[str], expires_at: datetime | None, project_id: int | None
) -> tuple[ApiToken, str]:
    """A token row and its secret, without a check of who asks: `create_token` and trainings use it."""
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        membership=membership,
        name=name,
        prefix=secret[:8],
        digest=digest(secret),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
        project_id=project_id,
    )
    return token, secret


@transaction.atomic
def create_token(
    *,
    actor: Actor,
    name: str,
    scopes: list[str],
    expires_at: datetime | None = None,
    project_id: int | None = None,
) -> tuple[ApiToken, str]:
    """A token for the caller; its secret is returned once and never stored.

    Raises:
        Invalid: a scope is unknown.
        MissingScope: a scope is beyond the caller's own.
    """
    known = {scope.value for scope in Scope}
    if unknown := sorted(set(scopes) - known):
        raise Invalid(f"Unknown scope: {unknown[0]}", [{"field": "scopes", "message": f"unknown: {unknown[0]}"}])
    if beyond := sorted(scope for scope in scopes if scope not in actor.scopes):
        raise MissingScope(f"Your role does not have the scope `{beyond[0]}`, so your token cannot either.")
    membership = Membership.objects.visible_to(actor).one(user_id=actor.user_id)
    token, secret = mint_token(
        membership=membership, name=name, scopes=scopes, expires_at=expires_at, project_id=project_id
    )
    record(actor=actor, action="token.created", subject=token, name=name, scopes=token.scopes)
    return token, secret


@transaction.atomic
def revoke_token(*, actor: Actor, token: ApiToken) -> None:
    """End a token now."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(actor=actor, action="token.revoked", subject=token, name=token.name)


def role_scopes(role: str) -> list[str]:
    """What a role may do, sorted."""
    return sorted(ROLE_SCOPES[role])
