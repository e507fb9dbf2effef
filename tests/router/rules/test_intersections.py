"""Enums, inputs and interfaces that subgraphs know in part: rules 20, 21, 35 and 37."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Service

_ENUMS = federation(
    a=Service(
        """
        type Query { users: [User] find(by: By!): User }
        enum Kind { REGULAR ANONYMOUS }
        enum By { NAME MAIL @inaccessible }
        type User @key(fields: "id") { id: ID! kind: Kind }
        """,
        query={"users": [{"id": "1", "kind": "ANONYMOUS"}], "find": lambda _, by: {"id": by, "kind": "REGULAR"}},
        entities={"User": [{"id": "1", "kind": "ANONYMOUS"}]},
    ),
    b=Service(
        """
        type Query { others: [User] top: Kind }
        enum Kind { REGULAR @inaccessible ANONYMOUS GUEST }
        type User @key(fields: "id") { id: ID! other: Kind }
        """,
        query={"others": [{"id": "1", "other": "GUEST"}, {"id": "2", "other": "REGULAR"}], "top": "REGULAR"},
        entities={"User": [{"id": "1", "other": "GUEST"}, {"id": "NAME", "other": "REGULAR"}]},
    ),
)


@pytest.mark.rule(35, 37)
@pytest.mark.parametrize(
    ("query", "data", "sent"),
    [
        ("{ users { kind other } }", {"users": [{"kind": "ANONYMOUS", "other": "GUEST"}]}, "a > b"),
        ("{ others { other } }", {"others": [{"other": "GUEST"}, {"other": None}]}, "b"),
        ("{ top }", {"top": None}, "b"),
        ("{ find(by: NAME) { kind other id } }", {"find": {"kind": None, "other": None, "id": "NAME"}}, "a > b"),
    ],
)
async def test_values_that_are_hidden_anywhere_are_null(query: str, data: object, sent: str) -> None:
    answer = await _ENUMS.run(query)
    assert (answer.data, answer.sent, answer.complaints) == (data, sent, [])
    assert "REGULAR" not in str(answer.body)


@pytest.mark.rule(37)
@pytest.mark.parametrize("query", ["{ find(by: MAIL) { id } }", "query($v: By = MAIL) { find(by: $v) { id } }"])
async def test_a_hidden_value_cannot_be_sent(query: str) -> None:
    await _ENUMS.refuses(query, "GRAPHQL_VALIDATION_FAILED")


_INPUTS = federation(
    a=Service(
        """
        type Query { list(by: Filter): [String] @shareable }
        input Filter { first: Int = 10 name: String nested: Nested }
        input Nested { x: Int y: Int = 3 }
        """,
        query={"list": lambda _, by=None: [repr(by)]},
    ),
    b=Service(
        """
        type Query { b(by: Filter): String }
        input Filter { first: Int = 10 nested: Nested }
        input Nested { y: Int = 3 z: Int }
        """,
        query={"b": lambda _, by=None: repr(by)},
    ),
)


@pytest.mark.rule(37)
@cases(
    {
        "what all know": ("{ list(by: { first: 3 }) }", {"list": ["{'first': 3}"]}, "a"),
        "defaults are the subgraph's": (
            "{ list(by: { nested: {} }) }",
            {"list": ["{'first': 10, 'nested': {'y': 3}}"]},
            "a",
        ),
        "in a variable": (
            "query($f: Filter = { first: 1, nested: { y: 2 } }) { b(by: $f) }",
            {"b": "{'first': 1, 'nested': {'y': 2}}"},
            "b",
        ),
        "a variable inside": (
            "query($y: Int = 7) { b(by: { nested: { y: $y } }) }",
            {"b": "{'first': 10, 'nested': {'y': 7}}"},
            "b",
        ),
        "null is not nothing": (
            "{ list(by: null) b(by: { first: null }) }",
            {"list": ["None"], "b": "{'first': None}"},
            "a + b",
        ),
    }
)
async def test_inputs_are_what_all_subgraphs_know(case: Case) -> None:
    await _INPUTS.answers(case)
    await _INPUTS.refuses('{ list(by: { name: "n" }) }', "GRAPHQL_VALIDATION_FAILED")
    await _INPUTS.refuses("{ b(by: { nested: { z: 1 } }) }", "GRAPHQL_VALIDATION_FAILED")


_DISTINCT = federation(
    a=Service(
        """
        type Query { books: [Book] media: Media @shareable entity: Holder }
        interface Media { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String @shareable }
        type Tape implements Media @key(fields: "id") { id: ID! title: String @shareable length: Int }
        type Holder @key(fields: "id") { id: ID! media: Media @shareable only: Media }
        """,
        query={
            "books": [{"id": "1", "title": "b"}],
            "media": {"__typename": "Book", "id": "1", "title": "b"},
            "entity": {
                "id": "h",
                "media": {"__typename": "Book", "id": "1", "title": "b"},
                "only": {"__typename": "Tape", "id": "2", "title": "t", "length": 5},
            },
        },
        entities={"Book": [{"id": "1", "title": "b"}], "Tape": [{"id": "2", "title": "t", "length": 5}]},
    ),
    b=Service(
        """
        type Query { media: Media @shareable }
        interface Media { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String @shareable pages: Int }
        type Song implements Media @key(fields: "id") { id: ID! title: String @shareable beats: Int }
        type Holder @key(fields: "id") { id: ID! media: Media @shareable }
        """,
        query={"media": {"__typename": "Book", "id": "1", "title": "b", "pages": 9}},
        entities={
            "Book": [{"id": "1", "title": "b", "pages": 9}],
            "Holder": [{"id": "h", "media": {"__typename": "Book", "id": "1", "title": "b", "pages": 9}}],
        },
    ),
)


@pytest.mark.rule(20, 21)
@pytest.mark.bug(11, 33)
@cases(
    {
        "a field of all": ("{ media { title id } }", {"media": {"title": "b", "id": "1"}}, "a"),
        "fragments that both know": (
            "{ media { ... on Book { title pages } } }",
            {"media": {"title": "b", "pages": 9}},
            "b",
        ),
        "fragments that only one knows": (
            "{ media { ... on Tape { length } ... on Song { beats } __typename } }",
            {"media": {"__typename": "Book"}},
            "a",
        ),
        "from the holder": (
            "{ entity { media { ... on Book { pages } ... on Song { beats } } } }",
            {"entity": {"media": {"pages": 9}}},
            "a > b",
        ),
        "a member of the only source": (
            "{ entity { only { ... on Tape { length title } ... on Song { beats } } } }",
            {"entity": {"only": {"length": 5, "title": "t"}}},
            "a",
        ),
        "the only source and a jump": (
            "{ entity { only { ... on Book { pages } title } } }",
            {"entity": {"only": {"title": "t"}}},
            "a",
        ),
    }
)
async def test_interfaces_with_different_implementations(case: Case) -> None:
    await _DISTINCT.answers(case, absent={"Tape", "Song"})


_REQUIRES = federation(
    a=Service(
        """
        type Query { t: T list: [T] }
        type T @key(fields: "id") {
          id: ID! place: Place @external spot: Spot @external
          far: String @requires(fields: "place { id ... on Home { street } ... on Work { firm { name } } }")
          near: String @requires(fields: "spot { id }")
        }
        interface Place { id: ID! }
        type Home implements Place { id: ID! @external street: String @external }
        type Work implements Place { id: ID! @external firm: Firm @external }
        type Firm { name: String @external }
        type Spot { id: ID! @external }
        """,
        query={"t": {"id": "1"}, "list": [{"id": "1"}, {"id": "2"}, {"id": "3"}]},
        entities={"T": lambda given: {"far": lambda t: repr(t["place"]), "near": lambda t: repr(t["spot"])}},
    ),
    b=Service(
        """
        type T @key(fields: "id") { id: ID! place: Place spot: Spot }
        interface Place { id: ID! }
        type Home implements Place { id: ID! street: String }
        type Work implements Place { id: ID! firm: Firm }
        type Firm { name: String tax: Int }
        type Spot { id: ID! n: Int }
        """,
        entities={
            "T": [
                {"id": "1", "place": {"__typename": "Home", "id": "h", "street": "s"}, "spot": {"id": "x", "n": 1}},
                {"id": "2", "place": {"__typename": "Work", "id": "w", "firm": {"name": "f", "tax": 1}}, "spot": None},
                {"id": "3", "place": None, "spot": {"id": "y", "n": 2}},
            ]
        },
    ),
)


@pytest.mark.rule(15, 17)
@cases(
    {
        "an object": ("{ t { far } }", {"t": {"far": "{'id': 'h', 'street': 's'}"}}, "a > b > a"),
        "a list": (
            "{ list { far near } }",
            {
                "list": [
                    {"far": "{'id': 'h', 'street': 's'}", "near": "{'id': 'x'}"},
                    {"far": "{'id': 'w', 'firm': {'name': 'f'}}", "near": "None"},
                    {"far": "None", "near": "{'id': 'y'}"},
                ]
            },
            "a > b > a",
        ),
        "beside the client's own": (
            "{ list { place { __typename x: id ... on Work { id: firm { tax } } } far } }",
            {
                "list": [
                    {"place": {"__typename": "Home", "x": "h"}, "far": "{'id': 'h', 'street': 's'}"},
                    {
                        "place": {"__typename": "Work", "x": "w", "id": {"tax": 1}},
                        "far": "{'id': 'w', 'firm': {'name': 'f'}}",
                    },
                    {"place": None, "far": "None"},
                ]
            },
            "a > b > a",
        ),
        "beside the client's own fragments": (
            "{ list { place { x: __typename ... on Work { f: firm { tax name: tax } } } far } }",
            {
                "list": [
                    {"place": {"x": "Home"}, "far": "{'id': 'h', 'street': 's'}"},
                    {"place": {"x": "Work", "f": {"tax": 1, "name": 1}}, "far": "{'id': 'w', 'firm': {'name': 'f'}}"},
                    {"place": None, "far": "None"},
                ]
            },
            "a > b > a",
        ),
    }
)
async def test_inputs_through_interfaces(case: Case) -> None:
    await _REQUIRES.answers(case)
