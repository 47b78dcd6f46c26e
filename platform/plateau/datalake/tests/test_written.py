"""Texts, tables and lines that come in by an upload: what becomes an item, and what is set aside with which words."""

import csv
import io
import json
import tracemalloc

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from labelkit.tests.pictures import make_png
from plateau.datalake import services, sources
from plateau.datalake.models import Item
from plateau.datalake.sources import Limits, entries
from plateau.datalake.tests.test_ingest import findings, take_in, zipped
from plateau.jobs import services as jobs
from plateau.jobs import tasks
from plateau.jobs.handlers import Running
from plateau.jobs.models import Job

pytestmark = pytest.mark.django_db


def run(people, files: dict[str, bytes], dataset_id: int | None = None) -> dict:
    """An upload by the API whose job a worker did; the upload's answer, with its job and what was set aside."""
    client = people.client("manager")
    if dataset_id is None:
        dataset_id = client.post("/api/v1/datasets/", {"name": "Up"}, content_type="application/json").json()["id"]
    batch = client.post(f"/api/v1/datasets/{dataset_id}/uploads/").json()
    sent = [ContentFile(data, name=name) for name, data in files.items()]
    client.post(f"/api/v1/uploads/{batch['id']}/files/", {"files": sent})
    job = Job.objects.get(pk=client.post(f"/api/v1/uploads/{batch['id']}/start/").json()["job"]["id"])
    claim = jobs.claim_job(job_id=job.pk, worker="test")
    tasks._work(Running(claim, job))
    return client.get(f"/api/v1/uploads/{batch['id']}/").json()


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_text_file_is_one_text(people, mark):
    text = "美しい 🍎 りんご\n二行目\n"
    batch = take_in(people, {"notes/りんご.TXT": mark + text.encode()})
    assert (batch.added, batch.rejected) == (1, 0)
    item = Item.objects.get()
    assert (item.text, item.name, item.meta, item.asset) == (text, "notes/りんご.TXT", {}, None)
    assert take_in(people, {"again.txt": text.encode()}, batch.dataset).duplicates == 1


TEXT = "価格は三千円です。\n"


@pytest.mark.parametrize("suffix", ["txt", "csv", "jsonl"])
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (("x" * 1_500_000 + "\n" + TEXT).encode("shift_jis"), "Line 2 is not UTF-8"),
        (TEXT.encode("euc_jp"), "Line 1 is not UTF-8"),
        (TEXT.encode("iso2022_jp"), "in ISO-2022-JP"),
        (TEXT.encode("utf-16"), "in UTF-16"),
        ("naïve".encode("latin-1"), "Line 1 is not UTF-8"),
        (TEXT.encode()[:-2], "ends within a character"),
    ],
)
def test_another_encoding_is_named_and_never_taken_for_a_text(people, suffix, data, words):
    batch = take_in(people, {f"a.{suffix}": data})
    assert (batch.added, findings(batch)) == (0, {f"a.{suffix}": "not_utf8"})
    assert words in batch.findings.get().message
    assert "as UTF-8" in batch.findings.get().message


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n\t", "empty"),
        (b"a\0b", "bad_text"),
        ("あ".encode() * 1_000_001, "bad_text"),
        ("価格".encode("shift_jis") * 2_000_000, "bad_text"),
        (b"0 0.5 0.5 0.25 1\n12 0.1 .2 0.3 1e-05\n", "labels"),
    ],
)
def test_a_text_that_cannot_be_one_is_set_aside(people, data, code):
    batch = take_in(people, {"a.txt": data})
    assert (batch.added, findings(batch)) == (0, {"a.txt": code})


@pytest.mark.parametrize("data", ["あ".encode() * 1_000_000, b"2020 1 2 3 4\n", b"7\n", b"PK is no zip"])
def test_a_text_of_any_other_kind_is_taken(people, data):
    assert take_in(people, {"a.txt": data}).added == 1


def table(rows: list[list[str]], **how) -> bytes:
    out = io.StringIO()
    csv.writer(out, **how).writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(("suffix", "delimiter"), [("csv", ","), ("CSV", ";"), ("csv", "\t"), ("tsv", "\t")])
