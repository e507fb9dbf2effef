"""What booking does with holds and seats: bind, pin, claim, swap, reclaim, release. Every step may be repeated."""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from subgraphs.common.ids import is_id, is_scoped_id, showtime_of
from subgraphs.seat.models.records import ClaimRecord, HoldRecord, HoldState, SeatDelta, ShowtimeRecord
from subgraphs.seat.repository.ledger import ShowtimeLedger
from subgraphs.seat.repository.work import SeatDatabase, Work
from subgraphs.seat.seating.layout import Seat, parse_seat_id
from subgraphs.seat.service.announcer import Announcer
from subgraphs.seat.service.endings import end_lapsed, free_seats
from subgraphs.seat.service.rooms import Layouts


class SeatClaimStatus(enum.Enum):
    """What became of a step. Without DONE nothing was changed.

    NOT_FOUND: no such hold, or not this booking's. EXPIRED: its time was over. LOST: released, another booking's, or
    the seats are somebody else's. STALE_FENCE: the fence is not the hold's. CLOSED: the showtime was cancelled.
    """

    DONE = "DONE"
    NOT_FOUND = "NOT_FOUND"
    EXPIRED = "EXPIRED"
    LOST = "LOST"
    STALE_FENCE = "STALE_FENCE"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """The answer to a step."""

    status: SeatClaimStatus
    fence: int | None = None
    showtime_id: str | None = None
    seats: tuple[Seat, ...] = ()
    expires_at: datetime | None = None
    max_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldStep:
    """A step on a hold: the booking that it is bound to, and the fence that it was bound with."""

    hold_id: str
    booking_id: str
    fence: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a decision rests on: all of it locked, as far as the step needs. `claims` only serves steps on a booking."""

    hold: HoldRecord
    claims: list[ClaimRecord]
    showtime: ShowtimeRecord


_Act = Callable[[Work, _Seen], Awaitable[tuple[HoldRecord, SeatDelta | None] | None]]
"""Does the step and gives the hold after it; None when the claims, at this very moment, no longer allow it."""

_FINAL = {
    HoldState.CLAIMED: SeatClaimStatus.DONE,
    HoldState.CLOSED: SeatClaimStatus.CLOSED,
    HoldState.EXPIRED: SeatClaimStatus.EXPIRED,
    HoldState.RELEASED: SeatClaimStatus.LOST,
}


def verdict(hold: HoldRecord, *, is_closed: bool, fence: int | None = None) -> SeatClaimStatus | None:
    """Decide about a step on a hold of the right booking; None: go on."""
    if fence is not None and hold.fence != fence:
        return SeatClaimStatus.STALE_FENCE
    if hold.state is not HoldState.LIVE:
        return _FINAL[hold.state]
    if is_closed:
        return SeatClaimStatus.CLOSED
    return None if hold.is_live else SeatClaimStatus.EXPIRED


class StepService:
    """The steps that booking takes. `actor` is the calling service."""

    def __init__(self, database: SeatDatabase, layouts: Layouts, announcer: Announcer) -> None:
        self._database = database
        self._layouts = layouts
        self._announcer = announcer

    async def bind(self, hold_id: str, *, booking_id: str, owners: Sequence[str], actor: str) -> StepOutcome:
        """Make a live hold of one of the owners the booking's."""
        if not _belong_together(hold_id, booking_id):
            return StepOutcome(SeatClaimStatus.NOT_FOUND)
        async with self._database.write() as work:
            seen = await _look(work, hold_id, with_showtime=False)
            if seen is None or seen.hold.owner_id not in owners:
                return StepOutcome(SeatClaimStatus.NOT_FOUND)
            hold = seen.hold
            if hold.booking_id is not None and hold.booking_id != booking_id:
                return StepOutcome(SeatClaimStatus.LOST)
            refused = verdict(hold, is_closed=seen.showtime.is_closed)
            if refused is None and hold.booking_id is None:
                if not await work.claims.bind(hold, booking_id=booking_id):
                    refused = SeatClaimStatus.EXPIRED
                else:
                    await work.holds.change(hold, booking_id=booking_id)
                    hold = replace(hold, booking_id=booking_id)
                    await work.audit(_entry(hold, "hold.bind", actor=actor, after=None))
        return await self._outcome(refused or SeatClaimStatus.DONE, hold)

    async def pin(self, step: HoldStep, *, actor: str) -> StepOutcome:
        """Stop time for a live hold: a payment starts (invariant I13)."""

        async def act(work: Work, seen: _Seen) -> tuple[HoldRecord, SeatDelta | None] | None:
            if seen.hold.pinned:
                return seen.hold, None
            if not await work.claims.set_time(seen.hold, expires_at=None):
                return None
            await work.holds.change(seen.hold, pinned=True)
            await work.audit(_entry(seen.hold, "hold.pin", actor=actor, after="PINNED"))
            return replace(seen.hold, pinned=True), None

        return await self._step(step, act, with_showtime=False)

    async def unpin(self, step: HoldStep, *, actor: str) -> StepOutcome:
        """Let time count again: the payment ended without money."""

        async def act(work: Work, seen: _Seen) -> tuple[HoldRecord, SeatDelta | None] | None:
            if not seen.hold.pinned:
                return seen.hold, None
            if not await work.claims.set_time(seen.hold, expires_at=seen.hold.expires_at):
                return None
            await work.holds.change(seen.hold, pinned=False)
            await work.audit(_entry(seen.hold, "hold.unpin", actor=actor, after="LIVE"))
            return replace(seen.hold, pinned=False), None

        return await self._step(step, act, with_showtime=False)

    async def claim(self, step: HoldStep, *, actor: str) -> StepOutcome:
        """Make the held seats SOLD to the booking."""

        async def act(work: Work, seen: _Seen) -> tuple[HoldRecord, SeatDelta | None] | None:
            ledger = ShowtimeLedger(seen.showtime)
            if not await _sell_held(work, ledger, seen.hold, cause="claim", actor=actor):
                return None
            await work.showtimes.write(ledger)
            return replace(seen.hold, state=HoldState.CLAIMED), ledger.delta()

        return await self._step(step, act, with_showtime=True)

    async def swap(self, step: HoldStep, *, actor: str) -> StepOutcome:
        """Make the new hold's seats SOLD and the booking's other SOLD seats AVAILABLE, in one step."""

        async def act(work: Work, seen: _Seen) -> tuple[HoldRecord, SeatDelta | None] | None:
            ledger = ShowtimeLedger(seen.showtime)
            if not await _sell_held(work, ledger, seen.hold, cause="swap", actor=actor):
                return None
            # Seats that the booking holds besides, of a change that came to nothing, are given back with the old ones.
            old = [claim.position for claim in seen.claims if claim.position not in seen.hold.positions]
            await free_seats(work, ledger, old, cause="swap", subject=step.booking_id, actor=actor)
            await work.holds.end_of_booking(seen.hold, at=seen.showtime.now)
            await work.showtimes.write(ledger)
            return replace(seen.hold, state=HoldState.CLAIMED), ledger.delta()

        return await self._step(step, act, with_showtime=True, with_booking=True)

    async def _step(self, step: HoldStep, act: _Act, *, with_showtime: bool, with_booking: bool = False) -> StepOutcome:
        """Lock, decide, act, and tell."""
        if not _belong_together(step.hold_id, step.booking_id):
            return StepOutcome(SeatClaimStatus.NOT_FOUND)
        delta: SeatDelta | None = None
        async with self._database.write() as work:
            booking_id = step.booking_id if with_booking else None
            seen = await _look(work, step.hold_id, with_showtime=with_showtime, booking_id=booking_id)
            if seen is None or seen.hold.booking_id != step.booking_id:
                return StepOutcome(SeatClaimStatus.NOT_FOUND)
            hold = seen.hold
            status = verdict(hold, is_closed=seen.showtime.is_closed, fence=step.fence)
            if status is None:
                done = await act(work, seen)
                status = SeatClaimStatus.EXPIRED if done is None else SeatClaimStatus.DONE
                hold, delta = done if done is not None else (hold, None)
        await self._announcer.tell(delta)
        return await self._outcome(status, hold)

    async def reclaim(self, booking_id: str, *, showtime_id: str, seat_ids: Sequence[str], actor: str) -> StepOutcome:
        """Take all of the seats as SOLD if every one is still to be had: money that came late is honoured."""
        seats = [parse_seat_id(value) for value in seat_ids]
        positions = sorted({seat[1] for seat in seats if seat is not None})
        layout_ids = {seat[0] for seat in seats if seat is not None}
        if not _is_of(booking_id, showtime_id) or None in seats or not seats or len(layout_ids) != 1:
            return StepOutcome(SeatClaimStatus.NOT_FOUND)
        delta: SeatDelta | None = None
        async with self._database.write() as work:
            claims = await work.claims.lock_with_booking(showtime_id, positions, booking_id=booking_id)
            showtime = await work.showtimes.lock(showtime_id)
            wanted = [claim for claim in claims if claim.position in positions]
            if showtime is None or showtime.layout_id not in layout_ids or len(wanted) != len(positions):
                return StepOutcome(SeatClaimStatus.NOT_FOUND)
            if showtime.is_closed:
                return StepOutcome(SeatClaimStatus.CLOSED, showtime_id=showtime_id)
            fence = _sold_fence(wanted, booking_id)
            if fence is None:
                if not all(_to_be_had(claim, booking_id) for claim in wanted):
                    return StepOutcome(SeatClaimStatus.LOST, showtime_id=showtime_id)
                fence, delta = await _reclaim(work, showtime, claims, positions, booking_id=booking_id, actor=actor)
        await self._announcer.tell(delta)
        layout = await self._layouts.get(showtime.layout_id)
        taken = tuple(layout.seats[position] for position in positions)
        return StepOutcome(SeatClaimStatus.DONE, fence, showtime_id, taken)

    async def release(self, booking_id: str, *, showtime_id: str, actor: str) -> StepOutcome:
        """Make whatever the booking holds or has bought AVAILABLE."""
        if not _is_of(booking_id, showtime_id):
            return StepOutcome(SeatClaimStatus.NOT_FOUND)
        async with self._database.write() as work:
            claims = await work.claims.lock_with_booking(showtime_id, [], booking_id=booking_id)
            showtime = await work.showtimes.lock(showtime_id)
            if showtime is None:
                return StepOutcome(SeatClaimStatus.NOT_FOUND)
            ledger = ShowtimeLedger(showtime)
            positions = [claim.position for claim in claims]
            await free_seats(work, ledger, positions, cause="release", subject=booking_id, actor=actor)
            await work.holds.end_all_of_booking(showtime_id, booking_id, at=showtime.now)
            await work.showtimes.write(ledger)
            delta = ledger.delta()
        await self._announcer.tell(delta)
        layout = await self._layouts.get(showtime.layout_id)
        freed = tuple(layout.seats[position] for position in positions)
        return StepOutcome(SeatClaimStatus.DONE, None, showtime_id, freed)

    async def _outcome(self, status: SeatClaimStatus, hold: HoldRecord) -> StepOutcome:
        layout = await self._layouts.get(hold.layout_id)
        return StepOutcome(
            status=status,
            fence=hold.fence,
            showtime_id=hold.showtime_id,
            seats=tuple(layout.seats[position] for position in hold.positions),
            expires_at=None if hold.pinned or hold.state is HoldState.CLAIMED else hold.expires_at,
            max_expires_at=hold.max_expires_at,
        )


