"""Showtimes: finding them."""

from __future__ import annotations

from collections.abc import Sequence

from subgraphs.booking.models import ShowtimeStatus
from subgraphs.booking.repository.records import ShowtimeRecord
from subgraphs.booking.repository.showtimes import ShowtimeRepository
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

    def status_of(self, showtime: ShowtimeRecord) -> ShowtimeStatus:
        """Tell where a showtime stands now."""
        now = self._clock.now()
        if showtime.cancelled_at is not None:
            return ShowtimeStatus.CANCELLED
        if now < showtime.sale_starts_at:
            return ShowtimeStatus.SCHEDULED
        return ShowtimeStatus.ON_SALE if now < showtime.sale_ends_at else ShowtimeStatus.SALE_ENDED
