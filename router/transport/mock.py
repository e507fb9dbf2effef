"""Subgraphs that are functions: for tests, and for trying out a supergraph without any service."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import Any

import orjson

from router.errors import SubgraphUnreachable
from router.transport.base import SubgraphRequest, SubgraphResponse

Answer = SubgraphResponse | bytes | Mapping[str, Any]
"""A response as it is, its body with status 200, or what the body's JSON says."""

Responder = Callable[[SubgraphRequest], Answer | Awaitable[Answer]]
Streamer = Callable[[SubgraphRequest], AsyncGenerator[Answer, None] | Iterable[Answer]]


class MockTransport:
    """Answers by functions, one a subgraph, and remembers what was asked.

    Attributes:
        requests: every request in the order in which it was sent, subscriptions included.
        closed_subscriptions: how many subscriptions have ended, by themselves or by `aclose`.
        closed: whether `aclose` was called.
    """

    def __init__(
        self, responders: Mapping[str, Responder] | None = None, *, streamers: Mapping[str, Streamer] | None = None
    ) -> None:
        self._responders = dict(responders or {})
        self._streamers = dict(streamers or {})
        self.requests: list[SubgraphRequest] = []
        self.closed_subscriptions = 0
        self.closed = False

    async def send(self, request: SubgraphRequest) -> SubgraphResponse:
        """Call the subgraph's function; what it raises is raised here."""
        self.requests.append(request)
        responder = self._responders.get(request.subgraph)
        if responder is None:
            raise SubgraphUnreachable(request.subgraph, "no responder is known")
        answer = responder(request)
        if inspect.isawaitable(answer):
            answer = await answer
        return _response(answer)

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[bytes, None]:
        """Give what the subgraph's function gives."""
        self.requests.append(request)
        streamer = self._streamers.get(request.subgraph)
        if streamer is None:
            raise SubgraphUnreachable(request.subgraph, "no streamer is known")
        try:
            async with aclosing(_asynchronous(streamer(request))) as answers:
                async for answer in answers:
                    yield _response(answer).body
        finally:
            self.closed_subscriptions += 1

    async def aclose(self) -> None:
        """Remember that it was called."""
        self.closed = True


async def _asynchronous(answers: AsyncGenerator[Answer, None] | Iterable[Answer]) -> AsyncGenerator[Answer, None]:
    if isinstance(answers, Iterable):
        for answer in answers:
            yield answer
        return
    async with aclosing(answers):
        async for answer in answers:
            yield answer


def _response(answer: Answer) -> SubgraphResponse:
    if isinstance(answer, SubgraphResponse):
        return answer
    return SubgraphResponse(200, answer if isinstance(answer, bytes) else orjson.dumps(answer))
