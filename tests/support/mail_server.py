"""A real SMTP server in the test's own process, which can refuse, delay and hang up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8
from typing import Any

from aiosmtpd.smtp import SMTP


@dataclass
class MailServer:
    """What it took, and how it answers.

    Attributes:
        answer: the reply to a message; `250 …` takes it.
        hangs: it takes no message until this is over.
    """

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    answer: str = "250 OK"
    recipient_answer: str = ""
    hangs: asyncio.Event | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?starttls=never"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name and arguments
        del server, session, options
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        del server, session
        if self.hangs is not None:
            await self.hangs.wait()
        if self.answer.startswith("250"):
            message = message_from_bytes(envelope.content, policy=SMTPUTF8)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
        return self.answer


@contextlib.asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """Run one on a free port."""
    state = MailServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(state, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        if state.hangs is not None:
            state.hangs.set()
        server.close()
        await server.wait_closed()
