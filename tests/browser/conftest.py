"""Chromium out of its npm package, against a real web server and worker."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from plateau.identity.models import User
from tests.browser.chromium import chromium
from tests.stack import Stack

PASSWORD = "correct horse battery"


def expect_status(page: Page, text: str) -> None:
    """Screen readers say just this: `Saved.`, and no hint beside it that has the word."""
    expect(page.get_by_role("status").filter(has_text=re.compile(rf"^\s*{re.escape(text)}\s*$"))).to_be_visible()


def navigation(page: Page) -> Locator:
    """The sidebar, where pages are found; breadcrumbs may lead to the same ones."""
    return page.get_by_role("navigation", name=re.compile("^(Main|メイン)$"))


def choose_from_account_menu(page: Page, name: str) -> None:
    """From the menu below one's own name, such as Settings or Sign out."""
    page.get_by_role("button", name=re.compile("^(Account:|アカウント：)")).click()
    page.get_by_role("menuitem", name=name, exact=True).click()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield chrome
        chrome.close()


def session_of(people, role: str) -> str:
    """The key of a session as signing in by password leaves it."""
    client = Client()
    client.force_login(people.members["ours", role].user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session.update({"address": "127.0.0.1", "agent": "Chromium", "since": timezone.now().isoformat()})
    session.save()
    return session.session_key


@pytest.fixture
def sign_in(browser: Browser, stack: Stack, people) -> Iterator[Callable[..., Page]]:
    """A page of a signed-in member at a path; errors on its console fail the test.

    The session is made here: the form has tests of its own (test_sign_in.py), and its hash is slow on purpose.
    """
    contexts, complaints = [], []

    def go(role: str, language: str = "en", look: str = "light", *, path: str = "/", **device) -> Page:
        screen = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"} | device
        context = browser.new_context(locale=language, color_scheme=look, **screen)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        # What the page tries against its own policy does not work for people either.
        page.on(
            "console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None
        )
        context.add_cookies([{"name": "sessionid", "value": session_of(people, role), "url": stack.url}])
        User.objects.filter(pk=people.members["ours", role].user_id).update(language=language)
        context.add_init_script(f"localStorage['plateau.language'] ??= '{language}'")
        page.goto(stack.url + path)
        page.locator("main").first.wait_for()
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []
