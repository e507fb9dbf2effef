"""Idempotency keys: same key and input, same answer, one effect."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import DeclarativeBase

from subgraphs.common.clock import SystemClock
from subgraphs.common.database import Database, new_metadata
from subgraphs.common.errors import IdempotencyKeyReused, InvalidInput, RequestInProgress
from subgraphs.common.idempotency import IdempotencyKey, IdempotencyStore
from subgraphs.common.models import IdempotencyKeyMixin

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = new_metadata()


class IdempotencyRecord(IdempotencyKeyMixin, Base):
    pass


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, clock=SystemClock())
    async with made.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield made
    await made.close()


store = IdempotencyStore(IdempotencyRecord)


def key(seats: list[int], *, person: str = "ann", text: str = "k1") -> IdempotencyKey:
    return IdempotencyKey.of(text, scope="s", person_id=person, operation="hold", input_value={"seats": seats})


async def test_the_second_call_gets_the_first_ones_answer(database: Database) -> None:
    async with database.write() as session:
        assert await store.claim(session, key([1]), now=NOW) is None
        await store.answer(session, key([1]), {"hold": "h1"})
    async with database.write() as session:
        assert await store.claim(session, key([1]), now=NOW) == {"hold": "h1"}


async def test_the_same_key_with_another_input_is_refused(database: Database) -> None:
    async with database.write() as session:
        await store.claim(session, key([1]), now=NOW)
        await store.answer(session, key([1]), {})
    with pytest.raises(IdempotencyKeyReused):
        async with database.write() as session:
            await store.claim(session, key([2]), now=NOW)


async def test_a_call_beside_the_first_is_told_to_come_back(database: Database) -> None:
    async with database.write() as session:
        await store.claim(session, key([1]), now=NOW)
    with pytest.raises(RequestInProgress):
        async with database.write() as session:
            await store.claim(session, key([1]), now=NOW)


async def test_a_key_belongs_to_a_person(database: Database) -> None:
    async with database.write() as session:
        assert await store.claim(session, key([1]), now=NOW) is None
        assert await store.claim(session, key([2], person="bob"), now=NOW) is None


async def test_a_forgotten_key_may_be_used_again(database: Database) -> None:
    async with database.write() as session:
        await store.claim(session, key([1]), now=NOW)
        await store.forget(session, key([1]))
        assert await store.claim(session, key([2]), now=NOW) is None


@pytest.mark.parametrize("text", ["", "   ", "x" * 101, "a\nb", "\x00"])
def test_a_key_that_is_no_key_is_refused_with_its_path(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        key([1], text=text)
    assert caught.value.field == ("idempotencyKey",)
