"""SQL of seat claims: who has which seat. What is free is decided by time in the statements that look and take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.seat.models.records import ClaimRecord, HoldRecord, ShowtimeRecord
from subgraphs.seat.models.tables import CLAIMS, SHOWTIMES
from subgraphs.seat.repository.showtimes import Now, showtime_columns, showtime_record

_FREED: dict[str, Any] = {"status": "A", "hold_id": None, "booking_id": None, "fence": None, "expires_at": None}


class ClaimRepository:
    """Reads, locks and writes claims within the caller's unit of work."""

    def __init__(self, session: AsyncSession, now: Now) -> None:
        self._session = session
        self._now = now

    def _lapsed(self) -> ColumnElement[bool]:
        return and_(CLAIMS.c.status == "H", CLAIMS.c.expires_at <= self._now())

    def _to_be_had(self) -> ColumnElement[bool]:
        return or_(CLAIMS.c.status == "A", self._lapsed())

    def _columns(self) -> list[Any]:
        row = CLAIMS.c
        lapsed = and_(row.status == "H", row.expires_at.is_not(None), row.expires_at <= self._now())
        return [row.position, row.status, row.hold_id, row.booking_id, row.fence, lapsed.label("is_lapsed")]

    async def survey(
        self, showtime_id: str, positions: Sequence[int]
    ) -> tuple[ShowtimeRecord, list[ClaimRecord]] | None:
        """Read a showtime and the claims of some of its seats with one statement, without locks.

        Returns:
            None when there is no such showtime, or it has none of these positions.
        """
        columns = showtime_columns(self._now)
        query = (
            select(*columns, *self._columns())
            .join(CLAIMS, CLAIMS.c.showtime_id == SHOWTIMES.c.id)
            .where(SHOWTIMES.c.id == showtime_id, CLAIMS.c.position.in_(positions))
            .order_by(CLAIMS.c.position)
        )
        rows = (await self._session.execute(query)).all()
        if not rows:
            return None
        return showtime_record(rows[0]), [_claim(row[len(columns) :]) for row in rows]

    async def all_of(self, showtime_id: str) -> list[ClaimRecord]:
        """Read all claims of a showtime in layout order, without locks."""
        query = select(*self._columns()).where(CLAIMS.c.showtime_id == showtime_id)
        return [_claim(row) for row in await self._session.execute(query.order_by(CLAIMS.c.position))]

    async def lapsed_positions(self, showtime_id: str) -> list[int]:
        """Read which seats are held by holds whose time is over."""
        query = select(CLAIMS.c.position).where(CLAIMS.c.showtime_id == showtime_id, self._lapsed())
        return list(await self._session.scalars(query))

    async def lock_free(self, showtime_id: str, positions: Sequence[int], *, wait: bool = False) -> list[ClaimRecord]:
        """Lock those of the seats that are free or lapsed, in key order.

        Seats that somebody else has locked are passed over, unless `wait` says to learn what becomes of them.
        """
        query = (
            select(*self._columns())
            .where(CLAIMS.c.showtime_id == showtime_id, CLAIMS.c.position.in_(positions), self._to_be_had())
            .order_by(CLAIMS.c.position)
            .with_for_update(skip_locked=not wait)
        )
        return [_claim(row) for row in await self._session.execute(query)]

    async def lock(self, showtime_id: str, positions: Sequence[int]) -> list[ClaimRecord]:
        """Lock seats in key order, waiting for whoever has them."""
        return await self._locked(
            CLAIMS.c.showtime_id == showtime_id, CLAIMS.c.position.in_(positions), skip_locked=False
        )

    async def lock_with_booking(
        self, showtime_id: str, positions: Sequence[int], *, booking_id: str
    ) -> list[ClaimRecord]:
        """Lock seats, and with them whatever the booking holds or has bought, in key order."""
        wanted = or_(CLAIMS.c.position.in_(positions), CLAIMS.c.booking_id == booking_id)
        return await self._locked(CLAIMS.c.showtime_id == showtime_id, wanted, skip_locked=False)

    async def lock_held(self, showtime_id: str) -> list[ClaimRecord]:
        """Lock all seats that are held at a showtime, in key order."""
        return await self._locked(CLAIMS.c.showtime_id == showtime_id, CLAIMS.c.status == "H", skip_locked=False)

    async def lock_lapsed(self, showtime_id: str, hold_ids: Sequence[str] | None = None) -> list[ClaimRecord]:
        """Lock the lapsed seats of a showtime (of some holds only) that nobody else has locked. Waits for nobody."""
        mine = [] if hold_ids is None else [CLAIMS.c.hold_id.in_(hold_ids)]
        return await self._locked(CLAIMS.c.showtime_id == showtime_id, self._lapsed(), *mine, skip_locked=True)

    async def _locked(self, *where: ColumnElement[bool], skip_locked: bool) -> list[ClaimRecord]:
        query = (
            select(*self._columns()).where(*where).order_by(CLAIMS.c.position).with_for_update(skip_locked=skip_locked)
        )
        return [_claim(row) for row in await self._session.execute(query)]

    async def take(self, hold: HoldRecord) -> bool:
        """Give locked seats to a hold; false, with nothing to be kept, unless every one can be had at this moment."""
        values = {
            "status": "H",
            "hold_id": hold.id,
            "booking_id": None,
            "fence": hold.fence,
            "expires_at": hold.expires_at,
        }
        return await self._update(hold.showtime_id, hold.positions, self._to_be_had(), values=values)

    async def sell_held(self, hold: HoldRecord) -> bool:
        """Make a hold's seats SOLD to its booking; false unless every one is still the hold's, in time or pinned."""
        row = CLAIMS.c
        still = and_(
            row.status == "H",
            row.hold_id == hold.id,
            row.fence == hold.fence,
            or_(row.expires_at.is_(None), row.expires_at > self._now()),
        )
        values = {"status": "S", "hold_id": None, "booking_id": hold.booking_id, "expires_at": None}
        return await self._update(hold.showtime_id, hold.positions, still, values=values)

    async def sell(self, showtime_id: str, positions: Sequence[int], *, booking_id: str, fence: int) -> bool:
        """Make locked seats SOLD; false unless each is free, lapsed, or this booking's already."""
        can_be_had = or_(self._to_be_had(), CLAIMS.c.booking_id == booking_id)
        values = {"status": "S", "hold_id": None, "booking_id": booking_id, "fence": fence, "expires_at": None}
        return await self._update(showtime_id, positions, can_be_had, values=values)

    async def set_time(self, hold: HoldRecord, *, expires_at: datetime | None) -> bool:
        """Change until when a hold's seats are kept, None for as long as it is pinned; false unless it is in time."""
        row = CLAIMS.c
        still = and_(
            row.status == "H", row.hold_id == hold.id, or_(row.expires_at.is_(None), row.expires_at > self._now())
        )
        return await self._update(hold.showtime_id, hold.positions, still, values={"expires_at": expires_at})

    async def bind(self, hold: HoldRecord, *, booking_id: str) -> bool:
        """Fence a hold's seats to a booking; false unless every one is still the hold's and in time."""
        row = CLAIMS.c
        still = and_(
            row.status == "H", row.hold_id == hold.id, or_(row.expires_at.is_(None), row.expires_at > self._now())
        )
        return await self._update(hold.showtime_id, hold.positions, still, values={"booking_id": booking_id})

    async def free(self, showtime_id: str, positions: Sequence[int]) -> None:
        """Make locked seats AVAILABLE."""
        await self._update(showtime_id, positions, values=_FREED)

    async def block(self, showtime_id: str, positions: Sequence[int]) -> None:
        """Make locked seats BLOCKED."""
        await self._update(showtime_id, positions, values={**_FREED, "status": "B"})

    async def _update(
        self, showtime_id: str, positions: Sequence[int], *where: ColumnElement[bool], values: dict[str, Any]
    ) -> bool:
        statement = (
            update(CLAIMS)
            .where(CLAIMS.c.showtime_id == showtime_id, CLAIMS.c.position.in_(positions), *where)
            .values(values)
        )
        done = await self._session.execute(statement)
        return isinstance(done, CursorResult) and done.rowcount == len(positions)

    async def lapsed_showtimes(self, *, limit: int) -> list[str]:
        """Read which showtimes have lapsed seats, those waiting longest first."""
        query = select(CLAIMS.c.showtime_id).where(self._lapsed()).order_by(CLAIMS.c.expires_at).limit(limit)
        return list(dict.fromkeys(await self._session.scalars(query)))


def _claim(row: Sequence[Any]) -> ClaimRecord:
    position, status, hold_id, booking_id, fence, is_lapsed = row
    return ClaimRecord(position, status, hold_id, booking_id, fence, bool(is_lapsed))
