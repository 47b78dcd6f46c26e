"""The hot path: hand out tasks, take answers. The SQL is in `statements`.

A task goes to at most as many people as it wants answers. Gold and practice items are slipped in between;
to the person who gets one it looks like any other task.
"""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from annotation.labeling import hooks
from annotation.labeling import statements as sql
from annotation.labeling.models import Skip
from annotation.labeling.seats import count_moves
from annotation.labeling.settle import settle
from annotation.projects.models import LabelSchema
from annotation.projects.queries import checked_value
from labelkit.annotations import ANNOTATION_TYPES, AnnotationType, Schema
from labelkit.geometries import Frame
from plateau.access.scopes import Actor, Scope
from plateau.audit.services import note_items_seen
from plateau.datalake.queries import content_url
from plateau.http.errors import Conflict, NotFound, ProjectArchived

START = {"low_position": float("-inf"), "low_shuffle": 0, "low_id": 0}
_TRIES = 3


class LeaseLost(Conflict):
    """Somebody else holds or answered the task; the answer was not taken and is still with the client."""

    code = "lease_lost"
    title = "The task went to somebody else"


class KeyReused(Conflict):
    """The idempotency key was used before for another answer."""

    code = "idempotency_key_reused"
    title = "Idempotency key used twice"


class AnsweredElsewhere(Conflict):
    """The caller answered this task in another window or on another machine since it was opened here."""

    code = "answered_elsewhere"
    title = "Answered elsewhere"


class _Stale(Exception):
    """What was read before the lock was no longer so after it; read again."""


class Rules(NamedTuple):
    """What a project and a person's seat in it say about handing out; in the order of `statements.RULES`."""

    project: int
    kind: str
    several: bool
    gold_share: float
    practice: int
    cap: int | None
    epoch: int
    paused_why: str | None
    paused: bool
    answered: int
    practiced: int
    low_epoch: int | None
    low_position: float | None
    low_shuffle: int | None
    low_id: int | None
    member: bool
    archived: bool

    def halt(self) -> str:
        """Why nothing is handed out: `paused`, `cap`, `not_assigned`; empty where something may be."""
        if self.paused:
            return "paused"
        if not self.member:
            return "not_assigned"
        return "cap" if self.cap is not None and self.answered >= self.cap else ""

    def plain(self) -> bool:
        """The next task is just the head of the queue: nothing is slipped in, and nobody sees a task twice."""
        return not (self.several or self.gold_share or self.practiced < self.practice or self.halt())


class _Locked(NamedTuple):
    """A task under its lock; in the order of `statements.LOCK`."""

    state: str
    wanted: int
    given: int
    room: int
    skips: int
    shuffle: int
    annotation: int | None
    lease: str | None
    text: str
    width: int | None
    height: int | None
    schema_version: int
    guideline_version: int
    review_share: float
    repeated: int | None
    repeated_value: Any
    own: int | None


@dataclass(frozen=True)
class Handed:
    """Tasks handed out, and why there are none where there are none."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    halt: str = ""


@dataclass(frozen=True)
class Answer:
    """An answer as it was taken. `lesson` is the right answer, after a practice item."""

    id: int
    value: dict[str, Any]
    repeated: bool
    following: Handed
    lesson: dict[str, Any] | None = None


@lru_cache(maxsize=4096)
def schema_of(project_id: int, version: int) -> Schema:
    """Labels and attributes of a schema version; cached, because a version never changes."""
    row = LabelSchema.objects.get(project_id=project_id, version=version)
    return Schema.of(row.version, row.labels, row.attributes)


@contextmanager
def _fast_commit() -> Iterator[Any]:
    """A commit that does not wait for the disk: right for a lease, which a crash may forget."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        yield cursor


