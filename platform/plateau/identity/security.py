"""An organization's sign-in rules and its own OpenID Connect provider."""

import ipaddress
import secrets

import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from labelkit.messages import Message, in_field
from plateau.access.scopes import Actor
from plateau.http.client_ip import lies_in
from plateau.http.errors import NotFound, Unavailable
from plateau.identity import services
from plateau.identity.auth_flows import SIGN_ON_NONCE
from plateau.identity.errors import IdentityProviderInvalid, InvalidNetwork, WouldLockOutCaller
from plateau.identity.hooks import record
from plateau.identity.models import MemberSession, Membership, Organization, SingleSignOn
from plateau.identity.schemas import SecurityIn, SecurityOut, SingleSignOnIn, SingleSignOnOut
from plateau.network.outbound import GuardedSession, in_request
from plateau.secrets.encryption import encrypt

FACTORS = ("totp", "webauthn")


def get_security_settings(actor: Actor, address: str) -> SecurityOut:
    """The rules as they stand."""
    row = Organization.objects.get(pk=actor.organization_id)
    members = Membership.objects.visible_to(actor).filter(is_active=True)
    with_factor = Authenticator.objects.filter(type__in=FACTORS).values("user_id")
    sign_on = SingleSignOn.objects.visible_to(actor).select_related("default_role").first()
    path = reverse("openid_connect_callback", kwargs={"provider_id": row.slug})
    return SecurityOut(
        require_second_factor=row.require_second_factor,
        ip_allowlist=row.ip_allowlist,
        idle_hours=row.idle_hours,
        max_token_days=row.max_token_days,
        slug=row.slug,
        your_ip_address=address,
        members_without_second_factor=members.exclude(user_id__in=with_factor).count(),
        single_sign_on=_sign_on(sign_on) if sign_on else None,
        callback_url=f"{settings.PLATEAU_URL}{path}",
    )


def _sign_on(row: SingleSignOn) -> SingleSignOnOut:
    key = row.default_role.key if row.default_role else ""
    return SingleSignOnOut(issuer=row.issuer, client_id=row.client_id, default_role=key)


@transaction.atomic
def update_security_settings(*, actor: Actor, rules: SecurityIn, address: str) -> None:
    """Set the rules; none may lock out who sets it.

    Raises:
        InvalidNetwork: one is not written as CIDR.
        WouldLockOutCaller: the caller has no second factor, or comes from none of the networks.
    """
    ip_allowlist = []
    for index, text in enumerate(rules.ip_allowlist):
        try:
            ip_allowlist.append(str(ipaddress.ip_network(text.strip())))
        except ValueError as error:
            raise InvalidNetwork.in_field(
                f"ip_allowlist.{index}",
                Message("“{text}” is not a network: {error}", text=text[:60], error=error),
            ) from error
    if ip_allowlist and not lies_in(address, ip_allowlist):
        raise WouldLockOutCaller(
            Message(
                "Your address {address} is in none of these networks: you would lock yourself out.",
                address=address,
            )
        )
    if rules.require_second_factor:
        own = Authenticator.objects.filter(user_id=actor.user_id, type__in=FACTORS)
        confirmed = MemberSession.objects.filter(user_id=actor.user_id, second_factor=True)
        if not own.exists() and not confirmed.exists():
            raise WouldLockOutCaller("Set up 2FA for your own account first, or you would lock yourself out.")
    row = Organization.objects.select_for_update().get(pk=actor.organization_id)
    row.require_second_factor = rules.require_second_factor
    row.ip_allowlist, row.idle_hours = ip_allowlist, rules.idle_hours
    row.max_token_days = rules.max_token_days
    row.save(update_fields=["require_second_factor", "ip_allowlist", "idle_hours", "max_token_days"])
    record(actor=actor, action="organization.security_changed", subject=row, **rules.model_dump())


def set_single_sign_on(*, actor: Actor, provider: SingleSignOnIn) -> None:
    """Set the provider, once its discovery document was read and names itself as the issuer.

    Raises:
        IdentityProviderInvalid: it cannot be reached, is no provider, or no secret is stored yet.
        UnknownRole: the organization has no such role.
        Unavailable: others of the organization wait for it already.
    """
    default_role = None
    if provider.default_role:
        default_role = services.role_by_key(
            organization_id=actor.organization_id, key=provider.default_role, field="default_role"
        )
    issuer = provider.issuer.rstrip("/")
    try:
        with in_request(actor.organization_id), GuardedSession() as session:
            answer = session.get(f"{issuer}/.well-known/openid-configuration")
            answer.raise_for_status()
            discovery = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise _invalid("issuer", f"no OpenID Connect provider answers at {issuer}: {error}") from error
    if not isinstance(discovery, dict) or str(discovery.get("issuer", "")).rstrip("/") != issuer:
        raise _invalid("issuer", f"the provider calls itself {discovery.get('issuer')!r}, not {issuer}")
    with transaction.atomic():
        row = SingleSignOn.objects.visible_to(actor).select_for_update().first()
        if row is None:
            if not provider.secret:
                raise _invalid("secret", "the client's secret is needed")
            row = SingleSignOn(organization_id=actor.organization_id)
        row.issuer, row.client_id, row.default_role = issuer, provider.client_id, default_role
        if provider.secret:
            row.secret = encrypt(provider.secret)
        row.save()
        role = provider.default_role
        record(actor=actor, action="organization.single_sign_on_set", subject=row, issuer=issuer, default_role=role)


def _invalid(field: str, text: str) -> IdentityProviderInvalid:
    return IdentityProviderInvalid(in_field(field, text), [{"field": field, "message": text}])


@transaction.atomic
def delete_single_sign_on(*, actor: Actor) -> None:
    """Remove the provider; who came by it needs an invitation from now on."""
    row = SingleSignOn.objects.visible_to(actor).first()
    if row is not None:
        record(actor=actor, action="organization.single_sign_on_deleted", subject=row, issuer=row.issuer)
        row.delete()


def single_sign_on_url(*, request: HttpRequest, slug: str) -> str:
    """Where the browser goes on to sign in at the organization's own provider.

    Raises:
        NotFound: no organization of that name has one.
        Unavailable: the provider does not answer, or others wait for it already.
    """
    try:
        provider = get_adapter().get_provider(request, slug)
        nonce = request.session[SIGN_ON_NONCE] = secrets.token_urlsafe(24)
        with in_request(provider.app.settings["organization"]):
            url: str = provider.redirect(request, process="login", next_url="/", auth_params={"nonce": nonce}).url
    except SocialApp.DoesNotExist as error:
        raise NotFound("No organization with this ID uses SSO.") from error
    except requests.RequestException as error:
        raise Unavailable("The SSO provider of your organization does not respond.", retry_after=30) from error
    return url
