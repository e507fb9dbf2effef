"""Operations through supergraph, planner and executor against one schema of the same data."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from router.execution.engine import Engine
from router.execution.request import GraphQLRequest, RequestContext
from router.planning.planner import Planner
from router.supergraph import load_supergraph
from router.transport.mock import MockTransport
from tests.support.graph import STORE, SUPERGRAPH, mock_subgraphs, oracle

SUPERGRAPH_MODEL = load_supergraph(SUPERGRAPH)


def federation(store: dict[str, Any]) -> tuple[Engine, MockTransport]:
    transport = mock_subgraphs(store)
    return Engine(SUPERGRAPH_MODEL, planner=Planner(SUPERGRAPH_MODEL), transport=transport), transport


QUERIES: list[tuple[str, dict[str, Any], int]] = [
    ("{me{id name mood}}", {}, 1),
    ("{users{name reviews{body}}}", {}, 2),
    ("{users{n:name id:mood reviews{body product{title rating}}}}", {}, 4),
    ("{shelves{upc t:title reviews{author{name}}}}", {}, 3),
    ('{product(upc:"p1"){similar{similar{rating}}}}', {}, 2),
    ("{catalogue{__typename upc ...on Product{price reviews{id}} ...on Voucher{value}}}", {}, 2),
    ("{catalogue{...on Voucher{v:value}}}", {}, 1),
    ("{latest{id product{price} author{name}}}", {}, 3),
    ("query($n:Int=1){latest(count:$n){id}}", {}, 1),
    ("query($n:Int=1){latest(count:$n){id}}", {"n": 3}, 1),
    ("query($v:Boolean!){me{id name @skip(if:$v) reviews @include(if:$v){id}}}", {"v": True}, 2),
    ("query($v:Boolean!){me{id name @skip(if:$v) reviews @include(if:$v){id}}}", {"v": False}, 1),
    ("query($v:Boolean!){me @skip(if:$v){id}}", {"v": True}, 0),
    ('{user(id:"none"){name reviews{id}}}', {}, 1),
    ('{product(upc:"p0"){rating}}', {}, 2),
    ('{a:product(upc:"p1"){...P} b:product(upc:"p2"){...P}} fragment P on Product{title reviews{author{mood}}}', {}, 3),
    ("{__typename me{__typename t:__typename}}", {}, 1),
    ("{__typename}", {}, 0),
    ('{__type(name:"Voucher"){fields{name type{kind ofType{name}}}}}', {}, 0),
    ("query($n:String!){__type(name:$n){...T} me{name}} fragment T on __Type{kind n:name}", {"n": "Mood"}, 1),
]


@pytest.mark.parametrize(("query", "variables", "requests"), QUERIES)
async def test_the_answer_is_the_one_schemas_with_as_few_requests(
    query: str, variables: dict[str, Any], requests: int
) -> None:
    engine, transport = federation(STORE())
    expected = oracle(STORE(), query, variables)

    # The first answer is completed by the book, the later ones by generated code.
    for _ in range(3):
        transport.requests.clear()
        result = await engine.execute(GraphQLRequest(query, variables=variables), RequestContext())
        assert orjson.loads(result.body) == expected
        assert "errors" not in expected
        assert len(transport.requests) == requests


async def test_the_fields_keep_the_operations_order() -> None:
    engine, _ = federation(STORE())
    result = await engine.execute(GraphQLRequest("{me{reviews{id} name __typename id mood}}"), RequestContext())

    assert list(orjson.loads(result.body)["data"]["me"]) == ["reviews", "name", "__typename", "id", "mood"]


async def test_mutations_run_one_after_the_other() -> None:
    store, other = STORE(), STORE()
    engine, transport = federation(store)
    query = """mutation {
      a: rename(id: "0", name: "first") { name reviews { body } }
      b: review(upc: "p1", body: "new") { author { name } product { rating } }
      c: rename(id: "0", name: "last") { name reviews { body } }
    }"""

    result = await engine.execute(GraphQLRequest(query), RequestContext())

    assert orjson.loads(result.body) == oracle(other, query)
    assert [request.subgraph for request in transport.requests if b"mutation" in request.body] == [
        "accounts",
        "reviews",
        "accounts",
    ]


async def test_a_subscriptions_events_are_completed_from_the_other_subgraphs() -> None:
    engine, transport = federation(STORE())
    stream = engine.subscribe(
        GraphQLRequest("subscription{reviewed{b:body author{name} product{rating}}}"), RequestContext()
    )
    events = [orjson.loads(body)["data"]["reviewed"] async for body in stream]

    assert events == [
        {"b": f"body {number}", "author": {"name": f"user {number}"}, "product": {"rating": f"rated at {price}"}}
        for number, price in ((0, None), (1, 1), (2, 2))
    ]
    assert len(transport.requests) == 1 + 3 * 3


async def test_equal_entities_are_asked_for_once() -> None:
    engine, transport = federation(STORE())
    await engine.execute(GraphQLRequest("{latest(count:7){author{name} product{title}}}"), RequestContext())
    asked = {
        request.subgraph: orjson.loads(request.body)["variables"]["representations"]
        for request in transport.requests[1:]
    }

    assert asked == {
        "accounts": [{"__typename": "User", "id": str(number)} for number in (0, 1, 2)],
        "products": [{"__typename": "Product", "upc": f"p{number}"} for number in (0, 1, 2, 3)],
    }
