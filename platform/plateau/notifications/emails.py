"""The words of e-mails, in the language of whom they are for."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.html import format_html
from django.utils.safestring import SafeString

from plateau.identity.models import User
from plateau.identity.services import password_url
from plateau.notifications.kinds import NOTIFICATION_KINDS, NotificationKind
from plateau.notifications.models import Email

LANGUAGES = ("en", "ja")
INVITATION = NotificationKind(
    key="invitation",
    subject={"en": "You are invited to {organization} on Plateau", "ja": "{organization} (Plateau) への招待"},
    text={
        "en": "You have been added to {organization}. Set a password to sign in. The link works once and expires in 3 "
        "days.",
        "ja": "{organization} のメンバーに追加されました。パスワードを設定してログインしてください。"
        "リンクは1回限り有効で、3日後に期限が切れます。",
    },
)
PASSWORD_RESET = NotificationKind(
    key="password_reset",
    subject={"en": "Reset your Plateau password", "ja": "Plateau のパスワード再設定"},
    text={
        "en": "Set a new password with this link. It works once and expires in 3 days. If you did not ask for it, "
        "ignore this e-mail: your password stays as it is.",
        "ja": "次のリンクから新しいパスワードを設定してください。リンクは1回限り有効で、3日後に期限が切れます。"
        "お心当たりがない場合は、このメールを破棄してください。パスワードは変更されません。",
    },
)
_OPEN = {"en": "Open in Plateau", "ja": "Plateau で開く"}
_SET_PASSWORD = {"en": "Set password", "ja": "パスワードを設定"}
_HELLO = {"en": "Hello {name},", "ja": "{name} 様"}
_FOOTER = {
    "en": "Choose which e-mails you receive: {url}",
    "ja": "受信するメールの設定: {url}",
}


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
    return text.format_map(_Known(parameters))


def words_of(email: Email) -> Words:
    """Subject and both bodies of an e-mail that is about to be sent."""
    user = email.recipient
    language = user.language if user.language in LANGUAGES else "en"
    is_of_account = email.notification is None
    kind = {"invitation": INVITATION, "password_reset": PASSWORD_RESET}.get(email.kind) or NOTIFICATION_KINDS[
        email.kind
    ]
    if email.notification is None:
        link, parameters = password_url(user), {"organization": email.organization.name}
    else:
        link = settings.PLATEAU_URL + email.notification.link
        actor = email.notification.actor
        parameters = {"actor": actor.name if actor else "Plateau"} | email.notification.parameters
    subject = re.sub(r"\s+", " ", _fill(kind.subject[language], parameters)).strip()[:200]
    text = _fill(kind.text[language], parameters)
    button = (_SET_PASSWORD if is_of_account else _OPEN)[language]
    footer = "" if is_of_account else _fill(_FOOTER[language], {"url": settings.PLATEAU_URL + "/inbox/settings"})
    hello = _fill(_HELLO[language], {"name": user.name})
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
    user: User = email.recipient
    message = EmailMultiAlternatives(words.subject, words.text, settings.DEFAULT_FROM_EMAIL, [user.email])
    message.attach_alternative(words.html, "text/html")
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    message.send()
