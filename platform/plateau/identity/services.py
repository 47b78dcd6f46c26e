"""Members, tokens and signing in."""

import hashlib
import logging
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.text import slugify

from labelkit.messages import Message
from plateau.access.scopes import Actor, Scope
from plateau.http.callers import network_of
from plateau.http.client_ip import client_address
from plateau.http.errors import AddressNotAllowed, NotFound
from plateau.identity.auth_flows import finish_sign_in
from plateau.identity.authentication import TOKEN_PREFIX, actor_of_membership, check_ip_allowlist, digest
from plateau.identity.errors import (
    AccessClosed,
    AccountExists,
    AccountShared,
    EmailNotSetUp,
    InvalidToken,
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
    WrongCredentials,
)
from plateau.identity.hooks import (
    invitation_handlers,
    notify_person_erased,
    organization_creation_handlers,
    record,
    send_email,
)
from plateau.identity.models import ApiToken, MemberSession, Membership, MembershipQuerySet, Organization, Role, User
from plateau.identity.sessions import ORGANIZATION_KEY

MAX_ROWS_OF_STRANGERS = 100  # of one account in a day
logger = logging.getLogger(__name__)


def sign_in(*, request: HttpRequest, email: str, password: str) -> Membership:
    """Start a session.

    Raises:
        WrongCredentials: wrong address or password, or no active membership; the words do not tell which.
        SecondFactorRequired: right so far; `factors` names what the person may go on with, at `/api/auth/`.
        AddressNotAllowed: the organization does not let this address in.
    """
    email = email.strip().lower()
    user = authenticate(request, username=email, password=password)
    membership = active_membership_of(user) if isinstance(user, User) else None
    if user is None or membership is None:
        record_failed_sign_in(email, request)
        raise WrongCredentials("The e-mail address or password is incorrect.")
    membership = _membership_to_enter(request, membership)
    finish_sign_in(request, user)
    if not request.user.is_authenticated:
        kinds = Authenticator.objects.filter(user_id=membership.user_id).values_list("type", flat=True)
        raise SecondFactorRequired("Enter your two-factor code.", factors=sorted(set(kinds)))
    return membership


def active_memberships_of(user_id: int) -> MembershipQuerySet:
    """Where a person may work, the oldest membership first; none where access was closed."""
    rows = Membership.objects.select_related("user", "organization", "role")
    return rows.filter(user_id=user_id, user__is_active=True, is_active=True).order_by("pk")


def active_membership_of(user: AbstractBaseUser, organization_id: int | None = None) -> Membership | None:
    """Where a person works: in this organization where they may, else where they were first; None: nowhere."""
    rows = list(active_memberships_of(user.pk))
    return next((row for row in rows if row.organization_id == organization_id), rows[0] if rows else None)


def _membership_to_enter(request: HttpRequest, first: Membership) -> Membership:
    """The membership that a session begins in: the oldest whose organization lets the address in.

    Raises:
        AddressNotAllowed: none does; the words are of the oldest.
    """
    address = client_address(request.META)
    for membership in active_memberships_of(first.user_id):
        with suppress(AddressNotAllowed):
            check_ip_allowlist(membership.organization.ip_allowlist, address)
            return membership
    check_ip_allowlist(first.organization.ip_allowlist, address)
    return first


def organization_to_enter(request: HttpRequest, user: AbstractBaseUser) -> int | None:
    """The organization that a new session begins in."""
    first = active_membership_of(user)
    if first is None:
        return None
    try:
        return _membership_to_enter(request, first).organization_id
    except AddressNotAllowed:
        return first.organization_id  # whose rule refuses each request


