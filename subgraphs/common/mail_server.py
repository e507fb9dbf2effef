"""Where mail is handed over, as one URL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

_PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """An SMTP server (RFC 5321).

    Attributes:
        host: its name, which its certificate has to bear.
        port: of the server.
        tls: encrypted from the first byte (`smtps`).
        starttls: encrypted after a greeting, and nothing is sent where that fails (RFC 3207).
        username: None where the server wants no login.
        password: never printed.
    """

    host: str
    port: int
    tls: bool
    starttls: bool
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> MailServer:
        """Read `smtp://[user:password@]host[:port][?starttls=never]` or `smtps://…`.

        Raises:
            ValueError: it is no such URL; the message does not repeat it, as it holds a password.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError("no address of a mail server") from None
        options = parse_qs(parts.query, keep_blank_values=True)
        if parts.scheme not in _PORTS or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError(
                "a mail server is named as smtp://user:password@host:587 or smtps://user:password@host:465"
            )
        if set(options) - {"starttls"} or options.get("starttls", ["always"]) not in (["always"], ["never"]):
            raise ValueError("the one option of a mail server is starttls=never (or always)")
        if parts.username and parts.password is None:
            raise ValueError("a mail server's user needs a password: smtp://user:password@host")
        return cls(
            host=parts.hostname,
            port=port or _PORTS[parts.scheme],
            tls=parts.scheme == "smtps",
            starttls=parts.scheme == "smtp" and options.get("starttls") != ["never"],
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password is not None else None,
        )
