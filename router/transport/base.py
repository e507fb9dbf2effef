"""The seam between execution and subgraphs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SubgraphRequest:
    """One GraphQL request to one subgraph.

    Attributes:
        subgraph: the subgraph's name as `join__Graph` gives it.
        body: the JSON body (`query`, `variables`, `operationName`), encoded once.
        headers: what goes beside it (authorization, trace context, request id), lower-case names.
        deadline: the event loop's time (`loop.time()`) after which nobody waits any more.
    """

    subgraph: str
    body: bytes
    headers: Sequence[tuple[str, str]]
    deadline: float


@dataclass(frozen=True, slots=True)
class SubgraphResponse:
    """What came back, undecoded: a right answer is often passed on as it is."""

    status: int
    body: bytes


class Transport(Protocol):
    """Reaches subgraphs by name. Implementations are safe for concurrent use on one event loop."""

    async def send(self, request: SubgraphRequest) -> SubgraphResponse:
        """Send a query or mutation.

        Raises:
            TransportError: no usable answer before the deadline; the subclass says why.
        """
        ...

    def subscribe(self, request: SubgraphRequest) -> AsyncIterator[bytes]:
        """Open a subscription: an iterator over GraphQL responses, each one JSON text. `deadline` is ignored.

        Closing the iterator (`aclose`) ends the subscription upstream.

        Raises:
            TransportError: while iterating, when the stream breaks.
        """
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...
