"""SQL of showtimes, their packed maps and the event log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.seat.models.records import SeatEvent, ShowtimeRecord
from subgraphs.seat.models.tables import EVENTS, SHOWTIMES
from subgraphs.seat.repository.ledger import ShowtimeLedger
from subgraphs.seat.seating.statuses import Counts, unpacked_changes

Now = Callable[[], ColumnElement[datetime]]
"""Gives the deciding clock's SQL expression (`Database.now`)."""


def showtime_columns(now: Now) -> list[Any]:
    """Give what a `ShowtimeRecord` is read from."""
    row = SHOWTIMES.c
    return [
        row.id,
        row.cinema_id,
        row.auditorium_id,
        row.layout_id,
        row.sale_starts_at,
        row.sale_ends_at,
        row.hold_seconds,
        row.hold_cap_seconds,
        row.revision,
        row.closed_at,
        row.version,
        row.statuses,
        row.total,
        row.available,
        row.held,
        row.sold,
        row.blocked,
        now().label("now"),
    ]


def showtime_record(row: Sequence[Any]) -> ShowtimeRecord:
    """Build the record from a row of `showtime_columns`, which may have more columns after them."""
    values = [*row[:12], Counts(*row[12:17]), row[17]]
    return ShowtimeRecord(*values)


class ShowtimeRepository:
    """Reads and writes within the caller's unit of work."""

    def __init__(self, session: AsyncSession, now: Now) -> None:
        self._session = session
        self._now = now

    def _query(self) -> Select[Any]:
        return select(*showtime_columns(self._now))

    async def find(self, showtime_id: str) -> ShowtimeRecord | None:
        """Read one, None when it is unknown."""
        row = (await self._session.execute(self._query().where(SHOWTIMES.c.id == showtime_id))).first()
        return showtime_record(row) if row is not None else None

    async def find_many(self, showtime_ids: Sequence[str], *, lock: bool = False) -> dict[str, ShowtimeRecord]:
        """Read many with one statement, by id; unknown ones are left out."""
        query = self._query().where(SHOWTIMES.c.id.in_(showtime_ids)).order_by(SHOWTIMES.c.id)
        rows = await self._session.execute(query.with_for_update() if lock else query)
        return {row.id: showtime_record(row) for row in rows}

    async def lock(self, showtime_id: str) -> ShowtimeRecord | None:
        """Read one and keep others from changing it. Take the seats' locks first (see the package)."""
        query = self._query().where(SHOWTIMES.c.id == showtime_id).with_for_update()
        row = (await self._session.execute(query)).first()
        return showtime_record(row) if row is not None else None

    async def write(self, ledger: ShowtimeLedger) -> None:
        """Write a ledger's versions: the packed map, the counts, and a row of the log each."""
        if not ledger.events:
            return
        statuses = ledger.statuses
        values = {"version": ledger.version, "statuses": statuses, **asdict(Counts.of(statuses))}
        await self._session.execute(update(SHOWTIMES).where(SHOWTIMES.c.id == ledger.showtime.id).values(values))
        at = ledger.showtime.now
        await self._session.execute(insert(EVENTS), [{**event, "at": at} for event in ledger.events])

    async def close(self, showtime_id: str, *, at: datetime) -> None:
        """Mark a locked showtime as cancelled."""
        await self._session.execute(update(SHOWTIMES).where(SHOWTIMES.c.id == showtime_id).values(closed_at=at))

    async def events_after(self, showtime_id: str, version: int, *, limit: int) -> list[SeatEvent]:
        """Read the log from the version after the one named, in order."""
        row = EVENTS.c
        query = (
            select(row.version, row.at, row.cause, row.subject, row.actor, row.changes)
            .where(row.showtime_id == showtime_id, row.version > version)
            .order_by(row.version)
            .limit(limit)
        )
        rows = await self._session.execute(query)
        return [SeatEvent(*event[:5], changes=tuple(unpacked_changes(event.changes))) for event in rows]

    async def version_of(self, showtime_id: str) -> int | None:
        """Read only the version."""
        version: int | None = await self._session.scalar(
            select(SHOWTIMES.c.version).where(SHOWTIMES.c.id == showtime_id)
        )
        return version

    async def all_ids(self) -> list[str]:
        """Read the ids of all showtimes."""
        return list(await self._session.scalars(select(SHOWTIMES.c.id).order_by(SHOWTIMES.c.id)))
