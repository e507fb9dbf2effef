"""Subgraphs without a link are of federation 1: they say less, and mean more."""

from __future__ import annotations

from tests.router.composition.corpus_cases import composed, printed, refused

_OWNER = 'type Query { t: T } type T @key(fields: "id") { id: ID! w: Int x: Int }'
_HEAD = "schema { query: Query } type Query { b: Int } "


def test_the_key_of_a_stub_is_resolvable_and_external_fields_that_nothing_uses_are_dropped() -> None:
    sdl = composed(a=_OWNER, b=_HEAD + 'extend type T @key(fields: "id") { id: ID! @external w: Int @external y: Int }')

    assert printed(sdl, "T") == (
        "type T\n"
        '  @join__type(graph: A, key: "id")\n'
        '  @join__type(graph: B, key: "id")\n'
        "{\n"
        "  id: ID!\n"
        "  w: Int @join__field(graph: A)\n"
        "  x: Int @join__field(graph: A)\n"
        "  y: Int @join__field(graph: B)\n"
        "}"
    )


def test_external_fields_that_are_required_stay_external() -> None:
    sdl = composed(
        a=_OWNER,
        b=_HEAD
        + 'extend type T @key(fields: "id") { id: ID! @external x: Int @external y: Int @requires(fields: "x") }',
    )

    assert "  x: Int @join__field(graph: A) @join__field(graph: B, external: true)" in printed(sdl, "T")


def test_value_types_are_shared_without_saying_so() -> None:
    sdl = composed(
        a="schema { query: Query } type Query { v: V } type V { x: Int }",
        b="schema { query: Query } type Query { w: V } type V { x: Int }",
    )

    assert printed(sdl, "V").split("\n")[3:] == ["{", "  x: Int", "}"]


def test_subgraphs_of_federation_2_still_have_to_say_it() -> None:
    (error,) = refused(
        a="schema { query: Query } type Query { v: V } type V { x: Int }",
        b="type Query { w: V } type V { x: Int }",
    )

    assert (error.code, error.coordinates) == ("INVALID_FIELD_SHARING", ("V.x",))
