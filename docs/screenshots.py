"""`make screenshots`: pictures of every screen of a running demo, in both languages and both looks.

Usage: python docs/screenshots.py http://127.0.0.1:8000 SIGN_INS.json OUT_FOLDER
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import chromium

PROJECT_TABS = ("", "/items", "/labels", "/workflow", "/quality", "/experiments", "/budget", "/snapshots", "/settings")
SCREENS = {
    "manager": ["/projects", "/projects/new", "/datasets", "/datasets/1", "/datasets/1/imports", "/members", "/inbox"]
    + [f"/projects/1{tab}" for tab in PROJECT_TABS]
    + [f"/projects/1/quality?tab={tab}" for tab in ("annotators", "gold", "label-issues", "pre-labels")],
    "annotator": ["/label", "/label/1", "/label/2", "/label/3"],
    "reviewer": ["/review", "/review/1"],
    "scientist": [
        "/models",
        "/models/1/image_probe",
        "/versions/1",
        "/compare?versions=1,2",
        "/deployments",
        "/deployments/fashion",
        "/runs/1",
        "/jobs",
        "/calculator",
        "/contracts/new",
    ],
    "admin": ["/overview", "/settings", "/security", "/integrations", "/audit-log"],
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


def main() -> None:
    """Take them all."""
    address, people, out = sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        for person in people:
            for language, look in (("en", "light"), ("ja", "dark")):
                context = browser.new_context(
                    viewport={"width": 1280, "height": 800}, locale=language, color_scheme=look
                )
                page = context.new_page()
                sign_in(page, address, person)
                choose_language(page, address, language)
                for path in SCREENS[person["role"]]:
                    page.goto(address + path)
                    page.wait_for_load_state("networkidle", timeout=4000) if "label/" in path else None
                    page.wait_for_timeout(900)
                    name = (
                        path.strip("/").replace("/", "-").replace("?tab=", "-").replace("?", "-")
                        + f"-{language}-{look}.png"
                    )
                    page.screenshot(path=str(out / name), full_page="label/" not in path)
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