def switch_organization(*, request: HttpRequest, actor: Actor, organization_id: int) -> Membership:
    """Work in another of the caller's organizations from now on; the session remembers it.

    Raises:
        NotFound: the caller is no active member of it.
        NotSwitchable: a token, or a session that an organization's own provider vouched for.
        AddressNotAllowed: the organization does not let this address in.
    """
    row = MemberSession.objects.filter(session_key=request.session.session_key, user_id=actor.user_id).first()
    if actor.token_id is not None or row is None or row.is_bound:
        raise NotSwitchable("Tokens and single sign-on belong to one organization. Sign in with your password.")
    membership = active_memberships_of(actor.user_id).filter(organization_id=organization_id).first()
    if membership is None:
        raise NotFound("You are not a member of such an organization.")
    check_ip_allowlist(membership.organization.ip_allowlist, client_address(request.META))
    request.session[ORGANIZATION_KEY] = membership.organization_id
    request.session.save()
    _note_sign_in(membership, request, how=["switched"])
    return membership


def _note_sign_in(membership: Membership, request: HttpRequest, how: list[str]) -> None:
    Membership.objects.filter(pk=membership.pk).update(last_sign_in_at=timezone.now())
    address = client_address(request.META)
    record(
        actor=actor_of_membership(membership), action="member.signed_in", subject=membership, how=how, address=address
    )


def record_failed_sign_in(email: str, request: HttpRequest) -> None:
    """Write a failed try to the log of whose account it was aimed at; unknown addresses go to the process's log.

    Of one account one from an address in ten minutes, and a hundred a day: strangers do not fill the log.
    """
    address = client_address(request.META)
    logger.warning("sign-in refused", extra={"address": address})
    if not _is_worth_a_row("sign-in-failed", email, address):
        return
    membership = Membership.objects.select_related("user", "role").filter(user__email=email).order_by("pk").first()
    if membership is not None:
        actor = replace(actor_of_membership(membership), user_id=0)
        record(actor=actor, action="member.sign_in_failed", subject=membership, address=address)


def _is_worth_a_row(what: str, email: str, address: str) -> bool:
    """Whether what a stranger did is written down: not again of the same within ten minutes, nor over and over."""
    account = f"{what}-{hashlib.sha256(email.encode()).hexdigest()}"
    if not cache.add(f"{account}-{network_of(address)}", 1, 600):
        return False
    cache.add(account, 0, 24 * 3600)
    return int(cache.incr(account)) <= MAX_ROWS_OF_STRANGERS


def record_sign_in(*, request: HttpRequest, user: User, how: list[str]) -> None:
    """Write a finished sign-in to the audit log and end this person's expired sessions."""
    MemberSession.objects.filter(user=user, expire_date__lt=timezone.now()).delete()
    membership = active_membership_of(user, request.session.get(ORGANIZATION_KEY))
    if membership is not None:
        _note_sign_in(membership, request, how)


def sign_out(*, request: HttpRequest) -> None:
    """End the session."""
    here = request.session.get(ORGANIZATION_KEY)
    membership = active_membership_of(request.user, here) if request.user.is_authenticated else None
    if membership is not None:
        record(actor=actor_of_membership(membership), action="member.signed_out", subject=membership)
    logout(request)


@transaction.atomic
def create_organization(*, name: str, admin_email: str, admin_name: str, password: str) -> Membership:
    """A new organization with its first admin."""
    slug = slugify(name)[:50] or "organization"
    if Organization.objects.filter(slug=slug).exists():
        slug = f"{slug}-{secrets.token_hex(3)}"
    organization = Organization.objects.create(name=name, slug=slug)
    user = User.objects.create_user(admin_email, password, name=admin_name)
    full_access = Role.objects.least_privileged(*(scope for scope in Scope if scope != Scope.SELF))
    membership = Membership.objects.create(organization=organization, user=user, role=full_access)
    record(actor=actor_of_membership(membership), action="organization.created", subject=organization)
    for handle in organization_creation_handlers:
        handle(organization)
    return membership


@transaction.atomic
def add_member(*, actor: Actor, email: str, name: str, role: str) -> Membership:
    """Invite a person to the caller's organization: `create_invitation` gives the link by which they accept.

    Nothing here depends on whether the address has an account of other organizations.

    Raises:
        AccountExists: the address belongs to somebody of this organization, or was invited already.
        UnknownRole: the organization has no such role.
    """
    member_role = role_by_key(organization_id=actor.organization_id, key=role)
    email = email.strip().lower()
    if _has_member(actor.organization_id, email):
        raise AccountExists(Message("{email} is a member already, or invited.", email=email))
    user = User.objects.create_user(f"invited-{secrets.token_hex(16)}@{_INVITED}", None, name=name)
    membership = Membership.objects.create(
        organization_id=actor.organization_id, user=user, role=member_role, invited_email=email
    )
    record(actor=actor, action="member.added", subject=membership, role=role)
    return membership


