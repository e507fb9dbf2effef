"""The outbox's handlers for mail. Tokens are made when their mail is sent: none lies in the outbox.

Whether an address is known is found out here, after the request was answered: the answer cannot tell, nor its time.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.models import MailToken, MailTokenPurpose
from subgraphs.auth.repository.mail_tokens import MailTokenRepository
from subgraphs.auth.repository.outbox import forget_partitions
from subgraphs.auth.repository.users import UserRepository
from subgraphs.auth.service.letters import Letters, Notice
from subgraphs.auth.service.secret_tokens import new_token
from subgraphs.auth.settings import AuthSettings
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.mailer import Mailer, hand_over
from subgraphs.common.outbox import Handler, Outbox


class MailSending:
    """Sends what the outbox holds."""

    def __init__(
        self, database: Database, mailer: Mailer, letters: Letters, *, settings: AuthSettings, clock: Clock
    ) -> None:
        self._database = database
        self._mailer = mailer
        self._letters = letters
        self._settings = settings
        self._clock = clock

    @property
    def handlers(self) -> dict[str, Handler]:
        """The handlers by kind."""
        return {
            "mail.passwordReset": self._password_reset,
            "mail.confirmEmail": self._confirm_email,
            "mail.notice": self._notice,
        }

    async def _password_reset(self, payload: dict[str, Any]) -> None:
        async with self._database.read() as session:
            user = await UserRepository(session).by_email(payload["emailKey"])
        if user is None or user.email is None or user.password_hash is None:
            return
        life = timedelta(minutes=self._settings.reset_token_minutes)
        token = await self._token(user.id, user.email, MailTokenPurpose.RESET_PASSWORD, life=life)
        if token is not None:
            await hand_over(self._mailer, self._letters.password_reset(to=user.email, token=token))

    async def _confirm_email(self, payload: dict[str, Any]) -> None:
        user_id, email = payload["userId"], payload["email"]
        life = timedelta(hours=self._settings.confirm_token_hours)
        token = await self._token(user_id, email, MailTokenPurpose.CONFIRM_EMAIL, life=life)
        if token is not None:
            await hand_over(self._mailer, self._letters.confirm_email(to=email, token=token))

    async def _notice(self, payload: dict[str, Any]) -> None:
        await hand_over(self._mailer, self._letters.notice(Notice(payload["notice"]), to=payload["email"]))

    async def _token(self, user_id: str, email: str, purpose: MailTokenPurpose, *, life: timedelta) -> str | None:
        """Make a token, unless the person has left: locked, so that a deletion finds the token or comes before it."""
        token = new_token()
        row = MailToken(
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            user_id=user_id,
            purpose=purpose.value,
            email=email,
            expires_at=self._clock.now() + life,
        )
        async with self._database.write() as session:
            if await UserRepository(session).one(user_id, locked=True) is None:
                return None
            MailTokenRepository(session).add(row)
        return token


class Mails:
    """Puts mails into the outbox, in the caller's unit of work. Call `wake` after the commit."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def password_reset(self, session: AsyncSession, *, email_key: str) -> None:
        """Send a reset token to that mailbox, if it is somebody's."""
        self._outbox.put(session, "mail.passwordReset", {"emailKey": email_key}, partition=_mailbox(email_key))

    def confirm_email(self, session: AsyncSession, *, user_id: str, email: str) -> None:
        """Send a token that proves that the person reads this mailbox."""
        payload = {"userId": user_id, "email": email}
        self._outbox.put(session, "mail.confirmEmail", payload, partition=f"mail:{user_id}")

    def notice(self, session: AsyncSession, notice: Notice, *, user_id: str, email: str) -> None:
        """Tell a person what happened to their account."""
        payload = {"notice": notice.value, "email": email}
        self._outbox.put(session, "mail.notice", payload, partition=f"mail:{user_id}")

    async def forget(self, session: AsyncSession, *, user_id: str, email_key: str) -> None:
        """Delete the mails that wait for a person who leaves."""
        await forget_partitions(session, [f"mail:{user_id}", _mailbox(email_key)])

    async def pending(self) -> int:
        """Count the mails that have not gone out."""
        return await self._outbox.pending()

    def wake(self) -> None:
        """Have the relay look now."""
        self._outbox.wake()


def _mailbox(email_key: str) -> str:
    return f"mailbox:{hashlib.sha256(email_key.encode()).hexdigest()}"
