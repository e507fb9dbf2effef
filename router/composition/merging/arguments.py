"""Arguments and input fields: only what every subgraph accepts, in the narrowest type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from router.composition.errors import Report
from router.composition.merging.elements import DirectiveMerger, merge_description
from router.composition.merging.references import Subtypes, merge_default, told
from router.composition.model import InputValue, Subgraph, TypeDefinition
from router.composition.supergraph import JoinField, MergedInput
from router.composition.type_ref import NonNull

InputSource = tuple[Subgraph, InputValue]


@dataclass(frozen=True, slots=True)
class InputCodes:
    """The codes for one sort of input value."""

    type_mismatch: str
    type_hint: str
    default_mismatch: str
    missing: str


ARGUMENT = InputCodes(
    "FIELD_ARGUMENT_TYPE_MISMATCH",
    "INCONSISTENT_BUT_COMPATIBLE_ARGUMENT_TYPE",
    "FIELD_ARGUMENT_DEFAULT_MISMATCH",
    "REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH",
)
INPUT_FIELD = InputCodes(
    "FIELD_TYPE_MISMATCH",
    "INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE",
    "INPUT_FIELD_DEFAULT_MISMATCH",
    "REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH",
)


class InputMerger:
    """Merges arguments and input fields."""

    def __init__(self, subtypes: Subtypes, directives: DirectiveMerger, report: Report) -> None:
        self._subtypes = subtypes
        self._directives = directives
        self._report = report

    def merge_arguments(
        self, owners: Sequence[tuple[Subgraph, Sequence[InputValue]]], *, at: str
    ) -> dict[str, MergedInput]:
        """Merge the arguments of one field; an optional one that a subgraph lacks is left out."""
        by_name = _by_name(owners)
        merged: dict[str, MergedInput] = {}
        for name, sources in by_name.items():
            coordinate = f"{at}({name}:)"
            missing = [owner.name for owner, _ in owners if owner.name not in {source.name for source, _ in sources}]
            if not missing:
                merged[name] = self._merge(name, sources, at=coordinate, codes=ARGUMENT)
            elif not self._refused(sources, missing, at=coordinate, codes=ARGUMENT):
                message = f'"{coordinate}" is optional and missing in {", ".join(missing)}: the supergraph has it not.'
                self._report.hint("INCONSISTENT_ARGUMENT_PRESENCE", message, subgraphs=missing, at=coordinate)
        return merged

    def merge_input_type(
        self, owners: Sequence[tuple[Subgraph, TypeDefinition]], *, name: str
    ) -> dict[str, MergedInput]:
        """Merge the fields of an input type; hidden ones stay though a subgraph lacks them, no client can send them."""
        merged: dict[str, MergedInput] = {}
        fields = _by_name([(owner, list(definition.inputs.values())) for owner, definition in owners])
        for field, sources in fields.items():
            coordinate = f"{name}.{field}"
            having = {source.name for source, _ in sources}
            missing = [owner.name for owner, _ in owners if owner.name not in having]
            hidden = any(value.has("inaccessible") for _, value in sources)
            if missing and not hidden:
                if not self._refused(sources, missing, at=coordinate, codes=INPUT_FIELD):
                    message = f'"{coordinate}" is missing in {", ".join(missing)}: the supergraph has it not.'
                    self._report.hint("INCONSISTENT_INPUT_OBJECT_FIELD", message, subgraphs=missing, at=coordinate)
                continue
            value = self._merge(field, sources, at=coordinate, codes=INPUT_FIELD)
            merged[field] = replace(value, joins=_joins(sources, value, everywhere=not missing))
        if fields and not merged:
            names = [owner.name for owner, _ in owners]
            message = f'No field of "{name}" is in all of its subgraphs, so that none is left.'
            self._report.error("EMPTY_MERGED_INPUT_TYPE", message, subgraphs=names, at=name)
        return merged

    def _refused(self, sources: Sequence[InputSource], missing: list[str], *, at: str, codes: InputCodes) -> bool:
        demanding = [
            subgraph.name for subgraph, value in sources if isinstance(value.type, NonNull) and value.default is None
        ]
        if demanding:
            message = f'"{at}" is required in {", ".join(demanding)} and missing in {", ".join(missing)}.'
            self._report.error(codes.missing, message, subgraphs=demanding + missing, at=at)
        return bool(demanding)

    def _merge(self, name: str, sources: Sequence[InputSource], *, at: str, codes: InputCodes) -> MergedInput:
        references = [(subgraph.name, value.type) for subgraph, value in sources]
        ref = self._subtypes.narrowest([ref for _, ref in references])
        if ref is None:
            message = f'"{at}" has the type {told(references)}, and no value fits all.'
            self._report.error(codes.type_mismatch, message, subgraphs=[graph for graph, _ in references], at=at)
            ref = references[0][1]
        elif any(other != ref for _, other in references):
            message = f'"{at}" has the type {told(references)}; the supergraph takes "{ref}".'
            self._report.hint(codes.type_hint, message, subgraphs=[graph for graph, _ in references], at=at)
        defaults = {subgraph.name: value.default for subgraph, value in sources}
        elements = [(subgraph.name, value) for subgraph, value in sources]
        return MergedInput(
            name=name,
            description=merge_description(elements, at=at, report=self._report),
            directives=self._directives.merge(elements, at=at),
            type=ref,
            default=merge_default(defaults, at=at, code=codes.default_mismatch, report=self._report),
        )


def _by_name(owners: Sequence[tuple[Subgraph, Sequence[InputValue]]]) -> dict[str, list[InputSource]]:
    found: dict[str, list[InputSource]] = {}
    for subgraph, values in owners:
        for value in values:
            found.setdefault(value.name, []).append((subgraph, value))
    return found


def _joins(sources: Sequence[InputSource], merged: MergedInput, *, everywhere: bool) -> tuple[JoinField, ...]:
    types_differ = any(value.type != merged.type for _, value in sources)
    if everywhere and not types_differ:
        return ()
    return tuple(
        JoinField(graph=subgraph.graph, type=str(value.type) if types_differ else None) for subgraph, value in sources
    )
