"""Recording acts, sealing them, checking the chain."""

import csv
import hashlib
import io
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import connection, models, transaction

from plateau.access.recording import mark_recorded
from plateau.access.scopes import Actor
from plateau.audit.models import AuditEvent, AuditPending, AuditSeal
from plateau.audit.renamed_actions import current_action, current_subject

GENESIS = "0" * 64
BATCH = 1000
logger = logging.getLogger(__name__)


def record(*, actor: Actor, action: str, subject: models.Model, **data: object) -> None:
    """Write that `actor` did `action` (such as `project.created`) to `subject`."""
    mark_recorded()
    AuditEvent.objects.create(
        organization_id=actor.organization_id,
        user_id=actor.user_id or None,
        token_id=actor.token_id,
        action=action,
        subject=subject._meta.label_lower,
        subject_id=str(subject.pk),
        data=data,
    )


def record_call(actor: Actor, method: str, route: str, parameters: Mapping[str, object]) -> None:
    """Record a call about which no service recorded anything, by the name of its route and what stands in its path."""
    AuditEvent.objects.create(
        organization_id=actor.organization_id,
        user_id=actor.user_id or None,
        token_id=actor.token_id,
        action="api.called" if method != "GET" else "api.downloaded",
        subject="route",
        subject_id=route[:64],
        data={"method": method, **{key: str(value)[:200] for key, value in parameters.items()}},
    )


_INSERT_ASSET_ACCESS = """
INSERT INTO audit_dataaccess (organization_id, user_id, asset_id, day, at)
VALUES (%s, %s, %s, (now() AT TIME ZONE 'UTC')::date, now()) ON CONFLICT (asset_id, user_id, day) DO NOTHING
"""


def record_asset_access(*, actor: Actor, asset_id: int) -> None:
    """Record that the caller was shown a picture; the first time of a day counts."""
    mark_recorded()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_ASSET_ACCESS, [actor.organization_id, actor.user_id, asset_id])


_INSERT_ITEM_ACCESSES = """
INSERT INTO audit_dataaccess (organization_id, user_id, item_id, day, at)
SELECT %s, %s, item, (now() AT TIME ZONE 'UTC')::date, now() FROM unnest(%s::bigint[]) item ORDER BY item
ON CONFLICT (item_id, user_id, day) WHERE item_id IS NOT NULL DO NOTHING
"""


def record_item_accesses(*, organization_id: int, user_id: int, item_ids: list[int]) -> None:
    """Record that a person was shown these texts or rows; the first time of a day counts."""
    mark_recorded()
    if item_ids and user_id:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT_ITEM_ACCESSES, [organization_id, user_id, item_ids])


def _content(event: AuditEvent, number: int, before: str) -> dict[str, object]:
    """What a digest is computed of: the event, its place in the chain and the digest before."""
    return {
        "number": number,
        "before": before,
        "id": event.pk,
        "organization": event.organization_id,
        "user": event.user_id,
        "token": event.token_id,
        "action": event.action,
        "subject": event.subject,
        "subject_id": event.subject_id,
        "data": event.data,
        "at": event.at.isoformat(),
    }


def _as_json(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def digest_of(event: AuditEvent, number: int, before: str) -> str:
    """SHA-256, in hex, over `_content` as JSON with sorted keys and no spaces."""
    return hashlib.sha256(_as_json(_content(event, number, before))).hexdigest()


def seal_pending() -> int:
    """Give each waiting event its place in its organization's chain; returns how many were waiting."""
    waiting = AuditPending.objects.order_by("pk").values_list("event__organization_id", flat=True).distinct()
    return sum(_seal(organization_id) for organization_id in set(waiting))


def seal_organization(organization_id: int) -> None:
    """Seal whatever waits of one organization."""
    while _seal(organization_id) == BATCH:
        pass


@transaction.atomic
def _seal(organization_id: int) -> int:
    with connection.cursor() as cursor:  # one sealer at a time; the key names this use and the organization
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x5EA1, organization_id % 2**31])
    last = AuditSeal.objects.filter(organization_id=organization_id).order_by("-number").first()
    number, before = (last.number, last.digest) if last else (0, GENESIS)
    events = list(
        AuditEvent.objects.filter(organization_id=organization_id, auditpending__isnull=False).order_by("pk")[:BATCH]
    )
    seals = []
    for event in events:
        number += 1
        before = digest_of(event, number, before)
        seals.append(AuditSeal(event=event, organization_id=organization_id, number=number, digest=before))
    AuditSeal.objects.bulk_create(seals)
    AuditPending.objects.filter(pk__in=[event.pk for event in events]).delete()
    if seals:  # the process's log, kept elsewhere, is the witness of the head
        logger.info("audit sealed", extra={"organization_id": organization_id, "number": number, "digest": before})
    return len(seals)


