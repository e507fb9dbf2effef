"""From merged tree to response: the compiled way and the way by the book give the same (rules 27, 29, 31, 35, 38)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from router.execution.attribution import Attribution
from router.execution.completion import Completion, holds
from router.execution.errors import ErrorLog
from router.execution.generated import Amiss, compile_projection
from router.execution.projection import Projector
from router.planning.plan import Condition, ObjectProjection
from tests.support.execution import obj, show

Project = Callable[..., Any]


def quick(projection: ObjectProjection, tree: dict[str, Any], **variables: Any) -> Any:
    function, conditions = compile_projection(projection)
    return function(tree, [holds(each, variables) for each in conditions])


def by_the_book(projection: ObjectProjection, tree: dict[str, Any], **variables: Any) -> Any:
    errors = ErrorLog(limit=100)
    data = Completion(variables, errors=errors, attribution=Attribution(())).root(projection, tree)
    assert errors.errors == []
    return data


@pytest.fixture(params=[quick, by_the_book], ids=["quick", "by_the_book"])
def project(request: pytest.FixtureRequest) -> Project:
    function: Project = request.param
    return function


def completed(projection: ObjectProjection, tree: dict[str, Any]) -> tuple[Any, list[Any]]:
    """Complete with the errors' messages and paths, after seeing that the quick way leaves it to the book."""
    with pytest.raises((Amiss, KeyError, TypeError)):
        quick(projection, tree)
    errors = ErrorLog(limit=100)
    data = Completion({}, errors=errors, attribution=Attribution(())).root(projection, tree)
    return data, [(error["message"], error["path"], error["extensions"]["code"]) for error in errors.errors]


def test_fields_come_in_the_operations_order_and_nothing_else_comes(project: Project) -> None:
    data = project(obj("Q", show("b", "_!"), show("a"), show("c")), {"c": 1, "a": 2, "extra": 3, "b": 4})

    assert list(data.items()) == [("b", 4), ("a", 2), ("c", 1)]


def test_internal_keys_become_response_keys(project: Project) -> None:
    assert project(obj("Q", show("name", source="_a1"), show("'\"\\", source="x")), {"_a1": 1, "name": 2, "x": 3}) == {
        "name": 1,
        "'\"\\": 3,
    }


def test_what_is_missing_is_null(project: Project) -> None:
    selection = obj("User", show("name"), show("friends", "[User]", obj("User", show("name"))))

    assert project(obj("Q", show("me", "User", selection), show("you", "User", selection)), {"me": {}}) == {
        "me": {"name": None, "friends": None},
        "you": None,
    }


def test_nested_lists_keep_their_shape_with_nulls_at_every_level(project: Project) -> None:
    projection = obj("Q", show("l", "[[P]]!", obj("P", show("n", "_!"))))

    assert project(projection, {"l": [[{"n": 1, "x": 0}, None], None, []]}) == {"l": [[{"n": 1}, None], None, []]}


def test_lists_of_leaves_pass_on_as_they_are(project: Project) -> None:
    projection = obj("Q", show("a", "[_]"), show("b", "[[_!]!]"), show("c", "_"))
    tree = {"a": [1, None], "b": [[1], []], "c": {"custom": [None]}}

    assert project(projection, tree) == tree


def test_an_empty_selection_of_an_object_is_an_empty_object(project: Project) -> None:
    assert project(obj("Q", show("u", "U", obj("U", possible=["A", "B"]))), {"u": {"__typename": "A"}}) == {"u": {}}


def test_fields_of_a_type_condition_belong_to_its_types(project: Project) -> None:
    selection = obj(
        "Media",
        show("id", "_!"),
        show("size", source="pages", on=["Book"]),
        show("size", source="length", on=["Film"]),
        possible=["Book", "Film", "Song"],
    )
    tree = {
        "l": [
            {"__typename": "Book", "id": 1, "pages": 9},
            {"__typename": "Film", "id": 2, "length": 8},
            {"__typename": "Song", "id": 3, "pages": 7},
        ]
    }

    assert project(obj("Q", show("l", "[Media!]", selection)), tree) == {
        "l": [{"id": 1, "size": 9}, {"id": 2, "size": 8}, {"id": 3}]
    }


