"""Errors of webhooks, each with its code."""

from plateau.http.errors import Conflict, InvalidInput


class InvalidWebhookUrl(InvalidInput):
    """The URL leads to a private network or nowhere; operators open private ones by `OUTBOUND_NETWORKS`."""

    code = "invalid_webhook_url"
    title = "Invalid URL"


class UnknownEvent(InvalidInput):
    """The catalog has no such event."""

    code = "unknown_event"
    title = "Unknown event"


class WebhookNotDeleted(Conflict):
    """Only a deleted webhook can be restored."""

    code = "webhook_not_deleted"
    title = "Webhook not deleted"

    def __init__(self) -> None:
        super().__init__("This webhook is not deleted.")
