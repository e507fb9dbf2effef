"""`@override` between subgraphs: who takes which field from whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.model import Directive, Field, Kind, TypeDefinition

_EXCLUSIVE = ("requires", "provides")
_LABEL = re.compile(r"^[A-Za-z][A-Za-z0-9_\-:./]*$")
_PERCENT = re.compile(r"^percent\((\d{1,2}(\.\d{1,8})?|100)\)$")


@dataclass(frozen=True, slots=True)
class Override:
    """One field taken over.

    Attributes:
        by: the subgraph that takes it.
        source: the subgraph that loses it.
        label: the condition under which it does; None for always.
    """

    by: str
    source: str
    label: str | None


class Overrides:
    """All the overrides that have an effect."""

    def __init__(self, facts: Sequence[SubgraphFacts], report: Report) -> None:
        self._by_name = {one.name: one for one in facts}
        self._report = report
        self._found: dict[tuple[str, str], Override] = {}
        self._interfaces: dict[str, set[str]] = {}
        for one in facts:
            for definition in one.subgraph.types.values():
                self._interfaces.setdefault(definition.name, set()).update(definition.interfaces)
        for one in facts:
            for definition, field, directive in _applied(one):
                self._add(one, definition, field, directive)

    def of(self, subgraph: str, type_name: str, field: str) -> Override | None:
        """Give the override that takes a field away from a subgraph."""
        return self._found.get((subgraph, f"{type_name}.{field}"))

    def by(self, subgraph: str, type_name: str, field: str) -> Override | None:
        """Give the override by which a subgraph takes a field from another one."""
        at = f"{type_name}.{field}"
        return next((one for (_, other), one in self._found.items() if other == at and one.by == subgraph), None)

    def labels(self) -> frozenset[str]:
        """Give the labels of all progressive overrides."""
        return frozenset(override.label for override in self._found.values() if override.label is not None)

    def unknown_source(self, subgraph: SubgraphFacts, type_name: str, field: str) -> str | None:
        """Give the name of a subgraph that an override names and nobody knows."""
        definition = subgraph.field(type_name, field)
        for directive in definition.applied("override") if definition is not None else ():
            if directive.text("from") not in self._by_name:
                return directive.text("from")
        return None

    def _add(self, by: SubgraphFacts, definition: TypeDefinition, field: Field, directive: Directive) -> None:
        at = f"{definition.name}.{field.name}"
        name = directive.text("from")
        if definition.kind is Kind.INTERFACE:
            message = f'"{at}" is a field of an interface, which nobody resolves: it can not be overridden.'
            self._report.error("OVERRIDE_ON_INTERFACE", message, subgraphs=[by.name], at=at)
        elif definition.is_interface_object:
            message = f'"{at}" is a field of an interface object, and those can not be overridden.'
            self._report.error("OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE", message, subgraphs=[by.name], at=at)
        elif name not in self._by_name:
            message = f'"{at}" in {by.name} overrides "{name}", and there is no such subgraph.'
            self._report.hint("FROM_SUBGRAPH_DOES_NOT_EXIST", message, subgraphs=[by.name], at=at)
        elif name == by.name:
            message = f'"{at}" overrides the field of its own subgraph.'
            self._report.error("OVERRIDE_FROM_SELF_ERROR", message, subgraphs=[by.name], at=at)
        else:
            self._take(by, self._by_name[name], definition, field, directive)

    def _take(
        self, by: SubgraphFacts, source: SubgraphFacts, definition: TypeDefinition, field: Field, directive: Directive
    ) -> None:
        at = f"{definition.name}.{field.name}"
        taken = source.field(definition.name, field.name)
        if taken is None:
            self._take_nothing(by, source, definition.name, field.name)
            return
        if taken.has("override"):
            message = f'"{at}" in {by.name} overrides {source.name}, where the field overrides another one.'
            self._report.error("OVERRIDE_SOURCE_HAS_OVERRIDE", message, subgraphs=[by.name, source.name], at=at)
            return
        collision = next((name for name in _EXCLUSIVE if taken.has(name)), None)
        if collision is not None or by.is_external(definition.name, field.name):
            where = f"{source.name}, where @{collision}" if collision else f"{source.name}, and here @external"
            message = f'"{at}" in {by.name} overrides {where} is applied.'
            code = "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE"
            self._report.error(code, message, subgraphs=[by.name, source.name], at=at)
            return
        label = directive.text("label") or None
        if label is not None and not (_LABEL.match(label) or _PERCENT.match(label)):
            message = f'"{label}" is no label for the override of "{at}".'
            self._report.error("OVERRIDE_LABEL_INVALID", message, subgraphs=[by.name], at=at)
        if not source.is_external(definition.name, field.name):
            self._found[source.name, at] = Override(by.name, source.name, label)
        self._hint(by, source, definition.name, field.name, label=label)

    def _take_nothing(self, by: SubgraphFacts, source: SubgraphFacts, type_name: str, field: str) -> None:
        at = f"{type_name}.{field}"
        lenders = [
            name
            for name in sorted(self._interfaces.get(type_name, ()))
            if source.type(type_name) is None
            and (interface := source.type(name)) is not None
            and interface.is_interface_object
            and field in interface.fields
        ]
        if lenders:
            message = f'"{at}" in {by.name} overrides {source.name}, which has it by the interface object {lenders[0]}.'
            code = "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE"
            self._report.error(code, message, subgraphs=[by.name, source.name], at=at)
        else:
            message = f'"{at}" is not in {source.name} any more: its override can be removed.'
            self._report.hint("OVERRIDE_DIRECTIVE_CAN_BE_REMOVED", message, subgraphs=[by.name], at=at)

    def _hint(self, by: SubgraphFacts, source: SubgraphFacts, type_name: str, field: str, *, label: str | None) -> None:
        at = f"{type_name}.{field}"
        if source.is_external(type_name, field):
            message = f'"{at}" is external in {source.name}, which does not resolve it: the override can be removed.'
            self._report.hint("OVERRIDE_DIRECTIVE_CAN_BE_REMOVED", message, subgraphs=[by.name], at=at)
        elif label is None and at in source.used:
            message = f'"{at}" in {source.name} is overridden; mark it as external there, as it is still used.'
            self._report.hint("OVERRIDDEN_FIELD_CAN_BE_REMOVED", message, subgraphs=[source.name], at=at)
        elif label is None:
            message = f'"{at}" in {source.name} is overridden: it can be removed there.'
            self._report.hint("OVERRIDDEN_FIELD_CAN_BE_REMOVED", message, subgraphs=[source.name], at=at)
        if label is not None:
            message = f'"{at}" moves away from {source.name} step by step: remove it there once all of it has moved.'
            self._report.hint("OVERRIDE_MIGRATION_IN_PROGRESS", message, subgraphs=[source.name], at=at)


def _applied(facts: SubgraphFacts) -> Iterator[tuple[TypeDefinition, Field, Directive]]:
    for definition in facts.subgraph.types.values():
        for field in definition.fields.values():
            for directive in field.applied("override"):
                yield definition, field, directive
