"""Which models are in memory, and which of them answers for which deployment."""

import logging
import random
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone
from numpy.typing import NDArray

from registry.deployments.models import Deployment, Replica
from registry.deployments.serving.batcher import Batcher, Busy
from registry.deployments.serving.loaded import Loaded, load, looks, read_pixels
from registry.deployments.serving.seen import Seen
from registry.deployments.serving.spool import Kept, Spool
from registry.model_versions.files import fetch_onnx, folder_of
from registry.model_versions.models import ModelVersion

SYNC_SECONDS = 0.5
WRITE_SECONDS = 2.0
RETRY_SECONDS = 10.0
ANSWER_SECONDS = 15.0
SHOWN = 5
logger = logging.getLogger(__name__)


class NotServed(Exception):
    """Nothing answers under this deployment here; the message says why."""


@dataclass
class Line:
    """A model and who waits for it."""

    model: Loaded
    batcher: Batcher


@dataclass
class Slot:
    """A deployment here: `live` answers, `shadow` answers unseen."""

    deployment: int
    name: str
    threshold: float | None
    sample_share: float
    live: Line | None = None
    shadow: Line | None = None
    problem: str = ""


@dataclass
class Failed:
    """A version that could not be loaded, and when it is tried again."""

    problem: str
    again: float = field(default_factory=lambda: time.monotonic() + RETRY_SECONDS)


