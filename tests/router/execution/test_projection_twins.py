"""Random projections over random trees: where the compiled way answers, it answers as completion by the book does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.execution.attribution import Attribution
from router.execution.completion import Completion, holds
from router.execution.errors import ErrorLog
from router.execution.generated import Amiss, compile_projection
from router.planning.plan import ALWAYS, Condition, Conditions, FieldProjection, LeafKind, ObjectProjection, Wrapping

KEYS = ["a", "b", "c", "d"]
TYPES = ["A", "B", "C"]
VALUES = ["X", "Y", "Z"]

wrappings: st.SearchStrategy[Wrapping] = st.recursive(
    st.builds(Wrapping, st.booleans(), st.none()), lambda inner: st.builds(Wrapping, st.booleans(), inner), max_leaves=3
)
type_sets = st.none() | st.frozensets(st.sampled_from(TYPES), min_size=1)
condition = st.builds(Condition, st.sampled_from(["v", "w"]), st.booleans())
conditions: st.SearchStrategy[Conditions] = st.just(ALWAYS) | st.lists(
    st.lists(condition, max_size=2).map(tuple), max_size=2
).map(tuple)


def projections(depth: int) -> st.SearchStrategy[ObjectProjection]:
    selection = st.none() if depth == 0 else st.none() | projections(depth - 1)
    fields = st.builds(
        FieldProjection,
        response_key=st.sampled_from(KEYS),
        source=st.sampled_from(KEYS),
        wrapping=wrappings,
        type_condition=type_sets,
        conditions=conditions,
        selection=selection,
        leaf=st.sampled_from([LeafKind.RAW, LeafKind.ENUM, LeafKind.STRING, LeafKind.INT]),
        enum_values=st.just(frozenset(VALUES[:2])),
        type_name=st.just("T"),
        constant=st.none() | st.none() | st.just("K"),
    )
    return st.builds(
        ObjectProjection,
        parent_type=st.just("P"),
        fields=st.lists(fields, max_size=4, unique_by=lambda field: field.response_key).map(tuple),
        possible_types=type_sets,
    )


@st.composite
def values(draw: st.DrawFn, field: FieldProjection, wrapping: Wrapping) -> Any:
    """A value for a field, mostly as it must be."""
    kind = draw(st.integers(0, 30))
    if kind == 0 or (kind < 4 and not wrapping.non_null):
        return None
    if kind == 4:
        return draw(st.sampled_from([{}, [], "text", [None], {"__typename": "A"}]))
    if wrapping.item is not None:
        return draw(st.lists(values(field, wrapping.item), max_size=3))
    if field.selection is not None:
        return draw(trees(field.selection))
    if field.leaf is LeafKind.INT:
        return draw(st.integers(-5, 5) if kind != 5 else st.sampled_from([2**31, "x", 1.5]))
    return draw(st.sampled_from(VALUES if kind == 5 else VALUES[:2]))


@st.composite
def trees(draw: st.DrawFn, projection: ObjectProjection) -> dict[str, Any]:
    """An object for a projection; some keys are missing."""
    possible = sorted(projection.possible_types or TYPES)
    tree: dict[str, Any] = {"__typename": draw(st.sampled_from(TYPES if draw(st.integers(0, 9)) == 0 else possible))}
    for field in projection.fields:
        if draw(st.integers(0, 9)):
            tree[field.source] = draw(values(field, field.wrapping))
    return tree


@st.composite
def cases(draw: st.DrawFn) -> tuple[ObjectProjection, dict[str, Any], dict[str, bool]]:
    projection = draw(projections(2))
    return projection, draw(trees(projection)), {"v": draw(st.booleans()), "w": draw(st.booleans())}


@pytest.mark.property
@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(cases())
def test_the_quick_way_answers_as_the_book_and_leaves_it_only_what_is_amiss(
    case: tuple[ObjectProjection, dict[str, Any], dict[str, bool]],
) -> None:
    projection, tree, variables = case
    function, taken = compile_projection(projection)
    errors = ErrorLog(limit=1_000)
    expected = Completion(variables, errors=errors, attribution=Attribution(())).root(projection, tree)

    try:
        data = function(tree, [holds(each, variables) for each in taken])
    except (Amiss, KeyError, TypeError):
        assert errors.errors
        return

    assert data == expected
    assert list(data) == list(expected or {})
    assert errors.errors == []
