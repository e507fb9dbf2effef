"""SQL about throttles."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.models import ThrottleWindow
from subgraphs.auth.repository.upsert import insert_into


class ThrottleRepository:
    """Reads and writes `throttle_windows`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def hit(self, bucket: str, slot: int, *, expires_at: datetime) -> tuple[int, int]:
        """Count one more use; gives the uses in the window before and in this one, this use included."""
        statement = insert_into(self._session, ThrottleWindow).values(
            bucket=bucket, slot=slot, hits=1, expires_at=expires_at
        )
        counted = statement.on_conflict_do_update(
            index_elements=["bucket", "slot"], set_={"hits": ThrottleWindow.hits + 1}
        ).returning(ThrottleWindow.hits)
        hits = await self._session.scalar(counted) or 0
        before = await self._session.scalar(
            select(ThrottleWindow.hits).where(ThrottleWindow.bucket == bucket, ThrottleWindow.slot == slot - 1)
        )
        return before or 0, hits

    async def take_back(self, bucket: str, slot: int) -> None:
        """Count one use less in a window."""
        await self._session.execute(
            update(ThrottleWindow)
            .where(ThrottleWindow.bucket == bucket, ThrottleWindow.slot == slot, ThrottleWindow.hits > 0)
            .values(hits=ThrottleWindow.hits - 1)
        )

    async def purge(self, *, now: datetime) -> None:
        """Delete windows that no longer matter."""
        await self._session.execute(delete(ThrottleWindow).where(ThrottleWindow.expires_at < now))
