"""Objects at a path, in the order of the tree, with and without their places."""

from __future__ import annotations

from typing import Any

import pytest

from router.execution.paths import compile_path, key_path, locate
from tests.support.execution import at

TREE: dict[str, Any] = {
    "users": [
        {"__typename": "User", "n": 0, "pets": [[{"n": 1}, None], None, [{"n": 2}]]},
        None,
        {"__typename": "Guest", "n": 3, "pets": None},
        {"__typename": "User", "n": 4, "pets": [[]]},
    ],
    "one": {"n": 5, "bad": "text"},
}


@pytest.mark.parametrize(
    ("path", "numbers", "places"),
    [
        ("one", [5], [("one",)]),
        ("users.@", [0, 3, 4], [("users", 0), ("users", 2), ("users", 3)]),
        ("users.@.<User>", [0, 4], [("users", 0), ("users", 3)]),
        ("users.@.pets.@@", [1, 2], [("users", 0, "pets", 0, 0), ("users", 0, "pets", 2, 0)]),
        ("users.@.<Guest>.pets.@@", [], []),
        ("users", [], []),
        ("one.@", [], []),
        ("one.bad.deeper", [], []),
        ("absent.deeper", [], []),
    ],
)
def test_objects_are_found_in_order_with_their_places(
    path: str, numbers: list[int], places: list[tuple[str | int, ...]]
) -> None:
    assert [found["n"] for found in compile_path(at(path))(TREE)] == numbers
    assert [(place, item["n"]) for place, item in locate(TREE, at(path))] == list(zip(places, numbers, strict=True))


def test_the_empty_path_is_the_root() -> None:
    assert compile_path(())(TREE) == [TREE]
    assert locate(TREE, ()) == [((), TREE)]


def test_a_path_of_two_thousand_levels_costs_no_stack() -> None:
    deep: dict[str, Any] = {"n": 1}
    for _ in range(2_000):
        deep = {"k": [deep]}

    assert compile_path(at(".".join(["k.@"] * 2_000)))(deep) == [{"n": 1}]


def test_the_keys_of_a_path() -> None:
    assert key_path(at("users.@.<User>.pets.@@")) == ("users", "pets")
