"""Signed, short-lived addresses by which browsers reach the storage without us in between, where it has such.

That is so on S3 where `S3_PUBLIC_URL` says where browsers find it; everywhere else files go through the web service.
"""

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage

LIFETIME_SECONDS = 300


def is_direct() -> bool:
    """True where browsers reach the storage themselves."""
    return bool(settings.S3_PUBLIC_URL) and hasattr(default_storage, "bucket")


def _storage() -> Any:
    """The storage, with what S3's has beyond Django's interface."""
    return default_storage


@lru_cache(maxsize=4)
def _signer(address: str) -> Any:
    import boto3  # takes a moment to load, and is needed on S3 alone
    from botocore.config import Config

    return boto3.client("s3", endpoint_url=address, config=Config(signature_version="s3v4"))


def _sign(operation: str, key: str, **more: object) -> str:
    params = {"Bucket": _storage().bucket.name, "Key": key, **more}
    signer = _signer(settings.S3_PUBLIC_URL)
    return str(signer.generate_presigned_url(operation, Params=params, ExpiresIn=LIFETIME_SECONDS))


def presign_download(key: str, media_type: str) -> str:
    """Where a browser gets this file, as `media_type`, for the next five minutes."""
    return _sign("get_object", key, ResponseContentType=media_type)


def storage_origins() -> list[str]:
    """What pages must be allowed to connect to (Content-Security-Policy)."""
    if not (settings.S3_PUBLIC_URL and settings.STORAGE_URL.startswith("s3://")):
        return []
    parts = urlsplit(settings.S3_PUBLIC_URL)
    bucket = settings.STORAGE_URL.removeprefix("s3://").split("/", 1)[0]
    return [f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://{bucket}.{parts.netloc}"]


class MultipartUpload:
    """S3's multipart upload: a file that arrives in parts."""

    def __init__(self, key: str, upload_id: str) -> None:
        self.key, self.upload_id = key, upload_id
        self._client = _storage().connection.meta.client
        self._params = {"Bucket": _storage().bucket.name, "Key": key}

    @classmethod
    def begin(cls, key: str) -> "MultipartUpload":
        """A new one under this key."""
        upload = cls(key, "")
        upload.upload_id = str(upload._client.create_multipart_upload(**upload._params)["UploadId"])
        return upload

    def presign_part(self, number: int, size: int) -> str:
        """Where a browser puts part `number`, of exactly `size` bytes, within five minutes."""
        return _sign("upload_part", self.key, UploadId=self.upload_id, PartNumber=number, ContentLength=size)

    def list_parts(self) -> dict[int, tuple[int, str]]:
        """Size and tag of each part that is there."""
        pages = self._client.get_paginator("list_parts").paginate(**self._params, UploadId=self.upload_id)
        parts = [part for page in pages for part in page.get("Parts", [])]
        return {part["PartNumber"]: (part["Size"], part["ETag"]) for part in parts}

    def complete(self, parts: dict[int, tuple[int, str]]) -> int:
        """Make one file of the parts; its size in bytes."""
        listed = [{"PartNumber": number, "ETag": tag} for number, (_, tag) in sorted(parts.items())]
        params = self._params | {"UploadId": self.upload_id, "MultipartUpload": {"Parts": listed}}
        self._client.complete_multipart_upload(**params)
        return int(self._client.head_object(**self._params)["ContentLength"])

    def abort(self) -> None:
        """Delete what arrived; again is no error."""
        try:
            self._client.abort_multipart_upload(**self._params, UploadId=self.upload_id)
        except self._client.exceptions.NoSuchUpload:
            return
