"""Subscriptions: rule 39, and what clients that watch at the same time must not do to each other."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from router.execution.request import GraphQLRequest, RequestContext
from tests.router.rules.federation import federation
from tests.router.rules.service import Boom, Service

_GRAPH = federation(
    a=Service(
        """
        type Query { q: Int }
        type Subscription { added(n: Int): T any: [Any] count: Int! }
        union Any = T | U
        type T @key(fields: "id") { id: ID! name: String }
        type U { u: Int }
        """,
        events={
            "added": [{"id": "1", "name": "one"}, None, {"id": "2", "name": "two"}, {"id": "9", "name": "nine"}],
            "any": [[{"__typename": "U", "u": 5}], [{"__typename": "T", "id": "2"}, {"__typename": "U", "u": 6}]],
            "count": [1, Boom("lost count", "LOST"), 3],
        },
    ),
    b=Service(
        """
        type T @key(fields: "id") { id: ID! stock: Int size: Int @external big: Boolean @requires(fields: "size") }
        """,
        entities={
            "T": lambda given: (
                None if given["id"] == "9" else {"stock": int(given["id"]) * 10, "big": lambda t: t["size"] > 1}
            )
        },
    ),
    c=Service(
        'type T @key(fields: "id") { id: ID! size: Int }',
        entities={"T": [{"id": "1", "size": 1}, {"id": "2", "size": 2}]},
    ),
)


@pytest.mark.rule(39)
@pytest.mark.parametrize(
    ("query", "data", "sent"),
    [
        ("subscription { added { name } }", [{"name": "one"}, None, {"name": "two"}, {"name": "nine"}], "a"),
        (
            "subscription { added { stock } }",
            [{"stock": 10}, None, {"stock": 20}, {"stock": None}],
            "a b b b",
        ),
        (
            "subscription { added { big id } }",
            [{"big": False, "id": "1"}, None, {"big": True, "id": "2"}, {"big": None, "id": "9"}],
            "a c b c b c",
        ),
        (
            "subscription($v: Boolean = true) { added { name stock @skip(if: $v) } }",
            [{"name": "one"}, None, {"name": "two"}, {"name": "nine"}],
            "a",
        ),
    ],
)
async def test_each_event_is_completed_from_the_other_subgraphs(query: str, data: list[object], sent: str) -> None:
    bodies, asked = await _GRAPH.events(query)
    assert bodies == [{"data": {"added": item}} for item in data]
    assert asked == sent


@pytest.mark.rule(39)
async def test_an_alias_and_a_union_in_events() -> None:
    bodies, asked = await _GRAPH.events("subscription { x: any { ... on T { s: stock } ... on U { u } __typename } }")
    assert bodies == [
        {"data": {"x": [{"u": 5, "__typename": "U"}]}},
        {"data": {"x": [{"s": 20, "__typename": "T"}, {"u": 6, "__typename": "U"}]}},
    ]
    assert asked == "a b"


@pytest.mark.rule(39, 36)
async def test_an_event_that_fails_is_an_error_and_not_the_end() -> None:
    bodies, _ = await _GRAPH.events("subscription { n: count }")
    assert [body.get("data") for body in bodies] == [{"n": 1}, None, {"n": 3}]
    assert bodies[1]["errors"][0]["extensions"]["code"] == "LOST"


@pytest.mark.rule(39)
@pytest.mark.bug(20)
async def test_closing_one_clients_subscription_leaves_the_others() -> None:
    _GRAPH.transport.closed_subscriptions = 0
    request = GraphQLRequest("subscription { added { name } }")
    streams = [_GRAPH.engine.subscribe(request, RequestContext()) for _ in range(3)]
    for stream in streams:
        assert orjson.loads(await anext(stream)) == {"data": {"added": {"name": "one"}}}
    await streams[0].aclose()
    assert _GRAPH.transport.closed_subscriptions == 1
    for stream in streams[1:]:
        assert [orjson.loads(body)["data"]["added"] for body in [item async for item in stream]] == [
            None,
            {"name": "two"},
            {"name": "nine"},
        ]


@pytest.mark.bug(21)
async def test_requests_of_different_callers_are_never_one() -> None:
    graph = federation(
        a=Service('type Query { me: T } type T @key(fields: "id") { id: ID! }', query={"me": {"id": "1"}}),
        b=Service('type T @key(fields: "id") { id: ID! x: Int }', entities={"T": [{"id": "1", "x": 1}]}),
    )
    engine = graph.engine
    contexts = [RequestContext(headers=[("authorization", name)]) for name in ("ann", "bob", "ann")]
    await asyncio.gather(*(engine.execute(GraphQLRequest("{ me { x } }"), context) for context in contexts))
    sent = sorted((item.subgraph, dict(item.headers)["authorization"]) for item in graph.transport.requests)
    assert sent == [("a", "ann"), ("a", "ann"), ("a", "bob"), ("b", "ann"), ("b", "ann"), ("b", "bob")]
