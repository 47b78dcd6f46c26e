"""Authentication flows by django-allauth: second factors, passkeys and single sign-on."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.constants import Client
from allauth.headless.internal.decorators import mark_request_as_headless
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from plateau.http.client_ip import client_address
from plateau.identity.devices import note_sign_in
from plateau.identity.hooks import record
from plateau.identity.models import Membership, SingleSignOn, User
from plateau.identity.sessions import ORGANIZATION_KEY
from plateau.network.outbound import GuardedSession
from plateau.secrets.encryption import decrypt, encrypt

SIGN_ON_NONCE = "sign-on-nonce"  # in the session of the browser that left for its provider


def finish_sign_in(request: HttpRequest, user: AbstractBaseUser) -> None:
    """Go on after a right password: `request.user` is signed in afterwards, or a second factor is awaited."""
    mark_request_as_headless(request, Client.BROWSER)
    perform_login(request, user, email_verification="none")


def _authentication_methods(request: HttpRequest) -> list[str]:
    """How the person of this session authenticated: `password`, `totp`, `webauthn`, `socialaccount`, …"""
    entries = request.session.get("account_authentication_methods") or []
    methods = [str(entry.get("type") or entry["method"]) for entry in entries if not entry.get("reauthenticated")]
    return methods or ["password"]


class AccountAdapter(DefaultAccountAdapter):
    """What Plateau adds to sign-in: membership, audit, the browser's address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: admins add people, or an organization's provider vouches for them."""
        return False

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: object) -> HttpResponse | None:
        """Stop whose access was closed, whichever way they came."""
        from plateau.identity.services import active_membership_of

        if active_membership_of(user) is None:
            raise ImmediateHttpResponse(HttpResponse(status=401))
        return None

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: object) -> HttpResponse:
        """Note from where, and write the log."""
        from plateau.identity.services import organization_to_enter, record_sign_in

        request.session.setdefault(ORGANIZATION_KEY, organization_to_enter(request, user))
        request.session["address"] = client_address(request.META)[:64]
        request.session["agent"] = request.headers.get("User-Agent", "")[:200]
        request.session["since"] = timezone.now().isoformat()
        assert isinstance(user, User)  # the model of this installation
        record_sign_in(request=request, user=user, how=_authentication_methods(request))
        note_sign_in(request, user.email)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """The password once more, before something dear is changed."""
        return user.check_password(password)

    def get_client_ip(self, request: HttpRequest) -> str:
        """As everywhere in Plateau: what trusted proxies say."""
        return client_address(request.META) or "unknown"

    def send_notification_mail(
        self, template_prefix: str, user: AbstractBaseUser, *args: object, **kwargs: object
    ) -> None:
        """What allauth would mail is written to the audit log: `member.password_changed`, `member.totp_activated`, …"""
        change = template_prefix.rpartition("/")[2]
        if change in ("totp_activated", "webauthn_added"):  # whoever just set it up holds it: no need to show it again
            record_authentication(self.request, user, "mfa", type=change.split("_")[0])
        _record_change(change, user)

    def add_message(self, *args: object, **kwargs: object) -> None:
        """The front end says it."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: secrets are encrypted, and the browser's own host is the relying party."""

    def encrypt(self, text: str) -> str:
        """Encrypt what is stored."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt what is stored."""
        return decrypt(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name that authenticators show."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Plateau"}


def _record_change(change: str, user: AbstractBaseUser) -> None:
    from plateau.identity.authentication import actor_of_membership
    from plateau.identity.services import active_membership_of

    membership = active_membership_of(user)
    if membership is not None:
        record(actor=actor_of_membership(membership), action=f"member.{change}", subject=membership)


def _redirect_with_error(reason: str) -> ImmediateHttpResponse:
    return ImmediateHttpResponse(HttpResponseRedirect(f"/?sign-in={reason}"))


class SocialAdapter(DefaultSocialAccountAdapter):
    """Single sign-on: one provider an organization, and its word counts for that organization alone."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The providers, made of `SingleSignOn` rows; named by the organization's slug."""
        rows = SingleSignOn.objects.select_related("organization")
        if provider and provider != "openid_connect":
            rows = rows.filter(organization__slug=provider)
        if client_id:
            rows = rows.filter(client_id=client_id)
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=row.organization.slug,
                name=row.organization.name,
                client_id=row.client_id,
                secret=decrypt(row.secret),
                settings={"server_url": row.issuer, "oauth_pkce_enabled": True, "organization": row.organization_id},
            )
            for row in rows
        ]

    def get_requests_session(self) -> GuardedSession:
        """The issuer is an address that a user gave."""
        return GuardedSession()

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find or add the member for whom the provider vouches.

        A provider may vouch only for people of its own organization, by an address that it has verified: the admin
        of one organization must not be able to sign in as somebody of another.
        """
        row = SingleSignOn.objects.select_related("organization", "default_role").get(
            organization_id=sociallogin.provider.app.settings["organization"]
        )
        if sociallogin.is_existing:
            user: Any = sociallogin.user
        else:
            verified = [entry.email.lower() for entry in sociallogin.email_addresses if entry.verified]
            if not verified:
                raise _redirect_with_error("unverified")
            user = User.objects.filter(email__in=verified).first() or _add_member(row, sociallogin, verified)
        organizations = set(Membership.objects.filter(user=user).values_list("organization_id", flat=True))
        if organizations != {row.organization_id}:
            raise _redirect_with_error("unknown")
        if not sociallogin.is_existing:
            sociallogin.connect(request, user)
        request.session[ORGANIZATION_KEY] = row.organization_id

    def on_authentication_error(self, request: HttpRequest, provider: object, **kwargs: object) -> None:
        """Back to the sign-in page, which says that it went wrong."""
        raise _redirect_with_error("failed")


@transaction.atomic
def _add_member(row: SingleSignOn, sociallogin: SocialLogin, verified: list[str]) -> User:
    """Add the person who was invited or, where the organization lets its provider do that, anyone."""
    from plateau.identity.authentication import actor_of_membership
    from plateau.identity.services import accept_as_new_account

    invited = Membership.objects.filter(organization=row.organization, is_active=True, invited_email__in=verified)
    if membership := invited.select_related("user").first():
        accept_as_new_account(membership)
        return membership.user
    email = verified[0]
    if row.default_role is None:
        raise _redirect_with_error("unknown")
    claims = sociallogin.account.extra_data.get("id_token") or sociallogin.account.extra_data.get("userinfo") or {}
    name = str(claims.get("name") or email.split("@", maxsplit=1)[0])[:120].replace("\x00", "")
    user = User.objects.create_user(email, None, name=name)
    membership = Membership.objects.create(organization=row.organization, user=user, role=row.default_role)
    record(actor=actor_of_membership(membership), action="member.joined", subject=membership, role=row.default_role.key)
    return user
