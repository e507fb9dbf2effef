"""Relay connections over keyset pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import strawberry

from subgraphs.booking.paging import Page, encode_cursor
from subgraphs.common.graphql_types import PageInfo

Node = TypeVar("Node")
Item = TypeVar("Item")
Count = Callable[[], Awaitable[int]]


@strawberry.type(description="One thing of a list and where it stands.")
class Edge(Generic[Node]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="Pass it as `after` to go on behind this one.")
    node: Node = strawberry.field(description="The thing.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[Node]):
    """Relay's connection."""

    count: strawberry.Private[Count | None]
    edges: list[Edge[Node]] = strawberry.field(description="The things of this page, each with its cursor.")
    page_info: PageInfo = strawberry.field(description="Where this page lies in the list.")

    @strawberry.field(description="The things of this page.")
    def nodes(self) -> list[Node]:
        return [edge.node for edge in self.edges]

    @strawberry.field(description="How many things the whole list has; null where counting would cost too much.")
    async def total_count(self) -> int | None:
        return None if self.count is None else await self.count()


def connection_of(
    page: Page[Item], wrap: Callable[[Item], Node], *, after: str | None, count: Count | None = None
) -> Connection[Node]:
    """Build a connection.

    Args:
        page: the records.
        wrap: makes the GraphQL object of one.
        after: the cursor that was asked for: with one, there is a page before.
        count: counts the whole list, called only when a client asks.
    """
    edges = [Edge(cursor=encode_cursor(key), node=wrap(item)) for item, key in zip(page.items, page.keys, strict=True)]
    return Connection(
        count=count,
        edges=edges,
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )
