"""Supergraphs as other composers write them: graph names in upper case, join v0.1, and what they leave out."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, Federation, cases, join
from tests.router.rules.service import Service

_A = Service(
    """
    type Query { t: T list: [T] } type T @key(fields: "id") { id: ID! a: Int sub: Sub } type Sub { n: Int }
    """,
    query={"t": {"id": "1", "a": 1, "sub": {"n": 3}}, "list": [{"id": "1", "a": 1, "sub": None}]},
    entities={"T": [{"id": "1", "a": 1}]},
)
_B = Service(
    """
    type Query { u: T } type T @key(fields: "id") { id: ID! b: Int c: Int } type Sub { n: Int }
    """,
    query={"u": {"id": "1", "b": 2, "c": 3}},
    entities={"T": [{"id": "1", "b": 2, "c": 3}]},
)

_OLD = Federation(
    {"first-one": _A, "second": _B},
    """
    schema @core(feature: "https://specs.apollo.dev/core/v0.1") @core(feature: "https://specs.apollo.dev/join/v0.1") {
      query: Query
    }
    directive @core(feature: String!) repeatable on SCHEMA
    directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet) on FIELD_DEFINITION
    directive @join__type(graph: join__Graph!, key: join__FieldSet) repeatable on OBJECT | INTERFACE
    directive @join__owner(graph: join__Graph!) on OBJECT | INTERFACE
    directive @join__graph(name: String!, url: String!) on ENUM_VALUE
    scalar join__FieldSet
    enum join__Graph {
      FIRST_ONE @join__graph(name: "first-one" url: "http://first.test")
      SECOND @join__graph(name: "second" url: "http://second.test")
    }
    type Query {
      t: T @join__field(graph: FIRST_ONE) list: [T] @join__field(graph: FIRST_ONE) u: T @join__field(graph: SECOND)
    }
    type T @join__owner(graph: FIRST_ONE) @join__type(graph: FIRST_ONE, key: "id") @join__type(graph: SECOND, key:
      "id") {
      id: ID! @join__field(graph: FIRST_ONE)
      a: Int @join__field(graph: FIRST_ONE)
      sub: Sub @join__field(graph: FIRST_ONE)
      b: Int @join__field(graph: SECOND)
      c: Int @join__field(graph: SECOND)
    }
    type Sub { n: Int }
    """,
)
_LATE = Federation(
    {"first-one": _A, "second": _B},
    """
    schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for:
      EXECUTION) {
      query: Query
    }
    scalar join__FieldSet
    scalar link__Import
    enum link__Purpose { SECURITY EXECUTION }
    enum join__Graph {
      FIRST_ONE @join__graph(name: "first-one", url: "http://first.test")
      SECOND @join__graph(name: "second", url: "http://second.test")
    }
    type Query @join__type(graph: FIRST_ONE) @join__type(graph: SECOND) {
      t: T @join__field(graph: FIRST_ONE) list: [T] @join__field(graph: FIRST_ONE) u: T @join__field(graph: SECOND)
    }
    type T @join__type(graph: FIRST_ONE, key: "id") @join__type(graph: SECOND, key: "id", extension: true) {
      id: ID!
      a: Int @join__field(graph: FIRST_ONE)
      sub: Sub @join__field(graph: FIRST_ONE)
      b: Int @join__field(graph: SECOND)
      c: Int @join__field(graph: SECOND)
    }
    type Sub @join__type(graph: FIRST_ONE) @join__type(graph: SECOND) { n: Int }
    """,
)


@pytest.mark.rule(1, 2)
@pytest.mark.parametrize("graph", [_OLD, _LATE], ids=["join v0.1", "join v0.3"])
@cases(
    {
        "one subgraph": ("{ t { a id sub { n } } }", {"t": {"a": 1, "id": "1", "sub": {"n": 3}}}, "first-one"),
        "a jump": ("{ t { b } }", {"t": {"b": 2}}, "first-one > second"),
        "the other way": ("{ u { c a } }", {"u": {"c": 3, "a": 1}}, "second > first-one"),
        "the key where it is not owned": ("{ u { id } }", {"u": {"id": "1"}}, "second"),
        "both roots": ("{ u { b } list { a } }", {"u": {"b": 2}, "list": [{"a": 1}]}, "first-one + second"),
    }
)
async def test_old_and_new_join_directives_mean_the_same(graph: Federation, case: Case) -> None:
    await graph.answers(case)


_SHARED = join(
    '''
    type Query @join__type(graph: A) @join__type(graph: B) { t: T top: Top @join__field(graph: A) }
    """Without @join__field its fields are in every subgraph of the type."""
    type T @join__type(graph: A) @join__type(graph: B) { x: Int y: Int @join__field(graph: B) }
    interface Top @join__type(graph: A) { id: ID! }
    type One implements Top @join__type(graph: A) { id: ID! }
    union Any @join__type(graph: A) = One
    ''',
    a=Service(
        "type Query { t: T top: Top } type T { x: Int } interface Top { id: ID! } type One implements Top { id: ID! }",
        query={"t": {"x": 1}, "top": {"__typename": "One", "id": "1"}},
    ),
    b=Service("type Query { t: T } type T { x: Int y: Int }", query={"t": {"x": 1, "y": 2}}),
)


@pytest.mark.rule(10, 22)
@cases(
    {
        "omitted on a shared field": ("{ t { x } }", {"t": {"x": 1}}, "a"),
        "omitted beside one that is not shared": ("{ t { x y } }", {"t": {"x": 1, "y": 2}}, "b"),
        "omitted join__implements": (
            "{ top { __typename ... on One { id } } }",
            {"top": {"__typename": "One", "id": "1"}},
            "a",
        ),
    }
)
async def test_what_is_left_out_is_understood(case: Case) -> None:
    await _SHARED.answers(case)


_FIELD_SETS = join(
    '''
    type Query @join__type(graph: A) @join__type(graph: B) { t: T @join__field(graph: A) }
    type T
      @join__type(graph: A, key: """
        id
        box{w,h
          lid{ n }}
      """)
      @join__type(graph: B, key: "id box{h lid{n}w}") {
      id: ID! box: Box
      b: String @join__field(graph: B, requires: "cost(in:\\"EUR\\",n:2){sum}")
      cost(in: String, n: Int): Cost @join__field(graph: A) @join__field(graph: B, external: true)
    }
    type Box @join__type(graph: A) @join__type(graph: B) { w: Int h: Int lid: Lid }
    type Lid @join__type(graph: A) @join__type(graph: B) { n: Int }
    type Cost @join__type(graph: A) @join__type(graph: B) {
      sum: String @join__field(graph: A) @join__field(graph: B, external: true)
    }
    ''',
    a=Service(
        """
        type Query { t: T } type T @key(fields: "id box { w h lid { n } }") { id: ID! box: Box cost(in: String, n:
          Int): Cost }
        type Box { w: Int h: Int lid: Lid } type Lid { n: Int } type Cost { sum: String }
        """,
        query={
            "t": {
                "id": "1",
                "box": {"w": 1, "h": 2, "lid": {"n": 3}},
                "cost": lambda _, n, **given: {"sum": f"{n} {given['in']}"},
            }
        },
    ),
    b=Service(
        """
        type T @key(fields: "id box { h lid { n } w }") {
          id: ID! box: Box b: String @requires(fields: "cost { sum }") cost(in: String, n: Int): Cost
        }
        type Box { w: Int h: Int lid: Lid } type Lid { n: Int } type Cost { sum: String }
        """,
        entities={"T": lambda given: {"b": lambda t: t["cost"]["sum"]}},
    ),
)


@pytest.mark.rule(3, 16)
async def test_field_sets_come_in_every_layout() -> None:
    _FIELD_SETS.services["b"].complaints.clear()
    answer = await _FIELD_SETS.run("{ t { b } }")
    assert answer.complaints == []
    assert answer.data == {"t": {"b": "2 EUR"}}
    assert answer.representations(1) == [
        {"__typename": "T", "id": "1", "box": {"h": 2, "lid": {"n": 3}, "w": 1}, "cost": {"sum": "2 EUR"}}
    ]
