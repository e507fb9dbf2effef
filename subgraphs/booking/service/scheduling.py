"""Planning showtimes: making, moving, pricing, cancelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models import Showtime
from subgraphs.booking.repository.audit import AuditLog
from subgraphs.booking.repository.movies import MovieRepository
from subgraphs.booking.repository.records import SHOWTIME_COLUMNS, ShowtimeRecord
from subgraphs.booking.repository.rooms import RoomRepository
from subgraphs.booking.repository.showtimes import ShowtimeRepository
from subgraphs.booking.seat_client import AuditoriumFacts, SeatClient
from subgraphs.booking.service.prices import NewPrice, checked_prices, require_categories
from subgraphs.booking.service.telling_seat import (
    CANCEL_BOOKINGS,
    CLOSE_SHOWTIME,
    OPEN_SHOWTIME,
    sales_partition,
    showtime_partition,
)
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.errors import Forbidden, InvalidInput, NotAllowedNow, NotFound
from subgraphs.common.identity import Principal
from subgraphs.common.ids import is_id, new_id
from subgraphs.common.outbox import Outbox
from subgraphs.common.texts import optional_text

_PLANNED_AHEAD: Final = timedelta(days=730)
_LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class ShowtimePolicy:
    """What a new showtime gets, where nobody says otherwise; see the settings of the same names."""

    hold_seconds: int
    hold_cap_seconds: int
    refund_seconds: int
    default_runtime_minutes: int


@dataclass(frozen=True, slots=True)
class NewShowtime:
    """A showtime to be planned. Without a sale's start it is on sale at once; without an end, until the film starts."""

    movie_id: str
    auditorium_id: str
    starts_at: datetime
    prices: tuple[NewPrice, ...]
    sale_starts_at: datetime | None = None
    sale_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShowtimeChange:
    """What shall change; None stays. Prices are those of categories that change, for what is not yet sold."""

    showtime_id: str
    starts_at: datetime | None = None
    prices: tuple[NewPrice, ...] | None = None
    sale_starts_at: datetime | None = None
    sale_ends_at: datetime | None = None