_INVITED = "invited.invalid"  # the domain of those who have not accepted yet


def _has_member(organization_id: int, email: str) -> bool:
    of_address = Q(user__email=email) | Q(invited_email=email)
    return Membership.objects.filter(of_address, organization_id=organization_id).exists()


def accept_as_new_account(membership: Membership) -> None:
    """Let whoever stands for an invitation have the invited address.

    Raises:
        AccountExists: the address has an account: its owner signs in and accepts.
    """
    if User.objects.filter(email=membership.invited_email).exists():
        raise AccountExists("You already have an account. Sign in with it, then open this link again.")
    membership.user.email, membership.invited_email = membership.invited_email, ""
    membership.user.save(update_fields=["email"])
    membership.save(update_fields=["invited_email"])


@transaction.atomic
def accept_invitation(*, request: HttpRequest, actor: Actor, uid: str, token: str) -> Membership:
    """Join the organization that invited the caller's address, and work in it from now on.

    Every other session of the account ends: whoever else had one does not come along.

    Raises:
        InvitationInvalid: it was used, has expired, was never made, or is for another address.
        NotSwitchable, AddressNotAllowed: see `switch_organization`.
    """
    placeholder = _invited_user(uid, token)
    membership = Membership.objects.filter(user=placeholder, is_active=True, invited_email=actor.email).first()
    if membership is None or _has_joined(actor.user_id, membership.organization_id):
        raise InvitationInvalid("This link was used, has expired, or is for another address than yours.")
    membership.user_id, membership.invited_email = actor.user_id, ""
    membership.save(update_fields=["user", "invited_email"])
    for hand_over in invitation_handlers:
        hand_over(placeholder.pk, actor.user_id)
    User.objects.filter(pk=placeholder.pk).delete()
    MemberSession.objects.filter(user_id=actor.user_id).exclude(session_key=request.session.session_key).delete()
    joined = switch_organization(request=request, actor=actor, organization_id=membership.organization_id)
    record(actor=actor_of_membership(joined), action="member.joined", subject=joined, role=joined.role.key)
    return joined


def _has_joined(user_id: int, organization_id: int) -> bool:
    return Membership.objects.filter(user_id=user_id, organization_id=organization_id).exists()


def _invited_user(uid: str, token: str) -> User:
    """Whom a link is for, under a lock.

    Raises:
        InvitationInvalid: it was used, has expired or was never made.
    """
    try:
        user = User.objects.select_for_update().get(pk=int(urlsafe_base64_decode(uid)))
    except (ValueError, OverflowError, User.DoesNotExist):
        user = None
    if user is None or active_membership_of(user) is None or not default_token_generator.check_token(user, token):
        raise InvitationInvalid("This link was used or has expired. Ask an admin of your organization for a new one.")
    return user


def belongs_elsewhere(membership: Membership) -> bool:
    """Whether a member's account is also of other organizations, whose admins have as much say about it."""
    others = Membership.objects.filter(user_id=membership.user_id).exclude(organization_id=membership.organization_id)
    return others.exists()


def _check_own_account(membership: Membership) -> None:
    """Refuse what an admin does to an account, rather than to a membership, where others rely on the account.

    Raises:
        AccountShared: it is also of other organizations.
    """
    if belongs_elsewhere(membership):
        raise AccountShared(
            "This account is not your organization's alone. Its owner can do this; you can deactivate it here."
        )


