"""Type conditions where subgraphs differ in members: rules 20 and 21."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Service

_BOOK = {"__typename": "Book", "id": "1", "title": "book", "pages": 9}
_FILM = {"__typename": "Film", "id": "2", "title": "film", "minutes": 90}
_SONG = {"__typename": "Song", "id": "3", "title": "song", "beats": 60}

_UNIONS = federation(
    a=Service(
        """
        type Query { shared: Any @shareable list: [Any] @shareable own: [Any] box: Box entity: Shelf }
        union Any = Book | Film
        type Book @key(fields: "id") { id: ID! title: String @shareable pages: Int }
        type Film @key(fields: "id") { id: ID! title: String @shareable minutes: Int }
        type Box { any: Any }
        type Shelf @key(fields: "id") { id: ID! top: Any @shareable mine: [[Any]] }
        """,
        query={
            "shared": _BOOK,
            "list": [_BOOK, None, _FILM],
            "own": [_FILM, _BOOK],
            "box": {"any": _FILM},
            "entity": {"id": "s", "top": _FILM, "mine": [[_BOOK, None], [_FILM]]},
        },
        entities={"Book": [_BOOK], "Film": [_FILM], "Shelf": [{"id": "s", "top": _FILM, "mine": []}]},
    ),
    b=Service(
        """
        type Query { shared: Any @shareable list: [Any] @shareable }
        union Any = Book | Song
        type Book @key(fields: "id") { id: ID! title: String @shareable }
        type Song @key(fields: "id") { id: ID! title: String beats: Int }
        type Shelf @key(fields: "id") { id: ID! top: Any @shareable songs: [Any] }
        """,
        query={"shared": _BOOK, "list": [_BOOK, None, _BOOK]},
        entities={"Book": [_BOOK], "Song": [_SONG], "Shelf": [{"id": "s", "top": _BOOK, "songs": [_SONG, _BOOK]}]},
    ),
    c=Service(
        'type Song @key(fields: "id") { id: ID! plays: Int } type Film @key(fields: "id") { id: ID! stars: Int }',
        entities={"Song": [{"id": "3", "plays": 7}], "Film": [{"id": "2", "stars": 5}]},
    ),
)


@pytest.mark.rule(21)
@pytest.mark.bug(11)
@cases(
    {
        "what one candidate cannot return is dropped": (
            "{ shared { ... on Book { title } ... on Film { title } ... on Song { title } } }",
            {"shared": {"title": "book"}},
            "a",
        ),
        "its name is shown, its fields are null": (
            "{ list { __typename ... on Film { title minutes } ... on Book { title } } }",
            {
                "list": [
                    {"__typename": "Book", "title": "book"},
                    None,
                    {"__typename": "Film", "title": None, "minutes": None},
                ]
            },
            "a",
        ),
        "an entity jump is a candidate too": (
            "{ entity { top { __typename ... on Film { minutes } ... on Song { beats } } } }",
            {"entity": {"top": {"__typename": "Film", "minutes": None}}},
            "a",
        ),
        "one candidate keeps its members": (
            "{ own { ... on Film { minutes } ... on Book { pages } ... on Song { beats } } }",
            {"own": [{"minutes": 90}, {"pages": 9}]},
            "a",
        ),
        "and those of list fields of lists": (
            "{ entity { mine { ... on Film { minutes } } } }",
            {"entity": {"mine": [[{}, None], [{"minutes": 90}]]}},
            "a",
        ),
        "a forced jump": (
            "{ entity { songs { ... on Song { beats } ... on Film { minutes } ... on Book { title } } } }",
            {"entity": {"songs": [{"beats": 60}, {"title": "book"}]}},
            "a > b",
        ),
        "each position by itself": (
            "{ shared { ... on Film { minutes } } box { any { ... on Film { minutes } } } }",
            {"shared": {}, "box": {"any": {"minutes": 90}}},
            "a",
        ),
        "with a jump of the member": (
            "{ own { ... on Film { stars } } entity { songs { ... on Song { plays } } } }",
            {"own": [{"stars": 5}, {}], "entity": {"songs": [{"plays": 7}, {}]}},
            "a > b > c",
        ),
    }
)
async def test_members_are_judged_position_by_position(case: Case) -> None:
    await _UNIONS.answers(case, absent={"Film", "Song"})


@pytest.mark.rule(20)
@cases(
    {
        "a fragment on no member": ("{ own { ... on Song { beats } } }", {"own": [{}, {}]}, "a"),
        "no fragment matches the only object": ("{ box { any { ... on Book { pages } } } }", {"box": {"any": {}}}, "a"),
        "nested conditions intersect": (
            "{ own { ... on Film { ... on Any { ... on Film { minutes } ... on Book { pages } } } } }",
            {"own": [{"minutes": 90}, {}]},
            "a",
        ),
        "a condition that is always true": (
            "{ own { ... on Any { ... on Any { __typename } } } }",
            {"own": [{"__typename": "Film"}, {"__typename": "Book"}]},
            "a",
        ),
        "a named fragment twice": (
            "{ own { ...F ...F ... on Any { ...F } } } fragment F on Film { minutes }",
            {"own": [{"minutes": 90}, {}]},
            "a",
        ),
    }
)
async def test_a_subgraph_gets_what_its_schema_knows(case: Case) -> None:
    await _UNIONS.answers(case, absent={"Song"})


_FACES = federation(
    a=Service(
        """
        type Query { nodes: [Node] things: [Thing] one: One }
        interface Node { id: ID! }
        union Thing = One | Two
        type One implements Node @key(fields: "id") { id: ID! x: Int }
        type Two implements Node @key(fields: "id") { id: ID! y: Int }
        """,
        query={
            "nodes": [{"__typename": "One", "id": "1", "x": 1}, None, {"__typename": "Two", "id": "2", "y": 2}],
            "things": [{"__typename": "Two", "id": "2", "y": 2}, {"__typename": "One", "id": "1", "x": 1}],
            "one": {"id": "1", "x": 1},
        },
    ),
    b=Service(
        """
        type Query { named: [Named] }
        interface Named { name: String }
        interface Node { id: ID! }
        type One implements Named & Node @key(fields: "id") { id: ID! name: String }
        type Three implements Named & Node @key(fields: "id") { id: ID! name: String }
        type Two @key(fields: "id") { id: ID! size: Int }
        """,
        query={
            "named": [
                {"__typename": "Three", "id": "3", "name": "three"},
                {"__typename": "One", "id": "1", "name": "one"},
            ]
        },
        entities={"One": [{"id": "1", "name": "one"}], "Two": [{"id": "2", "size": 22}]},
    ),
)


@pytest.mark.rule(20)
@pytest.mark.bug(3, 29)
@cases(
    {
        "an interface the subgraph does not know": (
            "{ nodes { ... on Named { name } } }",
            {"nodes": [{"name": "one"}, None, {}]},
            "a > b",
        ),
        "on a union": (
            "{ things { ... on Named { name } ... on Node { id } } }",
            {"things": [{"id": "2"}, {"name": "one", "id": "1"}]},
            "a > b",
        ),
        "in an object": (
            "{ one { ... on Named { ... on One { name x } } } }",
            {"one": {"name": "one", "x": 1}},
            "a > b",
        ),
        "an object in an interface in an object": (
            "{ one { ... on Node { ... on One { x } } } }",
            {"one": {"x": 1}},
            "a",
        ),
        "an interface that an object has not": (
            (
                "{ nodes { ... on Two { ... on Node { ... on Two { y } } } ... on Named { ... on Node { ... on Three "
                "{ id } } } } }"
            ),
            {"nodes": [{}, None, {"y": 2}]},
            "a",
        ),
        "two fragments on one type in an abstract one": (
            "{ things { ... on Node { ... on One { x } ... on One { id } } } }",
            {"things": [{}, {"x": 1, "id": "1"}]},
            "a",
        ),
        "from the other side": (
            "{ named { ... on Node { id } ... on One { name } } }",
            {"named": [{"id": "3"}, {"id": "1", "name": "one"}]},
            "b",
        ),
        "two types, two subgraphs": (
            "{ nodes { ... on One { name } ... on Two { size y } } }",
            {"nodes": [{"name": "one"}, None, {"size": 22, "y": 2}]},
            "a > b",
        ),
    }
)
async def test_fragments_on_interfaces_are_expanded(case: Case) -> None:
    await _FACES.answers(case, absent={"Three"})


_EMPTY = federation(
    a=Service(
        """
        type Query { node: Node gone: Node nodes: [Node!]! t: T }
        interface Node { id: ID! }
        type T implements Node { id: ID! kin: Node }
        type U implements Node { id: ID! u: Int }
        """,
        query={
            "node": {"__typename": "T", "id": "1", "kin": {"__typename": "T", "id": "2", "kin": None}},
            "gone": None,
            "nodes": [{"__typename": "T", "id": "1"}, {"__typename": "U", "id": "2", "u": 1}],
            "t": {"id": "1", "kin": {"__typename": "T", "id": "2"}},
        },
    ),
)


@pytest.mark.rule(20)
@cases(
    {
        "an object without a match": ("{ node { ... on U { u } } }", {"node": {}}, "a"),
        "null": ("{ gone { ... on U { u } } }", {"gone": None}, "a"),
        "a list": ("{ nodes { ... on U { u } } }", {"nodes": [{}, {"u": 1}]}, "a"),
        "below": ("{ t { kin { ... on U { u } } } }", {"t": {"kin": {}}}, "a"),
        "skipped in a constant": ("{ t { id @skip(if: true) } }", {"t": {}}, "a"),
    }
)
async def test_an_object_with_nothing_to_show_is_an_empty_object(case: Case) -> None:
    await _EMPTY.answers(case)
