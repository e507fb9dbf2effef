"""Showtimes and sales in bulk are as if they had come one by one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from subgraphs.common.errors import NotAllowedNow, NotFound
from subgraphs.common.ids import new_id, new_scoped_id
from subgraphs.seat.models.tables import SeatClaimRow
from subgraphs.seat.seating.plan import RowPlan
from tests.support.seat_service import SeatSystem


async def test_many_showtimes_open_and_sell_in_a_few_statements_and_replay(seat: SeatSystem) -> None:
    room = await seat.room([RowPlan(chr(ord("A") + row), "s" * 20) for row in range(10)])
    specs = [seat.spec(room.id) for _ in range(120)]
    sales = {
        spec.showtime_id: [
            (new_scoped_id(spec.showtime_id), range(start, start + 3)) for start in range(0, 3 * (index % 30), 3)
        ]
        for index, spec in enumerate(specs)
    }

    with seat.statements() as statements:
        await seat.services.bulk.open_showtimes(specs)
        await seat.services.bulk.open_showtimes(specs)
        fences = await seat.services.bulk.sell_in_bulk(sales)

    assert len([one for one in statements if not one.startswith("BEGIN")]) == 2 * 5 + 2 * 2 + 2 * 4
    after = await seat.map(specs[29].showtime_id)
    assert (after.version, after.counts.sold, after.statuses) == (30, 87, "S" * 87 + "A" * 113)
    await seat.all_is_well()
    assert len(fences) == sum(len(bookings) for bookings in sales.values())
    booking_id = sales[specs[1].showtime_id][0][0]
    async with seat.service.database.read() as session:
        rows = await session.execute(
            select(SeatClaimRow.position, SeatClaimRow.status, SeatClaimRow.fence).where(
                SeatClaimRow.booking_id == booking_id
            )
        )
        assert [tuple(row) for row in rows] == [(0, "S", 2), (1, "S", 2), (2, "S", 2)]
    assert fences[booking_id] == 2
    await seat.hold(after, 87)
    freed = await seat.services.steps.release(booking_id, showtime_id=specs[1].showtime_id, actor="test")
    assert len(freed.seats) == 3
    await seat.all_is_well()


async def test_a_sale_of_a_taken_seat_is_refused_whole(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    await seat.hold(showtime, 4)
    booking, other = new_scoped_id(showtime.id), new_scoped_id(showtime.id)
    for sales in ([(booking, [1, 4])], [(booking, [1, 2]), (other, [2, 3])]):
        with pytest.raises(NotAllowedNow):
            await seat.services.bulk.sell_at(showtime.id, sales)
    with pytest.raises(NotFound):
        await seat.services.bulk.sell_at(new_id(), [(booking, [1])])
    assert (await seat.map(showtime.id)).counts.sold == 0


async def test_an_unknown_room_opens_nothing(seat: SeatSystem) -> None:
    spec = seat.spec(new_id())
    with pytest.raises(NotFound):
        await seat.services.bulk.open_showtimes([spec])
    assert await seat.services.showtimes.maps([spec.showtime_id]) == {}
