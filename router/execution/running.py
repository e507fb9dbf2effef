"""One run of a plan: its steps, the merged tree that they fill, and what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from router.errors import ResponseTooLarge, SubgraphBadResponse, SubgraphTimeout, TransportError
from router.execution.answers import decode
from router.execution.completion import holds
from router.execution.contexts import Share
from router.execution.errors import ErrorLog
from router.execution.fetching import Asked, FetchProgram, StepProgram
from router.execution.merge import Merger, isolated, merge_object
from router.execution.paths import type_name
from router.execution.reporting import ErrorPlaces
from router.execution.request import RequestContext
from router.planning.plan import QueryPlan
from router.transport.base import SubgraphRequest, SubgraphResponse, Transport

__all__ = ["Bounds", "Run"]

_log = structlog.get_logger(__name__)

_NOTHING: frozenset[int] = frozenset()

_SHARES_AT_ONCE = 16
"""How many requests of one step run side by side, where entities differ in what they take from contexts."""

_BYTES_FOR_A_PLACE = 256
"""What one more place of an entity counts at least: an object costs memory even if there is nearly nothing in it."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one run may take.

    Attributes:
        deadline: the event loop's time after which no fetch is waited for.
        gathered_bytes: see `EngineSettings.max_gathered_bytes`.
    """

    deadline: float
    gathered_bytes: int


class Run:
    """One execution's state.

    Attributes:
        tree: the merged tree.
        errors: what went wrong.
        variables: coerced.
        deadline: the event loop's time after which no fetch is waited for.
    """

    __slots__ = (
        "_concrete_types",
        "_context",
        "_ended",
        "_left",
        "_most",
        "_plan",
        "_program",
        "_transport",
        "_void",
        "deadline",
        "errors",
        "tree",
        "variables",
    )

    def __init__(
        self,
        plan: QueryPlan,
        *,
        program: FetchProgram,
        variables: Mapping[str, Any],
        transport: Transport,
        context: RequestContext,
        bounds: Bounds,
        errors: ErrorLog,
        concrete_types: frozenset[str],
    ) -> None:
        self.tree: dict[str, Any] = {}
        self.errors = errors
        self._plan = plan
        self._program = program
        self.variables = variables
        self._transport = transport
        self._context = context
        self.deadline = bounds.deadline
        self._concrete_types = concrete_types
        self._left = self._most = bounds.gathered_bytes
        self._ended: set[int] = set()
        self._void: dict[int, set[int]] = {}

    @property
    def gathered(self) -> int:
        """Bytes that the answers have come to so far."""
        return self._most - self._left

    async def run_step(self, number: int) -> None:
        """Run one step to its end, well or not; raises nothing but when cancelled."""
        step = self._program.steps[number]
        if step.always or holds(step.step.conditions, self.variables):
            if step.batches:
                await self._fetch_entities(step)
            else:
                await self._fetch_root(step)
        self._ended.add(number)

    def may_be_of(self, item: dict[str, Any], types: frozenset[str] | None) -> bool:
        """Say whether an object is of one of some types, or nobody has told yet which type it is of."""
        concrete = type_name(item)
        return types is None or concrete in types or concrete not in self._concrete_types

    def time_out(self) -> None:
        """Report every step that has not ended and has something to ask."""
        for step in self._program.steps:
            if step.step.id in self._ended or not holds(step.step.conditions, self.variables):
                continue
            asked = [Asked(batch, self.tree, _NOTHING) for batch in step.batches]
            if any(each.representations.encoded for each in asked) or (not asked and step.collect(self.tree)):
                self.fail(step, SubgraphTimeout(step.step.subgraph, "the deadline passed"), asked)

    # ---- one fetch that is the whole answer ------------------------------------------------------------------------
    async def fetch_whole(self, step: StepProgram) -> SubgraphResponse | None:
        """Give a root fetch's answer undecoded, None where there is none (then the reason is among the errors)."""
        if not step.always and not holds(step.step.conditions, self.variables):
            self._ended.add(step.step.id)
            return None
        try:
            response = await self._send(step, step.body(self.variables))
            self._count(step, len(response.body))
        except TransportError as error:
            self.fail(step, error)
            return None
        return response

    async def merge_whole(self, step: StepProgram, response: SubgraphResponse) -> None:
        """Merge a root fetch's undecoded answer at the root."""
        try:
            data, errors = await decode(step.step.subgraph, response, exact=self._program.exact)
        except TransportError as error:
            self.fail(step, error)
            return
        self._merge_root(step, [self.tree], data, errors)

    # ---- root fetches ----------------------------------------------------------------------------------------------
    async def _fetch_root(self, step: StepProgram) -> None:
        targets = step.collect(self.tree)
        if not targets:
            return
        try:
            response = await self._send(step, step.body(self.variables))
            self._count(step, len(response.body) * len(targets))
            data, errors = await decode(step.step.subgraph, response, exact=self._program.exact)
        except TransportError as error:
            self.fail(step, error)
            return
        self._merge_root(step, targets, data, errors)

    def _merge_root(
        self, step: StepProgram, targets: list[dict[str, Any]], data: dict[str, Any], errors: list[Any]
    ) -> None:
        """Merge a root fetch's answer into the objects that it is for."""
        if errors:
            self._places(step).report_root(errors)
        agreed = [self._merge(target, data, shared=number > 0) for number, target in enumerate(targets)]
        if not all(agreed):
            self.fail(step, SubgraphBadResponse(step.step.subgraph, "the shape contradicts another subgraph's"))

    # ---- entity fetches --------------------------------------------------------------------------------------------
    async def _fetch_entities(self, step: StepProgram) -> None:
        void: set[int] | frozenset[int] = _NOTHING
        if self._void:
            void = _NOTHING.union(*(self._void.get(parent, _NOTHING) for parent in step.step.depends_on))
        if step.contexts is None:
            await self._ask(step, [Asked(batch, self.tree, void) for batch in step.batches])
            return
        free = asyncio.Semaphore(_SHARES_AT_ONCE)

        async def ask(share: Share) -> None:
            async with free:
                asked = [Asked(batch, self.tree, void, only=share.objects) for batch in step.batches]
                await self._ask(step, asked, share.values)

        await asyncio.gather(*map(ask, step.contexts.shares(self.tree)))

    async def _ask(self, step: StepProgram, asked: Sequence[Asked], own: Mapping[str, Any] | None = None) -> None:
        """Send one request for entities, and merge what comes back."""
        for each in asked:
            self._void_objects(step, each.left_out)
        if not any(each.representations.encoded for each in asked):
            return
        try:
            response = await self._send(step, step.body(self.variables, asked, own))
            self._count_entities(step, asked, len(response.body))
            data, errors = await decode(step.step.subgraph, response, exact=self._program.exact)
        except TransportError as error:
            self._void_objects(step, [item for each in asked for item in each.objects()])
            self.fail(step, error, asked)
            return
        if errors:
            self._places(step, asked).report_entities(errors)
        for each in asked:
            try:
                self._merge_entities(step, each, data.get(each.batch.alias), has_errors=bool(errors))
            except SubgraphBadResponse as error:
                self._void_objects(step, each.objects())
                self.fail(step, error, [each])

    def _merge_entities(self, step: StepProgram, asked: Asked, entities: Any, *, has_errors: bool) -> None:
        """Merge an answer's entities into their places.

        Raises:
            SubgraphBadResponse: they are not as many as were asked for, or no objects, or contradict what is there.
        """
        count = len(asked.representations.encoded)
        if entities is None and (has_errors or not count):
            self._void_objects(step, asked.objects())
            return
        if type(entities) is not list or len(entities) != count:
            raise SubgraphBadResponse(step.step.subgraph, f"{count} entities were asked for, not {_measure(entities)}")
        merger = Merger(entities, concrete_types=self._concrete_types, shares=step.shares)
        try:
            for _, objects, positions in asked.places:
                merger.write(objects, positions)
        except RecursionError:
            merger.agreed = False
        self._void_objects(step, merger.missing)
        if not merger.agreed:
            self.fail(step, SubgraphBadResponse(step.step.subgraph, "entities have the wrong shape"), [asked])

    def _void_objects(self, step: StepProgram, objects: list[dict[str, Any]]) -> None:
        if objects and step.has_dependents:
            self._void.setdefault(step.step.id, set()).update(map(id, objects))

    # ---- both ------------------------------------------------------------------------------------------------------
    async def _send(self, step: StepProgram, body: bytes) -> SubgraphResponse:
        """Send one step's request.

        Raises:
            TransportError: no usable answer.
        """
        if self._left <= 0:
            raise ResponseTooLarge(step.step.subgraph, "nothing more is asked for")
        if asyncio.get_running_loop().time() >= self.deadline:
            raise SubgraphTimeout(step.step.subgraph, "the deadline passed before the request was sent")
        return await self._transport.send(
            SubgraphRequest(step.step.subgraph, body, self._context.headers, self.deadline)
        )

    def _count(self, step: StepProgram, size: int) -> None:
        """Count an answer before it is decoded.

        Raises:
            ResponseTooLarge: with it, the operation has gathered more than one may; further steps send nothing.
        """
        self._left -= size
        if self._left < 0:
            raise ResponseTooLarge(step.step.subgraph, f"{size} bytes are {-self._left} too many")

    def _count_entities(self, step: StepProgram, asked: Sequence[Asked], size: int) -> None:
        """Count an entity fetch's answer as often as it will be written.

        An entity comes once and may be shown in a million places: in a graph with cycles, answers of a few kilobytes
        can unfold into gigabytes.
        """
        places = sum(len(objects) for each in asked for _, objects, _ in each.places)
        distinct = sum(len(each.representations.encoded) for each in asked)
        self._count(step, size * places // distinct + _BYTES_FOR_A_PLACE * (places - distinct))

    def _merge(self, target: dict[str, Any], source: dict[str, Any], *, shared: bool) -> bool:
        try:
            source = isolated(source) if shared else source
            return merge_object(target, source, concrete_types=self._concrete_types)
        except RecursionError:
            return False

    def _places(self, step: StepProgram, asked: Sequence[Asked] = ()) -> ErrorPlaces:
        return ErrorPlaces(self.errors, step=step.step, asked=asked, tree=self.tree, projection=self._plan.projection)

    def fail(self, step: StepProgram, error: TransportError, asked: Sequence[Asked] = ()) -> None:
        """Report that a step brought nothing usable; the cause goes to the log."""
        _log.warning(
            "subgraph_request_failed",
            subgraph=error.subgraph,
            code=error.code,
            cause=str(error),
            request_id=self._context.request_id,
        )
        self._places(step, asked).report_failure(error.code)


def _measure(entities: Any) -> str:
    return str(len(entities)) if type(entities) is list else type(entities).__name__
