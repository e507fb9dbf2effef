"""Staff take seats out of the sale and put them back."""

from __future__ import annotations

from dataclasses import replace

from subgraphs.common.errors import NotFound
from subgraphs.common.identity import Principal, require_staff
from subgraphs.common.ids import is_id
from subgraphs.seat.errors import SeatsUnavailable
from subgraphs.seat.models.records import ClaimRecord, ShowtimeRecord
from subgraphs.seat.repository.ledger import ShowtimeLedger
from subgraphs.seat.repository.work import SeatDatabase, Work
from subgraphs.seat.seating.layout import seat_id
from subgraphs.seat.seating.plan import MAX_SEATS
from subgraphs.seat.seating.statuses import Counts
from subgraphs.seat.service.announcer import Announcer
from subgraphs.seat.service.choice import positions_of
from subgraphs.seat.service.endings import end_lapsed, free_seats


class BlockService:
    """Blocks and unblocks, all of the named seats or none."""

    def __init__(self, database: SeatDatabase, announcer: Announcer) -> None:
        self._database = database
        self._announcer = announcer

    async def block(
        self, principal: Principal | None, *, showtime_id: str, seat_ids: tuple[str, ...], blocked: bool
    ) -> ShowtimeRecord:
        """Make seats BLOCKED, or AVAILABLE again. What is so already stays so. Gives the map after it.

        Raises:
            Unauthenticated, Forbidden: the caller is not staff of the showtime's cinema.
            InvalidInput, NotFound: as `HoldService.hold`.
            SeatsUnavailable: some are held or sold.
        """
        staff = require_staff(principal)
        positions, layout_id = positions_of(seat_ids, most=MAX_SEATS)
        if not is_id(showtime_id):
            raise _no_showtime()
        async with self._database.write() as work:
            claims = await work.claims.lock(showtime_id, positions)
            showtime = await work.showtimes.lock(showtime_id)
            if showtime is None:
                raise _no_showtime()
            require_staff(staff, cinema_id=showtime.cinema_id)
            if showtime.layout_id != layout_id or len(claims) != len(positions):
                raise NotFound("One of these seats is not in this showtime's auditorium.", field=["seatIds"])
            ledger = ShowtimeLedger(showtime)
            await (_block if blocked else _unblock)(work, ledger, claims, actor=staff.id)
            await work.showtimes.write(ledger)
            delta = ledger.delta()
        await self._announcer.tell(delta)
        return replace(showtime, version=ledger.version, statuses=ledger.statuses, counts=Counts.of(ledger.statuses))


async def _block(work: Work, ledger: ShowtimeLedger, claims: list[ClaimRecord], *, actor: str) -> None:
    layout_id = ledger.showtime.layout_id
    taken = [claim for claim in claims if claim.status in {"H", "S"} and not claim.is_lapsed]
    if taken:
        raise SeatsUnavailable(
            [seat_id(layout_id, claim.position) for claim in taken],
            message="Some of these seats are held or sold: wait for the hold to end, or cancel the booking.",
        )
    positions = [claim.position for claim in claims if claim.status != "B"]
    if positions:
        await end_lapsed(work, ledger, claims)
        changes = [(position, "B") for position in positions]
        ledger.record("block", changes, subject=ledger.showtime.id, actor=actor)
        await work.claims.block(ledger.showtime.id, positions)


async def _unblock(work: Work, ledger: ShowtimeLedger, claims: list[ClaimRecord], *, actor: str) -> None:
    positions = [claim.position for claim in claims if claim.status == "B"]
    await free_seats(work, ledger, positions, cause="unblock", subject=ledger.showtime.id, actor=actor)


def _no_showtime() -> NotFound:
    return NotFound("There is no such showtime.", field=["showtimeId"])
