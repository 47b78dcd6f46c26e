"""Quotas of storage, items and requests: what counts, what is refused, and what is left after deletes and races."""

import threading
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connections, transaction

from plateau.datalake.lines import Entry
from plateau.datalake.models import Item
from plateau.datalake.services import add_items, open_batch, stage_file
from plateau.datalake.tests.factories import DatasetFactory
from plateau.notifications.models import Notification
from plateau.quotas import requests
from plateau.quotas.errors import ItemQuotaExceeded, StorageQuotaExceeded
from plateau.quotas.models import OrganizationQuota, QuotaKind, StorageUsage, StoredFile
from plateau.quotas.storage import recount
from plateau.storage.walk import put

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    requests.forget_limits()


def limit(organization_id: int, kind: QuotaKind, number: int | None) -> None:
    OrganizationQuota.objects.update_or_create(organization_id=organization_id, kind=kind, defaults={"limit": number})


def used(organization_id: int) -> int:
    row = StorageUsage.objects.filter(organization_id=organization_id).first()
    total = sum(StoredFile.objects.filter(organization_id=organization_id).values_list("size", flat=True))
    assert (row.used_bytes if row else 0) == total
    return total


@pytest.mark.django_db
def test_files_count_until_they_are_deleted_under_whichever_name_they_were_stored() -> None:
    organization = DatasetFactory().organization
    key = f"guidelines/{organization.pk}/page"
    first = default_storage.save(key, ContentFile(b"x" * 100))
    second = default_storage.save(key, ContentFile(b"x" * 30))  # a folder gives it another name
    assert first != second
    assert used(organization.pk) == 130
    default_storage.delete(first)
    default_storage.delete(first)
    assert used(organization.pk) == 30


@pytest.mark.django_db
def test_a_file_that_does_not_fit_is_refused_with_numbers_and_leaves_nothing(people: Any) -> None:
    dataset = DatasetFactory(organization=people.organizations["ours"])
    limit(dataset.organization_id, QuotaKind.STORAGE, 100)
    batch = open_batch(actor=people.actor("admin"), dataset=dataset)
    stage_file(batch=batch, name="fits", file=ContentFile(b"x" * 60))
    with pytest.raises(StorageQuotaExceeded) as refused:
        stage_file(batch=batch, name="not", file=ContentFile(b"x" * 41))
    assert refused.value.status == 507
    assert refused.value.extra == {"used": 60, "limit": 100, "requested": 41}
    assert used(dataset.organization_id) == 60
    assert default_storage.listdir(f"staging/{batch.pk}")[1] == [batch.files.get().storage_key.split("/")[-1]]


@pytest.mark.django_db
def test_a_write_that_fails_gives_its_room_back(monkeypatch: pytest.MonkeyPatch) -> None:
    organization = DatasetFactory().organization

    def fail(*_: object) -> str:
        raise OSError(5, "broken")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", fail)
    with pytest.raises(OSError, match="broken"):
        default_storage.save(f"guidelines/{organization.pk}/page", ContentFile(b"x" * 100))
    assert used(organization.pk) == 0


@pytest.mark.django_db(transaction=True)
def test_two_uploads_that_together_exceed_the_quota_do_not_both_go_in() -> None:
    organization = DatasetFactory().organization
    limit(organization.pk, QuotaKind.STORAGE, 10 * MIB)
    start, outcomes = threading.Barrier(8), []

    def upload(number: int) -> None:
        start.wait()
        try:
            default_storage.save(f"guidelines/{organization.pk}/{number}", ContentFile(b"x" * (3 * MIB)))
            outcomes.append("stored")
        except StorageQuotaExceeded:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 5 + ["stored"] * 3
    assert used(organization.pk) == 9 * MIB


@pytest.mark.django_db
def test_a_recount_finds_what_came_and_went_beside_the_storage_and_says_the_difference() -> None:
    organization = DatasetFactory().organization
    gone = default_storage.save(f"guidelines/{organization.pk}/gone", ContentFile(b"x" * 100))
    default_storage.save(f"guidelines/{organization.pk}/stays", ContentFile(b"x" * 7))
    Path(default_storage.path(gone)).unlink()
    put(f"guidelines/{organization.pk}/beside", ContentFile(b"x" * 20).open())
    StorageUsage.objects.filter(organization=organization).update(used_bytes=5000)
    said = StringIO()
    call_command("recount_storage", stdout=said)
    assert f"{organization.slug}\t5000\t27\t-4973" in said.getvalue()
    assert used(organization.pk) == 27
    assert recount()[organization.pk] == (27, 27)


@pytest.mark.django_db
def test_files_of_another_organization_do_not_count() -> None:
    ours, theirs = DatasetFactory().organization, DatasetFactory().organization
    limit(ours.pk, QuotaKind.STORAGE, 10)
    default_storage.save(f"guidelines/{theirs.pk}/page", ContentFile(b"x" * 100))
    default_storage.save("somewhere/else", ContentFile(b"x" * 100))
    assert (used(ours.pk), used(theirs.pk)) == (0, 100)


