"""Which models are loaded, and which of them serves which deployment."""

import logging
import random
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone
from numpy.typing import NDArray

from registry.deployments.models import Deployment, FeedbackReason, Replica
from registry.deployments.serving.batcher import Batcher, QueueFull
from registry.deployments.serving.feedback_buffer import CapturedSample, FeedbackBuffer
from registry.deployments.serving.images import decode_image, image_statistics
from registry.deployments.serving.served_model import ImagePrediction, ServedModel, load_model
from registry.deployments.serving.statistics import DeploymentStatsBuffer
from registry.model_versions.models import ModelVersion
from registry.serving_backends.catalog import SERVING_BACKENDS

SYNC_SECONDS = 0.5
REPORT_SECONDS = 2.0
RETRY_SECONDS = 10.0
PREDICT_SECONDS = 15.0
STALE_REPLICA = timedelta(minutes=5)
TOP_LABELS = 5
logger = logging.getLogger(__name__)


class ModelNotLoaded(Exception):
    """No model is loaded for this deployment here; the message says why."""


@dataclass
class ModelWorker:
    """A loaded model and the queue in front of it."""

    model: ServedModel
    batcher: Batcher


@dataclass
class ServedDeployment:
    """A deployment in this process: the predictions of `live` are returned, those of `shadow` only compared."""

    deployment_id: int
    confidence_threshold: float | None
    sample_fraction: float
    live: ModelWorker | None = None
    shadow: ModelWorker | None = None
    error: str = ""


@dataclass
class LoadFailure:
    """Why a version could not be loaded, and when it is tried again."""

    error: str
    retry_at: float = field(default_factory=lambda: time.monotonic() + RETRY_SECONDS)