def _loads(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def _task(row: tuple[Any, ...]) -> dict[str, Any]:
    (task, project, _, _, item, name, uri, text, meta, asset, width, height, draft, revision, answer) = row[:15]
    answer_id, prelabel, score, model, comments = row[15:]
    if asset is not None:
        image = content_url(asset)
    elif text:
        image = ""
    else:
        image = reverse("item-content", args=[item]) if uri.startswith("storage:") else uri
    return {
        "id": task,
        "project_id": project,
        "item": {
            "id": item,
            "name": name,
            "meta": _loads(meta),
            "image": image,
            "text": text,
            "width": width,
            "height": height,
        },
        "draft": None if draft is None else {"value": _loads(draft), "revision": revision},
        "answer": _loads(answer),
        "answer_id": answer_id or 0,
        "comments": comments,
        "prelabel": None if prelabel is None else {"value": _loads(prelabel), "score": score, "model": model},
    }


def _bound(actor: Actor, **values: Any) -> dict[str, Any]:
    return {
        "user": actor.user_id,
        "organization": actor.organization_id,
        "bound": actor.project_id,
        "seconds": settings.LEASE_SECONDS,
        **values,
    }


def lease_next(*, actor: Actor, project_id: int, count: int = 1, resume: bool = False) -> Handed:
    """Lease up to `count` tasks to the caller; with `resume`, those already held come first.

    Raises:
        NotFound: no such project.
        ProjectArchived: nothing of it is handed out.
    """
    values = _bound(actor, project=project_id)
    with _fast_commit() as cursor:
        row = sql.PROJECT.run(cursor, values).fetchone()
        if row is None:
            raise NotFound("There is no such project in your organization.")
        rules = _admitted(cursor, Rules(*row), values)
        if rules.archived:
            raise ProjectArchived
        found = [_task(one) for one in sql.HELD.run(cursor, values | {"count": count}).fetchall()] if resume else []
        return _hand_out(cursor, rules, values, count - len(found), found)


def _hand_out(
    cursor: Any, rules: Rules, values: dict[str, Any], count: int, found: list[dict[str, Any]] | None = None
) -> Handed:
    found = found or []
    halt = rules.halt()
    if count <= 0 or halt:
        return Handed(found, "" if found else halt)
    if rules.practiced < rules.practice:
        found += _slip_in(cursor, values, min(count, rules.practice - rules.practiced), practice=True)
    elif rules.gold_share > 0 and random.random() < rules.gold_share * count:
        found += _slip_in(cursor, values, 1, practice=False)
        count -= len(found)
    if count > 0 and (rules.practiced >= rules.practice or not found):
        found += [_task(row) for row in _heads(cursor, rules, values | {"count": count})]
    _note_texts(values, found)
    return Handed(found)


def _note_texts(values: dict[str, Any], tasks: list[dict[str, Any]]) -> None:
    """Who saw which text or row; pictures are noted when a browser fetches them."""
    if shown := [one["item"]["id"] for one in tasks if one["item"]["text"]]:
        note_items_seen(organization_id=values["organization"], user_id=values["user"], item_ids=shown)


def _slip_in(cursor: Any, values: dict[str, Any], count: int, *, practice: bool) -> list[dict[str, Any]]:
    kind = "practice" if practice else "gold"
    given = values | {"practice": practice, "kind": kind, "count": count}
    return [_task(row) for desk in hooks.gold_desks for row in desk.hand_out.run(cursor, given).fetchall()]


def _heads(cursor: Any, rules: Rules, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The head of the queue. Where tasks take several answers, the search goes on from where the person came to."""
    low = dict(START)
    if rules.several and rules.low_epoch == rules.epoch and rules.low_position is not None:
        low = {
            "low_position": rules.low_position,
            "low_shuffle": rules.low_shuffle or 0,
            "low_id": rules.low_id or 0,
        }
    rows: list[tuple[Any, ...]] = sql.NEXT.run(cursor, values | low).fetchall()
    if not rows:  # it looks empty: do not wait for the scheduler to free what expired, and look at all of it
        cursor.execute(sql.FREE, values)
        if cursor.rowcount or low != START:
            rows = sql.NEXT.run(cursor, values | START).fetchall()
    if rules.several and rows:
        _, _, position, shuffle = rows[-1][:4]
        seat = {"low_position": position, "low_shuffle": shuffle, "low_id": rows[-1][0], "schema": rules.epoch}
        sql.LOW.run(cursor, values | seat)
    return rows


_ONE = f"""
SELECT {sql.TASK_COLUMNS} FROM labeling_task t JOIN projects_project p ON p.id = t.project_id {sql.TASK_JOINS}
WHERE t.id = %(task)s AND p.organization_id = %(organization)s
  AND (%(bound)s::bigint IS NULL OR p.id = %(bound)s::bigint)
"""  # noqa: S608  # built from constants; values are bound
_RESOLVED = "SELECT n.value FROM labeling_task t JOIN labeling_annotation n ON n.id = t.annotation_id WHERE t.id = %s"


def task_of(*, actor: Actor, task_id: int) -> dict[str, Any]:
    """One task with the caller's draft and answer; who may review sees the resolved label where they gave none.

    Raises:
        NotFound: no such task.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONE, _bound(actor, task=task_id))
        row = cursor.fetchone()
        if row is None:
            raise NotFound("There is no such task in your organization.")
        made = _task(row)
        if made["answer"] is None and actor.may(Scope.LABELS_REVIEW):
            cursor.execute(_RESOLVED, [task_id])
            resolved = cursor.fetchone()
            made["answer"] = _loads(resolved[0]) if resolved else None
    _note_texts(_bound(actor), [made])
    return made


def needs_review(shuffle: int, share: float) -> bool:
    """Whether a task is in the reviewed sample: drawn by its shuffle number, the same at every call."""
    return shuffle % 10_000 < share * 10_000


def submit(
    *,
    actor: Actor,
    task_id: int,
    value: Any,
    client_id: uuid.UUID,
    active_ms: int = 0,
    prelabel_shown: bool = False,
    following: bool = False,
    sees: int | None = None,
) -> Answer:
    """Take an answer, once for each `client_id`; with `following`, lease the next task in the same transaction.

    `sees` is the caller's own answer that this one was made from, 0 for none; None does not ask.

    Raises:
        NotFound: no such task.
        ProjectArchived: nothing is labeled any more.
        LeaseLost: it is with somebody else now.
        KeyReused: the id came before with another answer.
        AnsweredElsewhere: the caller's own answer is not the one that `sees` names.
        Invalid: it is no answer of this project's kind.
    """
    keys = _bound(actor, task=task_id, client=client_id, active=active_ms, prelabel=prelabel_shown, sees=sees)
    for turn in range(_TRIES):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                return _take(cursor, actor, keys, value, following)
        except (_Stale, IntegrityError):  # the same request twice at once, or a lease that just ran out
            if turn == _TRIES - 1:
                raise LeaseLost("The task is being changed by somebody else. Nothing was saved; try again.") from None
    raise AssertionError


def _lock(cursor: Any, keys: dict[str, Any]) -> tuple[_Locked, Rules]:
    row = sql.LOCK.run(cursor, keys).fetchone()
    if row is None:
        raise NotFound("There is no such task in your organization.")
    return _Locked(*row[:17]), _admitted(cursor, Rules(*row[17:]), keys)


def _admitted(cursor: Any, rules: Rules, values: dict[str, Any]) -> Rules:
    """The rules, with whether a team brings the person in where nothing else does."""
    if rules.member:
        return rules
    cursor.execute(sql.BY_TEAM, {"project": rules.project, "user": values["user"]})
    return rules._replace(member=cursor.fetchone()[0])


def _take(cursor: Any, actor: Actor, keys: dict[str, Any], value: Any, following: bool) -> Answer:
    task, rules = _lock(cursor, keys)
    schema = schema_of(rules.project, task.schema_version)
    frame = Frame(task.width, task.height, len(task.text) or None)
    canonical = checked_value(rules.kind, value, schema=schema, frame=frame)
    keys |= {"project": rules.project, "source": "person", "guideline": task.guideline_version}
    if task.repeated is not None:
        if _loads(task.repeated_value) != canonical:
            raise KeyReused("This idempotency key came before with another answer; make a new one for a new answer.")
        return Answer(task.repeated, canonical, True, _following(cursor, rules, keys, following and not rules.archived))
    if rules.archived:
        raise ProjectArchived
    if keys["sees"] is not None and keys["sees"] != (task.own or 0):
        raise AnsweredElsewhere("You answered this task elsewhere in the meantime. Compare both and choose.")
    keys |= {"value": orjson.dumps(canonical).decode(), "schema": schema.version, "supersedes": task.own}
    if task.lease in ("gold", "practice"):
        annotation, lesson, rules = _aside(cursor, keys, task, rules, ANNOTATION_TYPES[rules.kind], canonical)
        return Answer(annotation, canonical, False, _following(cursor, rules, keys, following), lesson)
    rules = rules._replace(answered=rules.answered + (task.own is None))
    annotation, handed = _keep(cursor, actor, keys, task, following and rules.plain())
    return Answer(annotation, canonical, False, handed or _following(cursor, rules, keys, following))


def _following(cursor: Any, rules: Rules, keys: dict[str, Any], wanted: bool) -> Handed:
    return _hand_out(cursor, rules, keys, 1) if wanted else Handed()


def _keep(cursor: Any, actor: Actor, keys: dict[str, Any], task: _Locked, following: bool) -> tuple[int, Handed | None]:
    """Write the answer and move the task: the first answer, one of several, or a better one of the caller's own.

    With `following`, the next task is leased in the same statement where there is one.
    """
    again = task.own is not None and task.lease is None
    if not again and task.lease is None and (task.state != "open" or task.room < 1):
        raise LeaseLost("Somebody else has this task now. Your answer is still in your browser; nothing was saved.")
    back = task.own is not None and task.lease == "answer"  # sent back by a reviewer
    given = task.given if again else task.given + 1
    complete = given >= task.wanted
    alone = complete and task.wanted - (1 if back else 0) <= 1
    state = task.state
    if complete:
        state = "review" if needs_review(task.shuffle, task.review_share) else "done"
    elif again:
        state = task.state
    moved = {name: (name == state) - (name == task.state) for name in ("open", "review", "done", "skipped")}
    took_room = not again and task.lease is None
    more = {
        "given": given,
        "room": task.room - took_room,
        "state": state,
        "resolve": alone or (complete and task.annotation is None),
        "answered": int(task.own is None),
        "rework": keys["active"] if task.own is not None else 0,
        **moved,
    }
    statement = sql.ANSWER_AND_NEXT if following else sql.ANSWER
    annotation, gone, *head = statement.run(cursor, keys | more | START | {"count": 1}).fetchone()
    if bool(gone) != (task.lease is not None):
        raise _Stale
    if complete and not alone:
        settle(actor=actor, task_id=keys["task"])
    return int(annotation), Handed([_task(tuple(head))]) if head and head[0] is not None else None


def _aside(
    cursor: Any, keys: dict[str, Any], task: _Locked, rules: Rules, kind: AnnotationType, value: dict[str, Any]
) -> tuple[int, dict[str, Any] | None, Rules]:
    """An answer to a gold or practice item: scored, and the task left alone."""
    practice = task.lease == "practice"
    nothing = dict.fromkeys(("open", "review", "done", "skipped"), 0)
    annotation, gone = sql.ASIDE.run(cursor, keys | nothing | {"answered": int(task.own is None)}).fetchone()
    if not gone:
        raise _Stale
    (desk,) = hooks.gold_desks
    right = desk.score(
        project_id=rules.project,
        task_id=keys["task"],
        user_id=keys["user"],
        annotation_id=annotation,
        likeness=kind.similarity,
        value=value,
        practice=practice,
    )
    rules = rules._replace(answered=rules.answered + 1, practiced=rules.practiced + practice)
    return annotation, right if practice else None, rules


_SKIP = """
WITH gone AS (DELETE FROM labeling_lease WHERE user_id = %(user)s AND task_id = %(task)s RETURNING 1),
draft AS (DELETE FROM labeling_draft WHERE user_id = %(user)s AND task_id = %(task)s),
k AS (INSERT INTO labeling_skip (task_id, user_id, reason, created_at)
      VALUES (%(task)s, %(user)s, %(reason)s, now()))
UPDATE labeling_task SET state = %(state)s, skips = skips + 1, room = %(room)s WHERE id = %(task)s
"""


def skip(*, actor: Actor, task_id: int, reason: str, following: bool = False) -> Handed:
    """Set a task aside with a reason. One that wants several answers is set aside when as many people skipped it.

    Asked again, it stays one skip.

    Raises:
        NotFound: no such task.
        ProjectArchived: nothing is labeled any more.
        LeaseLost: it is with somebody else now, or answered.
    """
    keys = _bound(actor, task=task_id, client=uuid.UUID(int=0), reason=reason)
    with transaction.atomic(), connection.cursor() as cursor:
        task, rules = _lock(cursor, keys)
        keys["project"] = rules.project
        if rules.archived:
            raise ProjectArchived
        if task.lease is None and Skip.objects.filter(task_id=task_id, user_id=actor.user_id).exists():
            return _following(cursor, rules, keys, following)  # the same request again: its answer was lost
        if task.lease is None and (task.state != "open" or task.room < 1):
            raise LeaseLost("This task is answered already, or with somebody else.")
        aside = task.lease in ("gold", "practice")
        given_up = not aside and task.skips + 1 >= task.wanted - task.given
        state = "skipped" if given_up else task.state
        room = task.room + (task.lease == "answer")
        cursor.execute(_SKIP, keys | {"state": state, "room": room})
        if state != task.state:
            count_moves(project_id=rules.project, user_id=actor.user_id, moves={task.state: -1, state: 1})
        return _following(cursor, rules, keys, following)
