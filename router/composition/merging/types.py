"""Named types of several subgraphs → those of the supergraph, each by the rules of its kind."""

from __future__ import annotations

from collections.abc import Sequence

from router.composition.errors import Report
from router.composition.facts import SubgraphFacts
from router.composition.federation_spec import FEDERATION_1
from router.composition.merging.arguments import InputMerger
from router.composition.merging.elements import DirectiveMerger, merge_description
from router.composition.merging.fields import FieldMerger
from router.composition.model import ROOTS, Kind, TypeDefinition
from router.composition.supergraph import JoinType, MergedType


class TypeMerger:
    """Merges named types; the values of enums apart, which depend on how the merged types use them."""

    def __init__(
        self,
        *,
        fields: FieldMerger,
        inputs: InputMerger,
        directives: DirectiveMerger,
        report: Report,
    ) -> None:
        self._fields = fields
        self._inputs = inputs
        self._directives = directives
        self._report = report

    def merge(self, name: str, facts: Sequence[SubgraphFacts]) -> MergedType | None:
        """Merge one type; None when the report says why that can not be."""
        owners = [(one, definition) for one in facts if (definition := one.type(name)) is not None]
        kind = self._kind(name, owners)
        if kind is None:
            return None
        self._check_base(name, owners)
        elements = [(one.name, definition) for one, definition in owners]
        has_fields = kind in {Kind.OBJECT, Kind.INTERFACE}
        holders = [(one.subgraph, definition) for one, definition in owners]
        # Every subgraph can be entered at its query, whether or not it declares fields of its own there.
        field_owners = list(facts) if name == "Query" else [one for one, _ in owners]
        return MergedType(
            kind=kind,
            name=name,
            description=merge_description(elements, at=name, report=self._report),
            directives=self._directives.merge(elements, at=name),
            joins=tuple(join for one in field_owners for join in _join_types(one, name)),
            implements=tuple(
                (one.subgraph.graph, interface) for one, definition in owners for interface in definition.interfaces
            ),
            fields=self._fields.merge(name, field_owners) if has_fields else {},
            inputs=self._inputs.merge_input_type(holders, name=name) if kind is Kind.INPUT else {},
            members=tuple((one.subgraph.graph, member) for one, definition in owners for member in definition.members),
        )

    def _kind(self, name: str, owners: Sequence[tuple[SubgraphFacts, TypeDefinition]]) -> Kind | None:
        kinds: dict[Kind, list[str]] = {}
        for one, definition in owners:
            kind = Kind.INTERFACE if definition.is_interface_object else definition.kind
            kinds.setdefault(kind, []).append(one.name)
        names = [one.name for one, _ in owners]
        if len(kinds) > 1:
            told = " and ".join(f"{kind.value} in {', '.join(graphs)}" for kind, graphs in kinds.items())
            self._report.error("TYPE_KIND_MISMATCH", f'"{name}" is {told}.', subgraphs=names, at=name)
            return None
        if all(definition.is_interface_object for _, definition in owners):
            message = f'"{name}" is an interface object, and no subgraph has it as an interface.'
            self._report.error("INTERFACE_OBJECT_USAGE_ERROR", message, subgraphs=names, at=name)
            return None
        return next(iter(kinds))

    def _check_base(self, name: str, owners: Sequence[tuple[SubgraphFacts, TypeDefinition]]) -> None:
        if name not in ROOTS and all(definition.extension for _, definition in owners):
            names = [one.name for one, _ in owners]
            message = f'"{name}" is extended in {", ".join(names)}, and no subgraph defines it.'
            self._report.error("EXTENSION_WITH_NO_BASE", message, subgraphs=names, at=name)


def _join_types(one: SubgraphFacts, name: str) -> list[JoinType]:
    graph = one.subgraph.graph
    definition = one.type(name)
    if definition is None:
        return [JoinType(graph=graph)]
    keys = one.keys.get(name, ())
    # In federation 1 every stub extends, so that it says nothing there.
    says_extension = one.subgraph.version > FEDERATION_1
    is_interface_object = definition.is_interface_object
    if not keys:
        return [JoinType(graph=graph, is_interface_object=is_interface_object)]
    return [
        JoinType(
            graph=graph,
            key=key.text,
            extension=says_extension and key.in_extension,
            resolvable=key.resolvable,
            is_interface_object=is_interface_object,
        )
        for key in keys
    ]
