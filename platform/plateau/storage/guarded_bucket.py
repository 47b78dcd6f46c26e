"""A bucket with a guard before every write; apart from folders, since boto takes a second to import."""

from storages.backends.s3 import S3Storage

from plateau.storage.guarded import Guarded


class GuardedBucket(Guarded, S3Storage):  # type: ignore[misc]  # without types
    """Files in a bucket."""
