"""Organizations, their members, and the tokens that act for them."""

import hashlib
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone

from plateau.access.scopes import Actor, Reach, Scope, granted_scopes
from plateau.access.visibility import ScopedQuerySet


class UserManager(BaseUserManager["User"]):
    """Makes users."""

    def create_user(self, email: str, password: str | None = None, **extra: object) -> "User":
        """A user with a hashed password; None makes one that cannot sign in by password."""
        user = self.model(email=email.strip().lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person. What they may do hangs on their membership, not on them."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    # Empty until the person has one: the browser's is stored at the first sign-in.
    language = models.CharField(max_length=8, default="", blank=True)
    # As `schemas.Preferences`: theme, keys, settings of the editor.
    preferences = models.JSONField(default=dict, db_default={}, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]


class Organization(models.Model):
    """The wall: nothing is seen across it."""

    organization_path: ClassVar[str] = "id"

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True, max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)
    # Who gets in: networks in CIDR; an empty list lets every address in.
    require_second_factor = models.BooleanField(default=False, db_default=False)
    ip_allowlist = models.JSONField(default=list, db_default=[])
    idle_hours = models.IntegerField(default=12, db_default=12)
    max_token_days = models.IntegerField(default=365, db_default=365)

    objects = ScopedQuerySet["Organization"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(idle_hours__range=(1, 168)), name="idle_hours_sane"),
            models.CheckConstraint(condition=models.Q(max_token_days__range=(1, 3650)), name="token_days_sane"),
        ]

    def __str__(self) -> str:
        return self.name


class RoleQuerySet(ScopedQuerySet["Role"]):
    """The built-in roles and those of organizations."""

    def visible_to(self, actor: Actor) -> Self:
        """The roles that the caller's organization can give to its members."""
        return self.available_to(actor.organization_id)

    def available_to(self, organization_id: int) -> Self:
        """The built-in roles and the organization's own."""
        return self.filter(models.Q(organization=None) | models.Q(organization_id=organization_id))

    def least_privileged(self, *scopes: Scope) -> "Role":
        """The built-in role with the fewest scopes that grants all of `scopes`.

        Raises:
            Role.DoesNotExist: no built-in role grants them.
        """
        count = models.Func(models.F("scopes"), function="jsonb_array_length", output_field=models.IntegerField())
        roles = self.filter(organization=None, scopes__contains=list(scopes)).order_by(count, "pk")
        return roles[:1].get()


class Role(models.Model):
    """What a member may do, as data: no code asks for a role by its key.

    Built-in roles belong to no organization and are rows of a migration. `self`, a person's own settings, goes
    without saying: every role grants it. `reach` says in which projects (`plateau.access.visibility`).
    """

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, null=True, related_name="own_roles")
    key = models.SlugField(max_length=32)
    title = models.CharField(max_length=80)
    scopes = models.JSONField(default=list)
    reach = models.CharField(
        max_length=8, choices=[(reach.value, reach.value) for reach in Reach], default=Reach.OPEN, db_default=Reach.OPEN
    )

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "key"], name="role_key_unique", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return self.title

    def granted(self) -> frozenset[Scope]:
        """The scopes of its members."""
        return granted_scopes(self.scopes)


class SingleSignOn(models.Model):
    """An organization's own sign-in (OpenID Connect). It vouches for members of this organization alone."""

    organization_path: ClassVar[str] = "organization_id"

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="single_sign_on")
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200)
    secret = models.TextField()  # encrypted (plateau.secrets)
    # Whom the provider vouches for and nobody added joins in this role; None: nobody joins so.
    default_role = models.ForeignKey(Role, on_delete=models.RESTRICT, null=True)

    objects = ScopedQuerySet["SingleSignOn"].as_manager()

    class Meta:
        verbose_name = "single sign-on"


class MembershipQuerySet(ScopedQuerySet["Membership"]):
    """Members of organizations."""

    def granted(self, *scopes: Scope) -> Self:
        """Members whose role grants all of `scopes`."""
        return self.filter(role__scopes__contains=list(scopes))


class Membership(models.Model):
    """One person in one organization; people may belong to several.

    Until an invitation to `invited_email` is accepted, `user` stands for whoever will: nobody asks whether the address
    has an account already. `last_sign_in_at` is of this organization.
    """

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    role = models.ForeignKey(Role, on_delete=models.RESTRICT)
    is_active = models.BooleanField(default=True)
    invited_email = models.EmailField(default="", db_default="", blank=True)
    last_sign_in_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "member"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "user"], name="one_membership"),
            models.UniqueConstraint(
                "organization",
                Lower("invited_email"),
                condition=~models.Q(invited_email=""),
                name="one_invitation_to_an_address",
            ),
        ]


class ApiToken(models.Model):
    """A personal token, of which only the hash is stored.

    One that a token made is its child: it ends with it, and may no more. `second_factor` says whether whoever made it
    had shown one; where the organization asks for one, a token that was made without is of no use.
    """

    organization_path: ClassVar[str] = "membership__organization_id"

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="tokens")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    second_factor = models.BooleanField(default=False, db_default=False)
    # By number: projects stand on identity. The database holds that there is such a project.
    project_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["ApiToken"].as_manager()

    class Meta:
        verbose_name = "token"


class MemberSession(AbstractBaseSession):
    """A browser's session. `user` and `auth_hash` are also in its data: as columns, one look-up finds who asks.

    `auth_hash` follows from the password: a new password ends the sessions of the old one. `organization` is the one
    that the person works in now; a session that the organization's own provider vouched for is `bound` to it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True)
    auth_hash = models.CharField(max_length=128, default="", blank=True)
    second_factor = models.BooleanField(default=False, db_default=False)
    organization = models.ForeignKey(Organization, on_delete=models.SET_NULL, null=True, related_name="+")
    is_bound = models.BooleanField(default=False, db_default=False)
    ip_address = models.CharField(max_length=64, default="", db_default="", blank=True)
    user_agent = models.CharField(max_length=200, default="", db_default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    last_seen_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session"

    @property
    def public_id(self) -> str:
        """What names it in lists; the key itself is a secret."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:20]

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """The store that reads and writes these."""
        from plateau.identity.sessions import SessionStore

        return SessionStore
