"""Chromium out of its npm package, against a real web server and worker."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import chromium
from tests.stack import Stack

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield made
        made.close()


@pytest.fixture
def sign_in(browser: Browser, stack: Stack, people) -> Iterator[Callable[..., Page]]:
    """A page of a signed-in member; errors on its console fail the test."""
    contexts, complaints = [], []

    def go(role: str, language: str = "en", look: str = "light", **device) -> Page:
        screen = {"viewport": {"width": 1280, "height": 800}} | device
        context = browser.new_context(locale=language, color_scheme=look, **screen)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        # What the page tries against its own policy does not work for people either.
        page.on(
            "console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None
        )
        page.goto(stack.url)
        page.evaluate(f"localStorage.setItem('plateau.language', '{language}')")
        page.locator("input[name=email]").fill(f"{role}@ours.example")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("button.primary").click()
        page.locator(".shell").wait_for()
        if language != "en":
            page.reload()
            page.locator(".shell").wait_for()
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []
