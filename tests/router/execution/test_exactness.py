"""Only operations that can bring custom scalars look for numbers that have to be kept digit by digit."""

from __future__ import annotations

import pytest
from graphql import build_schema

from router.execution.exactness import needs_exact_numbers, ordinary_fields
from router.planning.plan import LeafKind, ObjectProjection
from tests.support.execution import entity, fetch, key_field, obj, plan, show
from tests.support.user_plans import NAME

ORDINARY = ordinary_fields(
    build_schema("""
scalar Big
type Query { a: Int b: Big user: User other: Other }
type User { id: ID! big: Big! code: String }
type Other { code: Big }
""")
)


def leaf(kind: LeafKind) -> ObjectProjection:
    below = obj("User", show("x"))
    field = below.fields[0]
    changed = type(field)(**{name: getattr(field, name) for name in field.__slots__} | {"leaf": kind})
    return obj("Query", show("user", "User", obj("User", changed)))


def test_a_field_is_ordinary_where_no_type_has_it_as_a_custom_scalar() -> None:
    assert {"a", "user", "other", "id"} == ORDINARY - {"__schema", "__type", "__typename"} - _introspection_fields()


def _introspection_fields() -> frozenset[str]:
    return ordinary_fields(build_schema("type Query { a: Int }")) - {"a"}


@pytest.mark.parametrize(("kind", "exact"), [(LeafKind.RAW, True), (LeafKind.INT, False), (LeafKind.STRING, False)])
def test_a_custom_scalar_that_is_shown_counts(kind: LeafKind, exact: bool) -> None:  # noqa: FBT001 - pytest passes parameters by name
    assert needs_exact_numbers(plan(leaf(kind), fetch(0, "a", "{user{x}}")), ORDINARY) is exact


@pytest.mark.parametrize(("key", "exact"), [("id", False), ("big", True), ("code", True), ("hidden", True)])
def test_a_key_counts_that_is_a_custom_scalar_or_may_be_one(key: str, exact: bool) -> None:  # noqa: FBT001 - as above
    steps = (
        fetch(0, "a", "{user{id}}"),
        fetch(1, "b", NAME, after=(0,), targets=[("user", entity("User", key_field(key)))]),
    )

    assert needs_exact_numbers(plan(leaf(LeafKind.INT), *steps), ORDINARY) is exact