@pytest.mark.django_db
def test_items_beyond_the_quota_roll_the_whole_import_back() -> None:
    dataset = DatasetFactory()
    limit(dataset.organization_id, QuotaKind.ITEMS, 3)
    rows = [(Entry(str(number), uri=f"https://a.example/{number}"), None) for number in range(4)]
    assert add_items(dataset_id=dataset.pk, rows=rows[:3]) == 3
    assert add_items(dataset_id=dataset.pk, rows=rows[:3]) == 0  # what is there already needs no room
    with pytest.raises(ItemQuotaExceeded) as refused:
        add_items(dataset_id=DatasetFactory(organization=dataset.organization).pk, rows=rows)
    assert refused.value.extra == {"used": 3, "limit": 3, "requested": 4}
    assert Item.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_imports_that_together_exceed_the_quota_do_not_both_go_in() -> None:
    dataset = DatasetFactory()
    other = DatasetFactory(organization=dataset.organization)
    limit(dataset.organization_id, QuotaKind.ITEMS, 5)
    start, outcomes = threading.Barrier(2), []

    def bring(dataset_id: int) -> None:
        start.wait()
        try:
            with transaction.atomic():
                rows = [(Entry(str(number), uri=f"https://a.example/{number}"), None) for number in range(3)]
                outcomes.append(add_items(dataset_id=dataset_id, rows=rows))
        except ItemQuotaExceeded:
            outcomes.append(0)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=bring, args=(pk,)) for pk in (dataset.pk, other.pk)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [0, 3]
    assert Item.objects.count() == 3


@pytest.mark.django_db
def test_lines_of_an_import_are_held_to_the_quota(people: Any, make_project: Any) -> None:
    project = make_project(2)
    limit(project.organization_id, QuotaKind.ITEMS, 3)
    lines = b'{"text": "one"}\n{"text": "two"}\n'
    response = people.client("admin").post(
        f"/api/v1/projects/{project.pk}/tasks/import/", lines, content_type="application/x-ndjson"
    )
    assert (response.status_code, response.json()["code"]) == (413, "item_quota_exceeded")
    assert (response.json()["used"], response.json()["limit"]) == (2, 3)
    assert Item.objects.count() == 2


@pytest.mark.django_db
def test_requests_beyond_the_quota_wait_for_the_next_minute(people: Any) -> None:
    organization = people.organizations["ours"]
    sent = requests.requests_now(organization.pk)[QuotaKind.REQUESTS_PER_MINUTE]
    assert sent is not None
    limit(organization.pk, QuotaKind.REQUESTS_PER_MINUTE, sent + 2)
    client = people.client("annotator")
    assert [client.get("/api/v1/me/").status_code for _ in range(2)] == [200, 200]
    refused = client.get("/api/v1/me/")
    assert (refused.status_code, refused.json()["code"]) == (429, "request_quota_exceeded")
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused.json()["limit"] == sent + 2
    assert people.client("annotator", "theirs").get("/api/v1/me/").status_code == 200


@pytest.mark.django_db
def test_a_redis_that_is_away_refuses_nobody(people: Any, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    requests._redis.cache_clear()
    limit(people.organizations["ours"].pk, QuotaKind.REQUESTS_PER_DAY, 0)
    try:
        assert people.client("annotator").get("/api/v1/me/").status_code == 200
    finally:
        requests._redis.cache_clear()
        requests._BREAKER.succeeded("redis")


@pytest.mark.django_db
def test_administrators_are_warned_once_at_80_percent(people: Any) -> None:
    organization = people.organizations["ours"]
    limit(organization.pk, QuotaKind.STORAGE, 100)
    for number in range(9):
        default_storage.save(f"guidelines/{organization.pk}/{number}", ContentFile(b"x" * 10))
    warnings = Notification.objects.filter(kind="quota.nearly_used")
    assert {row.recipient_id for row in warnings} == {people.members["ours", "admin"].user_id}
    assert [(row.parameters["quota"], row.parameters["percent"]) for row in warnings] == [("storage_bytes", 80)]


@pytest.mark.django_db
def test_operators_set_limits_and_administrators_read_use(people: Any, settings: Any) -> None:
    settings.QUOTAS = {"storage_bytes": 5000}
    organization = people.organizations["ours"]
    default_storage.save(f"guidelines/{organization.pk}/page", ContentFile(b"x" * 10))

    def storage() -> dict[str, int | None]:
        usage: dict[str, dict[str, int | None]] = people.client("admin").get("/api/v1/organization/usage/").json()
        return usage["storage_bytes"]

    assert storage() == {"used": 10, "limit": 5000}
    for said, expected in (("70", 70), ("none", None), ("default", 5000)):
        call_command("set_limit", "ours", "storage_bytes", said, stdout=StringIO())
        assert storage() == {"used": 10, "limit": expected}
