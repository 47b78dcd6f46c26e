"""What the API says of quotas."""

from pydantic import BaseModel, Field


class QuotaUsage(BaseModel):
    """One quota: what is used of it."""

    used: int | None = Field(description="null where the counter cannot be read at the moment")
    limit: int | None = Field(description="null: without a limit")


class UsageOut(BaseModel):
    """What an organization uses of its quotas."""

    storage_bytes: QuotaUsage
    items: QuotaUsage
    requests_per_minute: QuotaUsage = Field(description="of the current minute")
    requests_per_day: QuotaUsage = Field(description="of the current day (UTC)")
    warn_at_percent: int = Field(description="from which on administrators are notified")
