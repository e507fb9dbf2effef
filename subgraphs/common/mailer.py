"""Sending mail. Without a mail server each message becomes an `.eml` file, which any mail program opens."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol

import structlog

from subgraphs.common.ids import new_id
from subgraphs.common.mail_server import MailServer
from subgraphs.common.settings import MailSettings

log = structlog.get_logger(__name__)

_SECONDS: Final = 15.0


class MailRefused(Exception):
    """The server will never take this message: the address does not exist, or the message is not to its liking."""


class Mailer(Protocol):
    """Hands a message over for delivery."""

    async def send(self, message: EmailMessage) -> None:
        """Deliver one message.

        Raises:
            OSError: it could not be handed over; the same call may be tried again.
            MailRefused: a repetition would not change the answer.
        """
        ...


class FileMailer:
    """Writes each message to a folder, and says where."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: EmailMessage) -> None:
        path = self._folder / f"{new_id()}.eml"
        await asyncio.to_thread(self._write, path, message.as_bytes())
        log.info("mail.written", path=str(path), subject=message["Subject"])

    def _write(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(content)
        unfinished.rename(path)


class SmtpMailer:
    """Hands each message to a mail server, over a connection of its own: mails are few, and a server may restart."""

    def __init__(self, server: MailServer, *, timeout_seconds: float = _SECONDS) -> None:
        self._server = server
        self._timeout_seconds = timeout_seconds

    async def send(self, message: EmailMessage) -> None:
        import aiosmtplib  # noqa: PLC0415 - only where a mail server is set

        server = self._server
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await aiosmtplib.send(
                    message,
                    hostname=server.host,
                    port=server.port,
                    username=server.username,
                    password=server.password,
                    use_tls=server.tls,
                    start_tls=server.starttls,
                    timeout=self._timeout_seconds,
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(is_final(one.code) for one in error.recipients):
                raise MailRefused(str(error.recipients[0].code)) from error
            raise ConnectionError("the mail server takes no mail for this address now") from error
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
            if is_final(error.code):
                raise MailRefused(f"{error.code} {error.message}") from error
            raise ConnectionError(f"the mail server answered {error.code}") from error
        except (aiosmtplib.SMTPException, ValueError) as error:
            # A server that lacks TLS or refuses the login is a fault of the settings: mended, the mails go out.
            raise ConnectionError(f"the mail server {server.host} cannot be used: {error!r}") from error


async def hand_over(mailer: Mailer, message: EmailMessage) -> bool:
    """Send a message, and give it up where it is refused for good; tells whether it went out.

    Raises:
        OSError: as `Mailer.send`.
    """
    try:
        await mailer.send(message)
    except MailRefused as error:
        # Whose it was is not for a log; the id finds it at the mail server.
        log.warning("mail.refused", id=message["Message-ID"], subject=message["Subject"], answer=str(error))
        return False
    return True


def is_final(code: int) -> bool:
    """Tell whether an SMTP reply means never (RFC 5321, section 4.2.1: 5yz), not just now."""
    return code // 100 == 5  # noqa: PLR2004 - the class of replies


def mailer_for(settings: MailSettings) -> Mailer:
    """Give the mailer that the settings name."""
    url = settings.mail_url.get_secret_value()
    return SmtpMailer(MailServer.parse(url)) if url else FileMailer(settings.data_dir / "mail")
