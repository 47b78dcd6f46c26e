"""A bucket with a guard before every write; apart from folders, since boto takes a second to import."""

from plateau.storage.guarded import Guarded
from plateau.storage.prompt_bucket import PromptBucket


class GuardedBucket(Guarded, PromptBucket):
    """Files in a bucket."""
