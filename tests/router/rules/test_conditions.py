"""@include and @skip: rule 38."""

from __future__ import annotations

from typing import Any

import pytest

from tests.router.rules.federation import federation
from tests.router.rules.service import Service

_GRAPH = federation(
    a=Service(
        """
        type Query { t: T nodes: [Node] n(x: Int = 1): Int }
        interface Node { id: ID! }
        type T implements Node @key(fields: "id") { id: ID! a: Int b: Int @external sum: Int @requires(fields: "b")
          kin: T }
        type U implements Node @key(fields: "id") { id: ID! a: Int }
        """,
        query={
            "t": {"id": "1", "a": 1, "kin": {"id": "2", "a": 2, "kin": None}},
            "nodes": [{"__typename": "T", "id": "1", "a": 1}, {"__typename": "U", "id": "5", "a": 5}],
            "n": lambda _, x: x,
        },
        entities={"T": lambda given: {"sum": lambda t: t["b"] + 1, "a": 1}},
    ),
    b=Service(
        """
        type Query { other: Int }
        type T @key(fields: "id") { id: ID! b: Int c(n: Int, s: String): String }
        type U @key(fields: "id") { id: ID! b: Int }
        """,
        query={"other": 7},
        entities={
            "T": [{"id": str(n), "b": n * 10, "c": lambda _, n=None, s=None: f"{n}/{s}"} for n in (1, 2)],
            "U": [{"id": "5", "b": 50}],
        },
    ),
)

_ON: dict[str, Any] = {"v": True}
_OFF: dict[str, Any] = {"v": False}