def test_a_table_is_an_item_for_each_row(people, mark, suffix, delimiter):
    rows = [["name", "サイズ", "note"], ["r1", "007", 'he said "no",\nthen left; ok'], ["", "1e20", ""]]
    batch = take_in(people, {f"t.{suffix}": mark + table(rows, delimiter=delimiter)})
    assert (batch.added, batch.rejected) == (2, 0), findings(batch)
    first, second = Item.objects.order_by("pk")
    assert (first.name, first.meta) == ("r1", {"サイズ": "007", "note": rows[1][2]})
    assert first.text == f"サイズ: 007\nnote: {rows[1][2]}"
    assert first.uri.startswith("row:")
    assert second.meta == {"サイズ": "1e20", "note": ""}


def test_a_table_with_a_column_of_texts_is_a_text_for_each_row(people):
    long = "あ" * 200_000  # more than Python's reader takes if nothing is said
    batch = take_in(people, {"t.csv": table([["id", "text", "name"], ["1", "pear", "a"], ["2", long, ""]])})
    assert (batch.added, batch.rejected) == (2, 0), findings(batch)
    first, second = Item.objects.order_by("pk")
    assert (first.name, first.text, first.meta) == ("a", "pear", {"id": "1"})
    assert (second.text, second.meta) == (long, {"id": "2"})


def test_lines_become_the_same_items_by_ingest_and_by_import(people, make_project):
    lines = [
        {"text": "pear", "meta": {"page": 3}},
        {"row": {"size": 3.5, "place": None}, "name": "r"},
        {"uri": "https://x.example/1.jpg", "text": ""},
        {"text": " " * 200 + "far"},
        {"row": {"a": ""}},
    ]
    body = b"\n\n".join(json.dumps(line).encode() for line in lines)
    batch = take_in(people, {"l.ndjson": body})
    assert (batch.added, batch.rejected) == (5, 0), findings(batch)
    items = list(Item.objects.order_by("uri").values("uri", "name", "text", "meta"))
    assert all(item["name"] for item in items)
    project = make_project(items=0)
    people.client("manager").post(
        f"/api/v1/projects/{project.pk}/tasks/import/", body, content_type="application/x-ndjson"
    )
    assert list(project.dataset.items.order_by("uri").values("uri", "name", "text", "meta")) == items


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("t.csv", b"", {"t.csv, row 1": "no_columns"}),
        ("t.csv", b"a,b\n", {"t.csv": "no_rows"}),
        ("t.csv", b"a,a\n1,2\n", {"t.csv, row 1": "bad_columns"}),
        ("t.csv", b"a,b\n1,2\n1\n1,2,3\n3,4,\n", {"t.csv, row 3": "bad_row", "t.csv, row 4": "bad_row"}),
        ("t.csv", b'a,b\n1,2\n"3,4\n5,6\n', {"t.csv, row 4": "bad_row"}),
        ("t.csv", b'a,b\n1,2\n"3"x,4\n', {"t.csv, row 3": "bad_row"}),
        ("t.csv", b"text,b\n1,2\n ,4\n", {"t.csv, row 3": "bad_text"}),
        ("t.csv", b"a,b\n1,2\n1,\0\n", {"t.csv, row 3": "bad_meta"}),
        ("l.jsonl", b"\n\n", {"l.jsonl": "no_rows"}),
        (
            "l.jsonl",
            b'{"text":"a"}\n{"name":"x","value":{}}\n{"row":{"a":[1]}}\n{"row":{}}\n{"text":5}\n'
            b'{"row":{"a":123456789012345678901}}\n{"text":"\\u0000"}\n{"text":"a","meta":[]}',
            {
                "l.jsonl, line 2": "bad_row",
                "l.jsonl, line 3": "bad_row",
                "l.jsonl, line 4": "bad_row",
                "l.jsonl, line 5": "bad_text",
                "l.jsonl, line 6": "bad_number",
                "l.jsonl, line 7": "bad_row",
                "l.jsonl, line 8": "bad_meta",
            },
        ),
    ],
)
def test_what_cannot_be_taken_is_named_by_file_and_row(people, name, body, expected):
    assert findings(take_in(people, {name: body})) == expected