@dataclass(frozen=True)
class ChainCheck:
    """The outcome of checking the chain, or a part of it.

    Attributes:
        events: Events of the organization; 0 where the check goes on.
        sealed: Number of the last seal that fits.
        head: Its digest.
        broken_at: Number of the first seal that does not fit; None: all fit.
        reason: What is wrong there.
        next: The check goes on after this seal; None at the end.
    """

    events: int
    sealed: int
    head: str
    broken_at: int | None
    reason: str
    next: int | None = None


def check_chain(organization_id: int, *, after: int = 0, limit: int | None = None) -> ChainCheck:
    """Compute the digests again of the seals after number `after`, of at most so many."""
    number, before = after, _digest_at(organization_id, after)
    if before is None:
        return _broken(organization_id, after, "an event is missing")
    for event in _sealed_events(organization_id, after, limit):
        number += 1
        if event.seal.number != number:
            return _broken(organization_id, number, "an event is missing")
        before = digest_of(event, number, before)
        if event.seal.digest != before:
            return _broken(organization_id, number, f"event {event.pk} was changed")
    if limit is not None and number - after == limit:
        return ChainCheck(events=0, sealed=number, head=before, broken_at=None, reason="", next=number)
    total = AuditEvent.objects.filter(organization_id=organization_id).count()
    waiting = AuditPending.objects.filter(event__organization_id=organization_id).count()
    if total != number + waiting:
        return _broken(organization_id, number + 1, "an event has neither a seal nor a place in the queue")
    return ChainCheck(events=total, sealed=number, head=before, broken_at=None, reason="")


def _digest_at(organization_id: int, number: int) -> str | None:
    """The digest of a seal; None where there is no such seal."""
    if number == 0:
        return GENESIS
    seals = AuditSeal.objects.filter(organization_id=organization_id, number=number)
    return seals.values_list("digest", flat=True).first()


def _broken(organization_id: int, number: int, reason: str) -> ChainCheck:
    total = AuditEvent.objects.filter(organization_id=organization_id).count()
    return ChainCheck(events=total, sealed=number - 1, head="", broken_at=number, reason=reason)


def _sealed_events(organization_id: int, after: int = 0, limit: int | None = None) -> Iterator[AuditEvent]:
    rows = AuditEvent.objects.filter(seal__organization_id=organization_id, seal__number__gt=after)
    return rows.select_related("seal", "user").order_by("seal__number")[:limit].iterator(chunk_size=2000)


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
CSV_COLUMNS = ["number", "created_at", "user", "event", "target", "target_id", "details", "digest"]


def _harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def export_csv(organization_id: int) -> Iterator[bytes]:
    """The sealed log as CSV, oldest first; for reading, since only the JSON lines hold what digests are computed of."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(CSV_COLUMNS)
    for event in _sealed_events(organization_id):
        user = event.user.email if event.user else "system"
        details = json.dumps(event.data, sort_keys=True, ensure_ascii=False)
        texts = [user, current_action(event.action), current_subject(event.subject), event.subject_id, details]
        writer.writerow([event.seal.number, event.at.isoformat(), *map(_harmless, texts), event.seal.digest])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def export_log(organization_id: int) -> Iterator[bytes]:
    """The sealed log as JSON lines, oldest first; each line holds what its digest is computed of."""
    before = GENESIS
    for event in _sealed_events(organization_id):
        line = _content(event, event.seal.number, before) | {"digest": event.seal.digest}
        before = event.seal.digest
        yield _as_json(line) + b"\n"
