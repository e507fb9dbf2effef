"""Documents that are long, deep or wrong (rule 42), and introspection (rule 41)."""

from __future__ import annotations

import time
from typing import Any

import orjson
import pytest
from graphql import build_client_schema, execute_sync, get_introspection_query, parse, print_schema

from router.execution.engine import Engine
from router.execution.request import EngineSettings, GraphQLRequest, RequestContext
from router.planning import Planner
from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Service

_GRAPH = federation(
    a=Service(
        """
        type Query { t: T nodes: [Node] }
        interface Node { id: ID! }
        type T implements Node @key(fields: "id") { id: ID! a: Int kin: T }
        type U implements Node { id: ID! }
        """,
        query={"t": {"id": "1", "a": 1, "kin": None}, "nodes": []},
    ),
    b=Service(
        'type T @key(fields: "id") { id: ID! b: Int hidden: Int @inaccessible }', entities={"T": [{"id": "1", "b": 2}]}
    ),
)


def _fragments(count: int) -> str:
    chain = " ".join(f"fragment F{n} on T {{ ...F{n + 1} x{n}: b }}" for n in range(count))
    return f"{{ t {{ ...F0 }} }} {chain} fragment F{count} on T {{ a }}"


def _levels(count: int) -> str:
    return "{ t " + "{ kin " * count + "{ b }" + " }" * count + " }"


@pytest.mark.rule(42)
@pytest.mark.parametrize(
    "query",
    [
        "{ t { ...A } } fragment A on T { ...B } fragment B on T { kin { ...A } }",
        "{ t { ...A } } fragment A on T { ...A }",
        _levels(1000),
        _levels(100_000),
        "{ t { a(" + "[" * 100_000,
        "{" * 50_000,
        _fragments(1500),
        "{ t { a } } " * 500,
    ],
    ids=[
        "a cycle of two",
        "a cycle of one",
        "1,000 levels",
        "100,000 levels",
        "deep values",
        "braces",
        "a chain of 1,500 fragments",
        "500 operations",
    ],
)
async def test_what_is_too_much_is_refused_at_once(query: str) -> None:
    started = time.process_time()
    answer = await _GRAPH.run(query)
    assert "data" not in answer.body
    assert answer.requests == []
    assert {error["extensions"]["code"] for error in answer.errors} <= {
        "GRAPHQL_PARSE_FAILED",
        "GRAPHQL_VALIDATION_FAILED",
        "OPERATION_TOO_DEEP",
        "OPERATION_TOO_LARGE",
        "OPERATION_RESOLUTION_FAILURE",
    }
    assert time.process_time() - started < 20


@pytest.mark.rule(42)
@pytest.mark.parametrize("number", [1, 300])
async def test_what_is_long_is_answered(number: int) -> None:
    names = [f"x{n}" for n in range(number)]
    await _GRAPH.answers(
        (f"{{ t {{ {' '.join(f'{name}: b' for name in names)} }} }}", {"t": dict.fromkeys(names, 2)}, "a > b")
    )
    spreads = "{ t { " + " ".join(f"...F{n}" for n in range(number)) + " } } "
    spreads += " ".join(f"fragment F{n} on T {{ a b }}" for n in range(number))
    await _GRAPH.answers((spreads, {"t": {"a": 1, "b": 2}}, "a > b"))


@pytest.mark.rule(42)
async def test_a_hundred_levels_are_answered() -> None:
    await _GRAPH.answers((_levels(60), {"t": {"kin": None}}, "a"))
    await _GRAPH.answers((_fragments(40), {"t": {"a": 1} | {f"x{n}": 2 for n in reversed(range(40))}}, "a > b"))


@pytest.mark.rule(42)
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "BAD_REQUEST"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { t { a } } query B { t { b } }", "OPERATION_RESOLUTION_FAILURE"),
        ("fragment F on T { a }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($v: Boolean!) { t @skip(if: $v) { a } }", "BAD_USER_INPUT"),
    ],
)
async def test_a_wrong_request_is_refused_with_its_code(query: str, code: str) -> None:
    await _GRAPH.refuses(query, code)


@pytest.mark.rule(41)
@cases(
    {
        "a type by a variable's default": (
            'query($n: String = "U") { __type(name: $n) { kind n: name } }',
            {"__type": {"kind": "OBJECT", "n": "U"}},
            "",
        ),
        "under aliases, twice": (
            '{ x: __type(name: "T") { name } y: __type(name: "Node") { possibleTypes { name } } }',
            {"x": {"name": "T"}, "y": {"possibleTypes": [{"name": "T"}, {"name": "U"}]}},
            "",
        ),
        "in fragments": (
            "{ ...F } fragment F on Query { __schema { ...G } } fragment G on __Schema { queryType { name } }",
            {"__schema": {"queryType": {"name": "Query"}}},
            "",
        ),
        "beside data, in order": (
            "{ s: __schema { mutationType { name } } t { b } __typename }",
            {"s": {"mutationType": None}, "t": {"b": 2}, "__typename": "Query"},
            "a > b",
        ),
        "hidden fields are not there": (
            '{ __type(name: "T") { fields { name } } }',
            {"__type": {"fields": [{"name": "id"}, {"name": "a"}, {"name": "kin"}, {"name": "b"}]}},
            "",
        ),
        "machinery is not there": (
            (
                '{ a: __type(name: "join__Graph") { name } b: __type(name: "_Any") { name } c: __type(name: '
                '"link__Purpose") { name } }'
            ),
            {"a": None, "b": None, "c": None},
            "",
        ),
        "no type of that name": ('{ __type(name: "Nope") { name } }', {"__type": None}, ""),
        "switched off": ("{ __schema @skip(if: true) { queryType { name } } t { a } }", {"t": {"a": 1}}, "a"),
        "its own type name": ("{ __schema { __typename } }", {"__schema": {"__typename": "__Schema"}}, ""),
    }
)
async def test_introspection_is_answered_by_the_router(case: Case) -> None:
    query, data, sent = case
    answer = await _GRAPH.run(query)
    assert (answer.data, answer.errors, answer.sent) == (data, [], sent)


@pytest.mark.rule(41)
async def test_the_whole_schema_can_be_introspected() -> None:
    query = get_introspection_query()
    answer = await _GRAPH.run(query)
    expected: Any = execute_sync(_GRAPH.supergraph.api_schema, parse(query)).data
    assert answer.data == expected
    assert "join__" not in print_schema(build_client_schema(answer.data))


@pytest.mark.rule(41)
@pytest.mark.parametrize(
    ("query", "data"),
    [("{ __typename }", {"__typename": "Query"}), ("{ t { __typename } }", {"t": {"__typename": "T"}})],
)
async def test_type_names_are_answered_where_introspection_is_off(query: str, data: Any) -> None:
    settings = EngineSettings(introspection=False)
    _ = _GRAPH.engine
    engine = Engine(
        _GRAPH.supergraph, planner=Planner(_GRAPH.supergraph), transport=_GRAPH.transport, settings=settings
    )
    result = await engine.execute(GraphQLRequest(query), RequestContext())
    assert orjson.loads(result.body) == {"data": data}
    refused = await engine.execute(GraphQLRequest("{ __schema { queryType { name } } }"), RequestContext())
    assert refused.is_request_error
