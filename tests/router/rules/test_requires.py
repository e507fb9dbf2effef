"""Computed fields: rules 13 to 15."""

from __future__ import annotations

from typing import Any

import pytest

from tests.router.rules.federation import Case, cases, federation, join
from tests.router.rules.service import Service

_SIMPLE = federation(
    a=Service(
        """
        type Query { t: T list: [T] }
        type T @key(fields: "id") {
          id: ID! price: Int @external weight: Int @external
          cost: Int @requires(fields: "price weight") tax: Int @requires(fields: "price") free: Int
        }
        """,
        query={"t": {"id": "1", "free": 0}, "list": [{"id": "1", "free": 0}, {"id": "2", "free": 1}]},
        entities={
            "T": lambda given: {
                "cost": lambda t: t["price"] * t["weight"],
                "tax": lambda t: t["price"] // 10,
                "free": 0,
            }
        },
    ),
    b=Service(
        'type T @key(fields: "id") { id: ID! price: Int other: Int }',
        entities={"T": [{"id": "1", "price": 100, "other": 5}, {"id": "2", "price": 200, "other": 6}]},
    ),
    c=Service(
        'type Query { heavy: T } type T @key(fields: "id") { id: ID! weight: Int }',
        query={"heavy": {"id": "1", "weight": 3}},
        entities={"T": [{"id": "1", "weight": 3}, {"id": "2", "weight": 4}]},
    ),
)


@pytest.mark.rule(13)
@pytest.mark.bug(26)
@cases(
    {
        "from the subgraph itself and back": ("{ t { tax } }", {"t": {"tax": 10}}, "a > b > a"),
        "two inputs from two subgraphs": ("{ t { cost } }", {"t": {"cost": 300}}, "a > b + c > a"),
        "two requirements, one call": ("{ t { tax cost } }", {"t": {"tax": 10, "cost": 300}}, "a > b + c > a"),
        "in a list": (
            "{ list { free cost } }",
            {"list": [{"free": 0, "cost": 300}, {"free": 1, "cost": 800}]},
            "a > b + c > a",
        ),
        "inputs are not shown": ("{ t { id tax free } }", {"t": {"id": "1", "tax": 10, "free": 0}}, "a > b > a"),
        "inputs that are selected": (
            "{ t { price tax weight } }",
            {"t": {"price": 100, "tax": 10, "weight": 3}},
            "a > b + c > a",
        ),
        "an input under an alias": ("{ t { p: price tax } }", {"t": {"p": 100, "tax": 10}}, "a > b > a"),
        "an input's name taken": ("{ t { price: other tax } }", {"t": {"price": 5, "tax": 10}}, "a > b > a"),
        "an input's name taken by a key": ("{ t { price: id tax } }", {"t": {"price": "1", "tax": 10}}, "a > b > a"),
        "an input's name taken by what it computes": ("{ t { price: tax } }", {"t": {"price": 10}}, "a > b > a"),
        "the computed field twice": ("{ t { x: tax y: tax } }", {"t": {"x": 10, "y": 10}}, "a > b > a"),
        "from where an input is": ("{ heavy { cost } }", {"heavy": {"cost": 300}}, "c > b > a"),
        "an unconditional field in the same subgraph": (
            "{ heavy { tax free } }",
            {"heavy": {"tax": 10, "free": 0}},
            "c > b > a",
        ),
    }
)
async def test_inputs_are_collected_and_the_subgraph_is_entered_again(case: Case) -> None:
    await _SIMPLE.answers(case)


_LOOPS = federation(
    a=Service(
        """
        type Query { t: T }
        type T @key(fields: "id") {
          id: ID! a0: Int b1: Int @external b2: Int @external
          a1: Int @requires(fields: "b1") a2: Int @requires(fields: "b2") near: Int @requires(fields: "b1 b2")
        }
        """,
        query={"t": {"id": "1", "a0": 1}},
        entities={
            "T": lambda given: {
                "a0": 1,
                "a1": lambda t: t["b1"] + 1,
                "a2": lambda t: t["b2"] + 1,
                "near": lambda t: t["b1"] * t["b2"],
            }
        },
    ),
    b=Service(
        """
        type T @key(fields: "id") {
          id: ID! a0: Int @external a1: Int @external
          b1: Int @requires(fields: "a0") b2: Int @requires(fields: "a1") b0: Int
        }
        """,
        entities={"T": lambda given: {"b0": 7, "b1": lambda t: t["a0"] + 1, "b2": lambda t: t["a1"] + 1}},
    ),
)