@transaction.atomic
def create_invitation(*, actor: Actor, membership: Membership) -> tuple[str, bool]:
    """The address at which a member chooses a password, and whether it was also sent to them by e-mail.

    It works once, within `PASSWORD_RESET_TIMEOUT`, for whoever has it.

    Raises:
        AccessClosed: the membership is closed.
        AccountShared: the account is also of other organizations.
    """
    if not membership.is_active:
        raise AccessClosed("This member is deactivated. Reactivate them first.")
    if not membership.invited_email:
        _check_own_account(membership)
    record(actor=actor, action="member.invited", subject=membership)
    kind = "password_reset" if membership.user.has_usable_password() else "invitation"
    is_emailed = send_email(kind=kind, organization_id=membership.organization_id, user_id=membership.user_id)
    return password_url(membership.user), is_emailed


def password_url(user: User) -> str:
    """Where a person chooses a password; anew each time, until a password is chosen or the person signs in."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return f"{settings.PLATEAU_URL}/invitations/{uid}/{default_token_generator.make_token(user)}"


def request_password_reset(*, request: HttpRequest, email: str) -> None:
    """Send a password reset link to this address, where somebody who may sign in has it.

    Raises:
        EmailNotSetUp: this server sends no e-mail.
    """
    if not settings.EMAIL_HOST:
        raise EmailNotSetUp("This server sends no e-mail. Ask an admin of your organization for a password reset link.")
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    membership = active_membership_of(user) if user else None
    if user is None or membership is None or not _is_worth_a_row("password-reset", email, "anywhere"):
        logger.warning("password reset for an unknown address", extra={"address": client_address(request.META)})
        return
    with transaction.atomic():
        actor = replace(actor_of_membership(membership), user_id=0)
        address = client_address(request.META)
        record(actor=actor, action="member.password_reset_requested", subject=membership, address=address)
        send_email(kind="password_reset", organization_id=membership.organization_id, user_id=user.pk)


@transaction.atomic
def update_person(*, actor: Actor, name: str | None, language: str | None, preferences: dict[str, Any]) -> None:
    """Change what a person says of themselves; `preferences` replaces those that it names."""
    user = User.objects.select_for_update().get(pk=actor.user_id)
    if name is not None and name != user.name:
        membership = Membership.objects.visible_to(actor).get_or_404(user_id=actor.user_id)
        record(actor=actor, action="member.renamed", subject=membership)
    user.name = name or user.name
    user.language = language or user.language
    user.preferences = user.preferences | preferences
    user.save(update_fields=["name", "language", "preferences"])


@transaction.atomic
def reset_password(*, uid: str, token: str, password: str, request: HttpRequest) -> None:
    """Set the password that an invitation allows; every session of the old one ends with it.

    Raises:
        InvitationInvalid: it was used, has expired or was never made.
        AccountExists: the invited address has an account: its owner signs in and accepts.
        WeakPassword: the password is weak or was in a breach.
    """
    user = _invited_user(uid, token)
    membership = active_membership_of(user)
    assert membership is not None  # a link of somebody without one is refused
    if membership.invited_email:
        check_new_password(password, user)
        accept_as_new_account(membership)
        user = membership.user
    check_new_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    MemberSession.objects.filter(user=user).delete()
    address = client_address(request.META)
    record(actor=actor_of_membership(membership), action="member.password_reset", subject=membership, address=address)


def check_new_password(password: str, user: User) -> None:
    """Hold a new password against length, the person's name, common ones and breaches.

    Raises:
        WeakPassword: with what is wrong, in words.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        text = " ".join(error.messages)
        raise WeakPassword(text, [{"field": "password", "message": text}]) from error


@transaction.atomic
def erase_member(*, actor: Actor, membership: Membership) -> None:
    """Make a person nameless for good: address, name, credentials, drafts and texts go; annotations stay, by nobody.

    The audit log keeps that somebody acted, under a number that leads to no name any more, and from which network
    addresses; backups keep the person until they are thrown away.

    Raises:
        OwnErasure: it is the caller.
        AccountShared: the account is also of other organizations.
        LastAdministrator: see `change_member`.
    """
    if membership.user_id == actor.user_id:
        raise OwnErasure("You cannot erase your own account. Ask another admin.")
    _check_own_account(membership)
    change_member(actor=actor, membership=membership, role=None, is_active=False)
    Membership.objects.filter(pk=membership.pk).update(invited_email="", last_sign_in_at=None)
    user = User.objects.select_for_update().get(pk=membership.user_id)
    notify_person_erased(user.pk)  # while the address is there: it is how other systems name them
    user.email, user.name = f"erased-{user.pk}@erased.invalid", f"Erased person {user.pk}"
    user.is_active, user.last_login = False, None
    user.language, user.preferences = "", {}
    user.set_unusable_password()
    user.save()
    ApiToken.objects.filter(membership=membership).update(name="erased", prefix="")
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    record(actor=actor, action="member.erased", subject=membership)


