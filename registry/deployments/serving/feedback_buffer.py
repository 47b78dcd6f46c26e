"""Images on their way back to people: stored without making the caller wait."""

import logging
import queue
import threading
import time
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import close_old_connections

from registry.deployments.models import Deployment, Feedback, FeedbackReason
from registry.deployments.serving.served_model import ImagePrediction

CAPACITY = 200
RETRY_SECONDS = 2.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CapturedSample:
    """An encoded image, its prediction, and why it goes back to people."""

    deployment_id: int
    version_id: int
    image: bytes
    prediction: ImagePrediction
    reason: FeedbackReason


class FeedbackBuffer:
    """Writes samples to the storage and a row for each; what comes while `CAPACITY` wait is dropped."""

    def __init__(self) -> None:
        self._queue: queue.Queue[CapturedSample] = queue.Queue(CAPACITY)
        self.dropped_count = 0

    def start(self) -> None:
        """Store samples in a thread of its own."""
        threading.Thread(target=self._run, daemon=True).start()

    def put(self, sample: CapturedSample) -> None:
        """Queue a sample, or drop it where the buffer is full."""
        try:
            self._queue.put_nowait(sample)
        except queue.Full:
            self.dropped_count += 1
            logger.warning("feedback: %s images dropped so far", self.dropped_count)

    def _run(self) -> None:
        while True:
            sample = self._queue.get()
            close_old_connections()
            while not self._store(sample):
                time.sleep(RETRY_SECONDS)  # storage or database are unavailable: the sample waits, so does the queue
                close_old_connections()

    def _store(self, sample: CapturedSample) -> bool:
        """True once the sample is stored, or nobody will look at it: no deployment any more, or an archived project."""
        try:
            rows = Deployment.objects.filter(pk=sample.deployment_id, project__archived_at=None, deleted_at=None)
            if not rows.exists():
                return True
            key = default_storage.save(f"feedback/{sample.deployment_id}/{uuid.uuid4().hex}", ContentFile(sample.image))
            Feedback.objects.create(
                deployment_id=sample.deployment_id,
                version_id=sample.version_id,
                storage_key=key,
                predicted_label=sample.prediction.label,
                prediction=sample.prediction.value,
                confidence=sample.prediction.confidence,
                reason=sample.reason,
            )
        except Exception:
            logger.exception("a feedback image cannot be stored now; it is tried again")
            return False
        return True
