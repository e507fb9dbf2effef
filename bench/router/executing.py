"""Executing without server and network: the engine's CPU for a request, and which part of it takes how much."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from bench.router.graphs import supergraph_sdl
from bench.router.planning import Row
from bench.router.sampling import shares
from bench.router.subgraphs import MadeUpSubgraphs
from bench.router.timing import spread
from router.execution.engine import Engine
from router.execution.request import GraphQLRequest, RequestContext
from router.planning import Planner
from router.supergraph import Supergraph, load_supergraph
from router.transport.mock import MockTransport

__all__ = ["executing_rows"]

_SHOP = {
    "users": """
        type Query { users: [User!]! user: User }
        type User @key(fields: "id") { id: ID! name: String! email: String }
    """,
    "reviews": """
        type User @key(fields: "id") { id: ID! reviews: [Review!] }
        type Review @key(fields: "id") { id: ID! body: String rating: Int product: Product }
        type Product @key(fields: "id", resolvable: false) { id: ID! }
    """,
    "products": """
        type Product @key(fields: "id") { id: ID! name: String! price: Int maker: Maker }
        type Maker @key(fields: "id", resolvable: false) { id: ID! }
    """,
    "makers": 'type Maker @key(fields: "id") { id: ID! title: String country: String }',
}

_LIST = "{ users { id name email } }"
_HOPS = "{ users { id name reviews { body rating product { name price maker { title country } } } } }"


@dataclass(frozen=True)
class _Case:
    name: str
    query: str
    length: int
    requests: int


_CASES = (
    _Case("one small object, passed on", "{ user { id name email } }", 1, 2_000),
    _Case("one small object, looked into", "{ user { id kind: __typename name email } }", 1, 2_000),
    _Case("a list of 500, passed on", _LIST, 500, 1_000),
    _Case("22 lists of 22, two hops", "{ users { id name reviews { rating } } }", 22, 300),
    _Case("a list of 500, looked into", "{ users { id kind: __typename name email } }", 500, 200),
    _Case("four hops, 9 KB", _HOPS, 6, 500),
    _Case("four hops, 90 KB", _HOPS, 19, 100),
    _Case("four hops, 900 KB", _HOPS, 60, 10),
)


def executing_rows() -> Iterator[tuple[str, Row]]:
    """Measure; give each line with the name of its table as soon as it is there."""
    supergraph = load_supergraph(supergraph_sdl(_SHOP))
    for case in _CASES:
        yield "executing, CPU of a request", _execute(supergraph, case)


def _execute(supergraph: Supergraph, case: _Case) -> Row:
    subgraphs = MadeUpSubgraphs(supergraph, length=case.length)
    transport = MockTransport(dict.fromkeys(supergraph.subgraphs, subgraphs.responder))
    engine = Engine(supergraph, planner=Planner(supergraph), transport=transport)

    async def many(count: int) -> bytes:
        body = b""
        for _ in range(count):
            body = (await engine.execute(GraphQLRequest(case.query), RequestContext())).body
        return body

    body = asyncio.run(many(1))
    sent = len(transport.requests)
    answer = orjson.loads(body)
    assert "errors" not in answer, answer["errors"][:1]
    asyncio.run(many(20))
    bodies = [*subgraphs.answers.values()]

    def bare() -> None:
        """Decode what the subgraphs answer and encode the response: what cannot be avoided where hops are joined."""
        for item in bodies:
            orjson.loads(item)
        orjson.dumps(answer)

    ours, yardstick = [], []
    for _ in range(7):
        gc.collect()
        transport.requests.clear()
        start = time.process_time()
        asyncio.run(many(case.requests))
        middle = time.process_time()
        for _ in range(case.requests):
            bare()
        yardstick.append((time.process_time() - middle) * 1000 / case.requests)
        ours.append((middle - start) * 1000 / case.requests)
    taken = spread(ours)
    parts = shares(lambda: asyncio.run(many(case.requests * 5)))
    return {
        "what": case.name,
        "answer KB": round(len(body) / 1000, 1),
        "requests": sent,
        "ms": str(taken),
        "x JSON in and out": round(taken.median / spread(yardstick).median, 1),
        **{f"{part} ms": round(share * taken.median, 4) for part, share in parts.items()},
    }
