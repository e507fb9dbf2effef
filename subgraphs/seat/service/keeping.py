"""Living with a hold: extend it, give it back, find it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from subgraphs.common.errors import NotAllowedNow, NotFound
from subgraphs.common.identity import Principal, require_person
from subgraphs.common.ids import is_id, is_scoped_id
from subgraphs.seat.errors import HoldExpired
from subgraphs.seat.models.records import HoldRecord, HoldState, SeatDelta
from subgraphs.seat.repository.ledger import ShowtimeLedger
from subgraphs.seat.repository.work import SeatDatabase, Work
from subgraphs.seat.service.announcer import Announcer
from subgraphs.seat.service.endings import free_seats


class HoldKeeper:
    """What people do with holds that they have."""

    def __init__(self, database: SeatDatabase, announcer: Announcer) -> None:
        self._database = database
        self._announcer = announcer

    async def extend(self, principal: Principal | None, hold_id: str) -> HoldRecord:
        """Give a live hold its full time again, never past its cap.

        Raises:
            Unauthenticated: nobody is signed in.
            NotFound: no such hold of this person.
            HoldExpired: its time is over.
            NotAllowedNow: it was released, or a booking has it.
        """
        person = require_person(principal)
        async with self._database.write() as work:
            hold = await self._own(work, person, hold_id)
            showtime = await work.showtimes.find(hold.showtime_id)
            if showtime is None:
                raise _no_hold()
            wished = hold.now + timedelta(seconds=showtime.hold_seconds)
            expires_at = min(max(wished, hold.expires_at), hold.max_expires_at)
            if not await work.claims.set_time(hold, expires_at=expires_at):
                raise HoldExpired(hold.expires_at)
            await work.holds.change(hold, expires_at=expires_at)
            await work.audit(_extended(hold, person, expires_at))
            return replace(hold, expires_at=expires_at)

    async def release(self, principal: Principal | None, hold_id: str) -> HoldRecord:
        """Give a hold's seats back. Releasing it again changes nothing; raises as `extend`."""
        person = require_person(principal)
        async with self._database.write() as work:
            seen = await _found(work, person, hold_id)
            if seen.state is HoldState.RELEASED and seen.booking_id is None:
                return seen
            hold = await self._own(work, person, hold_id, with_showtime=True)
            delta = await release_hold(work, hold, actor=person.id, cause="release")
        await self._announcer.tell(delta)
        return replace(hold, state=HoldState.RELEASED, is_live=False)

    async def _own(self, work: Work, person: Principal, hold_id: str, *, with_showtime: bool = False) -> HoldRecord:
        """Lock a hold's seats and then the hold, for its owner, while it is live and no booking's."""
        seen = await _found(work, person, hold_id)
        await work.claims.lock(seen.showtime_id, seen.positions)
        if with_showtime:
            await work.showtimes.lock(seen.showtime_id)
        hold = await work.holds.find(hold_id, lock=True)
        if hold is None:
            raise _no_hold()
        if hold.state is HoldState.EXPIRED or (hold.state is HoldState.LIVE and not hold.is_live):
            raise HoldExpired(hold.expires_at)
        if hold.booking_id is not None:
            raise NotAllowedNow("This hold belongs to a booking: pay or cancel the booking.", field=["holdId"])
        if hold.state is not HoldState.LIVE:
            raise NotAllowedNow("This hold has ended: choose seats anew.", field=["holdId"])
        return hold

    async def find(self, hold_ids: Sequence[str]) -> dict[str, HoldRecord]:
        """Read holds by ids of any shape; unknown ones are left out. One statement."""
        known = [hold_id for hold_id in hold_ids if is_scoped_id(hold_id)]
        if not known:
            return {}
        async with self._database.read() as work:
            return await work.holds.find_many(known)

    async def of_owners(self, owner_ids: Sequence[str]) -> list[HoldRecord]:
        """Read the live holds of people. One statement."""
        known = [owner_id for owner_id in owner_ids if is_id(owner_id)]
        if not known:
            return []
        async with self._database.read() as work:
            return await work.holds.live_of_owners(known)


async def release_hold(work: Work, hold: HoldRecord, *, actor: str, cause: str) -> SeatDelta | None:
    """Free a live hold's seats: its seats and its showtime are locked by this transaction."""
    showtime = await work.showtimes.lock(hold.showtime_id)
    if showtime is None:
        return None
    ledger = ShowtimeLedger(showtime)
    await free_seats(work, ledger, hold.positions, cause=cause, subject=hold.id, actor=actor)
    await work.holds.end(hold.showtime_id, [hold.id], HoldState.RELEASED, at=showtime.now)
    await work.showtimes.write(ledger)
    return ledger.delta()


async def _found(work: Work, person: Principal, hold_id: str) -> HoldRecord:
    hold = await work.holds.find(hold_id) if is_scoped_id(hold_id) else None
    if hold is None or not person.owns(hold.owner_id):
        raise _no_hold()
    return hold


def _extended(hold: HoldRecord, person: Principal, expires_at: datetime) -> dict[str, Any]:
    details = {"from": hold.expires_at.isoformat(), "to": expires_at.isoformat()}
    return {"at": hold.now, "actor": person.id, "subject": hold.id, "action": "hold.extend", "details": details}


def _no_hold() -> NotFound:
    return NotFound("There is no such hold.", field=["holdId"])
