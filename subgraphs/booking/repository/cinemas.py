"""Cinemas in the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models import Cinema
from subgraphs.booking.repository.records import CINEMA_COLUMNS, CinemaRecord


class CinemaRepository:
    """Reads and writes cinemas within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_ids(self, ids: Sequence[str]) -> dict[str, CinemaRecord]:
        """Read cinemas; unknown ids are left out."""
        rows = await self._session.execute(select(*CINEMA_COLUMNS).where(Cinema.id.in_(ids)))
        return {row.id: CinemaRecord(*row) for row in rows}
