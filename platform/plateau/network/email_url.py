"""Where e-mail is handed over, written as a URL."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class MailServer:
    """A mail server; without a host, none is set up.

    Attributes:
        starttls: The connection begins in the clear and is encrypted before anything is said.
        tls: It is encrypted from the first byte on.
    """

    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False


def parse_email_url(url: str) -> MailServer:
    """The server of `smtp://user:password@host:587` or `smtps://…`; an empty text: none.

    `smtp://` means STARTTLS, but for a server on this machine or with `?tls=0`.

    Raises:
        ValueError: it is no such URL.

    >>> parse_email_url("smtps://me%40example.com:s3cret@mail.example.com")
    MailServer(host='mail.example.com', port=465, user='me@example.com', password='s3cret', starttls=False, tls=True)
    """
    if not url:
        return MailServer()
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("EMAIL_URL must read smtp://user:password@host:587 or smtps://user:password@host:465")
    is_local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    tls = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if tls else 25 if is_local else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=not tls and not is_local and "tls=0" not in parts.query,
        tls=tls,
    )
