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
from tests.browser.test_browser import create_dataset as create_dataset_on_screen
from tests.browser.test_browser import findings
from tests.conftest import S3_KEYS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_admin_sees_what_loses_an_item_says_why_and_erases_it(sign_in, stack, people, make_project, answer_all):
    stack.web()
    stack.worker()
    project = make_project(items=6)
    answer_all(people.actor("annotator"), project)
    page = sign_in("admin", path=f"/projects/{project.pk}/snapshots")
    page.get_by_role("button", name="Create snapshot", exact=True).first.click()
    page.locator(".state-ready").first.wait_for()
    page.goto(f"{stack.url}/datasets/{project.dataset_id}/settings")
    days, save = (
        page.get_by_label("Retention period (days)", exact=True),
        page.get_by_role("button", name="Save retention period", exact=True),
    )
    Item.objects.filter(name="5.png").update(created_at=timezone.now() - timedelta(days=100))
    days.fill("90")
    save.click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("1 item is older than this. It is erased within the hour")
    question.get_by_role("button", name="Cancel", exact=True).click()
    expect(question).to_have_count(0)
    assert Dataset.objects.get(pk=project.dataset_id).retention_days is None
    days.fill("110")
    save.click()
    expect_status(page, "Retention period saved.")
    assert findings(page, page.url) == []
    page.get_by_role("link", name="Select items to erase", exact=True).click()
    page.get_by_role("checkbox", name="Select 3.png", exact=True).check()
    page.get_by_role("button", name="Erase items…", exact=True).click()
    panel = page.get_by_role("dialog", name="Erase items", exact=True)
    expect(panel).to_contain_text("1 item is erased for good, with 1 task and 1 annotation.")
    expect(panel).to_contain_text("Fruit v1")
    erase = panel.get_by_role("button", name="Erase for good", exact=True)
    expect(erase).to_be_disabled()
    panel.get_by_role("textbox", name="Reason", exact=True).fill("The customer asked")
    assert findings(page, page.url) == []
    erase.click()
    page.get_by_role("heading", name="Erased items", exact=True).wait_for()
    expect(page.get_by_text("The customer asked", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Fruit v1", exact=True)).to_be_visible(timeout=20_000)
    assert findings(page, page.url) == []
    stack.wait(lambda: not Item.objects.filter(name="3.png").exists(), 20, "the erasure")
    page.goto(f"{stack.url}/projects/{project.pk}/snapshots")
    expect(page.get_by_text("1 item erased since", exact=True)).to_be_visible()
    manager = sign_in("manager", path=f"/datasets/{project.dataset_id}")
    tiles = manager.get_by_role("list", name="Items", exact=True).get_by_role("listitem")
    expect(tiles).to_have_count(5)
    assert manager.get_by_role("checkbox").count() == 0
    manager.get_by_role("link", name="Settings", exact=True).last.click()
    expect(manager.get_by_role("textbox", name="Name", exact=True)).to_have_value(project.dataset.name)
    assert manager.get_by_label("Retention period (days)", exact=True).count() == 0


@pytest.mark.slow
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
    create_dataset_on_screen(page, "Large")
    page.locator("input[type=file][multiple]").first.set_input_files(
        {"name": "large.zip", "mimeType": "application/zip", "buffer": archive.getvalue()}
    )
    result = page.get_by_role("region", name="Import result", exact=True)
    expect(result.get_by_role("status")).to_have_text("1 imported, 0 duplicates skipped, 1 rejected", timeout=60_000)
    assert len(sent) == 3
    assert all(request.startswith(f"PUT {s3_server}/") for request in sent)
    assert not MultipartFile.objects.exists()
    assert Asset.objects.get().width == 32
    result.get_by_role("link", name="View items", exact=True).click()
    shown = page.get_by_role("list", name="Items", exact=True).locator("img")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 32


DROP = """([name, type, content]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(content)], name, { type }));
    const drop = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector('section[aria-label="Import data"]').dispatchEvent(drop);
}"""


def test_texts_tables_and_lines_come_in_by_the_screen_and_what_does_not_is_told(sign_in, stack, people):
    stack.web()
    stack.worker()
    dataset = create_dataset(actor=people.actor("manager"), name="Words")
    page = sign_in("manager", path=f"/datasets/{dataset.pk}/imports")
    zone = page.get_by_role("region", name="Import data", exact=True)
    expect(zone.get_by_role("table", name="Supported files", exact=True)).to_contain_text(".csv, .tsv")
    picker = page.locator("input[type=file][multiple]").first
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
    told = [{"name": name, "mimeType": "", "buffer": data} for name, data in files.items()]
    picker.set_input_files(told)
    upload = page.get_by_role("region", name="Import result", exact=True)
    expect(upload.get_by_role("status")).to_have_text("7 imported, 0 duplicates skipped, 2 rejected", timeout=30_000)
    expect(upload).to_contain_text(re.compile(r"^\W*done"))
    expect(upload.get_by_role("heading", name="2 files or rows rejected", exact=True)).to_be_visible()
    reasons = upload.get_by_role("list", name="Rejected files", exact=True).get_by_role("listitem")
    expect(reasons).to_have_text(
        [re.compile(r"rows\.csv, row 4 .*2 values"), re.compile(r"old\.txt Line 1 is not UTF-8")]
    )
    with page.expect_download() as download:
        upload.get_by_role("link", name="Download list (CSV)", exact=True).click()
    assert "old.txt" in download.value.path().read_text()
    assert findings(page, page.url) == []
    assert Item.objects.get(name="a.txt").text == "美しい りんご"
    assert Item.objects.get(name="r1").meta == {"size": "3.5", "place": "east"}

    page.evaluate(DROP, ["later.txt", "text/plain", list("価格".encode("euc_jp"))])
    expect(upload).to_contain_text(re.compile(r"^\W*failed"), timeout=30_000)
    expect(upload).to_contain_text("Nothing was imported. later.txt: Line 1 is not UTF-8.")
    expect(reasons).to_have_text([re.compile(r"later\.txt Line 1 is not UTF-8. Save the file as UTF-8")])
    expect(upload.get_by_role("link", name="View items", exact=True)).to_have_count(0)
    assert findings(page, page.url) == []

    page.evaluate(DROP, ["later.txt", "text/plain", list("価格".encode())])
    expect(upload.get_by_role("status")).to_have_text("1 imported, 0 duplicates skipped, 0 rejected", timeout=30_000)
    history = page.get_by_role("table", name="Import history", exact=True).locator("tbody tr")
    expect(history).to_have_count(3)
    expect(history.nth(1)).to_contain_text("failed")

    upload.get_by_role("link", name="View items", exact=True).click()
    shown = page.get_by_role("list", name="Items", exact=True).get_by_role("listitem")
    expect(shown).to_have_count(8)
    expect(shown.filter(has=page.get_by_text("美しい りんご", exact=True))).to_have_count(
        1
    )  # a text is shown by its words
    shown.filter(has=page.get_by_text("r1", exact=True)).get_by_role("button").click()
    drawer = page.get_by_role("dialog", name="r1", exact=True)
    expect(drawer).to_contain_text("3.5")
    expect(drawer.get_by_text("No project uses this dataset.", exact=True)).to_be_visible()
    assert findings(page, page.url) == []

    japanese = sign_in("manager", language="ja", path=f"/datasets/{dataset.pk}/imports")
    expect(japanese.get_by_role("region", name="データのインポート", exact=True)).to_contain_text("UTF-8")
