"""What the server wants of an engine; `router.execution.engine.Engine` is one."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from graphql.language import OperationType

from router.execution.incremental_formats import IncrementalFormat
from router.execution.request import GraphQLRequest, GraphQLResult, RequestContext
from router.planning.plan import QueryPlan


class GraphQLEngine(Protocol):
    """Answers GraphQL requests."""

    def kind_of(self, request: GraphQLRequest) -> OperationType:
        """Tell what kind of operation it is, without running it.

        Raises:
            RequestError: it cannot be parsed, is not valid, or names no operation.
        """
        ...

    def plan_of(self, request: GraphQLRequest, context: RequestContext) -> QueryPlan:
        """Give the plan of an operation for this caller, without running it. Raises as `kind_of`."""
        ...

    async def execute(self, request: GraphQLRequest, context: RequestContext) -> GraphQLResult:
        """Run a query or mutation. Every GraphQL error is in the result."""
        ...

    def deliver(
        self, request: GraphQLRequest, context: RequestContext, *, wanted: IncrementalFormat
    ) -> AsyncGenerator[bytes, None] | None:
        """Run a query or mutation that defers something: each item is an incremental response, JSON.

        Returns:
            None where nothing is deferred.

        Raises:
            RequestError: as `kind_of`.
        """
        ...

    def subscribe(self, request: GraphQLRequest, context: RequestContext) -> AsyncGenerator[bytes, None]:
        """Run a subscription: each item is a whole GraphQL response, JSON."""
        ...
