"""Errors of webhooks, each with its code."""

from plateau.http.errors import InvalidInput


class InvalidWebhookUrl(InvalidInput):
    """The URL leads to a private network or nowhere; operators open private ones by `OUTBOUND_NETWORKS`."""

    code = "invalid_webhook_url"
    title = "Invalid URL"


class UnknownEvent(InvalidInput):
    """The catalog has no such event."""

    code = "unknown_event"
    title = "Unknown event"