class Hub:
    """Follows the table of deployments; a new version takes over once it is warm, so no request waits or fails."""

    def __init__(self, process: str) -> None:
        self.process = process
        self.slots: dict[int, Slot] = {}
        self.ready = threading.Event()
        self.seen = Seen()
        self.spool = Spool()
        self._lines: dict[int, Line] = {}
        self._failed: dict[int, Failed] = {}
        self._stop = threading.Event()

    def start(self) -> None:
        """Keep up with the table in a thread of its own."""
        threading.Thread(target=self._keep, daemon=True).start()
        self.spool.start()

    def _keep(self) -> None:
        written = 0.0
        while not self._stop.is_set():
            try:
                self.sync()
                self.ready.set()
                if time.monotonic() - written > WRITE_SECONDS:
                    self._report()
                    self.seen.write()
                    written = time.monotonic()
            except Exception:
                logger.exception("cannot reach the database; what is loaded goes on answering")
                close_old_connections()
                connection.close()
            self._stop.wait(SYNC_SECONDS)

    # Which versions should be here, and which are ----------------------------------------------------------------

    def sync(self) -> None:
        """Load what is wanted and not here, switch, and drop what nobody needs."""
        rows = list(Deployment.objects.filter(running=True).select_related("version", "shadow"))
        pointed = ModelVersion.objects.filter(project_id__in={row.project_id for row in rows if row.alias})
        by_alias = {
            (one.project_id, one.name, alias): one
            for one in pointed.exclude(aliases=[]).exclude(state="deleted").defer("per_class")
            for alias in one.aliases
        }
        for row in rows:
            slot = self.slots.get(row.pk) or Slot(row.pk, row.name, row.threshold, row.sample_share)
            slot.threshold, slot.sample_share = row.threshold, row.sample_share
            wanted = by_alias.get((row.project_id, row.model, row.alias)) if row.alias else row.version
            self._switch(slot, wanted, row.shadow)
            self.slots[row.pk] = slot
        for gone in set(self.slots) - {row.pk for row in rows}:
            del self.slots[gone]
        used = {
            line.model.version_id
            for slot in self.slots.values()
            for line in (slot.live, slot.shadow)
            if line is not None
        }
        for version in set(self._lines) - used:
            line = self._lines.pop(version)
            line.batcher.close(line.model.session.close)

    def _switch(self, slot: Slot, wanted: ModelVersion | None, shadow: ModelVersion | None) -> None:
        if wanted is None:
            slot.live, slot.problem = None, "Its alias points at no version."
        else:
            line, slot.problem = self._line(wanted)
            if line is not None:
                slot.live = line
        beside, problem = self._line(shadow) if shadow is not None else (None, "")
        slot.shadow = beside
        slot.problem = slot.problem or (f"Shadow: {problem}" if problem else "")

    def _line(self, version: ModelVersion) -> tuple[Line | None, str]:
        if (have := self._lines.get(version.pk)) is not None:
            return have, ""
        failed = self._failed.get(version.pk)
        if failed is not None and time.monotonic() < failed.again:
            return None, failed.problem
        try:
            if not version.graph:
                raise ValueError("Only ONNX models of pictures that name their labels and input side can be served.")
            graph = fetch_onnx(version, settings.PLATEAU_HOME / "cache")
            model = load(
                graph,
                folder_of(version, settings.PLATEAU_HOME / "cache"),
                version_id=version.pk,
                name=version.name,
                version=version.version,
                kind=version.graph,
                labels=list(version.facts["labels"]),
                side=int(version.facts["input_side"]),
                threads=settings.SERVING_THREADS,
            )
        except Exception as error:
            logger.exception("version %s cannot be served", version.pk)
            self._failed[version.pk] = Failed(str(error)[:300])
            return None, str(error)[:300]
        self._failed.pop(version.pk, None)
        line = Line(model, Batcher(model.run, largest=settings.SERVING_BATCH, waiting=settings.SERVING_QUEUE))
        self._lines[version.pk] = line
        return line, ""

    def _report(self) -> None:
        now = timezone.now()
        for slot in list(self.slots.values()):
            if not Deployment.objects.filter(pk=slot.deployment).exists():
                continue
            Replica.objects.update_or_create(
                deployment_id=slot.deployment,
                process=self.process,
                defaults={
                    "version_id": slot.live.model.version_id if slot.live else None,
                    "shadow_id": slot.shadow.model.version_id if slot.shadow else None,
                    "problem": slot.problem,
                    "seen_at": now,
                },
            )
        Replica.objects.filter(process=self.process).exclude(deployment_id__in=list(self.slots)).delete()
        Replica.objects.filter(seen_at__lt=now - timedelta(minutes=5)).delete()

    # Answering ---------------------------------------------------------------------------------------------------

    def predict(self, deployment: int, data: bytes) -> dict[str, Any]:
        """Answer one picture.

        Raises:
            NotServed: nothing is loaded for this deployment.
            BadPicture: it cannot be read.
            Busy: too many wait.
            TimeoutError: the model took too long.
        """
        begun = time.monotonic()
        slot = self.slots.get(deployment)
        if slot is None or slot.live is None:
            raise NotServed((slot.problem if slot else "") or "Its model is being loaded.")
        line = slot.live
        pixels, size = read_pixels(data, line.model.side)
        line, future = self._submit(slot, line, pixels)
        try:
            found = future.result(timeout=ANSWER_SECONDS)
        except FutureTimeout as error:
            self.seen.add(deployment, line.model.version_id, "failed")
            raise TimeoutError from error
        except Exception:
            self.seen.add(deployment, line.model.version_id, "failed")
            raise
        said = line.model.answer(found, size)
        took = (time.monotonic() - begun) * 1000
        self.seen.answered(
            deployment, line.model.version_id, label=said.label, confidence=said.confidence, looks=looks(pixels),
            took=took,
        )  # fmt: skip
        self._shadow(slot, data, said.label)
        why = "unsure" if slot.threshold is not None and said.confidence < slot.threshold else ""
        if not why and slot.sample_share and random.random() < slot.sample_share:  # a sample, no secret
            why = "sample"
        if why:
            self.spool.put(Kept(deployment, line.model.version_id, data, said, why))
        labels = line.model.labels
        best: list[int] = [] if said.shares is None else np.argsort(-said.shares)[:SHOWN].tolist()
        return {
            "model": line.model.name,
            "version": line.model.version,
            "kind": line.model.kind,
            "label": said.label,
            "confidence": said.confidence,
            "top": [{"label": labels[one], "probability": float(found["probabilities"][one])} for one in best],
            "width": size[0],
            "height": size[1],
            "regions": said.regions,
            "milliseconds": round(took, 2),
        }

    def _submit(self, slot: Slot, line: Line, pixels: NDArray[np.float32]) -> "tuple[Line, Future[Any]]":
        try:
            return line, line.batcher.submit(pixels)
        except Busy:
            newer = slot.live
            if newer is None or newer is line or newer.model.side != line.model.side:
                self.seen.add(slot.deployment, line.model.version_id, "refused")
                raise
            return newer, newer.batcher.submit(pixels)  # another version took over between the two lines above

    def _shadow(self, slot: Slot, data: bytes, label: str) -> None:
        shadow, live = slot.shadow, slot.live
        if shadow is None or live is None:
            return
        try:
            pixels, size = read_pixels(data, shadow.model.side)
            future = shadow.batcher.submit(pixels)
        except Busy:
            return  # live traffic comes first

        def compare(done: "Future[Any]") -> None:
            if done.exception() is None:
                self.seen.add(slot.deployment, shadow.model.version_id, "shadow_answered")
                if shadow.model.answer(done.result(), size).label == label:
                    self.seen.add(slot.deployment, shadow.model.version_id, "shadow_agreed")

        future.add_done_callback(compare)
