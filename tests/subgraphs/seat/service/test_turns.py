"""Turns at a showtime: one after the other, first come, first served, others undisturbed."""

from __future__ import annotations

import asyncio

from subgraphs.seat.service.turns import Turns


async def test_one_after_the_other_in_the_order_of_arrival() -> None:
    turns = Turns()
    seen: list[str] = []

    async def take(name: str, showtime_id: str) -> None:
        async with turns.at(showtime_id):
            seen.append(f"{name} in")
            await asyncio.sleep(0)
            seen.append(f"{name} out")

    await asyncio.gather(take("a", "x"), take("b", "x"), take("c", "x"))
    assert seen == ["a in", "a out", "b in", "b out", "c in", "c out"]
    assert (turns._locks, turns._wanted) == ({}, {})


async def test_showtimes_do_not_wait_for_each_other() -> None:
    turns = Turns()
    async with turns.at("x"), asyncio.timeout(1), turns.at("y"):
        pass


async def test_who_fails_or_gives_up_lets_the_next_in() -> None:
    turns = Turns()

    async def fail() -> None:
        async with turns.at("x"):
            await asyncio.sleep(0)
            raise ValueError

    async def wait() -> None:
        async with turns.at("x"):
            pass

    failing, gone, patient = (asyncio.create_task(one) for one in (fail(), wait(), wait()))
    await asyncio.sleep(0)
    gone.cancel()
    ends = await asyncio.gather(failing, gone, patient, return_exceptions=True)
    assert [type(end) for end in ends] == [ValueError, asyncio.CancelledError, type(None)]
    assert turns._locks == {}