@pytest.mark.rule(13)
@pytest.mark.bug(13, 24)
@cases(
    {
        "one": ("{ t { a1 } }", {"t": {"a1": 3}}, "a > b > a"),
        "four": ("{ t { a2 } }", {"t": {"a2": 5}}, "a > b > a > b > a"),
        "all of them": (
            "{ t { a0 b0 a1 b1 a2 b2 } }",
            {"t": {"a0": 1, "b0": 7, "a1": 3, "b1": 2, "a2": 5, "b2": 4}},
            "a > b > a > b > a",
        ),
        "an input from two depths": ("{ t { near } }", {"t": {"near": 8}}, "a > b > a > b > a"),
    }
)
async def test_chains_go_to_and_fro(case: Case) -> None:
    await _LOOPS.answers(case)


@pytest.mark.rule(13)
@pytest.mark.bug(24)
async def test_a_chain_that_starts_where_one_is_leaves_and_comes_back_twice() -> None:
    graph = federation(
        a=Service(
            'type Query { t: T } type T @key(fields: "id") { id: ID! base: Int }', query={"t": {"id": "1", "base": 2}}
        ),
        b=Service(
            """
            type Query { inside: T }
            type T @key(fields: "id") {
              id: ID! base: Int @external first: Int @requires(fields: "base")
            }
            """,
            query={"inside": {"id": "1"}},
            entities={"T": lambda given: {"first": lambda t: t["base"] + 1}},
        ),
        c=Service(
            """
            type T @key(fields: "id") { id: ID! first: Int @external second: Int @requires(fields: "first") }
            """,
            entities={"T": lambda given: {"second": lambda t: t["first"] + 1}},
        ),
    )
    graph.services["a"].entities = {"T": [{"id": "1", "base": 2}]}
    await graph.answers(("{ inside { second } }", {"inside": {"second": 4}}, "b > a > b > c"))
    await graph.answers(
        ("{ inside { first } t { second } }", {"inside": {"first": 3}, "t": {"second": 4}}, "a + b > a + b > b + c")
    )


_HIDDEN = federation(
    a=Service(
        """
        type Query { t: T }
        type T @key(fields: "id") {
          id: ID! secret: Int @external vault: Vault @external made: Int @requires(fields: "secret vault { code }")
        }
        type Vault @inaccessible { code: Int @external }
        """,
        query={"t": {"id": "1"}},
        entities={"T": lambda given: {"made": lambda t: t["secret"] + t["vault"]["code"]}},
    ),
    b=Service(
        """
        type T @key(fields: "id") { id: ID! secret: Int @inaccessible vault: Vault @inaccessible }
        type Vault @inaccessible { code: Int }
        """,
        entities={"T": [{"id": "1", "secret": 40, "vault": {"code": 2}}]},
    ),
)


@pytest.mark.rule(14, 37)
async def test_hidden_inputs_are_fetched_and_stay_hidden() -> None:
    await _HIDDEN.answers(("{ t { made } }", {"t": {"made": 42}}, "a > b > a"))
    answer = await _HIDDEN.refuses("{ t { secret } }", "GRAPHQL_VALIDATION_FAILED")
    assert "secret" in answer.errors[0]["message"]


def _weigh(item: Any) -> int:
    return sum(part["weight"] * part["kind"]["factor"] for part in item["parts"] if part is not None)


_NESTED = federation(
    a=Service(
        """
        type Query { items: [Item] }
        type Item @key(fields: "id") {
          id: ID! parts: [Part] @external mass: Int @requires(fields: "parts { weight kind { factor } }")
          grid: [[Cell]] @external area: Int @requires(fields: "grid { n }")
        }
        type Part @key(fields: "id") { id: ID! weight: Int @external kind: Kind @external }
        type Kind { factor: Int @external }
        type Cell { n: Int @external }
        """,
        query={"items": [{"id": "1"}, {"id": "2"}]},
        entities={
            "Item": lambda given: {
                "mass": _weigh,
                "area": lambda item: sum(cell["n"] for row in item["grid"] if row for cell in row if cell),
            }
        },
    ),
    b=Service(
        """
        type Item @key(fields: "id") { id: ID! parts: [Part] grid: [[Cell]] }
        type Part @key(fields: "id") { id: ID! kind: Kind }
        type Kind { factor: Int name: String }
        type Cell { n: Int label: String }
        """,
        entities={
            "Item": [
                {
                    "id": "1",
                    "parts": [
                        {"id": "x", "kind": {"factor": 2, "name": "k"}},
                        None,
                        {"id": "y", "kind": {"factor": 1, "name": "l"}},
                    ],
                    "grid": [[{"n": 1, "label": "a"}, None], None, [{"n": 2, "label": "b"}]],
                },
                {"id": "2", "parts": [], "grid": [[], [{"n": 5, "label": "c"}]]},
            ]
        },
    ),
    c=Service(
        'type Part @key(fields: "id") { id: ID! weight: Int }',
        entities={"Part": [{"id": "x", "weight": 10}, {"id": "y", "weight": 7}]},
    ),
)


