"""`@interfaceObject`: what can be said about it without the interface."""

from __future__ import annotations

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts


def check_interface_objects(facts: SubgraphFacts, report: Report) -> None:
    """Report interface objects without a key."""
    for definition in facts.subgraph.types.values():
        if definition.is_interface_object and not definition.has("key"):
            message = f'"{definition.name}" is an interface object without a key.'
            report.error("INTERFACE_OBJECT_USAGE_ERROR", message, subgraphs=[facts.name], at=definition.name)