def test_without_possible_types_an_unknown_type_is_shown_without_conditioned_fields(project: Project) -> None:
    selection = obj("Media", show("id"), show("pages", on=["Book"]))

    assert project(obj("Q", show("m", "Media", selection)), {"m": {"__typename": "Media", "id": 1, "pages": 2}}) == {
        "m": {"id": 1}
    }


def test_constants_need_no_data(project: Project) -> None:
    assert project(obj("Q", show("__typename", "_!", constant="Query"), show("t", constant="It's")), {}) == {
        "__typename": "Query",
        "t": "It's",
    }


def test_enum_values_that_clients_may_see(project: Project) -> None:
    projection = obj("Q", show("e", "E", enum=["A"]), show("l", "[E]", enum=["A", "B"]), show("n", "E!", enum=["A"]))

    assert project(projection, {"e": None, "l": ["A", None, "B"], "n": "A"}) == {
        "e": None,
        "l": ["A", None, "B"],
        "n": "A",
    }


@pytest.mark.parametrize(("include", "skip", "keys"), [(True, False, "abc"), (False, False, "a"), (True, True, "ac")])
def test_conditions_switch_fields_on_and_off(project: Project, include: bool, skip: bool, keys: str) -> None:  # noqa: FBT001 - pytest passes parameters by name
    included = ((Condition("i", expected=True),),)
    both = ((Condition("i", expected=True), Condition("s", expected=False)),)
    projection = obj(
        "Q", show("a"), show("b", conditions=both), show("c", "P", obj("P", show("x")), conditions=included)
    )

    data = project(projection, {"a": 1, "b": 2, "c": {"x": 3}}, i=include, s=skip)

    assert "".join(data) == keys


def test_a_condition_that_is_a_disjunction(project: Project) -> None:
    either = ((Condition("a", expected=True),), (Condition("b", expected=False),))
    projection = obj("Q", show("x", conditions=either), show("never", conditions=()))

    assert project(projection, {"x": 1}, a=False, b=True) == {}
    assert project(projection, {"x": 1}, a=True, b=True) == {"x": 1}
    assert project(projection, {"x": 1}, a=False, b=False) == {"x": 1}


def test_null_bubbles_to_the_next_nullable_position() -> None:
    user = obj("User", show("name", "String!"))
    projection = obj("Query", show("a", "User", user), show("l", "[User]!", user))

    assert completed(projection, {"a": {"name": None}, "l": [{"name": "x"}, {}]}) == (
        {"a": None, "l": [{"name": "x"}, None]},
        [
            ("Cannot return null for non-nullable field User.name.", ["a", "name"], "NON_NULL_VIOLATION"),
            ("Cannot return null for non-nullable field User.name.", ["l", 1, "name"], "NON_NULL_VIOLATION"),
        ],
    )


def test_null_bubbles_through_non_null_items_and_lists_to_the_root() -> None:
    projection = obj("Query", show("l", "[[User!]!]!", obj("User", show("name", "String!"))))

    assert completed(projection, {"l": [[{"name": "x"}], [{"name": None}]]}) == (
        None,
        [("Cannot return null for non-nullable field User.name.", ["l", 1, 0, "name"], "NON_NULL_VIOLATION")],
    )


def test_a_null_item_in_a_list_of_non_null_leaves_makes_the_list_null() -> None:
    assert completed(obj("Query", show("l", "[Int!]")), {"l": [1, None]}) == (
        {"l": None},
        [("Cannot return null for non-nullable field Query.l.", ["l", 1], "NON_NULL_VIOLATION")],
    )


