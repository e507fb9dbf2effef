"""Demo sales, written in bulk, are like sold ones."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from subgraphs.booking.models.catalogue import SeatCategory
from subgraphs.booking.service.sale_seeding import SeededBooking, SeededSeat
from subgraphs.common.errors import NotFound
from subgraphs.common.ids import new_id, new_scoped_id
from subgraphs.seat.models.records import ShowtimeRecord
from subgraphs.seat.seating.layout import seat_id
from tests.support.sales_system import SalesSystem, person


def booking_of(showtime: ShowtimeRecord, user_id: str, *positions: int) -> SeededBooking:
    seats = tuple(
        SeededSeat(seat_id(showtime.layout_id, position), SeatCategory.STANDARD, f"A{position + 1}")
        for position in positions
    )
    return SeededBooking(new_scoped_id(showtime.id), user_id, None, seats)


async def test_many_bookings_take_a_fixed_number_of_statements(sales: SalesSystem) -> None:
    one, other, buyer = await sales.showtime(), await sales.showtime(), person()
    bookings = [booking_of(showtime, buyer.id, place, place + 1) for showtime in (one, other) for place in (0, 2, 4)]

    with sales.statements() as statements:
        await sales.service.selling.sales.seeder.record(bookings)

    assert len([one for one in statements if one.startswith("INSERT")]) == 6
    assert await sales.rows("SELECT count(*) FROM tickets WHERE status = 'VALID'") == [(12,)]
    assert await sales.money() == (15_000, 0, 0)


async def test_a_seeded_booking_can_be_cancelled_and_is_paid_back(sales: SalesSystem) -> None:
    showtime, buyer = await sales.showtime(), person()
    booking = booking_of(showtime, buyer.id, 0)
    await sales.service.selling.sales.seeder.record([booking])

    cancelled = await sales.done("cancelBooking", buyer, bookingId=booking.id)

    assert (cancelled["status"], cancelled["payments"][0]["status"]) == ("REFUNDED", "REFUNDED")
    assert await sales.money() == (1_250, 1_250, 0)


async def test_what_cannot_be_is_not_written(sales: SalesSystem) -> None:
    showtime, buyer = await sales.showtime(), person()
    seeder = sales.service.selling.sales.seeder
    with pytest.raises(IntegrityError):
        await seeder.record([booking_of(showtime, buyer.id, 0), booking_of(showtime, buyer.id, 0)])
    with pytest.raises(NotFound):
        await seeder.record([SeededBooking(new_scoped_id(new_id()), buyer.id, None, ())])
    assert await sales.rows("SELECT count(*) FROM bookings") == [(0,)]
