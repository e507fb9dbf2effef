"""`@external`: only where something uses it, and with nothing beside it that the owner should say."""

from __future__ import annotations

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.federation_spec import FEDERATION_1
from router.composition.model import Field, Kind, TypeDefinition


def check_externals(facts: SubgraphFacts, report: Report) -> None:
    """Report external fields that are useless or contradictory."""
    for definition in facts.subgraph.types.values():
        for field in definition.fields.values():
            if field.has("external"):
                _check_field(facts, definition, field, report)


def _check_field(facts: SubgraphFacts, definition: TypeDefinition, field: Field, report: Report) -> None:
    at = f"{definition.name}.{field.name}"
    if definition.kind is Kind.INTERFACE:
        message = f'"{at}" is a field of an interface, which nobody resolves: it can not be external.'
        report.error("EXTERNAL_ON_INTERFACE", message, subgraphs=[facts.name], at=at)
    # A stub's key counts as resolved; schemas of federation 1 declare a field as external for good measure.
    is_unused = at not in facts.used and facts.is_external(definition.name, field.name)
    if is_unused and facts.subgraph.version > FEDERATION_1:
        message = f'"{at}" is external, but no key, requires, provides or interface of this subgraph uses it.'
        report.error("EXTERNAL_UNUSED", message, subgraphs=[facts.name], at=at)
    if field.has("provides") and facts.is_external(definition.name, field.name):
        message = f'"{at}" is external, so that this subgraph does not resolve it: @provides has no meaning there.'
        report.error("EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE", message, subgraphs=[facts.name], at=at)
