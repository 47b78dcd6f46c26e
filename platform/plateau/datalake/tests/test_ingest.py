import io
import re
import stat
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from labelkit.tests.pictures import make_png
from plateau.datalake import services
from plateau.datalake.models import Asset, Dataset, IngestBatch, Item
from plateau.datalake.sources import Limits, entries
from plateau.datalake.tests.factories import StorageSourceFactory


def zipped(entries: dict[str, bytes], *, links: tuple[str, ...] = ()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name)
            if name in links:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def take_in(people, files: dict[str, bytes], dataset=None):
    actor = people.actor("manager")
    dataset = dataset or services.create_dataset(actor=actor, name="D")
    batch = services.open_batch(actor=actor, dataset=dataset)
    for name, data in files.items():
        staged = services.stage_file(batch=batch, name=name, file=ContentFile(data))
        for _ in services.ingest_file(batch=batch, staged=staged):
            pass
    batch.refresh_from_db()
    return batch


def findings(batch) -> dict[str, str]:
    return {finding.name: finding.code for finding in batch.findings.all()}


@pytest.mark.django_db
def test_the_same_file_twice_is_one_asset_and_one_item(people):
    batch = take_in(people, {"a.png": make_png(1), "again.png": make_png(1), "b.png": make_png(2)})
    assert (batch.added, batch.duplicates, batch.rejected) == (2, 1, 0)
    assert Asset.objects.count() == 2


@pytest.mark.django_db
def test_two_organizations_share_no_asset(people, make_project):
    make_project(items=1, organization="theirs")
    take_in(people, {"a.png": make_png(0)})
    assert Asset.objects.filter(sha256=Asset.objects.first().sha256).count() == 2


@pytest.mark.django_db
def test_hostile_zip_entries_are_set_aside_by_name_while_the_rest_goes_in(people):
    data = zipped(
        {
            "good/1.png": make_png(1),
            "../../etc/passwd.png": make_png(2),
            "/abs.png": make_png(3),
            "C:\\win.png": make_png(4),
            "link.png": b"/etc/passwd",
            "readme.md": b"no picture",
            "cut.png": make_png(5, side=200)[:500],
            "__MACOSX/._1.png": b"x",
            "good/2.png": make_png(6),
        },
        links=("link.png",),
    )
    batch = take_in(people, {"all.zip": data})
    assert (batch.added, batch.rejected) == (2, 6)
    assert findings(batch) == {
        "../../etc/passwd.png": "unsafe_path",
        "/abs.png": "unsafe_path",
        "C:\\win.png": "unsafe_path",
        "link.png": "unsafe_path",
        "readme.md": "unknown_media_type",
        "cut.png": "broken_image",
    }


@pytest.mark.django_db
def test_a_zip_bomb_stops_at_the_limit(people, settings):
    settings.MAX_ZIP_BYTES = 10_000_000
    settings.MAX_FILE_BYTES = 6_000_000
    batch = take_in(people, {"bomb.zip": zipped({"a": b"\0" * 7_000_000, "b": b"\0" * 7_000_000})})
    assert findings(batch) == {"a": "file_too_large", "bomb.zip/b": "zip_too_large"}


@pytest.mark.django_db
def test_the_bytes_of_one_entry_of_a_zip_are_in_memory_at_a_time(people):
    data = zipped({f"{index}.bin": b"\0" * 20_000_000 for index in range(12)})
    tracemalloc.start()
    batch = take_in(people, {"large.zip": data})
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert set(findings(batch).values()) == {"unknown_media_type"}
    assert most < 70_000_000


