"""Running a plan's dependency graph: a step starts when its own dependencies have ended, not when a wave has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from router.planning.plan import FetchStep

__all__ = ["Schedule"]

RunStep = Callable[[int], Awaitable[None]]
"""Runs the step at an index; must not raise but when cancelled."""


class Schedule:
    """The order of a plan's steps, compiled once.

    A chain is run without a task: whoever ends a step goes on with one of those that it made ready, and gives only the
    others to tasks of their own.
    """

    __slots__ = ("_dependents", "_first", "_waiting")

    def __init__(self, steps: Sequence[FetchStep], *, ended: frozenset[int] = frozenset()) -> None:
        """Compile the order of `steps`.

        Args:
            steps: in topological order, with their ids as indices.
            ended: ids of steps that have been run already (a subscription's first).
        """
        self._dependents: list[tuple[int, ...]] = [
            tuple(other.id for other in steps if step.id in other.depends_on) for step in steps
        ]
        self._waiting = [len(set(step.depends_on) - ended) for step in steps]
        self._first = [step.id for step in steps if not self._waiting[step.id] and step.id not in ended]

    async def run(self, run_step: RunStep) -> None:
        """Run every step; cancelled with everything that it started when its caller is."""
        first = self._first
        if not first:
            return
        run = _Run(self._dependents, self._waiting.copy(), run_step)
        try:
            run.spawn(first[1:])
            await run.chain(first[0])
            while run.tasks:
                await asyncio.wait(run.tasks, return_when=asyncio.FIRST_COMPLETED)
                run.reap()
        finally:
            await run.cancel()


class _Run:
    """One run of a schedule."""

    __slots__ = ("_dependents", "_run_step", "_waiting", "tasks")

    def __init__(self, dependents: list[tuple[int, ...]], waiting: list[int], run_step: RunStep) -> None:
        self._dependents = dependents
        self._waiting = waiting
        self._run_step = run_step
        self.tasks: set[asyncio.Task[None]] = set()

    def spawn(self, steps: Sequence[int]) -> None:
        for step in steps:
            self.tasks.add(asyncio.get_running_loop().create_task(self.chain(step)))

    async def chain(self, step: int) -> None:
        while True:
            await self._run_step(step)
            ready = self._released(step)
            if not ready:
                return
            self.spawn(ready[1:])
            step = ready[0]

    def _released(self, step: int) -> list[int]:
        ready = []
        for dependent in self._dependents[step]:
            self._waiting[dependent] -= 1
            if not self._waiting[dependent]:
                ready.append(dependent)
        return ready

    def reap(self) -> None:
        """Forget the tasks that have ended; raise what one of them raised."""
        ended = {task for task in self.tasks if task.done()}
        self.tasks -= ended
        for task in ended:
            task.result()

    async def cancel(self) -> None:
        if not self.tasks:
            return
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
