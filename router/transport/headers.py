"""What stands beside the body of every request to a subgraph."""

from __future__ import annotations

import asyncio

from router.transport.base import SubgraphRequest

DEADLINE_HEADER = "x-deadline-ms"
"""Milliseconds, from now, after which the caller does not wait any more. A subgraph may stop its own work then."""

CONTENT_HEADERS = (
    ("content-type", "application/json"),
    ("accept", "application/graphql-response+json, application/json;q=0.9"),
)


def milliseconds_left(request: SubgraphRequest) -> int:
    """Tell how long the caller still waits, in whole milliseconds and never below zero."""
    return max(0, int((request.deadline - asyncio.get_running_loop().time()) * 1000))


def request_headers(request: SubgraphRequest) -> list[tuple[str, str]]:
    """Give the headers of a query or mutation: the content's, the deadline, and what the request brings along."""
    return [*CONTENT_HEADERS, (DEADLINE_HEADER, str(milliseconds_left(request))), *request.headers]
