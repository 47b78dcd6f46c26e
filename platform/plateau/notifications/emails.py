"""The words of e-mails, in the language of whom they are for."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from labelkit.messages import Message, as_message
from plateau.identity.models import Membership, User
from plateau.identity.services import password_url
from plateau.notifications.kinds import NOTIFICATION_KINDS, NotificationKind
from plateau.notifications.models import Email
from plateau.texts import LANGUAGES, translate
from plateau.texts.fields import read_parameters

INVITATION = NotificationKind(
    key="invitation",
    subject="You are invited to {organization} on Plateau",
    text=(
        "You have been added to {organization}. Set a password to sign in. The link works once and expires in 3 days."
    ),
)
PASSWORD_RESET = NotificationKind(
    key="password_reset",
    subject="Reset your Plateau password",
    text=(
        "Set a new password with this link. It works once and expires in 3 days. If you did not ask for it, "
        "ignore this e-mail: your password stays as it is."
    ),
)
_OPEN = "Open in Plateau"
_CHOOSE = "Set password"
_HELLO = "Hello {name},"
_FOOTER = "Choose which e-mails you receive: {url}"


@dataclass(frozen=True)
class Words:
    """An e-mail as it is read."""

    subject: str
    text: str
    html: str


class _Known(dict[str, Any]):
    """Parameters of a text; one that a row of an older version lacks reads as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def _fill(text: str, parameters: dict[str, Any]) -> str:
    known = {key: translate(value) if isinstance(value, Message) else value for key, value in parameters.items()}
    return translate(text).format_map(_Known(known))


def words_of(email: Email) -> Words:
    """Subject and both bodies of an e-mail that is about to be sent."""
    user = email.recipient
    language = user.language if user.language in LANGUAGES else "en"
    with translation.override(language):
        return _words(email, user, language)


def _words(email: Email, user: User, language: str) -> Words:
    is_of_account = email.notification is None
    kind = {"invitation": INVITATION, "password_reset": PASSWORD_RESET}.get(email.kind) or NOTIFICATION_KINDS[
        email.kind
    ]
    if email.notification is None:
        link, parameters = password_url(user), {"organization": email.organization.name}
    else:
        link = settings.PLATEAU_URL + email.notification.link
        actor = email.notification.actor
        parameters = {"actor": actor.name if actor else "Plateau"} | read_parameters(email.notification.parameters)
        for name, title_of in kind.titles.items():
            parameters[name] = as_message(title_of(str(parameters.get(name, ""))))
    subject = re.sub(r"\s+", " ", _fill(kind.subject, parameters)).strip()[:200]
    text = _fill(kind.text, parameters)
    button = translate(_CHOOSE if is_of_account else _OPEN)
    footer = "" if is_of_account else _fill(_FOOTER, {"url": settings.PLATEAU_URL + "/inbox/settings"})
    hello = _fill(_HELLO, {"name": user.name})
    parts = [hello, text, f"{button}: {link}", f"-- \n{footer}" if footer else ""]
    body = "\n\n".join(part for part in parts if part) + "\n"
    return Words(subject, body, str(_html(language, hello, text, button, link, footer)))


def _html(language: str, hello: str, text: str, button: str, link: str, footer: str) -> SafeString:
    return format_html(
        '<!doctype html><html lang="{}"><body style="font-family:sans-serif;color:#1a2129;line-height:1.5">'
        "<p>{}</p><p>{}</p>"
        '<p><a href="{}" style="background:#2457d6;color:#fff;padding:8px 16px;border-radius:4px;'
        'text-decoration:none">{}</a></p>'
        '<p style="color:#5b6672;font-size:13px">{}</p></body></html>\n',
        language, hello, text, link, button, footer,
    )  # fmt: skip


def send(email: Email) -> None:
    """Send it now.

    Raises:
        OSError, smtplib.SMTPException: the mail server does not take it.
    """
    words = words_of(email)
    invited = Membership.objects.filter(organization=email.organization_id, user=email.recipient_id)
    address = invited.exclude(invited_email="").values_list("invited_email", flat=True).first()
    recipients = [address or email.recipient.email]
    message = EmailMultiAlternatives(words.subject, words.text, settings.DEFAULT_FROM_EMAIL, recipients)
    message.attach_alternative(words.html, "text/html")
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    message.send()
