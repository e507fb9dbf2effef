"""Following a booking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from subgraphs.booking.service.watching import WatchingService
from subgraphs.common.errors import BadUserInput
from subgraphs.common.identity import Principal
from tests.support.sales_system import SalesSystem, person


async def following(sales: SalesSystem, by: Principal, booking_id: str) -> AsyncIterator[str]:
    async for booking in sales.service.selling.sales.watching.updates(by, booking_id):
        yield booking.status.value


async def next_of(updates: AsyncIterator[str]) -> str:
    async with asyncio.timeout(5):
        return await anext(updates)


async def test_a_follower_sees_the_booking_and_each_change(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    updates = following(sales, buyer, booking["id"])

    assert await next_of(updates) == "PENDING_PAYMENT"
    error = await sales.refused(
        "payBooking", buyer, bookingId=booking["id"], paymentMethod="pm_card_authenticationRequired"
    )
    assert await next_of(updates) == "CONFIRMING"
    await sales.client.post(error["nextAction"]["url"].removeprefix("http://127.0.0.1:4000") + "/approve")
    await sales.settle()
    assert await next_of(updates) == "CONFIRMED"
    await sales.done("cancelBooking", buyer, bookingId=booking["id"])
    assert await next_of(updates) == "REFUNDED"
    await updates.aclose()  # type: ignore[attr-defined] # it is a generator


async def test_a_change_nobody_told_of_is_seen_at_the_next_look(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    context, bookings = sales.service.selling.sales.driver._context, sales.service.selling.sales.bookings
    updates = WatchingService(context, bookings, look_seconds=0.05).updates(buyer, booking["id"])
    assert (await anext(updates)).status.value == "PENDING_PAYMENT"

    async with sales.service.database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("UPDATE bookings SET status = 'CANCELLED'")

    async with asyncio.timeout(5):
        assert (await anext(updates)).status.value == "CANCELLED"
    await updates.aclose()  # type: ignore[attr-defined] # it is a generator


async def test_nobody_follows_what_is_somebody_elses(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    for booking_id in (booking["id"], "x"):
        with pytest.raises(BadUserInput):
            await next_of(following(sales, person(), booking_id))
