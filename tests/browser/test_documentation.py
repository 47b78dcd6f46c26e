"""The documentation as people read it: under the product's policy, without any other host."""

import re

import pytest
from playwright.sync_api import Browser, expect

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_term_is_searched_and_read(browser: Browser, stack, width):
    stack.web()
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    complaints, hosts = [], set()
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    try:
        page.goto(f"{stack.url}/docs/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Plateau¶")
        page.keyboard.press("/")
        expect(page.get_by_role("textbox", name="Search", exact=True)).to_be_focused()
        page.keyboard.type("held-out test set")  # searches at each key
        title = page.locator("h1, h2", has_text=re.compile(r"^\s*Held-out test set\s*$"))
        page.locator(".md-search-result__link").filter(has=title).first.click()
        # The search takes what is typed letter by letter, and may be followed before the last.
        expect(page).to_have_url(re.compile(r"/docs/concepts/\?h=held[a-z+]*#held-out-test-set$"))
        expect(page.locator("#held-out-test-set")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        context.close()
    assert complaints == []
    assert hosts == {stack.url.removeprefix("http://")}
