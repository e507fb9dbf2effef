"""The engine: a GraphQL request in, a GraphQL response out."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar

from graphql import GraphQLSchema, OperationType, is_object_type

from router.errors import RequestError, TransportError
from router.execution.answers import is_plain
from router.execution.collector import LARGE, collector_paused
from router.execution.encoding import encode
from router.execution.errors import ErrorLog
from router.execution.incremental import DeferredRun, Delivery
from router.execution.incremental_formats import IncrementalFormat, writer_for
from router.execution.operations import CompiledOperation, OperationCache, Planner
from router.execution.recent import OperationKey
from router.execution.refusal import refusal
from router.execution.request import NOBODY, EngineSettings, GraphQLRequest, GraphQLResult, RequestContext
from router.execution.running import Bounds, Run
from router.execution.unauthorized import refuse_denied
from router.planning.plan import QueryPlan
from router.transport.base import SubgraphRequest, SubgraphResponse, Transport

__all__ = ["Engine", "ServedSchema"]

_Run = TypeVar("_Run", bound=Run)

_GRACE = 0.25
"""Seconds after the deadline in which a transport may say itself that it has passed."""


class ServedSchema(Protocol):
    """What the engine needs of a supergraph."""

    @property
    def api_schema(self) -> GraphQLSchema:
        """What clients see."""
        ...


class Engine:
    """Executes operations on one supergraph; a new supergraph is a new engine. Lives on one event loop."""

    def __init__(
        self,
        supergraph: ServedSchema,
        *,
        planner: Planner,
        transport: Transport,
        settings: EngineSettings | None = None,
    ) -> None:
        self._schema = supergraph.api_schema
        self._transport = transport
        self._settings = settings or EngineSettings()
        self._operations = OperationCache(self._schema, planner, self._settings)
        self._concrete_types = frozenset(
            name for name, declared in self._schema.type_map.items() if is_object_type(declared)
        )

    # ---- operations ------------------------------------------------------------------------------------------------
    def kind_of(self, request: GraphQLRequest) -> OperationType:
        """Say what kind of operation a request runs; what is found out is kept for its execution.

        Raises:
            RequestError: the request cannot be executed.
        """
        return self._operations.kind_of(*_operation_key(request))

    def plan_of(self, request: GraphQLRequest, context: RequestContext = NOBODY) -> QueryPlan:
        """Give the plan that a request runs. Raises as `kind_of`."""
        return self._operation(request, context).plan

    def most_used(self, count: int) -> list[OperationKey]:
        """Give the documents and operation names asked for most, for `warm` of the engine that comes after."""
        return self._operations.most_used(count)

    def warm(self, query: str, operation_name: str | None) -> bool:
        """Compile an operation before it is asked for; false where this supergraph cannot answer it."""
        try:
            self._operations.get(query, operation_name)
        except RequestError:
            return False
        return True

    def _operation(self, request: GraphQLRequest, context: RequestContext) -> CompiledOperation:
        return self._operations.get(*_operation_key(request), context)

    # ---- queries and mutations -------------------------------------------------------------------------------------
    async def execute(self, request: GraphQLRequest, context: RequestContext) -> GraphQLResult:
        """Execute a query or mutation (GraphQL specification, section 6).

        Every failure is in the result: refusals, failed fetches, time-outs.
        """
        try:
            operation = self._operation(request, context)
            if operation.kind is OperationType.SUBSCRIPTION:
                raise RequestError("A subscription needs a transport that streams.", code="SUBSCRIPTION_NOT_STREAMED")  # noqa: TRY301 - all refusals leave by one door
            variables = operation.variables.coerce(request.variables)
            if operation.plan.denied and self._settings.reject_unauthorized:
                refuse_denied(operation.plan.denied, variables)
        except RequestError as error:
            return refusal(error)
        if operation.constant is not None:
            return operation.constant
        run = self._run(operation, variables, context)
        if operation.plan.passthrough:
            passed_on = await self._pass_on(operation, run)
            if passed_on is not None:
                return passed_on
        else:
            await self._introspect(operation, run)
            await self._fetch(operation, run)
        result = await self._respond(operation, run)
        if not operation.plan.steps and not operation.variables:
            operation.constant = result
        return result

    def _run(self, operation: CompiledOperation, variables: Mapping[str, Any], context: RequestContext) -> Run:
        return self._run_of(Run, operation, variables, context)

    def _run_of(
        self, kind: type[_Run], operation: CompiledOperation, variables: Mapping[str, Any], context: RequestContext
    ) -> _Run:
        timeout = self._settings.timeout if context.timeout is None else context.timeout
        return kind(
            operation.plan,
            program=operation.program,
            variables=variables,
            transport=self._transport,
            context=context,
            bounds=Bounds(asyncio.get_running_loop().time() + timeout, self._settings.max_gathered_bytes),
            errors=ErrorLog(limit=self._settings.max_errors, redact=self._settings.redact_subgraph_errors),
            concrete_types=self._concrete_types,
        )

    async def _pass_on(self, operation: CompiledOperation, run: Run) -> GraphQLResult | None:
        """Give the one step's answer as it is; None where it has to be looked at, and has been merged."""
        try:
            async with asyncio.timeout_at(run.deadline + _GRACE):
                response = await run.fetch_whole(operation.program.steps[0])
        except TimeoutError:
            run.time_out()
            return None
        if response is not None and is_plain(response.body):
            return GraphQLResult(response.body, has_data=True)
        if response is not None:
            await run.merge_whole(operation.program.steps[0], response)
        return None

    async def _introspect(self, operation: CompiledOperation, run: Run) -> None:
        introspection = operation.introspection
        if introspection is None:
            return
        answer = await introspection.answer(run.variables)
        run.tree.update(answer.data or {})
        for error in answer.errors or ():
            run.errors.add(error.message, code="INTROSPECTION_FAILED", path=error.path)

    async def _fetch(self, operation: CompiledOperation, run: Run) -> None:
        try:
            # Transports keep the deadline themselves; this is for those that do not.
            async with asyncio.timeout_at(run.deadline + _GRACE):
                await operation.schedule.run(run.run_step)
        except TimeoutError:
            run.time_out()

    async def _respond(self, operation: CompiledOperation, run: Run) -> GraphQLResult:
        if run.gathered < LARGE:
            return self._write(operation, run)
        # Others get their turn first: what follows takes a while.
        await asyncio.sleep(0)
        with collector_paused():
            return self._write(operation, run, is_large=True)

    def _write(self, operation: CompiledOperation, run: Run, *, is_large: bool = False) -> GraphQLResult:
        data = operation.projector.project(run.tree, run.variables, run.errors, is_large=is_large)
        errors = run.errors.finished()
        response = {"data": data, "errors": errors} if errors else {"data": data}
        return GraphQLResult(
            encode(response), has_data=data is not None, error_codes=run.errors.codes() if errors else ()
        )

    # ---- incremental delivery --------------------------------------------------------------------------------------
    def deliver(
        self, request: GraphQLRequest, context: RequestContext, *, wanted: IncrementalFormat
    ) -> AsyncGenerator[bytes, None] | None:
        """Execute a query or mutation whose fragments with `@defer` come later (rule 39).

        Returns:
            One response, JSON, for each time that something has come; the last one says that it is the last. Closing it
            (`aclose`) ends the fetches. None where nothing is deferred: then `execute` answers.

        Raises:
            RequestError: the document is refused; nothing has been sent.
        """
        operation = self._operation(request, context)
        if operation.later is None or (operation.plan.denied and self._settings.reject_unauthorized):
            return None
        try:
            variables = operation.variables.coerce(request.variables)
        except RequestError:
            return None
        operation = operation.later.get(variables) or operation
        if operation.deferred is None:
            return None
        run = self._run_of(DeferredRun, operation, variables, context)
        run.defer(operation.deferred)
        delivery = Delivery(operation.deferred, schedule=operation.schedule, run=run, writer=writer_for(wanted))
        return delivery.responses(partial(self._introspect, operation, run))

    # ---- subscriptions ---------------------------------------------------------------------------------------------
    def subscribe(self, request: GraphQLRequest, context: RequestContext) -> AsyncGenerator[bytes, None]:
        """Open a subscription (GraphQL specification, section 6.2.3).

        Returns:
            One GraphQL response, JSON, for each event, in the order of the events. Where the stream from the subgraph
            breaks, the last one says so. Closing it (`aclose`) ends the subscription at the subgraph.

        Raises:
            RequestError: the request is refused; nothing has been sent.
        """
        operation = self._operation(request, context)
        if operation.kind is not OperationType.SUBSCRIPTION:
            raise RequestError("The operation is no subscription.")
        variables = operation.variables.coerce(request.variables)
        if operation.plan.denied:
            # Without its root field there is nothing to subscribe to; below it each event says what is denied.
            every = self._settings.reject_unauthorized
            refuse_denied([item for item in operation.plan.denied if every or len(item.path) == 1], variables)
        return self._events(operation, variables, context)

    async def _events(
        self, operation: CompiledOperation, variables: Mapping[str, Any], context: RequestContext
    ) -> AsyncGenerator[bytes, None]:
        step = operation.program.steps[0]
        upstream = self._transport.subscribe(
            SubgraphRequest(step.step.subgraph, step.body(variables), context.headers, math.inf)
        )
        try:
            async for event in upstream:
                if operation.plan.passthrough and is_plain(event):
                    yield event
                else:
                    yield await self._event(operation, self._run(operation, variables, context), event)
        except TransportError as error:
            run = self._run(operation, variables, context)
            run.fail(step, error)
            yield (await self._respond(operation, run)).body
        finally:
            close = getattr(upstream, "aclose", None)
            if close is not None:
                await close()

    async def _event(self, operation: CompiledOperation, run: Run, event: bytes) -> bytes:
        await run.merge_whole(operation.program.steps[0], SubgraphResponse(200, event))
        if run.tree:
            await self._fetch(operation, run)
        return (await self._respond(operation, run)).body


def _operation_key(request: GraphQLRequest) -> OperationKey:
    """Give a request's document and operation name.

    Raises:
        RequestError: there is no document.
    """
    if not request.query:
        if "persistedQuery" in request.extensions:
            raise RequestError("Persisted queries are not supported.", code="PERSISTED_QUERY_NOT_SUPPORTED")
        raise RequestError("The request has no query.")
    return request.query, request.operation_name or None
