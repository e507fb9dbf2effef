"""An engine without a federation: one schema, executed by graphql-core. The server cannot tell it from the router's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
    OperationType,
    build_schema,
    execute,
    get_operation_ast,
    parse,
    subscribe,
    validate,
)

from router.errors import RequestError
from router.execution.incremental_formats import IncrementalFormat
from router.execution.request import GraphQLRequest, GraphQLResult, RequestContext
from router.planning.plan import FetchStep, ObjectProjection, QueryPlan

Info = GraphQLResolveInfo[Any]

_SDL = """
type Query {
  hello(name: String = "world"): String!
  "What a subgraph would get beside the request."
  headers: [[String!]!]!
  failing: String
  crashing: String
  sleeping(seconds: Float!): String!
  long(kilobytes: Int!): String!
}
type Mutation { count: Int! }
type Subscription {
  "Counts up from 1."
  ticks(count: Int!): Int!
  "One event, then silence until it is closed."
  quiet: Int!
  "Events as fast as they are taken."
  flood(kilobytes: Int!): String!
  crashing: Int!
}
"""


@dataclass
class LocalEngine:
    """Answers by resolvers, and remembers what they did.

    Attributes:
        contexts: of every request that was executed or subscribed to.
        counted: how often the mutation ran.
        open_subscriptions: how many are neither closed nor at their end.
        delivered: how many events of `flood` were taken.
        released: lets `Query.sleeping` return early.
    """

    contexts: list[RequestContext] = field(default_factory=list)
    counted: int = 0
    open_subscriptions: int = 0
    delivered: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._schema = build_schema(_SDL)
        for type_name in ("Query", "Mutation"):
            for name, described in self._schema.type_map[type_name].fields.items():  # type: ignore[attr-defined]
                described.resolve = getattr(self, f"_{name}")
        for name, described in self._schema.type_map["Subscription"].fields.items():  # type: ignore[attr-defined]
            described.subscribe = getattr(self, f"_subscribe_{name}")
            described.resolve = lambda event, _info, **_arguments: event

    def kind_of(self, request: GraphQLRequest) -> OperationType:
        return self._prepared(request)[1]

    def plan_of(self, request: GraphQLRequest, context: RequestContext) -> QueryPlan:
        _, kind = self._prepared(request)
        step = FetchStep(0, "local", kind, request.query or "", None, (), ())
        return QueryPlan(kind, (step,), ObjectProjection(kind.value.title(), ()))

    async def execute(self, request: GraphQLRequest, context: RequestContext) -> GraphQLResult:
        try:
            document, _ = self._prepared(request)
        except RequestError as error:
            return GraphQLResult(orjson.dumps({"errors": [error.formatted()]}), False, True, (error.code,))
        self.contexts.append(context)
        if "crashing" in (request.query or "") and "crashing_engine" in request.extensions:
            raise ZeroDivisionError("a secret of the engine")
        result = execute(
            self._schema,
            document,
            context_value=context,
            variable_values=dict(request.variables),
            operation_name=request.operation_name,
        )
        if not isinstance(result, ExecutionResult):
            result = await result
        codes = tuple("FAILED" for _ in result.errors or ())
        if result.data is None and result.errors and all(error.path is None for error in result.errors):
            errors = [{"message": error.message, "extensions": {"code": "BAD_USER_INPUT"}} for error in result.errors]
            return GraphQLResult(orjson.dumps({"errors": errors}), False, True, codes)
        return GraphQLResult(orjson.dumps(result.formatted), result.data is not None, False, codes)

    def deliver(
        self, request: GraphQLRequest, context: RequestContext, *, wanted: IncrementalFormat
    ) -> AsyncGenerator[bytes, None] | None:
        return None

    def subscribe(self, request: GraphQLRequest, context: RequestContext) -> AsyncGenerator[bytes, None]:
        document, kind = self._prepared(request)
        if kind is not OperationType.SUBSCRIPTION:
            raise RequestError("The operation is no subscription.")
        return self._events(document, request, context)

    async def _events(
        self, document: Any, request: GraphQLRequest, context: RequestContext
    ) -> AsyncGenerator[bytes, None]:
        self.contexts.append(context)
        self.open_subscriptions += 1
        try:
            stream = subscribe(self._schema, document, variable_values=dict(request.variables))
            if asyncio.iscoroutine(stream):
                stream = await stream
            assert isinstance(stream, AsyncIterator)
            async for event in stream:
                yield orjson.dumps(event.formatted)
        finally:
            self.open_subscriptions -= 1

    def _prepared(self, request: GraphQLRequest) -> tuple[Any, OperationType]:
        try:
            document = parse(request.query or "")
        except GraphQLError as error:
            raise RequestError(error.message, code="GRAPHQL_PARSE_FAILED") from error
        for problem in validate(self._schema, document):
            raise RequestError(problem.message, code="GRAPHQL_VALIDATION_FAILED")
        operation = get_operation_ast(document, request.operation_name)
        if operation is None:
            raise RequestError("There is no such operation.", code="OPERATION_RESOLUTION_FAILURE")
        return document, operation.operation

    # ---- resolvers -------------------------------------------------------------------------------------------------
    def _hello(self, _root: None, _info: Info, name: str) -> str:
        return f"Hello {name}"

    def _headers(self, _root: None, info: Info) -> list[list[str]]:
        return [list(header) for header in info.context.headers]

    def _failing(self, _root: None, _info: Info) -> str:
        raise GraphQLError("It failed.")

    def _crashing(self, _root: None, _info: Info) -> str:
        return "not yet"

    async def _sleeping(self, _root: None, _info: Info, seconds: float) -> str:
        try:
            async with asyncio.timeout(seconds):
                await self.released.wait()
        except TimeoutError:
            return "slept"
        return "woken"

    def _long(self, _root: None, _info: Info, kilobytes: int) -> str:
        return "x" * kilobytes * 1024

    def _count(self, _root: None, _info: Info) -> int:
        self.counted += 1
        return self.counted

    async def _subscribe_ticks(self, _root: None, _info: Info, count: int) -> AsyncGenerator[int, None]:
        for number in range(1, count + 1):
            yield number

    async def _subscribe_quiet(self, _root: None, _info: Info) -> AsyncGenerator[int, None]:
        yield 1
        await asyncio.Event().wait()

    async def _subscribe_flood(self, _root: None, _info: Info, kilobytes: int) -> AsyncGenerator[str, None]:
        while True:
            self.delivered += 1
            yield "x" * kilobytes * 1024
            await asyncio.sleep(0)

    async def _subscribe_crashing(self, _root: None, _info: Info) -> AsyncGenerator[int, None]:
        yield 1
        raise ZeroDivisionError("a secret of the engine")
