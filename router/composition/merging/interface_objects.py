"""`@interfaceObject` between subgraphs: the fields it lends, and the places where it can not stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.merging.overriding import Overrides
from router.composition.merging.sharing import Owner, check_sharing
from router.composition.model import Kind, TypeDefinition
from router.composition.supergraph import JoinField, MergedField, MergedType


class InterfaceObjects:
    """Which interface objects stand for which types of the supergraph."""

    def __init__(self, facts: Sequence[SubgraphFacts]) -> None:
        self._facts = facts
        self._interfaces: dict[str, dict[str, None]] = {}
        for one in facts:
            for definition in one.subgraph.types.values():
                names = self._interfaces.setdefault(definition.name, {})
                names.update(dict.fromkeys(definition.interfaces))

    def lenders(self, type_name: str, field: str) -> list[Owner]:
        """Give the interface objects with a field, in the subgraphs that do not have the type itself."""
        return [
            (one, interface)
            for one in self._facts
            if one.type(type_name) is None
            for interface in self._interfaces.get(type_name, ())
            if (definition := one.type(interface)) is not None
            and definition.is_interface_object
            and field in definition.fields
        ]

    def has(self, interface: str, field: str) -> bool:
        """Tell whether some interface object resolves a field of an interface."""
        return any(
            definition.is_interface_object and field in definition.fields and not one.is_external(interface, field)
            for one in self._facts
            if (definition := one.type(interface)) is not None
        )


def lend_fields(
    types: dict[str, MergedType], objects: InterfaceObjects, *, overrides: Overrides, report: Report
) -> dict[str, MergedType]:
    """Give each implementation the fields that interface objects have for it, without a subgraph of their own."""
    lent = dict(types)
    for definition in types.values():
        if definition.kind is not Kind.OBJECT:
            continue
        fields = dict(definition.fields)
        for interface in definition.interfaces:
            declared = types[interface].fields if interface in types else {}
            for field in declared.values():
                if field.name not in fields and objects.has(interface, field.name):
                    fields[field.name] = _lent(field)
                    lenders = objects.lenders(definition.name, field.name)
                    at = {"type_name": definition.name, "field": field.name}
                    check_sharing(lenders, **at, overrides=overrides, report=report)
        lent[definition.name] = replace(definition, fields=fields)
    return lent


def _lent(field: MergedField) -> MergedField:
    return replace(field, joins=(JoinField(),))


def check_interface_objects(types: dict[str, MergedType], facts: Sequence[SubgraphFacts], report: Report) -> None:
    """Report interface objects beside implementations, and interface keys where implementations are missing."""
    for interface in types.values():
        if interface.kind is not Kind.INTERFACE:
            continue
        implementations = {
            other.name for other in types.values() if other.kind is Kind.OBJECT and interface.name in other.interfaces
        }
        for one in facts:
            own = one.type(interface.name)
            if own is not None:
                _check(one, own, implementations, report)


def _check(one: SubgraphFacts, own: TypeDefinition, implementations: set[str], report: Report) -> None:
    beside = sorted(implementations & set(one.subgraph.types))
    if own.is_interface_object and beside:
        message = f'"{own.name}" is an interface object beside its implementation "{beside[0]}".'
        report.error("INTERFACE_OBJECT_USAGE_ERROR", message, subgraphs=[one.name], at=(own.name, *beside))
    missing = sorted(implementations - one.subgraph.possible_types(own.name))
    resolvable = any(key.resolvable for key in one.keys.get(own.name, ()))
    if own.kind is Kind.INTERFACE and resolvable and missing:
        message = f'"{own.name}" has a key here, and lacks the implementation {", ".join(missing)}.'
        code = "INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE"
        report.error(code, message, subgraphs=[one.name], at=(own.name, *missing))
