"""SQL about tokens sent by mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.models import MailToken, MailTokenPurpose


class MailTokenRepository:
    """Reads and writes `mail_tokens`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, token: MailToken) -> None:
        """Insert a token."""
        self._session.add(token)

    async def find(self, token_hash: str, purpose: MailTokenPurpose, *, now: datetime) -> MailToken | None:
        """Give a token that can be used now."""
        return await self._session.scalar(
            select(MailToken).where(
                MailToken.token_hash == token_hash, MailToken.purpose == purpose.value, MailToken.expires_at > now
            )
        )

    async def use(self, token_hash: str, purpose: MailTokenPurpose, *, now: datetime) -> tuple[str, str] | None:
        """Use a token up, once: gives the user's id and the mailbox; None when it cannot be used (any more)."""
        statement = (
            delete(MailToken)
            .where(MailToken.token_hash == token_hash, MailToken.purpose == purpose.value, MailToken.expires_at > now)
            .returning(MailToken.user_id, MailToken.email)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def forget(self, user_id: str, *purposes: MailTokenPurpose) -> None:
        """Delete a user's tokens for these purposes."""
        await self._session.execute(
            delete(MailToken).where(
                MailToken.user_id == user_id, MailToken.purpose.in_([purpose.value for purpose in purposes])
            )
        )

    async def purge(self, *, now: datetime) -> None:
        """Delete tokens that have expired."""
        await self._session.execute(delete(MailToken).where(MailToken.expires_at < now))
