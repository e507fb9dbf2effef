"""Value types below interfaces and unions, completed from the entities behind them: rules 8, 20 and 22."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Service

_ONE = {"__typename": "One", "id": "1", "sub": {"n": 1, "deep": {"p": 1}}, "face": {"__typename": "X", "f": 1}}
_TWO = {"__typename": "Two", "id": "2", "sub": {"n": 2, "deep": None}, "face": {"__typename": "Y", "f": 2}}

_GRAPH = federation(
    a=Service(
        """
        type Query { nodes: [Node] any: [Any] one: One }
        interface Node { id: ID! sub: Sub face: Face }
        union Any = One | Two
        type One implements Node @key(fields: "id") { id: ID! sub: Sub @shareable face: Face @shareable }
        type Two implements Node @key(fields: "id") { id: ID! sub: Sub @shareable face: Face @shareable }
        type Sub @shareable { n: Int deep: Deep }
        type Deep @shareable { p: Int }
        interface Face { f: Int }
        type X implements Face @shareable { f: Int }
        type Y implements Face @shareable { f: Int }
        """,
        query={"nodes": [_ONE, None, _TWO], "any": [_TWO, _ONE], "one": _ONE},
        entities={"One": [_ONE]},
    ),
    b=Service(
        """
        type One @key(fields: "id") { id: ID! sub: Sub @shareable face: Face @shareable own: Int }
        type Two @key(fields: "id") { id: ID! sub: Sub @shareable face: Face @shareable }
        type Sub @shareable { n: Int far: Int deep: Deep }
        type Deep @shareable { q: Int three: Three }
        type Three @key(fields: "id") { id: ID! }
        interface Face { g: Int }
        type X implements Face @shareable { g: Int }
        type Y implements Face @shareable { g: Int }
        """,
        entities={
            "One": [
                {
                    "id": "1",
                    "own": 5,
                    "sub": {"n": 1, "far": 11, "deep": {"q": 12, "three": {"id": "t"}}},
                    "face": {"__typename": "X", "g": 13},
                }
            ],
            "Two": [{"id": "2", "sub": {"n": 2, "far": 22, "deep": None}, "face": {"__typename": "Y", "g": 23}}],
        },
    ),
    c=Service('type Three @key(fields: "id") { id: ID! z: Int }', entities={"Three": [{"id": "t", "z": 99}]}),
)


@pytest.mark.rule(8, 22)
@cases(
    {
        "an interface's field": (
            "{ nodes { sub { n far } } }",
            {"nodes": [{"sub": {"n": 1, "far": 11}}, None, {"sub": {"n": 2, "far": 22}}]},
            "a > b",
        ),
        "what one subgraph has costs no jump": (
            "{ nodes { sub { n deep { p } } } }",
            {"nodes": [{"sub": {"n": 1, "deep": {"p": 1}}}, None, {"sub": {"n": 2, "deep": None}}]},
            "a",
        ),
        "in a fragment": (
            "{ nodes { ... on One { sub { far } } id } }",
            {"nodes": [{"sub": {"far": 11}, "id": "1"}, None, {"id": "2"}]},
            "a > b",
        ),
        "half in a fragment": (
            "{ nodes { sub { n } ... on Two { sub { far } } } }",
            {"nodes": [{"sub": {"n": 1}}, None, {"sub": {"n": 2, "far": 22}}]},
            "a > b",
        ),
        "of a union": (
            "{ any { ... on One { sub { far n } } ... on Two { s: sub { far } } } }",
            {"any": [{"s": {"far": 22}}, {"sub": {"far": 11, "n": 1}}]},
            "a > b",
        ),
        "on an interface of a union": (
            "{ any { ... on Node { sub { far } } } }",
            {"any": [{"sub": {"far": 22}}, {"sub": {"far": 11}}]},
            "a > b",
        ),
        "two levels below, and on": (
            "{ nodes { sub { deep { q p three { z } } } } }",
            {"nodes": [{"sub": {"deep": {"q": 12, "p": 1, "three": {"z": 99}}}}, None, {"sub": {"deep": None}}]},
            "a > b > c",
        ),
        "abstract again": (
            "{ nodes { face { f g __typename } } }",
            {
                "nodes": [
                    {"face": {"f": 1, "g": 13, "__typename": "X"}},
                    None,
                    {"face": {"f": 2, "g": 23, "__typename": "Y"}},
                ]
            },
            "a > b",
        ),
        "abstract again, in fragments": (
            "{ nodes { face { ... on X { g } ... on Y { f } } } }",
            {"nodes": [{"face": {"g": 13}}, None, {"face": {"f": 2}}]},
            "a > b",
        ),
        "beside a jump for one type": (
            "{ nodes { ... on One { own } sub { far } } }",
            {"nodes": [{"own": 5, "sub": {"far": 11}}, None, {"sub": {"far": 22}}]},
            "a > b",
        ),
        "of the object itself": (
            "{ one { sub { far n } face { g f } } }",
            {"one": {"sub": {"far": 11, "n": 1}, "face": {"g": 13, "f": 1}}},
            "a > b",
        ),
        "under aliases": (
            "{ nodes { x: sub { n: far } y: sub { far: n } } }",
            {"nodes": [{"x": {"n": 11}, "y": {"far": 1}}, None, {"x": {"n": 22}, "y": {"far": 2}}]},
            "a > b",
        ),
    }
)
async def test_a_value_below_an_abstract_type_is_completed_by_its_entities(case: Case) -> None:
    await _GRAPH.answers(case)
