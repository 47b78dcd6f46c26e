"""Ten jobs as people do them on the screens of a running demo: clicks, keys, and seconds of waiting for the product.

    PYTHONPATH=platform:. python benchmarks/ten_jobs.py http://127.0.0.1:8000 \\
        var/demo-sign-ins.json admin@new.example PASSWORD

The last two are the admin of a new, empty organization (`manage.py create_organization`). Every job begins on the
page that its person sees after signing in, and takes the fewest steps that the screens allow. A click is a press of
the mouse; text is typed as a whole, so seconds are those of the product and of the browser, not of fingers. Jobs
change the demo: run them on one that may change.
"""

import argparse
import json
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from docs.screenshots import sign_in
from tests.browser.chromium import chromium

WRONG = "1204"  # of the name of an item of the demo that is done: fashion_1204.png


def whole(name: str | re.Pattern[str]) -> str:
    """The pattern of a name as it stands, or of a part of it where that is meant."""
    return f"^{re.escape(name)}$" if isinstance(name, str) else name.pattern


class Hand:
    """One person's page, with a count of what their hand does."""

    def __init__(self, browser: Browser, address: str, person: dict[str, str]) -> None:
        self.address = address
        self.context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en", bypass_csp=True)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        sign_in(self.page, address, person)
        self.page.wait_for_timeout(1500)
        self.clicks = self.keys = 0
        self.begun = time.monotonic()

    def click(self, target: Locator) -> None:
        """One click on what a person sees."""
        target.first.click()
        self.clicks += 1

    def link(self, name: str | re.Pattern[str]) -> None:
        """A link by its words."""
        self.click(self.page.get_by_role("link", name=re.compile(whole(name))))

    def button(self, name: str | re.Pattern[str]) -> None:
        """A button by its words."""
        self.click(self.page.get_by_role("button", name=re.compile(whole(name))))

    def type(self, target: Locator, text: str) -> None:
        """Into a field, which is clicked first."""
        self.click(target)
        target.first.fill(text)
        self.keys += len(text)

    def type_at_once(self, target: Locator, text: str) -> None:
        """Into a field that has the focus as soon as it is there."""
        field = target.first.element_handle()
        self.page.wait_for_function("field => field === document.activeElement", arg=field)
        target.first.fill(text)
        self.keys += len(text)

    def press(self, key: str) -> None:
        """One key."""
        self.page.keyboard.press(key)
        self.keys += 1

    def see(self, target: Locator) -> None:
        """Wait for what tells that it worked."""
        target.first.wait_for()

    def submit(self) -> None:
        """Enter in the editor, until the next item is there."""
        name = self.page.locator(".item-name").text_content()
        self.press("Enter")
        self.see_next(name)

    def see_next(self, name: str | None) -> None:
        """Wait until the editor shows another item than this one, or none."""
        self.page.wait_for_function("name => document.querySelector('.item-name')?.textContent !== name", arg=name)


def first_labeled_image(hand: Hand) -> None:
    """From an empty organization to a first label, on sample data."""
    page = hand.page
    hand.click(page.get_by_role("radio", name="Image classification (single label)", exact=True))
    hand.button(re.compile("^Use sample data"))
    hand.link("Create project")
    hand.button("Create project")
    page.wait_for_url(re.compile(r"/projects/\d+$"))
    hand.link("Label")
    item = page.locator(".item-name").filter(visible=True)
    refresh = page.get_by_role("button", name="Refresh", exact=True)
    hand.see(item.or_(refresh))
    while not item.count():  # the sample data is still coming in
        hand.click(refresh)
        page.wait_for_timeout(500)
    hand.press("1")
    hand.submit()
    hand.see(page.locator('[data-state="saved"]'))


def text_project_from_csv(hand: Hand) -> None:
    """A CSV of texts becomes a dataset and a project with three labels."""
    page = hand.page
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
        file.write("name,text\n" + "".join(f'r{n},"The room was number {n}."\n' for n in range(20)))
    hand.link("Datasets")
    hand.button("New dataset")
    dialog = page.get_by_role("dialog")
    hand.type_at_once(dialog.get_by_role("textbox", name="Name", exact=True), f"Reviews {int(time.time())}")
    hand.click(dialog.get_by_role("button", name="Create dataset", exact=True))
    with page.expect_file_chooser() as chooser:
        hand.button("Choose files")
    chooser.value.set_files(file.name)
    hand.clicks += 1  # the file, in the system's dialog
    hand.see(page.get_by_role("status").filter(has_text=re.compile("^20 imported")))
    hand.link("Projects")
    hand.link("New project")
    hand.type(page.get_by_role("textbox", name="Name", exact=True), f"Reviews {int(time.time())}")
    hand.click(page.get_by_role("radio", name="Text classification", exact=True))
    hand.button(re.compile("^Sentiment"))
    hand.button("Create project")
    page.wait_for_url(re.compile(r"/projects/\d+$"))


