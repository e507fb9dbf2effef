"""`@provides`: on fields of composite types, of fields that are external here."""

from __future__ import annotations

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.model import COMPOSITE, Kind
from router.composition.validation.field_set_rules import checked_field_set, codes, never_external, with_arguments

_CODES = codes("PROVIDES")


def check_provides(facts: SubgraphFacts, report: Report) -> None:
    """Report invalid provides."""
    for definition, field, directive, on in facts.selections_of("provides"):
        at = f"{definition.name}.{field.name}"
        target = facts.type(on)
        if definition.kind is Kind.INTERFACE:
            message = f'@provides can not be used on "{at}", a field of an interface.'
            report.error("PROVIDES_UNSUPPORTED_ON_INTERFACE", message, subgraphs=[facts.name], at=at)
        if target is None or target.kind not in COMPOSITE:
            message = f'@provides can not be used on "{at}", whose type "{field.type}" has no fields.'
            report.error("PROVIDES_ON_NON_OBJECT_FIELD", message, subgraphs=[facts.name], at=at)
            continue
        field_set = checked_field_set(facts, directive, on=on, at=at, codes=_CODES, report=report)
        if field_set is None:
            continue
        for selected in with_arguments(facts, field_set):
            message = f'"{at}" provides "{selected.coordinate}", which has arguments.'
            report.error("PROVIDES_FIELDS_HAS_ARGS", message, subgraphs=[facts.name], at=(at, selected.coordinate))
        for selected in never_external(facts, field_set):
            message = (
                f'"{at}" provides "{selected.coordinate}", which this subgraph resolves anyway: it is not external.'
            )
            at_both = (at, selected.coordinate)
            report.error("PROVIDES_FIELDS_MISSING_EXTERNAL", message, subgraphs=[facts.name], at=at_both)
