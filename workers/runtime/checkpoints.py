"""Checkpoints copied to the storage, so that a training resumes on another host; and clean-up behind failed jobs."""

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone

from plateau.jobs.models import ENDED, Job
from plateau.storage import walk
from workers.recipes.base import CHECKPOINT

FAILED_WORKDIR_RETENTION = timedelta(days=1)  # the folder of a job that failed, with the log of its trainer

log = logging.getLogger(__name__)


@contextmanager
def synced_checkpoint(workdir: Path, job_id: int) -> Iterator[None]:
    """Fetch the newest checkpoint that any host wrote, and upload this host's whenever it changes.

    An unavailable storage costs a training nothing but the copy.
    """
    key, local = _key(job_id), workdir / CHECKPOINT
    _fetch(key, local)
    copied_at = local.stat().st_mtime if local.exists() else 0.0  # before the training may write the next
    ended = threading.Event()
    thread = threading.Thread(target=_upload_changes, args=(key, local, ended, copied_at), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=10)  # a storage that hangs holds nobody up


def delete_checkpoint(job_id: int) -> None:
    """Delete the checkpoint of a job that has ended; a failure is logged, and `delete_stale_workdirs` tries again."""
    try:
        _delete(job_id)
    except Exception:
        log.warning("a checkpoint could not be deleted", exc_info=True)


def delete_stale_workdirs() -> int:
    """Delete folders and checkpoints of jobs that ended a day ago, here and in the storage; returns how many jobs."""
    home = settings.PLATEAU_HOME / "work"
    local = {path.name: path for path in home.glob("job-*")}
    try:
        stored = set(default_storage.listdir("work")[0])
    except FileNotFoundError:
        stored = set()
    numbers = {int(name.removeprefix("job-")) for name in {*local, *stored} if name.removeprefix("job-").isdigit()}
    retained = Job.objects.filter(
        ~Q(state__in=ENDED) | Q(ended_at__gt=timezone.now() - FAILED_WORKDIR_RETENTION), pk__in=numbers
    )
    stale = numbers - set(retained.values_list("pk", flat=True))
    for number in stale:
        if path := local.get(f"job-{number}"):
            shutil.rmtree(path, ignore_errors=True)
        if f"job-{number}" in stored:
            _delete(number)
    return len(stale)


def _key(job_id: int) -> str:
    return f"work/job-{job_id}/{CHECKPOINT}"


def _delete(job_id: int) -> None:
    # The last is the folder, in storages that have folders.
    for name in (_key(job_id), f"{_key(job_id)}.part", f"work/job-{job_id}"):
        default_storage.delete(name)


def _fetch(key: str, local: Path) -> None:
    try:
        if not default_storage.exists(key):
            return
        if local.exists():
            modified_at = datetime.fromtimestamp(local.stat().st_mtime, UTC)
            if modified_at >= default_storage.get_modified_time(key):
                return
        draft = local.with_suffix(".fetched")
        with draft.open("wb") as out:
            walk.fetch(key, out)
        draft.replace(local)
    except Exception:
        log.warning("no checkpoint could be fetched; the training resumes from the local one", exc_info=True)


def _upload_changes(key: str, local: Path, ended: threading.Event, copied_at: float) -> None:
    while not ended.wait(settings.CHECKPOINT_SECONDS):
        try:
            changed = local.stat().st_mtime
            if changed == copied_at:
                continue
            with local.open("rb") as file:
                walk.put(key, file)
            copied_at = changed
        except FileNotFoundError:
            continue  # none yet, or it was deleted
        except Exception:
            log.warning("a checkpoint could not be synced_checkpoint", exc_info=True)
