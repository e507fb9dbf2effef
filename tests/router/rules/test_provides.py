"""@provides and @override: rules 18 and 19."""

from __future__ import annotations

import pytest
from graphql import parse

from router.planning import Planner
from tests.router.rules.federation import Case, cases, federation, join
from tests.router.rules.service import Boom, Service

_OWNER = {"id": "o", "name": "provided", "home": {"city": "here"}}
_REVIEWS = federation(
    a=Service(
        """
        type Query {
          review: Review @provides(fields: "author { name }")
          reviews: [[Review]] @provides(fields: "author { name home { city } }")
          bare: Review
        }
        type Review @key(fields: "id") { id: ID! author: User parent: Review }
        type User @key(fields: "id") { id: ID! name: String @external home: Home @external }
        type Home { city: String @external }
        """,
        query={
            "review": {"id": "1", "author": _OWNER, "parent": {"id": "0", "author": {"id": "p"}}},
            "reviews": [[{"id": "1", "author": _OWNER}, None], None],
            "bare": {"id": "2", "author": {"id": "o"}},
        },
    ),
    b=Service(
        """
        type User @key(fields: "id") { id: ID! name: String @shareable home: Home @shareable age: Int }
        type Home @shareable { city: String zip: Int }
        """,
        entities={
            "User": [
                {"id": "o", "name": "owned", "home": {"city": "there", "zip": 1}, "age": 5},
                {"id": "p", "name": "parent", "home": {"city": "far", "zip": 2}, "age": 6},
            ]
        },
    ),
)


@pytest.mark.rule(18)
@cases(
    {
        "below the field": ("{ review { author { name } } }", {"review": {"author": {"name": "provided"}}}, "a"),
        "not where another field leads to the type": (
            "{ bare { author { name } } }",
            {"bare": {"author": {"name": "owned"}}},
            "a > b",
        ),
        "not below another field of what is provided": (
            "{ review { parent { author { name } } author { name } } }",
            {"review": {"parent": {"author": {"name": "parent"}}, "author": {"name": "provided"}}},
            "a > b",
        ),
        "deep, through lists": (
            "{ reviews { author { name home { city } } } }",
            {"reviews": [[{"author": {"name": "provided", "home": {"city": "here"}}}, None], None]},
            "a",
        ),
        "only what is said": (
            "{ review { author { home { city } } } }",
            {"review": {"author": {"home": {"city": "there"}}}},
            "a > b",
        ),
        "the rest comes from the owner": (
            "{ review { author { name age } } }",
            {"review": {"author": {"name": "provided", "age": 5}}},
            "a > b",
        ),
        "under aliases": (
            "{ r: review { by: author { id: name name: id } } }",
            {"r": {"by": {"id": "provided", "name": "o"}}},
            "a",
        ),
        "below what is provided comes from the owner": (
            "{ reviews { author { home { zip } } } }",
            {"reviews": [[{"author": {"home": {"zip": 1}}}, None], None]},
            "a > b",
        ),
    }
)
async def test_what_is_provided_counts_below_the_field_only(case: Case) -> None:
    await _REVIEWS.answers(case)


_ABSTRACT = federation(
    a=Service(
        """
        type Query {
          media: Media @shareable @provides(fields: "... on Book { title } ... on Film { title maker { name } }")
          any: [Any] @provides(fields: "... on Book { title }")
          all: [Media]
        }
        interface Media { id: ID! }
        union Any = Book | Film
        type Book implements Media @key(fields: "id") { id: ID! title: String @external }
        type Film implements Media @key(fields: "id") { id: ID! title: String @external maker: Maker @external }
        type Maker @key(fields: "id") { id: ID! name: String @external }
        """,
        query={
            "media": {"__typename": "Film", "id": "f", "title": "F (a)", "maker": {"id": "m", "name": "M (a)"}},
            "any": [{"__typename": "Book", "id": "b", "title": "B (a)"}, {"__typename": "Film", "id": "f"}],
            "all": [{"__typename": "Book", "id": "b"}],
        },
    ),
    b=Service(
        """
        type Query { media: Media @shareable }
        interface Media { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String @shareable pages: Int }
        type Film implements Media @key(fields: "id") { id: ID! title: String @shareable maker: Maker @shareable }
        type Maker @key(fields: "id") { id: ID! name: String @shareable }
        """,
        query={"media": Boom("b must not be asked")},
        entities={
            "Book": [{"id": "b", "title": "B", "pages": 9}],
            "Film": [{"id": "f", "title": "F", "maker": {"id": "m", "name": "M"}}],
        },
    ),
)


