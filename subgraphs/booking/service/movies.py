"""Films: finding, making, changing."""

from __future__ import annotations

from collections.abc import Sequence

from subgraphs.booking.repository.movies import MovieRepository
from subgraphs.booking.repository.records import MovieRecord
from subgraphs.common.database import Database


class MovieService:
    """What may be done with films."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_ids(self, ids: Sequence[str]) -> dict[str, MovieRecord]:
        """Read films; unknown ids are left out."""
        async with self._database.read() as session:
            return await MovieRepository(session).by_ids(ids)