@transaction.atomic
def remove_second_factors(*, actor: Actor, membership: Membership) -> None:
    """Remove a member's second factors, where the device was lost; their sessions end.

    Raises:
        AccountShared: the account is also of other organizations.
    """
    _check_own_account(membership)
    Authenticator.objects.filter(user_id=membership.user_id).delete()
    MemberSession.objects.filter(user_id=membership.user_id).delete()
    record(actor=actor, action="member.second_factors_removed", subject=membership)


@transaction.atomic
def change_member(*, actor: Actor, membership: Membership, role: str | None, is_active: bool | None) -> Membership:
    """Change a role, or close a membership, whose tokens are revoked: they stay so where it is opened again.

    Raises:
        LastAdministrator: it would leave the organization without a member who manages members.
        UnknownRole: the organization has no such role.
    """
    new_role = role_by_key(organization_id=actor.organization_id, key=role) if role else None
    members = Membership.objects.select_for_update(of=("self",)).filter(organization_id=actor.organization_id)
    managing = [
        row.pk for row in members.select_related("role")
        if row.is_active and not row.invited_email and Scope.MEMBERS_WRITE in row.role.granted()
    ]  # fmt: skip
    stops_managing = is_active is False or (new_role is not None and Scope.MEMBERS_WRITE not in new_role.granted())
    if stops_managing and managing == [membership.pk]:
        raise LastAdministrator("This is the last admin. Make someone else an admin first.")
    membership.role = new_role or membership.role
    membership.is_active = membership.is_active if is_active is None else is_active
    membership.save(update_fields=["role", "is_active"])
    if not membership.is_active:
        _sessions_in(membership).delete()
        _revoke(ApiToken.objects.filter(membership=membership).values_list("pk", flat=True))  # for good
    record(
        actor=actor, action="member.changed", subject=membership, role=membership.role.key, active=membership.is_active
    )
    return membership


def mint_token(
    *,
    membership: Membership,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    project_id: int | None,
    parent: ApiToken | None = None,
    second_factor: bool = True,
) -> tuple[ApiToken, str]:
    """A token row and its secret, without a check of who asks: `create_token` and trainings use it."""
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        membership=membership,
        parent=parent,
        second_factor=second_factor,
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
    days: int = 90,
    project_id: int | None = None,
) -> tuple[ApiToken, str]:
    """A token for the caller; its secret is returned once and never stored.

    Made by a token it is that one's child: of the same project, and over when that one is.

    Raises:
        UnknownScope: there is no such scope.
        TokenLifetimeTooLong: it would live longer than the organization allows.
        ScopeBeyondRole: a scope is beyond the caller's own.
        InvalidToken: the caller's token was revoked meanwhile.
    """
    max_days = Organization.objects.values_list("max_token_days", flat=True).get(pk=actor.organization_id)
    if days > max_days:
        text = Message("The maximum token lifetime of your organization is {max_days} days.", max_days=max_days)
        raise TokenLifetimeTooLong(text, [{"field": "days", "message": text}])
    every_scope = {scope.value for scope in Scope}
    if unknown := sorted(set(scopes) - every_scope):
        raise UnknownScope(
            Message("Unknown scope: {unknown}", unknown=unknown[0]),
            [{"field": "scopes", "message": Message("unknown: {unknown}", unknown=unknown[0])}],
        )
    if beyond := sorted(scope for scope in scopes if scope not in actor.scopes):
        raise ScopeBeyondRole(
            Message("Your role does not have the scope `{beyond}`, so your token cannot have it.", beyond=beyond[0])
        )
    # Revoking locks the same row: no child is made while its parent is revoked.
    membership = (
        _locked_memberships()
        .filter(is_active=True)
        .get_or_404(organization_id=actor.organization_id, user_id=actor.user_id)
    )
    expires_at = timezone.now() + timedelta(days=days)
    parent = ApiToken.objects.get(pk=actor.token_id) if actor.token_id else None
    if parent is not None:
        if parent.revoked_at is not None:
            raise InvalidToken("The token is unknown, expired or revoked. Create a new one under Settings → Tokens.")
        expires_at = min(expires_at, parent.expires_at) if parent.expires_at else expires_at
        project_id = parent.project_id or project_id
    token, secret = mint_token(
        membership=membership,
        name=name,
        scopes=scopes,
        expires_at=expires_at,
        project_id=project_id,
        parent=parent,
        second_factor=actor.second_factor,
    )
    record(actor=actor, action="token.created", subject=token, name=name, scopes=token.scopes)
    return token, secret


