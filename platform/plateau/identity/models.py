"""Organizations, their members, and the tokens that act for them."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower

from plateau.kernel.visibility import ScopedQuerySet


class UserManager(BaseUserManager["User"]):
    """Makes users."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """A user with a hashed password; None makes one that cannot sign in by password."""
        user = self.model(email=email.strip().lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person. What they may do hangs on their membership, not on them."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]


class Organization(models.Model):
    """The wall: nothing is seen across it."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True, max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """A member's job; `kernel.scopes.ROLE_SCOPES` says what each may do."""

    CUSTOMER = "customer"
    ANNOTATOR = "annotator"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    SCIENTIST = "scientist"
    ADMIN = "admin"


class Membership(models.Model):
    """One person in one organization."""

    organization_path: ClassVar[str] = "organization_id"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    role = models.CharField(max_length=16, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Membership"].as_manager()

    class Meta:
        verbose_name = "member"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "user"], name="one_membership"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]


class ApiToken(models.Model):
    """A personal token: only its hash is kept."""

    organization_path: ClassVar[str] = "membership__organization_id"

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="tokens")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, null=True, blank=True)
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

    `auth_hash` follows from the password: a new password ends the sessions of the old one.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True)
    auth_hash = models.CharField(max_length=128, default="", blank=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """The store that reads and writes these."""
        from plateau.identity.sessions import SessionStore

        return SessionStore
