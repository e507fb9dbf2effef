"""`@override`: what can be said about it without the other subgraphs."""

from __future__ import annotations

import re

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.model import Directive, Kind, TypeDefinition

_LABEL = re.compile(r"^[A-Za-z][A-Za-z0-9_\-:./]*$")
_PERCENT = re.compile(r"^percent\((\d{1,2}(\.\d{1,8})?|100(\.0{1,8})?)\)$")


def check_overrides(facts: SubgraphFacts, report: Report) -> None:
    """Report overrides that can not be."""
    for definition in facts.subgraph.types.values():
        for field in definition.fields.values():
            for directive in field.applied("override"):
                _check(facts, definition, f"{definition.name}.{field.name}", directive, report)
                if field.has("external"):
                    at = f"{definition.name}.{field.name}"
                    message = f'"{at}" is external here: what this subgraph does not resolve it can not take over.'
                    code = "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE"
                    report.error(code, message, subgraphs=[facts.name], at=at)


def _check(facts: SubgraphFacts, definition: TypeDefinition, at: str, directive: Directive, report: Report) -> None:
    if definition.kind is Kind.INTERFACE:
        message = f'"{at}" is a field of an interface, which nobody resolves: it can not be overridden.'
        report.error("OVERRIDE_ON_INTERFACE", message, subgraphs=[facts.name], at=at)
    if directive.text("from") == facts.name:
        message = f'"{at}" overrides the field of its own subgraph.'
        report.error("OVERRIDE_FROM_SELF_ERROR", message, subgraphs=[facts.name], at=at)
    label = directive.value("label")
    if isinstance(label, str) and not (_LABEL.match(label) or _PERCENT.match(label)):
        message = f'"{label}" is no label for the override of "{at}".'
        report.error("OVERRIDE_LABEL_INVALID", message, subgraphs=[facts.name], at=at)
