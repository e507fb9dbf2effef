"""`@requires`: on fields of objects, of fields that are external here."""

from __future__ import annotations

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.model import Kind
from router.composition.validation.field_set_rules import checked_field_set, codes, never_external

_CODES = codes("REQUIRES")


def check_requires(facts: SubgraphFacts, report: Report) -> None:
    """Report invalid requires."""
    for definition, field, directive, on in facts.selections_of("requires"):
        at = f"{definition.name}.{field.name}"
        if definition.kind is Kind.INTERFACE:
            message = f'@requires can not be used on "{at}", a field of an interface.'
            report.error("REQUIRES_UNSUPPORTED_ON_INTERFACE", message, subgraphs=[facts.name], at=at)
        field_set = checked_field_set(facts, directive, on=on, at=at, codes=_CODES, report=report)
        for selected in never_external(facts, field_set or ()):
            message = (
                f'"{at}" requires "{selected.coordinate}", which this subgraph resolves itself: it is not external.'
            )
            at_both = (at, selected.coordinate)
            report.error("REQUIRES_FIELDS_MISSING_EXTERNAL", message, subgraphs=[facts.name], at=at_both)