def _locked_memberships() -> MembershipQuerySet:
    return Membership.objects.select_for_update(of=("self",))


_REVOKE_TREE = """
WITH RECURSIVE tree AS (
    SELECT id FROM identity_apitoken WHERE id = ANY(%s)
    UNION SELECT child.id FROM identity_apitoken child JOIN tree ON child.parent_id = tree.id)
UPDATE identity_apitoken t SET revoked_at = now() FROM tree WHERE t.id = tree.id AND t.revoked_at IS NULL
RETURNING t.id
"""


def _revoke(token_ids: Iterable[int]) -> list[int]:
    """End tokens and all that they made; the ids of those that were not revoked before."""
    with connection.cursor() as cursor:
        cursor.execute(_REVOKE_TREE, [list(token_ids)])
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def revoke_token(*, actor: Actor, token: ApiToken) -> None:
    """End a token now, and all that it made."""
    _locked_memberships().get(pk=token.membership_id)
    if revoked := _revoke([token.pk]):
        record(actor=actor, action="token.revoked", subject=token, name=token.name, number=len(revoked))


@transaction.atomic
def revoke_tokens(*, actor: Actor, membership: Membership) -> int:
    """End all tokens of a member now; returns how many ended."""
    _locked_memberships().get(pk=membership.pk)
    number = len(_revoke(ApiToken.objects.filter(membership=membership).values_list("pk", flat=True)))
    record(actor=actor, action="token.all_revoked", subject=membership, number=number)
    return number


def _sessions_in(membership: Membership) -> "QuerySet[MemberSession]":
    """A member's browsers that work in this organization; all of them where it is the only one."""
    rows = MemberSession.objects.filter(user_id=membership.user_id)
    return rows.filter(organization_id=membership.organization_id) if belongs_elsewhere(membership) else rows


@transaction.atomic
def end_session(*, actor: Actor, public_id: str) -> None:
    """Sign one of the caller's browsers out.

    Raises:
        NotFound: no such session of theirs.
    """
    for row in MemberSession.objects.filter(user_id=actor.user_id):
        if row.public_id == public_id:
            row.delete()
            membership = Membership.objects.visible_to(actor).get_or_404(user_id=actor.user_id)
            record(actor=actor, action="session.ended", subject=membership)
            return
    raise NotFound("You have no such session.")


@transaction.atomic
def end_sessions(*, actor: Actor, membership: Membership, except_key: str = "") -> int:
    """Sign a member out everywhere, except for the session `except_key`; returns how many ended.

    By somebody else only where they work in this organization.
    """
    is_own = membership.user_id == actor.user_id
    rows = MemberSession.objects.filter(user_id=membership.user_id) if is_own else _sessions_in(membership)
    rows = rows.exclude(session_key=except_key)
    number, _ = rows.delete()
    record(actor=actor, action="session.all_ended", subject=membership, number=number)
    return number


def role_by_key(*, organization_id: int, key: str, field: str = "role") -> Role:
    """The built-in role, or the organization's own, of this key; `field` is where the caller wrote it.

    Raises:
        UnknownRole: there is none.
    """
    role = Role.objects.available_to(organization_id).filter(key=key).first()
    if role is None:
        raise UnknownRole(key, field=field)
    return role
