"""Equal response keys, fields of differing types, and type names: rules 25 to 27."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation
from tests.router.rules.service import Service

_COVARIANT = federation(
    a=Service(
        """
        type Query { nodes: [Node] }
        interface Node { kin: Node name: String }
        type One implements Node { kin: One name: String x: Int }
        type Two implements Node { kin: Node name: String }
        """,
        query={
            "nodes": [
                {
                    "__typename": "One",
                    "name": "a",
                    "x": 1,
                    "kin": {"name": "b", "x": 2, "kin": None, "__typename": "One"},
                },
                {"__typename": "Two", "name": "c", "kin": {"__typename": "Two", "name": "d", "kin": None}},
            ]
        },
    )
)


@pytest.mark.rule(25)
@pytest.mark.bug(25)
@cases(
    {
        "on the interface and in a fragment": (
            "{ nodes { name ... on One { name x } } }",
            {"nodes": [{"name": "a", "x": 1}, {"name": "c"}]},
            "a",
        ),
        "with a narrower type": (
            "{ nodes { kin { name } ... on One { kin { x } } } }",
            {"nodes": [{"kin": {"name": "b", "x": 2}}, {"kin": {"name": "d"}}]},
            "a",
        ),
        "the fragment first": (
            "{ nodes { ... on One { kin { x } } kin { __typename } } }",
            {"nodes": [{"kin": {"x": 2, "__typename": "One"}}, {"kin": {"__typename": "Two"}}]},
            "a",
        ),
        "two levels": (
            "{ nodes { kin { kin { name } } ... on One { kin { x kin { x } } } } }",
            {"nodes": [{"kin": {"kin": None, "x": 2}}, {"kin": {"kin": None}}]},
            "a",
        ),
        "below a fragment on the narrower type": (
            "{ nodes { kin { ... on One { x } ... on Two { name } } } }",
            {"nodes": [{"kin": {"x": 2}}, {"kin": {"name": "d"}}]},
            "a",
        ),
    }
)
async def test_one_response_key_on_the_interface_and_in_a_fragment_is_one_field(case: Case) -> None:
    await _COVARIANT.answers(case)


_MISMATCH = federation(
    a=Service(
        """
        type Query { t: T }
        union Who = User | Robot
        type T @key(fields: "id") { id: ID! who: Who @shareable }
        type User @key(fields: "id") { id: ID! name: String }
        type Robot { model: String }
        """,
        query={"t": {"id": "1", "who": {"__typename": "User", "id": "u", "name": "n"}}},
        entities={
            "T": [{"id": "1", "who": {"__typename": "User", "id": "u", "name": "n"}}],
            "User": [{"id": "u", "name": "n"}],
        },
    ),
    b=Service(
        """
        type Query { plain: T }
        type T @key(fields: "id") { id: ID! who: User @shareable }
        type User @key(fields: "id") { id: ID! age: Int }
        """,
        query={"plain": {"id": "1", "who": {"id": "u", "age": 5}}},
        entities={"T": [{"id": "1", "who": {"id": "u", "age": 5}}], "User": [{"id": "u", "age": 5}]},
    ),
)


@pytest.mark.rule(26)
@cases(
    {
        "where it is a union": (
            "{ t { who { ... on User { name id } } } }",
            {"t": {"who": {"name": "n", "id": "u"}}},
            "a",
        ),
        "where it is an object": (
            "{ plain { who { ... on User { age id } } } }",
            {"plain": {"who": {"age": 5, "id": "u"}}},
            "b",
        ),
        "from the union onwards": (
            "{ t { who { ... on User { name age } } } }",
            {"t": {"who": {"name": "n", "age": 5}}},
            "a > b",
        ),
        "from the object onwards": (
            "{ plain { who { __typename ... on User { age name } } } }",
            {"plain": {"who": {"__typename": "User", "age": 5, "name": "n"}}},
            "b > a",
        ),
    }
)
async def test_a_field_that_is_an_object_here_and_a_union_there(case: Case) -> None:
    await _MISMATCH.answers(case)


@pytest.mark.rule(27)
@cases(
    {
        "several aliases": (
            "{ nodes { a: __typename __typename b: __typename } }",
            {"nodes": [{"a": "One", "__typename": "One", "b": "One"}, {"a": "Two", "__typename": "Two", "b": "Two"}]},
            "a",
        ),
        "in fragments": (
            "{ nodes { ... on One { t: __typename } ... on Node { u: __typename } } }",
            {"nodes": [{"t": "One", "u": "One"}, {"u": "Two"}]},
            "a",
        ),
        "only in a fragment": ("{ nodes { ... on Two { t: __typename } } }", {"nodes": [{}, {"t": "Two"}]}, "a"),
        "of objects below": (
            "{ nodes { kin { t: __typename ... on One { __typename } } } }",
            {"nodes": [{"kin": {"t": "One", "__typename": "One"}}, {"kin": {"t": "Two"}}]},
            "a",
        ),
        "not asked for": (
            "{ nodes { ... on One { x } ... on Two { name } } }",
            {"nodes": [{"x": 1}, {"name": "c"}]},
            "a",
        ),
    }
)
async def test_type_names_come_back_under_every_alias_and_only_then(case: Case) -> None:
    await _COVARIANT.answers(case)
