"""Composition as a whole: names, stages, results."""

from __future__ import annotations

import pytest

from router.composition import CompositionError, CompositionFailed, SubgraphSource, compose
from router.composition.pipeline import graph_values
from tests.router.composition.corpus_cases import federated, refused, sources


def test_graph_values_are_upper_case_names() -> None:
    assert graph_values(["accounts", "my-reviews", "a.b", "1st"]) == {
        "accounts": "ACCOUNTS",
        "my-reviews": "MY_REVIEWS",
        "a.b": "A_B",
        "1st": "_1ST",
    }


def test_names_that_become_the_same_graph_value_are_numbered() -> None:
    assert graph_values(["A_B", "a-b", "a_b", "a_b_1"]) == {
        "A_B": "A_B_1",
        "a-b": "A_B_2",
        "a_b": "A_B_3",
        "a_b_1": "A_B_1_",
    }


def test_two_subgraphs_of_one_name_are_refused() -> None:
    twice = SubgraphSource("a", "", federated("type Query { a: Int }"))

    with pytest.raises(CompositionFailed) as failed:
        compose([twice, twice])

    assert failed.value.errors == (
        CompositionError("INVALID_SUBGRAPH_NAME", '2 subgraphs are called "a".', ("a",), ()),
    )


@pytest.mark.parametrize("name", ["", "_"])
def test_a_reserved_name_is_refused(name: str) -> None:
    with pytest.raises(CompositionFailed) as failed:
        compose([SubgraphSource(name, "", federated("type Query { a: Int }"))])

    assert [error.code for error in failed.value.errors] == ["INVALID_SUBGRAPH_NAME"]


def test_no_subgraph_at_all_is_refused() -> None:
    with pytest.raises(CompositionFailed) as failed:
        compose([])

    assert [error.code for error in failed.value.errors] == ["NO_QUERIES"]


def test_the_errors_of_all_subgraphs_are_told_at_once() -> None:
    errors = refused(a="type Query { a: Nothing }", b="type Query { b: Nobody }")

    assert [(error.code, error.subgraphs) for error in errors] == [
        ("INVALID_GRAPHQL", ("a",)),
        ("INVALID_GRAPHQL", ("b",)),
    ]


def test_an_error_names_code_subgraphs_coordinates_and_what_to_do() -> None:
    (error,) = refused(a="type Query { a: T } type T { x: Int }", b="type Query { b: T } type T { x: Int @shareable }")

    assert error == CompositionError(
        "INVALID_FIELD_SHARING", '"T.x" is resolved by a, b, and not shareable in a.', ("a", "b"), ("T.x",)
    )
    assert error.hint == "Mark the field as @shareable in all of these subgraphs, or keep it in one of them."
    assert str(error) == 'INVALID_FIELD_SHARING [a, b] T.x: "T.x" is resolved by a, b, and not shareable in a.'


def test_hints_tell_what_composes_but_may_not_be_meant() -> None:
    hints = compose(sources(a="type Query { a: Int @shareable }", b="type Query { a(n: Int): Int! @shareable }")).hints

    assert [(hint.code, hint.coordinates) for hint in hints] == [
        ("INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE", ("Query.a",)),
        ("INCONSISTENT_ARGUMENT_PRESENCE", ("Query.a(n:)",)),
    ]


def test_a_schema_nested_too_deeply_is_refused_not_crashed_on() -> None:
    errors = refused(a="type Query { a: " + "[" * 5000 + "Int" + "]" * 5000 + " }")

    assert [error.code for error in errors] == ["INVALID_GRAPHQL"]


def test_a_field_set_nested_too_deeply_is_refused_not_crashed_on() -> None:
    deep = "t { " * 3000 + "id" + " }" * 3000
    errors = refused(a=f'type Query {{ a: T }} type T @key(fields: "{deep}") {{ id: ID t: T }}')

    assert [error.code for error in errors] == ["KEY_INVALID_FIELDS"]
