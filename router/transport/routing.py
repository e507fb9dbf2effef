"""A mix of transports, chosen by subgraph."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from router.transport.base import SubgraphRequest, SubgraphResponse, Transport


class RoutingTransport:
    """Sends each request by the transport of its subgraph, and by `default` where it has none of its own."""

    def __init__(self, by_subgraph: Mapping[str, Transport], *, default: Transport) -> None:
        self._by_subgraph = dict(by_subgraph)
        self._default = default

    async def send(self, request: SubgraphRequest) -> SubgraphResponse:
        """See `Transport.send`."""
        return await self._of(request).send(request)

    def subscribe(self, request: SubgraphRequest) -> AsyncIterator[bytes]:
        """See `Transport.subscribe`."""
        return self._of(request).subscribe(request)

    async def aclose(self) -> None:
        """Close all of them, each once."""
        for transport in {id(each): each for each in (*self._by_subgraph.values(), self._default)}.values():
            await transport.aclose()

    def _of(self, request: SubgraphRequest) -> Transport:
        return self._by_subgraph.get(request.subgraph, self._default)
