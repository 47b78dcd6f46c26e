"""A training's checkpoint in the storage, so that it goes on where its host does not; and what failed jobs leave."""

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

KEPT = timedelta(days=1)  # the folder of a job that failed, with the log of its trainer

log = logging.getLogger(__name__)


@contextmanager
def copied(workdir: Path, job_id: int) -> Iterator[None]:
    """Begin with the newest checkpoint that any host wrote, and copy this one's while it changes.

    A storage that is away costs a training nothing but the copy.
    """
    key, local = _key(job_id), workdir / CHECKPOINT
    _fetch(key, local)
    copied_at = local.stat().st_mtime if local.exists() else 0.0  # before the training may write the next
    over = threading.Event()
    thread = threading.Thread(target=_copy_while, args=(key, local, over, copied_at), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=10)  # a storage that hangs holds nobody up


def forget(job_id: int) -> None:
    """The job is over: nobody goes on from its checkpoint."""
    try:
        _delete(job_id)
    except Exception:  # `tidy` takes it later
        log.warning("a checkpoint could not be deleted", exc_info=True)


def tidy() -> int:
    """Delete folders and checkpoints of jobs that ended a day ago, on this host and in the storage; how many."""
    home = settings.PLATEAU_HOME / "work"
    local = {path.name: path for path in home.glob("job-*")}
    try:
        stored = set(default_storage.listdir("work")[0])
    except FileNotFoundError:
        stored = set()
    numbers = {int(name.removeprefix("job-")) for name in {*local, *stored} if name.removeprefix("job-").isdigit()}
    alive = Job.objects.filter(~Q(state__in=ENDED) | Q(ended_at__gt=timezone.now() - KEPT), pk__in=numbers)
    over = numbers - set(alive.values_list("pk", flat=True))
    for number in over:
        if path := local.get(f"job-{number}"):
            shutil.rmtree(path, ignore_errors=True)
        if f"job-{number}" in stored:
            _delete(number)
    return len(over)


def _key(job_id: int) -> str:
    return f"work/job-{job_id}/{CHECKPOINT}"


def _delete(job_id: int) -> None:
    for name in (
        _key(job_id),
        f"{_key(job_id)}.part",
        f"work/job-{job_id}",
    ):  # the last is a folder, where there are such
        default_storage.delete(name)


def _fetch(key: str, local: Path) -> None:
    try:
        if not default_storage.exists(key):
            return
        if local.exists():
            here = datetime.fromtimestamp(local.stat().st_mtime, UTC)
            if here >= default_storage.get_modified_time(key):
                return
        draft = local.with_suffix(".fetched")
        with draft.open("wb") as out:
            walk.fetch(key, out)
        draft.replace(local)
    except Exception:
        log.warning("no checkpoint could be read; the training goes on from what is here", exc_info=True)


def _copy_while(key: str, local: Path, over: threading.Event, copied_at: float) -> None:
    while not over.wait(settings.CHECKPOINT_SECONDS):
        try:
            changed = local.stat().st_mtime
            if changed == copied_at:
                continue
            with local.open("rb") as file:
                walk.put(key, file)
            copied_at = changed
        except FileNotFoundError:
            continue  # none yet, or it was taken away
        except Exception:
            log.warning("a checkpoint could not be copied", exc_info=True)
