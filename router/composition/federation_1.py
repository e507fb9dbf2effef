"""Subgraphs of federation 1 → what they mean in federation 2, where sharing is said and stubs are resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.federation_spec import FEDERATION_1
from router.composition.model import ROOTS, Directive, Field, Kind, Subgraph, TypeDefinition


def upgraded(subgraphs: Sequence[Subgraph], report: Report) -> list[Subgraph]:
    """Give the subgraphs with those of federation 1 rewritten; the others as they are.

    Raises:
        CompositionFailed: one of federation 1 extends what no subgraph defines (EXTENSION_WITH_NO_BASE), or has a
            type that is used and comes out empty (TYPE_WITH_ONLY_UNUSED_EXTERNAL).
    """
    defined = {one.name for subgraph in subgraphs for one in subgraph.types.values() if not one.extension}
    for subgraph in subgraphs:
        for name, definition in subgraph.types.items():
            stub = definition.extension and definition.kind in {Kind.OBJECT, Kind.INTERFACE}
            if subgraph.version == FEDERATION_1 and stub and name not in {*defined, *ROOTS}:
                message = f'"{name}" is extended in {subgraph.name}, and no subgraph defines it.'
                report.error("EXTENSION_WITH_NO_BASE", message, subgraphs=[subgraph.name], at=name)
    report.stop_on_errors()
    found = [
        _upgraded(subgraph, [other for other in subgraphs if other is not subgraph], report)
        if subgraph.version == FEDERATION_1
        else subgraph
        for subgraph in subgraphs
    ]
    report.stop_on_errors()
    return found


def _upgraded(subgraph: Subgraph, others: Sequence[Subgraph], report: Report) -> Subgraph:
    facts = SubgraphFacts(subgraph)
    types = {
        definition.name: _upgraded_type(facts, definition, others)
        if definition.kind in {Kind.OBJECT, Kind.INTERFACE}
        else definition
        for definition in subgraph.types.values()
    }
    emptied = {name for name, definition in types.items() if subgraph.types[name].fields and not definition.fields}
    for name in sorted(emptied & _referenced(types.values())):
        message = f'"{name}" has external fields alone, and nothing uses any of them.'
        report.error("TYPE_WITH_ONLY_UNUSED_EXTERNAL", message, subgraphs=[subgraph.name], at=name)
    return replace(subgraph, types={name: one for name, one in types.items() if name not in emptied})


def _referenced(types: Iterable[TypeDefinition]) -> set[str]:
    return {
        name
        for definition in types
        for name in (*definition.members, *(field.type_name for field in definition.fields.values()))
    }


def _upgraded_type(facts: SubgraphFacts, definition: TypeDefinition, others: Sequence[Subgraph]) -> TypeDefinition:
    # Federation 1 knows no external field that nothing uses, and no external field of an interface.
    is_interface = definition.kind is Kind.INTERFACE
    fields: Mapping[str, Field] = {
        field.name: field
        for field in definition.fields.values()
        if is_interface or not field.has("external") or f"{definition.name}.{field.name}" in facts.used
    }
    return replace(
        definition,
        directives=tuple(directive for directive in definition.directives if directive.name != "extends")
        if not is_interface
        else tuple(directive for directive in definition.directives if directive.name != "key"),
        fields={name: _upgraded_field(facts, definition, field, others) for name, field in fields.items()},
    )


def _upgraded_field(
    facts: SubgraphFacts, definition: TypeDefinition, field: Field, others: Sequence[Subgraph]
) -> Field:
    is_interface = definition.kind is Kind.INTERFACE
    directives = field.directives
    if is_interface or not facts.is_external(definition.name, field.name):
        directives = tuple(directive for directive in directives if directive.name != "external")
        shared = any(
            field.name in other.types[definition.name].fields for other in others if definition.name in other.types
        )
        if shared and not is_interface and definition.name != "Subscription":
            directives += (Directive("shareable", {}),)
    return replace(field, directives=directives)
