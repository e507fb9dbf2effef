"""The engine that answers now. Another takes its place at once; what runs ends on the one that it began with."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from graphql.language import OperationType

from router.execution.incremental_formats import IncrementalFormat
from router.execution.request import GraphQLRequest, GraphQLResult, RequestContext
from router.planning.plan import QueryPlan
from router.server.engine_port import GraphQLEngine


class CurrentEngine:
    """Hands every request to the present engine.

    Attributes:
        present: the engine that answers from now on.
    """

    def __init__(self, engine: GraphQLEngine) -> None:
        self.present = engine

    def kind_of(self, request: GraphQLRequest) -> OperationType:
        return self.present.kind_of(request)

    def plan_of(self, request: GraphQLRequest, context: RequestContext) -> QueryPlan:
        return self.present.plan_of(request, context)

    async def execute(self, request: GraphQLRequest, context: RequestContext) -> GraphQLResult:
        return await self.present.execute(request, context)

    def deliver(
        self, request: GraphQLRequest, context: RequestContext, *, wanted: IncrementalFormat
    ) -> AsyncGenerator[bytes, None] | None:
        return self.present.deliver(request, context, wanted=wanted)

    def subscribe(self, request: GraphQLRequest, context: RequestContext) -> AsyncGenerator[bytes, None]:
        return self.present.subscribe(request, context)
