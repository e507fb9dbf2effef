"""Interface objects: rules 28 to 33."""

from __future__ import annotations

import pytest

from tests.router.rules.federation import Case, cases, federation, join
from tests.router.rules.service import Service

_BOOK = {"__typename": "Book", "id": "1", "title": "book", "pages": 9, "score": 100}
_FILM = {"__typename": "Film", "id": "2", "title": "film", "minutes": 90, "score": 200}

_MEDIA = federation(
    home=Service(
        """
        type Query { media: [Media] one: Media book: Book }
        interface Media @key(fields: "id") { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
        type Film implements Media @key(fields: "id") { id: ID! title: String minutes: Int }
        """,
        query={"media": [_BOOK, None, _FILM], "one": _FILM, "book": _BOOK},
        entities={"Media": [_BOOK, _FILM], "Book": [_BOOK], "Film": [_FILM]},
    ),
    stars=Service(
        """
        type Query { rated: [Media] best: Media nobody: Media }
        type Media @key(fields: "id") @interfaceObject { id: ID! stars: Int notes: [Note!] }
        type Note { text: String media: Media }
        """,
        query={
            "rated": [{"id": "2", "stars": 2, "notes": []}, {"id": "1", "stars": 1, "notes": []}],
            "best": {"id": "1", "stars": 1, "notes": [{"text": "n", "media": {"id": "2", "stars": 2}}]},
            "nobody": None,
        },
        entities={
            "Media": [
                {"id": "1", "stars": 1, "notes": [{"text": "n", "media": {"id": "2", "stars": 2}}]},
                {"id": "2", "stars": 2, "notes": []},
            ]
        },
    ),
    shops=Service(
        """
        type Media @key(fields: "id") @interfaceObject {
          id: ID! title: String @external label: String @requires(fields: "title")
        }
        """,
        entities={"Media": lambda given: {"label": lambda media: f"<{media['title']}>"}},
    ),
    isbn=Service(
        'type Book @key(fields: "id") { id: ID! isbn: String }', entities={"Book": [{"id": "1", "isbn": "978"}]}
    ),
)


@pytest.mark.rule(28)
@pytest.mark.bug(25)
@cases(
    {
        "in a list": (
            "{ rated { __typename } }",
            {"rated": [{"__typename": "Film"}, {"__typename": "Book"}]},
            "stars > home",
        ),
        "beside its own field": (
            "{ best { stars t: __typename id } }",
            {"best": {"stars": 1, "t": "Book", "id": "1"}},
            "stars > home",
        ),
        "several aliases": (
            "{ best { a: __typename ... on Media { b: __typename } } }",
            {"best": {"a": "Book", "b": "Book"}},
            "stars > home",
        ),
        "below a value type": (
            "{ best { notes { text media { __typename } } } }",
            {"best": {"notes": [{"text": "n", "media": {"__typename": "Film"}}]}},
            "stars > home",
        ),
        "null": ("{ nobody { __typename } }", {"nobody": None}, "stars"),
        "from the home it is no jump": (
            "{ media { __typename stars } }",
            {"media": [{"__typename": "Book", "stars": 1}, None, {"__typename": "Film", "stars": 2}]},
            "home > stars",
        ),
    }
)
async def test_the_true_type_name_comes_from_the_home(case: Case) -> None:
    await _MEDIA.answers(case)


@pytest.mark.rule(28)
async def test_the_home_is_asked_with_the_interfaces_name() -> None:
    answer = await _MEDIA.run("{ rated { __typename } }")
    assert answer.representations(1) == [{"__typename": "Media", "id": "2"}, {"__typename": "Media", "id": "1"}]
    assert "... on Media { __typename }" in answer.requests[1][1]


@pytest.mark.rule(29)
@cases(
    {
        "plain fields": (
            "{ rated { id stars } }",
            {"rated": [{"id": "2", "stars": 2}, {"id": "1", "stars": 1}]},
            "stars",
        ),
        "deep": (
            "{ best { notes { media { stars } } } }",
            {"best": {"notes": [{"media": {"stars": 2}}]}},
            "stars",
        ),
        "in a fragment on the interface": ("{ best { ... on Media { stars } } }", {"best": {"stars": 1}}, "stars"),
        "a field that lives at home": (
            "{ best { title stars } }",
            {"best": {"title": "book", "stars": 1}},
            "stars > home",
        ),
        "only the key": ("{ best { id } }", {"best": {"id": "1"}}, "stars"),
    }
)
async def test_the_home_is_asked_only_where_it_is_needed(case: Case) -> None:
    await _MEDIA.answers(case)


