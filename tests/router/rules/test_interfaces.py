"""Interface fields, and one response key for several fields: rules 22 to 24."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation, join
from tests.router.rules.service import Service

_PARTS = federation(
    a=Service(
        """
        type Query { nodes: [Node] node: Node }
        interface Node { id: ID! size: Int }
        type One implements Node @key(fields: "id") { id: ID! size: Int }
        type Two implements Node @key(fields: "id") { id: ID! size: Int @external twice: Int @requires(fields: "size") }
        """,
        query={
            "nodes": [{"__typename": "Two", "id": "2", "size": -1}, {"__typename": "One", "id": "1", "size": 1}],
            "node": {"__typename": "One", "id": "1", "size": 1},
        },
        entities={"Two": lambda given: {"twice": lambda two: two["size"] * 2}},
    ),
    b=Service(
        """
        interface Node { id: ID! size: Int tag: String }
        type One implements Node @key(fields: "id") { id: ID! size: Int @shareable tag: String }
        type Two implements Node @key(fields: "id") { id: ID! size: Int tag: String }
        """,
        entities={"One": [{"id": "1", "size": 1, "tag": "t1"}], "Two": [{"id": "2", "size": 22, "tag": "t2"}]},
    ),
)
_PARTS.services["a"].sdl = _PARTS.services["a"].sdl.replace(
    'type One implements Node @key(fields: "id") { id: ID! size: Int }',
    'type One implements Node @key(fields: "id") { id: ID! size: Int @shareable }',
)


@pytest.mark.rule(22)
@pytest.mark.bug(2)
@cases(
    {
        "external in one implementation": ("{ nodes { size } }", {"nodes": [{"size": 22}, {"size": 1}]}, "a > b"),
        "a type that does not turn up": ("{ node { size } }", {"node": {"size": 1}}, "a"),
        "explicit fragments": (
            "{ nodes { ... on One { size } ... on Two { twice } } }",
            {"nodes": [{"twice": 44}, {"size": 1}]},
            "a > b > a",
        ),
        "a field that is elsewhere": (
            "{ nodes { tag id } }",
            {"nodes": [{"tag": "t2", "id": "2"}, {"tag": "t1", "id": "1"}]},
            "a > b",
        ),
        "both": ("{ nodes { tag size } }", {"nodes": [{"tag": "t2", "size": 22}, {"tag": "t1", "size": 1}]}, "a > b"),
        "an alias that is another field's name": (
            "{ nodes { id: size size: id } }",
            {"nodes": [{"id": 22, "size": "2"}, {"id": 1, "size": "1"}]},
            "a > b",
        ),
    }
)
async def test_an_interface_field_is_expanded_where_an_implementation_lacks_it(case: Case) -> None:
    await _PARTS.answers(case)


_HALF = join(
    """
    type Query @join__type(graph: A) @join__type(graph: B) {
      list: [Node] @join__field(graph: A) rest: [Node] @join__field(graph: B)
    }
    interface Node @join__type(graph: A) @join__type(graph: B) { id: ID! v: Int w: Int @join__field(graph: A) }
    type One implements Node @join__implements(graph: A, interface: "Node") @join__implements(graph: B, interface:
      "Node")
      @join__type(graph: A) @join__type(graph: B) { id: ID! v: Int w: Int @join__field(graph: A) }
    type Two implements Node @join__implements(graph: A, interface: "Node") @join__implements(graph: B, interface:
      "Node")
      @join__type(graph: A) @join__type(graph: B) {
      id: ID! v: Int @join__field(graph: A, external: true) @join__field(graph: B) w: Int @join__field(graph: A)
    }
    """,
    a=Service(
        """
        type Query { list: [Node] } interface Node { id: ID! v: Int w: Int }
        type One implements Node { id: ID! v: Int w: Int } type Two implements Node { id: ID! v: Int w: Int }
        """,
        query={"list": [{"__typename": "One", "id": "1", "v": 1, "w": 2}, {"__typename": "Two", "id": "2", "w": 4}]},
    ),
    b=Service(
        """
        type Query { rest: [Node] } interface Node { id: ID! v: Int }
        type One implements Node { id: ID! v: Int } type Two implements Node { id: ID! v: Int }
        """,
        query={"rest": [{"__typename": "Two", "id": "2", "v": 3}]},
    ),
)


@pytest.mark.rule(22, 23)
async def test_a_bare_interface_field_needs_all_implementations_and_a_fragment_its_own() -> None:
    await _HALF.refuses("{ list { v } }")
    await _HALF.refuses("{ list { id ... on Two { v } } rest { v } }")
    await _HALF.answers(("{ list { w ... on One { v } } }", {"list": [{"w": 2, "v": 1}, {"w": 4}]}, "a"))
    await _HALF.answers(
        ("{ rest { v } list { id } }", {"rest": [{"v": 3}], "list": [{"id": "1"}, {"id": "2"}]}, "a + b")
    )


_NULLS = federation(
    a=Service(
        """
        type Query { all: [Any] faces: [Face] }
        union Any = One | Two | Many
        interface Face { id: ID! }
        type One implements Face @key(fields: "id") { id: ID! v: Int same: Int sub: Sub args(n: Int): Int }
        type Two implements Face @key(fields: "id") { id: ID! v: Int! same: Int sub: Sub! args(n: Int): Int }
        type Many implements Face @key(fields: "id") { id: ID! v: [Int] same: Int sub: [Sub] args(n: Int): String }
        type Sub { x: Int y: Int }
        """,
        query={
            name: [
                {"__typename": "One", "id": "1", "v": None, "same": 1, "sub": None, "args": lambda _, n=0: n},
                {"__typename": "Two", "id": "2", "v": 2, "same": 2, "sub": {"x": 1, "y": 2}, "args": lambda _, n=0: n},
                {
                    "__typename": "Many",
                    "id": "3",
                    "v": [3, None],
                    "same": 3,
                    "sub": [{"x": 3, "y": 4}],
                    "args": lambda _, n=0: f"<{n}>",
                },
            ]
            for name in ("all", "faces")
        },
    ),
    b=Service(
        """
        type One @key(fields: "id") { id: ID! w: Int }
        type Two @key(fields: "id") { id: ID! w: Int! }
        """,
        entities={"One": [{"id": "1", "w": None}], "Two": [{"id": "2", "w": 20}]},
    ),
)


@pytest.mark.rule(24)
@pytest.mark.bug(1, 2, 9)
@cases(
    {
        "two nullabilities": (
            "{ all { ... on One { a: v } ... on Two { b: v } } }",
            {"all": [{"a": None}, {"b": 2}, {}]},
            "a",
        ),
        "one field in several types under one name": (
            "{ all { ... on One { x: same } ... on Two { x: same } ... on Many { x: same } } }",
            {"all": [{"x": 1}, {"x": 2}, {"x": 3}]},
            "a",
        ),
        "different fields under one name": (
            "{ all { ... on One { x: same } ... on Two { x: id } ... on Many { x: sub { y } } } }",
            None,
            "",
        ),
        "different fields of one type under one name": (
            "{ all { ... on One { x: same } ... on Two { x: args(n: 4) } } }",
            {"all": [{"x": 1}, {"x": 4}, {}]},
            "a",
        ),
        "different arguments under one name": (
            "{ all { ... on One { args(n: 1) } ... on Two { args(n: 2) } } }",
            {"all": [{"args": 1}, {"args": 2}, {}]},
            "a",
        ),
        "selections below stay apart": (
            "{ faces { ... on One { sub { x } } ... on Two { s: sub { y } } } }",
            {"faces": [{"sub": None}, {"s": {"y": 2}}, {}]},
            "a",
        ),
        "beside a jump of each": (
            "{ all { ... on One { a: w } ... on Two { b: w same } ... on Many { same } } }",
            {"all": [{"a": None}, {"b": 20, "same": 2}, {"same": 3}]},
            "a > b",
        ),
    }
)
async def test_one_response_key_for_different_fields(case: Case) -> None:
    if case[1] is None:
        await _NULLS.refuses(case[0], "GRAPHQL_VALIDATION_FAILED")
    else:
        await _NULLS.answers(case)


_UNALIKE = federation(
    a=Service(
        """
        type Query { list: [Any] }
        union Any = One | Two
        type One @key(fields: "id") { id: ID! v: Int! @shareable sub: Sub! @shareable }
        type Two @key(fields: "id") { id: ID! v: Int @shareable sub: Sub @shareable }
        type Sub @shareable { n: Int }
        """,
        query={
            "list": [
                {"__typename": "One", "id": "1", "v": 1, "sub": {"n": 1}},
                {"__typename": "Two", "id": "2", "v": None, "sub": None},
                {"__typename": "Two", "id": "3", "v": 3, "sub": {"n": 3}},
            ]
        },
    ),
    b=Service(
        """
        type One @key(fields: "id") { id: ID! v: Int @shareable sub: Sub @shareable more: Int @requires(fields: "v") }
        type Two @key(fields: "id") { id: ID! v: Int @shareable sub: Sub @shareable extra: Int }
        type Sub @shareable { n: Int far: Int }
        """,
        entities={
            "One": [{"id": "1", "sub": {"n": 1, "far": 11}, "v": 1}],
            "Two": [{"id": "2", "extra": 2, "sub": None}, {"id": "3", "extra": 3, "sub": {"n": 3, "far": 33}}],
        },
    ),
)
_UNALIKE.services["b"].sdl = _UNALIKE.services["b"].sdl.replace(' more: Int @requires(fields: "v")', "")


@pytest.mark.rule(24)
@pytest.mark.bug(1)
@cases(
    {
        "the graph agrees, a subgraph does not": (
            "{ list { ... on One { v } ... on Two { v } } }",
            {"list": [{"v": 1}, {"v": None}, {"v": 3}]},
            "a",
        ),
        "under a client's alias": (
            "{ list { ... on One { x: v } ... on Two { x: v } } }",
            {"list": [{"x": 1}, {"x": None}, {"x": 3}]},
            "a",
        ),
        "of composite fields": (
            "{ list { ... on One { sub { n } } ... on Two { sub { n } } } }",
            {"list": [{"sub": {"n": 1}}, {"sub": None}, {"sub": {"n": 3}}]},
            "a",
        ),
        "with what is merged below": (
            "{ list { ... on One { sub { far n } } ... on Two { sub { n far } extra } } }",
            {
                "list": [
                    {"sub": {"far": 11, "n": 1}},
                    {"sub": None, "extra": 2},
                    {"sub": {"n": 3, "far": 33}, "extra": 3},
                ]
            },
            "a > b",
        ),
        "the alias is the key's name": (
            "{ list { ... on One { id: v } ... on Two { id: v extra } } }",
            {"list": [{"id": 1}, {"id": None, "extra": 2}, {"id": 3, "extra": 3}]},
            "a > b",
        ),
    }
)
async def test_internal_aliases_are_undone(case: Case) -> None:
    await _UNALIKE.answers(case)
