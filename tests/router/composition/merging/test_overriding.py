"""`@override`: who is left with the field, and what the supergraph says about it."""

from __future__ import annotations

from router.composition import compose
from tests.router.composition.corpus_cases import composed, printed, sources

_QUERY = "type Query { t: T } "


def test_the_overridden_subgraph_loses_the_field() -> None:
    sdl = composed(
        a=_QUERY + 'type T @key(fields: "id") { id: ID! x: Int @override(from: "b") }',
        b='type T @key(fields: "id") { id: ID! x: Int }',
    )

    assert printed(sdl, "T").split("\n")[5] == '  x: Int @join__field(graph: A, override: "b")'


def test_what_the_overridden_subgraph_still_uses_is_marked() -> None:
    sdl = composed(
        a=_QUERY + 'type T @key(fields: "id") { id: ID! @override(from: "b") }',
        b='type T @key(fields: "id") { id: ID! y: Int }',
    )

    assert printed(sdl, "T").split("\n")[4] == (
        '  id: ID! @join__field(graph: A, override: "b") @join__field(graph: B, usedOverridden: true)'
    )


def test_a_label_keeps_both_sides() -> None:
    sdl = composed(
        a=_QUERY + 'type T @key(fields: "id") { id: ID! x: Int @override(from: "b", label: "percent(5)") }',
        b='type T @key(fields: "id") { id: ID! x: Int }',
    )

    assert printed(sdl, "T").split("\n")[5] == (
        '  x: Int @join__field(graph: A, override: "b", overrideLabel: "percent(5)")'
        ' @join__field(graph: B, overrideLabel: "percent(5)")'
    )


def test_a_label_without_a_field_to_take_over_means_nothing() -> None:
    sdl = composed(
        a=_QUERY + 'type T @key(fields: "id") { id: ID! x: Int @override(from: "b", label: "percent(5)") }',
        b='type T @key(fields: "id") { id: ID! }',
    )

    assert printed(sdl, "T").split("\n")[5] == '  x: Int @join__field(graph: A, override: "b")'


def test_hints_tell_what_can_be_removed() -> None:
    hints = compose(
        sources(
            a=_QUERY
            + """type T @key(fields: "id") {
              id: ID! x: Int @override(from: "b") y: Int @override(from: "nobody") z: Int @override(from: "b")
              w: Int @override(from: "b", label: "soon")
            }""",
            b='type T @key(fields: "id") { id: ID! x: Int w: Int }',
        )
    ).hints

    assert [(hint.code, hint.subgraphs, hint.coordinates) for hint in hints] == [
        ("OVERRIDDEN_FIELD_CAN_BE_REMOVED", ("b",), ("T.x",)),
        ("FROM_SUBGRAPH_DOES_NOT_EXIST", ("a",), ("T.y",)),
        ("OVERRIDE_DIRECTIVE_CAN_BE_REMOVED", ("a",), ("T.z",)),
        ("OVERRIDE_MIGRATION_IN_PROGRESS", ("b",), ("T.w",)),
    ]