_ALONE = join(
    """
    type Query @join__type(graph: A) @join__type(graph: B) {
      rated: [Media] @join__field(graph: B) made: Media @join__field(graph: A)
    }
    interface Media @join__type(graph: A, key: "id") @join__type(graph: B, key: "id", isInterfaceObject: true) {
      id: ID! title: String @join__field(graph: A) stars: Int @join__field(graph: B)
    }
    """,
    a=Service(
        'type Query { made: Media } interface Media @key(fields: "id") { id: ID! title: String } '
        'type Some implements Media @key(fields: "id") { id: ID! title: String }',
        query={"made": {"__typename": "Some", "id": "2", "title": "two"}},
        entities={"Media": [{"__typename": "Some", "id": "1", "title": "one"}]},
    ),
    b=Service(
        'type Query { rated: [Media] } type Media @key(fields: "id") { id: ID! stars: Int }',
        query={"rated": [{"id": "1", "stars": 5}]},
    ),
)


@pytest.mark.rule(29)
@cases(
    {
        "its own field": ("{ rated { id stars } }", {"rated": [{"id": "1", "stars": 5}]}, "b"),
        "a field of the home": ("{ rated { title stars } }", {"rated": [{"title": "one", "stars": 5}]}, "b > a"),
    }
)
async def test_an_interface_without_implementations_is_served(case: Case) -> None:
    await _ALONE.answers(case)


@pytest.mark.rule(29)
async def test_the_name_of_a_type_that_clients_do_not_know_is_null() -> None:
    assert (await _ALONE.run("{ rated { stars __typename } }")).data == {"rated": [None]}
    assert (await _ALONE.run("{ made { title __typename } }")).data == {"made": None}
    assert (await _ALONE.run("{ made { title } }")).data == {"made": {"title": "two"}}


@pytest.mark.rule(30)
@cases(
    {
        "from an object": ("{ book { stars pages } }", {"book": {"stars": 1, "pages": 9}}, "home > stars"),
        "from the interface": ("{ one { stars title } }", {"one": {"stars": 2, "title": "film"}}, "home > stars"),
        "in a fragment": (
            "{ media { ... on Film { stars minutes } } }",
            {"media": [{}, None, {"stars": 2, "minutes": 90}]},
            "home > stars",
        ),
        "in two fragments": (
            "{ media { ... on Film { s: stars } ... on Book { stars isbn } } }",
            {"media": [{"stars": 1, "isbn": "978"}, None, {"s": 2}]},
            "home > isbn + stars",
        ),
        "there and on": (
            "{ book { notes { media { title } } } }",
            {"book": {"notes": [{"media": {"title": "film"}}]}},
            "home > stars > home",
        ),
    }
)
async def test_an_interface_object_is_entered_by_the_interfaces_name(case: Case) -> None:
    answer = await _MEDIA.answers(case)
    document = next(document for name, document, _ in answer.requests if name == "stars")
    assert "... on Media" in document
    assert "Book" not in document
    assert "Film" not in document


@pytest.mark.rule(31)
@cases(
    {
        "one type": ("{ rated { ... on Book { pages } } }", {"rated": [{}, {"pages": 9}]}, "stars > home"),
        "a field of the interface object": (
            "{ rated { ... on Book { stars } } }",
            {"rated": [{}, {"stars": 1}]},
            "stars > home",
        ),
        "beside the interface's": (
            "{ rated { id ... on Book { stars isbn } } }",
            {"rated": [{"id": "2"}, {"id": "1", "stars": 1, "isbn": "978"}]},
            "stars > home > isbn",
        ),
        "the same field on both": (
            "{ rated { stars ... on Book { stars } } }",
            {"rated": [{"stars": 2}, {"stars": 1}]},
            "stars",
        ),
        "every type": (
            "{ rated { ... on Book { pages } ... on Film { minutes } } }",
            {"rated": [{"minutes": 90}, {"pages": 9}]},
            "stars > home",
        ),
        "none matches": ("{ best { ... on Film { stars minutes } } }", {"best": {}}, "stars > home"),
    }
)
async def test_a_concrete_fragment_filters_by_the_type_learned_at_home(case: Case) -> None:
    await _MEDIA.answers(case)


