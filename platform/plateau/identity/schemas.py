"""Identity on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from plateau.kernel.typed import Strict

Email = Annotated[str, StringConstraints(pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$", max_length=254)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
RoleName = Literal["customer", "annotator", "reviewer", "manager", "scientist", "admin"]


class SignIn(Strict):
    """Who wants in."""

    email: Annotated[str, StringConstraints(max_length=254, pattern=r"^[^\x00]*$")]
    password: Annotated[str, StringConstraints(max_length=256, strip_whitespace=False)]


class MeOut(BaseModel):
    """The caller."""

    user_id: int
    name: str
    email: str
    language: str
    organization: str
    role: RoleName
    scopes: list[str]


class MeIn(Strict):
    """What a person may change of themselves."""

    language: Literal["en", "ja"]


class MemberIn(Strict):
    """A new member."""

    email: Email
    name: Name
    role: RoleName
    password: Annotated[str, StringConstraints(min_length=12, max_length=256, strip_whitespace=False)]


class MemberChange(Strict):
    """What may change of a member."""

    role: RoleName | None = None
    is_active: bool | None = None


class MemberOut(BaseModel):
    """A member."""

    id: int
    user_id: int
    name: str
    email: str
    role: RoleName
    is_active: bool
    created_at: datetime


class TokenIn(Strict):
    """A new token."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
    scopes: list[str] = Field(min_length=1, max_length=30)
    days: int | None = Field(default=90, ge=1, le=3650, description="Valid for so many days; null: until revoked")


class TokenOut(BaseModel):
    """A token without its secret."""

    id: int
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
