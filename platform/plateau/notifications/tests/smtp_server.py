"""A mail server that keeps what it is given: enough of SMTP (RFC 5321) for a client to hand messages over."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class Mailbox:
    """What arrived, and how the server answers recipients."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refusal: str = ""  # such as `451 try again later`


class _Handler(socketserver.StreamRequestHandler):
    server: "_Server"

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        mailbox = self.server.mailbox
        self.say("220 test ready")
        while command := self.rfile.readline().decode().strip():
            verb = command.split(" ")[0].upper()
            if verb == "QUIT":
                self.say("221 bye")
                return
            if verb == "RCPT" and mailbox.refusal:
                self.say(mailbox.refusal)
            elif verb == "RCPT":
                mailbox.recipients.append(command.partition(":")[2].strip(" <>"))
                self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
                message = message_from_bytes(b"".join(lines), policy=default)
                assert isinstance(message, EmailMessage)
                mailbox.messages.append(message)
                self.say("250 kept")
            else:
                self.say("250 ok" if verb in ("EHLO", "HELO", "MAIL", "RSET", "NOOP") else "502 unknown")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    mailbox: Mailbox


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    """A server on a free port of this machine."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.mailbox = Mailbox(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.mailbox
        finally:
            server.shutdown()
            thread.join()
