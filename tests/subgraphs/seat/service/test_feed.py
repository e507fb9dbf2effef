"""Live seat maps: snapshot or missed deltas first, then every change; lost messages, gaps and slow subscribers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from subgraphs.common.bus import MemoryBus, Message, NatsBus, Subscription
from subgraphs.common.ids import new_id
from subgraphs.seat.models.records import ShowtimeRecord
from subgraphs.seat.repository.work import SeatDatabase
from subgraphs.seat.service.feed import FeedReach, MapDelta, MapEvent, MapSnapshot, SeatMapFeed
from tests.support.seat_service import SeatSystem, person, running_seat


class LossyBus(MemoryBus):
    """A bus that loses what it is told to lose, and counts who listens.

    Attributes:
        losing: while set, nothing arrives.
        subscribed: subscriptions that were ever opened.
    """

    def __init__(self) -> None:
        super().__init__()
        self.losing = False
        self.subscribed = 0

    async def publish(self, subject: str, payload: bytes) -> None:
        if not self.losing:
            await super().publish(subject, payload)

    async def subscribe(self, subject: str) -> Subscription:
        self.subscribed += 1
        return await super().subscribe(subject)


@pytest.fixture
def bus() -> LossyBus:
    return LossyBus()


@pytest.fixture
async def seat(database_url: str, bus: LossyBus) -> AsyncIterator[SeatSystem]:
    async with running_seat(database_url, bus=bus) as system:
        yield system


@contextlib.asynccontextmanager
async def following(
    seat: SeatSystem, showtime: ShowtimeRecord, *, after: int | None = None
) -> AsyncIterator[AsyncIterator[MapEvent]]:
    events = seat.services.feed.events(showtime.id, after_version=after)
    async with contextlib.aclosing(events):
        yield events


async def next_of(events: AsyncIterator[MapEvent]) -> MapEvent:
    async with asyncio.timeout(5):
        return await anext(events)


async def test_a_new_subscriber_gets_a_snapshot_then_each_change(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    async with following(seat, showtime) as events:
        assert await next_of(events) == MapSnapshot(showtime.id, 1, "A" * 22)
        hold = await seat.hold(showtime, 2, 1, owner=ann)
        layout_id = showtime.layout_id
        assert await next_of(events) == MapDelta(showtime.id, layout_id, 1, 2, ((1, "H"), (2, "H")))
        await seat.services.keeper.release(ann, hold.id)
        assert await next_of(events) == MapDelta(showtime.id, layout_id, 2, 3, ((1, "A"), (2, "A")))


async def test_who_names_a_version_gets_just_what_was_missed_merged(seat: SeatSystem) -> None:
    showtime, ann = await seat.showtime(), person()
    hold = await seat.hold(showtime, 1, owner=ann)
    await seat.hold(showtime, 2)
    await seat.services.keeper.release(ann, hold.id)
    async with following(seat, showtime, after=2) as events:
        delta = MapDelta(showtime.id, showtime.layout_id, 2, 4, ((1, "A"), (2, "H")))
        assert await next_of(events) == delta


async def test_who_is_up_to_date_gets_nothing_until_something_happens(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    async with following(seat, showtime, after=1) as events:
        waiting = asyncio.ensure_future(next_of(events))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await seat.hold(showtime, 1)
        assert await waiting == MapDelta(showtime.id, showtime.layout_id, 1, 2, ((1, "H"),))


@pytest.mark.parametrize("after", [-1, 0, 99])
async def test_a_version_that_makes_no_sense_gets_a_snapshot(seat: SeatSystem, after: int) -> None:
    showtime = await seat.showtime()
    async with following(seat, showtime, after=after) as events:
        assert await next_of(events) == MapSnapshot(showtime.id, 1, "A" * 22)


async def test_changes_that_wait_together_arrive_merged(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    async with following(seat, showtime) as events:
        await next_of(events)
        for position in range(5):
            await seat.hold(showtime, position)
        await asyncio.sleep(0.05)
        event = await next_of(events)
    assert isinstance(event, MapDelta)
    assert (event.from_version, event.version, len(event.changes)) == (1, 6, 5)


async def test_a_gap_is_filled_from_the_log(seat: SeatSystem, bus: LossyBus) -> None:
    showtime = await seat.showtime()
    async with following(seat, showtime) as events:
        await next_of(events)
        bus.losing = True
        await seat.hold(showtime, 1)
        bus.losing = False
        await seat.hold(showtime, 2)
        event = await next_of(events)
    assert isinstance(event, MapDelta)
    assert (event.from_version, event.version, event.changes) == (1, 3, ((1, "H"), (2, "H")))


async def test_a_message_lost_altogether_costs_a_moment(seat: SeatSystem, bus: LossyBus) -> None:
    showtime = await seat.showtime()
    async with following(seat, showtime) as events:
        await next_of(events)
        bus.losing = True
        await seat.hold(showtime, 1)
        assert await next_of(events) == MapDelta(showtime.id, showtime.layout_id, 1, 2, ((1, "H"),))


async def test_messages_twice_late_or_senseless_change_nothing(seat: SeatSystem, bus: LossyBus) -> None:
    showtime = await seat.showtime()
    subject = f"seat.showtime.{showtime.id}"
    seen: list[Message] = []
    source = await bus.subscribe(subject)
    async with following(seat, showtime) as events:
        await next_of(events)
        await seat.hold(showtime, 1)
        await next_of(events)
        async for message in source:
            seen.append(message)
            break
        for payload in (seen[0].payload, b"{}", b"not json", b'{"changes": [["x", "H"]]}', b"[]"):
            await bus.publish(subject, payload)
        await seat.hold(showtime, 2)
        assert await next_of(events) == MapDelta(showtime.id, showtime.layout_id, 2, 3, ((2, "H"),))
    await source.aclose()


async def test_snapshot_plus_deltas_is_the_database_for_subscribers_of_every_pace(seat: SeatSystem) -> None:
    showtime = await seat.showtime()

    async def follow(pause: float) -> tuple[int, str]:
        version, letters = 0, list("")
        async with following(seat, showtime) as events:
            while "".join(letters).count("H") < 22:
                event = await next_of(events)
                if isinstance(event, MapSnapshot):
                    letters = list(event.statuses)
                else:
                    assert event.from_version == version
                    for position, letter in event.changes:
                        letters[position] = letter
                version = event.version
                await asyncio.sleep(pause)
        return version, "".join(letters)

    followers = [asyncio.ensure_future(follow(pause)) for pause in (0, 0, 0.02, 0.1)]
    for position in range(22):
        await seat.hold(showtime, position)
    ends = await asyncio.gather(*followers)
    after = await seat.map(showtime.id)
    assert set(ends) == {(after.version, after.statuses)}


async def test_a_thousand_subscribers_share_one_reader_and_no_queries(seat: SeatSystem, bus: LossyBus) -> None:
    showtime = await seat.showtime()
    async with contextlib.AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(following(seat, showtime)) for _ in range(1_000)]
        with seat.statements() as statements:
            snapshots = await asyncio.gather(*(next_of(events) for events in streams))
        assert (len(statements), bus.subscribed, {event.version for event in snapshots}) == (1, 1, {1})
        await seat.hold(showtime, 1)
        with seat.statements() as statements:
            deltas = await asyncio.gather(*(next_of(events) for events in streams))
        assert (len(statements), len({id(event) for event in deltas})) == (0, 1)
    assert seat.services.feed._channels == {}


async def test_a_subscriber_too_far_behind_gets_a_snapshot(seat: SeatSystem) -> None:
    showtime = await seat.showtime()
    seats = SeatDatabase(seat.service.database)
    feed = SeatMapFeed(seats, seat.bus, reach=FeedReach(0.2, kept_deltas=2, log_limit=3))
    async with (
        contextlib.aclosing(feed.events(showtime.id)) as events,
        contextlib.aclosing(feed.events(showtime.id)) as others,
    ):
        await next_of(events)
        for position in range(6):
            await next_of(others)
            await seat.hold(showtime, position)
        await asyncio.sleep(0.3)
        assert await next_of(events) == MapSnapshot(showtime.id, 7, "HHHHHH" + "A" * 16)


async def test_an_unknown_showtime_gives_nothing_and_leaves_nothing(seat: SeatSystem, bus: LossyBus) -> None:
    feed: SeatMapFeed = seat.services.feed
    for showtime_id in (new_id(), "x", "*", "\ud800"):
        assert [event async for event in feed.events(showtime_id)] == []
    assert (feed._channels, bus._exact, bus._patterns) == ({}, {}, set())


async def test_a_bus_that_is_away_leaves_a_slower_map(database_url: str) -> None:
    class Away(MemoryBus):
        async def subscribe(self, subject: str) -> Subscription:
            raise ConnectionError("no bus")

    async with running_seat(database_url, bus=Away()) as seat:
        showtime = await seat.showtime()
        async with following(seat, showtime) as events:
            await next_of(events)
            await seat.hold(showtime, 1)
            assert await next_of(events) == MapDelta(showtime.id, showtime.layout_id, 1, 2, ((1, "H"),))


async def test_a_change_in_one_process_reaches_the_subscribers_of_another_over_nats(
    database_url: str, nats_url: str
) -> None:
    buses = NatsBus(nats_url), NatsBus(nats_url)
    async with running_seat(database_url, bus=buses[0]) as one, running_seat(database_url, bus=buses[1]) as other:
        showtime = await one.showtime()
        async with following(other, showtime) as events:
            await next_of(events)
            await one.hold(showtime, 1)
            assert await next_of(events) == MapDelta(showtime.id, showtime.layout_id, 1, 2, ((1, "H"),))
    for bus in buses:
        await bus.close()


async def test_a_reader_that_cannot_keep_up_reads_the_log_and_listens_anew(seat: SeatSystem, bus: LossyBus) -> None:
    showtime = await seat.showtime()
    async with following(seat, showtime) as events:
        await next_of(events)
        # More messages than a subscription buffers, before the reader gets a turn.
        for _ in range(1_500):
            await bus.publish(f"seat.showtime.{showtime.id}", b"{}")
        bus.losing = True
        await seat.hold(showtime, 1)
        bus.losing = False
        assert await next_of(events) == MapDelta(showtime.id, showtime.layout_id, 1, 2, ((1, "H"),))
        assert bus.subscribed == 2
        await seat.hold(showtime, 2)
        assert await next_of(events) == MapDelta(showtime.id, showtime.layout_id, 2, 3, ((2, "H"),))
