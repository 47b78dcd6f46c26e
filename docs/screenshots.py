"""`make screenshots`: pictures of every page of a running demo, in both languages and themes, at three widths.

Usage: python docs/screenshots.py http://127.0.0.1:8000 SIGN_INS.json OUT_FOLDER [PART_OF_PATH]

Names are `PAGE-LANGUAGE-THEME-WIDTH.png`; pages wider than the screen are named on the terminal. Japanese needs a font:
the front end ships its own.
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import chromium

WIDTHS = {390: 844, 1280: 800, 1920: 1080}
PROJECT_TABS = ("", "/items", "/labels", "/workflow", "/quality", "/experiments", "/budget", "/snapshots", "/settings")
SCREENS = {
    "manager": ["/overview", "/projects", "/projects/new", "/datasets", "/datasets/1", "/datasets/1/imports"]
    + ["/datasets/1?view=table", "/datasets/1/usage", "/datasets/1/settings", "/members", "/inbox", "/inbox/settings"]
    + [f"/projects/1{tab}" for tab in PROJECT_TABS]
    + [f"/projects/1/quality?tab={tab}" for tab in ("annotators", "gold", "label-issues", "pre-labels")]
    + ["/projects/2/items", "/projects/7/labels"],
    "annotator": ["/label", *(f"/label/{number}" for number in range(1, 13))],
    "reviewer": ["/review", "/review/1", "/review/3"],
    "scientist": [
        "/models",
        "/models/1/image_probe",
        "/versions/1",
        "/versions/1?tab=evaluation",
        "/compare?versions=1,2",
        "/deployments",
        "/deployments/fashion",
        "/runs/1",
        "/jobs",
        "/calculator",
        "/contracts/new",
    ],
    "admin": ["/overview", "/settings", "/settings/tokens", "/usage", "/security", "/integrations", "/audit-log"],
    "customer": ["/overview", "/contracts", "/contracts/1"],
}


def sign_in(page: Page, address: str, person: dict[str, str]) -> None:
    """Sign in by the form."""
    page.goto(address)
    page.locator("input[name=email]").fill(person["email"])
    page.locator("input[name=password]").fill(person["password"])
    page.keyboard.press("Enter")
    page.locator(".shell").wait_for()


def choose_language(page: Page, address: str, language: str) -> None:
    """The language belongs to the person."""
    [token] = [cookie["value"] for cookie in page.context.cookies(address) if cookie["name"].endswith("csrftoken")]
    headers = {"X-CSRFToken": token, "Referer": address}
    response = page.request.patch(f"{address}/api/v1/me/", data={"language": language}, headers=headers)
    assert response.ok, response.text()


def take(page: Page, name: str, out: Path, *, is_full: bool) -> None:
    """Six pictures of a page that is open: both themes at each width."""
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(250)  # charts are drawn anew
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.wait_for_timeout(60)
            page.screenshot(path=str(out / f"{name}-{theme}-{width}.png"), full_page=is_full)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            print(f"{name} is {wide} px wider than {width}", flush=True)


def main() -> None:
    """Take them all."""
    address, people, out = sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])
    part = sys.argv[4] if len(sys.argv) > 4 else ""
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        for person in people:
            context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
            page = context.new_page()
            sign_in(page, address, person)
            for language in ("en", "ja"):
                choose_language(page, address, language)
                for path in (path for path in SCREENS[person["role"]] if part in path):
                    is_bench = path.startswith(("/label/", "/review/"))
                    page.set_viewport_size({"width": 1280, "height": 800})
                    page.goto(address + path)
                    page.wait_for_load_state("networkidle", timeout=4000) if is_bench else None
                    page.wait_for_timeout(900)
                    place = path.strip("/").replace("/", "-").replace("?", "-").replace("=", "-").replace(",", "-")
                    name = f"{person['role']}-{place}-{language}"
                    take(page, name, out, is_full=not is_bench)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
