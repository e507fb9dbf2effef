"""Cinemas: finding, making, changing."""

from __future__ import annotations

from collections.abc import Sequence

from subgraphs.booking.repository.cinemas import CinemaRepository
from subgraphs.booking.repository.records import CinemaRecord
from subgraphs.common.database import Database


class CinemaService:
    """What may be done with cinemas."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_ids(self, ids: Sequence[str]) -> dict[str, CinemaRecord]:
        """Read cinemas; unknown ids are left out."""
        async with self._database.read() as session:
            return await CinemaRepository(session).by_ids(ids)
