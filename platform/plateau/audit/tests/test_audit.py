"""The log tells what happened, and whether somebody changed it."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from plateau.audit.models import AuditEvent, AuditPending, AuditSeal, DataAccess
from plateau.audit.services import check_chain, record, seal_organization, seal_pending
from plateau.audit.tests.factories import AuditEventFactory
from plateau.identity.models import User

pytestmark = pytest.mark.django_db
CHECKER = Path(__file__).resolve().parents[4] / "examples" / "check_audit_log.py"


def some_events(people, count: int = 5) -> int:
    actor = people.actor("manager")
    for number in range(count):
        record(actor=actor, action="test.done", subject=people.members["ours", "manager"], number=number, share=0.1)
    record(actor=people.actor("admin", "theirs"), action="test.done", subject=people.members["theirs", "admin"])
    seal_pending()
    return actor.organization_id


def forced(sql: str, *values: object) -> None:
    """What somebody with the database in their hands could do: the trigger is switched off first."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE audit_auditseal DISABLE TRIGGER audit_append_only")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE audit_auditseal ENABLE TRIGGER audit_append_only")


def test_each_organization_has_a_chain_of_its_own_that_checks_out(people):
    organization_id = some_events(people)
    check = check_chain(organization_id)
    assert (check.events, check.sealed, check.broken_at) == (5, 5, None)
    assert list(AuditSeal.objects.filter(organization_id=organization_id).values_list("number", flat=True)) == [
        1, 2, 3, 4, 5,
    ]  # fmt: skip
    assert AuditPending.objects.count() == 0


