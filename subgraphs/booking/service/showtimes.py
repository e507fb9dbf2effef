"""Showtimes: finding them. Planning them is in `scheduling`."""

from __future__ import annotations

from collections.abc import Sequence

from subgraphs.booking.models import ShowtimeStatus
from subgraphs.booking.paging import Page, PageRequest
from subgraphs.booking.repository.records import ShowtimeRecord
from subgraphs.booking.repository.showtimes import ShowtimeQuery, ShowtimeRepository
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database


class ShowtimeService:
    """What may be asked about showtimes."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def by_ids(self, ids: Sequence[str]) -> dict[str, ShowtimeRecord]:
        """Read showtimes; unknown ids are left out."""
        async with self._database.read() as session:
            return await ShowtimeRepository(session).by_ids(ids)

    async def page(self, query: ShowtimeQuery, request: PageRequest) -> Page[ShowtimeRecord]:
        """Find showtimes, by start."""
        async with self._database.read() as session:
            return await ShowtimeRepository(session).page(query, request, now=self._clock.now())

    async def count(self, query: ShowtimeQuery) -> int:
        """Count the showtimes that fit."""
        async with self._database.read() as session:
            return await ShowtimeRepository(session).count(query, now=self._clock.now())

    async def pages_of_movies(
        self, movie_ids: Sequence[str], query: ShowtimeQuery, request: PageRequest
    ) -> dict[str, Page[ShowtimeRecord]]:
        """Find the same page of several films' showtimes; films without any are left out."""
        async with self._database.read() as session:
            return await ShowtimeRepository(session).pages_of_movies(movie_ids, query, request, now=self._clock.now())

    async def counts_of_movies(self, movie_ids: Sequence[str], query: ShowtimeQuery) -> dict[str, int]:
        """Count several films' showtimes; films without any are left out."""
        async with self._database.read() as session:
            return await ShowtimeRepository(session).counts_of_movies(movie_ids, query, now=self._clock.now())

    def status_of(self, showtime: ShowtimeRecord) -> ShowtimeStatus:
        """Tell where a showtime stands now."""
        now = self._clock.now()
        if showtime.cancelled_at is not None:
            return ShowtimeStatus.CANCELLED
        if now < showtime.sale_starts_at:
            return ShowtimeStatus.SCHEDULED
        return ShowtimeStatus.ON_SALE if now < showtime.sale_ends_at else ShowtimeStatus.SALE_ENDED
