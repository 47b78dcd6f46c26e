"""Items erased by an admin, and a large file that goes to the storage in parts."""

import io
import re
import zipfile
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from labelkit.tests.pictures import make_png
from plateau.datalake.models import Asset, Dataset, Item, MultipartFile
from plateau.datalake.services import create_dataset
from tests.browser.conftest import expect_status
from tests.browser.test_browser import findings
from tests.conftest import S3_KEYS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_admin_sees_what_loses_an_item_says_why_and_erases_it(sign_in, stack, people, make_project, answer_all):
    stack.web()
    stack.worker()
    project = make_project(items=6)
    answer_all(people.actor("annotator"), project)
    page = sign_in("admin")
    page.goto(f"{stack.url}/projects/{project.pk}/snapshots")
    page.get_by_role("button", name="Freeze a snapshot", exact=True).first.click()
    page.locator(".state-ready").first.wait_for()
    page.goto(f"{stack.url}/datasets/{project.dataset_id}")
    page.get_by_text("Keeping and erasing", exact=True).click()
    days, save = (
        page.get_by_label("Keep items for so many days", exact=True),
        page.get_by_role("button", name="Save", exact=True),
    )
    Item.objects.filter(name="5.png").update(created_at=timezone.now() - timedelta(days=100))
    days.fill("90")
    save.click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("1 items came in longer ago")
    question.get_by_role("button", name="Keep", exact=True).click()
    assert Dataset.objects.get(pk=project.dataset_id).retention_days is None
    days.fill("110")
    save.click()
    expect_status(page, "Saved.")
    page.get_by_role("button", name="Choose items to erase", exact=True).click()
    page.get_by_role("checkbox", name="3.png", exact=True).check()
    panel = page.get_by_role("region", name="Erase items", exact=True)
    expect(panel).to_contain_text("1 tasks and 1 answers go with them")
    expect(panel).to_contain_text("Fruit v1")
    expect(panel.get_by_role("button", name="Erase…", exact=True)).to_have_count(0)
    panel.get_by_label("Why", exact=True).fill("The customer asked")
    assert findings(page, page.url) == []
    panel.get_by_role("button", name="Erase…", exact=True).click()
    panel.get_by_role("button", name="Erase for good", exact=True).click()
    page.get_by_role("heading", name="Erased items", exact=True).wait_for()
    expect(page.get_by_text("The customer asked", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Fruit v1", exact=True)).to_be_visible(timeout=20_000)
    assert findings(page, page.url) == []
    stack.wait(lambda: not Item.objects.filter(name="3.png").exists(), 20, "the erasure")
    page.goto(f"{stack.url}/projects/{project.pk}/snapshots")
    expect(page.get_by_text("1 items were erased since", exact=True)).to_be_visible()
    manager = sign_in("manager")
    manager.goto(f"{stack.url}/datasets/{project.dataset_id}")
    manager.locator(".thumbs li").first.wait_for()
    assert manager.locator(".thumbs li").count() == 5
    assert manager.get_by_text("Keeping and erasing", exact=True).count() == 0


def test_a_large_file_goes_straight_to_the_storage_and_its_pictures_come_from_there(s3_server, sign_in, stack, people):
    stack.env |= S3_KEYS | {"STORAGE_URL": "s3://plateau", "S3_ENDPOINT_URL": s3_server, "S3_PUBLIC_URL": s3_server}
    stack.web()
    stack.worker()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("noise.bin", np.random.default_rng(0).bytes(36 * 1024 * 1024))
        zipped.writestr("fruit/one.png", make_png(1))
    page = sign_in("manager")
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(f"{request.method} {request.url}") if request.method == "PUT" else None
    )
    page.goto(f"{stack.url}/datasets")
    page.get_by_label("New dataset", exact=True).fill("Large")
    page.get_by_role("button", name="Make it", exact=True).click()
    page.locator("section.drop").wait_for()
    page.locator("input[type=file][multiple]").set_input_files(
        {"name": "large.zip", "mimeType": "application/zip", "buffer": archive.getvalue()}
    )
    page.get_by_text("1 added, 0 already there, 1 set aside", exact=True).wait_for(timeout=60_000)
    assert len(sent) == 3
    assert all(request.startswith(f"PUT {s3_server}/") for request in sent)
    assert not MultipartFile.objects.exists()
    assert Asset.objects.get().width == 32
    assert page.locator(".thumbs img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 32


DROP = """([name, type, content]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(content)], name, { type }));
    const drop = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector('section.drop').dispatchEvent(drop);
}"""


def test_texts_tables_and_lines_come_in_by_the_screen_and_what_does_not_is_told(sign_in, stack, people):
    stack.web()
    stack.worker()
    dataset = create_dataset(actor=people.actor("manager"), name="Words")
    page = sign_in("manager")
    page.goto(f"{stack.url}/datasets/{dataset.pk}")
    zone = page.get_by_role("region", name="Bring data in", exact=True)
    expect(zone).to_contain_text("texts (.txt), tables (.csv, .tsv), lists (.jsonl)")
    picker = page.locator("input[type=file][multiple]")
    accepted = picker.get_attribute("accept").split(",")
    assert {"image/png", ".zip", ".txt", ".csv", ".tsv", ".jsonl"} <= set(accepted)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("in/b.txt", "plum")
    files = {
        "a.txt": "\ufeff美しい りんご".encode(),
        "rows.csv": b"name,size,place\nr1,3.5,east\nr2,4,west\nr3,1\n",
        "texts.csv": b"text,page\npear,3\n",
        "lines.jsonl": b'{"text": "peach"}\n{"row": {"size": 1e20}}\n',
        "more.zip": archive.getvalue(),
        "old.txt": "価格".encode("shift_jis"),
    }
    payloads = [{"name": name, "mimeType": "", "buffer": data} for name, data in files.items()]
    picker.set_input_files(payloads)
    upload = page.get_by_role("region", name="Upload", exact=True)
    expect(upload.get_by_role("status")).to_have_text("7 added, 0 already there, 2 set aside", timeout=30_000)
    expect(upload).to_contain_text(re.compile(r"^\W*done"))
    expect(upload.get_by_text("2 set aside", exact=True)).to_be_visible()
    reasons = upload.get_by_role("list", name="Set aside", exact=True).get_by_role("listitem")
    expect(reasons).to_have_text(
        [re.compile(r"rows\.csv, row 4 .*2 values"), re.compile(r"old\.txt Line 1 is not UTF-8")]
    )
    shown = page.locator(".thumbs li")
    expect(shown).to_have_count(7)
    expect(shown.filter(has_text=re.compile(r"\ba\.txt\b"))).to_have_count(1)
    assert Item.objects.get(name="a.txt").text == "美しい りんご"
    assert Item.objects.get(name="r1").meta == {"size": "3.5", "place": "east"}
    assert findings(page, page.url) == []

    page.evaluate(DROP, ["later.txt", "text/plain", list("価格".encode("euc_jp"))])
    expect(upload).to_contain_text(re.compile(r"^\W*failed"), timeout=30_000)
    expect(upload).to_contain_text("Nothing was taken in. later.txt: Line 1 is not UTF-8.")
    expect(reasons).to_have_text([re.compile(r"later\.txt Line 1 is not UTF-8. Save the file as UTF-8")])
    assert findings(page, page.url) == []

    page.evaluate(DROP, ["later.txt", "text/plain", list("価格".encode())])
    expect(upload.get_by_role("status")).to_have_text("1 added, 0 already there, 0 set aside", timeout=30_000)
    expect(shown).to_have_count(8)

    japanese = sign_in("manager", language="ja")
    japanese.goto(f"{stack.url}/datasets/{dataset.pk}")
    expect(japanese.locator("section.drop")).to_contain_text("テキスト（.txt）、表（.csv・.tsv）、リスト（.jsonl）")
    expect(japanese.locator("section.drop")).to_contain_text("UTF-8")
