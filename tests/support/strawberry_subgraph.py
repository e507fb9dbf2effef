"""A small subgraph made with Strawberry: a GraphQL server that this project did not write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import strawberry
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import Info


@dataclass
class Seen:
    """What the subgraph noticed.

    Attributes:
        headers: of every HTTP request.
        connection_params: of every subscription.
        open_subscriptions: how many run.
    """

    headers: list[dict[str, str]] = field(default_factory=list)
    connection_params: list[Any] = field(default_factory=list)
    open_subscriptions: int = 0


@strawberry.type
class Query:
    @strawberry.field
    def name(self, info: Info) -> str:
        info.context["seen"].headers.append(dict(info.context["request"].headers))
        return "Lamp"

    @strawberry.field
    async def slow(self, info: Info, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "at last"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self, info: Info, count: int) -> AsyncGenerator[int, None]:
        seen: Seen = info.context["seen"]
        seen.connection_params.append(info.context["connection_params"])
        seen.open_subscriptions += 1
        try:
            for number in range(1, count + 1):
                yield number
        finally:
            seen.open_subscriptions -= 1

    @strawberry.subscription
    async def quiet(self, info: Info) -> AsyncGenerator[int, None]:
        seen: Seen = info.context["seen"]
        seen.open_subscriptions += 1
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            seen.open_subscriptions -= 1


class _App(GraphQL[Any, Any]):
    seen: Seen

    async def get_context(self, request: Any, response: Any) -> Any:
        return {"request": request, "response": response, "seen": self.seen}


def strawberry_subgraph(seen: Seen) -> Any:
    """Make the ASGI application."""
    schema = strawberry.Schema(Query, subscription=Subscription)
    app = _App(schema, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL])
    app.seen = seen
    return app
