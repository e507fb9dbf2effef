"""A graph whose subgraphs answer when they are told to: what is sent when follows from events, not from time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import orjson

from router.composition import SubgraphSource, compose
from router.execution.engine import Engine
from router.execution.incremental_formats import IncrementalFormat
from router.execution.request import GraphQLRequest, RequestContext
from router.planning import Planner
from router.supergraph import load_supergraph
from router.transport.base import SubgraphRequest
from router.transport.mock import MockTransport

_LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])\n'
_TYPES = {
    "items": """
        type Query { item: Item items: [Item!] }
        type Mutation { rename: Item }
        type Item @key(fields: "id") { id: ID! name: String price: Int }
    """,
    "stars": """
        type Item @key(fields: "id") { id: ID! stars: Int! note: String maker: Maker }
        type Maker @key(fields: "id") { id: ID! }
    """,
    "makers": 'type Maker @key(fields: "id") { id: ID! city: String }',
}
_SOURCES = [SubgraphSource(name, f"http://{name}.test/graphql", _LINK + types) for name, types in _TYPES.items()]
SDL = compose(_SOURCES).supergraph_sdl
SHOP = load_supergraph(SDL)

_FIELDS: dict[str, Any] = {"name": "a name", "price": 7, "stars": 5, "note": "good", "city": "Bern"}


class Shop:
    """Subgraphs of the graph above.

    Attributes:
        gates: what a subgraph's answers to requests that have a word in them wait for.
        answers: what replaces an answer, by a word in the request.
        cancelled: subgraphs whose requests were given up.
        gave_up: set once there is one.
    """

    def __init__(self) -> None:
        self.gates: dict[str, asyncio.Event] = {}
        self.answers: dict[str, Any] = {}
        self.cancelled: list[str] = []
        self.gave_up = asyncio.Event()
        self.transport = MockTransport(dict.fromkeys(("items", "stars", "makers"), self._answer))
        self.engine = Engine(SHOP, planner=Planner(SHOP), transport=self.transport)

    def hold(self, word: str) -> asyncio.Event:
        """Keep answers to requests with a word until the event is set."""
        self.gates[word] = asyncio.Event()
        return self.gates[word]

    def deliver(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        *,
        wanted: IncrementalFormat = IncrementalFormat.DEFER_2022,
        timeout: float = 30.0,
    ) -> AsyncGenerator[bytes, None]:
        """Run an operation that defers something."""
        request = GraphQLRequest(query, variables=variables or {})
        stream = self.engine.deliver(request, RequestContext(timeout=timeout), wanted=wanted)
        assert stream is not None
        return stream

    async def all_of(self, query: str, wanted: IncrementalFormat = IncrementalFormat.DEFER_2022) -> list[Any]:
        """Give every response to an operation."""
        return [orjson.loads(body) async for body in self.deliver(query, wanted=wanted)]

    async def _answer(self, request: SubgraphRequest) -> Any:
        text = orjson.loads(request.body)["query"]
        try:
            for word, gate in self.gates.items():
                if word in text:
                    await gate.wait()
        except asyncio.CancelledError:
            self.cancelled.append(request.subgraph)
            self.gave_up.set()
            raise
        for word, answer in self.answers.items():
            if word in text:
                return answer
        return self._found(request, text)

    def _found(self, request: SubgraphRequest, text: str) -> dict[str, Any]:
        wanted = {name: value for name, value in _FIELDS.items() if name in text}
        if "maker" in text and request.subgraph == "stars":
            wanted["maker"] = {"id": "m"}
        if "_entities" not in text:
            one = ({"id": "1"} if "id" in text else {}) | wanted
            name = next(name for name in ("items", "item", "rename") if name in text)
            return {"data": {name: [one, {"id": "2"} | wanted] if name == "items" else one}}
        asked = orjson.loads(request.body)["variables"]["representations"]
        return {"data": {"_entities": [wanted for _ in asked]}}
