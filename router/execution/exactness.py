"""Which operations may bring numbers that have to be kept digit by digit: those with custom scalars."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_scalar_type,
    is_specified_scalar_type,
)

from router.planning.plan import LeafKind, ObjectProjection, QueryPlan, RepresentationObject

__all__ = ["needs_exact_numbers", "ordinary_fields"]


def ordinary_fields(schema: GraphQLSchema) -> frozenset[str]:
    """Name the fields that are a custom scalar on no type of a schema."""
    ordinary: set[str] = set()
    custom: set[str] = set()
    for declared in schema.type_map.values():
        if isinstance(declared, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in declared.fields.items():
                named = get_named_type(field.type)
                is_custom = is_leaf_type(named) and is_scalar_type(named) and not is_specified_scalar_type(named)
                (custom if is_custom else ordinary).add(name)
    return frozenset(ordinary - custom)


def needs_exact_numbers(plan: QueryPlan, ordinary: frozenset[str]) -> bool:
    """Say whether a plan shows or sends a custom scalar; `ordinary` are fields that are none anywhere."""
    if any(_shows_custom(plan.projection if plan.deferral is None else plan.deferral.whole)):
        return True
    waiting = [target.representation for step in plan.steps for batch in step.batches for target in batch.targets]
    return any(name not in ordinary for representation in waiting for name in _leaves(representation))


def _shows_custom(projection: ObjectProjection) -> Iterator[bool]:
    waiting, seen = [projection], {id(projection)}
    while waiting:
        for field in waiting.pop().fields:
            below = field.selection
            if below is None:
                # Introspection's own fields are answered here.
                yield field.leaf is LeafKind.RAW and not field.type_name.startswith("__")
            elif id(below) not in seen:
                seen.add(id(below))
                waiting.append(below)


def _leaves(representation: RepresentationObject) -> Iterator[str]:
    for field in representation.fields:
        if field.selection is None:
            yield field.name
        else:
            yield from _leaves(field.selection)
