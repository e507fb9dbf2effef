"""SQL about signing keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.models import SigningKeyRow
from subgraphs.auth.repository.upsert import insert_into


class SigningKeyRepository:
    """Reads and writes `signing_keys`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def published(self, *, now: datetime) -> list[SigningKeyRow]:
        """Give the keys whose tokens may be valid now or soon, oldest first."""
        statement = select(SigningKeyRow).where(
            or_(SigningKeyRow.published_until.is_(None), SigningKeyRow.published_until > now)
        )
        return list(await self._session.scalars(statement.order_by(SigningKeyRow.generation)))

    async def add(self, row: dict[str, Any]) -> bool:
        """Insert a key; False when another process made this generation first."""
        statement = insert_into(self._session, SigningKeyRow).values(row)
        added = statement.on_conflict_do_nothing(index_elements=["generation"]).returning(SigningKeyRow.kid)
        return await self._session.scalar(added) is not None

    async def retire_before(self, generation: int, *, published_until: datetime) -> None:
        """Set an end to the publication of all older keys that have none."""
        await self._session.execute(
            update(SigningKeyRow)
            .where(SigningKeyRow.generation < generation, SigningKeyRow.published_until.is_(None))
            .values(published_until=published_until)
        )

    async def purge(self, *, now: datetime) -> None:
        """Delete keys that are no longer published."""
        await self._session.execute(delete(SigningKeyRow).where(SigningKeyRow.published_until < now))
