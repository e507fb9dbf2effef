"""Large answers: the garbage collector waits, others do not."""

from __future__ import annotations

import asyncio
import gc

from router.execution.collector import LARGE, collector_paused
from tests.support.execution import bench, entities, fetch, obj, plan, show
from tests.support.user_plans import NAME, SDL, USER, ids

PLAN = plan(
    obj("Query", show("users", "[User]", obj("User", show("name")))),
    fetch(0, "a", "{users{__typename id}}"),
    fetch(1, "b", NAME, after=(0,), targets=[("users.@", USER)]),
)


def test_the_collector_is_as_it_was_afterwards() -> None:
    with collector_paused():
        assert not gc.isenabled()
    assert gc.isenabled()

    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


async def test_others_get_their_turn_between_the_parts_of_a_large_answer() -> None:
    run = bench(SDL, PLAN, {"a": ids("1"), "b": entities({"name": "x" * LARGE})})
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await asyncio.sleep(0)
    answer = await run.answer("{users{name}}")
    task.cancel()

    assert answer == {"data": {"users": [{"name": "x" * LARGE}]}}
    # Its first turn, one after the answer was decoded, and one before the response is written.
    assert turns == 3
    assert gc.isenabled()
