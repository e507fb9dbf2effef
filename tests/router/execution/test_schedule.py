"""The order of steps: each starts when its own dependencies have ended."""

from __future__ import annotations

import asyncio

import pytest

from router.execution.schedule import Schedule
from tests.support.execution import fetch


def schedule(*dependencies: tuple[int, ...], ended: frozenset[int] = frozenset()) -> Schedule:
    return Schedule([fetch(number, "s", "{a}", after=after) for number, after in enumerate(dependencies)], ended=ended)


class Steps:
    """Steps that last until they are told to end."""

    def __init__(self) -> None:
        self.started: list[int] = []
        self.tasks: set[asyncio.Task[object]] = set()
        self._ends: dict[int, asyncio.Event] = {}

    def _end(self, step: int) -> asyncio.Event:
        return self._ends.setdefault(step, asyncio.Event())

    async def run(self, step: int) -> None:
        self.started.append(step)
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        await self._end(step).wait()

    async def end(self, *steps: int) -> None:
        for step in steps:
            self._end(step).set()
        for _ in range(5):
            await asyncio.sleep(0)


async def test_a_step_does_not_wait_for_a_slow_one_that_it_does_not_need() -> None:
    steps = Steps()
    running = asyncio.create_task(schedule((), (), (0,), (2,), (1, 3)).run(steps.run))

    await steps.end()
    assert steps.started == [0, 1]
    await steps.end(0)
    assert steps.started == [0, 1, 2]
    await steps.end(2)
    assert steps.started == [0, 1, 2, 3]
    await steps.end(3)
    assert steps.started == [0, 1, 2, 3]
    await steps.end(1)
    assert steps.started == [0, 1, 2, 3, 4]
    await steps.end(4)
    assert running.done()
    await running


async def test_a_chain_runs_in_its_callers_task() -> None:
    steps = Steps()
    running = asyncio.create_task(schedule((), (0,), (1,)).run(steps.run))
    await steps.end(0, 1, 2)
    await running

    assert steps.started == [0, 1, 2]
    assert steps.tasks == {running}


async def test_only_the_width_of_a_plan_costs_tasks() -> None:
    steps = Steps()
    running = asyncio.create_task(schedule((), (), (), (0,), (1,), (2,)).run(steps.run))
    await steps.end(*range(6))
    await running

    assert sorted(steps.started) == list(range(6))
    assert len(steps.tasks) == 3


async def test_steps_that_have_ended_before_are_not_run() -> None:
    steps = Steps()
    running = asyncio.create_task(schedule((), (0,), (0, 1), ended=frozenset({0})).run(steps.run))
    await steps.end(1, 2)
    await running

    assert steps.started == [1, 2]


async def test_a_plan_without_steps_ends_at_once() -> None:
    await schedule().run(Steps().run)


async def test_cancelling_ends_every_step() -> None:
    steps = Steps()
    running = asyncio.create_task(schedule((), (), ()).run(steps.run))
    await steps.end()
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert steps.started == [0, 1, 2]
    assert all(task.done() for task in steps.tasks - {asyncio.current_task()})


@pytest.mark.parametrize("broken", [0, 1])
async def test_what_a_step_raises_ends_the_others_and_is_raised(broken: int) -> None:
    steps = Steps()

    async def run(step: int) -> None:
        if step == broken:
            await asyncio.sleep(0)
            raise ZeroDivisionError
        await steps.run(step)

    async def end() -> None:
        await steps.end()
        await steps.end(0)

    ending = asyncio.create_task(end())
    with pytest.raises(ZeroDivisionError):
        await schedule((), (), ()).run(run)
    await ending
    assert all(task.done() for task in steps.tasks - {asyncio.current_task()})
