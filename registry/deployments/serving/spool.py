"""Pictures on their way back to people: kept aside without making the caller wait."""

import logging
import queue
import threading
import time
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import close_old_connections

from registry.deployments.models import Deployment, Feedback
from registry.deployments.serving.loaded import Said

WAITING = 200
RETRY_SECONDS = 2.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """A picture, what was said of it by which version, and why it goes back to people."""

    deployment: int
    version: int
    data: bytes
    said: Said
    why: str


class Spool:
    """Writes pictures to the storage and a row for each; where more come than can be written, the rest is left out."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Kept] = queue.Queue(WAITING)
        self.left_out = 0

    def start(self) -> None:
        """In a thread of its own."""
        threading.Thread(target=self._work, daemon=True).start()

    def put(self, one: Kept) -> None:
        """Keep one picture."""
        try:
            self._queue.put_nowait(one)
        except queue.Full:
            self.left_out += 1
            logger.warning("feedback: %s pictures left out so far", self.left_out)

    def _work(self) -> None:
        while True:
            one = self._queue.get()
            close_old_connections()
            while not self._keep(one):
                time.sleep(RETRY_SECONDS)  # storage or database are away: the picture waits, so does the line
                close_old_connections()

    def _keep(self, one: Kept) -> bool:
        """True once the picture is kept, or nobody will look at it: its deployment is gone, or its project archived."""
        try:
            if not Deployment.objects.filter(pk=one.deployment, project__archived_at=None).exists():
                return True
            key = default_storage.save(f"feedback/{one.deployment}/{uuid.uuid4().hex}", ContentFile(one.data))
            Feedback.objects.create(
                deployment_id=one.deployment,
                version_id=one.version,
                storage_key=key,
                label=one.said.label,
                value=one.said.value,
                confidence=one.said.confidence,
                why=one.why,
            )
        except Exception:
            logger.exception("a picture for people cannot be kept now; it is tried again")
            return False
        return True
