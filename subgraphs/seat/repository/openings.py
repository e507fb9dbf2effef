"""SQL that opens showtimes, one or hundreds at a time, and sells seats in bulk before anybody competes for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, SmallInteger, bindparam, cast, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.seat.models.records import AuditoriumRecord, ShowtimeRecord, ShowtimeSpec
from subgraphs.seat.models.tables import Base, SeatEventRow, ShowtimeRow
from subgraphs.seat.repository.ledger import ShowtimeLedger
from subgraphs.seat.seating.statuses import Counts

_CLAIMS = Base.metadata.tables["seat_claims"]
_SHOWTIMES = Base.metadata.tables["showtimes"]
_FIRST_VERSION = 1
_LARGEST_ROOM = 2_000


class OpeningRepository:
    """Writes showtimes within the caller's unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open(
        self, openings: Sequence[tuple[ShowtimeSpec, AuditoriumRecord]], *, actor: str, at: datetime
    ) -> None:
        """Write new showtimes with a claim for each seat, all AVAILABLE, and the first row of their logs.

        Raises:
            sqlalchemy.exc.IntegrityError: one of them is open already.
        """
        await self._session.execute(insert(ShowtimeRow), [_showtime(spec, room) for spec, room in openings])
        await self._add_claims([spec.showtime_id for spec, _ in openings])
        events = [
            {
                "showtime_id": spec.showtime_id,
                "version": _FIRST_VERSION,
                "at": at,
                "cause": "open",
                "subject": spec.showtime_id,
                "actor": actor,
                "changes": "",
            }
            for spec, _ in openings
        ]
        await self._session.execute(insert(SeatEventRow), events)

    async def _add_claims(self, showtime_ids: Sequence[str]) -> None:
        """Let the database count: one statement writes the claims of all the showtimes."""
        counter = select(cast(literal(0), Integer).label("position")).cte("counter", recursive=True)
        counter = counter.union_all(select(counter.c.position + 1).where(counter.c.position + 1 < _LARGEST_ROOM))
        seats = (
            select(
                ShowtimeRow.id,
                cast(counter.c.position, SmallInteger),
                literal("A"),
                cast(literal(None), BigInteger),
            )
            .join(counter, counter.c.position < ShowtimeRow.total)
            .where(ShowtimeRow.id.in_(showtime_ids))
            .order_by(ShowtimeRow.id, counter.c.position)
        )
        await self._session.execute(insert(_CLAIMS).from_select(["showtime_id", "position", "status", "fence"], seats))

    async def change_times(self, spec: ShowtimeSpec) -> None:
        """Give a locked showtime its new times."""
        values = asdict(spec)
        del values["showtime_id"], values["auditorium_id"]
        await self._session.execute(update(ShowtimeRow).where(ShowtimeRow.id == spec.showtime_id).values(values))

    async def write_sales(
        self,
        sales: Sequence[tuple[ShowtimeLedger, Mapping[int, tuple[str, int]]]],
        *,
        at: datetime,
    ) -> None:
        """Write ledgers of sales, with the booking and fence of each position sold. For seats that nobody holds."""
        claims, showtimes, events = [], [], []
        for ledger, sold in sales:
            showtime = ledger.showtime
            claims += [
                {"s": showtime.id, "p": position, "b": booking_id, "f": fence}
                for position, (booking_id, fence) in sold.items()
            ]
            showtimes.append(_map_of(showtime, ledger))
            events += [{**event, "at": at} for event in ledger.events]
        await self._session.execute(_SELL, claims)
        await self._session.execute(_SET_MAP, showtimes)
        await self._session.execute(insert(SeatEventRow), events)


_SELL = (
    update(_CLAIMS)
    .where(_CLAIMS.c.showtime_id == bindparam("s"), _CLAIMS.c.position == bindparam("p"))
    .values(status="S", booking_id=bindparam("b"), fence=bindparam("f"))
)
_SET_MAP = (
    update(_SHOWTIMES)
    .where(_SHOWTIMES.c.id == bindparam("showtime"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("version", "statuses", "total", "available", "held", "sold", "blocked")
        }
    )
)


def _map_of(showtime: ShowtimeRecord, ledger: ShowtimeLedger) -> dict[str, Any]:
    statuses = ledger.statuses
    values = {"version": ledger.version, "statuses": statuses, **asdict(Counts.of(statuses))}
    return {"showtime": showtime.id, **{f"new_{name}": value for name, value in values.items()}}


def _showtime(spec: ShowtimeSpec, room: AuditoriumRecord) -> dict[str, Any]:
    values = asdict(spec)
    statuses = "A" * room.capacity
    return {
        "id": values.pop("showtime_id"),
        **values,
        "cinema_id": room.cinema_id,
        "layout_id": room.layout_id,
        "closed_at": None,
        "version": _FIRST_VERSION,
        "statuses": statuses,
        **asdict(Counts.of(statuses)),
    }