@pytest.mark.rule(38)
@pytest.mark.bug(8, 22, 31, 32)
@pytest.mark.parametrize(
    ("query", "variables", "data", "sent"),
    [
        # A field and its jump.
        ("query($v: Boolean!) { t { a b @include(if: $v) } }", _ON, {"t": {"a": 1, "b": 10}}, "a > b"),
        ("query($v: Boolean!) { t { a b @include(if: $v) } }", _OFF, {"t": {"a": 1}}, "a"),
        ("query($v: Boolean!) { t { a b @skip(if: $v) } }", _ON, {"t": {"a": 1}}, "a"),
        ("query($v: Boolean!) { t { b @skip(if: $v) } }", _ON, {"t": {}}, "a"),
        # A computed field and the chain of its inputs.
        ("query($v: Boolean!) { t { a sum @include(if: $v) } }", _ON, {"t": {"a": 1, "sum": 11}}, "a > b > a"),
        ("query($v: Boolean!) { t { a sum @include(if: $v) } }", _OFF, {"t": {"a": 1}}, "a"),
        # What the chain brings is wanted elsewhere all the same.
        ("query($v: Boolean!) { t { sum @include(if: $v) b } }", _OFF, {"t": {"b": 10}}, "a > b"),
        ("query($v: Boolean!) { t { sum @include(if: $v) b } }", _ON, {"t": {"sum": 11, "b": 10}}, "a > b > a"),
        ("query($v: Boolean!) { t { sum b @include(if: $v) } }", _OFF, {"t": {"sum": 11}}, "a > b > a"),
        ("query($v: Boolean!) { t { sum @skip(if: $v) kin { sum } } }", _ON, {"t": {"kin": {"sum": 21}}}, "a > b > a"),
        ("query($v: Boolean!) { t { sum @skip(if: $v) a } }", _ON, {"t": {"a": 1}}, "a"),
        # The same field with a condition and without.
        ("query($v: Boolean!) { t { a @skip(if: $v) a } }", _ON, {"t": {"a": 1}}, "a"),
        ("query($v: Boolean!) { t { b @skip(if: $v) b } }", _ON, {"t": {"b": 10}}, "a > b"),
        ("query($v: Boolean!) { t { id @skip(if: $v) b } }", _ON, {"t": {"b": 10}}, "a > b"),
        ("query($v: Boolean!) { t { b @skip(if: $v) b @include(if: $v) } }", _ON, {"t": {"b": 10}}, "a > b"),
        ("query($v: Boolean!) { t { x: b @skip(if: $v) b } }", _ON, {"t": {"b": 10}}, "a > b"),
        # The place of a field is that of its first occurrence that is not skipped.
        ("query($v: Boolean!) { t { a @skip(if: $v) id a } }", _ON, {"t": {"id": "1", "a": 1}}, "a"),
        ("query($v: Boolean!) { t { a @skip(if: $v) id a } }", _OFF, {"t": {"a": 1, "id": "1"}}, "a"),
        ("query($v: Boolean!) { other @skip(if: $v) t { a } other }", _ON, {"t": {"a": 1}, "other": 7}, "a + b"),
        (
            "query($v: Boolean!) { t { ... @include(if: $v) { b } a ... on T { b @skip(if: $v) } } }",
            _OFF,
            {"t": {"a": 1, "b": 10}},
            "a > b",
        ),
        # Contradictions.
        ("query($v: Boolean!) { t { a b @include(if: $v) @skip(if: $v) } }", _ON, {"t": {"a": 1}}, "a"),
        (
            "query($v: Boolean!) { t { a ... @skip(if: $v) { ...F @include(if: $v) } } } fragment F on T { b }",
            _ON,
            {"t": {"a": 1}},
            "a",
        ),
        ("{ t { a b @include(if: true) @skip(if: true) } }", {}, {"t": {"a": 1}}, "a"),
        # Fragments with and without a type condition, on objects and interfaces.
        ("query($v: Boolean!) { ... @include(if: $v) { t { b } } other }", _OFF, {"other": 7}, "b"),
        (
            "query($v: Boolean!) { ...F @skip(if: $v) other } fragment F on Query { t { b } }",
            _OFF,
            {"t": {"b": 10}, "other": 7},
            "a + b > b",
        ),
        (
            "query($v: Boolean!) { nodes { ... on T @include(if: $v) { b } ... on U @skip(if: $v) { b } } }",
            _ON,
            {"nodes": [{"b": 10}, {}]},
            "a > b",
        ),
        (
            "query($v: Boolean!) { nodes { ... on T @include(if: $v) { b } ... on U @skip(if: $v) { b } } }",
            _OFF,
            {"nodes": [{}, {"b": 50}]},
            "a > b",
        ),
        (
            "query($v: Boolean!) { nodes { ... on T @skip(if: $v) { sum } id @include(if: $v) } }",
            _ON,
            {"nodes": [{"id": "1"}, {"id": "5"}]},
            "a",
        ),
        # Nested: the object is there, what is below it is not.
        ("query($v: Boolean!) { t { kin @include(if: $v) { b } a } }", _OFF, {"t": {"a": 1}}, "a"),
        ("query($v: Boolean!) { t { kin { b @include(if: $v) } } }", _OFF, {"t": {"kin": {}}}, "a"),
        (
            "query($v: Boolean!) { t { kin @include(if: $v) { b } kin { a } } }",
            _ON,
            {"t": {"kin": {"b": 20, "a": 2}}},
            "a > b",
        ),
        ("query($v: Boolean!) { t { kin @include(if: $v) { b } kin { a } } }", _OFF, {"t": {"kin": {"a": 2}}}, "a"),
        # Everything is switched off.
        ("query($v: Boolean!) { t @skip(if: $v) { b } other @skip(if: $v) }", _ON, {}, ""),
        ("{ t @skip(if: true) { b } }", {}, {}, ""),
        ("{ ... @include(if: false) { other } }", {}, {}, ""),
        ("query($v: Boolean!) { __typename @skip(if: $v) t @skip(if: $v) { a } }", _ON, {}, ""),
        # Two variables.
        (
            "query($v: Boolean!, $w: Boolean!) { t { a @include(if: $v) b @include(if: $w) @skip(if: $v) } }",
            {"v": False, "w": True},
            {"t": {"b": 10}},
            "a > b",
        ),
        (
            "query($v: Boolean!, $w: Boolean!) { t { b @include(if: $v) x: b @include(if: $w) } }",
            {"v": False, "w": True},
            {"t": {"x": 10}},
            "a > b",
        ),
        (
            "query($v: Boolean!, $w: Boolean!) { t { b @include(if: $v) b @include(if: $w) } }",
            {"v": False, "w": False},
            {"t": {}},
            "a",
        ),
        # Defaults of the operation.
        ("query($v: Boolean = true) { t { a b @skip(if: $v) } }", {}, {"t": {"a": 1}}, "a"),
        ("query($v: Boolean = true) { t { a b @skip(if: $v) } }", _OFF, {"t": {"a": 1, "b": 10}}, "a > b"),
        # `__typename` under a condition.
        ("query($v: Boolean!) { t { __typename @include(if: $v) b } }", _OFF, {"t": {"b": 10}}, "a > b"),
        (
            "query($v: Boolean!) { nodes { __typename @include(if: $v) ... on T { a } } }",
            _OFF,
            {"nodes": [{"a": 1}, {}]},
            "a",
        ),
    ],
)
async def test_what_is_switched_off_is_not_fetched(query: str, variables: dict[str, Any], data: Any, sent: str) -> None:
    await _GRAPH.answers((query, data, sent), **variables)


