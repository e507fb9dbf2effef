"""Completion, hidden elements, and errors: rules 35 to 37."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Boom, Service

_NULLS = federation(
    a=Service(
        """
        type Query { t: T must: T! list: [T!] lists: [[T!]!] strict: [T!]! ok: Int }
        type T @key(fields: "id") { id: ID! child: T must: T! }
        """,
        query={
            "t": {"id": "1", "child": {"id": "9", "child": None, "must": Boom("unused")}, "must": {"id": "2"}},
            "must": {"id": "9"},
            "list": [{"id": "1"}, {"id": "9"}],
            "lists": [[{"id": "1"}], [{"id": "9"}, {"id": "1"}]],
            "strict": [{"id": "9"}],
            "ok": 1,
        },
    ),
    b=Service(
        'type T @key(fields: "id") { id: ID! soft: Int hard: Int! }',
        entities={
            "T": [
                {"id": "1", "soft": 1, "hard": 10},
                {"id": "2", "soft": None, "hard": 20},
                {"id": "9", "soft": Boom("soft"), "hard": Boom("hard", "HARD")},
            ]
        },
    ),
)


@pytest.mark.rule(35)
@pytest.mark.parametrize(
    ("query", "data", "problems"),
    [
        ("{ t { soft hard } }", {"t": {"soft": 1, "hard": 10}}, []),
        (
            "{ t { id child { hard } } ok }",
            {"t": {"id": "1", "child": None}, "ok": 1},
            [("HARD", ["t", "child", "hard"], "b")],
        ),
        ("{ t { c: child { s: soft } } }", {"t": {"c": {"s": None}}}, [("SUBGRAPH_ERROR", ["t", "c", "s"], "b")]),
        ("{ ok must { hard } }", None, [("HARD", ["must", "hard"], "b")]),
        ("{ ok list { id hard } }", {"ok": 1, "list": None}, [("HARD", ["list", 1, "hard"], "b")]),
        ("{ lists { hard } }", {"lists": None}, [("HARD", ["lists", 1, 0, "hard"], "b")]),
        ("{ ok strict { hard } }", None, [("HARD", ["strict", 0, "hard"], "b")]),
        (
            "{ x: t { must { soft } } y: t { soft } }",
            {"x": {"must": {"soft": None}}, "y": {"soft": 1}},
            [],
        ),
    ],
)
async def test_nulls_bubble_as_the_api_schema_says(query: str, data: object, problems: object) -> None:
    answer = await _NULLS.run(query)
    assert answer.data == data
    assert answer.problems == problems
    assert answer.complaints == []


@pytest.mark.rule(35)
@cases(
    {
        "of the operation": ("{ ok t { soft id } }", {"ok": 1, "t": {"soft": 1, "id": "1"}}, "a > b"),
        "with fragments": (
            "{ t { ...F id ... { hard } } ok } fragment F on T { soft }",
            {"t": {"soft": 1, "id": "1", "hard": 10}, "ok": 1},
            "a > b",
        ),
        "where a field comes again": (
            "{ t { id must { id } soft must { hard } id } }",
            {"t": {"id": "1", "must": {"id": "2", "hard": 20}, "soft": 1}},
            "a > b",
        ),
    }
)
async def test_fields_come_in_the_order_of_the_operation(case: Case) -> None:
    await _NULLS.answers(case)


_WEAK = federation(
    a=Service("type Query { t: T @shareable } type T @shareable { n: Int }", query={"t": {"n": None}}),
    b=Service(
        "type Query { t: T! @shareable u: U } type T @shareable { n: Int! } type U { x: [Int!]! }",
        query={"t": {"n": 1}, "u": {"x": [1]}},
    ),
)


@pytest.mark.rule(35)
async def test_nullability_is_the_graphs_not_a_subgraphs() -> None:
    await _WEAK.answers(("{ t { n } }", {"t": {"n": None}}, "a"))
    await _WEAK.answers(("{ u { x } t { n } }", {"u": {"x": [1]}, "t": {"n": 1}}, "b"))


_HIDDEN = federation(
    a=Service(
        """
        type Query {
          colour: Colour colours: [Colour!] must: Colour! things: [Thing] any: [Any] thing: Thing!
          search(q: String = "default", secret: String = "kept" @inaccessible): String
          by(like: Filter): String
          hidden: Int @inaccessible
        }
        enum Colour { RED GREEN @inaccessible }
        interface Thing { id: ID! }
        union Any = Open | Secret
        type Open implements Thing @key(fields: "id") { id: ID! colour: Colour }
        type Secret implements Thing @inaccessible { id: ID! }
        input Filter { name: String code: Int = 7 @inaccessible }
        """,
        query={
            "colour": "GREEN",
            "colours": ["RED", "GREEN"],
            "must": "GREEN",
            "things": [{"__typename": "Open", "id": "1", "colour": "RED"}, {"__typename": "Secret", "id": "2"}],
            "any": [{"__typename": "Secret", "id": "2"}, {"__typename": "Open", "id": "1", "colour": "GREEN"}],
            "thing": {"__typename": "Secret", "id": "2"},
            "search": lambda _, **given: repr(sorted(given.items())),
            "by": lambda _, like: repr(sorted(like.items())),
            "hidden": 1,
        },
    ),
)


@pytest.mark.rule(35, 37)
@pytest.mark.parametrize(
    ("query", "data"),
    [
        ("{ colour }", {"colour": None}),
        ("{ colours }", {"colours": None}),
        ("{ must }", None),
        ("{ things { id } }", {"things": [{"id": "1"}, None]}),
        ("{ things { __typename } }", {"things": [{"__typename": "Open"}, None]}),
        ("{ any { ... on Open { colour } } }", {"any": [None, {"colour": None}]}),
        ("{ any { __typename } }", {"any": [None, {"__typename": "Open"}]}),
        ("{ thing { id } }", None),
    ],
)
async def test_hidden_values_and_types_become_null(query: str, data: object) -> None:
    answer = await _HIDDEN.run(query)
    assert answer.data == data
    assert "Secret" not in str(answer.body)
    assert "GREEN" not in str(answer.body)


@pytest.mark.rule(37)
@pytest.mark.parametrize(
    "query",
    [
        "{ hidden }",
        '{ search(secret: "x") }',
        '{ by(like: { name: "n", code: 1 }) }',
        "{ any { ... on Secret { id } } }",
    ],
)
async def test_hidden_elements_do_not_exist_for_validation(query: str) -> None:
    await _HIDDEN.refuses(query, "GRAPHQL_VALIDATION_FAILED")


@pytest.mark.rule(37)
@cases(
    {
        "of arguments": ("{ search }", {"search": "[('q', 'default'), ('secret', 'kept')]"}, "a"),
        "of input fields": ('{ by(like: { name: "n" }) }', {"by": "[('code', 7), ('name', 'n')]"}, "a"),
    }
)
async def test_defaults_of_hidden_elements_stay_with_the_subgraph(case: Case) -> None:
    answer = await _HIDDEN.answers(case)
    assert "secret" not in answer.requests[0][1]
    assert "code" not in answer.requests[0][1]
    assert answer.requests[0][2] == {}


_PARTIAL = federation(
    a=Service(
        'type Query { t: T other: Int } type T @key(fields: "id") { id: ID! a: Int }',
        query={"t": {"id": "1", "a": Boom("no a", "A")}, "other": 1},
    ),
    b=Service('type T @key(fields: "id") { id: ID! b: Int }', entities={"T": lambda given: Boom("no entity", "B")}),
    c=Service('type T @key(fields: "id") { id: ID! c: Int }', entities={"T": [{"id": "1", "c": 3}]}),
)


@pytest.mark.rule(36)
async def test_errors_are_passed_on_beside_the_partial_data() -> None:
    answer = await _PARTIAL.run("{ other t { x: a y: b c } }")
    assert answer.data == {"other": 1, "t": {"x": None, "y": None, "c": 3}}
    assert answer.problems == [("A", ["t", "x"], "a"), ("B", ["t"], "b")]
    assert [error["message"] for error in answer.errors] == ["no a", "no entity"]
