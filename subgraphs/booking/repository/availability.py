"""Figures of free seats, kept beside showtimes for searching."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models import Showtime

_SHOWTIMES: Final = Showtime.metadata.tables[Showtime.__tablename__]


@dataclass(frozen=True, slots=True)
class Figure:
    """How many seats are free at a version of the seat map."""

    version: int
    available: int


class AvailabilityRepository:
    """Reads and writes the figures within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def learn(self, figures: Mapping[str, Figure], *, now: datetime) -> None:
        """Write figures that are newer than what is known, by showtime."""
        statement = (
            update(_SHOWTIMES)
            .where(_SHOWTIMES.c.id == bindparam("showtime"), _SHOWTIMES.c.available_version < bindparam("version"))
            .values(available=bindparam("free"), available_version=bindparam("version"), available_at=now)
        )
        # In key order: two processes that learn the same events then wait for each other, never in a circle.
        values = [
            {"showtime": showtime_id, "version": figure.version, "free": figure.available}
            for showtime_id, figure in sorted(figures.items())
        ]
        await (await self._session.connection()).execute(statement, values)

    async def stale(self, *, before: datetime, now: datetime, limit: int) -> dict[str, int]:
        """Give showtimes to come whose figure was learnt before a moment, and its version."""
        statement = (
            select(Showtime.id, Showtime.available_version)
            .where(
                Showtime.starts_at > now,
                Showtime.cancelled_at.is_(None),
                or_(Showtime.available_at.is_(None), Showtime.available_at < before),
            )
            .order_by(Showtime.starts_at)
            .limit(limit)
        )
        return dict((await self._session.execute(statement)).all())

    async def refresh(self, asked: Mapping[str, int], answers: Mapping[str, int], *, now: datetime) -> None:
        """Write seat's answers, save where an event has brought a newer figure since it was asked.

        Args:
            asked: the showtimes, each with its figure's version when seat was asked.
            answers: free seats by showtime; those that seat does not know yet lack.
            now: noted for all of them.
        """
        statement = (
            update(_SHOWTIMES)
            .where(_SHOWTIMES.c.id == bindparam("showtime"), _SHOWTIMES.c.available_version == bindparam("seen"))
            .values(available=bindparam("free"), available_at=now)
        )
        connection = await self._session.connection()
        values = [
            {"showtime": showtime_id, "seen": asked[showtime_id], "free": answers[showtime_id]}
            for showtime_id in sorted(asked)
            if showtime_id in answers
        ]
        if values:
            await connection.execute(statement, values)
        unknown = sorted(asked.keys() - answers.keys())
        if unknown:
            await connection.execute(update(_SHOWTIMES).where(_SHOWTIMES.c.id.in_(unknown)).values(available_at=now))
