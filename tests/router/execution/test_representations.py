"""What `_entities` is asked with: rules 4 to 6, 15, 17 and 30 of the federation's rules."""

from __future__ import annotations

from typing import Any

import orjson

from router.execution.json_text import load_slowly
from router.execution.representations import RepresentationList, compile_representation, lacks_input
from router.planning.plan import RepresentationObject
from tests.support.execution import entity, key_field


def built(representation: RepresentationObject, item: dict[str, Any]) -> Any:
    build, _ = compile_representation(representation)
    encoded = build(item)
    return None if encoded is None else orjson.loads(encoded)


def test_a_representation_is_the_typename_and_the_key_alone() -> None:
    item = {"__typename": "Product", "id": "1", "name": "x"}

    assert built(entity("Product", key_field("id")), item) == {"__typename": "Product", "id": "1"}


def test_the_objects_own_typename_is_sent_where_none_is_fixed() -> None:
    assert built(entity(None, key_field("id")), {"__typename": "Book", "id": "1"}) == {"__typename": "Book", "id": "1"}


def test_without_a_typename_of_its_own_there_is_no_representation() -> None:
    assert built(entity(None, key_field("id")), {"id": "1"}) is None


def test_a_field_is_read_from_its_internal_key_and_sent_under_its_schema_name() -> None:
    representation = entity("Product", key_field("id", source="_id"), key_field("upc"))

    assert built(representation, {"id": "alias", "_id": "1", "upc": "u"}) == {
        "__typename": "Product",
        "id": "1",
        "upc": "u",
    }


def test_a_null_or_missing_key_gives_no_representation() -> None:
    single = entity("Product", key_field("id"))
    compound = entity("Product", key_field("id"), key_field("upc"))

    assert built(single, {"id": None}) is None
    assert built(single, {}) is None
    assert built(compound, {"id": "1", "upc": None}) is None
    assert built(compound, {"id": "1"}) is None


def test_falsy_key_values_are_keys() -> None:
    assert built(entity("Product", key_field("id")), {"id": 0}) == {"__typename": "Product", "id": 0}
    assert built(entity("Product", key_field("id")), {"id": ""}) == {"__typename": "Product", "id": ""}


def test_a_required_input_that_is_null_is_sent_as_null() -> None:
    representation = entity("Product", key_field("id"), key_field("weight", required=False))

    assert built(representation, {"id": "1", "weight": None}) == {"__typename": "Product", "id": "1", "weight": None}
    assert built(representation, {"id": "1"}) == {"__typename": "Product", "id": "1", "weight": None}


def test_a_nested_key_repeats_its_shape_through_lists() -> None:
    organization = RepresentationObject((key_field("id"), key_field("pid")))
    representation = entity("User", key_field("org", organization), key_field("tags", organization))
    item = {"org": {"id": 1, "pid": 2, "name": "n"}, "tags": [[{"id": 3, "pid": 4, "x": 5}], None]}

    assert built(representation, item) == {
        "__typename": "User",
        "org": {"id": 1, "pid": 2},
        "tags": [[{"id": 3, "pid": 4}], None],
    }


def test_a_nested_key_that_is_incomplete_anywhere_gives_no_representation() -> None:
    representation = entity("User", key_field("tags", RepresentationObject((key_field("id"),))))

    assert built(representation, {"tags": [{"id": 1}, {"id": None}]}) is None
    assert built(representation, {"tags": [{"id": 1}, {}]}) is None
    assert built(representation, {"tags": "text"}) is None


def test_fields_of_a_fragment_belong_to_its_types_only() -> None:
    media = RepresentationObject(
        (
            key_field("pages", required=False, types=["Book"]),
            key_field("length", required=False, types=["Film"]),
        ),
        with_typename=True,
    )
    representation = entity("Shelf", key_field("id"), key_field("top", media, required=False))

    assert built(representation, {"id": "1", "top": {"__typename": "Book", "pages": 9, "length": 1}}) == {
        "__typename": "Shelf",
        "id": "1",
        "top": {"__typename": "Book", "pages": 9},
    }
    assert built(representation, {"id": "1", "top": {"__typename": "Song"}}) == {
        "__typename": "Shelf",
        "id": "1",
        "top": {"__typename": "Song"},
    }


def test_a_field_in_two_fragments_keeps_the_value_that_is_there() -> None:
    representation = entity(
        "P", key_field("a", source="a1", required=False), key_field("a", source="a2", required=False)
    )

    assert built(representation, {"a1": 1}) == {"__typename": "P", "a": 1}
    assert built(representation, {"a2": 2}) == {"__typename": "P", "a": 2}


class TestRepresentationList:
    @staticmethod
    def added(representation: RepresentationObject, *lists: list[dict[str, Any]]) -> tuple[list[Any], list[list[int]]]:
        representations = RepresentationList()
        build, key = compile_representation(representation)
        positions = [representations.add(objects, build, key=key) for objects in lists]
        return [orjson.loads(encoded) for encoded in representations.encoded], positions

    def test_equal_representations_are_sent_once_over_all_targets(self) -> None:
        sent, positions = self.added(
            entity("P", key_field("id")), [{"id": "1"}, {"id": "2"}, {"id": "1"}], [{"id": "2"}, {"id": "3"}]
        )

        assert sent == [{"__typename": "P", "id": id_} for id_ in ("1", "2", "3")]
        assert positions == [[0, 1, 0], [1, 2]]

    def test_incomplete_ones_keep_the_positions_of_the_others(self) -> None:
        sent, positions = self.added(entity("P", key_field("id")), [{"id": None}, {"id": "2"}, {}, {"id": "2"}])

        assert sent == [{"__typename": "P", "id": "2"}]
        assert positions == [[-1, 0, -1, 0]]

    def test_values_that_python_holds_equal_are_told_apart(self) -> None:
        sent, positions = self.added(entity("P", key_field("id")), [{"id": 1}, {"id": "1"}, {"id": True}, {"id": 1.0}])

        assert [each["id"] for each in sent] == [1, "1", True, 1.0]
        assert positions == [[0, 1, 2, 3]]

    def test_compound_keys_are_compared_as_a_whole(self) -> None:
        representation = entity("P", key_field("a"), key_field("b"))
        sent, positions = self.added(representation, [{"a": "1", "b": "2"}, {"a": "1", "b": "3"}, {"b": "2", "a": "1"}])

        assert [(each["a"], each["b"]) for each in sent] == [("1", "2"), ("1", "3")]
        assert positions == [[0, 1, 0]]


def test_an_absent_input_is_told_from_a_null_one() -> None:
    sources = [("id", None), ("pages", frozenset({"Book"}))]

    assert lacks_input({"id": "1", "__typename": "Book"}, sources)
    assert not lacks_input({"id": "1", "pages": None, "__typename": "Book"}, sources)
    assert not lacks_input({"id": "1", "__typename": "Film"}, sources)


def test_required_values_are_sent_exactly_however_deep_or_long_they_are() -> None:
    text = b'{"deep":%b,"long":123456789012345678901234567890}' % (b"[" * 2_000 + b"]" * 2_000)
    build, _ = compile_representation(entity("Product", key_field("id"), key_field("value", required=False)))
    single, _ = compile_representation(entity("Product", key_field("value")))
    item = {"id": "1", "value": load_slowly(text)}

    assert build(item) == b'{"__typename":"Product","id":"1","value":' + text + b"}"
    assert single(item) == b'{"__typename":"Product","value":' + text + b"}"
