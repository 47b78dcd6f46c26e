"""Signing in as people do: codes, passkeys, invitations, the organization's own provider."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, choose_from_account_menu, expect_status
from tests.browser.test_browser import AXE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def fresh(browser, stack):
    """A browser in which nobody is signed in, at an address by which passkeys are allowed."""
    stack.web()
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.named = stack.url.replace("127.0.0.1", "localhost")
    yield page
    context.close()


def enter(page, email: str) -> None:
    page.goto(page.named)
    page.get_by_label("E-mail address", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def leave(page) -> None:
    choose_from_account_menu(page, "Sign out")
    page.get_by_label("E-mail address", exact=True).wait_for()


def test_a_factor_is_set_up_used_and_taken_away(fresh, people):
    page = fresh
    enter(page, "scientist@ours.example")
    choose_from_account_menu(page, "Settings")
    page.get_by_role("button", name="Set up an authenticator app", exact=True).click()
    secret = page.locator("form code.secret").inner_text()
    expect(page.get_by_role("img", name="QR code of the key", exact=True)).to_be_visible()
    page.get_by_role("textbox", name="Code", exact=True).fill(code(secret))
    page.get_by_role("button", name="Turn it on", exact=True).click()
    page.get_by_label("Your password once more", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.get_by_text(re.compile("^On since "))).to_be_visible()
    page.get_by_role("button", name="Make new codes; the old ones end", exact=True).click()
    spare = page.locator("pre.secret").inner_text().split()
    assert len(spare) == 10
    page.evaluate(AXE)
    assert page.evaluate("axe.run()")["violations"] == []
    leave(page)
    enter(page, "scientist@ours.example")
    page.get_by_role("textbox", name="Code", exact=True).fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Incorrect code")
    page.get_by_role("textbox", name="Code", exact=True).fill(spare[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator(".shell").wait_for()


def test_a_passkey_signs_in_without_a_password(fresh, people):
    page = fresh
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }},
    )  # fmt: skip
    enter(page, "scientist@ours.example")
    choose_from_account_menu(page, "Settings")
    page.get_by_label("Name of the device", exact=True).fill("This laptop")
    page.get_by_role("button", name="Add a passkey", exact=True).click()
    page.get_by_label("Your password once more", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.get_by_text("This laptop", exact=True)).to_be_visible()
    leave(page)
    page.get_by_role("button", name="Sign in with a passkey", exact=True).click()
    page.locator(".shell").wait_for()
    leave(page)
    # And as a second factor, behind the password.
    enter(page, "scientist@ours.example")
    page.get_by_role("button", name="Use a passkey", exact=True).click()
    page.locator(".shell").wait_for()


def test_who_must_have_a_factor_is_led_to_it_and_then_let_in(fresh, people):
    from plateau.identity.models import Organization

    Organization.objects.update(require_second_factor=True)
    page = fresh
    enter(page, "manager@ours.example")
    expect(page.get_by_role("alert")).to_contain_text("asks for a second factor")
    page.get_by_role("button", name="Set up an authenticator app", exact=True).click()
    page.get_by_role("textbox", name="Code", exact=True).fill(code(page.locator("form code.secret").inner_text()))
    page.get_by_role("button", name="Turn it on", exact=True).click()
    page.get_by_label("Your password once more", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on", exact=True).click()
    page.get_by_role("link", name="Projects", exact=True).click()
    expect(page.get_by_role("heading", name="Projects", exact=True)).to_be_visible()


def test_an_admin_adds_somebody_who_chooses_a_password_by_the_link(sign_in, stack, browser, people):
    stack.web()
    page = sign_in("admin")
    page.get_by_role("link", name="Members & teams", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Nina Novak")
    page.get_by_label("E-mail address", exact=True).fill("nina@ours.example")
    page.get_by_role("button", name="Add", exact=True).click()
    link = page.locator("code.secret").inner_text()
    invited = browser.new_context(locale="en").new_page()
    invited.goto(stack.url + link[link.index("/invitations/") :])
    invited.get_by_label("Password", exact=True).fill("password1234")
    invited.get_by_role("button", name="Take this password", exact=True).click()
    expect(invited.get_by_role("alert")).to_contain_text("known from a breach")
    invited.get_by_label("Password", exact=True).fill("eleven violet tables")
    invited.get_by_role("button", name="Take this password", exact=True).click()
    invited.get_by_label("E-mail address", exact=True).fill("nina@ours.example")
    invited.get_by_label("Password", exact=True).fill("eleven violet tables")
    invited.get_by_role("button", name="Sign in", exact=True).click()
    expect(invited.get_by_role("button", name="Account: Nina Novak", exact=True)).to_be_visible()
    invited.context.close()


def test_the_organizations_own_provider_leads_in(fresh, stack, people):
    import oidc_provider_mock
    import requests

    with oidc_provider_mock.run_server_in_thread() as server:
        issuer = f"http://localhost:{server.server_port}"
        body = {"email": "manager@ours.example", "email_verified": True}
        requests.put(f"{issuer}/users/manager@ours.example", json=body, timeout=5).raise_for_status()
        page = fresh
        enter(page, "admin@ours.example")
        page.get_by_role("link", name="Members & teams", exact=True).click()
        page.get_by_role("link", name="Rules of signing in", exact=True).click()
        page.get_by_label("Issuer", exact=True).fill("http://10.0.0.1")
        page.get_by_label("Client ID", exact=True).fill("plateau")
        page.get_by_label("Client secret", exact=True).fill("s3cret")
        page.get_by_role("button", name="Save the provider", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("not a public address")
        page.get_by_label("Issuer", exact=True).fill(issuer)
        page.get_by_role("button", name="Save the provider", exact=True).click()
        expect_status(page, "Saved.")
        page.evaluate(AXE)
        assert page.evaluate("axe.run()")["violations"] == []
        leave(page)
        page.get_by_text("By my organization's own sign-in", exact=True).click()
        page.get_by_label("Its short name", exact=True).fill("ours")
        page.get_by_role("button", name="Go on there", exact=True).click()
        page.wait_for_url(re.compile(re.escape(issuer)))
        page.locator("input[name=sub]").fill("manager@ours.example")
        page.get_by_role("button", name=re.compile("authorize", re.I)).first.click()
        page.locator(".shell").wait_for()
        expect(page.get_by_role("button", name="Account: Manager", exact=True)).to_be_visible()


def test_the_log_is_read_checked_and_narrowed(fresh, people):
    page = fresh
    enter(page, "admin@ours.example")
    page.get_by_role("link", name="Members & teams", exact=True).click()
    page.get_by_role("link", name="Audit", exact=True).click()
    expect(page.get_by_role("rowheader", name="member.signed_in", exact=True)).to_have_count(1)
    page.get_by_role("button", name="Check it", exact=True).click()
    expect(
        page.get_by_role("status").filter(has_text=re.compile(r"^\d+ events, all as they were written\."))
    ).to_be_visible()
    page.get_by_role("combobox", name="Show", exact=True).select_option("contract.")
    expect(page.get_by_text("Nothing of this kind was done yet.", exact=True)).to_be_visible()
    page.get_by_role("link", name="What was seen", exact=True).click()
    expect(page.get_by_text("Nobody has seen anything yet.", exact=True)).to_be_visible()
