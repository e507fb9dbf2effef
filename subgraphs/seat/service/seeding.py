"""Opens many showtimes and sells many seats at once, with the same versions, events and maps as one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from subgraphs.common.clock import Clock
from subgraphs.common.errors import NotAllowedNow, NotFound
from subgraphs.seat.models.records import AuditoriumRecord, ShowtimeSpec
from subgraphs.seat.repository.ledger import ShowtimeLedger
from subgraphs.seat.repository.work import SeatDatabase

Sale = tuple[str, Sequence[int]]
"""A booking's id and the positions of its seats."""

_SHOWTIMES_AT_ONCE: Final = 100


class BulkService:
    """For data of the house and imports: before anybody competes for the seats."""

    def __init__(self, database: SeatDatabase, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open_showtimes(self, specs: Sequence[ShowtimeSpec], *, actor: str = "system") -> None:
        """Open showtimes, those left out that are open already.

        Raises:
            NotFound: an auditorium is unknown; batches of showtimes before it are open then.
        """
        for start in range(0, len(specs), _SHOWTIMES_AT_ONCE):
            batch = specs[start : start + _SHOWTIMES_AT_ONCE]
            async with self._database.write() as work:
                rooms = await work.rooms.auditoriums(sorted({spec.auditorium_id for spec in batch}))
                known = await work.showtimes.find_many([spec.showtime_id for spec in batch])
                openings = [(spec, _room(rooms, spec)) for spec in batch if spec.showtime_id not in known]
                if openings:
                    await work.openings.open(openings, actor=actor, at=self._clock.now())

    async def sell_in_bulk(self, sales: Mapping[str, Sequence[Sale]], *, actor: str = "system") -> dict[str, int]:
        """Make seats SOLD to bookings, one version for each booking, some hundred showtimes a transaction.

        Args:
            sales: by showtime: bookings and their positions.
            actor: who is told in the log.

        Returns:
            The fence of each booking's claim, by the booking's id.

        Raises:
            NotFound: a showtime is unknown.
            NotAllowedNow: a seat is not AVAILABLE, or two bookings name it.
        """
        fences: dict[str, int] = {}
        wanted = [showtime_id for showtime_id, bookings in sales.items() if bookings]
        for start in range(0, len(wanted), _SHOWTIMES_AT_ONCE):
            batch = wanted[start : start + _SHOWTIMES_AT_ONCE]
            async with self._database.write() as work:
                showtimes = await work.showtimes.find_many(batch, lock=True)
                if len(showtimes) != len(batch):
                    raise NotFound("One of the showtimes is unknown.")
                ledgers = [_sold(ShowtimeLedger(showtimes[each]), sales[each], actor=actor) for each in batch]
                await work.openings.write_sales(ledgers, at=self._clock.now())
            fences |= {booking_id: fence for _, sold in ledgers for booking_id, fence in sold.values()}
        return fences

    async def sell_at(self, showtime_id: str, bookings: Sequence[Sale], *, actor: str = "system") -> None:
        """Sell one showtime's seats; as `sell_in_bulk`."""
        await self.sell_in_bulk({showtime_id: bookings}, actor=actor)


def _sold(
    ledger: ShowtimeLedger, bookings: Sequence[Sale], *, actor: str
) -> tuple[ShowtimeLedger, dict[int, tuple[str, int]]]:
    sold: dict[int, tuple[str, int]] = {}
    for booking_id, positions in bookings:
        if any(position in sold or ledger.showtime.statuses[position] != "A" for position in positions):
            raise NotAllowedNow("A seat that was to be sold in bulk is not free.")
        fence = ledger.record("claim", [(position, "S") for position in positions], subject=booking_id, actor=actor)
        sold |= dict.fromkeys(positions, (booking_id, fence))
    return ledger, sold


def _room(rooms: Mapping[str, AuditoriumRecord], spec: ShowtimeSpec) -> AuditoriumRecord:
    room = rooms.get(spec.auditorium_id)
    if room is None:
        raise NotFound("One of the auditoriums is unknown.")
    return room
