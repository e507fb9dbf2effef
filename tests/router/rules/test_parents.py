"""Children without a key (rule 8), and values that a subgraph has but must not be asked for (rule 9)."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Service

_ROOTS = federation(
    a=Service(
        """
        type Query { page: Page @shareable pages: [Page] @shareable }
        type Page @shareable { title: String meta: Meta metas: [Meta] }
        type Meta @shareable { lang: String a: Int }
        """,
        query={
            "page": {
                "title": "p",
                "meta": {"lang": "en", "a": 1},
                "metas": [{"lang": "x", "a": 1}, {"lang": "y", "a": 2}],
            },
            "pages": [{"title": "1", "meta": {"lang": "l1", "a": 1}}, {"title": "2", "meta": None}],
        },
    ),
    b=Service(
        """
        type Query { page: Page @shareable pages: [Page] @shareable }
        type Page @shareable { title: String meta: Meta metas: [Meta] views: Int }
        type Meta @shareable { lang: String b: Int }
        """,
        query={
            "page": {
                "title": "p",
                "views": 9,
                "meta": {"lang": "en", "b": 2},
                "metas": [{"lang": "x", "b": 3}, {"lang": "y", "b": 4}],
            },
            "pages": [
                {"title": "1", "views": 1, "meta": {"lang": "l1", "b": 5}},
                {"title": "2", "views": 2, "meta": None},
            ],
        },
    ),
)


@pytest.mark.rule(8, 10)
@cases(
    {
        "an object": ("{ page { title meta { a b } } }", {"page": {"title": "p", "meta": {"a": 1, "b": 2}}}, "a + b"),
        "lists merge by index": (
            "{ page { metas { b lang a } } }",
            {"page": {"metas": [{"b": 3, "lang": "x", "a": 1}, {"b": 4, "lang": "y", "a": 2}]}},
            "a + b",
        ),
        "a list of objects with nulls below": (
            "{ pages { views meta { b a } } }",
            {"pages": [{"views": 1, "meta": {"b": 5, "a": 1}}, {"views": 2, "meta": None}]},
            "a + b",
        ),
        "one subgraph is enough": (
            "{ page { title views meta { b } } }",
            {"page": {"title": "p", "views": 9, "meta": {"b": 2}}},
            "b",
        ),
        "aliases of one field": (
            "{ x: page { meta { a } } y: page { meta { b } } }",
            {"x": {"meta": {"a": 1}}, "y": {"meta": {"b": 2}}},
            "a + b",
        ),
        "an alias on the way": (
            "{ page { m: meta { x: a y: b } } }",
            {"page": {"m": {"x": 1, "y": 2}}},
            "a + b",
        ),
    }
)
async def test_a_value_type_is_completed_from_the_root(case: Case) -> None:
    await _ROOTS.answers(case)


_ENTITY = federation(
    a=Service(
        """
        type Query { items: [Item] holder: Holder }
        type Holder { item: Item }
        type Item @key(fields: "id") { id: ID! box: Box @shareable boxes: [Box] @shareable }
        type Box @shareable { w: Int in: Inner }
        type Inner @shareable { a: Int }
        """,
        query={
            "items": [
                {
                    "id": "1",
                    "box": {"w": 1, "in": {"a": 11}},
                    "boxes": [{"w": 1, "in": {"a": 1}}, {"w": 2, "in": None}],
                },
                {"id": "2", "box": None, "boxes": []},
            ],
            "holder": {"item": {"id": "1", "box": {"w": 1, "in": {"a": 11}}}},
        },
    ),
    b=Service(
        """
        type Item @key(fields: "id") { id: ID! box: Box @shareable boxes: [Box] @shareable }
        type Box @shareable { h: Int in: Inner }
        type Inner @shareable { b: Int far: Far }
        type Far @key(fields: "id") { id: ID! }
        """,
        entities={
            "Item": [
                {
                    "id": "1",
                    "box": {"h": 5, "in": {"b": 12, "far": {"id": "f"}}},
                    "boxes": [{"h": 6, "in": {"b": 2, "far": None}}, {"h": 7, "in": None}],
                },
                {"id": "2", "box": None, "boxes": []},
            ]
        },
    ),
    c=Service('type Far @key(fields: "id") { id: ID! n: Int }', entities={"Far": [{"id": "f", "n": 99}]}),
)


@pytest.mark.rule(8)
@cases(
    {
        "an object": ("{ items { box { w h } } }", {"items": [{"box": {"w": 1, "h": 5}}, {"box": None}]}, "a > b"),
        "an object in an object": (
            "{ items { box { in { a b } } } }",
            {"items": [{"box": {"in": {"a": 11, "b": 12}}}, {"box": None}]},
            "a > b",
        ),
        "a list in a list": (
            "{ items { boxes { h w in { b a } } } }",
            {
                "items": [
                    {"boxes": [{"h": 6, "w": 1, "in": {"b": 2, "a": 1}}, {"h": 7, "w": 2, "in": None}]},
                    {"boxes": []},
                ]
            },
            "a > b",
        ),
        "from the nearest entity, not from the root": (
            "{ holder { item { box { w h } } } }",
            {"holder": {"item": {"box": {"w": 1, "h": 5}}}},
            "a > b",
        ),
        "onwards from there": (
            "{ holder { item { box { in { far { n } a } } } } }",
            {"holder": {"item": {"box": {"in": {"far": {"n": 99}, "a": 11}}}}},
            "a > b > c",
        ),
        "only what the other has": (
            "{ holder { item { id box { h } } } }",
            {"holder": {"item": {"id": "1", "box": {"h": 5}}}},
            "a > b",
        ),
    }
)
async def test_a_value_type_is_completed_from_its_nearest_entity(case: Case) -> None:
    await _ENTITY.answers(case)


_LIES = federation(
    a=Service(
        """
        type Query { t: T }
        type T @key(fields: "id") { id: ID! price: Int @external taxed: Int @requires(fields: "price") kin: T }
        """,
        query={"t": {"id": "1", "price": -1, "kin": {"id": "2", "price": -2}}},
        entities={
            "T": [{"id": "1", "taxed": lambda t: t["price"] + 1}, {"id": "2", "taxed": lambda t: t["price"] + 2}]
        },
    ),
    b=Service(
        'type T @key(fields: "id") { id: ID! price: Int }',
        entities={"T": [{"id": "1", "price": 10}, {"id": "2", "price": 20}]},
    ),
)


@pytest.mark.rule(9)
@cases(
    {
        "the owner is asked": ("{ t { price } }", {"t": {"price": 10}}, "a > b"),
        "also for an input": ("{ t { taxed } }", {"t": {"taxed": 11}}, "a > b > a"),
        "at every depth, in one call each": (
            "{ t { price kin { price taxed } } }",
            {"t": {"price": 10, "kin": {"price": 20, "taxed": 22}}},
            "a > b > a",
        ),
    }
)
async def test_an_external_field_is_never_read_where_it_is_external(case: Case) -> None:
    await _LIES.answers(case)


_OLD = federation(
    a=Service(
        """
        type Query { t: T }
        extend type T @key(fields: "id") { id: ID! @external mine: Int size: Int @external twice: Int
          @requires(fields: "size") }
        """,
        query={"t": {"id": "1", "mine": 3}},
        entities={"T": [{"id": "1", "mine": 3, "twice": lambda t: t["size"] * 2}]},
    ),
    b=Service(
        'type Query { b: Int } type T @key(fields: "id") { id: ID! size: Int }',
        query={"b": 1},
        entities={"T": [{"id": "1", "size": 8}]},
    ),
)
_OLD.link = ""


@pytest.mark.rule(9)
@cases(
    {
        "the key of an extension is had": ("{ t { id mine } }", {"t": {"id": "1", "mine": 3}}, "a"),
        "and leads to the owner": ("{ t { size mine } }", {"t": {"size": 8, "mine": 3}}, "a > b"),
        "and back": ("{ t { twice } b }", {"t": {"twice": 16}, "b": 1}, "a + b > b > a"),
    }
)
async def test_a_federation_1_extension_has_its_key(case: Case) -> None:
    await _OLD.answers(case)
