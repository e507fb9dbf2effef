"""Long ways: keys that are computed, inputs behind jumps, three subgraphs for one value: rules 3, 4, 8, 13 and 15."""

from __future__ import annotations

from typing import Any

import pytest

from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Service

_COMPUTED = federation(
    a=Service(
        'type Query { t: T list: [T] } type T @key(fields: "id") { id: ID! base: Int }',
        query={"t": {"id": "1", "base": 5}, "list": [{"id": "1", "base": 5}, {"id": "2", "base": None}]},
    ),
    b=Service(
        """
        type T @key(fields: "id") { id: ID! base: Int @external code: ID @shareable @requires(fields: "base") x: Int }
        """,
        entities={"T": lambda given: {"code": lambda t: None if t["base"] is None else f"c{t['base']}", "x": 1}},
    ),
    c=Service(
        'type T @key(fields: "code") { code: ID @shareable far: Int }', entities={"T": [{"code": "c5", "far": 55}]}
    ),
)


@pytest.mark.rule(3, 5, 13)
@cases(
    {
        "a computed key": ("{ t { far } }", {"t": {"far": 55}}, "a > b > c"),
        "that is null": (
            "{ list { far code } }",
            {"list": [{"far": 55, "code": "c5"}, {"far": None, "code": None}]},
            "a > b > c",
        ),
        "beside a plain field": ("{ t { x far } }", {"t": {"x": 1, "far": 55}}, "a > b > c"),
    }
)
async def test_a_key_may_be_computed_first(case: Case) -> None:
    await _COMPUTED.answers(case)


def _mass(item: Any) -> int:
    return sum(part["weight"] + (part.get("size") or {"w": 0})["w"] for part in item["parts"] if part)


_DEEP = federation(
    a=Service(
        """
        type Query { item: Item items: [Item] }
        type Item @key(fields: "id") { id: ID! owner: Owner parts: [Part] }
        type Owner @key(fields: "id") { id: ID! }
        interface Part { id: ID! }
        type Bolt implements Part @key(fields: "id") { id: ID! }
        type Nut implements Part @key(fields: "id") { id: ID! }
        """,
        query={
            "item": {"id": "1", "owner": {"id": "o"}, "parts": [{"__typename": "Bolt", "id": "b"}, None]},
            "items": [
                {"id": "1", "owner": {"id": "o"}, "parts": [{"__typename": "Bolt", "id": "b"}, None]},
                {"id": "2", "owner": None, "parts": [{"__typename": "Nut", "id": "n"}]},
            ],
        },
    ),
    b=Service(
        """
        type Owner @key(fields: "id") { id: ID! city: City }
        type City @key(fields: "code") { code: ID! }
        type Bolt @key(fields: "id") { id: ID! weight: Int }
        """,
        entities={"Owner": [{"id": "o", "city": {"code": "z"}}], "Bolt": [{"id": "b", "weight": 10}]},
    ),
    c=Service(
        """
        type City @key(fields: "code") { code: ID! tax: Int land: Land }
        type Land { rate: Int name: String }
        type Nut @key(fields: "id") { id: ID! weight: Int size: Size }
        type Size { w: Int h: Int }
        """,
        entities={
            "City": [{"code": "z", "tax": 3, "land": {"rate": 4, "name": "l"}}],
            "Nut": [{"id": "n", "weight": 20, "size": {"w": 2, "h": 9}}],
        },
    ),
    d=Service(
        """
        type Item @key(fields: "id") {
          id: ID! owner: Owner @external parts: [Part] @external
          cost: String @requires(fields: "owner { city { tax land { rate } } }")
          mass: Int @requires(fields: "parts { ... on Bolt { weight } ... on Nut { weight size { w } } }")
          seen: String @requires(fields: "owner { id } parts { id }")
        }
        type Owner @key(fields: "id") { id: ID! city: City @external }
        type City @key(fields: "code") { code: ID! tax: Int @external land: Land @external }
        type Land { rate: Int @external }
        interface Part { id: ID! }
        type Bolt implements Part @key(fields: "id") { id: ID! weight: Int @external }
        type Nut implements Part @key(fields: "id") { id: ID! weight: Int @external size: Size @external }
        type Size { w: Int @external }
        """,
        entities={
            "Item": lambda given: {
                "cost": lambda item: repr(item["owner"] and item["owner"]["city"]),
                "mass": _mass,
                "seen": lambda item: f"{item['owner']['id']} {[part and part['id'] for part in item['parts']]}",
            }
        },
    ),
    e=Service(
        """
        type Item @key(fields: "id") {
          id: ID! cost: String @external mass: Int @external total: String @requires(fields: "cost mass")
        }
        """,
        entities={"Item": lambda given: {"total": lambda item: f"{item['cost']} {item['mass']}"}},
    ),
)
_COST = "{'tax': 3, 'land': {'rate': 4}}"