class SchedulingService:
    """Plans showtimes; two never overlap in one room."""

    def __init__(
        self, database: Database, seat: SeatClient, outbox: Outbox, *, clock: Clock, policy: ShowtimePolicy
    ) -> None:
        self._database = database
        self._seat = seat
        self._outbox = outbox
        self._clock = clock
        self._policy = policy

    async def schedule(self, new: NewShowtime, *, staff: Principal) -> ShowtimeRecord:
        """Plan a showtime and open its seats.

        Raises:
            InvalidInput: times or prices are refused.
            NotFound: there is no such film or room.
            NotAllowedNow: the room is taken at that time.
            Forbidden: the room is in a cinema that this staff is not tied to.
            ServiceUnavailable: seat does not answer.
        """
        now = self._clock.now()
        prices = checked_prices(new.prices)
        starts_at = _shown(new.starts_at)
        self._check_start(starts_at, now)
        room = await self._room(new.auditorium_id)
        if not staff.is_staff_of(room.cinema_id):
            raise Forbidden("Your role is tied to other cinemas.")
        require_categories(prices, room.categories)
        async with self._database.write() as session:
            await RoomRepository(session).lock({room.id: room.cinema_id})
            row: dict[str, Any] = {
                "id": new_id(),
                "movie_id": new.movie_id,
                "cinema_id": room.cinema_id,
                "auditorium_id": room.id,
                "starts_at": starts_at,
                "ends_at": starts_at + await self._runtime(session, new.movie_id),
                "sale_starts_at": new.sale_starts_at or now,
                "sale_ends_at": new.sale_ends_at or starts_at,
                "currency": prices.currency,
                "prices": prices.minor,
                "cancelled_at": None,
                **policy_row(self._policy),
                "available": room.capacity,
                "created_at": now,
            }
            _check_sale(row["sale_starts_at"], row["sale_ends_at"], ends_at=row["ends_at"])
            await self._write_planned(session, row, actor=staff.id, now=now)
        await self._outbox.deliver(showtime_partition(row["id"]))
        return ShowtimeRecord(**{column.key: row[column.key] for column in SHOWTIME_COLUMNS})

    async def update(self, change: ShowtimeChange, *, staff: Principal) -> ShowtimeRecord:
        """Change prices of what is not yet sold, the sale's window, or the start if nothing is sold.

        Raises:
            InvalidInput: a value is refused.
            NotFound: there is no such showtime.
            NotAllowedNow: it is cancelled, has started, or is sold in part; or the room is taken at the new time.
            Forbidden: it is in a cinema that this staff is not tied to.
        """
        now = self._clock.now()
        planned = await self._planned(change.showtime_id, staff, field="id")
        async with self._database.write() as session:
            if change.starts_at is not None:
                # The room before the showtime, as whoever plans there does: nobody waits in a circle.
                await RoomRepository(session).lock({planned.auditorium_id: planned.cinema_id})
            showtime = await self._locked(session, change.showtime_id, now=now)
            if change.starts_at is not None and change.starts_at != showtime.starts_at:
                await self._move(session, showtime, change, now=now)
            _reprice(showtime, change.prices)
            showtime.sale_starts_at = change.sale_starts_at or showtime.sale_starts_at
            showtime.sale_ends_at = change.sale_ends_at or showtime.sale_ends_at
            _check_sale(showtime.sale_starts_at, showtime.sale_ends_at, ends_at=showtime.ends_at)
            showtime.revision += 1
            await AuditLog(session, now=now).record(showtime.id, "updateShowtime", actor=staff.id)
            self._tell(session, OPEN_SHOWTIME, showtime.id)
            record = _record(showtime)
        await self._outbox.deliver(showtime_partition(record.id))
        return record

    async def cancel(self, showtime_id: str, *, reason: str | None, staff: Principal) -> ShowtimeRecord:
        """Cancel a showtime: its holds end, its bookings are cancelled and refunded. Once more is the same.

        Raises:
            InvalidInput: the reason is refused.
            NotFound: there is no such showtime.
            NotAllowedNow: it is over.
            Forbidden: it is in a cinema that this staff is not tied to.
        """
        checked_reason = optional_text(reason, field=["reason"], longest=_LONGEST_REASON, multiline=True)
        now = self._clock.now()
        await self._planned(showtime_id, staff, field="showtimeId")
        async with self._database.write() as session:
            showtime = await ShowtimeRepository(session).lock(showtime_id)
            if showtime is None:
                raise _no_showtime("showtimeId")
            if showtime.cancelled_at is not None:
                return _record(showtime)
            if showtime.ends_at <= now:
                raise NotAllowedNow("This showtime is over.", field=["showtimeId"])
            showtime.cancelled_at, showtime.cancel_reason = now, checked_reason
            showtime.revision += 1
            await AuditLog(session, now=now).record(
                showtime.id, "cancelShowtime", actor=staff.id, before="PLANNED", after="CANCELLED"
            )
            self._tell(session, CLOSE_SHOWTIME, showtime.id)
            self._outbox.put(
                session, CANCEL_BOOKINGS, {"showtimeId": showtime.id}, partition=sales_partition(showtime.id)
            )
            record = _record(showtime)
        self._outbox.wake()
        await self._outbox.deliver(showtime_partition(record.id))
        return record

    def _check_start(self, starts_at: datetime, now: datetime) -> None:
        if starts_at <= now:
            raise InvalidInput("A showtime starts in the future.", field=["startsAt"])
        if starts_at > now + _PLANNED_AHEAD:
            raise InvalidInput(f"Plan at most {_PLANNED_AHEAD.days} days ahead.", field=["startsAt"])

    async def _room(self, auditorium_id: str) -> AuditoriumFacts:
        unknown = NotFound("There is no such auditorium.", field=["auditoriumId"])
        if not is_id(auditorium_id):
            raise unknown
        room = await self._seat.auditorium_facts(auditorium_id)
        if room is None:
            raise unknown
        return room

    async def _runtime(self, session: AsyncSession, movie_id: str) -> timedelta:
        films = await MovieRepository(session).by_ids([movie_id]) if is_id(movie_id) else {}
        if movie_id not in films:
            raise NotFound("There is no such film.", field=["movieId"])
        return timedelta(minutes=films[movie_id].runtime_minutes or self._policy.default_runtime_minutes)

    async def _write_planned(self, session: AsyncSession, row: dict[str, Any], *, actor: str, now: datetime) -> None:
        showtimes = ShowtimeRepository(session)
        if await showtimes.overlaps(row["auditorium_id"], starts_at=row["starts_at"], ends_at=row["ends_at"]):
            raise _room_is_taken()
        await showtimes.insert_many([row])
        await AuditLog(session, now=now).record(row["id"], "scheduleShowtime", actor=actor, after="PLANNED")
        self._tell(session, OPEN_SHOWTIME, row["id"])

    def _tell(self, session: AsyncSession, kind: str, showtime_id: str) -> None:
        self._outbox.put(session, kind, {"showtimeId": showtime_id}, partition=showtime_partition(showtime_id))

    async def _planned(self, showtime_id: str, staff: Principal, *, field: str) -> ShowtimeRecord:
        """Give a showtime that this staff may plan; room and cinema of one never change."""
        if not is_id(showtime_id):
            raise _no_showtime(field)
        async with self._database.read() as session:
            showtime = (await ShowtimeRepository(session).by_ids([showtime_id])).get(showtime_id)
        if showtime is None:
            raise _no_showtime(field)
        if not staff.is_staff_of(showtime.cinema_id):
            raise Forbidden("Your role is tied to other cinemas.")
        return showtime

    async def _locked(self, session: AsyncSession, showtime_id: str, *, now: datetime) -> Showtime:
        showtime = await ShowtimeRepository(session).lock(showtime_id)
        if showtime is None:
            raise _no_showtime("id")
        if showtime.cancelled_at is not None:
            raise NotAllowedNow("This showtime is cancelled.", field=["id"])
        if showtime.starts_at <= now:
            raise NotAllowedNow("This showtime has started.", field=["id"])
        return showtime

    async def _move(self, session: AsyncSession, showtime: Showtime, change: ShowtimeChange, *, now: datetime) -> None:
        starts_at = _shown(change.starts_at or showtime.starts_at)
        self._check_start(starts_at, now)
        ends_at = starts_at + (showtime.ends_at - showtime.starts_at)
        showtimes = ShowtimeRepository(session)
        if await showtimes.is_sold(showtime.id):
            raise NotAllowedNow(
                "Seats are sold for this time: cancel this showtime and plan another.", field=["startsAt"]
            )
        if await showtimes.overlaps(showtime.auditorium_id, starts_at=starts_at, ends_at=ends_at, but=showtime.id):
            raise _room_is_taken()
        if showtime.sale_ends_at == showtime.starts_at:
            showtime.sale_ends_at = starts_at
        showtime.starts_at, showtime.ends_at = starts_at, ends_at


