"""The outbox: at least once, in order within a partition, whatever fails."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from subgraphs.common.clock import ShiftingClock
from subgraphs.common.database import Database, new_metadata
from subgraphs.common.models import OutboxMessageMixin
from subgraphs.common.outbox import Outbox


class Base(DeclarativeBase):
    metadata = new_metadata()


class OutboxMessage(OutboxMessageMixin, Base):
    pass


class Receiver:
    """Records what arrives; fails as often as told."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.arrived = asyncio.Event()
        self.failures = 0

    async def __call__(self, payload: dict[str, Any]) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        self.got.append(payload["text"])
        self.arrived.set()


@pytest.fixture
def clock() -> ShiftingClock:
    return ShiftingClock()


@pytest.fixture
async def database(database_url: str, clock: ShiftingClock) -> AsyncIterator[Database]:
    made = Database(database_url, clock=clock)
    async with made.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield made
    await made.close()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def outbox(database: Database, receiver: Receiver, clock: ShiftingClock) -> Outbox:
    return Outbox(database, OutboxMessage, {"note": receiver}, clock=clock)


async def put(database: Database, outbox: Outbox, *texts: str, partition: str = "p") -> None:
    async with database.write() as session:
        for text in texts:
            outbox.put(session, "note", {"text": text}, partition=partition)


async def test_what_was_committed_arrives_once_and_in_order(
    database: Database, outbox: Outbox, receiver: Receiver
) -> None:
    await put(database, outbox, "a", "b", "c")
    await outbox.deliver("p")
    await outbox.deliver("p")
    assert receiver.got == ["a", "b", "c"]
    assert await outbox.pending() == 0


async def test_what_was_rolled_back_never_arrives(database: Database, outbox: Outbox, receiver: Receiver) -> None:
    async def fail() -> None:
        async with database.write() as session:
            outbox.put(session, "note", {"text": "a"}, partition="p")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await outbox.deliver("p")
    assert receiver.got == []


async def test_a_failed_message_waits_for_its_next_try_and_nothing_of_its_partition_overtakes_it(
    database: Database, outbox: Outbox, receiver: Receiver, clock: ShiftingClock
) -> None:
    receiver.failures = 1
    await put(database, outbox, "a", "b")
    await outbox.deliver("p")
    await put(database, outbox, "c")
    await outbox.deliver("p")
    assert receiver.got == []
    clock.advance(timedelta(minutes=2))
    await outbox.deliver("p")
    assert receiver.got == ["a", "b", "c"]


async def test_another_partition_does_not_wait_for_a_failing_one(
    database: Database, outbox: Outbox, receiver: Receiver
) -> None:
    receiver.failures = 1
    await put(database, outbox, "stuck", partition="p")
    await outbox.deliver("p")
    await put(database, outbox, "free", partition="q")
    await outbox.deliver("q")
    assert receiver.got == ["free"]


async def test_a_message_whose_relay_died_is_delivered_when_its_lease_ends(
    database: Database, outbox: Outbox, receiver: Receiver, clock: ShiftingClock
) -> None:
    await put(database, outbox, "a")
    assert len(await outbox._lease(None)) == 1
    await outbox.deliver("p")
    assert receiver.got == []
    clock.advance(timedelta(minutes=1))
    await outbox.deliver("p")
    assert receiver.got == ["a"]


async def test_two_relays_do_not_deliver_the_same_message(
    database: Database, outbox: Outbox, receiver: Receiver, clock: ShiftingClock
) -> None:
    other = Outbox(database, OutboxMessage, {"note": receiver}, clock=clock)
    await put(database, outbox, *(str(number) for number in range(40)))
    await asyncio.gather(outbox.deliver("p"), other.deliver("p"))
    clock.advance(timedelta(minutes=1))
    await outbox.deliver("p")
    assert sorted(receiver.got, key=int) == [str(number) for number in range(40)]


async def test_the_relay_delivers_by_itself_when_woken(database: Database, outbox: Outbox, receiver: Receiver) -> None:
    relay = asyncio.create_task(outbox.run())
    await put(database, outbox, "a")
    outbox.wake()
    async with asyncio.timeout(5):
        await receiver.arrived.wait()
    relay.cancel()
    await asyncio.gather(relay, return_exceptions=True)


async def test_the_relay_ends_when_it_is_cancelled_as_it_is_woken(outbox: Outbox) -> None:
    relay = asyncio.create_task(outbox.run())
    await asyncio.sleep(0.3)
    outbox.wake()
    await asyncio.sleep(0)
    relay.cancel()
    ended, _ = await asyncio.wait({relay}, timeout=2)
    assert ended == {relay}


async def test_a_kind_without_handler_is_refused_when_written(database: Database, outbox: Outbox) -> None:
    with pytest.raises(KeyError):
        async with database.write() as session:
            outbox.put(session, "unknown", {}, partition="p")


class Failing(Database):
    """A database that refuses one unit of work: the one that notes the arrival of a message."""

    refusals = 0

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        if self.refusals:
            self.refusals -= 1
            raise ConnectionError("the database is away")
        async with super().write() as session:
            yield session


async def test_a_failure_is_told_once_all_partitions_have_ended(
    database_url: str, database: Database, clock: ShiftingClock
) -> None:
    failing, got = Failing(database_url, clock=clock), list[str]()

    async def receive(payload: dict[str, Any]) -> None:
        if payload["text"] == "slow":
            await asyncio.sleep(0.05)
        else:
            failing.refusals = 1
        got.append(payload["text"])

    outbox = Outbox(failing, OutboxMessage, {"note": receive}, clock=clock)
    await put(database, outbox, "quick", partition="p")
    await put(database, outbox, "slow", partition="q")
    with pytest.raises(ConnectionError):
        await outbox._deliver_batch(None)

    assert got == ["quick", "slow"]
    # What was not noted comes again; what was noted does not.
    assert await outbox.pending() == 1
    await failing.close()