class ModelManager:
    """Follows the table of deployments; a new version takes over once it is warm, so no request waits or fails."""

    def __init__(self, process: str) -> None:
        self.process = process
        self.deployments: dict[int, ServedDeployment] = {}
        self.ready = threading.Event()
        self.stats = DeploymentStatsBuffer()
        self.feedback = FeedbackBuffer()
        self._workers: dict[int, ModelWorker] = {}
        self._failures: dict[int, LoadFailure] = {}
        self._stop = threading.Event()

    def start(self) -> None:
        """Follow the table in a thread of its own."""
        threading.Thread(target=self._run, daemon=True).start()
        self.feedback.start()

    def _run(self) -> None:
        reported_at = 0.0
        while not self._stop.is_set():
            try:
                self.sync()
                self.ready.set()
                if time.monotonic() - reported_at > REPORT_SECONDS:
                    self._report_replicas()
                    self.stats.flush()
                    reported_at = time.monotonic()
            except Exception:
                logger.exception("cannot reach the database; loaded models go on predicting")
                close_old_connections()
                connection.close()
            self._stop.wait(SYNC_SECONDS)

    # Loading -----------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Load versions that should be served and are not loaded, switch to them, and unload those not in use."""
        rows = list(
            Deployment.objects.filter(is_running=True, deleted_at=None).select_related("version", "shadow_version")
        )
        with_alias = ModelVersion.objects.filter(project_id__in={row.project_id for row in rows if row.alias})
        by_alias = {
            (version.project_id, version.name, alias): version
            for version in with_alias.exclude(aliases=[]).exclude(state="deleted").defer("per_class")
            for alias in version.aliases
        }
        for row in rows:
            served = self.deployments.get(row.pk) or ServedDeployment(
                row.pk, row.confidence_threshold, row.sample_fraction
            )
            served.confidence_threshold, served.sample_fraction = row.confidence_threshold, row.sample_fraction
            target = by_alias.get((row.project_id, row.model_name, row.alias)) if row.alias else row.version
            self._switch(served, target, row.shadow_version)
            self.deployments[row.pk] = served
        for deployment_id in set(self.deployments) - {row.pk for row in rows}:
            del self.deployments[deployment_id]
        in_use = {
            worker.model.version_id
            for served in self.deployments.values()
            for worker in (served.live, served.shadow)
            if worker is not None
        }
        for version_id in set(self._workers) - in_use:
            worker = self._workers.pop(version_id)
            worker.batcher.close(on_closed=worker.model.unload)

    def _switch(self, served: ServedDeployment, target: ModelVersion | None, shadow: ModelVersion | None) -> None:
        if target is None:
            served.live, served.error = None, "Its alias points at no version."
        else:
            worker, served.error = self._worker_of(target)
            if worker is not None:
                served.live = worker
        served.shadow, shadow_error = self._worker_of(shadow) if shadow is not None else (None, "")
        served.error = served.error or (f"Shadow: {shadow_error}" if shadow_error else "")

    def _worker_of(self, version: ModelVersion) -> tuple[ModelWorker | None, str]:
        """The version's worker, loaded where it is not yet; or None and why it cannot be loaded."""
        if (worker := self._workers.get(version.pk)) is not None:
            return worker, ""
        failure = self._failures.get(version.pk)
        if failure is not None and time.monotonic() < failure.retry_at:
            return None, failure.error
        try:
            backend = SERVING_BACKENDS.find(version)
            if backend is None:
                raise ValueError("Only ONNX image models with labels and image_size in their metadata can be served.")
            files = backend.fetch(version, settings.PLATEAU_HOME / "cache")
            model = load_model(backend, files, version, threads=settings.SERVING_THREADS)
        except Exception as error:
            logger.exception("version %s cannot be served", version.pk)
            self._failures[version.pk] = LoadFailure(str(error)[:300])
            return None, str(error)[:300]
        self._failures.pop(version.pk, None)
        batcher = Batcher(model.predict, max_batch_size=settings.SERVING_BATCH, capacity=settings.SERVING_QUEUE)
        worker = ModelWorker(model, batcher)
        self._workers[version.pk] = worker
        return worker, ""

    def _report_replicas(self) -> None:
        now = timezone.now()
        for served in list(self.deployments.values()):
            if not Deployment.objects.filter(pk=served.deployment_id).exists():
                continue
            Replica.objects.update_or_create(
                deployment_id=served.deployment_id,
                process=self.process,
                defaults={
                    "version_id": served.live.model.version_id if served.live else None,
                    "shadow_version_id": served.shadow.model.version_id if served.shadow else None,
                    "error": served.error,
                    "heartbeat_at": now,
                },
            )
        Replica.objects.filter(process=self.process).exclude(deployment_id__in=list(self.deployments)).delete()
        Replica.objects.filter(heartbeat_at__lt=now - STALE_REPLICA).delete()

    def list_models(self) -> list[dict[str, object]]:
        """Every loaded version: its backend, its health ("" where it is well) and what it did since it was loaded."""
        return [
            {
                "version_id": served.version_id,
                "name": served.name,
                "version": served.version,
                "backend": served.backend.key,
                "health": served.backend.health(served.model),
                **asdict(served.backend.stats(served.model)),
            }
            for served in [worker.model for worker in list(self._workers.values())]
        ]

    # Predicting --------------------------------------------------------------------------------------------------

    def predict(self, deployment_id: int, image: bytes) -> dict[str, Any]:
        """The `PredictionOut` of an encoded image.

        Raises:
            ModelNotLoaded: no model is loaded for this deployment.
            UnreadableImage: it cannot be decoded.
            QueueFull: too many images wait.
            TimeoutError: the model took too long.
        """
        started = time.monotonic()
        served = self.deployments.get(deployment_id)
        if served is None or served.live is None:
            raise ModelNotLoaded((served.error if served else "") or "Its model is being loaded.")
        worker = served.live
        pixels, size = decode_image(image, worker.model.image_size)
        worker, future = self._submit(served, worker, pixels)
        try:
            outputs = future.result(timeout=PREDICT_SECONDS)
        except FutureTimeout as error:
            self.stats.increment(deployment_id, worker.model.version_id, "failed_count")
            raise TimeoutError from error
        except Exception:
            self.stats.increment(deployment_id, worker.model.version_id, "failed_count")
            raise
        prediction = worker.model.prediction_of(outputs, size)
        latency_ms = (time.monotonic() - started) * 1000
        self.stats.record_prediction(
            deployment_id, worker.model.version_id, label=prediction.label, confidence=prediction.confidence,
            image_statistics=image_statistics(pixels), latency_ms=latency_ms,
        )  # fmt: skip
        self._compare_shadow(served, image, prediction.label)
        self._capture(served, worker.model.version_id, image, prediction)
        labels = worker.model.labels
        probabilities = prediction.probabilities or []
        best = np.argsort(-np.asarray(probabilities))[:TOP_LABELS].tolist()
        return {
            "model_name": worker.model.name,
            "version": worker.model.version,
            "kind": worker.model.kind,
            "label": prediction.label,
            "confidence": prediction.confidence,
            "top_labels": [{"label": labels[index], "probability": probabilities[index]} for index in best],
            "width": size[0],
            "height": size[1],
            "regions": prediction.regions,
            "latency_ms": round(latency_ms, 2),
        }

    def _submit(
        self, served: ServedDeployment, worker: ModelWorker, pixels: NDArray[np.float32]
    ) -> "tuple[ModelWorker, Future[Any]]":
        try:
            return worker, worker.batcher.submit(pixels)
        except QueueFull:
            newer = served.live
            if newer is None or newer is worker or newer.model.image_size != worker.model.image_size:
                self.stats.increment(served.deployment_id, worker.model.version_id, "rejected_count")
                raise
            return newer, newer.batcher.submit(pixels)  # another version took over between the two lines above

    def _capture(self, served: ServedDeployment, version_id: int, image: bytes, prediction: ImagePrediction) -> None:
        """Send the image back to people where its confidence is low, or it is drawn into the sample."""
        threshold = served.confidence_threshold
        if threshold is not None and prediction.confidence < threshold:
            reason = FeedbackReason.LOW_CONFIDENCE
        elif served.sample_fraction and random.random() < served.sample_fraction:  # a sample, no secret
            reason = FeedbackReason.RANDOM_SAMPLE
        else:
            return
        self.feedback.put(CapturedSample(served.deployment_id, version_id, image, prediction, reason))

    def _compare_shadow(self, served: ServedDeployment, image: bytes, label: str) -> None:
        shadow, live = served.shadow, served.live
        if shadow is None or live is None:
            return
        try:
            pixels, size = decode_image(image, shadow.model.image_size)
            future = shadow.batcher.submit(pixels)
        except QueueFull:
            return  # live traffic comes first

        def compare(done: "Future[Any]") -> None:
            if done.exception() is None:
                version_id = shadow.model.version_id
                self.stats.increment(served.deployment_id, version_id, "shadow_prediction_count")
                if shadow.model.prediction_of(done.result(), size).label == label:
                    self.stats.increment(served.deployment_id, version_id, "shadow_agreement_count")

        future.add_done_callback(compare)
