"""`@override` between subgraphs: who takes which field from whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.model import Directive, Field, TypeDefinition

_EXCLUSIVE = ("provides", "requires")


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
        source = self._by_name.get(name)
        if source is None:
            message = f'"{at}" in {by.name} overrides "{name}", and there is no such subgraph.'
            self._report.hint("FROM_SUBGRAPH_DOES_NOT_EXIST", message, subgraphs=[by.name], at=at)
            return
        taken = source.field(definition.name, field.name)
        if taken is None or source is by:
            message = f'"{at}" is not in {name} any more: its override can be removed.'
            self._report.hint("OVERRIDE_DIRECTIVE_CAN_BE_REMOVED", message, subgraphs=[by.name], at=at)
            return
        if taken.has("override"):
            message = f'"{at}" in {by.name} overrides {name}, where the field overrides another one.'
            self._report.error("OVERRIDE_SOURCE_HAS_OVERRIDE", message, subgraphs=[by.name, name], at=at)
        self._check_collision(by, source, definition.name, taken)
        if not source.is_external(definition.name, field.name):
            label = directive.value("label")
            self._found[name, at] = Override(by.name, name, label if isinstance(label, str) else None)
            self._hint(source, at, label)

    def _check_collision(self, by: SubgraphFacts, source: SubgraphFacts, type_name: str, taken: Field) -> None:
        at = f"{type_name}.{taken.name}"
        code = "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE"
        used = [name for name in _EXCLUSIVE if taken.has(name)]
        if any((definition := one.type(type_name)) and definition.is_interface_object for one in (by, source)):
            used.append("interfaceObject")
        for name in used:
            message = f'"{at}" in {by.name} overrides {source.name}, where @{name} is applied.'
            self._report.error(code, message, subgraphs=[by.name, source.name], at=at)

    def _hint(self, source: SubgraphFacts, at: str, label: object) -> None:
        if label is not None:
            message = f'"{at}" moves away from {source.name} step by step: remove it there once all of it has moved.'
            self._report.hint("OVERRIDE_MIGRATION_IN_PROGRESS", message, subgraphs=[source.name], at=at)
        elif at in source.used:
            message = f'"{at}" in {source.name} is overridden; mark it as external there, as it is still used.'
            self._report.hint("OVERRIDDEN_FIELD_CAN_BE_REMOVED", message, subgraphs=[source.name], at=at)
        else:
            message = f'"{at}" in {source.name} is overridden: it can be removed there.'
            self._report.hint("OVERRIDDEN_FIELD_CAN_BE_REMOVED", message, subgraphs=[source.name], at=at)


def _applied(facts: SubgraphFacts) -> Iterator[tuple[TypeDefinition, Field, Directive]]:
    for definition in facts.subgraph.types.values():
        for field in definition.fields.values():
            for directive in field.applied("override"):
                yield definition, field, directive
