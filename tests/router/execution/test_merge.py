"""Deep merge: rule 8, and the types of interface objects (rule 28)."""

from __future__ import annotations

from typing import Any

import pytest

from router.execution.merge import isolated, merge_object

CONCRETE = frozenset({"Book", "Film"})


def merged(target: dict[str, Any], source: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    agreed = merge_object(target, source, concrete_types=CONCRETE)
    return target, agreed


def test_objects_merge_by_key_at_every_level() -> None:
    assert merged({"a": {"x": 1, "d": {"p": 1}}}, {"a": {"y": 2, "d": {"q": 2}}, "b": 3}) == (
        {"a": {"x": 1, "y": 2, "d": {"p": 1, "q": 2}}, "b": 3},
        True,
    )


def test_lists_merge_by_index_through_nested_lists_and_nulls() -> None:
    assert merged({"l": [[{"a": 1}, None], None]}, {"l": [[{"b": 2}, {"b": 3}], [{"b": 4}]]}) == (
        {"l": [[{"a": 1, "b": 2}, {"b": 3}], [{"b": 4}]]},
        True,
    )


def test_null_replaces_nothing() -> None:
    there = {"a": {"x": 1}, "s": 1, "l": [{"x": 1}, 2]}

    assert merged(there, {"a": None, "s": None, "l": [None, None]}) == (
        {"a": {"x": 1}, "s": 1, "l": [{"x": 1}, 2]},
        True,
    )


def test_a_null_that_is_there_is_replaced() -> None:
    assert merged({"a": None}, {"a": {"x": 1}}) == ({"a": {"x": 1}}, True)


@pytest.mark.parametrize(
    ("there", "new"),
    [
        ({"v": {"x": 1}}, {"v": [1]}),
        ({"v": {"x": 1}}, {"v": 1}),
        ({"v": [1]}, {"v": {"x": 1}}),
        ({"v": [1]}, {"v": [1, 2]}),
        ({"v": [{"x": 1}, 2]}, {"v": [1, 2]}),
        ({"v": [1]}, {"v": [{"x": 1}]}),
        ({"v": 1}, {"v": {"x": 1}}),
    ],
)
def test_shapes_that_contradict_each_other_leave_what_was_there(there: dict[str, Any], new: dict[str, Any]) -> None:
    before = isolated(there)

    assert merged(there, new) == (before, False)


def test_a_contradiction_does_not_stop_the_rest() -> None:
    assert merged({"v": 1}, {"v": [1], "w": 2}) == ({"v": 1, "w": 2}, False)


def test_a_concrete_typename_replaces_an_interfaces_name_and_is_not_replaced_by_it() -> None:
    assert merged({"__typename": "Media"}, {"__typename": "Book"})[0] == {"__typename": "Book"}
    assert merged({"__typename": "Book"}, {"__typename": "Media"})[0] == {"__typename": "Book"}


def test_an_isolated_copy_shares_no_container() -> None:
    original: dict[str, Any] = {"a": {"x": 1}, "l": [{"y": [1]}]}
    copy = isolated(original)
    copy["a"]["x"] = 2
    copy["l"][0]["y"].append(2)

    assert original == {"a": {"x": 1}, "l": [{"y": [1]}]}
    assert copy == {"a": {"x": 2}, "l": [{"y": [1, 2]}]}
