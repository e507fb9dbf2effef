"""Incremental delivery (rule 39): the first response as soon as its own fetches have ended, each fragment after them.

All fetches fill one merged tree. What the client has of it is kept beside it: fields that come later are put where the
client has their object, and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from typing import Any

from router.execution.completion import holds
from router.execution.deferred_places import ErrorRoutes, Spot, length_of, spots
from router.execution.encoding import Encoded, encode
from router.execution.errors import ErrorLog
from router.execution.fetching import Asked, StepProgram
from router.execution.incremental_formats import Announced, Delivered, FragmentResult, IncrementalWriter
from router.execution.paths import Place
from router.execution.projection import Projector
from router.execution.reporting import ErrorPlaces
from router.execution.running import Run
from router.execution.schedule import Schedule
from router.planning.plan import Deferral, QueryPlan

__all__ = ["DeferredProgram", "DeferredRun", "Delivery"]

_GRACE = 0.25
"""Seconds after the deadline in which a transport may say itself that it has passed."""


class DeferredProgram:
    """What an operation delivers after its first response, compiled.

    Attributes:
        deferral: of the plan.
        routes: say which fragments an error belongs to.
        first: makes the first response.
        projectors: of the parts.
        parts_of: the numbers of each fragment's parts.
        lengths: of the client's paths to each fragment.
        steps: what has to have ended for each fragment.
    """

    __slots__ = ("deferral", "first", "lengths", "parts_of", "projectors", "routes", "steps")

    def __init__(self, plan: QueryPlan, deferral: Deferral, first: Projector) -> None:
        self.deferral = deferral
        self.routes = ErrorRoutes(deferral)
        self.first = first
        self.projectors = tuple(Projector(part.projection, plan.steps) for part in deferral.parts)
        self.parts_of = tuple(
            tuple(number for number, part in enumerate(deferral.parts) if fragment in part.fragments)
            for fragment in range(len(deferral.fragments))
        )
        self.lengths = tuple(length_of(fragment.path) for fragment in deferral.fragments)
        self.steps = tuple(
            frozenset(step for number in numbers for step in deferral.parts[number].steps) for numbers in self.parts_of
        )


class DeferredRun(Run):
    """A run that keeps the errors of what comes later apart, for each set of fragments that bring it together."""

    __slots__ = ("_logs", "_program_of_deferral")

    def defer(self, program: DeferredProgram) -> None:
        """Say what comes later."""
        self._program_of_deferral = program
        self._logs: dict[tuple[int, ...], ErrorLog] = {}

    def errors_of(self, fragments: tuple[int, ...]) -> ErrorLog:
        """Give the errors of what some fragments bring together; of the first response where they are none."""
        if not fragments:
            return self.errors
        log = self._logs.get(fragments)
        if log is None:
            log = self._logs[fragments] = self.errors.another()
        return log

    def sort_errors(self, delivered: Iterable[int]) -> None:
        """Move errors to where their fields come, unless that has been delivered."""
        gone = frozenset(delivered)
        for fragments, log in ((), self.errors), *self._logs.copy().items():
            kept = []
            for error in log.errors:
                home = self._program_of_deferral.routes.of(error.get("path", ())) or fragments
                if home == fragments or gone.intersection(home):
                    kept.append(error)
                else:
                    self.errors_of(home).errors.append(error)
            log.errors[:] = kept

    def take_errors(self, fragment: int) -> list[dict[str, Any]]:
        """Take what went wrong with anything that a fragment brings."""
        found = []
        for fragments, log in self._logs.items():
            if fragment in fragments:
                found += log.finished()
                self._logs[fragments] = log.another()
        return found

    def _places(self, step: StepProgram, asked: Sequence[Asked] = ()) -> ErrorPlaces:
        whole = self._program_of_deferral.deferral.whole
        log = self.errors_of(step.step.deferred_for)
        return ErrorPlaces(log, step=step.step, asked=asked, tree=self.tree, projection=whole)


class Delivery:
    """The responses to one request."""

    def __init__(
        self, program: DeferredProgram, *, schedule: Schedule, run: DeferredRun, writer: IncrementalWriter
    ) -> None:
        self._program = program
        self._schedule = schedule
        self._run = run
        self._writer = writer
        self._ended: set[int] = set()
        self._progress = asyncio.Event()
        self._response: dict[str, Any] | None = None
        self._delivered: set[int] = set()
        self._announced: dict[tuple[int, Place], Announced] = {}
        self._failed: set[tuple[int, Place]] = set()
        self._done: dict[tuple[int, Place], bool] = {}  # parts at objects: whether they were delivered, or null bubbled

    async def responses(self, introspect: Callable[[], Awaitable[None]]) -> AsyncGenerator[bytes, None]:
        """Give each response, JSON, as soon as it is there; closing ends the fetches.

        Args:
            introspect: puts into the merged tree what no fetch brings.
        """
        await introspect()
        fetching = asyncio.create_task(self._fetch())
        try:
            await self._until(lambda: self._ended.issuperset(self._program.deferral.first), fetching)
            yield encode(self._write_first())
            while self._has_next():
                await self._until(lambda: any(map(self._is_ready, self._open())), fetching)
                yield encode(self._write_later())
        finally:
            fetching.cancel()
            await asyncio.gather(fetching, return_exceptions=True)

    # ---- fetching --------------------------------------------------------------------------------------------------
    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout_at(self._run.deadline + _GRACE):
                await self._schedule.run(self._run_step)
        except TimeoutError:
            self._run.time_out()
            self._ended.update(step for steps in self._program.steps for step in steps)
            self._ended.update(self._program.deferral.first)
        finally:
            self._progress.set()

    async def _run_step(self, number: int) -> None:
        await self._run.run_step(number)
        self._ended.add(number)
        self._progress.set()

    async def _until(self, is_reached: Callable[[], bool], fetching: asyncio.Task[None]) -> None:
        while not is_reached():
            if fetching.done():
                # Every step has ended, so whatever is waited for is there, unless the fetches failed as a whole.
                fetching.result()
                raise AssertionError("the plan has no step that brings what is waited for")
            self._progress.clear()
            await self._progress.wait()

    # ---- the state -------------------------------------------------------------------------------------------------
    def _open(self) -> list[int]:
        """List the fragments that were not delivered; one that brings nothing is as good as delivered."""
        found = []
        for number, fragment in enumerate(self._program.deferral.fragments):
            if number in self._delivered:
                continue
            if self._program.parts_of[number]:
                found.append(number)
            elif self._delivered.issuperset(fragment.parents):
                self._delivered.add(number)
        return found

    def _is_ready(self, number: int) -> bool:
        parents = self._program.deferral.fragments[number].parents
        return self._delivered.issuperset(parents) and self._ended.issuperset(self._program.steps[number])

    def _is_brought_by_others(self, number: int) -> bool:
        """Whether everything that a fragment has to bring has come with others."""
        parents = self._program.deferral.fragments[number].parents
        return self._delivered.issuperset(parents) and not self._may_come(number)

    def _has_next(self) -> bool:
        return any(map(self._may_come, self._open()))

    def _may_come(self, number: int) -> bool:
        return any(map(self._part_may_come, self._program.parts_of[number]))

    def _part_may_come(self, number: int) -> bool:
        part = self._program.deferral.parts[number]
        if not holds(part.conditions, self._run.variables):
            return False
        holders = self._program.routes.of([segment.response_key for segment in part.path])
        if holders and not self._delivered.intersection(holders):
            return any(map(self._may_come, holders))
        found = spots(self._response, self._run.tree, part.path, None)
        return any(
            (number, spot.path) not in self._done
            and self._run.may_be_of(spot.known, part.types)
            and not all(self._is_dead(fragment, spot.path) for fragment in part.fragments)
            for spot in found
        )

    def _is_dead(self, fragment: int, path: Place) -> bool:
        """Whether a fragment around this one has failed at an object."""
        return any(
            (parent, path[: self._program.lengths[parent]]) in self._failed or self._is_dead(parent, path)
            for parent in self._program.deferral.fragments[fragment].parents
        )

    def _spots(self, number: int) -> list[Spot]:
        part = self._program.deferral.parts[number]
        if not holds(part.conditions, self._run.variables):
            return []
        return spots(self._response, self._run.tree, part.path, part.types)

    # ---- responses -------------------------------------------------------------------------------------------------
    def _write_first(self) -> dict[str, Any]:
        run = self._run
        run.sort_errors(())
        self._response = self._program.first.project(run.tree, run.variables, run.errors)
        response: dict[str, Any] = {"data": self._response}
        errors = run.errors.finished()
        if errors:
            response["errors"] = errors
        announced = [item for number in self._open() for item in self._announce(number)]
        return self._writer.first(response, announced, has_next=self._has_next())

    def _write_later(self) -> dict[str, Any]:
        self._run.sort_errors(self._delivered)
        announced: list[Announced] = []
        results: list[FragmentResult] = []
        while ready := [item for item in self._open() if self._is_ready(item) or self._is_brought_by_others(item)]:
            for number in ready:
                announced += self._announce(number)
                results += self._deliver(number)
                self._delivered.add(number)
        announced += [item for number in self._open() for item in self._announce(number)]
        return self._writer.later(results, announced, has_next=self._has_next())

    def _announce(self, number: int) -> list[Announced]:
        """Name the objects where a fragment will bring something, once those around it have been delivered."""
        fragment = self._program.deferral.fragments[number]
        if not self._delivered.issuperset(fragment.parents):
            return []
        found = []
        for part in self._program.parts_of[number]:
            for spot in self._spots(part):
                path = spot.path[: self._program.lengths[number]]
                if self._done.get((part, spot.path)):
                    continue
                if (number, path) not in self._announced and not self._is_dead(number, path):
                    self._announced[number, path] = Announced(number, fragment.label, path)
                    found.append(self._announced[number, path])
        return found

    def _deliver(self, number: int) -> list[FragmentResult]:
        length = self._program.lengths[number]
        results = {
            path: FragmentResult(item, _object_at(self._response, path))
            for (fragment, path), item in self._announced.items()
            if fragment == number
        }
        brought: list[tuple[FragmentResult, int, Spot]] = []
        for part in self._program.parts_of[number]:
            for spot in self._spots(part):
                result = results.get(spot.path[:length])
                known = self._done.get((part, spot.path))
                if result is None or known is True:
                    continue
                data = self._project(part, spot) if known is None else None
                self._done[part, spot.path] = data is not None
                if data is None:
                    result.failed = True
                    continue
                # What is below these fields is put into them from now on, and belongs to other results.
                written = {key: Encoded(value) for key, value in data.items()}
                result.parts.append(Delivered(self._program.deferral.parts[part].fragments, spot.path, written))
                spot.shown.update(data)
                brought.append((result, part, spot))
        for result, part, spot in brought:
            if result.failed:
                self._take_back(part, spot)
        self._failed.update((number, path) for path, result in results.items() if result.failed)
        _spread(self._run.take_errors(number), results)
        return list(results.values())

    def _take_back(self, part: int, spot: Spot) -> None:
        """Forget fields of a fragment that failed; another that brings them too may deliver them still."""
        del self._done[part, spot.path]
        for field in self._program.deferral.parts[part].projection.fields:
            spot.shown.pop(field.response_key, None)

    def _project(self, part: int, spot: Spot) -> dict[str, Any] | None:
        errors = self._run.errors_of(self._program.deferral.parts[part].fragments)
        at = (spot.path, spot.place)
        return self._program.projectors[part].project(spot.known, self._run.variables, errors, at=at)


def _object_at(response: Any, path: Place) -> dict[str, Any]:
    for key in path:
        response = response[key]
    found: dict[str, Any] = response
    return found


def _spread(errors: list[dict[str, Any]], results: dict[Place, FragmentResult]) -> None:
    """Give each error to the result that it is about, the first one where it does not say."""
    for error in errors:
        path = tuple(error.get("path", ()))
        lengths = range(len(path), -1, -1)
        found = next((results[path[:length]] for length in lengths if path[:length] in results), None)
        found = found or next(iter(results.values()), None)
        if found is not None:
            found.errors.append(error)
