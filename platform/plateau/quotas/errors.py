"""Refusals of quotas."""

from plateau.http.errors import APIError, TooManyRequests


class StorageQuotaExceeded(APIError):
    """The file does not fit into the organization's storage quota; `used`, `limit` and `requested` are bytes."""

    status = 507
    code = "storage_quota_exceeded"
    title = "Storage quota exceeded"


class ItemQuotaExceeded(APIError):
    """The organization may have no more items; `used` and `limit` are numbers of items."""

    status = 413
    code = "item_quota_exceeded"
    title = "Item quota exceeded"


class RequestQuotaExceeded(TooManyRequests):
    """The organization has sent as many requests as it may for now."""

    code = "request_quota_exceeded"
    title = "Request quota exceeded"
