"""Requests to subgraphs, as tests of transports send them."""

from __future__ import annotations

import asyncio

import orjson

from router.transport.base import SubgraphRequest


def subgraph_request(
    subgraph: str = "products",
    *,
    query: str = "{ name }",
    headers: tuple[tuple[str, str], ...] = (("x-request-id", "r-1"),),
    seconds: float = 5.0,
) -> SubgraphRequest:
    """Make a request that is waited for so many seconds."""
    deadline = asyncio.get_running_loop().time() + seconds
    return SubgraphRequest(subgraph, orjson.dumps({"query": query}), headers, deadline)
