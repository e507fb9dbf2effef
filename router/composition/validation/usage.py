"""Directives on places where the grammar allows them and federation does not."""

from __future__ import annotations

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.federation_spec import AUTHORIZATION
from router.composition.model import Element, Kind, TypeDefinition


def check_usage(facts: SubgraphFacts, report: Report) -> None:
    """Report @shareable on an interface's fields or twice at one place, and rights on interfaces."""
    for definition in facts.subgraph.types.values():
        _check_shareable(facts, definition, report)
        if definition.kind is Kind.INTERFACE or definition.is_interface_object:
            _check_rights(facts, definition, report)


def _check_shareable(facts: SubgraphFacts, definition: TypeDefinition, report: Report) -> None:
    for field in definition.fields.values():
        at = f"{definition.name}.{field.name}"
        if definition.kind is Kind.INTERFACE and field.has("shareable"):
            message = f'"{at}" is a field of an interface: mark the fields of the implementations as shareable.'
            report.error("INVALID_SHAREABLE_USAGE", message, subgraphs=[facts.name], at=at)
        elif len(field.applied("shareable")) > 1:
            message = f'"{at}" is marked as shareable more than once.'
            report.error("INVALID_SHAREABLE_USAGE", message, subgraphs=[facts.name], at=at)
    in_definition = [directive for directive in definition.applied("shareable") if not directive.in_extension]
    if len(in_definition) > 1:
        message = f'"{definition.name}" is marked as shareable more than once in the same definition.'
        report.error("INVALID_SHAREABLE_USAGE", message, subgraphs=[facts.name], at=definition.name)


def _check_rights(facts: SubgraphFacts, definition: TypeDefinition, report: Report) -> None:
    elements: list[tuple[str, Element]] = [(definition.name, definition)]
    if definition.kind is Kind.INTERFACE:
        elements += [(f"{definition.name}.{field.name}", field) for field in definition.fields.values()]
    for name in AUTHORIZATION:
        for at, element in elements:
            if element.has(name):
                message = f'@{name} can not be used on "{at}": it belongs on the implementations and their fields.'
                report.error("AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE", message, subgraphs=[facts.name], at=at)
