"""Hashing passwords off the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from subgraphs.auth.service.password_hasher import PasswordHasher
from subgraphs.auth.settings import AuthSettings
from subgraphs.common.errors import ServiceUnavailable


@pytest.fixture
async def hasher() -> AsyncIterator[PasswordHasher]:
    made = PasswordHasher(memory_kib=8, passes=1, lanes=1, threads=1, queue=2)
    yield made
    await made.close()


async def test_a_hash_is_argon2id_and_verifies_its_password_alone(hasher: PasswordHasher) -> None:
    stored = await hasher.hash("seven green lanterns")
    assert stored.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert await hasher.verify("seven green lanterns", stored) is True
    assert await hasher.verify("seven green lantern", stored) is False


async def test_no_hash_verifies_nothing(hasher: PasswordHasher) -> None:
    assert await hasher.verify("seven green lanterns", None) is False
    assert await hasher.verify("seven green lanterns", "not a hash") is False


async def test_the_defaults_are_owasps_minimum() -> None:
    settings = AuthSettings()
    parameters = (settings.argon2_memory_kib, settings.argon2_passes, settings.argon2_lanes)
    assert parameters == (19 * 1024, 2, 1)


async def test_who_comes_when_the_queue_is_full_is_turned_away_at_once(hasher: PasswordHasher) -> None:
    gate = threading.Event()
    waiting = [asyncio.create_task(hasher._run(gate.wait)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(ServiceUnavailable):
        await hasher.hash("seven green lanterns")
    gate.set()
    assert await asyncio.gather(*waiting) == [True, True, True]
    assert (await hasher.hash("seven green lanterns")).startswith("$argon2id$")
