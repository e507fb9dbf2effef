"""Holding seats: all or nothing, one short transaction, losers told at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from subgraphs.common.clock import Clock
from subgraphs.common.errors import NotAllowedNow, NotFound
from subgraphs.common.idempotency import IdempotencyKey
from subgraphs.common.identity import Principal, require_person
from subgraphs.common.ids import is_id, new_scoped_id
from subgraphs.seat.errors import HoldLimit, SeatsUnavailable
from subgraphs.seat.models.records import ClaimRecord, HoldRecord, HoldState, SeatDelta, ShowtimeRecord
from subgraphs.seat.repository.ledger import ShowtimeLedger
from subgraphs.seat.repository.work import SeatDatabase, Work
from subgraphs.seat.seating.best import Wish, best_seats
from subgraphs.seat.seating.category import SeatCategory
from subgraphs.seat.seating.layout import Layout, seat_id
from subgraphs.seat.seating.statuses import applied
from subgraphs.seat.service.announcer import Announcer
from subgraphs.seat.service.choice import positions_of, refuse_count
from subgraphs.seat.service.endings import end_lapsed
from subgraphs.seat.service.rooms import Layouts
from subgraphs.seat.service.turns import Turns

_ATTEMPTS: Final = 4
_PAUSE_SECONDS: Final = 0.004
_ALTERNATIVES: Final = 3


@dataclass(frozen=True, slots=True)
class HoldLimits:
    """What one person may hold."""

    seats_per_hold: int
    holds_per_person: int


@dataclass(frozen=True, slots=True)
class HoldSeats:
    """Hold these seats."""

    showtime_id: str
    seat_ids: tuple[str, ...]
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class HoldBestSeats:
    """Hold the best seats of a kind."""

    showtime_id: str
    count: int
    category: SeatCategory | None
    accessible: bool
    idempotency_key: str

    @property
    def wish(self) -> Wish:
        """What to look for."""
        return Wish(self.count, self.category, self.accessible)


class _Contended(Exception):
    """Another transaction has some of the seats locked, and has not decided yet."""


class HoldService:
    """Holds of people."""

    def __init__(
        self, database: SeatDatabase, layouts: Layouts, announcer: Announcer, *, limits: HoldLimits, clock: Clock
    ) -> None:
        self._database = database
        self._layouts = layouts
        self._announcer = announcer
        self._limits = limits
        self._clock = clock
        self._turns = Turns()

    async def hold(self, principal: Principal | None, command: HoldSeats) -> HoldRecord:
        """Hold the seats that the person chose.

        Raises:
            Unauthenticated: nobody is signed in.
            InvalidInput, NotFound: seats doubled, none, or not of this showtime; no such showtime.
            HoldLimit: too many seats, or too many live holds of this person.
            NotAllowedNow: not on sale.
            SeatsUnavailable: with alternatives; nothing is held then.
            IdempotencyKeyReused: see `IdempotencyStore.claim`.
        """
        person = require_person(principal)
        if not is_id(command.showtime_id):
            raise _no_showtime()
        positions, layout_id = positions_of(command.seat_ids, most=self._limits.seats_per_hold)
        key = _key(person, "holdSeats", command, seatIds=sorted(command.seat_ids))
        for attempt in range(_ATTEMPTS):
            taken = await self._survey(command, positions, layout_id=layout_id, key=key)
            if isinstance(taken, HoldRecord):
                return taken
            try:
                # Rivals that have not decided are passed over at first; who meets them again and again waits for once,
                # so that nobody is refused seats that nobody gets.
                wait = attempt == _ATTEMPTS - 1
                return await self._take(person, command.showtime_id, positions, key=key, wait=wait)
            except _Contended:
                await asyncio.sleep(random.uniform(0.5, 1.5) * _PAUSE_SECONDS * 2**attempt)  # noqa: S311 - no secret
        before = await self._survey(command, positions, layout_id=layout_id, key=key)
        if before is not None:
            return before
        raise SeatsUnavailable(
            command.seat_ids, message="Somebody else is just taking these seats: try again, or choose others."
        )

    async def _survey(
        self, command: HoldSeats, positions: tuple[int, ...], *, layout_id: str, key: IdempotencyKey
    ) -> HoldRecord | None:
        """Look without locks, so that who cannot win is told at once. Gives the hold if the key has got one before."""
        async with self._database.read() as work:
            seen = await work.claims.survey(command.showtime_id, positions)
            if seen is None and await work.showtimes.version_of(command.showtime_id) is None:
                raise _no_showtime()
            showtime, claims = seen if seen is not None else (None, [])
            if showtime is None or showtime.layout_id != layout_id or len(claims) != len(positions):
                raise _no_seats(positions, claims if showtime is not None and showtime.layout_id == layout_id else [])
            taken = [claim.position for claim in claims if not _can_be_had(claim)]
            if not taken and is_on_sale(showtime):
                return None
            before = await self._remembered(work, key)
            if before is not None:
                return before
            require_on_sale(showtime)
            statuses = await self._free_map(work, showtime)
        layout = await self._layouts.get(layout_id)
        raise SeatsUnavailable(
            [seat_id(layout_id, position) for position in taken],
            best_seats(layout, statuses, _wish_like(layout, positions), limit=_ALTERNATIVES),
        )

    async def _take(
        self, person: Principal, showtime_id: str, positions: tuple[int, ...], *, key: IdempotencyKey, wait: bool
    ) -> HoldRecord:
        hold_id = new_scoped_id(showtime_id)
        async with self._turns.at(showtime_id), self._database.write() as work:
            before = await self._claim_key(work, key, hold_id)
            if before is not None:
                return before
            claims = await work.claims.lock_free(showtime_id, positions, wait=wait)
            if len(claims) != len(positions):
                raise _Contended
            showtime = await work.showtimes.lock(showtime_id)
            if showtime is None:
                raise _no_showtime()
            hold, delta = await self._place(work, person, showtime, claims, hold_id=hold_id)
        await self._announcer.tell(delta)
        return hold

    async def hold_best(self, principal: Principal | None, command: HoldBestSeats) -> HoldRecord:
        """Hold the best adjacent seats; raises as `hold`."""
        person = require_person(principal)
        if not is_id(command.showtime_id):
            raise _no_showtime()
        refuse_count(command.count, most=self._limits.seats_per_hold)
        category = command.category.value if command.category is not None else None
        key = _key(
            person, "holdBestSeats", command, count=command.count, category=category, accessible=command.accessible
        )
        async with self._database.read() as work:
            showtime = await work.showtimes.find(command.showtime_id)
            if showtime is None:
                raise _no_showtime()
            statuses = await self._free_map(work, showtime)
        layout = await self._layouts.get(showtime.layout_id)
        if not is_on_sale(showtime) or not best_seats(layout, statuses, command.wish):
            async with self._database.read() as work:
                before = await self._remembered(work, key)
            if before is not None:
                return before
            require_on_sale(showtime)
            raise _nothing_best(layout, statuses, command)
        return await self._take_best(person, command, layout, key=key)

    async def _take_best(
        self, person: Principal, command: HoldBestSeats, layout: Layout, *, key: IdempotencyKey
    ) -> HoldRecord:
        showtime_id = command.showtime_id
        hold_id = new_scoped_id(showtime_id)
        async with self._turns.at(showtime_id), self._database.write() as work:
            before = await self._claim_key(work, key, hold_id)
            if before is not None:
                return before
            # The showtime's lock comes first here, so that all who want the best choose one after the other. Whoever
            # has it never waits for a seat: seats that others have locked are passed over.
            showtime = await work.showtimes.lock(showtime_id)
            if showtime is None:
                raise _no_showtime()
            statuses = await self._free_map(work, showtime)
            while True:
                found = best_seats(layout, statuses, command.wish)
                if not found:
                    raise _nothing_best(layout, statuses, command)
                positions = [seat.position for seat in found[0].seats]
                claims = await work.claims.lock_free(showtime.id, positions)
                if len(claims) == len(positions):
                    break
                locked = {claim.position for claim in claims}
                statuses = applied(statuses, [(position, "H") for position in positions if position not in locked])
            hold, delta = await self._place(work, person, showtime, claims, hold_id=hold_id)
        await self._announcer.tell(delta)
        return hold

    async def _place(
        self, work: Work, person: Principal, showtime: ShowtimeRecord, claims: Sequence[ClaimRecord], *, hold_id: str
    ) -> tuple[HoldRecord, SeatDelta | None]:
        """Write a hold over locked seats of a locked showtime."""
        require_on_sale(showtime)
        if await work.holds.count_live(showtime.id, person.ids) >= self._limits.holds_per_person:
            limit = self._limits.holds_per_person
            raise HoldLimit(f"You may have {limit} holds at a showtime: release one, or book it.", limit=limit)
        ledger = ShowtimeLedger(showtime)
        await end_lapsed(work, ledger, claims)
        positions = tuple(claim.position for claim in claims)
        fence = ledger.record("hold", [(position, "H") for position in positions], subject=hold_id, actor=person.id)
        cap = showtime.now + timedelta(seconds=showtime.hold_cap_seconds)
        hold = HoldRecord(
            id=hold_id,
            showtime_id=showtime.id,
            cinema_id=showtime.cinema_id,
            layout_id=showtime.layout_id,
            owner_id=person.id,
            positions=positions,
            fence=fence,
            state=HoldState.LIVE,
            booking_id=None,
            pinned=False,
            expires_at=min(showtime.now + timedelta(seconds=showtime.hold_seconds), cap),
            max_expires_at=cap,
            is_live=True,
            now=showtime.now,
        )
        if not await work.claims.take(hold):
            raise _Contended
        await work.holds.add(hold)
        await work.showtimes.write(ledger)
        return hold, ledger.delta()

    async def _free_map(self, work: Work, showtime: ShowtimeRecord) -> str:
        """Give the packed map with lapsed seats as free: a sweeper that is late makes nothing unsellable."""
        if "H" not in showtime.statuses:
            return showtime.statuses
        lapsed = await work.claims.lapsed_positions(showtime.id)
        return applied(showtime.statuses, [(position, "A") for position in lapsed])

    async def _claim_key(self, work: Work, key: IdempotencyKey, hold_id: str) -> HoldRecord | None:
        answer = {"holdId": hold_id}
        before = await self._database.keys.claim(work.session, key, now=self._clock.now(), answer=answer)
        return await _answered(work, before)

    async def _remembered(self, work: Work, key: IdempotencyKey) -> HoldRecord | None:
        return await _answered(work, await self._database.keys.find(work.session, key))


def is_on_sale(showtime: ShowtimeRecord) -> bool:
    """Tell whether seats may be given, by the database's clock."""
    return not showtime.is_closed and showtime.sale_starts_at <= showtime.now < showtime.sale_ends_at


