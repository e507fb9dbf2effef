"""What composes though the subgraphs do not say the same: hints about types, by the names of Apollo's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.merging.interface_objects import InterfaceObjects
from router.composition.model import ROOTS, Kind, TypeDefinition
from router.composition.supergraph import MergedType

Source = tuple[SubgraphFacts, TypeDefinition]


def hint_at_inconsistencies(
    types: Iterable[MergedType], facts: Sequence[SubgraphFacts], objects: InterfaceObjects, report: Report
) -> None:
    """Note each type that some subgraphs have with other keys, fields or members than the rest."""
    hinter = _Hinter(objects, report)
    for merged in types:
        sources = [(one, definition) for one in facts if (definition := one.type(merged.name)) is not None]
        match merged.kind:
            case Kind.OBJECT:
                hinter.object(merged, sources)
            case Kind.INTERFACE:
                hinter.interface(merged, sources)
            case Kind.UNION:
                hinter.union(merged, sources)
            case _:
                pass


class _Hinter:
    """The hints for each kind of type."""

    def __init__(self, objects: InterfaceObjects, report: Report) -> None:
        self._objects = objects
        self._report = report

    def object(self, merged: MergedType, sources: Sequence[Source]) -> None:
        """Note entities without a key somewhere, and value types whose fields differ."""
        without = [one.name for one, definition in sources if not definition.has("key")]
        if len(without) < len(sources):
            if without:
                message = f'"{merged.name}" has a key in some subgraphs, and none in {", ".join(without)}.'
                self._report.hint("INCONSISTENT_ENTITY", message, subgraphs=without, at=merged.name)
        elif merged.name not in ROOTS:
            self._fields("INCONSISTENT_OBJECT_VALUE_TYPE_FIELD", merged, sources)

    def interface(self, merged: MergedType, sources: Sequence[Source]) -> None:
        """Note interfaces without a key whose fields differ."""
        if not any(definition.kind is Kind.INTERFACE and definition.has("key") for _, definition in sources):
            self._fields("INCONSISTENT_INTERFACE_VALUE_TYPE_FIELD", merged, sources)

    def _fields(self, code: str, merged: MergedType, sources: Sequence[Source]) -> None:
        for field in merged.fields:
            if merged.kind is Kind.INTERFACE and self._objects.has(merged.name, field):
                continue
            without = [
                one.name
                for one, definition in sources
                if field not in definition.fields
                and not definition.is_interface_object
                and not all(one.is_external(merged.name, name) for name in definition.fields)
            ]
            if without:
                at = f"{merged.name}.{field}"
                message = f'"{at}" is missing in {", ".join(without)}.'
                self._report.hint(code, message, subgraphs=without, at=at)

    def union(self, merged: MergedType, sources: Sequence[Source]) -> None:
        """Note unions whose members differ."""
        for member in merged.member_types:
            without = [one.name for one, definition in sources if member not in definition.members]
            if without:
                message = f'"{merged.name}" is without its member "{member}" in {", ".join(without)}.'
                self._report.hint("INCONSISTENT_UNION_MEMBER", message, subgraphs=without, at=merged.name)