_BOTH = join(
    """
    type Query @join__type(graph: A) @join__type(graph: B) {
      rated: [Media] @join__field(graph: B) media: [Media] @join__field(graph: A)
    }
    interface Media @join__type(graph: A, key: "id") @join__type(graph: B, key: "id", isInterfaceObject: true) {
      id: ID! score: Int @join__field(graph: B)
    }
    type Book implements Media @join__implements(graph: A, interface: "Media") @join__type(graph: A, key: "id") {
      id: ID! score: Int @join__field(graph: A)
    }
    type Film implements Media @join__implements(graph: A, interface: "Media") @join__type(graph: A, key: "id") {
      id: ID! score: Int @join__field
    }
    """,
    a=Service(
        """
        type Query { media: [Media] }
        interface Media @key(fields: "id") { id: ID! }
        type Book implements Media @key(fields: "id") { id: ID! score: Int }
        type Film implements Media @key(fields: "id") { id: ID! }
        """,
        query={"media": [_BOOK, _FILM]},
        entities={"Media": [_BOOK, _FILM], "Book": [_BOOK], "Film": [_FILM]},
    ),
    b=Service(
        'type Query { rated: [Media] } type Media @key(fields: "id") { id: ID! score: Int }',
        query={"rated": [{"id": "2", "score": 2}, {"id": "1", "score": 1}]},
        entities={"Media": [{"id": "1", "score": 1}, {"id": "2", "score": 2}]},
    ),
)


@pytest.mark.rule(32)
@cases(
    {
        "on the interface": ("{ rated { score } }", {"rated": [{"score": 2}, {"score": 1}]}, "b"),
        "in a concrete fragment, home": (
            "{ rated { ... on Book { score } } }",
            {"rated": [{}, {"score": 100}]},
            "b > a",
        ),
        "in a concrete fragment, elsewhere": (
            "{ rated { ... on Film { score } } }",
            {"rated": [{"score": 2}, {}]},
            "b > a",
        ),
    }
)
async def test_a_field_that_an_implementation_and_an_interface_object_have(case: Case) -> None:
    await _BOTH.answers(case)


@pytest.mark.rule(33)
@cases(
    {
        "from the interface object": ("{ best { label } }", {"best": {"label": "<book>"}}, "stars > home > shops"),
        "from the home": ("{ one { label } }", {"one": {"label": "<film>"}}, "home > shops"),
        "from an object": ("{ book { label } }", {"book": {"label": "<book>"}}, "home > shops"),
        "inside a concrete fragment": (
            "{ rated { ... on Book { label } } }",
            {"rated": [{}, {"label": "<book>"}]},
            "stars > home > shops",
        ),
        "in a list with the type's name": (
            "{ media { label __typename } }",
            {"media": [{"label": "<book>", "__typename": "Book"}, None, {"label": "<film>", "__typename": "Film"}]},
            "home > shops",
        ),
        "below a value type": (
            "{ best { notes { media { label } } } }",
            {"best": {"notes": [{"media": {"label": "<film>"}}]}},
            "stars > home > shops",
        ),
    }
)
async def test_a_computed_field_of_an_interface_object(case: Case) -> None:
    answer = await _MEDIA.answers(case)
    last = next(variables for name, _, variables in answer.requests if name == "shops")
    assert {given["__typename"] for given in last["representations"]} == {"Media"}


_INWARD = join(
    """
    type Query @join__type(graph: HOME) @join__type(graph: STARS) { media: [Media] @join__field(graph: HOME) }
    interface Media @join__type(graph: HOME, key: "id") @join__type(graph: STARS, key: "id", isInterfaceObject: true) {
      id: ID! stars: Int @join__field(graph: STARS)
    }
    type Book implements Media @join__implements(graph: HOME, interface: "Media") @join__type(graph: HOME, key: "id") {
      id: ID! stars: Int @join__field(graph: HOME, external: true)
      grade: Int @join__field(graph: HOME, requires: "stars")
    }
    """,
    home=Service(
        """
        type Query { media: [Media] }
        interface Media @key(fields: "id") { id: ID! }
        type Book implements Media @key(fields: "id") {
          id: ID! stars: Int @external grade: Int @requires(fields: "stars")
        }
        """,
        query={"media": [{"__typename": "Book", "id": "1"}]},
        entities={"Book": lambda given: {"grade": lambda book: book["stars"] * 2}},
    ),
    stars=Service(
        'type Media @key(fields: "id") @interfaceObject { id: ID! stars: Int }',
        entities={"Media": [{"id": "1", "stars": 4}]},
    ),
)


@pytest.mark.rule(33)
async def test_a_computed_field_of_an_implementation_takes_its_input_from_an_interface_object() -> None:
    await _INWARD.answers(("{ media { ... on Book { grade } } }", {"media": [{"grade": 8}]}, "home > stars > home"))
