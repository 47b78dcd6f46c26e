"""Identity on the wire."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field, StringConstraints

from plateau.http.etags import Editable
from plateau.http.validation import RequestModel

Email = Annotated[str, StringConstraints(pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$", max_length=254)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
RoleKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,32}$")]


class SignIn(RequestModel):
    """E-mail address and password."""

    email: Annotated[str, StringConstraints(max_length=254, pattern=r"^[^\x00]*$")]
    password: Annotated[str, StringConstraints(max_length=256, strip_whitespace=False)]


Key = Annotated[str, StringConstraints(pattern=r"^[^\x00]{1,40}$", strip_whitespace=False)]
ActionId = Annotated[str, StringConstraints(pattern=r"^[^\x00]{1,120}$", strip_whitespace=False)]
SettingName = Annotated[str, StringConstraints(pattern=r"^[a-z][\w.-]{0,79}$")]
SettingValue = bool | Annotated[float, Field(allow_inf_nan=False)] | Annotated[
    str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")
]  # fmt: skip


class Preferences(RequestModel):
    """How the product behaves for one person, on every machine; whatever is null is as the product has it."""

    theme: Literal["system", "light", "dark"] | None = None
    keymap: dict[ActionId, Annotated[list[Key], Field(max_length=8)]] | None = Field(
        default=None, max_length=400, description="Keys of each action that has other ones; an empty list: none"
    )
    hides_first_project: bool | None = Field(
        default=None, description="Whether the guide to the first project was dismissed"
    )
    editor: dict[SettingName, SettingValue] | None = Field(
        default=None, max_length=200, description="Settings of the editor by name"
    )


class OwnOrganizationOut(BaseModel):
    """An organization that the caller belongs to."""

    id: int
    name: str


class OrganizationSwitch(RequestModel):
    """Where to work from now on."""

    organization_id: int = Field(ge=1, le=2**63 - 1)


class InvitationIn(RequestModel):
    """The two parts of an invitation's address."""

    uid: Annotated[str, StringConstraints(max_length=40, pattern=r"^[\w-]*$")]
    token: Annotated[str, StringConstraints(max_length=100, pattern=r"^[\w-]*$")]


class MeOut(BaseModel):
    """The caller."""

    user_id: int
    name: str
    email: str
    language: str = Field(description="`en` or `ja`; empty: none was chosen yet")
    preferences: Preferences
    organization: str
    organization_id: int
    organizations: list[OwnOrganizationOut] = Field(description="Those that a session may switch to, this one too")
    role: str
    scopes: list[str]
    restriction_reason: str = Field(description="Why scopes of the role are withheld for now; empty: they are not")
    applications: list[str] = Field(description="Optional applications that are installed here")


class MeIn(RequestModel):
    """What a person may change of themselves; what is left out stays."""

    name: Name | None = None
    language: Literal["en", "ja"] | None = None
    preferences: Preferences | None = Field(default=None, description="Those that are null stay as they are")


class RoleOut(BaseModel):
    """A role that members may have."""

    key: str
    title: str
    scopes: list[str]
    is_built_in: bool = Field(description="It comes with the product; an organization cannot change it")


class MemberIn(RequestModel):
    """A new member."""

    email: Email
    name: Name
    role: RoleKey


class MemberChange(RequestModel):
    """What may change of a member."""

    role: RoleKey | None = None
    is_active: bool | None = None


class MemberOut(Editable):
    """A member."""

    edited: ClassVar[tuple[str, ...]] = ("role", "is_active")

    id: int
    user_id: int
    name: str
    email: str
    role: str
    is_active: bool
    is_invited: bool = Field(description="Neither a password was set nor has the member ever signed in")
    last_sign_in_at: datetime | None
    created_at: datetime


class MemberCreated(MemberOut):
    """A new member with the address at which they choose a password, shown this once."""

    invitation_url: str
    is_emailed: bool = Field(description="The address was also sent to them; false: this server sends no e-mail")


class InvitationOut(BaseModel):
    """The address at which a member chooses a password, once and for three days; shown this once."""

    invitation_url: str
    is_emailed: bool = Field(description="The address was also sent to them; false: this server sends no e-mail")


class PasswordResetRequest(RequestModel):
    """Whose password was forgotten."""

    email: Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^\x00]*$")]


class PasswordResetIn(RequestModel):
    """The two parts of an invitation's address, and the new password."""

    uid: Annotated[str, StringConstraints(max_length=40, pattern=r"^[\w-]*$")]
    token: Annotated[str, StringConstraints(max_length=100, pattern=r"^[\w-]*$")]
    password: Annotated[str, StringConstraints(min_length=12, max_length=256, strip_whitespace=False)]


class SingleSignOnStart(RequestModel):
    """The organization whose provider is asked, by its slug."""

    organization: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,60}$")]


class SingleSignOnRedirect(BaseModel):
    """The provider's address for the browser to go to."""

    url: str


class SessionOut(BaseModel):
    """One browser in which the caller is signed in."""

    id: str
    ip_address: str
    user_agent: str
    second_factor: bool
    created_at: datetime
    last_seen_at: datetime
    is_current: bool


class SecurityIn(RequestModel):
    """An organization's sign-in rules."""

    require_second_factor: bool
    ip_allowlist: list[Annotated[str, StringConstraints(max_length=50)]] = Field(
        max_length=100, description="Networks (CIDR) that may come in; none: all"
    )
    idle_hours: int = Field(ge=1, le=168, description="A browser that was not used for so long must sign in again")
    max_token_days: int = Field(ge=1, le=3650, description="How long a new token may live")


class SingleSignOnIn(RequestModel):
    """An OpenID Connect provider."""

    issuer: Annotated[str, StringConstraints(max_length=300, pattern=r"^https?://[^\s\x00]+$")]
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    secret: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")] = Field(
        default="", description="Empty: keep the one that is stored"
    )
    default_role: RoleKey | Literal[""] = Field(
        default="", description="Role of people whom it vouches for and nobody added; empty: they stay out"
    )


class SingleSignOnOut(BaseModel):
    """The provider, without its secret."""

    issuer: str
    client_id: str
    default_role: str


class SecurityOut(Editable):
    """The sign-in rules, and what an administrator should know before changing them."""

    edited: ClassVar[tuple[str, ...]] = (
        "require_second_factor",
        "ip_allowlist",
        "idle_hours",
        "max_token_days",
        "single_sign_on",
    )

    require_second_factor: bool
    ip_allowlist: list[str]
    idle_hours: int
    max_token_days: int
    slug: str = Field(description="By this name people find the organization's own sign-in")
    your_ip_address: str
    members_without_second_factor: int
    single_sign_on: SingleSignOnOut | None
    callback_url: str = Field(description="What the provider must allow as the redirect address")


class TokenIn(RequestModel):
    """A new token."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
    scopes: list[str] = Field(min_length=1, max_length=30)
    days: int = Field(default=90, ge=1, le=3650, description="Valid for so many days")


class TokenOut(BaseModel):
    """A token without its secret."""

    id: int
    parent_id: int | None = Field(description="The token that made it, and with which it ends")
    second_factor: bool = Field(description="Made with a second factor: without, it is of no use where one is required")
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class TokenCreated(TokenOut):
    """A token with its secret, shown this once."""

    secret: str


class MemberTokenOut(TokenOut):
    """A token of any member."""

    user_id: int
    owner: str
