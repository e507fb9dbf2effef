"""Internal keys: shared where a request may share them, apart where it may not."""

from __future__ import annotations

from router.planning.places import Place

NULLABLE, STRICT = frozenset({"String"}), frozenset({"String!"})
MIXED = NULLABLE | STRICT
X, Y = frozenset({"X"}), frozenset({"Y"})


def key(
    place: Place,
    name: str,
    types: frozenset[str] = X,
    *,
    preferred: str | None = None,
    shapes: frozenset[str] = NULLABLE,
    arguments: str = "",
    share: bool = True,
) -> str:
    return place.key_for(
        preferred=preferred or name, name=name, arguments=arguments, types=types, shapes=shapes, share=share
    )


def test_the_preferred_key_is_taken_when_it_is_free() -> None:
    assert key(Place(), "name", preferred="n") == "n"


def test_one_field_has_one_key_for_whoever_requires_it() -> None:
    place = Place()
    assert key(place, "name", preferred="n", share=False) == "n"
    assert key(place, "name") == "n"


def test_two_aliases_of_the_client_stay_two_keys() -> None:
    place = Place()
    assert key(place, "name", preferred="a", share=False) == "a"
    assert key(place, "name", preferred="b", share=False) == "b"


def test_a_key_that_is_taken_for_another_field_is_not_taken_again() -> None:
    place = Place()
    assert key(place, "free", preferred="id", share=False) == "id"
    assert key(place, "id") == "id_1"
    assert key(place, "id") == "id_1"


def test_other_arguments_are_another_field() -> None:
    place = Place()
    assert key(place, "cost") == "cost"
    assert key(place, "cost", arguments='currency: "USD"') == "cost_1"


def test_types_apart_share_a_key_when_their_shapes_agree() -> None:
    place = Place()
    assert key(place, "title", X, preferred="t") == "t"
    assert key(place, "label", Y, preferred="t") == "t"


def test_types_apart_do_not_share_a_key_when_their_shapes_differ() -> None:
    place = Place()
    assert key(place, "name", X, shapes=STRICT) == "name"
    assert key(place, "name", Y, shapes=NULLABLE) == "name_1"


def test_a_shape_that_differs_by_subgraph_is_shared_with_no_other_type() -> None:
    place = Place()
    assert key(place, "name", X, shapes=MIXED) == "name"
    assert key(place, "name", Y, shapes=MIXED) == "name_1"
    assert key(place, "name", X, shapes=MIXED) == "name"


def test_the_key_of_typename_belongs_to_typename() -> None:
    place = Place()
    assert key(place, "title", preferred="__typename") == "typename_1"
    assert key(place, "__typename", preferred="t") == "__typename"


def test_a_place_below_a_key_is_the_same_for_everyone() -> None:
    place = Place()
    assert place.child("a") is place.child("a")
    assert place.child("a") is not place.child("b")
