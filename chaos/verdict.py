"""Compares, once all is quiet, the databases with each other and with what every client was told."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping

from sqlalchemy import select

from chaos.buyers import Journal, Told
from eventio.checking.books import Breach
from eventio.checking.check import Check, Patience
from eventio.checking.reading import BookReader
from subgraphs.booking.models.sales import Booking, BookingLine, Ticket
from subgraphs.booking.models.states import BookingStatus, TicketStatus
from subgraphs.common.clock import SystemClock
from subgraphs.common.database import Database

_MOVING = (BookingStatus.CONFIRMING, BookingStatus.REFUND_PENDING)


async def breaches(settings: Mapping[str, str], journal: Journal, *, quiet_seconds: float) -> list[Breach]:
    """Wait until nothing moves, then compare everything."""
    booking = Database(settings["EVENTIO_BOOKING_DATABASE_URL"], clock=SystemClock())
    seat = Database(settings["EVENTIO_SEAT_DATABASE_URL"], clock=SystemClock())
    try:
        found = await _still_moving(booking, quiet_seconds)
        report = await Check(BookReader(booking, seat), patience=Patience(looks=5, pause=3)).run()
        found += report.breaches
        found += await _against_journal(booking, journal)
    finally:
        await booking.close()
        await seat.close()
    found += [Breach(fault.partition(":")[0], "client", fault) for fault in journal.faults]
    return found


async def _still_moving(booking: Database, quiet_seconds: float) -> list[Breach]:
    """Wait for every sale under way to end: what a crash interrupted is to be finished without anybody's help."""
    loop = asyncio.get_running_loop()
    until = loop.time() + quiet_seconds
    while True:
        async with booking.read() as session:
            moving = list(await session.scalars(select(Booking.id).where(Booking.status.in_(_MOVING))))
        if not moving:
            return []
        if loop.time() > until:
            return [Breach("QUIET", one, f"still under way after {quiet_seconds:.0f} s") for one in moving]
        await asyncio.sleep(1)


async def _against_journal(booking: Database, journal: Journal) -> list[Breach]:
    """I11: what a client was told had succeeded is there."""
    async with booking.read() as session:
        rows = await session.execute(select(Booking.id, Booking.status))
        statuses = {row.id: row.status for row in rows}
        lines: dict[str, set[str]] = {}
        for booking_id, seat_id in await session.execute(select(BookingLine.booking_id, BookingLine.seat_id)):
            lines.setdefault(booking_id, set()).add(seat_id)
        valid = select(Ticket.booking_id).where(Ticket.status == TicketStatus.VALID)
        tickets = Counter(await session.scalars(valid))
    found = []
    for told in journal.told:
        fault = _contradiction(told, statuses.get(told.booking_id), lines.get(told.booking_id, set()))
        if fault is None and told.status == "CONFIRMED" and not told.cancelled:
            wanted = len(told.seats)
            fault = None if tickets[told.booking_id] == wanted else f"{tickets[told.booking_id]} of {wanted} tickets"
        if fault is not None:
            found.append(Breach("I11", told.booking_id, fault))
    return found


def _contradiction(told: Told, status: BookingStatus | None, seats: set[str]) -> str | None:
    if status is None:
        return f"told {told.status}, but there is no such booking"
    if told.status == "CONFIRMED" and not told.cancelled:
        if status is not BookingStatus.CONFIRMED:
            return f"told CONFIRMED, is {status.value}"
        if not told.changed and seats != set(told.seats):
            return f"told the seats {sorted(told.seats)}, has {sorted(seats)}"
    if told.status in {"REFUNDED", "REFUND_PENDING"} and status not in {
        BookingStatus.REFUNDED,
        BookingStatus.REFUND_PENDING,
    }:
        return f"told {told.status}, is {status.value}"
    return None
