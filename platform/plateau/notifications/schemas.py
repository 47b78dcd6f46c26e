"""Notifications on the wire."""

from datetime import datetime

from pydantic import BaseModel, Field

from plateau.http.validation import RequestModel


class NotificationOut(BaseModel):
    """One thing that the caller is told."""

    id: int
    kind: str
    actor: str = Field(description="Who did it; empty: a machine")
    link: str = Field(description="Path of the web interface that leads to it")
    parameters: dict[str, str | int | float | None] = Field(description="Names and numbers for the text")
    created_at: datetime
    is_read: bool


class NotificationChange(RequestModel):
    """Whether a notification was read."""

    is_read: bool


class UnreadCount(BaseModel):
    """How many notifications were not read."""

    count: int


class KindChoice(RequestModel):
    """How one kind is told."""

    kind: str = Field(max_length=32, pattern=r"^[a-z_]+\.[a-z_]+$")
    in_app: bool
    by_email: bool


class NotificationSettingsIn(RequestModel):
    """How the caller wants to be told things; kinds that are left out stay as they are."""

    kinds: list[KindChoice] = Field(max_length=50)


class NotificationSettingsOut(BaseModel):
    """How the caller is told things."""

    is_email_set_up: bool = Field(description="False: this server sends no e-mail, whatever is chosen")
    kinds: list[KindChoice]
