"""Who may resolve a field: one subgraph, or several that all say that they share it."""

from __future__ import annotations

from collections.abc import Sequence

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.merging.overriding import Overrides
from router.composition.model import Kind

Owner = tuple[SubgraphFacts, str]
"""A subgraph and the type on which it declares the field: an implementation, or an interface object in its place."""


def check_sharing(owners: Sequence[Owner], *, type_name: str, field: str, overrides: Overrides, report: Report) -> None:
    """Report INVALID_FIELD_SHARING where several subgraphs resolve a field and one of them does not share it."""
    at = f"{type_name}.{field}"
    resolving = [(one, on) for one, on in owners if resolves(one, on, field, overrides=overrides)]
    closed = [one.name for one, on in resolving if not one.is_shareable(on, field) and not one.is_external(on, field)]
    if type_name == "Subscription":
        _check_subscription(resolving, at, field, report)
    if len(resolving) < 2 or not closed:  # noqa: PLR2004 - one alone shares with nobody
        return
    names = [one.name for one, _ in resolving]
    message = f'"{at}" is resolved by {", ".join(names)}, and not shareable in {", ".join(closed)}.'
    unknown = [source for one, on in resolving if (source := overrides.unknown_source(one, on, field)) is not None]
    if unknown:
        message += f' An override of it names "{unknown[0]}", and there is no such subgraph.'
    lent = [f"{on} in {one.name}" for one, on in resolving if on != type_name]
    if lent:
        message += f" The interface object {', '.join(lent)} has it as well."
    report.error("INVALID_FIELD_SHARING", message, subgraphs=names, at=at)


def _check_subscription(resolving: Sequence[Owner], at: str, field: str, report: Report) -> None:
    for one, on in resolving:
        definition = one.field(on, field)
        if definition is not None and definition.has("shareable"):
            message = f'"{at}" is a subscription, and those can not be shared: one subgraph has to own the stream.'
            report.error("INVALID_FIELD_SHARING", message, subgraphs=[one.name], at=at)


def resolves(one: SubgraphFacts, type_name: str, field: str, *, overrides: Overrides) -> bool:
    """Tell whether a subgraph resolves a field on some path: it has it, keeps it, and owns or provides it."""
    definition = one.type(type_name)
    if definition is None or definition.kind is not Kind.OBJECT or field not in definition.fields:
        return False
    if overrides.of(one.name, type_name, field) is not None:
        return False
    return not one.is_external(type_name, field) or f"{type_name}.{field}" in one.provided