@pytest.mark.parametrize("place", range(0, 120, 3))
def test_a_zip_with_any_byte_changed_raises_nothing(place):
    """Found by mutating files at length: zip versions of the future, entries without a name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.png", b"x" * 20)
    for value in (0, 0xFF, 0x2F):
        data = bytearray(out.getvalue())
        data[place % len(data)] = value
        limits = Limits(file_bytes=1000, zip_entries=10, zip_bytes=10_000)
        assert isinstance(list(entries("a.zip", io.BytesIO(bytes(data)), limits=limits)), list)


@pytest.mark.django_db
def test_a_broken_zip_is_one_line(people):
    batch = take_in(people, {"x.zip": zipped({"a.png": make_png(1)})[:-30]})
    assert batch.added == 0
    assert batch.rejected == 1


@pytest.mark.django_db
def test_a_list_of_addresses_names_its_bad_rows(people):
    StorageSourceFactory(organization=people.organizations["ours"])
    default_storage.save("imports/ours/in/1.png", ContentFile(make_png(9)))
    body = b"uri,name,city\nhttps://x.example/a.jpg,first,Tokyo\nftp://x/b,,\nstorage:in/1.png,,\nstorage:../secret,,\n"
    batch = take_in(people, {"list.csv": body})
    assert (batch.added, batch.rejected) == (2, 2)
    assert findings(batch) == {"list.csv, row 3": "bad_uri", "secret": "unsafe_path"}
    address = Item.objects.get(uri="https://x.example/a.jpg")
    assert address.name == "first"
    assert address.meta == {"city": "Tokyo"}
    assert Item.objects.get(asset__isnull=False).asset.width == 32


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "body"),
    [("l.csv", b"uri,city\nhttps://a/1,To\x00kyo\nhttps://a/2,Tokyo\n"),
     ("l.jsonl", b'{"uri":"https://a/1","meta":{"a":["\\u0000"]}}\n{"uri":"https://a/2","meta":{"\\\\u0000":1}}\n')],
)  # fmt: skip
def test_a_row_with_a_character_that_the_database_keeps_nowhere_is_named(people, name, body):
    batch = take_in(people, {name: body})
    assert (batch.added, list(findings(batch).values())) == (1, ["bad_meta"])


@pytest.mark.django_db
def test_jsonl_lines_that_are_no_objects_are_named(people):
    batch = take_in(people, {"l.jsonl": b'{"uri":"https://a/1"}\n[1]\nnot json\n\n{"uri":5}\n'})
    assert batch.added == 1
    assert findings(batch) == {"l.jsonl, line 2": "bad_row", "l.jsonl, line 3": "bad_row", "l.jsonl, line 5": "bad_uri"}


@pytest.mark.django_db
def test_an_interrupted_ingest_goes_on_where_it_stopped(people):
    actor = people.actor("manager")
    dataset = services.create_dataset(actor=actor, name="D")
    batch = services.open_batch(actor=actor, dataset=dataset)
    data = zipped({f"{index}.png": make_png(index, side=8) for index in range(120)})
    staged = services.stage_file(batch=batch, name="z.zip", file=ContentFile(data))
    first = services.ingest_file(batch=batch, staged=staged)
    next(first)
    first.close()
    staged.refresh_from_db()
    assert staged.entries_done == 50
    for _ in services.ingest_file(batch=batch, staged=staged):
        pass
    batch.refresh_from_db()
    assert (batch.added, batch.duplicates, batch.rejected) == (120, 0, 0)


@pytest.mark.django_db
def test_the_command_takes_a_folder(people, tmp_path, capsys):
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "a.png").write_bytes(make_png(1))
    (tmp_path / "in" / "sub" / "b.png").write_bytes(make_png(2))
    (tmp_path / "in" / "note.txt").write_text("no picture, but a text")
    (tmp_path / "in" / "old.txt").write_bytes("価格".encode("shift_jis"))
    call_command("ingest", str(tmp_path / "in"), dataset="Folder", email="admin@ours.example")
    out = capsys.readouterr().out
    assert "3 added, 0 already there, 1 set aside" in out
    assert "old.txt" in out
    assert set(Item.objects.values_list("name", flat=True)) == {"a.png", "sub/b.png", "note.txt"}


@pytest.mark.django_db
def test_uploading_by_the_api_stages_files_and_starting_makes_a_job(people):
    client = people.client("manager")
    dataset = client.post("/api/v1/datasets/", {"name": "Up"}, content_type="application/json").json()
    batch = client.post(f"/api/v1/datasets/{dataset['id']}/uploads/").json()
    empty = client.post(f"/api/v1/uploads/{batch['id']}/start/")
    assert (empty.status_code, empty.json()["code"]) == (400, "upload_empty")
    sent = client.post(f"/api/v1/uploads/{batch['id']}/files/", {"files": [ContentFile(make_png(1), name="a.png")]})
    assert sent.json()["files"] == 1
    folder = {"files": [ContentFile(make_png(2), name="b.png")], "paths": ["sub/b.png"]}
    client.post(f"/api/v1/uploads/{batch['id']}/files/", folder)
    staged = client.get(f"/api/v1/uploads/{batch['id']}/").json()["staged"]
    assert [file["name"] for file in staged] == ["a.png", "sub/b.png"]
    started = client.post(f"/api/v1/uploads/{batch['id']}/start/").json()
    assert started["job"]["state"] == "queued"
    again = client.post(f"/api/v1/uploads/{batch['id']}/start/")
    assert again.status_code == 409
    assert Dataset.objects.get().items.count() == 0


@pytest.mark.django_db
def test_pictures_are_served_with_a_policy_that_runs_nothing(people, make_project):
    make_project(items=1)
    asset = Asset.objects.get()
    response = people.client("annotator").get(f"/api/v1/assets/{asset.pk}/content/")
    assert b"".join(response.streaming_content) == make_png(0)
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_uploads_of_a_dataset_are_listed_with_what_became_of_their_files(people):
    first = take_in(people, {"a.txt": b"plum", "b.txt": b"pear"})
    take_in(people, {"c.txt": "\u4fa1".encode("shift_jis")}, first.dataset)
    address = f"/api/v1/datasets/{first.dataset_id}"
    found = people.client("reviewer").get(f"{address}/uploads/").json()["results"]
    counts = [(row["files"], row["added"], row["rejected"]) for row in found]
    assert counts == [(1, 0, 1), (2, 2, 0)]
    items = people.client("reviewer").get(f"{address}/items/?ordering=name").json()["results"]
    assert [(row["name"], row["excerpt"]) for row in items] == [("a.txt", "plum"), ("b.txt", "pear")]


def test_a_dataset_is_renamed_by_who_may_write_and_its_retention_set_by_who_may_erase(people):
    dataset, other = (services.create_dataset(actor=people.actor(), name=name) for name in ("Fruit", "Nuts"))
    address, manager = f"/api/v1/datasets/{dataset.pk}/", people.client("manager")
    assert people.client("reviewer").patch(address, {"name": "Pome"}, "application/json").status_code == 403
    assert manager.patch(address, {"name": "Pome", "note": "2026"}, "application/json").json()["name"] == "Pome"
    taken = manager.patch(address, {"name": other.name}, "application/json")
    assert (taken.status_code, taken.json()["code"]) == (409, "dataset_name_taken")
    kept = manager.patch(address, {"retention_days": 9}, "application/json")
    assert (kept.status_code, kept.json()["code"]) == (403, "missing_scope")
    dataset.refresh_from_db()
    assert (dataset.name, dataset.note, dataset.retention_days) == ("Pome", "2026", None)


@pytest.mark.django_db
def test_reasons_are_stored_with_their_parts_and_told_in_the_readers_language(people):
    batch = take_in(people, {"list.csv": b"uri\nhttps://a.example/1.png\nno address\n", "b.png": b"x"})
    stored = {str(finding.name): finding for finding in batch.findings.all()}
    row = stored["list.csv, row 3"]
    assert (row.name.template, row.name.parameters) == ("{file}, row {number}", {"file": "list.csv", "number": 3})
    client, address = people.client("manager"), f"/api/v1/uploads/{batch.pk}/"
    english = {one["name"]: one["message"] for one in client.get(address).json()["findings"]}
    japanese = client.get(address, headers={"Accept-Language": "ja"}).json()["findings"]
    assert english["list.csv, row 3"]
    assert {one["name"] for one in japanese} == {"list.csv の 3 行目", "b.png"}
    assert all(re.search("[ぁ-ん]", one["message"]) for one in japanese)


@pytest.mark.django_db
def test_uploads_that_nobody_started_are_swept_with_their_files(people):
    actor = people.actor("manager")
    dataset = services.create_dataset(actor=actor, name="D")
    old, new, half = batches = [services.open_batch(actor=actor, dataset=dataset) for _ in range(3)]
    keys = [services.stage_file(batch=batch, name="a", file=ContentFile(b"a")).storage_key for batch in batches]
    started = services.open_batch(actor=actor, dataset=dataset)
    services.stage_file(batch=started, name="a", file=ContentFile(b"a"))
    services.start_batch(actor=actor, batch=started)
    long_ago = timezone.now() - services.ABANDONED_UPLOAD - timedelta(hours=1)
    IngestBatch.objects.exclude(pk=new.pk).update(created_at=long_ago)
    IngestBatch.objects.filter(pk=half.pk).update(added=1)
    assert services.delete_abandoned_uploads() == 2
    assert old.pk not in set(IngestBatch.objects.values_list("pk", flat=True)) >= {new.pk, half.pk, started.pk}
    assert [default_storage.exists(key) for key in keys] == [False, True, False]
    assert started.files.count() == 1
