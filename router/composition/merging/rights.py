"""Rights on implementations count for their interfaces as well: who selects on the interface needs all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.federation_spec import AUTHORIZATION
from router.composition.merging.elements import Source, merge_rights
from router.composition.model import Directive, Element, Kind
from router.composition.supergraph import MergedType


def spread_rights(
    types: Mapping[str, MergedType], facts: Sequence[SubgraphFacts], report: Report
) -> dict[str, MergedType]:
    """Give the types with the rights that interfaces get from implementations, and these from interface objects."""
    if not any(element.has(name) for element in _elements(facts) for name in AUTHORIZATION):
        return dict(types)
    spreading = _Spreading(types, facts, report)
    return {name: spreading.spread(definition) for name, definition in types.items()}


def _elements(facts: Sequence[SubgraphFacts]) -> Iterator[Element]:
    for one in facts:
        for definition in one.subgraph.types.values():
            yield definition
            yield from definition.fields.values()


class _Spreading:
    """Finds for each type whose rights count for it."""

    def __init__(self, types: Mapping[str, MergedType], facts: Sequence[SubgraphFacts], report: Report) -> None:
        self._types = types
        self._facts = facts
        self._report = report

    def _implementations(self, interface: str) -> list[str]:
        return [
            other.name for other in self._types.values() if other.kind is Kind.OBJECT and interface in other.interfaces
        ]

    def spread(self, merged: MergedType) -> MergedType:
        """Give one type with all the rights that count for it."""
        if merged.kind is Kind.INTERFACE:
            names = self._implementations(merged.name)
            objects = {other for name in names for other in self._types[name].interfaces} - {merged.name}
            own = [(one.name, found) for one in self._facts for name in names if (found := one.type(name)) is not None]
            merged = replace(merged, directives=self._merged(merged, own, at=merged.name))
        elif merged.kind is Kind.OBJECT:
            names, objects = [], set(merged.interfaces)
        else:
            return merged
        fields = {
            field.name: replace(
                field,
                directives=self._merged(
                    field, list(self._sources(field.name, names, objects)), at=f"{merged.name}.{field.name}"
                ),
            )
            for field in merged.fields.values()
        }
        return replace(merged, fields=fields)

    def _merged(self, element: Element, others: Sequence[Source], *, at: str) -> tuple[Directive, ...]:
        for name in AUTHORIZATION:
            applied = [(graph, one) for graph, other in others for one in other.applied(name)]
            if len({one.canonical for _, one in applied}) > 1:
                message = f'@{name} on "{at}" is merged from what several elements demand.'
                code = "MERGED_NON_REPEATABLE_DIRECTIVE_ARGUMENTS"
                self._report.hint(code, message, subgraphs=[graph for graph, _ in applied], at=at)
        return merge_rights(element.directives, others)

    def _sources(self, field: str, names: Sequence[str], objects: set[str]) -> Iterator[Source]:
        for one in self._facts:
            for name in (*names, *sorted(objects)):
                definition = one.type(name)
                found = one.field(name, field)
                if definition is None or found is None or one.is_external(name, field):
                    continue
                if name in names or definition.is_interface_object:
                    yield one.name, found
