"""Films in the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models import Movie
from subgraphs.booking.repository.records import MOVIE_COLUMNS, MovieRecord


class MovieRepository:
    """Reads and writes films within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_ids(self, ids: Sequence[str]) -> dict[str, MovieRecord]:
        """Read films; unknown ids are left out."""
        rows = await self._session.execute(select(*MOVIE_COLUMNS).where(Movie.id.in_(ids)))
        return {row.id: MovieRecord(*row) for row in rows}
