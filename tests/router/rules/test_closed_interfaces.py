"""Interface objects whose home cannot be entered, or fails: rules 31, 34 and 36."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import federation, join
from tests.router.rules.service import Boom, Service

_CLOSED = join(
    """
    type Query @join__type(graph: A) @join__type(graph: B) { rated: [Media] @join__field(graph: B) a: Int
      @join__field(graph: A) }
    interface Media @join__type(graph: A, key: "id", resolvable: false)
      @join__type(graph: B, key: "id", isInterfaceObject: true) {
      id: ID! title: String @join__field(graph: A) stars: Int @join__field(graph: B)
    }
    type Book implements Media @join__implements(graph: A, interface: "Media")
      @join__type(graph: A, key: "id") {
      id: ID! title: String @join__field(graph: A) stars: Int @join__field
    }
    """,
    a=Service("type Query { a: Int }", query={"a": 1}),
    b=Service(
        'type Query { rated: [Media] } type Media @key(fields: "id") { id: ID! stars: Int }',
        query={"rated": [{"id": "1", "stars": 5}]},
    ),
)


@pytest.mark.rule(23, 34)
@pytest.mark.parametrize(
    "query",
    [
        "{ rated { title } }",
        "{ rated { __typename } }",
        "{ rated { stars __typename } a }",
        "{ rated { ... on Book { stars } } }",
        "{ rated { ... on Book { title } } }",
        "{ rated { stars ... on Book { id } } }",
    ],
)
async def test_an_interface_with_a_key_that_is_not_resolvable_cannot_be_entered(query: str) -> None:
    await _CLOSED.refuses(query)


@pytest.mark.rule(34)
async def test_it_still_serves_what_it_has() -> None:
    await _CLOSED.answers(("{ rated { id stars } a }", {"rated": [{"id": "1", "stars": 5}], "a": 1}, "a + b"))


_SINGLE = federation(
    home=Service(
        """
        type Query { a: Int }
        interface Media @key(fields: "id") { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String }
        """,
        entities={"Media": [{"__typename": "Book", "id": "1", "title": "one"}]},
    ),
    stars=Service(
        'type Query { rated: [Media] } type Media @key(fields: "id") @interfaceObject { id: ID! stars: Int }',
        query={"rated": [{"id": "1", "stars": 5}, {"id": "2", "stars": 6}]},
    ),
)


@pytest.mark.rule(5, 31)
async def test_what_the_home_does_not_know_is_no_object() -> None:
    answer = await _SINGLE.run("{ rated { ... on Book { stars title } } }")
    assert answer.data == {"rated": [{"stars": 5, "title": "one"}, None]}
    assert [(code, path) for code, path, _ in answer.problems] == [("INVALID_SUBGRAPH_VALUE", ["rated", 1])]


_BROKEN = federation(
    home=Service(
        """
        type Query { a: Int }
        interface Media @key(fields: "id") { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String }
        """,
        entities={"Media": lambda given: Boom("home is down")},
    ),
    stars=Service(
        'type Query { rated: [Media] } type Media @key(fields: "id") @interfaceObject { id: ID! stars: Int }',
        query={"rated": [{"id": "1", "stars": 5}]},
    ),
)


@pytest.mark.rule(28, 36)
async def test_where_the_home_fails_its_fields_are_null_and_the_others_are_there() -> None:
    answer = await _BROKEN.run("{ rated { stars title } }")
    assert answer.data == {"rated": [{"stars": 5, "title": None}]}
    assert answer.problems == [("SUBGRAPH_ERROR", ["rated", 0], "home")]
