"""From a request to an `Actor`: by session cookie or by bearer token."""

import hashlib
from datetime import timedelta

import orjson
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from labelkit.messages import Message
from plateau.access.scopes import Actor, Reach, Scope, granted_scopes
from plateau.database.prepared_statements import PreparedStatement
from plateau.http.client_ip import client_address, lies_in
from plateau.http.errors import AddressNotAllowed
from plateau.identity.errors import InvalidToken
from plateau.identity.models import ApiToken, MemberSession, Membership, User

TOKEN_PREFIX = "plt_"  # noqa: S105  # not a secret: the mark by which leaked tokens are found
_BY_DIGEST = PreparedStatement(
    "token_by_digest",
    """
SELECT t.id, t.scopes, t.project_id, t.expires_at, t.last_used_at,
       m.organization_id, r.key, r.scopes, r.reach, u.id, u.name, u.email, o.ip_allowlist,
       t.second_factor, o.require_second_factor
FROM identity_apitoken t
JOIN identity_membership m ON m.id = t.membership_id AND m.is_active
JOIN identity_role r ON r.id = m.role_id
JOIN identity_organization o ON o.id = m.organization_id
JOIN identity_user u ON u.id = m.user_id AND u.is_active
WHERE t.digest = %(digest)s AND t.revoked_at IS NULL
""",
    {"digest": "text"},
)
_BY_SESSION = PreparedStatement(
    "member_by_session",
    """
SELECT u.id, u.name, u.email, u.password, s.auth_hash, m.organization_id, r.key, r.scopes, r.reach,
       o.ip_allowlist, s.second_factor, o.require_second_factor, s.last_seen_at < now() - interval '1 minute'
FROM identity_membersession s
JOIN identity_user u ON u.id = s.user_id AND u.is_active
JOIN LATERAL (
    SELECT * FROM identity_membership own
    WHERE own.user_id = u.id AND own.is_active AND (NOT s.is_bound OR own.organization_id = s.organization_id)
    ORDER BY own.organization_id IS NOT DISTINCT FROM s.organization_id DESC, own.id LIMIT 1) m ON true
JOIN identity_role r ON r.id = m.role_id
JOIN identity_organization o ON o.id = m.organization_id
WHERE s.session_key = %(key)s AND s.expire_date > now()
  AND s.last_seen_at > now() - make_interval(hours => o.idle_hours)
""",
    {"key": "text"},
)


def digest(secret: str) -> str:
    """What is stored of a token. A fast hash is right: the secret has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _list(value: str | list[str]) -> list[str]:
    return list(orjson.loads(value) if isinstance(value, str) else value)


def check_ip_allowlist(ip_allowlist: str | list[str], address: str) -> None:
    """Hold the caller's address against the organization's allowlist of networks (CIDR).

    Raises:
        AddressNotAllowed: it lies in none of them.
    """
    allowed = _list(ip_allowlist)
    if allowed and not lies_in(address, allowed):
        raise AddressNotAllowed(
            Message("Your organization does not allow sign-in from {address}.", address=address or "an unknown address")
        )


def actor_by_token(secret: str, address: str) -> Actor | None:
    """Who a token stands for, or None where it is unknown, expired or revoked.

    Raises:
        AddressNotAllowed: the organization does not let the caller's address in.
    """
    with connection.cursor() as cursor:
        row = _BY_DIGEST.run(cursor, {"digest": digest(secret)}).fetchone()
    if row is None:
        return None
    (
        token_id,
        scopes,
        project_id,
        expires,
        used,
        organization_id,
        role,
        role_names,
        reach,
        user_id,
        name,
        email,
        ip_allowlist,
        second_factor,
        requires_second_factor,
    ) = row
    now = timezone.now()
    if expires is not None and expires <= now:
        return None
    check_ip_allowlist(ip_allowlist, address)
    if used is None or now - used > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token_id).update(last_used_at=now)

    role_scopes, token_scopes = granted_scopes(_list(role_names)), frozenset(_list(scopes))
    is_withheld = requires_second_factor and not second_factor
    return Actor(
        user_id=user_id,
        organization_id=organization_id,
        role=role,
        scopes=frozenset() if is_withheld else frozenset(scope for scope in role_scopes if scope in token_scopes),
        role_scopes=role_scopes,
        reach=Reach(reach),
        name=name,
        email=email,
        second_factor=second_factor,
        token_id=token_id,
        project_id=project_id,
        restriction_reason="Your organization requires 2FA, and this token was created without. Create a new one."
        if is_withheld
        else "",
    )


def actor_of_membership(membership: Membership) -> Actor:
    """The member with all that the role allows."""
    role_scopes = membership.role.granted()
    return Actor(
        user_id=membership.user_id,
        organization_id=membership.organization_id,
        role=membership.role.key,
        scopes=role_scopes,
        role_scopes=role_scopes,
        reach=Reach(membership.role.reach),
        name=membership.user.name,
        email=membership.user.email,
    )


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer plt_…`."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """The token's owner; None where there is no bearer token."""
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header.lower().startswith("bearer "):
            return None
        actor = actor_by_token(header[7:].strip(), client_address(request.META))
        if actor is None:
            raise InvalidToken("The token is unknown, expired or revoked. Create a new one under Settings → Tokens.")
        return User(pk=actor.user_id, email=actor.email, name=actor.name), actor

    def authenticate_header(self, request: Request) -> str:
        """For 401."""
        return "Bearer"


def member_of_session(request: HttpRequest) -> tuple[User, Actor] | None:
    """Who a browser's session stands for; None where nobody is signed in, it lay idle or ended, or access was closed.

    Raises:
        AddressNotAllowed: the organization does not let the caller's address in.
    """
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not (key.isascii() and key.isalnum()):
        return None
    with connection.cursor() as cursor:
        row = _BY_SESSION.run(cursor, {"key": key}).fetchone()
    if row is None:
        return None
    user_id, name, email, password, auth_hash, organization_id, role, role_names, reach, *rules = row
    ip_allowlist, second_factor, requires_second_factor, is_stale = rules
    user = User(pk=user_id, name=name, email=email, password=password)
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    if not any(constant_time_compare(auth_hash, valid_hash) for valid_hash in hashes):
        return None
    check_ip_allowlist(ip_allowlist, client_address(request.META))
    if is_stale:
        MemberSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())
    role_scopes = granted_scopes(_list(role_names))
    is_withheld = requires_second_factor and not second_factor
    actor = Actor(
        user_id=user_id,
        organization_id=organization_id,
        role=role,
        scopes=frozenset({Scope.SELF}) if is_withheld else role_scopes,
        role_scopes=role_scopes,
        reach=Reach(reach),
        name=name,
        email=email,
        second_factor=second_factor,
        restriction_reason="Your organization requires 2FA. Set it up under Settings → Security."
        if is_withheld
        else "",
    )
    return user, actor


class MemberSessionAuthentication(SessionAuthentication):
    """Django's session with its CSRF check, resolved to one membership in one look-up."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """The signed-in member, or None."""
        member = member_of_session(request._request)
        if member is not None:
            self.enforce_csrf(request)
        return member