def test_a_hidden_enum_value_is_null_and_is_not_named() -> None:
    assert completed(
        obj("Query", show("e", "E", enum=["A"]), show("l", "[E]", enum=["A"])), {"e": "H", "l": ["A", "H"]}
    ) == (
        {"e": None, "l": ["A", None]},
        [
            ("The value is none that E can have here.", ["e"], "INVALID_SUBGRAPH_VALUE"),
            ("The value is none that E can have here.", ["l", 1], "INVALID_SUBGRAPH_VALUE"),
        ],
    )


def test_a_hidden_enum_value_bubbles_where_null_is_not_allowed() -> None:
    user = obj("User", show("e", "E!", enum=["A"]))

    assert completed(obj("Query", show("u", "User", user)), {"u": {"e": "H"}}) == (
        {"u": None},
        [("The value is none that E can have here.", ["u", "e"], "INVALID_SUBGRAPH_VALUE")],
    )


def test_an_object_of_a_hidden_type_is_null() -> None:
    media = obj("Media", show("id"), possible=["Book"])

    assert completed(obj("Query", show("m", "Media", media)), {"m": {"__typename": "Hidden", "id": 1}}) == (
        {"m": None},
        [("The value is of no type that Media can have here.", ["m"], "INVALID_SUBGRAPH_VALUE")],
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"l": {"n": 1}}, "A list of P was expected."),
        ({"l": "text"}, "A list of P was expected."),
    ],
)
def test_a_value_that_should_be_a_list_is_null(value: dict[str, Any], message: str) -> None:
    assert completed(obj("Query", show("l", "[P]", obj("P", show("n")))), value) == (
        {"l": None},
        [(message, ["l"], "INVALID_SUBGRAPH_VALUE")],
    )


def test_a_value_that_should_be_an_object_is_null() -> None:
    assert completed(obj("Query", show("p", "P", obj("P", show("n")))), {"p": [1]}) == (
        {"p": None},
        [("An object of type P was expected.", ["p"], "INVALID_SUBGRAPH_VALUE")],
    )


@pytest.mark.parametrize("known", [("u", "name"), ("u",), ("u", "name", "deeper")])
def test_a_null_that_a_known_error_explains_is_not_reported_again(known: tuple[str, ...]) -> None:
    errors = ErrorLog(limit=100)
    errors.add("it failed", code="X", path=known)
    projection = obj("Query", show("u", "User", obj("User", show("name", "String!"))))

    assert Projector(projection, ()).project({"u": {"name": None}}, {}, errors) == {"u": None}
    assert [error["message"] for error in errors.errors] == ["it failed"]


def test_both_ways_are_taken_in_turn_with_the_same_result() -> None:
    projector = Projector(obj("Query", show("a", "Int!")), ())

    for _ in range(3):
        errors = ErrorLog(limit=100)
        assert projector.project({"a": 1}, {}, errors) == {"a": 1}
        assert projector.project({"a": None}, {}, errors) is None
        assert len(errors.errors) == 1


def test_a_response_that_is_nested_too_deeply_ends_in_an_error() -> None:
    projection = obj("Query", show("l", "[" * 900 + "Int!" + "]" * 900))
    value: Any = None
    for _ in range(900):
        value = [value]
    errors = ErrorLog(limit=100)
    projector = Projector(projection, ())

    assert [projector.project({"l": value}, {}, errors) for _ in range(3)] == [None] * 3
    assert {error["extensions"]["code"] for error in errors.errors} == {"RESPONSE_TOO_DEEP"}


def test_many_types_with_equal_fields_share_one_function() -> None:
    types = [f"T{number}" for number in range(70)]
    function, _ = compile_projection(
        obj("Query", show("l", "[I]", obj("I", show("id"), show("x", on=["T1"]), possible=types)))
    )
    names = [name for name in function.__globals__ if name.startswith("variant")]

    assert len(names) == 2