@pytest.mark.rule(38)
@pytest.mark.bug(10)
@pytest.mark.parametrize(
    ("query", "variables", "data", "passed"),
    [
        ("query($x: Int) { n(x: $x) }", {"x": 5}, {"n": 5}, [{"x": 5}]),
        ("query($x: Int = 3) { n(x: $x) }", {}, {"n": 3}, None),
        ("query($x: Int) { n(x: $x) }", {}, {"n": 1}, None),
        (
            "query($x: Int, $s: String) { n(x: $x) t { c(s: $s) } }",
            {"x": 2, "s": "é"},
            {"n": 2, "t": {"c": "None/é"}},
            None,
        ),
        (
            '{ t { c(s: "a \\"quoted\\" \\\\ back\\nslash \\u00e9") } }',
            {},
            {"t": {"c": 'None/a "quoted" \\ back\nslash é'}},
            None,
        ),
        ('{ t { c(s: """block "quoted" text""") } }', {}, {"t": {"c": 'None/block "quoted" text'}}, None),
    ],
)
async def test_variables_go_where_they_are_used(
    query: str, variables: dict[str, Any], data: Any, passed: list[dict[str, Any]] | None
) -> None:
    answer = await _GRAPH.run(query, **variables)
    assert (answer.data, answer.errors, answer.complaints) == (data, [], [])
    for _, document, given in answer.requests:
        assert {name for name in given if name != "representations"} <= set(variables) | {"x"}
        assert all(f"${name}" in document for name in given)
    if passed is not None:
        assert [given for _, _, given in answer.requests] == passed


@pytest.mark.rule(38)
async def test_a_request_declares_only_the_variables_it_uses() -> None:
    answer = await _GRAPH.run(
        "query($x: Int, $s: String, $v: Boolean!) { n(x: $x) t { a @skip(if: $v) c(s: $s) } }", x=2, s="s", v=False
    )
    heads = [document[: document.index("{")] for _, document, _ in answer.requests]
    assert [("$x" in head, "$s" in head, "$v" in head) for head in heads] == [(True, False, True), (False, True, False)]


@pytest.mark.rule(38)
@pytest.mark.bug(19)
async def test_fields_with_different_conditions_stay_apart() -> None:
    query = "query($v: Boolean!, $w: Boolean!) { t { x: b @include(if: $v) y: b @include(if: $w) b @skip(if: $v) } }"
    await _GRAPH.answers((query, {"t": {"x": 10}}, "a > b"), v=True, w=False)
    await _GRAPH.answers((query, {"t": {"y": 10, "b": 10}}, "a > b"), v=False, w=True)