@pytest.mark.rule(3, 13, 15, 17)
@pytest.mark.bug(5, 13)
@cases(
    {
        "an input behind two jumps": ("{ item { cost } }", {"item": {"cost": _COST}}, "a > b > c > d"),
        "a null on the way": ("{ items { cost } }", {"items": [{"cost": _COST}, {"cost": "None"}]}, "a > b > c > d"),
        "inputs of several types from several subgraphs": (
            "{ items { mass } }",
            {"items": [{"mass": 10}, {"mass": 22}]},
            "a > b + c > d",
        ),
        "inputs at hand": (
            "{ item { seen } }",
            {"item": {"seen": "o ['b', None]"}},
            "a > d",
        ),
        "a chain": (
            "{ items { total } }",
            {"items": [{"total": f"{_COST} 10"}, {"total": "None 22"}]},
            "a > b > c > d > e",
        ),
        "all at once, beside what they need": (
            "{ item { total seen owner { id city { code } } } }",
            {
                "item": {
                    "total": f"{_COST} 10",
                    "seen": "o ['b', None]",
                    "owner": {"id": "o", "city": {"code": "z"}},
                }
            },
            "a > b > c > d > e",
        ),
    }
)
async def test_inputs_behind_jumps(case: Case) -> None:
    await _DEEP.answers(case)


_PARENTS = federation(
    a=Service(
        'type Query { t: T } type T @key(fields: "id") { id: ID! name: String }', query={"t": {"id": "1", "name": "n"}}
    ),
    b=Service(
        """
        type T @key(fields: "id") { id: ID! box: Box @shareable }
        type Box @shareable { info: Info name: String }
        type Info @shareable { x: Int sub: Sub }
        type Sub @shareable { a: Int }
        """,
        entities={"T": [{"id": "1", "box": {"name": "box", "info": {"x": 1, "sub": {"a": 2}}}}]},
    ),
    c=Service(
        """
        type T @key(fields: "id") { id: ID! box: Box @shareable }
        type Box @shareable { info: Info }
        type Info @shareable { y: Int sub: Sub }
        type Sub @shareable { b: Int }
        """,
        entities={"T": [{"id": "1", "box": {"info": {"y": 3, "sub": {"b": 4}}}}]},
    ),
    d=Service(
        """
        type T @key(fields: "id") { id: ID! box: Box @shareable }
        type Box @key(fields: "id") { id: ID! name: String @shareable }
        """,
        entities={"T": [{"id": "1", "box": {"id": "b", "name": "box"}}]},
    ),
    e=Service(
        """
        type Box @key(fields: "id") { id: ID! tags: [String] info: Info @shareable }
        type Info @shareable { z: Int }
        """,
        entities={"Box": [{"id": "b", "tags": ["t"], "info": {"z": 5}}]},
    ),
)


@pytest.mark.rule(3, 8)
@cases(
    {
        "one of them": ("{ t { box { info { y } } } }", {"t": {"box": {"info": {"y": 3}}}}, "a > c"),
        "two at once": (
            "{ t { box { info { x y sub { b a } } } } }",
            {"t": {"box": {"info": {"x": 1, "y": 3, "sub": {"b": 4, "a": 2}}}}},
            "a > b + c",
        ),
        "by the key that a third one knows": ("{ t { box { tags } } }", {"t": {"box": {"tags": ["t"]}}}, "a > d > e"),
        "by keys and by parents": (
            "{ t { box { info { z x y } name } } }",
            {"t": {"box": {"info": {"z": 5, "x": 1, "y": 3}, "name": "box"}}},
            "a > b + c + d > e",
        ),
        "no more than needed": (
            "{ t { name box { name id } } }",
            {"t": {"name": "n", "box": {"name": "box", "id": "b"}}},
            "a > d",
        ),
    }
)
async def test_a_value_in_many_subgraphs(case: Case) -> None:
    await _PARENTS.answers(case)


_DECOYS = federation(
    a=Service(
        """
        type Query { t: T }
        type T @key(fields: "id") { id: ID! }
        """,
        query={"t": {"id": "1"}},
    ),
    b=Service(
        'type T @key(fields: "id") @key(fields: "code") { id: ID! code: ID! x: Int @shareable }',
        entities={"T": [{"id": "1", "code": "c", "x": 1}]},
    ),
    c=Service(
        'type T @key(fields: "code") { code: ID! x: Int @shareable y: Int @shareable }',
        entities={"T": [{"code": "c", "x": 1, "y": 2}]},
    ),
    d=Service(
        'type T @key(fields: "id") { id: ID! y: Int @shareable z: Int w: Int @shareable }',
        entities={"T": [{"id": "1", "y": 2, "z": 3, "w": 4}]},
    ),
    e=Service('type T @key(fields: "id") { id: ID! w: Int @shareable }', entities={"T": [{"id": "1", "w": 4}]}),
)


@pytest.mark.rule(3, 7)
@cases(
    {
        "the nearer of two": ("{ t { x } }", {"t": {"x": 1}}, "a > b"),
        "not the chain": ("{ t { y } }", {"t": {"y": 2}}, "a > d"),
        "where one goes anyway": ("{ t { w z } }", {"t": {"w": 4, "z": 3}}, "a > d"),
        "both": ("{ t { x y } }", {"t": {"x": 1, "y": 2}}, "a > b + d"),
        "everything": (
            "{ t { w x y z code id } }",
            {"t": {"w": 4, "x": 1, "y": 2, "z": 3, "code": "c", "id": "1"}},
            "a > b + d",
        ),
    }
)
async def test_as_few_requests_as_can_be(case: Case) -> None:
    await _DECOYS.answers(case)
