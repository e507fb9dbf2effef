"""`seatMapUpdates` through the schema."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from strawberry.types import ExecutionResult

from subgraphs.common.context import Caller
from subgraphs.seat.context import SeatContext
from subgraphs.seat.loaders import Loaders
from subgraphs.seat.schema import schema
from subgraphs.seat.seating.layout import seat_id
from subgraphs.seat.settings import SeatSettings
from tests.support.seat_service import SeatSystem

UPDATES = """subscription($id: ID!, $after: BigInt) { seatMapUpdates(showtimeId: $id, afterVersion: $after) { __typename
    ... on SeatMapSnapshot { showtime { id availability { held } } version statuses }
    ... on SeatMapDelta { showtime { id availability { held } } fromVersion toVersion
        changes { seatId status } } } }"""


async def subscribed(seat: SeatSystem, showtime_id: str, after: object = None) -> Any:
    loaders = Loaders(seat.services, long_lived=True)
    context = SeatContext(Caller("r", "", None, None), True, seat.services, loaders, SeatSettings())
    return await schema.subscribe(UPDATES, variable_values={"id": showtime_id, "after": after}, context_value=context)


async def next_of(stream: Any) -> ExecutionResult:
    async with asyncio.timeout(5):
        result: ExecutionResult = await anext(stream)
    return result


async def test_a_client_sees_a_seat_being_taken(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    stream = await subscribed(seat, showtime.id)
    first = await next_of(stream)
    assert first.errors is None
    assert first.data == {
        "seatMapUpdates": {
            "__typename": "SeatMapSnapshot",
            "showtime": {"id": showtime.id, "availability": {"held": 0}},
            "version": 1,
            "statuses": "A" * 22,
        }
    }
    await seat.hold(showtime, 3)
    second = await next_of(stream)
    assert second.data == {
        "seatMapUpdates": {
            "__typename": "SeatMapDelta",
            "showtime": {"id": showtime.id, "availability": {"held": 1}},
            "fromVersion": 1,
            "toVersion": 2,
            "changes": [{"seatId": seat_id(showtime.layout_id, 3), "status": "HELD"}],
        }
    }
    await stream.aclose()
    assert seat.services.feed._channels == {}


async def test_a_client_that_comes_back_names_its_version(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    await seat.hold(showtime, 3)
    stream = await subscribed(seat, showtime.id, "1")
    event = (await next_of(stream)).data
    assert event is not None
    assert (event["seatMapUpdates"]["fromVersion"], event["seatMapUpdates"]["toVersion"]) == (1, 2)
    await stream.aclose()


@pytest.mark.parametrize("showtime_id", ["0" * 32, "x", "*", ">", "' OR ''='"])
async def test_an_unknown_showtime_is_an_error(seat: SeatSystem, showtime_id: str) -> None:
    stream = await subscribed(seat, showtime_id)
    result = await next_of(stream)
    assert result.data is None
    assert result.errors is not None
    [error] = result.errors
    assert (error.message, error.extensions) == ("There is no such showtime.", {"code": "BAD_USER_INPUT"})
