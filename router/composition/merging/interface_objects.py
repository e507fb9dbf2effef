"""`@interfaceObject` between subgraphs: the fields it lends, and the places where it can not stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.merging.overriding import Overrides
from router.composition.merging.sharing import check_sharing
from router.composition.model import Kind
from router.composition.supergraph import JoinField, MergedField, MergedType


def lend_fields(
    types: dict[str, MergedType], facts: Sequence[SubgraphFacts], *, overrides: Overrides, report: Report
) -> dict[str, MergedType]:
    """Give each implementation the fields that interface objects have for it, without a subgraph of their own."""
    lent = dict(types)
    for interface in types.values():
        lenders = [one for one in facts if (own := one.type(interface.name)) and own.is_interface_object]
        if interface.kind is not Kind.INTERFACE or not lenders:
            continue
        names = dict.fromkeys(
            field for one in lenders for field in one.subgraph.types[interface.name].fields if field in interface.fields
        )
        for definition in types.values():
            if interface.name not in definition.interfaces:
                continue
            fields = dict(lent[definition.name].fields)
            for name in names:
                if name not in fields:
                    fields[name] = _lent(interface.fields[name])
                elif definition.kind is Kind.OBJECT:
                    owners = [(one, definition.name) for one in facts] + [(one, interface.name) for one in lenders]
                    check_sharing(owners, type_name=definition.name, field=name, overrides=overrides, report=report)
            lent[definition.name] = replace(lent[definition.name], fields=fields)
    return lent


def _lent(field: MergedField) -> MergedField:
    return replace(field, joins=(JoinField(),))


def check_interface_objects(types: dict[str, MergedType], facts: Sequence[SubgraphFacts], report: Report) -> None:
    """Report interface objects beside implementations, and interface keys where implementations are missing."""
    for interface in types.values():
        if interface.kind is not Kind.INTERFACE:
            continue
        implementations = {
            other.name: other
            for other in types.values()
            if other.kind is Kind.OBJECT and interface.name in other.interfaces
        }
        for one in facts:
            own = one.type(interface.name)
            if own is None:
                continue
            beside = sorted(set(implementations) & set(one.subgraph.types))
            if own.is_interface_object and beside:
                message = f'"{interface.name}" is an interface object beside its implementation "{beside[0]}".'
                at = (interface.name, *beside)
                report.error("INTERFACE_OBJECT_USAGE_ERROR", message, subgraphs=[one.name], at=at)
            missing = sorted(set(implementations) - one.subgraph.possible_types(interface.name))
            if own.kind is Kind.INTERFACE and own.has("key") and missing:
                message = f'"{interface.name}" has a key here, and lacks the implementation {", ".join(missing)}.'
                at = (interface.name, *missing)
                report.error("INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE", message, subgraphs=[one.name], at=at)