def test_rows_are_bounded(people, monkeypatch):
    monkeypatch.setattr(sources, "MAX_LINE", 100)
    limits = Limits(file_bytes=10**6, zip_entries=10, zip_bytes=10**6, rows=3)
    read_entries = list(entries("t.csv", io.BytesIO(b"a\n" + b"1\n\n" * 9), limits=limits))
    assert [entry.refused.code for entry in read_entries if entry.refused] == ["too_many_rows"]
    assert sum(entry.name != "" for entry in read_entries) == 4
    for name, head in (("t.csv", b"text\n"), ("l.jsonl", b'{"text":"a"}\n')):
        read_entries = list(entries(name, io.BytesIO(head + b"1" * 101 + b"\n2"), limits=limits))
        assert read_entries[-1].refused.code == "bad_row"
        assert "the rest of the file was not read" in read_entries[-1].refused.message


def test_all_of_it_also_inside_a_zip_whose_job_goes_on_where_it_stopped(people):
    data = zipped(
        {
            "a.png": make_png(1),
            "texts/a.txt": b"pear",
            "texts/b.txt": TEXT.encode("shift_jis"),
            "t.csv": table([["n"], *[[str(number)] for number in range(100)]]),
            "__MACOSX/._a.txt": b"x",
            "l.jsonl": b'{"text":"plum"}\n{"row":{"a":1}}',
            "b.png": make_png(2),
        }
    )
    actor = people.actor("manager")
    batch = services.open_batch(actor=actor, dataset=services.create_dataset(actor=actor, name="D"))
    staged = services.stage_file(batch=batch, name="z.zip", file=ContentFile(data))
    first = services.ingest_file(batch=batch, staged=staged)
    next(first)
    first.close()
    staged.refresh_from_db()
    assert staged.entries_done == 50
    list(services.ingest_file(batch=batch, staged=staged))
    batch.refresh_from_db()
    assert (batch.added, batch.duplicates, batch.rejected) == (105, 0, 1)
    assert findings(batch) == {"texts/b.txt": "not_utf8"}


def test_the_bytes_of_one_table_of_a_zip_are_in_memory_at_a_time(people):
    data = zipped({f"{number}.jsonl": (b"x" * 9_000_000 + b"\n") * 2 for number in range(20)})
    tracemalloc.start()
    batch = take_in(people, {"large.zip": data})
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (batch.added, batch.rejected) == (0, 40)
    assert most < 250_000_000


def test_a_job_that_set_everything_aside_fails_with_the_reasons(people):
    batch = run(people, {"a.txt": TEXT.encode("shift_jis"), "b.bin": b"x"})
    assert (batch["job"]["state"], batch["rejected"]) == ("failed", 2)
    assert "Nothing was imported. a.txt: Line 1 is not UTF-8. Save the file as UTF-8" in batch["job"]["error"]
    assert "Also rejected: 1" in batch["job"]["error"]
    assert [finding["name"] for finding in batch["findings"]] == ["a.txt", "b.bin"]
    assert "texts (.txt), tables (.csv" in batch["findings"][1]["message"]


def test_a_job_of_nothing_at_all_fails(people):
    batch = run(people, {"a.zip": zipped({"__MACOSX/a": b"x", ".DS_Store": b"x"})})
    assert batch["job"]["state"] == "failed"
    assert "nothing to take in" in batch["job"]["error"]


def test_a_job_that_set_some_aside_or_knew_all_of_it_is_done_and_says_how_many(people):
    batch = run(people, {"a.txt": b"pear", "b.txt": b"\xff"})
    assert (batch["job"]["state"], batch["added"], batch["rejected"], len(batch["findings"])) == ("done", 1, 1, 1)
    assert batch["job"]["result"]["rejected"] == 1
    again = run(people, {"same.txt": b"pear"}, batch["dataset_id"])
    assert (again["job"]["state"], again["added"], again["duplicates"]) == ("done", 0, 1)


def test_the_command_that_took_nothing_in_fails(people, tmp_path):
    (tmp_path / "note.txt").write_bytes(TEXT.encode("shift_jis"))
    with pytest.raises(CommandError, match=r"Nothing was imported\. note\.txt: "):
        call_command("ingest", str(tmp_path), dataset="Folder", email="admin@ours.example")
