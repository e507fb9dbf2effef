"""The figure of free seats."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from subgraphs.booking.models import Showtime
from subgraphs.booking.seat_client import SeatClient
from subgraphs.booking.service.availability import AvailabilityKeeper
from subgraphs.common.bus import MemoryBus
from subgraphs.common.errors import ServiceUnavailable
from subgraphs.common.service_client import ServiceClient
from subgraphs.common.wiring import tokens_of
from tests.support.catalogue_service import Programme


def event(showtime_id: str, version: object, available: object) -> bytes:
    return orjson.dumps({"showtimeId": showtime_id, "toVersion": version, "counts": {"available": available}})


async def figure(programme: Programme, showtime_id: str) -> int:
    async with programme.service.database.read() as session:
        return (await session.execute(select(Showtime.available).where(Showtime.id == showtime_id))).scalar_one()


@contextlib.asynccontextmanager
async def keeper_of(programme: Programme, bus: MemoryBus) -> AsyncIterator[AvailabilityKeeper]:
    """A keeper beside the service's own, on a bus that nobody else hears; it writes when it is told to."""
    client = ServiceClient(
        "seat",
        base_url="http://seat",
        tokens=tokens_of("booking", programme.settings),
        transport=programme.seat.transport(),
    )
    keeper = AvailabilityKeeper(
        programme.service.database,
        bus,
        SeatClient(client),
        clock=programme.clock,
        flush_seconds=0.01,
        refresh_seconds=300,
    )
    listening = asyncio.create_task(keeper.listen())
    await asyncio.sleep(0)
    try:
        yield keeper
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await client.close()


@pytest.fixture
async def showtime_id(programme: Programme) -> str:
    return str((await programme.showtime(await programme.movie(), await programme.room()))["id"])


async def test_a_new_showtime_has_all_seats_of_the_room(programme: Programme, showtime_id: str) -> None:
    assert await figure(programme, showtime_id) == 120


async def test_the_running_service_follows_seats_events(programme: Programme, showtime_id: str) -> None:
    query = "query ($least: Int) { showtimes(filter: { minAvailable: $least }) { totalCount } }"
    await programme.bus.publish(f"seat.showtime.{showtime_id}", event(showtime_id, 7, 3))
    async with asyncio.timeout(5):
        while (await programme.data(query, least=4))["showtimes"]["totalCount"]:  # noqa: ASYNC110 - written by a loop
            await asyncio.sleep(0.02)
    assert (await programme.data(query, least=3))["showtimes"]["totalCount"] == 1


async def test_events_of_a_moment_are_one_statement_and_older_ones_change_nothing(
    programme: Programme, showtime_id: str
) -> None:
    bus = MemoryBus()
    async with keeper_of(programme, bus) as keeper:
        for version, available in ((5, 50), (9, 90), (7, 70)):
            await bus.publish("seat.showtime.x", event(showtime_id, version, available))
        await asyncio.sleep(0)
        with programme.statements() as statements:
            await keeper.flush()
            await keeper.flush()
        assert [each.split()[0] for each in statements if not each.startswith("BEGIN")] == ["UPDATE"]
        assert await figure(programme, showtime_id) == 90
        await bus.publish("seat.showtime.x", event(showtime_id, 8, 80))
        await asyncio.sleep(0)
        await keeper.flush()
    assert await figure(programme, showtime_id) == 90


async def test_unreadable_events_are_passed_over(programme: Programme, showtime_id: str) -> None:
    bus = MemoryBus()
    async with keeper_of(programme, bus) as keeper:
        for payload in (
            b"",
            b"[]",
            b"{}",
            b'{"toVersion": 1}',
            event(showtime_id, "x", 1),
            event(showtime_id, 1, None),
        ):
            await bus.publish("seat.showtime.x", payload)
        await bus.publish("seat.showtime.x", event(showtime_id, 2, 20))
        await asyncio.sleep(0)
        await keeper.flush()
    assert await figure(programme, showtime_id) == 20


async def test_who_missed_events_asks_seat(programme: Programme, showtime_id: str) -> None:
    programme.seat.available[showtime_id] = 42
    async with keeper_of(programme, MemoryBus()) as keeper:
        await keeper.refresh_batch()
    assert await figure(programme, showtime_id) == 42


async def test_a_fresh_figure_is_not_asked_for_again_until_it_is_old(programme: Programme, showtime_id: str) -> None:
    programme.seat.available[showtime_id] = 42
    async with keeper_of(programme, MemoryBus()) as keeper:
        await keeper.refresh_batch()
        assert await keeper.refresh_batch() == 0
        programme.clock.advance(timedelta(seconds=301))
        programme.seat.available[showtime_id] = 41
        assert await keeper.refresh_batch() == 1
    assert await figure(programme, showtime_id) == 41


async def test_an_event_that_came_while_seat_was_asked_wins(programme: Programme, showtime_id: str) -> None:
    bus = MemoryBus()
    async with keeper_of(programme, bus) as keeper:
        programme.seat.available[showtime_id] = 42
        answer = programme.seat.answers_slowly()
        asking = asyncio.create_task(keeper.refresh_batch())
        await answer.is_asked.wait()
        await bus.publish("seat.showtime.x", event(showtime_id, 3, 33))
        await asyncio.sleep(0)
        await keeper.flush()
        answer.go_on.set()
        await asking
    assert await figure(programme, showtime_id) == 33


async def test_what_seat_does_not_know_keeps_its_figure(programme: Programme, showtime_id: str) -> None:
    async with keeper_of(programme, MemoryBus()) as keeper:
        await keeper.refresh_batch()
        assert await keeper.refresh_batch() == 0
    assert await figure(programme, showtime_id) == 120


async def test_while_seat_is_down_nothing_changes(programme: Programme, showtime_id: str) -> None:
    programme.seat.is_down = True
    async with keeper_of(programme, MemoryBus()) as keeper:
        with pytest.raises(ServiceUnavailable):
            await keeper.refresh_batch()
        programme.seat.is_down = False
        programme.seat.available[showtime_id] = 42
        assert await keeper.refresh_batch() == 1
    assert await figure(programme, showtime_id) == 42