@pytest.mark.parametrize("table", ["audit_auditevent", "audit_auditseal"])
@pytest.mark.parametrize("act", ["UPDATE {} SET organization_id = organization_id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete(people, table, act):
    some_events(people)
    refused = pytest.raises((InternalError, ProgrammingError), match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act.format(table))
    assert AuditEvent.objects.count() == 6


def test_a_changed_event_shows(people):
    organization_id = some_events(people)
    third = AuditEvent.objects.filter(organization_id=organization_id).order_by("pk")[2]
    forced("UPDATE audit_auditevent SET data = '{\"number\": 7}' WHERE id = %s", third.pk)
    check = check_chain(organization_id)
    assert (check.broken_at, check.reason) == (3, f"event {third.pk} was changed")


def test_a_missing_event_shows(people):
    organization_id = some_events(people)
    third = AuditEvent.objects.filter(organization_id=organization_id).order_by("pk")[2]
    forced("DELETE FROM audit_auditseal WHERE event_id = %s", third.pk)
    assert check_chain(organization_id).broken_at == 3
    forced("DELETE FROM audit_auditevent WHERE id = %s", third.pk)
    assert check_chain(organization_id).broken_at == 3


def test_an_event_slipped_in_without_a_seal_shows(people):
    organization_id = some_events(people)
    forced(
        "INSERT INTO audit_auditevent (organization_id, action, subject, subject_id, data, at) "
        "VALUES (%s, 'x', 'x', '1', '{}', now())",
        organization_id,
    )
    assert check_chain(organization_id).broken_at == 6


def test_an_event_that_another_version_wrote_is_sealed_too(people):
    organization_id = some_events(people)
    AuditEventFactory(organization=people.organizations["ours"])
    seal_pending()
    check = check_chain(organization_id)
    assert (check.events, check.sealed, check.broken_at) == (6, 6, None)


def test_the_export_is_checked_without_the_database(people, tmp_path):
    some_events(people)
    client = people.client("admin")
    lines = b"".join(client.get("/api/v1/audit-log/export/").streaming_content)
    whole, changed = tmp_path / "whole.jsonl", tmp_path / "changed.jsonl"
    whole.write_bytes(lines)
    rows = lines.splitlines()
    rows[1] = json.dumps(json.loads(rows[1]) | {"action": "test.undone"}).encode()
    changed.write_bytes(b"\n".join(rows))
    head = client.get("/api/v1/audit-log/check/").json()
    run = lambda path: subprocess.run([sys.executable, CHECKER, path], capture_output=True, text=True, check=False)  # noqa: E731  # one line, used in this test alone
    good = run(whole)
    assert good.returncode == 0, good.stderr
    assert head["head"] in good.stdout
    bad = run(changed)
    assert (bad.returncode, "line 2" in bad.stderr) == (1, True)


def test_the_list_names_the_seal_and_narrows_by_act(people):
    some_events(people)
    client = people.client("admin")
    rows = client.get("/api/v1/audit-log/?action=test.").json()["results"]
    assert [row["seal"] for row in rows] == [5, 4, 3, 2, 1]
    assert all(len(row["digest"]) == 64 for row in rows)
    assert client.get("/api/v1/audit-log/?action=nothing.").json()["results"] == []


def test_who_saw_which_picture_is_written_once_a_day(people, make_project):
    from plateau.datalake.models import Asset

    make_project(items=2)
    first = Asset.objects.order_by("pk").first()
    seer = people.client("annotator")
    for _ in range(3):
        assert seer.get(f"/api/v1/assets/{first.pk}/content/").status_code == 200
    seer.get(f"/api/v1/assets/{first.pk}/thumbnail/")
    assert DataAccess.objects.count() == 1
    admin = people.client("admin")
    (row,) = admin.get("/api/v1/audit-log/accesses/by-user/").json()["results"]
    assert (row["user_email"], row["asset_count"]) == ("annotator@ours.example", 1)
    accesses = admin.get(f"/api/v1/audit-log/accesses/?asset_id={first.pk}").json()["results"]
    assert [access["user_email"] for access in accesses] == ["annotator@ours.example"]
    assert people.client("admin", "theirs").get("/api/v1/audit-log/accesses/by-user/").json()["results"] == []


def test_exports_of_labels_are_in_the_log(people, make_project):
    project = make_project(items=1)
    list(people.client("scientist").get(f"/api/v1/projects/{project.pk}/export/").streaming_content)
    event = AuditEvent.objects.get(action="labels.exported")
    assert (event.subject_id, event.user.email) == (str(project.pk), "scientist@ours.example")


def test_the_counts_of_who_saw_how_much_are_those_of_the_viewings(people, make_project):
    from plateau.audit.services import record_item_accesses
    from plateau.datalake.models import Asset

    make_project(items=2)
    seer, actor = people.client("annotator"), people.actor("annotator")
    for asset in Asset.objects.all():
        seer.get(f"/api/v1/assets/{asset.pk}/content/")
    for ids in ([7, 8], [8, 9], []):
        record_item_accesses(organization_id=actor.organization_id, user_id=actor.user_id, item_ids=ids)
    admin = people.client("admin")
    (row,) = admin.get("/api/v1/audit-log/accesses/by-user/").json()["results"]
    assert (row["asset_count"], row["item_count"]) == (2, 3)
    assert DataAccess.objects.filter(item_id__isnull=False).count() == 3
    assert [
        access["user_email"] for access in admin.get("/api/v1/audit-log/accesses/?item_id=8").json()["results"]
    ] == ["annotator@ours.example"]


def test_a_long_log_is_walked_in_steps_and_each_step_finds_what_is_wrong_in_it(people, monkeypatch):
    monkeypatch.setattr("plateau.audit.api.CHECKED_AT_ONCE", 2)
    organization_id, client = some_events(people), people.client("admin")
    steps = [client.get("/api/v1/audit-log/check/").json()]
    while steps[-1]["next"] is not None:
        steps.append(client.get("/api/v1/audit-log/check/", {"after": steps[-1]["next"]}).json())
    assert [step["broken_at"] for step in steps] == [None] * len(steps)
    assert (len(steps) > 3, steps[-1]["head"]) == (True, check_chain(organization_id).head)
    fourth = AuditEvent.objects.filter(organization_id=organization_id).order_by("pk")[3]
    forced("UPDATE audit_auditevent SET action = 'x' WHERE id = %s", fourth.pk)
    assert client.get("/api/v1/audit-log/check/", {"after": 2}).json()["broken_at"] == 4
    assert client.get("/api/v1/audit-log/check/", {"after": -1}).status_code == 400
    assert client.get("/api/v1/audit-log/check/", {"after": 99}).json()["reason"] == "an event is missing"


def test_sealing_for_one_organization_leaves_the_others_events_alone(people, monkeypatch):
    monkeypatch.setattr("plateau.audit.services.BATCH", 2)
    ours, theirs = people.actor(), people.actor("admin", "theirs")
    seal_pending()
    while AuditPending.objects.exists():
        seal_pending()
    for actor in (ours, theirs):
        for number in range(5):
            record(actor=actor, action="test.done", subject=people.members["ours", "admin"], number=number)
    seal_organization(ours.organization_id)
    assert set(AuditPending.objects.values_list("event__organization_id", flat=True)) == {theirs.organization_id}


def test_the_log_is_had_as_a_spreadsheet_in_which_no_text_is_a_formula(people):
    client, member = people.client("admin"), people.members["ours", "annotator"]
    record(actor=people.actor("annotator"), action="member.renamed", subject=member, name="=1+1")
    record(actor=people.actor("annotator", "theirs"), action="member.renamed", subject=member)
    User.objects.filter(pk=member.user_id).update(email="=cmd@ours.example")
    text = b"".join(client.get("/api/v1/audit-log/export/csv/").streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    renamed = [row for row in rows if row["event"] == "member.renamed"]
    assert [(row["user"], row["target_id"]) for row in renamed] == [("'=cmd@ours.example", str(member.pk))]
    assert [int(row["number"]) for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1]["event"] == "audit.exported"
