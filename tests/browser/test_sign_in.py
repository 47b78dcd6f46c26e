"""Signing in as people do: codes, passkeys, invitations, the organization's own provider."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, choose_from_account_menu
from tests.browser.test_browser import findings

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


def open_security(page) -> None:
    choose_from_account_menu(page, "Settings")
    page.get_by_role("tab", name="Security", exact=True).click()


def confirm_password(page) -> None:
    dialog = page.get_by_role("dialog", name="Confirm your password", exact=True)
    dialog.get_by_label("Current password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Continue", exact=True).click()


def test_a_factor_is_set_up_used_and_taken_away(fresh, people):
    page = fresh
    enter(page, "scientist@ours.example")
    open_security(page)
    page.get_by_role("button", name="Set up authenticator app", exact=True).click()
    secret = page.get_by_test_id("setup-key").inner_text()
    expect(page.get_by_role("img", name="QR code of the setup key", exact=True)).to_be_visible()
    page.get_by_role("textbox", name="Two-factor code", exact=True).fill(code(secret))
    page.get_by_role("button", name="Turn on 2FA", exact=True).click()
    confirm_password(page)
    expect(page.get_by_text(re.compile("^Active since "))).to_be_visible()
    page.get_by_role("button", name="Create new codes…", exact=True).click()
    page.get_by_role("alertdialog").get_by_role("button", name="Create new codes", exact=True).click()
    spare = page.get_by_test_id("recovery-codes").inner_text().split()
    assert len(spare) == 10
    assert findings(page, page.url) == []
    leave(page)
    enter(page, "scientist@ours.example")
    page.get_by_role("textbox", name="Two-factor code", exact=True).fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Incorrect code")
    page.get_by_role("textbox", name="Two-factor code", exact=True).fill(spare[0])
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
    open_security(page)
    page.get_by_label("Device name", exact=True).fill("This laptop")
    page.get_by_role("button", name="Add passkey", exact=True).click()
    confirm_password(page)
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
    expect(page.get_by_role("alert")).to_contain_text("requires two-factor authentication")
    page.get_by_role("button", name="Set up authenticator app", exact=True).click()
    page.get_by_role("textbox", name="Two-factor code", exact=True).fill(
        code(page.get_by_test_id("setup-key").inner_text())
    )
    page.get_by_role("button", name="Turn on 2FA", exact=True).click()
    confirm_password(page)
    page.get_by_role("link", name="Projects", exact=True).click()
    expect(page.get_by_role("heading", name="Projects", exact=True)).to_be_visible()


def test_an_admin_adds_somebody_who_chooses_a_password_by_the_link(sign_in, stack, browser, people):
    stack.web()
    page = sign_in("admin")
    page.get_by_role("link", name="Members & teams", exact=True).click()
    page.get_by_role("button", name="Invite member", exact=True).click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Nina Novak")
    page.get_by_role("textbox", name="E-mail address", exact=True).fill("nina@ours.example")
    page.get_by_role("button", name="Create invitation link", exact=True).click()
    link = page.get_by_test_id("invitation").inner_text()
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.get_by_role("row").filter(has_text=re.compile("Nina Novak"))).to_contain_text("Invited")
    invited = browser.new_context(locale="en").new_page()
    invited.goto(stack.url + link[link.index("/invitations/") :])
    invited.get_by_label("New password", exact=True).fill("password1234")
    invited.get_by_role("button", name="Set password", exact=True).click()
    expect(invited.get_by_role("alert")).to_contain_text("data breach")
    invited.get_by_label("New password", exact=True).fill("eleven violet tables")
    invited.get_by_role("button", name="Set password", exact=True).click()
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
        page.get_by_role("link", name="Security", exact=True).click()
        page.get_by_label("Issuer", exact=True).fill("http://10.0.0.1")
        page.get_by_label("Client ID", exact=True).fill("plateau")
        page.get_by_label("Client secret", exact=True).fill("s3cret")
        page.get_by_role("button", name="Save provider", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("not a public address")
        page.get_by_label("Issuer", exact=True).fill(issuer)
        page.get_by_role("button", name="Save provider", exact=True).click()
        expect(page.get_by_text("Identity provider saved.", exact=True)).to_be_visible()
        assert findings(page, page.url) == []
        leave(page)
        page.get_by_role("button", name="Sign in with SSO", exact=True).click()
        page.get_by_label("Organization ID", exact=True).fill("ours")
        page.get_by_role("button", name="Continue", exact=True).click()
        page.wait_for_url(re.compile(re.escape(issuer)))
        page.locator("input[name=sub]").fill("manager@ours.example")
        page.get_by_role("button", name=re.compile("authorize", re.I)).first.click()
        page.locator(".shell").wait_for()
        expect(page.get_by_role("button", name="Account: Manager", exact=True)).to_be_visible()


def test_the_log_is_read_checked_and_narrowed(fresh, people):
    page = fresh
    enter(page, "admin@ours.example")
    page.get_by_role("link", name="Audit log", exact=True).click()
    expect(page.get_by_role("rowheader", name="Signed in", exact=True)).to_have_count(1)
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(page.get_by_text(re.compile(r"^\d+ events? verified: the log is unchanged\."))).to_be_visible()
    page.get_by_role("combobox", name="Event", exact=True).click()
    page.get_by_role("option", name="Contracts", exact=True).click()
    expect(page.get_by_text("No matching events", exact=True)).to_be_visible()
    page.get_by_role("button", name="Clear filters", exact=True).first.click()
    page.get_by_role("button", name="Export log", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="CSV, for spreadsheets", exact=True).click()
    assert "member.signed_in" in download.value.path().read_text()
    page.get_by_role("tab", name="Access log", exact=True).click()
    expect(page.get_by_text("No data accesses yet", exact=True)).to_be_visible()


def test_language_theme_and_keys_follow_the_person_to_another_browser(fresh, browser, people):
    page = fresh
    page.goto(page.named)
    page.evaluate("""localStorage.setItem("plateau-keys", '{"select": ["q"]}')""")  # as older versions kept it
    enter(page, "scientist@ours.example")
    choose_from_account_menu(page, "Settings")
    page.get_by_role("tab", name="Preferences", exact=True).click()
    expect(page.get_by_text(re.compile("You changed the shortcut of 1 action"))).to_be_visible()
    page.get_by_text("Dark", exact=True).click()
    page.get_by_role("combobox", name="Language", exact=True).click()
    page.get_by_role("option", name="日本語", exact=True).click()
    expect(page.get_by_role("tab", name="環境設定", exact=True)).to_be_visible()
    other = browser.new_context(locale="en").new_page()
    other.named = page.named
    enter(other, "scientist@ours.example")
    expect(other.locator("html")).to_have_attribute("lang", "ja")
    expect(other.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    other.goto(f"{page.named}/settings/preferences")
    expect(other.get_by_text(re.compile("^1個の操作のショートカット"))).to_be_visible()
    other.context.close()


def test_what_was_sent_back_waits_in_the_inbox_and_leads_to_the_very_task(sign_in, stack, people, make_project):
    from annotation.labeling.models import Task
    from annotation.labeling.notification_kinds import tell_sent_back

    stack.web()
    project = make_project(items=2)
    author = people.members["ours", "annotator"]
    task = Task.objects.filter(project=project).first()
    tell_sent_back(actor=people.actor("reviewer"), task=task, author_id=author.user_id, reason="Look closer")
    page = sign_in("annotator")
    page.get_by_role("link", name="Inbox: 1 unread", exact=True).click()
    expect(page.get_by_text(re.compile("Look closer$"))).to_be_visible()
    assert findings(page, page.url) == []
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/label/{project.pk}\?task={task.pk}$"))
    page.goto(stack.url)
    expect(page.get_by_role("link", name="Inbox", exact=True)).to_be_visible()
