"""The bus: one behaviour, in memory and on NATS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from subgraphs.common.bus import Bus, MemoryBus, Message, NatsBus, SlowConsumer, bus_for


@pytest.fixture(params=["memory", "nats"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    made: Bus = MemoryBus() if request.param == "memory" else NatsBus(request.getfixturevalue("nats_url"))
    yield made
    await made.close()


async def next_of(messages: AsyncIterator[Message]) -> Message:
    async with asyncio.timeout(5):
        return await anext(messages)


async def test_a_subscriber_gets_what_is_published_after_it_subscribed(bus: Bus) -> None:
    await bus.publish("seat.showtime.1", b"before")
    messages = aiter(await bus.subscribe("seat.showtime.1"))
    await bus.publish("seat.showtime.2", b"other")
    await bus.publish("seat.showtime.1", b"after")
    assert await next_of(messages) == Message("seat.showtime.1", b"after")


async def test_a_star_stands_for_one_part(bus: Bus) -> None:
    messages = aiter(await bus.subscribe("seat.showtime.*"))
    await bus.publish("seat.showtime.1.more", b"deeper")
    await bus.publish("seat.showtime.7", b"matches")
    assert await next_of(messages) == Message("seat.showtime.7", b"matches")


async def test_a_closed_subscription_ends_its_iteration_and_leaves_others_alone(bus: Bus) -> None:
    closed, kept = await bus.subscribe("a.b"), await bus.subscribe("a.b")
    await closed.aclose()
    await bus.publish("a.b", b"1")
    assert [message async for message in closed] == []
    assert (await next_of(aiter(kept))).payload == b"1"


async def test_a_subscriber_that_falls_behind_is_told_instead_of_fed_for_ever(bus: Bus) -> None:
    subscription = await bus.subscribe("flood")
    for _ in range(1_100):
        await bus.publish("flood", b"x")
    other = await bus.subscribe("marker")
    await bus.publish("marker", b"m")
    await next_of(aiter(other))
    with pytest.raises(SlowConsumer):
        async for _ in subscription:
            pass


async def test_publishing_to_a_bus_that_is_down_neither_raises_nor_waits_long() -> None:
    async with asyncio.timeout(8):
        await NatsBus("nats://127.0.0.1:1").publish("a", b"1")


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="memory:// or nats://"):
        bus_for("redis://127.0.0.1")
