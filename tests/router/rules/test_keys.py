"""Keys and jumps: rules 1 to 4."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Service

_ITEMS = federation(
    a=Service(
        'type Query { item: Item items: [Item] } type Item @key(fields: "id") { id: ID! name: String }',
        query={
            "item": {"id": "1", "name": "one"},
            "items": [{"id": "1", "name": "one"}, {"id": "2", "name": "two"}, {"id": "1", "name": "one"}],
        },
        entities={"Item": [{"id": "1", "name": "one"}, {"id": "2", "name": "two"}]},
    ),
    b=Service(
        'type Query { stocked: [Item] } type Item @key(fields: "id") { id: ID! stock: Int }',
        query={"stocked": [{"id": "2", "stock": 20}]},
        entities={"Item": [{"id": "1", "stock": 10}, {"id": "2", "stock": 20}]},
    ),
)


@pytest.mark.rule(1)
@cases(
    {
        "not selected": ("{ item { stock } }", {"item": {"stock": 10}}, "a > b"),
        "selected": ("{ item { id stock } }", {"item": {"id": "1", "stock": 10}}, "a > b"),
        "under an alias": ("{ item { key: id stock } }", {"item": {"key": "1", "stock": 10}}, "a > b"),
        "twice": ("{ item { x: id id y: id stock } }", {"item": {"x": "1", "id": "1", "y": "1", "stock": 10}}, "a > b"),
        "its name taken": ("{ item { id: name stock } }", {"item": {"id": "one", "stock": 10}}, "a > b"),
        "its name taken by what is fetched by it": (
            "{ item { id: stock name } }",
            {"item": {"id": 10, "name": "one"}},
            "a > b",
        ),
        "its name taken, itself renamed": (
            "{ item { id: name name: id stock } }",
            {"item": {"id": "one", "name": "1", "stock": 10}},
            "a > b",
        ),
        "its name taken by the type's": (
            "{ item { id: __typename stock } }",
            {"item": {"id": "Item", "stock": 10}},
            "a > b",
        ),
        "the type's name taken": (
            "{ item { __typename: name stock } }",
            {"item": {"__typename": "one", "stock": 10}},
            "a > b",
        ),
        "no jump": ("{ item { name } }", {"item": {"name": "one"}}, "a"),
        "only the key": ("{ item { id } stocked { id } }", {"item": {"id": "1"}, "stocked": [{"id": "2"}]}, "a + b"),
        "in a list, the other way": ("{ stocked { name id } }", {"stocked": [{"name": "two", "id": "2"}]}, "b > a"),
    }
)
async def test_keys_are_added_to_the_fetch_and_removed_from_the_response(case: Case) -> None:
    await _ITEMS.answers(case)


_SOURCES = federation(
    a=Service(
        """
        type Query { bare: Bare closed: Closed wide: Wide }
        type Bare { id: ID! @shareable }
        type Closed @key(fields: "id", resolvable: false) { id: ID! }
        type Wide @key(fields: "id") { id: ID! code: ID! @shareable }
        """,
        query={"bare": {"id": "1"}, "closed": {"id": "2"}, "wide": {"id": "3", "code": "c3"}},
        entities={"Wide": [{"id": "3", "code": "c3"}]},
    ),
    b=Service(
        """
        type Bare @key(fields: "id") { id: ID! x: Int }
        type Closed @key(fields: "id") { id: ID! x: Int }
        type Wide @key(fields: "id", resolvable: false) @key(fields: "code") { id: ID! code: ID! x: Int }
        """,
        entities={
            "Bare": [{"id": "1", "x": 1}],
            "Closed": [{"id": "2", "x": 2}],
            "Wide": lambda given: {"x": 3} if given.get("code") == "c3" else None,
        },
    ),
)


@pytest.mark.rule(2)
@cases(
    {
        "a source without the key": ("{ bare { x } }", {"bare": {"x": 1}}, "a > b"),
        "a source where the key is not resolvable": ("{ closed { x } }", {"closed": {"x": 2}}, "a > b"),
        "the target's resolvable key is used": ("{ wide { x } }", {"wide": {"x": 3}}, "a > b"),
    }
)
async def test_a_source_needs_the_fields_of_the_key_only(case: Case) -> None:
    await _SOURCES.answers(case)


_CHAIN = federation(
    a=Service(
        """
        type Query { one: One two: Two part: Part deep: Deep list: [Deep] }
        type One @key(fields: "id") { id: ID! }
        type Two @key(fields: "id") { id: ID! }
        type Part @key(fields: "id") { id: ID! maker: Maker @shareable }
        type Maker @key(fields: "id") { id: ID! }
        type Deep @key(fields: "bits { id }") { bits: [Bit] }
        type Bit @key(fields: "id") { id: ID! }
        """,
        query={
            "one": {"id": "1"},
            "two": {"id": "2"},
            "part": {"id": "3", "maker": {"id": "m"}},
            "deep": {"bits": [{"id": "x"}, {"id": "y"}]},
            "list": [{"bits": [{"id": "x"}]}, None, {"bits": [{"id": "y"}, {"id": "x"}]}],
        },
    ),
    b=Service(
        """
        type One @key(fields: "id") @key(fields: "code") { id: ID! code: ID! }
        type Two @key(fields: "id") { id: ID! code: ID! @shareable }
        type Maker @key(fields: "id") { id: ID! name: ID! @shareable }
        type Bit @key(fields: "id") { id: ID! sign: ID! @shareable }
        """,
        entities={
            "One": [{"id": "1", "code": "c1"}],
            "Two": [{"id": "2", "code": "c2"}],
            "Maker": [{"id": "m", "name": "M"}],
            "Bit": [{"id": "x", "sign": "X"}, {"id": "y", "sign": "Y"}],
        },
    ),
    c=Service(
        """
        type One @key(fields: "code") { code: ID! far: Int }
        type Two @key(fields: "id code") { id: ID! code: ID! far: Int }
        type Part @key(fields: "id maker { name }") { id: ID! maker: Maker @shareable far: Int }
        type Maker { name: ID! @shareable }
        type Deep @key(fields: "bits { sign }") { bits: [Bit] @shareable far: Int }
        type Bit { sign: ID! @shareable }
        """,
        entities={
            "One": [{"code": "c1", "far": 1}],
            "Two": [{"id": "2", "code": "c2", "far": 2}],
            "Part": [{"id": "3", "maker": {"name": "M"}, "far": 3}],
            "Deep": lambda given: {"far": sum(ord(bit["sign"]) for bit in given["bits"])},
        },
    ),
)


@pytest.mark.rule(3)
@cases(
    {
        "another key": ("{ one { far } }", {"one": {"far": 1}}, "a > b > c"),
        "a part of a compound key": ("{ two { far } }", {"two": {"far": 2}}, "a > b > c"),
        "a part below a nested object": ("{ part { far } }", {"part": {"far": 3}}, "a > b > c"),
        "a part below list elements": ("{ deep { far } }", {"deep": {"far": 177}}, "a > b > c"),
        "a part below list elements in a list": (
            "{ list { far bits { sign } } }",
            {
                "list": [
                    {"far": 88, "bits": [{"sign": "X"}]},
                    None,
                    {"far": 177, "bits": [{"sign": "Y"}, {"sign": "X"}]},
                ]
            },
            "a > b > c",
        ),
        "what the chain passes is used": ("{ one { far code } }", {"one": {"far": 1, "code": "c1"}}, "a > b > c"),
        "the client's aliases do not disturb the chain": (
            "{ two { id: code code: id far } }",
            {"two": {"id": "c2", "code": "2", "far": 2}},
            "a > b > c",
        ),
    }
)
async def test_a_missing_part_of_a_key_comes_from_a_third_subgraph(case: Case) -> None:
    await _CHAIN.answers(case)


@pytest.mark.rule(3, 15)
async def test_a_nested_list_key_is_sent_in_its_shape() -> None:
    answer = await _CHAIN.run("{ list { far } }")
    assert answer.representations(2) == [
        {"__typename": "Deep", "bits": [{"sign": "X"}]},
        {"__typename": "Deep", "bits": [{"sign": "Y"}, {"sign": "X"}]},
    ]


_CHEAPEST = federation(
    a=Service(
        'type Query { t: T } type T @key(fields: "id") @key(fields: "code") { id: ID! code: ID! }',
        query={"t": {"id": "1", "code": "c"}},
    ),
    b=Service(
        'type T @key(fields: "id") { id: ID! extra: ID! @shareable }', entities={"T": [{"id": "1", "extra": "e"}]}
    ),
    c=Service(
        'type T @key(fields: "extra") @key(fields: "code") { extra: ID! code: ID! y: Int z: Int }',
        entities={"T": [{"extra": "e", "code": "c", "y": 5, "z": 6}]},
    ),
    d=Service(
        'type T @key(fields: "code") { code: ID! z: Int @override(from: "c") w: Int }',
        entities={"T": [{"code": "c", "z": 7, "w": 8}]},
    ),
)


@pytest.mark.rule(3)
@cases(
    {
        "the key at hand": ("{ t { y } }", {"t": {"y": 5}}, "a > c"),
        "two subgraphs at once": ("{ t { y w } }", {"t": {"y": 5, "w": 8}}, "a > c + d"),
        "no way round by the chain where the target has the field too": (
            "{ t { extra y w z } }",
            {"t": {"extra": "e", "y": 5, "w": 8, "z": 7}},
            "a > c + d",
        ),
    }
)
async def test_the_key_that_costs_least_is_used(case: Case) -> None:
    await _CHEAPEST.answers(case)


_BACK = federation(
    a=Service(
        """
        type Query { t: T }
        type T @key(fields: "id", resolvable: false) @key(fields: "code") {
          id: ID! code: ID! weight: Int @external price: Int @requires(fields: "weight")
        }
        """,
        query={"t": {"id": "1", "code": "c"}},
        entities={"T": [{"code": "c", "price": lambda t: t["weight"] * 3}]},
    ),
    b=Service('type T @key(fields: "id") { id: ID! weight: Int }', entities={"T": [{"id": "1", "weight": 5}]}),
)


@pytest.mark.rule(4)
@pytest.mark.bug(16)
async def test_returning_for_a_computed_field_uses_a_key_that_is_resolvable_there() -> None:
    answer = await _BACK.answers(("{ t { price } }", {"t": {"price": 15}}, "a > b > a"))
    assert answer.representations(1) == [{"__typename": "T", "id": "1"}]
    assert answer.representations(2) == [{"__typename": "T", "code": "c", "weight": 5}]


_SHAPES = federation(
    a=Service(
        """
        type Query { t: [T] }
        type T @key(fields: "id place { city zones { code } }") { id: ID! place: Place name: String }
        type Place @shareable { city: String zones: [[Zone]] size: Int }
        type Zone @shareable { code: Int label: String }
        """,
        query={
            "t": [
                {"id": "1", "place": {"city": "x", "size": 4, "zones": [[{"code": 1, "label": "l"}, {"code": 2}], []]}},
                {"id": "2", "place": {"city": "y", "zones": [[{"code": 3}]]}},
            ]
        },
    ),
    b=Service(
        """
        type T @key(fields: "id place { city zones { code } }") { id: ID! place: Place stock: Int }
        type Place @shareable { city: String zones: [[Zone]] }
        type Zone @shareable { code: Int }
        """,
        entities={
            "T": [
                {"id": "1", "place": {"city": "x", "zones": [[{"code": 1}, {"code": 2}], []]}, "stock": 1},
                {"id": "2", "place": {"city": "y", "zones": [[{"code": 3}]]}, "stock": 2},
            ]
        },
    ),
)


@pytest.mark.rule(4)
@cases(
    {
        "nested objects and lists of lists": ("{ t { stock } }", {"t": [{"stock": 1}, {"stock": 2}]}, "a > b"),
        "beside aliases below the key": (
            "{ t { place { zones: city } stock } }",
            {"t": [{"place": {"zones": "x"}, "stock": 1}, {"place": {"zones": "y"}, "stock": 2}]},
            "a > b",
        ),
    }
)
async def test_a_representation_has_the_keys_shape(case: Case) -> None:
    answer = await _SHAPES.answers(case)
    assert answer.representations(1) == [
        {"__typename": "T", "id": "1", "place": {"city": "x", "zones": [[{"code": 1}, {"code": 2}], []]}},
        {"__typename": "T", "id": "2", "place": {"city": "y", "zones": [[{"code": 3}]]}},
    ]
