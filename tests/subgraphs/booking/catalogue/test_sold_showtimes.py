"""What staff may still change once seats are sold: with the real seat subgraph beside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from subgraphs.common.identity import Role
from tests.support.sales_system import SalesSystem, selling
from tests.support.seat_service import person


class Pause(httpx.AsyncBaseTransport):
    """Keeps seat's answer to `bindHold` back until it is let go."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.is_answered, self.go_on = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if b"bindHold" in await request.aread():
            self.is_answered.set()
            await self.go_on.wait()
        return response


UPDATE = """mutation ($input: UpdateShowtimeInput!) { updateShowtime(input: $input) {
  showtime { startsAt } userErrors { code field } } }"""


@pytest.fixture
async def sales(database_url: str, tmp_path: Path) -> AsyncIterator[SalesSystem]:
    async with selling(database_url, tmp_path) as system:
        yield system


async def move(sales: SalesSystem, showtime_id: str, hours: float) -> Any:
    starts_at = (sales.clock.now() + timedelta(hours=hours)).isoformat()
    value = {"id": showtime_id, "startsAt": starts_at}
    return (await sales.data(UPDATE, {"input": value}, by=person(role=Role.ADMIN)))["updateShowtime"]


async def test_a_showtime_with_a_booking_is_not_moved_and_one_without_is(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    booking = await sales.booked(buyer, showtime, 0)
    refused = {"showtime": None, "userErrors": [{"code": "NOT_ALLOWED_NOW", "field": ["startsAt"]}]}
    assert await move(sales, showtime.id, 30) == refused
    await sales.done("cancelBooking", buyer, bookingId=booking["id"])
    assert (await move(sales, showtime.id, 30))["userErrors"] == []


async def test_a_booking_of_a_showtime_that_is_moved_meanwhile_is_refused(sales: SalesSystem) -> None:
    buyer, showtime = person(), await sales.showtime()
    hold_id = await sales.held(buyer, showtime, 0)
    pause = sales.cut._inner = Pause(sales.cut._inner)
    booking = asyncio.create_task(sales.refused("createBooking", buyer, holdId=hold_id))
    await pause.is_answered.wait()
    assert (await move(sales, showtime.id, 30))["userErrors"] == []
    pause.go_on.set()
    assert (await booking)["code"] == "NOT_ALLOWED_NOW"
    assert await sales.rows("SELECT count(*) FROM bookings") == [(0,)]
