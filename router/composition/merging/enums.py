"""Enums: all values where they are answers, the common ones where they are inputs, equal ones where they are both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from router.composition.errors import Report
from router.composition.merging.elements import DirectiveMerger, merge_description
from router.composition.model import Element, Subgraph, TypeDefinition
from router.composition.supergraph import DirectiveDefinition, MergedType, MergedValue
from router.composition.type_ref import named_type


@dataclass(frozen=True, slots=True)
class Usage:
    """The named types that occur in answers, and those that occur in inputs."""

    outputs: frozenset[str]
    inputs: frozenset[str]


def usage(
    types: Iterable[MergedType], subgraphs: Iterable[Subgraph], directives: Iterable[DirectiveDefinition]
) -> Usage:
    """Find how types are used.

    An argument that the supergraph leaves out uses none. A field of an input does, though some subgraph lacks it:
    Apollo's composition counts so, and refuses the enums that this decides.
    """
    definitions = list(types)
    fields = [field for definition in definitions for field in definition.fields.values()]
    arguments = [argument for field in fields for argument in field.arguments.values()]
    arguments += [argument for directive in directives for argument in directive.arguments]
    inputs = [value for subgraph in subgraphs for other in subgraph.types.values() for value in other.inputs.values()]
    return Usage(
        outputs=frozenset(field.type_name for field in fields),
        inputs=frozenset(named_type(value.type) for value in arguments) | {named_type(value.type) for value in inputs},
    )


class EnumMerger:
    """Merges enums by their use."""

    def __init__(self, uses: Usage, directives: DirectiveMerger, report: Report) -> None:
        self._uses = uses
        self._directives = directives
        self._report = report

    def merge(self, owners: Sequence[tuple[Subgraph, TypeDefinition]], *, name: str) -> dict[str, MergedValue]:
        """Give the values of the supergraph's enum."""
        if name not in self._uses.inputs | self._uses.outputs:
            self._report.hint("UNUSED_ENUM_TYPE", f'Nothing uses the enum "{name}".', at=name)
        by_name: dict[str, list[tuple[Subgraph, Element]]] = {}
        for subgraph, definition in owners:
            for value in definition.values.values():
                by_name.setdefault(value.name, []).append((subgraph, value))
        merged = {value.name: value for value in self._values(by_name, owners, name)}
        if not merged:
            message = f'No value of "{name}" is in all of its subgraphs, so that none is left.'
            names = [owner.name for owner, _ in owners]
            self._report.error("EMPTY_MERGED_ENUM_TYPE", message, subgraphs=names, at=name)
        return merged

    def _values(
        self,
        by_name: dict[str, list[tuple[Subgraph, Element]]],
        owners: Sequence[tuple[Subgraph, TypeDefinition]],
        name: str,
    ) -> Iterator[MergedValue]:
        for value, sources in by_name.items():
            at = f"{name}.{value}"
            elements = [(subgraph.name, element) for subgraph, element in sources]
            having = {subgraph.name for subgraph, _ in sources}
            missing = [owner.name for owner, _ in owners if owner.name not in having]
            hidden = any(element.has("inaccessible") for _, element in sources)
            if missing and not hidden and not self._stays(value, name, having, missing):
                continue
            yield MergedValue(
                name=value,
                description=merge_description(elements, at=at, report=self._report),
                directives=self._directives.merge(elements, at=at),
                graphs=tuple(subgraph.graph for subgraph, _ in sources),
            )

    def _stays(self, value: str, name: str, having: set[str], missing: list[str]) -> bool:
        """Decide about a value that some subgraphs lack."""
        at = f"{name}.{value}"
        told = f'"{value}" of "{name}" is in {", ".join(sorted(having))} and not in {", ".join(missing)}'
        as_input, as_output = name in self._uses.inputs, name in self._uses.outputs
        if as_input and as_output:
            message = (
                f'{told}, and "{name}" is used in answers and in inputs: its values have to be the same everywhere.'
            )
            self._report.error("ENUM_VALUE_MISMATCH", message, subgraphs=[*having, *missing], at=at)
            return True
        if as_input:
            message = f"{told}: the supergraph has it not, as it is used in inputs."
            self._report.hint("INCONSISTENT_ENUM_VALUE_FOR_INPUT_ENUM", message, subgraphs=missing, at=at)
            return False
        message = f"{told}: the supergraph has it, as it is used in answers only."
        self._report.hint("INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM", message, subgraphs=missing, at=at)
        return True