def require_on_sale(showtime: ShowtimeRecord) -> None:
    """Refuse to give seats outside the sale.

    Raises:
        NotAllowedNow: cancelled, before the sale or after it, by the database's clock.
    """
    if showtime.is_closed:
        raise NotAllowedNow("This showtime was cancelled.", field=["showtimeId"])
    if showtime.now < showtime.sale_starts_at:
        moment = showtime.sale_starts_at.isoformat(timespec="minutes")
        raise NotAllowedNow(f"The sale has not begun: it does at {moment}.", field=["showtimeId"])
    if showtime.now >= showtime.sale_ends_at:
        raise NotAllowedNow("The sale has ended: choose another showtime.", field=["showtimeId"])


def _can_be_had(claim: ClaimRecord) -> bool:
    return claim.status == "A" or claim.is_lapsed


def _key(person: Principal, operation: str, command: HoldSeats | HoldBestSeats, **value: Any) -> IdempotencyKey:
    return IdempotencyKey.of(
        command.idempotency_key,
        scope=command.showtime_id,
        person_id=person.id,
        operation=operation,
        input_value={"showtimeId": command.showtime_id, **value},
    )


async def _answered(work: Work, answer: dict[str, Any] | None) -> HoldRecord | None:
    return None if answer is None else await work.holds.find(answer["holdId"])


def _wish_like(layout: Layout, positions: Sequence[int]) -> Wish:
    categories = {layout.seats[position].category for position in positions}
    only = next(iter(categories)) if len(categories) == 1 else None
    return Wish(len(positions), only, accessible=only is None and SeatCategory.WHEELCHAIR in categories)


def _nothing_best(layout: Layout, statuses: str, command: HoldBestSeats) -> SeatsUnavailable:
    other = best_seats(layout, statuses, Wish(command.count, None, command.accessible), limit=_ALTERNATIVES)
    return SeatsUnavailable(
        (),
        other,
        message="There are not so many such seats side by side: ask for fewer, or another kind.",
        field=["count"],
    )


def _no_showtime() -> NotFound:
    return NotFound("There is no such showtime.", field=["showtimeId"])


def _no_seats(positions: Sequence[int], claims: Sequence[ClaimRecord]) -> NotFound:
    known = {claim.position for claim in claims}
    index = next((index for index, position in enumerate(positions) if position not in known), 0)
    return NotFound("This seat is not in this showtime's auditorium.", field=["seatIds", str(index)])