def find_and_fix_a_wrong_label(hand: Hand) -> None:
    """Somebody has named an item that is done and wrong: it is found by its name, opened, and corrected."""
    page = hand.page
    hand.link("Fashion items")
    hand.link("Items")
    hand.type(page.get_by_role("searchbox", name="Search items", exact=True), WRONG)
    hand.click(page.get_by_role("list", name="Items", exact=True).get_by_role("button", name=re.compile(WRONG)))
    hand.link("Open in editor")
    hand.see(page.locator(".item-name").filter(has_text=re.compile(WRONG)))
    chosen = page.locator('.chip[aria-pressed="true"]')
    hand.see(chosen)
    hand.press("2" if "1" in (chosen.locator("kbd").text_content() or "") else "1")
    hand.press("Enter")
    hand.see(page.get_by_text(re.compile("nothing left to review")))


def send_back(hand: Hand) -> None:
    """A reviewer rejects with a reason."""
    page = hand.page
    hand.click(page.locator('a[href="/review/10"]'))
    hand.see(page.locator(".item-name"))
    name = page.locator(".item-name").text_content()
    page.wait_for_timeout(300)
    hand.press("s")
    hand.press("1")
    hand.see_next(name)


def correct(hand: Hand) -> None:
    """The annotator sees what came back, corrects it, and submits it again."""
    page = hand.page
    hand.click(page.get_by_role("alert").filter(has_text=re.compile("returned task")).locator('a[href^="/label/10?"]'))
    hand.see(page.locator(".item-name"))
    page.wait_for_timeout(300)
    hand.press("2")
    hand.submit()
    hand.see(page.locator('[data-state="saved"]'))


def compare_two_models(hand: Hand) -> None:
    """Two versions side by side, and the paired difference with its interval."""
    page = hand.page
    boxes = page.get_by_role("table", name="Models", exact=True).get_by_role("checkbox")
    for name in ("image_cnn", "image_probe"):
        hand.click(boxes.and_(page.get_by_label(f"Select {name}", exact=True)))
    hand.button("Compare latest versions")
    comparison = page.get_by_role("table", name="Comparison", exact=True)
    hand.see(
        comparison.get_by_role("rowgroup", name="Metrics", exact=True).get_by_role("row", name=re.compile(r"\d% \(\d"))
    )
    hand.click(page.get_by_role("tab", name="Paired differences", exact=True))
    hand.see(page.get_by_role("status").filter(has_text=re.compile(r" pp \(")))


def sign_a_contract(hand: Hand) -> None:
    """Drafted by the provider beforehand; the customer reads and signs."""
    hand.link("Read and sign")
    hand.button("Sign as customer")
    hand.button("Sign")
    hand.see(hand.page.get_by_text(re.compile("^Signed")))


def deploy(hand: Hand) -> None:
    """A version behind an address."""
    page = hand.page
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="image_cnn", exact=True))
    hand.click(row.locator('a[href^="/versions/"]'))
    hand.click(page.get_by_role("tab", name="Deploy", exact=True))
    hand.button("Deploy version…")
    dialog = page.get_by_role("dialog", name="Deploy version", exact=True)
    hand.type_at_once(dialog.get_by_role("textbox", name="Name", exact=True), f"cnn-{int(time.time()) % 100000}")
    hand.click(dialog.get_by_role("button", name="Deploy version", exact=True))
    dialog.wait_for(state="hidden")


def export_for_yolo(hand: Hand) -> None:
    """Labels of the pedestrians as YOLO, out of the project."""
    page = hand.page
    hand.link("Pedestrians")
    hand.click(page.get_by_role("main").get_by_role("button", name="Export", exact=True))
    with page.expect_download() as download:
        hand.click(page.get_by_role("dialog").get_by_label(re.compile("^Export as .*YOLO")))
    assert download.value.path().stat().st_size > 100


def invite(hand: Hand) -> None:
    """A new annotator."""
    page = hand.page
    hand.link("Members & teams")
    hand.button("Invite member")
    dialog = page.get_by_role("dialog")
    hand.type_at_once(dialog.get_by_role("textbox", name="Name", exact=True), "Nao New")
    hand.type(dialog.get_by_role("textbox", name="E-mail address", exact=True), f"nao{int(time.time())}@example.org")
    hand.click(dialog.get_by_role("button", name=re.compile("^(Send invitation|Create invitation link)$")))
    hand.see(page.get_by_text(re.compile("sends no e-mail|was sent")))


