"""Sending mail. Without a mail server each message becomes an `.eml` file, which any mail program opens."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

import structlog

from subgraphs.common.ids import new_id

log = structlog.get_logger(__name__)


class Mailer(Protocol):
    """Hands a message over for delivery."""

    async def send(self, message: EmailMessage) -> None:
        """Deliver one message.

        Raises:
            OSError: it could not be handed over; the same call may be tried again.
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
