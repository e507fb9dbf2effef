"""Several subgraphs → one supergraph: `merge` puts the rules for each sort of element together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.merging.arguments import InputMerger
from router.composition.merging.definitions import composed_directives, executable_directives
from router.composition.merging.elements import DirectiveMerger
from router.composition.merging.enums import EnumMerger, usage
from router.composition.merging.fields import FieldMerger
from router.composition.merging.inconsistencies import hint_at_inconsistencies
from router.composition.merging.interface_objects import InterfaceObjects, check_interface_objects, lend_fields
from router.composition.merging.naming import check_names_of_imports
from router.composition.merging.overriding import Overrides
from router.composition.merging.references import Subtypes
from router.composition.merging.rights import spread_rights
from router.composition.merging.types import TypeMerger
from router.composition.model import Element, Kind
from router.composition.supergraph import Graph, MergedSupergraph, MergedType

__all__ = ["Overrides", "merge"]


def merge(facts: Sequence[SubgraphFacts], report: Report) -> tuple[MergedSupergraph, Overrides]:
    """Merge the subgraphs, in their order; what can not be merged is reported and left out.

    Raises:
        CompositionFailed: the directives that are to be composed can not be.
    """
    subgraphs = [one.subgraph for one in facts]
    composed = composed_directives(subgraphs, report)
    check_names_of_imports(subgraphs, report)
    repeatable = frozenset(f"@{name}" for name, one in composed.definitions.items() if one.repeatable)
    directives = DirectiveMerger({f"@{name}": by for name, by in composed.by.items()}, repeatable, report)
    report.stop_on_errors()
    subtypes = Subtypes(subgraphs)
    objects = InterfaceObjects(facts)
    overrides = Overrides(facts, report)
    inputs = InputMerger(subtypes, directives, report)
    types = TypeMerger(
        fields=FieldMerger(subtypes, inputs, directives, overrides, objects, report),
        inputs=inputs,
        directives=directives,
        report=report,
    )
    merged: dict[str, MergedType] = {}
    for name in dict.fromkeys(name for subgraph in subgraphs for name in subgraph.types):
        definition = types.merge(name, facts)
        if definition is not None:
            merged[name] = definition
    enums = EnumMerger(usage(merged.values(), subgraphs, composed.definitions.values()), directives, report)
    for name, definition in merged.items():
        if definition.kind is Kind.ENUM:
            holders = [(subgraph, subgraph.types[name]) for subgraph in subgraphs if name in subgraph.types]
            merged[name] = replace(definition, values=enums.merge(holders, name=name))
    check_interface_objects(merged, facts, report)
    hint_at_inconsistencies(merged.values(), facts, objects, report)
    schema = [(one.name, Element(name="schema", directives=one.subgraph.schema_directives)) for one in facts]
    supergraph = MergedSupergraph(
        graphs=tuple(Graph(subgraph.graph, subgraph.name, subgraph.url) for subgraph in subgraphs),
        types=spread_rights(lend_fields(merged, objects, overrides=overrides, report=report), facts, report),
        directives={**executable_directives(subgraphs, inputs, report), **composed.definitions},
        links=composed.links,
        schema=Element(name="schema", directives=directives.merge(schema, at="schema")),
    )
    return supergraph, overrides