@pytest.mark.rule(18, 22)
@cases(
    {
        "for every type of an interface": ("{ media { id title } }", {"media": {"id": "f", "title": "F (a)"}}, "a"),
        "in a fragment": (
            "{ media { ... on Film { title maker { name } } } }",
            {"media": {"title": "F (a)", "maker": {"name": "M (a)"}}},
            "a",
        ),
        "for one member of a union": (
            "{ any { ... on Book { title } ... on Film { title } } }",
            {"any": [{"title": "B (a)"}, {"title": "F"}]},
            "a > b",
        ),
        "for that member alone": ("{ any { ... on Book { title } } }", {"any": [{"title": "B (a)"}, {}]}, "a"),
        "not below another field": ("{ all { ... on Book { title } } }", {"all": [{"title": "B"}]}, "a > b"),
    }
)
async def test_what_is_provided_for_particular_types(case: Case) -> None:
    await _ABSTRACT.answers(case)


_KEYS = federation(
    a=Service(
        """
        type Query { t: T @provides(fields: "code") u: T }
        type T @key(fields: "id") { id: ID! code: ID! @external }
        """,
        query={"t": {"id": "1", "code": "c"}, "u": {"id": "1"}},
    ),
    b=Service('type T @key(fields: "code") { code: ID! far: Int }', entities={"T": [{"code": "c", "far": 7}]}),
    c=Service(
        'type T @key(fields: "id") @key(fields: "code") { id: ID! code: ID! }',
        entities={"T": [{"id": "1", "code": "c"}]},
    ),
)


@pytest.mark.rule(18)
@cases(
    {
        "where it is provided": ("{ t { far } }", {"t": {"far": 7}}, "a > b"),
        "where it is not": ("{ u { far } }", {"u": {"far": 7}}, "a > c > b"),
    }
)
async def test_a_provided_key_allows_a_jump(case: Case) -> None:
    await _KEYS.answers(case)


_CHEAPER = federation(
    a=Service(
        """
        type Query { t: T }
        type T @key(fields: "id") { id: ID! via: V @provides(fields: "x { n }") other: V }
        type V @key(fields: "id") { id: ID! x: X @external }
        type X { n: Int @external }
        """,
        query={"t": {"id": "1", "via": {"id": "v", "x": {"n": 1}}, "other": {"id": "v"}}},
    ),
    b=Service(
        'type V @key(fields: "id") { id: ID! x: X @shareable } type X @shareable { n: Int m: Int }',
        entities={"V": [{"id": "v", "x": {"n": 1, "m": 2}}]},
    ),
)


@pytest.mark.rule(18)
@cases(
    {
        "nested, all there": ("{ t { via { x { n } } } }", {"t": {"via": {"x": {"n": 1}}}}, "a"),
        "nested, half there": ("{ t { via { x { n m } } } }", {"t": {"via": {"x": {"n": 1, "m": 2}}}}, "a > b"),
        "both ways at once": (
            "{ t { via { x { n } } other { x { n } } } }",
            {"t": {"via": {"x": {"n": 1}}, "other": {"x": {"n": 1}}}},
            "a > b",
        ),
    }
)
async def test_nested_provided_fields(case: Case) -> None:
    await _CHEAPER.answers(case)


_OVERRIDE = federation(
    a=Service(
        """
        type Query { t: T nodes: [Node] node: Node }
        interface Node { id: ID! made: Int }
        type T implements Node @key(fields: "id") { id: ID! made: Int gone: Int kept: Int }
        type U implements Node @key(fields: "id") { id: ID! made: Int }
        """,
        query={
            "t": {"id": "1", "made": -1, "gone": -2, "kept": 3},
            "nodes": [{"__typename": "T", "id": "1", "made": -1}, {"__typename": "U", "id": "2", "made": 20}],
            "node": {"__typename": "T", "id": "1", "made": -1},
        },
        entities={"T": [{"id": "1", "kept": 3, "made": -1, "gone": -2}]},
    ),
    b=Service(
        """
        type T @key(fields: "id") {
          id: ID! made: Int @override(from: "a") gone: Int @override(from: "a") x: Int @override(from: "nobody")
        }
        """,
        entities={"T": [{"id": "1", "made": 10, "gone": 11, "x": 12}]},
    ),
    c=Service(
        """
        type T @key(fields: "id") { id: ID! made: Int @external sum: Int @requires(fields: "made") }
        """,
        entities={"T": lambda given: {"sum": lambda t: t["made"] + 1}},
    ),
)


