"""Whatever subgraphs answer, the response is a GraphQL response that keeps the API schema's word."""

from __future__ import annotations

import random
import re
from typing import Any

import orjson
import pytest
from graphql import GraphQLResolveInfo, build_schema, execute_sync, parse

from router.errors import SubgraphTimeout, SubgraphUnreachable
from router.execution.engine import Engine
from router.execution.request import GraphQLRequest, RequestContext
from router.planning.planner import Planner
from router.supergraph import load_supergraph
from router.transport.base import SubgraphRequest, SubgraphResponse
from router.transport.mock import Answer, MockTransport
from tests.support.graph import API, STORE, SUPERGRAPH, mock_subgraphs

SUPERGRAPH_MODEL = load_supergraph(SUPERGRAPH)
# An id that is a number stays one, where graphql-core makes it a string.
SHAPES = build_schema("scalar Id\n" + re.sub(r"\bID\b", "Id", API))

QUERIES = [
    "{users{name mood reviews{body product{title rating}}}}",
    "{shelves{upc t:title reviews{id author{name n:name}}}}",
    "{latest{id product{price similar{upc rating}} author{name}} me{id}}",
    "{catalogue{__typename upc ...on Product{title rating reviews{id}} ...on Voucher{value}}}",
    'mutation{rename(id:"0",name:"x"){name reviews{id}} review(upc:"p1",body:"b"){id author{name}}}',
]
BODIES = [
    b"",
    b"<html>",
    b"null",
    b"{}",
    b"[]",
    b'{"data":{',
    b'{"data":null}',
    b'{"errors":[]}',
    b'{"data":{}}',
    b"\x00",
]
VALUES: list[Any] = [None, {}, [], "text", [None], {"__typename": "Nothing"}, [[]], 7, [{}, {}]]


def _resolve(source: Any, info: GraphQLResolveInfo[Any], **_: Any) -> Any:
    return source[info.path.key]


def assert_keeps_the_schemas_word(query: str, response: Any) -> None:
    """Execute the operation on its own answer: graphql-core finds every null and shape that must not be."""
    assert set(response) <= {"data", "errors"}
    for error in response.get("errors", ()):
        assert set(error) <= {"message", "path", "extensions"}
        assert all(not str(part).startswith("_") for part in error.get("path", ()))
    if response["data"] is None:
        assert response["errors"]
        return
    result = execute_sync(SHAPES, parse(query), root_value=response["data"], field_resolver=_resolve)
    assert result.errors is None
    assert result.data == response["data"]


def garbled(source: random.Random, value: Any) -> Any:
    """Replace something somewhere in a value."""
    if source.random() < 0.25 or not isinstance(value, dict | list) or not value:
        return source.choice(VALUES)
    if isinstance(value, list):
        index = source.randrange(len(value))
        changed = [*value]
        changed[index] = garbled(source, value[index])
        return changed if source.random() < 0.9 else changed[:-1]
    key = source.choice(sorted(value))
    return value | {key: garbled(source, value[key])}


def respond(source: random.Random, right: SubgraphResponse) -> Answer:
    kind = source.random()
    if kind < 0.6:
        return right
    if kind < 0.7:
        return SubgraphResponse(source.choice([200, 404, 500]), source.choice(BODIES))
    if kind < 0.8:
        return right.body[: source.randrange(len(right.body))]
    answer = orjson.loads(right.body)
    answer["data"] = garbled(source, answer.get("data"))
    if source.random() < 0.3:
        answer["errors"] = garbled(source, [{"message": "m", "path": ["_entities", 0, "name"]}])
    return SubgraphResponse(200, orjson.dumps(answer))


@pytest.mark.parametrize("query", QUERIES)
async def test_garbled_answers_end_in_errors_and_partial_data(query: str) -> None:
    planner = Planner(SUPERGRAPH_MODEL)
    source = random.Random(7)
    right = mock_subgraphs(STORE())
    known: dict[bytes, SubgraphResponse] = {}

    async def answer(request: SubgraphRequest) -> Answer:
        if source.random() < 0.07:
            raise source.choice([SubgraphTimeout, SubgraphUnreachable])(request.subgraph, "secret")
        if request.body not in known:
            known[request.body] = await right.send(request)
        return respond(source, known[request.body])

    transport = MockTransport(dict.fromkeys(("accounts", "products", "reviews"), answer))
    engine = Engine(SUPERGRAPH_MODEL, planner=planner, transport=transport)
    seen = 0
    for _ in range(100):
        result = await engine.execute(GraphQLRequest(query), RequestContext())
        response = orjson.loads(result.body)
        assert_keeps_the_schemas_word(query, response)
        assert b"secret" not in result.body
        assert result.has_data == (response["data"] is not None)
        assert list(result.error_codes) == [error["extensions"]["code"] for error in response.get("errors", ())]
        seen += "errors" in response

    assert 20 < seen < 100


@pytest.mark.parametrize("name", [{}, [], 5, None, True, "Nothing"])
@pytest.mark.parametrize("query", [QUERIES[0], QUERIES[1], QUERIES[3]])
async def test_what_is_no_types_name_is_no_type(query: str, name: Any) -> None:
    item = {"__typename": name, "upc": "p1", "title": "t", "price": 1, "id": "1", "name": "n", "value": 2}
    data = {"catalogue": [item, item], "shelves": [[item]], "users": [item], "_entities": [item]}
    transport = MockTransport(dict.fromkeys(("accounts", "products", "reviews"), lambda _: {"data": data}))
    engine = Engine(SUPERGRAPH_MODEL, planner=Planner(SUPERGRAPH_MODEL), transport=transport)

    for _ in range(2):
        result = await engine.execute(GraphQLRequest(query), RequestContext())

        assert_keeps_the_schemas_word(query, orjson.loads(result.body))
