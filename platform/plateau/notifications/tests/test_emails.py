"""E-mails, handed to a real mail server."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from plateau.identity.models import User
from plateau.network.email_url import parse_email_url
from plateau.notifications.kinds import NOTIFICATION_KINDS, NotificationKind
from plateau.notifications.models import Email, Notification
from plateau.notifications.outbox import MAX_ATTEMPTS, send_due
from plateau.notifications.services import notify
from plateau.notifications.tests.factories import EmailFactory, NotificationChoiceFactory
from plateau.notifications.tests.smtp_server import Mailbox, smtp_server

pytestmark = pytest.mark.django_db
TOLD = NotificationKind(
    key="task.returned",
    subject="Sent back\r\nBcc: all",
    text="In {project}: {text}",
)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with smtp_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


def body_of(message: Any, kind: str = "plain") -> str:
    return message.get_body((kind,)).get_content()


def set_password(link: str, password: str) -> int:
    _, uid, token = re.search(r"(/invitations/)([\w-]+)/([\w-]+)", link).groups()
    body = {"uid": uid, "token": token, "password": password}
    return Client().post("/api/v1/password-reset/confirm/", body, content_type="application/json").status_code


def test_an_invitation_arrives_and_its_link_sets_the_password(people, mailbox):
    new = {"name": "Nina <b>Novak</b>", "email": "nina@ours.example", "role": "annotator"}
    answer = people.client("admin").post("/api/v1/members/", new, content_type="application/json").json()
    assert answer["is_emailed"]
    assert send_due() == 1
    [message] = mailbox.messages
    assert (message["To"], mailbox.recipients) == ("nina@ours.example", ["nina@ours.example"])
    assert "invited" in message["Subject"]
    assert "<b>" not in body_of(message, "html")
    assert set_password(body_of(message), "eleven violet tables") == 204
    assert not Email.objects.exists()
    assert send_due() == 0


def test_a_forgotten_password_is_reset_by_e_mail_in_the_persons_language(people, mailbox):
    User.objects.filter(email="annotator@ours.example").update(language="ja")
    ask = {"email": "Annotator@Ours.example"}
    assert Client().post("/api/v1/password-reset/", ask, content_type="application/json").status_code == 204
    send_due()
    [message] = mailbox.messages
    assert "再設定" in message["Subject"]
    assert set_password(body_of(message), "eleven violet tables") == 204


def test_an_unknown_address_reads_the_same_and_gets_nothing(people, mailbox):
    cache.clear()
    ask = {"email": "nobody@ours.example"}
    assert Client().post("/api/v1/password-reset/", ask, content_type="application/json").status_code == 204
    assert send_due() == 0
    assert mailbox.messages == []


def test_without_a_mail_server_a_reset_says_so_and_an_invitation_is_a_link_alone(people, settings):
    settings.EMAIL_HOST = ""
    ask = {"email": "annotator@ours.example"}
    answer = Client().post("/api/v1/password-reset/", ask, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "email_not_set_up")
    member = people.members["ours", "annotator"]
    answer = people.client("admin").post(f"/api/v1/members/{member.pk}/invitation/").json()
    assert not answer["is_emailed"]
    assert not Email.objects.exists()
    assert set_password(answer["invitation_url"], "eleven violet tables") == 204


def test_what_a_mail_server_refuses_is_sent_later_and_given_up_in_the_end(mailbox):
    row = EmailFactory()
    mailbox.refusal = "451 try again later"
    assert send_due() == 0
    row.refresh_from_db()
    assert (row.attempts, row.failed_at) == (1, None)
    assert "451" in row.error
    assert send_due() == 0  # not yet due again
    assert Email.objects.get().attempts == 1
    mailbox.refusal = ""
    Email.objects.update(next_attempt_at=timezone.now())
    assert send_due() == 1
    mailbox.refusal = "550 no"
    EmailFactory(attempts=MAX_ATTEMPTS - 1)
    send_due()
    assert Email.objects.get().failed_at is not None


def test_one_e_mail_that_cannot_be_written_does_not_keep_the_others(mailbox):
    EmailFactory(kind="of-a-later-version")
    EmailFactory()
    assert send_due() == 1
    assert len(mailbox.messages) == 1


def test_a_notification_goes_by_e_mail_to_who_wants_it(people, mailbox, settings, monkeypatch):
    monkeypatch.setitem(NOTIFICATION_KINDS, TOLD.key, TOLD)
    settings.PLATEAU_URL = "https://plateau.example"
    member = people.members["ours", "annotator"]
    told = {"organization_id": member.organization_id, "recipients": [member.user_id], "link": "/label/1?task=7"}
    notify(TOLD, project_id=None, parameters={"project": "Fruit", "text": "<look> closer"}, **told)
    assert send_due() == 0  # this kind is not sent unless somebody asks for it
    NotificationChoiceFactory(user=member.user, in_app=False)
    notify(TOLD, project_id=None, parameters={"project": "Fruit", "text": "<look> closer"}, **told)
    assert send_due() == 1
    [message] = mailbox.messages
    assert message["Subject"] == "Sent back Bcc: all"
    assert "Bcc" not in message
    assert "In Fruit: <look> closer" in body_of(message)
    assert "&lt;look&gt;" in body_of(message, "html")
    assert "https://plateau.example/label/1?task=7" in body_of(message)
    assert Notification.objects.filter(is_shown=True).count() == 1


def test_addresses_of_mail_servers():
    assert parse_email_url("").host == ""
    assert parse_email_url("smtp://127.0.0.1:2525") == parse_email_url("smtp://127.0.0.1:2525?tls=0")
    assert parse_email_url("smtp://mail.example.com").starttls
    with pytest.raises(ValueError, match="EMAIL_URL"):
        parse_email_url("http://mail.example.com")