def policy_row(policy: ShowtimePolicy) -> dict[str, int]:
    """Give the columns of a new showtime that come from the policy, and the counters it starts with."""
    return {
        "hold_seconds": policy.hold_seconds,
        "hold_cap_seconds": policy.hold_cap_seconds,
        "refund_seconds": policy.refund_seconds,
        "revision": 1,
        "available_version": -1,
    }


def _shown(moment: datetime) -> datetime:
    """Give a moment as answers show it, in whole milliseconds: planning by an answer leaves no overlap."""
    return moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)


def _no_showtime(field: str) -> NotFound:
    return NotFound("There is no such showtime.", field=[field])


def _room_is_taken() -> NotAllowedNow:
    return NotAllowedNow("The room is taken at that time: choose another time or room.", field=["startsAt"])


def _check_sale(starts_at: datetime, sale_ends_at: datetime, *, ends_at: datetime) -> None:
    if sale_ends_at > ends_at:
        raise InvalidInput("The sale ends at the latest when the film does.", field=["saleEndsAt"])
    if starts_at >= sale_ends_at:
        raise InvalidInput("The sale starts before it ends.", field=["saleStartsAt"])


def _reprice(showtime: Showtime, prices: Sequence[NewPrice] | None) -> None:
    if prices is None:
        return
    checked = checked_prices(prices)
    if checked.currency != showtime.currency:
        raise InvalidInput(f"This showtime is sold in {showtime.currency}.", field=["prices"])
    if foreign := sorted(checked.minor.keys() - showtime.prices.keys()):
        raise InvalidInput(f"The room has no seats of {', '.join(foreign)}.", field=["prices"])
    showtime.prices = {**showtime.prices, **checked.minor}


def _record(showtime: Showtime) -> ShowtimeRecord:
    return ShowtimeRecord(**{column.key: getattr(showtime, column.key) for column in SHOWTIME_COLUMNS})