async def _look(work: Work, hold_id: str, *, with_showtime: bool, booking_id: str | None = None) -> _Seen | None:
    """Lock a hold's seats (and its booking's), the showtime where seats will change, and the hold; in this order."""
    hold = await work.holds.find(hold_id)
    if hold is None:
        return None
    claims: list[ClaimRecord] = []
    if booking_id is not None:
        claims = await work.claims.lock_with_booking(hold.showtime_id, hold.positions, booking_id=booking_id)
    elif not work.is_alone:
        claims = await work.claims.lock(hold.showtime_id, hold.positions)
    read = work.showtimes.lock if with_showtime else work.showtimes.find
    showtime = await read(hold.showtime_id)
    if not work.is_alone:
        hold = await work.holds.find(hold_id, lock=True)
    return None if hold is None or showtime is None else _Seen(hold, claims, showtime)


async def _sell_held(work: Work, ledger: ShowtimeLedger, hold: HoldRecord, *, cause: str, actor: str) -> bool:
    if not await work.claims.sell_held(hold):
        return False
    ledger.record(cause, [(position, "S") for position in hold.positions], subject=hold.booking_id or "", actor=actor)
    await work.holds.end(hold.showtime_id, [hold.id], HoldState.CLAIMED, at=ledger.showtime.now)
    return True


