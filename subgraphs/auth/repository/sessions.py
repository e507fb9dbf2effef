"""SQL about sessions and refresh tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.models import RefreshToken, Session, User


class SessionRepository:
    """Reads and writes `sessions` and `refresh_tokens`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open(self, session_id: str, user_id: str, *, now: datetime, expires_at: datetime) -> None:
        """Begin a session."""
        self._session.add(Session(id=session_id, user_id=user_id, created_at=now, expires_at=expires_at))
        await self._session.flush()

    async def add_token(self, session_id: str, token_hash: str, *, expires_at: datetime) -> None:
        """Add the family's next refresh token; the session lives as long as it."""
        self._session.add(RefreshToken(token_hash=token_hash, session_id=session_id, expires_at=expires_at))
        await self._session.execute(update(Session).where(Session.id == session_id).values(expires_at=expires_at))

    async def use_token(self, token_hash: str, *, now: datetime) -> str | None:
        """Use a token up, once: gives its session's id, None when it was used, has expired, or never was."""
        statement = (
            update(RefreshToken)
            .where(RefreshToken.token_hash == token_hash, RefreshToken.used_at.is_(None), RefreshToken.expires_at > now)
            .values(used_at=now)
            .returning(RefreshToken.session_id)
        )
        return await self._session.scalar(statement)

    async def of_used_token(self, token_hash: str) -> tuple[str, str] | None:
        """Give the session and the user of a token that was used before; None for any other."""
        statement = (
            select(Session.id, Session.user_id)
            .join(RefreshToken, RefreshToken.session_id == Session.id)
            .where(RefreshToken.token_hash == token_hash, RefreshToken.used_at.is_not(None))
        )
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def user_of(self, session_id: str) -> User | None:
        """Give the user of a session that has not ended. The session stays locked until the unit of work ends."""
        statement = (
            select(User)
            .join(Session, Session.user_id == User.id)
            .where(Session.id == session_id, Session.ended_at.is_(None), User.deleted_at.is_(None))
            .with_for_update(of=Session)
        )
        return await self._session.scalar(statement)

    async def end(self, session_id: str, *, now: datetime) -> bool:
        """End a session; False when it had ended."""
        statement = update(Session).where(Session.id == session_id, Session.ended_at.is_(None)).values(ended_at=now)
        return await self._session.scalar(statement.returning(Session.id)) is not None

    async def end_all(self, user_id: str, *, now: datetime, but: str | None = None) -> None:
        """End a user's sessions, except one."""
        statement = update(Session).where(Session.user_id == user_id, Session.ended_at.is_(None))
        if but is not None:
            statement = statement.where(Session.id != but)
        await self._session.execute(statement.values(ended_at=now))

    async def forget_all(self, user_id: str) -> None:
        """Delete a user's sessions with their tokens."""
        await self._session.execute(delete(Session).where(Session.user_id == user_id))

    async def purge(self, *, now: datetime) -> None:
        """Delete sessions whose last token has expired, and with them their tokens."""
        await self._session.execute(delete(Session).where(Session.expires_at < now))
        await self._session.execute(delete(RefreshToken).where(RefreshToken.expires_at < now))
