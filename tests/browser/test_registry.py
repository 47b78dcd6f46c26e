"""Models on the screen and in the browser: compared, approved, deployed, and run where the pictures are."""

import functools
import http.server
import io
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect

from labelkit.tests.deep_pictures import png16
from plateau.identity.models import User
from tests.browser.chromium import chromium
from tests.browser.test_browser import findings
from tests.stack import Stack
from tests.test_serving import picture, trained
from tests.test_whole_way import Api, labeled_snapshot

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


def answer_of(page: Page) -> tuple[str, float]:
    row = page.locator(".answer li").first
    row.wait_for()
    return row.get_attribute("data-label") or "", float(row.get_attribute("data-probability") or "nan")


def deep(data: bytes) -> bytes:
    """The same picture with 12 bits in 16."""
    return png16(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(np.uint16) * 16)


def half_seen(data: bytes) -> bytes:
    """The same picture, its left half transparent."""
    image, out = Image.open(io.BytesIO(data)).convert("RGBA"), io.BytesIO()
    image.paste((9, 9, 9, 0), (0, 0, image.width // 2, image.height))
    image.save(out, "PNG")
    return out.getvalue()


def alias_dialog(page: Page, alias: str):
    """The dialog that sets an alias, with this one in it."""
    page.get_by_role("button", name="Set alias…", exact=True).click()
    dialog = page.get_by_role("dialog", name="Set alias", exact=True)
    dialog.get_by_role("combobox", name="Alias", exact=True).fill(alias)
    return dialog


def test_from_two_trainings_to_a_model_that_runs_in_the_browser(sign_in, stack, people):
    stack.web()
    stack.worker()
    stack.serving()
    api = Api(stack, people.token("admin"))
    project, snapshot = labeled_snapshot(api, 60)
    first, second = (trained(api, project, snapshot, seed) for seed in (0, 1))

    page = sign_in("manager", path="/models")
    page.get_by_role("link", name="image_probe", exact=True).first.click()
    for version in (1, 2):
        page.get_by_role("checkbox", name=f"Select version {version}", exact=True).check()
    page.get_by_role("button", name="Compare selected", exact=True).click()
    expect(page.get_by_role("status").filter(has_text=re.compile(r"pp \(Accuracy\)\."))).to_be_visible()
    page.get_by_role("tab", name="Table", exact=True).click()
    table = page.get_by_role("table", name="Comparison", exact=True)
    expect(table.get_by_role("columnheader")).to_have_count(2)

    # A protected alias: the scientist is told why not, the manager gives a reason; then one step back.
    admin = sign_in("admin", look="dark", path=f"/versions/{second}")
    dialog = alias_dialog(admin, "production")
    expect(dialog.get_by_text(re.compile("this version has not passed an acceptance contract"))).to_be_visible()
    dialog.get_by_role("textbox", name="Reason for the exception", exact=True).fill("Agreed by letter.")
    dialog.get_by_role("button", name="Set alias", exact=True).click()
    expect(admin.locator(".page-head")).to_contain_text("production")
    scientist = sign_in("scientist", path=f"/versions/{first}")
    dialog = alias_dialog(scientist, "production")
    expect(dialog.get_by_text("Only a manager or an admin can make an exception.", exact=True)).to_be_visible()
    expect(dialog.get_by_role("button", name="Set alias", exact=True)).to_be_disabled()
    dialog.get_by_role("button", name="Cancel", exact=True).click()

    # Deployed and tried.
    scientist.get_by_role("tab", name="Deploy", exact=True).click()
    scientist.get_by_role("button", name="Deploy version…", exact=True).click()
    dialog = scientist.get_by_role("dialog", name="Deploy version", exact=True)
    dialog.get_by_role("textbox", name="Name", exact=True).fill("shades")
    dialog.get_by_role("button", name="Deploy version", exact=True).click()
    expect(scientist.locator(".page-head .state")).to_have_attribute("data-state", "serving", timeout=30_000)
    scientist.locator("input[type=file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": DARK})
    expect(scientist.locator(".answer strong")).to_have_text("dark", timeout=15_000)
    scientist.get_by_role("tab", name="Traffic & drift", exact=True).click()
    expect(scientist.get_by_text(re.compile("^(No drift|▲ Drift)")).first).to_be_visible(timeout=15_000)

    # Exported, and the same picture gives the same answer in the browser as on the server.
    scientist.goto(f"{stack.url}/versions/{first}?tab=files")
    scientist.get_by_role("button", name="Export for browser", exact=True).click()
    expect(scientist.get_by_role("link", name="Open test page", exact=True)).to_have_count(3, timeout=120_000)
    compare_with_server(scientist.context, api, stack, first, "fp32", 1e-3)

    violations = []
    User.objects.filter(pk=people.members["ours", "admin"].user_id).update(language="ja")
    shown = (
        "models",
        f"models/{project}/image_probe",
        f"models/{project}/image_probe?tab=aliases",
        f"versions/{second}",
        *(f"versions/{second}?tab={tab}" for tab in ("evaluation", "errors", "lineage", "files", "deploy", "card")),
        f"versions/{second}/labels",
        f"compare?versions={first},{second}",
        "deployments",
        *(f"deployments/shades?tab={tab}" for tab in ("overview", "traffic", "feedback", "settings")),
        "integrations",
    )
    for path in shown:
        admin.goto(f"{stack.url}/{path}")
        admin.locator("h1").wait_for()
        admin.wait_for_load_state("networkidle")
        violations += findings(admin, path)
    assert violations == []
    expect(admin.locator("html")).to_have_attribute("lang", "ja")

    # What runs cannot be deleted, and says what stands against it.
    scientist.goto(f"{stack.url}/versions/{first}")
    expect(scientist.get_by_text("Deployment shades: switch it to another version first", exact=True)).to_be_visible()
    expect(scientist.get_by_role("button", name="Delete version…", exact=True)).to_have_count(0)
    api.http.delete(f"{api.base}/deployments/shades/", timeout=30)
    scientist.reload()
    scientist.get_by_role("button", name="Archive version", exact=True).click()
    expect(scientist.locator(".page-head")).to_contain_text("Archived")
    scientist.get_by_role("button", name="Undo", exact=True).click()
    expect(scientist.get_by_role("button", name="Archive version", exact=True)).to_be_visible()
    expect(scientist.locator(".page-head")).not_to_contain_text("Archived")


DARK = picture(3, dark=True)
TRIED = [
    picture(5, dark=True),
    picture(6, dark=False),
    deep(picture(7, dark=True)),
    half_seen(picture(8, dark=True)),
]


def compare_with_server(
    context: BrowserContext, api: Api, stack: Stack, version: int, variant: str, largest_difference: float
) -> None:
    """The same picture has the same answer in the browser as from the deployment on the server."""
    runner = context.new_page()
    runner.goto(
        f"{stack.url}/runner/index.html?manifest=/api/v1/model-versions/{version}/exports/{variant}/&backend=wasm"
    )
    expect(runner.locator(".status")).to_have_attribute("data-state", "ready", timeout=60_000)
    expect(runner.locator("[data-fact=backend]")).to_contain_text("threads")
    assert runner.locator("[data-fact=isolation]").count() == 0
    for number, data in enumerate(TRIED, start=1):
        runner.locator("#file").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": data})
        expect(runner.locator(".answer")).to_have_attribute("data-run", str(number), timeout=30_000)
        served = api.http.post(
            f"{api.base}/deployments/shades/predict/", data=data, headers={"Content-Type": "image/png"}, timeout=30
        ).json()
        label, probability = answer_of(runner)
        # Of the two classes, what the browser gives to the one that the server chose: a picture on the boundary may
        # fall to either side of it.
        of_served_label = probability if label == served["label"] else 1 - probability
        assert abs(of_served_label - served["confidence"]) < largest_difference, (number, label, probability, served)
    assert findings(runner, f"runner {variant}") == []
    runner.close()


@pytest.mark.slow
def test_every_variant_runs_in_the_browser_on_a_graphics_adapter_and_away_from_the_server(
    sign_in, stack, people, browser
):
    stack.web()
    stack.worker()
    stack.serving()
    api = Api(stack, people.token("admin"))
    project, snapshot = labeled_snapshot(api, 60)
    order = {"snapshot_id": snapshot, "recipe": "image_cnn", "params": {"epochs": 20, "image_size": 32, "width": 8}}
    job = api.ended(api.call("POST", f"projects/{project}/runs/", json=order)["job"]["id"])
    version = job["result"]["version_id"]
    assert api.ended(api.call("POST", f"model-versions/{version}/exports/")["id"])["state"] == "done"
    api.call("POST", "deployments/", json={"name": "shades", "version_id": version})
    stack.wait(lambda: api.call("GET", "deployments/shades/")["state"] == "serving", 30, "the deployment")
    scientist = sign_in("scientist")
    for variant, largest_difference in (("fp32", 1e-3), ("fp16", 0.05), ("int8", 0.3)):
        compare_with_server(scientist.context, api, stack, version, variant, largest_difference)
    taken_away(api, version, browser, stack)
    on_a_graphics_adapter(api, version, stack, browser.browser_type)


@contextmanager
def page_of_another_browser(kind: BrowserType, flags: list[str]) -> Iterator[Page]:
    """A browser with other flags."""
    second_browser = kind.launch(executable_path=chromium(), args=flags)
    yield second_browser.new_page()
    second_browser.close()


@contextmanager
def folder_of(api: Api, version: int, stack: Stack) -> Iterator[str]:
    """The downloaded folder on a plain web server that sends no headers of its own."""
    got = api.http.get(f"{api.base}/model-versions/{version}/exports/fp32/folder.zip", timeout=60)
    folder = stack.home / f"folder-{version}"
    with zipfile.ZipFile(io.BytesIO(got.content)) as archive:
        archive.extractall(folder)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()


def taken_away(api: Api, version: int, browser: Browser, stack: Stack) -> None:
    """The folder runs anywhere, and says that it has one thread where the page is not isolated."""
    with folder_of(api, version, stack) as address:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{address}?backend=wasm")
        expect(page.locator(".status")).to_have_attribute("data-state", "ready", timeout=60_000)
        expect(page.locator("[data-fact=isolation]")).to_contain_text("One thread only")
        page.locator("#file").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": DARK})
        assert answer_of(page)[0] == "dark"
        context.close()


def on_a_graphics_adapter(api: Api, version: int, stack: Stack, browser_type: BrowserType) -> None:
    """On WebGPU (here a software adapter: right, not fast) the answers are the server's, too."""
    flags = ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
    with folder_of(api, version, stack) as address, page_of_another_browser(browser_type, flags) as page:
        page.goto(f"{address}?backend=webgpu")
        expect(page.locator(".status")).to_have_attribute("data-state", "ready", timeout=90_000)
        expect(page.locator("[data-fact=backend]")).to_have_text("Runs on WebGPU")
        largest = float(page.locator("[data-fact=parity]").inner_text().rsplit(" ", 1)[1])
        assert largest < 1e-3