@pytest.mark.rule(15)
@pytest.mark.bug(28)
@cases(
    {
        "a list of entities with a jump of its own": (
            "{ items { mass } }",
            {"items": [{"mass": 27}, {"mass": 0}]},
            "a > b > c > a",
        ),
        "a list of lists with nulls": ("{ items { area } }", {"items": [{"area": 3}, {"area": 5}]}, "a > b > a"),
        "beside the client's own selection of it": (
            "{ items { parts { weight: id kind { factor: name } } mass } }",
            {
                "items": [
                    {
                        "parts": [
                            {"weight": "x", "kind": {"factor": "k"}},
                            None,
                            {"weight": "y", "kind": {"factor": "l"}},
                        ],
                        "mass": 27,
                    },
                    {"parts": [], "mass": 0},
                ]
            },
            "a > b > c > a",
        ),
        "the list under an alias": (
            "{ items { p: grid { n: label } area } }",
            {
                "items": [
                    {"p": [[{"n": "a"}, None], None, [{"n": "b"}]], "area": 3},
                    {"p": [[], [{"n": "c"}]], "area": 5},
                ]
            },
            "a > b > a",
        ),
    }
)
async def test_the_required_shape_is_repeated_under_its_own_names(case: Case) -> None:
    await _NESTED.answers(case)


@pytest.mark.rule(15)
@pytest.mark.bug(7, 28)
async def test_what_a_representation_with_nested_lists_looks_like() -> None:
    answer = await _NESTED.run("{ items { area } }")
    assert answer.representations(2) == [
        {"__typename": "Item", "id": "1", "grid": [[{"n": 1}, None], None, [{"n": 2}]]},
        {"__typename": "Item", "id": "2", "grid": [[], [{"n": 5}]]},
    ]


_CIRCLE = join(
    """
    type Query @join__type(graph: A) @join__type(graph: B) @join__type(graph: C) {
      t: T @join__field(graph: A) u: U @join__field(graph: A)
    }
    type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
      id: ID!
      x: Int @join__field(graph: A, requires: "y") @join__field(graph: B, external: true)
      y: Int @join__field(graph: B, requires: "x") @join__field(graph: A, external: true)
    }
    type U @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") @join__type(graph: C, key: "id") {
      id: ID!
      x: Int @join__field(graph: A, requires: "y") @join__field(graph: B, external: true)
      y: Int @join__field(graph: B, requires: "x") @join__field(graph: A, external: true) @join__field(graph: C)
    }
    """,
    a=Service(
        """
        type Query { t: T u: U } type T @key(fields: "id") { id: ID! }
        type U @key(fields: "id") { id: ID! y: Int @external x: Int @requires(fields: "y") }
        """,
        query={"t": {"id": "1"}, "u": {"id": "1"}},
        entities={"U": lambda given: {"x": lambda u: u["y"] + 1}},
    ),
    b=Service(
        'type U @key(fields: "id") { id: ID! x: Int @external y: Int @requires(fields: "x") }',
        entities={"U": lambda given: {"y": lambda u: u["x"] + 1}},
    ),
    c=Service('type U @key(fields: "id") { id: ID! y: Int }', entities={"U": [{"id": "1", "y": 5}]}),
)


@pytest.mark.rule(13, 23)
@pytest.mark.bug(13)
@pytest.mark.parametrize("query", ["{ t { x } }", "{ t { y } }", "{ t { id x y } u { id } }"])
async def test_a_circle_without_a_way_in_is_refused(query: str) -> None:
    await _CIRCLE.refuses(query)


@pytest.mark.rule(13)
@pytest.mark.bug(13)
@cases(
    {
        "one input": ("{ u { x } }", {"u": {"x": 6}}, "a > c > a"),
        "the other": ("{ u { y } }", {"u": {"y": 5}}, "a > c"),
        "both": ("{ u { y x } }", {"u": {"y": 5, "x": 6}}, "a > c > a"),
    }
)
async def test_a_circle_with_a_way_in_is_entered_there(case: Case) -> None:
    await _CIRCLE.answers(case)
