"""SQL of holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.ids import showtime_of
from subgraphs.seat.models.records import HoldRecord, HoldState
from subgraphs.seat.models.tables import HOLDS, SHOWTIMES
from subgraphs.seat.repository.showtimes import Now

_LIVE = HoldState.LIVE.value


class HoldRepository:
    """Reads and writes holds within the caller's unit of work."""

    def __init__(self, session: AsyncSession, now: Now) -> None:
        self._session = session
        self._now = now

    def _columns(self) -> list[Any]:
        row = HOLDS.c
        return [
            row.id,
            row.showtime_id,
            SHOWTIMES.c.cinema_id,
            SHOWTIMES.c.layout_id,
            row.owner_id,
            row.positions,
            row.fence,
            row.state,
            row.booking_id,
            row.pinned,
            row.expires_at,
            row.max_expires_at,
            self._is_live().label("is_live"),
            self._now().label("now"),
        ]

    def _is_live(self) -> Any:
        return and_(HOLDS.c.state == _LIVE, or_(HOLDS.c.pinned, HOLDS.c.expires_at > self._now()))

    async def _read(self, *where: Any, lock: bool = False) -> list[HoldRecord]:
        query = select(*self._columns()).join(SHOWTIMES, SHOWTIMES.c.id == HOLDS.c.showtime_id).where(*where)
        if lock:
            query = query.with_for_update(of=HOLDS)
        return [_hold(row) for row in await self._session.execute(query.order_by(HOLDS.c.showtime_id, HOLDS.c.id))]

    async def find(self, hold_id: str, *, lock: bool = False) -> HoldRecord | None:
        """Read a hold by an id of the right shape. Lock it only with its seats locked (see the package)."""
        found = await self._read(HOLDS.c.showtime_id == showtime_of(hold_id), HOLDS.c.id == hold_id, lock=lock)
        return found[0] if found else None

    async def find_many(self, hold_ids: Sequence[str]) -> dict[str, HoldRecord]:
        """Read many with one statement, by id; unknown ones are left out."""
        showtime_ids = sorted({showtime_of(hold_id) for hold_id in hold_ids})
        found = await self._read(HOLDS.c.showtime_id.in_(showtime_ids), HOLDS.c.id.in_(hold_ids))
        return {hold.id: hold for hold in found}

    async def all_of(self, showtime_id: str) -> list[HoldRecord]:
        """Read all holds of a showtime, ended ones too, without locks."""
        return await self._read(HOLDS.c.showtime_id == showtime_id)

    async def live_of_owners(self, owner_ids: Sequence[str]) -> list[HoldRecord]:
        """Read the live holds of some people with one statement."""
        return await self._read(HOLDS.c.owner_id.in_(owner_ids), self._is_live())

    async def live_of_booking(self, showtime_id: str, booking_id: str) -> list[HoldRecord]:
        """Read the holds, lapsed or not, that are bound to a booking and have not ended."""
        return await self._read(
            HOLDS.c.showtime_id == showtime_id, HOLDS.c.booking_id == booking_id, HOLDS.c.state == _LIVE
        )

    async def count_live(self, showtime_id: str, owner_ids: Sequence[str]) -> int:
        """Count what a person holds at a showtime. Race-free under the showtime's lock."""
        query = (
            select(func.count())
            .select_from(HOLDS)
            .where(HOLDS.c.showtime_id == showtime_id, HOLDS.c.owner_id.in_(owner_ids), self._is_live())
        )
        return await self._session.scalar(query) or 0

    async def add(self, hold: HoldRecord) -> None:
        """Write a new hold."""
        values = {
            "showtime_id": hold.showtime_id,
            "id": hold.id,
            "owner_id": hold.owner_id,
            "positions": list(hold.positions),
            "fence": hold.fence,
            "state": hold.state.value,
            "booking_id": hold.booking_id,
            "pinned": hold.pinned,
            "created_at": hold.now,
            "expires_at": hold.expires_at,
            "max_expires_at": hold.max_expires_at,
        }
        await self._session.execute(insert(HOLDS).values(values))

    async def end(self, showtime_id: str, hold_ids: Sequence[str], state: HoldState, *, at: datetime) -> None:
        """Give live holds their final state; those that have one keep it."""
        await self._update(
            HOLDS.c.showtime_id == showtime_id,
            HOLDS.c.id.in_(hold_ids),
            HOLDS.c.state == _LIVE,
            values={"state": state.value, "pinned": False, "ended_at": at},
        )

    async def end_of_booking(self, keeping: HoldRecord, *, at: datetime) -> None:
        """Mark a booking's other holds as released: their seats were given back for those of `keeping`."""
        await self._release(HOLDS.c.id != keeping.id, keeping.showtime_id, keeping.booking_id, at=at)

    async def end_all_of_booking(self, showtime_id: str, booking_id: str, *, at: datetime) -> None:
        """Mark a booking's holds as released, those included whose seats were sold to it."""
        await self._release(true(), showtime_id, booking_id, at=at)

    async def _release(self, which: Any, showtime_id: str, booking_id: str | None, *, at: datetime) -> None:
        await self._update(
            HOLDS.c.showtime_id == showtime_id,
            HOLDS.c.booking_id == booking_id,
            HOLDS.c.state.in_([_LIVE, HoldState.CLAIMED.value]),
            which,
            values={"state": HoldState.RELEASED.value, "pinned": False, "ended_at": at},
        )

    async def change(self, hold: HoldRecord, **values: Any) -> None:
        """Change a hold's columns."""
        await self._update(HOLDS.c.showtime_id == hold.showtime_id, HOLDS.c.id == hold.id, values=values)

    async def change_owner(self, *, from_id: str, to_id: str) -> None:
        """Give all holds of one person to another."""
        await self._update(HOLDS.c.owner_id == from_id, values={"owner_id": to_id})

    async def _update(self, *where: Any, values: dict[str, Any]) -> None:
        statement = update(HOLDS).where(*where).values(values)
        await self._session.execute(statement)

    async def forget_ended(self, *, before: datetime) -> None:
        """Delete holds that ended before a moment and became no booking."""
        statement = delete(HOLDS).where(HOLDS.c.ended_at < before, HOLDS.c.booking_id.is_(None))
        await self._session.execute(statement)


def _hold(row: Row[Any]) -> HoldRecord:
    return HoldRecord(
        id=row.id,
        showtime_id=row.showtime_id,
        cinema_id=row.cinema_id,
        layout_id=row.layout_id,
        owner_id=row.owner_id,
        positions=tuple(row.positions),
        fence=row.fence,
        state=HoldState(row.state),
        booking_id=row.booking_id,
        pinned=row.pinned,
        expires_at=row.expires_at,
        max_expires_at=row.max_expires_at,
        is_live=bool(row.is_live),
        now=row.now,
    )
