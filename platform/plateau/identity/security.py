"""An organization's rules of signing in, and its own provider."""

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

from plateau.access.scopes import Actor
from plateau.http.client_ip import lies_in
from plateau.http.errors import Conflict, Invalid, NotFound, Unavailable
from plateau.identity import services
from plateau.identity.hooks import record
from plateau.identity.models import MemberSession, Membership, Organization, SingleSignOn
from plateau.identity.schemas import SecurityIn, SecurityOut, SingleSignOnIn, SingleSignOnOut
from plateau.identity.steps import NONCE
from plateau.network.outbound import GuardedSession, in_request
from plateau.secrets.encryption import seal

FACTORS = ("totp", "webauthn")


def rules_of(actor: Actor, address: str) -> SecurityOut:
    """The rules as they stand."""
    row = Organization.objects.get(pk=actor.organization_id)
    members = Membership.objects.visible_to(actor).filter(is_active=True)
    proven = Authenticator.objects.filter(type__in=FACTORS).values("user_id")
    sign_on = SingleSignOn.objects.visible_to(actor).select_related("default_role").first()
    path = reverse("openid_connect_callback", kwargs={"provider_id": row.slug})
    return SecurityOut(
        require_second_factor=row.require_second_factor,
        networks=row.networks,
        idle_hours=row.idle_hours,
        longest_token_days=row.longest_token_days,
        slug=row.slug,
        your_address=address,
        members_without_factor=members.exclude(user_id__in=proven).count(),
        single_sign_on=_sign_on(sign_on) if sign_on else None,
        callback=f"{settings.PLATEAU_URL}{path}",
    )


def _sign_on(row: SingleSignOn) -> SingleSignOnOut:
    key = row.default_role.key if row.default_role else ""
    return SingleSignOnOut(issuer=row.issuer, client_id=row.client_id, default_role=key)


@transaction.atomic
def set_rules(*, actor: Actor, given: SecurityIn, address: str) -> None:
    """Set the rules; none may lock out who sets it.

    Raises:
        Invalid: a network is no CIDR.
        Conflict: the caller has no second factor, or comes from none of the networks.
    """
    networks = []
    for index, text in enumerate(given.networks):
        try:
            networks.append(str(ipaddress.ip_network(text.strip())))
        except ValueError as error:
            field = f"networks.{index}"
            raise Invalid(f"{text}: {error}", [{"field": field, "message": f"no network: {error}"}]) from error
    if networks and not lies_in(address, networks):
        raise Conflict(f"You come from {address}, which is in none of these networks: you would lock yourself out.")
    if given.require_second_factor:
        own = Authenticator.objects.filter(user_id=actor.user_id, type__in=FACTORS)
        proven = MemberSession.objects.filter(user_id=actor.user_id, second_factor=True)
        if not own.exists() and not proven.exists():
            raise Conflict("Set up a second factor of your own first, or you would lock yourself out.")
    row = Organization.objects.select_for_update().get(pk=actor.organization_id)
    row.require_second_factor = given.require_second_factor
    row.networks, row.idle_hours = networks, given.idle_hours
    row.longest_token_days = given.longest_token_days
    row.save(update_fields=["require_second_factor", "networks", "idle_hours", "longest_token_days"])
    record(actor=actor, action="organization.security_changed", subject=row, **given.model_dump())


def set_sign_on(*, actor: Actor, given: SingleSignOnIn) -> None:
    """Set the provider, once its card was read and names itself as the issuer.

    Raises:
        Invalid: it cannot be reached, is no provider, or no secret is stored yet.
        UnknownRole: the organization has no such role.
        Unavailable: others of the organization wait for it already.
    """
    default_role = None
    if given.default_role:
        default_role = services.role_by_key(
            organization_id=actor.organization_id, key=given.default_role, field="default_role"
        )
    issuer = given.issuer.rstrip("/")
    try:
        with in_request(actor.organization_id), GuardedSession() as session:
            answer = session.get(f"{issuer}/.well-known/openid-configuration")
            answer.raise_for_status()
            card = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise _invalid("issuer", f"no OpenID Connect provider answers at {issuer}: {error}") from error
    if not isinstance(card, dict) or str(card.get("issuer", "")).rstrip("/") != issuer:
        raise _invalid("issuer", f"the provider calls itself {card.get('issuer')!r}, not {issuer}")
    with transaction.atomic():
        row = SingleSignOn.objects.visible_to(actor).select_for_update().first()
        if row is None:
            if not given.secret:
                raise _invalid("secret", "the client's secret is needed")
            row = SingleSignOn(organization_id=actor.organization_id)
        row.issuer, row.client_id, row.default_role = issuer, given.client_id, default_role
        if given.secret:
            row.secret = seal(given.secret)
        row.save()
        record(
            actor=actor, action="organization.sign_on_set", subject=row, issuer=issuer, default_role=given.default_role
        )


def _invalid(field: str, text: str) -> Invalid:
    return Invalid(f"{field}: {text}", [{"field": field, "message": text}])


@transaction.atomic
def drop_sign_on(*, actor: Actor) -> None:
    """Take the provider away; who came by it needs an entry link from now on."""
    row = SingleSignOn.objects.visible_to(actor).first()
    if row is not None:
        record(actor=actor, action="organization.sign_on_dropped", subject=row, issuer=row.issuer)
        row.delete()


def sign_on_address(*, request: HttpRequest, slug: str) -> str:
    """Where the browser goes on to sign in at the organization's own provider.

    Raises:
        NotFound: no organization of that name has one.
        Unavailable: the provider does not answer, or others wait for it already.
    """
    try:
        provider = get_adapter().get_provider(request, slug)
        nonce = request.session[NONCE] = secrets.token_urlsafe(24)
        with in_request(provider.app.settings["organization"]):
            url: str = provider.redirect(request, process="login", next_url="/", auth_params={"nonce": nonce}).url
    except SocialApp.DoesNotExist as error:
        raise NotFound("No organization of this name has its own sign-in.") from error
    except requests.RequestException as error:
        raise Unavailable("Your organization's sign-in does not answer.", retry_after=30) from error
    return url
