"""Showtimes as booking tells of them, and their maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.exc import IntegrityError

from subgraphs.common.errors import InvalidInput
from subgraphs.common.ids import is_id
from subgraphs.seat.models.records import HoldState, SeatDelta, ShowtimeRecord, ShowtimeSpec
from subgraphs.seat.repository.ledger import ShowtimeLedger
from subgraphs.seat.repository.work import SeatDatabase, Work
from subgraphs.seat.service.announcer import Announcer

_LONGEST_HOLD: Final = 86_400


class ShowtimeService:
    """Opens, changes and closes showtimes; reads their maps."""

    def __init__(self, database: SeatDatabase, announcer: Announcer) -> None:
        self._database = database
        self._announcer = announcer

    async def maps(self, showtime_ids: Sequence[str]) -> dict[str, ShowtimeRecord]:
        """Read maps by ids of any shape; unknown ones are left out. One statement."""
        known = [showtime_id for showtime_id in showtime_ids if is_id(showtime_id)]
        if not known:
            return {}
        async with self._database.read() as work:
            return await work.showtimes.find_many(known)

    async def open(self, spec: ShowtimeSpec, *, actor: str) -> int | None:
        """Open a showtime, or change its times where the revision is newer. May be repeated.

        Returns:
            The map's version, None when the auditorium is unknown.

        Raises:
            InvalidInput: an id is malformed, the times are in no order, or a hold's limits make no sense.
        """
        _check(spec)
        version = await self._change_times(spec, actor=actor)
        if version is not None:
            return version
        try:
            async with self._database.write() as work:
                room = (await work.rooms.auditoriums([spec.auditorium_id])).get(spec.auditorium_id)
                if room is None:
                    return None
                now = self._database.database.clock.now()
                await work.openings.open([(spec, room)], actor=actor, at=now)
                return 1
        except IntegrityError:
            # The same call ran beside this one and was first.
            return await self._change_times(spec, actor=actor)

    async def _change_times(self, spec: ShowtimeSpec, *, actor: str) -> int | None:
        async with self._database.write() as work:
            showtime = await work.showtimes.lock(spec.showtime_id)
            if showtime is None:
                return None
            if spec.revision > showtime.revision:
                await work.openings.change_times(spec)
                await work.audit(
                    {
                        "at": showtime.now,
                        "actor": actor,
                        "subject": spec.showtime_id,
                        "action": "showtime.times",
                        "before": str(showtime.revision),
                        "after": str(spec.revision),
                    }
                )
            return showtime.version

    async def close(self, showtime_id: str, *, actor: str) -> bool:
        """End a cancelled showtime's live holds and let there be no new ones. May be repeated.

        Two transactions: once the first is committed nobody gets a hold, so the second finds them all, with the locks
        in their order. What is SOLD stays so until booking releases it. Gives whether there is such a showtime.
        """
        if not is_id(showtime_id):
            return False
        async with self._database.write() as work:
            showtime = await work.showtimes.lock(showtime_id)
            if showtime is None:
                return False
            if not showtime.is_closed:
                await work.showtimes.close(showtime_id, at=showtime.now)
                await work.audit(
                    {"at": showtime.now, "actor": actor, "subject": showtime_id, "action": "showtime.close"}
                )
        async with self._database.write() as work:
            delta = await _end_holds(work, showtime_id, actor=actor)
        await self._announcer.tell(delta)
        return True


async def _end_holds(work: Work, showtime_id: str, *, actor: str) -> SeatDelta | None:
    claims = await work.claims.lock_held(showtime_id)
    showtime = await work.showtimes.lock(showtime_id)
    if showtime is None:
        return None
    ledger = ShowtimeLedger(showtime)
    by_hold: dict[str, list[int]] = {}
    for claim in claims:
        by_hold.setdefault(claim.hold_id or "", []).append(claim.position)
    for hold_id, positions in sorted(by_hold.items()):
        ledger.record("close", [(position, "A") for position in positions], subject=hold_id, actor=actor)
    await work.claims.free(showtime_id, [claim.position for claim in claims])
    await work.holds.end(showtime_id, sorted(by_hold), HoldState.CLOSED, at=showtime.now)
    await work.showtimes.write(ledger)
    return ledger.delta()


def _check(spec: ShowtimeSpec) -> None:
    for name, value in (("showtimeId", spec.showtime_id), ("auditoriumId", spec.auditorium_id)):
        if not is_id(value):
            raise InvalidInput("This is not an id.", field=[name])
    if not spec.starts_at < spec.ends_at:
        raise InvalidInput("A showtime ends after it starts.", field=["endsAt"])
    if not spec.sale_starts_at <= spec.sale_ends_at:
        raise InvalidInput("A sale ends after it starts.", field=["saleEndsAt"])
    if not 1 <= spec.hold_seconds <= spec.hold_cap_seconds <= _LONGEST_HOLD:
        raise InvalidInput(f"Holds last 1 to {_LONGEST_HOLD} seconds, and not beyond their cap.", field=["holdSeconds"])
    if not 0 <= spec.revision < 2**62:
        raise InvalidInput("A revision is a whole number from 0.", field=["revision"])