@pytest.mark.rule(19)
@cases(
    {
        "the new owner is asked": ("{ t { made gone kept } }", {"t": {"made": 10, "gone": 11, "kept": 3}}, "a > b"),
        "also through an interface": (
            "{ nodes { id made } }",
            {"nodes": [{"id": "1", "made": 10}, {"id": "2", "made": 20}]},
            "a > b",
        ),
        "through an interface's fragment": (
            "{ nodes { ... on T { made } ... on U { made } } }",
            {"nodes": [{"made": 10}, {"made": 20}]},
            "a > b",
        ),
        "an interface's fragment on the others": (
            "{ nodes { ... on U { made } } }",
            {"nodes": [{}, {"made": 20}]},
            "a",
        ),
        "as an input": ("{ t { sum } }", {"t": {"sum": 11}}, "a > b > c"),
        "as an input below an interface": ("{ node { ... on T { sum } } }", {"node": {"sum": 11}}, "a > b > c"),
        "an unknown source is nothing": ("{ t { x } }", {"t": {"x": 12}}, "a > b"),
        "aliased": (
            "{ nodes { made: id when: made } }",
            {"nodes": [{"made": "1", "when": 10}, {"made": "2", "when": 20}]},
            "a > b",
        ),
    }
)
async def test_an_overridden_field_belongs_to_its_new_owner(case: Case) -> None:
    await _OVERRIDE.answers(case)


_LABELLED = federation(
    a=Service(
        """
        type Query { nodes: [Node] }
        interface Node { id: ID! made: Int }
        type T implements Node @key(fields: "id") { id: ID! made: Int }
        type U implements Node @key(fields: "id") { id: ID! made: Int }
        """,
        query={"nodes": [{"__typename": "T", "id": "1", "made": 1}, {"__typename": "U", "id": "2", "made": 2}]},
    ),
    b=Service(
        """
        type T @key(fields: "id") { id: ID! made: Int @override(from: "a", label: "percent(5)") }
        type U @key(fields: "id") { id: ID! made: Int @override(from: "a", label: "percent(5)") }
        """
    ),
)


@pytest.mark.rule(19)
@pytest.mark.bug(17)
@pytest.mark.parametrize(("labels", "steps"), [(frozenset(), ["a"]), (frozenset({"percent(5)"}), ["a", "b"])])
def test_a_label_switches_all_implementations(labels: frozenset[str], steps: list[str]) -> None:
    plan = Planner(_LABELLED.supergraph, labels=labels).plan(parse("{ nodes { made } }"))
    assert [step.subgraph for step in plan.steps] == steps


_USED = join(
    """
    type Query @join__type(graph: A) @join__type(graph: B) { t: T @join__field(graph: A) }
    type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
      id: ID!
      x: Int @join__field(graph: A, usedOverridden: true) @join__field(graph: B, override: "a")
      y: Int @join__field(graph: A, requires: "x")
      z: Int @join__field(graph: B, override: "A")
    }
    """,
    a=Service(
        """
        type Query { t: T } type T @key(fields: "id") { id: ID! x: Int y: Int @requires(fields: "x") }
        """,
        query={"t": {"id": "1", "x": -1}},
        entities={"T": lambda given: {"y": lambda t: t["x"] + 1}},
    ),
    b=Service('type T @key(fields: "id") { id: ID! x: Int z: Int }', entities={"T": [{"id": "1", "x": 5, "z": 6}]}),
)


@pytest.mark.rule(19)
@cases(
    {
        "selected": ("{ t { x } }", {"t": {"x": 5}}, "a > b"),
        "required by the old owner": ("{ t { y } }", {"t": {"y": 6}}, "a > b > a"),
        "without a mark on the old owner": ("{ t { z } }", {"t": {"z": 6}}, "a > b"),
    }
)
async def test_a_field_that_is_declared_but_overridden_is_not_read(case: Case) -> None:
    await _USED.answers(case)