def find_why_a_job_failed(hand: Hand) -> None:
    """From the overview to the error of a failed job."""
    hand.click(hand.page.locator('a[href="/jobs?state=failed"]'))
    hand.see(hand.page.get_by_role("row").get_by_text(re.compile("^Nothing was imported")))


Job = tuple[str, str, Callable[[Hand], None]]
JOBS: list[Job] = [
    ("First labeled image from an empty organization", "new", first_labeled_image),
    ("Text project from CSV", "manager", text_project_from_csv),
    ("Find and fix one wrong label", "manager", find_and_fix_a_wrong_label),
    ("Send back", "reviewer", send_back),
    ("… and correct", "annotator", correct),
    ("Compare two models", "scientist", compare_two_models),
    ("Deploy", "scientist", deploy),
    ("Export for YOLO", "manager", export_for_yolo),
    ("Invite", "admin", invite),
    ("Find why a job failed", "admin", find_why_a_job_failed),
]


def draft(browser: Browser, address: str, person: dict[str, str]) -> None:
    """A contract that the provider has signed: not counted."""
    hand = Hand(browser, address, person)
    [token] = [cookie["value"] for cookie in hand.context.cookies(address) if cookie["name"].endswith("csrftoken")]
    headers = {"X-CSRFToken": token, "Referer": address}
    terms = {"target": 0.7, "expected": 0.85, "max_submissions": 1}
    eligible = hand.page.request.get(f"{address}/api/v1/projects/1/contract-signers/").json()
    named = {f"{party}_ids": [row["user_id"] for row in eligible[f"{party}s"]] for party in ("customer", "maker")}
    body = {"title": f"Pilot {int(time.time())}", "note": "", "terms": terms, **named}
    made = hand.page.request.post(f"{address}/api/v1/projects/1/contracts/", data=body, headers=headers)
    assert made.ok, made.text()
    row = made.json()
    signed = hand.page.request.post(
        f"{address}/api/v1/contracts/{row['id']}/sign/",
        data={"party": "maker", "terms_hash": row["terms_hash"]},
        headers=headers,
    )
    assert signed.ok, signed.text()
    hand.context.close()


def fail(browser: Browser, address: str, person: dict[str, str]) -> None:
    """An import of a file that holds nothing: not counted."""
    hand = Hand(browser, address, person)
    [token] = [cookie["value"] for cookie in hand.context.cookies(address) if cookie["name"].endswith("csrftoken")]
    headers = {"X-CSRFToken": token, "Referer": address}
    batch = hand.page.request.post(f"{address}/api/v1/datasets/1/uploads/", headers=headers)
    assert batch.ok, batch.text()
    file = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"nothing"}
    where = f"{address}/api/v1/uploads/{batch.json()['id']}"
    assert hand.page.request.post(f"{where}/files/", multipart={"files": file}, headers=headers).ok
    assert hand.page.request.post(f"{where}/start/", headers=headers).ok
    hand.page.wait_for_timeout(4000)
    hand.context.close()


def main() -> None:
    """Do them, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("sign_ins", type=Path)
    parser.add_argument("new_email")
    parser.add_argument("new_password")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    people = {person["role"]: person for person in json.loads(options.sign_ins.read_text())}
    people["new"] = {"email": options.new_email, "password": options.new_password}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        jobs = [(title, role, job) for title, role, job in JOBS if options.only.lower() in title.lower()]
        if options.only.lower() in "sign a contract":
            draft(browser, options.address, people["scientist"])
            jobs.append(("Sign a contract", "customer", sign_a_contract))
        if options.only.lower() in "find why a job failed":
            fail(browser, options.address, people["manager"])
        print("| job | clicks | keys | seconds |\n|---|--:|--:|--:|")
        for title, role, job in jobs:
            hand = Hand(browser, options.address, people[role])
            try:
                job(hand)
                print(f"| {title} | {hand.clicks} | {hand.keys} | {time.monotonic() - hand.begun:.1f} |", flush=True)
            except Exception as error:  # told, and the others go on
                where = hand.page.url.removeprefix(options.address)
                print(f"| {title} | – | – | stopped at {where}: {' '.join(str(error).split())[:160]} |", flush=True)
                hand.page.screenshot(path=Path(tempfile.gettempdir()) / f"{title[:12]}.png")
            hand.context.close()
        browser.close()


if __name__ == "__main__":
    main()
