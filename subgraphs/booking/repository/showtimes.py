"""Showtimes in the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models import Showtime
from subgraphs.booking.repository.records import SHOWTIME_COLUMNS, ShowtimeRecord


class ShowtimeRepository:
    """Reads and writes showtimes within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_ids(self, ids: Sequence[str]) -> dict[str, ShowtimeRecord]:
        """Read showtimes; unknown ids are left out."""
        rows = await self._session.execute(select(*SHOWTIME_COLUMNS).where(Showtime.id.in_(ids)))
        return {row.id: ShowtimeRecord(*row) for row in rows}
