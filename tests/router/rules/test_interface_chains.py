"""Interface objects one behind the other, and interface fields wider than the implementations': rules 20 to 33."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Service

_P = {"__typename": "P", "id": "1", "code": "c1", "name": "p"}
_Q = {"__typename": "Q", "id": "2", "code": "c2", "name": "q", "kin": _P}
_P["kin"] = _Q  # type: ignore[assignment]  # things refer to each other

_THINGS = federation(
    home=Service(
        """
        type Query { all: [Thing] }
        interface Thing @key(fields: "id") @key(fields: "code") { id: ID! code: ID! name: String kin: Thing }
        type P implements Thing @key(fields: "id") @key(fields: "code") { id: ID! code: ID! name: String kin: Thing
          p: Int }
        type Q implements Thing @key(fields: "id") @key(fields: "code") { id: ID! code: ID! name: String kin: Thing }
        """,
        query={"all": [_P, _Q]},
        entities={"Thing": [_P, _Q], "P": [_P], "Q": [_Q]},
    ),
    stars=Service(
        """
        type Query { rated: [Thing] }
        type Thing @key(fields: "id") @interfaceObject { id: ID! stars: Int other: Thing }
        """,
        query={"rated": [{"id": "1", "stars": 1, "other": {"id": "2"}}]},
        entities={
            "Thing": [{"id": "1", "stars": 1, "other": {"id": "2", "stars": 2}}, {"id": "2", "stars": 2, "other": None}]
        },
    ),
    tags=Service(
        """
        type Thing @key(fields: "code") @interfaceObject {
          code: ID! name: String @external tag: String @requires(fields: "name")
        }
        """,
        entities={"Thing": lambda given: {"tag": lambda thing: f"#{thing['name']}"}},
    ),
    grades=Service(
        """
        type Thing @key(fields: "id") @interfaceObject {
          id: ID! stars: Int @external tag: String @external grade: String @requires(fields: "stars tag")
        }
        """,
        entities={"Thing": lambda given: {"grade": lambda thing: f"{thing['tag']}{thing['stars']}"}},
    ),
)


@pytest.mark.rule(3, 30, 33)
@cases(
    {
        "a computed field behind a field of the home": (
            "{ rated { kin { tag } } }",
            {"rated": [{"kin": {"tag": "#q"}}]},
            "stars > home > tags",
        ),
        "twice": (
            "{ rated { kin { kin { tag } } } }",
            {"rated": [{"kin": {"kin": {"tag": "#p"}}}]},
            "stars > home > tags",
        ),
        "in a concrete fragment": (
            "{ rated { ... on P { kin { ... on Q { tag stars } } } } }",
            {"rated": [{"kin": {"tag": "#q", "stars": 2}}]},
            "stars > home > stars + tags",
        ),
        "by another key than the one at hand": ("{ rated { tag } }", {"rated": [{"tag": "#p"}]}, "stars > home > tags"),
        "inputs from two interface objects": (
            "{ rated { grade } }",
            {"rated": [{"grade": "#p1"}]},
            "stars > home > tags > grades",
        ),
        "the same from the home": (
            "{ all { grade name } }",
            {"all": [{"grade": "#p1", "name": "p"}, {"grade": "#q2", "name": "q"}]},
            "home > stars + tags > grades",
        ),
        "an interface object's own value of the interface": (
            "{ all { other { name stars } } }",
            {"all": [{"other": {"name": "q", "stars": 2}}, {"other": None}]},
            "home > stars > home",
        ),
        "and what is computed of it": (
            "{ rated { other { kin { tag __typename } } } }",
            {"rated": [{"other": {"kin": {"tag": "#p", "__typename": "P"}}}]},
            "stars > home > tags",
        ),
    }
)
async def test_interface_objects_one_behind_the_other(case: Case) -> None:
    await _THINGS.answers(case)


_B = {"__typename": "B", "id": "b", "n": 2, "val": {"x": 1}}
_WIDER = federation(
    a=Service(
        """
        type Query { named: [Named] nodes: [Node] }
        interface Node { id: ID! }
        interface Named implements Node { id: ID! name: String kin: Node kins: [Node] }
        type A implements Named & Node @key(fields: "id") { id: ID! name: String kin: B kins: [B!] }
        type B implements Node @key(fields: "id") { id: ID! n: Int val: Val @shareable }
        type Val @shareable { x: Int }
        """,
        query={
            "named": [{"__typename": "A", "id": "a", "name": "n", "kin": _B, "kins": [_B]}],
            "nodes": [_B, {"__typename": "A", "id": "a", "name": "n", "kin": None, "kins": None}],
        },
    ),
    b=Service(
        """
        type B @key(fields: "id") { id: ID! val: Val @shareable far: Int val2: Int }
        type Val @shareable { y: Int }
        """,
        entities={"B": [{"id": "b", "val": {"y": 7}, "far": 8, "val2": 9}]},
    ),
    c=Service(
        """
        type B @key(fields: "id") { id: ID! n: Int @external far: Int @external sum: Int @requires(fields: "n far") }
        """,
        entities={"B": lambda given: {"sum": lambda b: b["n"] + b["far"]}},
    ),
)


@pytest.mark.rule(20, 22, 25)
@pytest.mark.bug(33)
@cases(
    {
        "a fragment on the narrower type": (
            "{ named { kin { ... on B { n val { x y } } } name } }",
            {"named": [{"kin": {"n": 2, "val": {"x": 1, "y": 7}}, "name": "n"}]},
            "a > b",
        ),
        "inputs below it": (
            "{ named { kin { id ... on B { sum } } } }",
            {"named": [{"kin": {"id": "b", "sum": 10}}]},
            "a > b > c",
        ),
        "on the implementation": (
            "{ named { ... on A { kin { sum n } } kin { id } } }",
            {"named": [{"kin": {"sum": 10, "n": 2, "id": "b"}}]},
            "a > b > c",
        ),
        "a list": (
            "{ named { kins { __typename ... on B { far } } id } }",
            {"named": [{"kins": [{"__typename": "B", "far": 8}], "id": "a"}]},
            "a > b",
        ),
        "nothing but the name": (
            "{ named { kin { __typename } name } }",
            {"named": [{"kin": {"__typename": "B"}, "name": "n"}]},
            "a",
        ),
        "from an interface above": (
            "{ nodes { ... on Named { kin { ... on B { val { y } } } } ... on B { far } } }",
            {"nodes": [{"far": 8}, {"kin": None}]},
            "a > b",
        ),
    }
)
async def test_an_interface_field_is_wider_than_its_implementations(case: Case) -> None:
    await _WIDER.answers(case)