async def _reclaim(
    work: Work,
    showtime: ShowtimeRecord,
    claims: Sequence[ClaimRecord],
    positions: Sequence[int],
    *,
    booking_id: str,
    actor: str,
) -> tuple[int, SeatDelta | None]:
    ledger = ShowtimeLedger(showtime)
    strangers = [claim for claim in claims if claim.position in positions and claim.booking_id != booking_id]
    await end_lapsed(work, ledger, strangers)
    # Seats that the booking holds beside those it takes would be kept by a hold that is about to end.
    spare = [claim.position for claim in claims if claim.status == "H" and claim.position not in positions]
    await free_seats(work, ledger, spare, cause="release", subject=booking_id, actor=actor)
    fence = ledger.record("reclaim", [(position, "S") for position in positions], subject=booking_id, actor=actor)
    if not await work.claims.sell(showtime.id, positions, booking_id=booking_id, fence=fence):
        raise RuntimeError("seats that are locked and free could not be sold")
    own = [hold.id for hold in await work.holds.live_of_booking(showtime.id, booking_id)]
    await work.holds.end(showtime.id, own, HoldState.CLAIMED, at=showtime.now)
    await work.showtimes.write(ledger)
    return fence, ledger.delta()


def _sold_fence(claims: Sequence[ClaimRecord], booking_id: str) -> int | None:
    """Give the fence if all of the seats are SOLD to the booking already."""
    if all(claim.status == "S" and claim.booking_id == booking_id for claim in claims):
        return max(claim.fence or 0 for claim in claims)
    return None


def _to_be_had(claim: ClaimRecord, booking_id: str) -> bool:
    return claim.status == "A" or claim.is_lapsed or claim.booking_id == booking_id


def _belong_together(hold_id: str, booking_id: str) -> bool:
    return is_scoped_id(hold_id) and _is_of(booking_id, showtime_of(hold_id))


def _is_of(booking_id: str, showtime_id: str) -> bool:
    return is_id(showtime_id) and is_scoped_id(booking_id) and showtime_of(booking_id) == showtime_id


def _entry(hold: HoldRecord, action: str, *, actor: str, after: str | None) -> dict[str, Any]:
    before = "PINNED" if hold.pinned else hold.state.value
    return {
        "at": hold.now,
        "actor": actor,
        "subject": hold.id,
        "action": action,
        "before": before,
        "after": after or before,
        "details": {"bookingId": hold.booking_id},
    }
