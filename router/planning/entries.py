"""Stage 5, choose: entity jumps, with the representations that they need, and the positions below a field."""

from __future__ import annotations

from typing import Protocol

from graphql import SelectionSetNode
from graphql.language import OperationType

from router.errors import PlanningError
from router.planning.contexts import setter_of
from router.planning.fetch_tree import Entry, EntryContext, FetchNode, Group
from router.planning.field_sets import FieldSets
from router.planning.places import TYPENAME
from router.planning.plan import Conditions, RepresentationField, RepresentationObject
from router.planning.positions import Handle, Position, Resolution
from router.planning.query_graph import QueryGraph, Source
from router.planning.selections import SelectedField, Selection
from router.planning.unresolvable import unresolvable
from router.planning.ways import Way, Ways
from router.supergraph import ContextArgument, FieldSet, JoinField

__all__ = ["EntryMaker", "united"]


class Needs(Protocol):
    """What jumping needs from choosing."""

    def need(self, position: Position, selected: SelectedField, conditions: Conditions) -> list[Resolution]:
        """Have a field fetched at a position."""
        ...

    def typename(self, position: Position) -> Group | None:
        """Have the true `__typename` fetched at a position."""
        ...

    def add_group(self, group: Group) -> None:
        """Take up a request."""
        ...


class EntryMaker:
    """Makes the requests that start below the root."""

    def __init__(self, graph: QueryGraph, ways: Ways, needs: Needs, field_sets: FieldSets) -> None:
        self._graph = graph
        self._ways = ways
        self._needs = needs
        self._field_sets = field_sets

    def jump(self, position: Position, subgraph: str, way: Way, conditions: Conditions) -> Handle:
        """Enter a subgraph at an entity by a key, or at a root type that was reached again (rule 12)."""
        if way.entry is None:
            raise PlanningError(f"no way leads to {position.type_name} in the subgraph {subgraph}")
        if way.key is None:
            return self._reenter(position, subgraph, way.entry)
        return self._enter(position, subgraph, way.entry, way.key, None, conditions)

    def required(self, position: Position, name: str, source: Source, conditions: Conditions) -> Handle:
        """Enter a subgraph for a field with inputs: always anew (rule 13).

        What it requires is in the representation; what it takes from contexts comes in variables.
        """
        best = self._ways.best_key(position, source)
        if best is None:
            raise unresolvable(self._graph, self._ways, position, name)
        mark = (source.subgraph, source.field.inputs)
        known = position.required.get(mark)
        if known is None:
            entry = source.interface or position.type_name
            known = self._enter(position, source.subgraph, entry, best[0], source.field, conditions)
            position.required[mark] = known
            self._ways.changed()
        return known

    def _reenter(self, position: Position, subgraph: str, entry: str) -> Handle:
        above = next(iter((position.origin or position).direct.values())).group
        group = Group(subgraph, OperationType.QUERY, {above}, path=position.path(self._graph), level=above.level + 1)
        group.root = FetchNode(entry)
        self._needs.add_group(group)
        return Handle(group, group.root)

    def _enter(
        self,
        position: Position,
        subgraph: str,
        entry: str,
        key: FieldSet,
        computed: JoinField | None,
        conditions: Conditions,
    ) -> Handle:
        inputs: list[Resolution] = []
        keyed = position.origin or position
        fields = self._fields(keyed, key.selection, conditions, inputs, required=True)
        if computed is not None and computed.requires is not None:
            extra = self._fields(position, computed.requires.selection, conditions, inputs, required=False)
            fields = united(fields, extra)
        taken = computed.contexts if computed is not None else ()
        setters: set[Group] = set()
        contexts = tuple(self._context(position, argument, conditions, inputs, setters) for argument in taken)
        needs = {item.handle.group for item in inputs} | self._typenames(position) | setters
        if not needs:
            needs = {handle.group for handle in (*keyed.wide.direct.values(), *keyed.jumped.values())}
        node = FetchNode(entry)
        mark = (subgraph, frozenset(needs))
        group = position.wide.entered.get(mark) if not contexts else None
        if group is None:
            group = Group(subgraph, OperationType.QUERY, needs, level=1 + max(item.level for item in needs))
            if not contexts:
                position.wide.entered[mark] = group
            self._needs.add_group(group)
        group.entries.append(Entry(position.path(self._graph), entry, key.text, fields, node, contexts))
        self._ways.forget(position)
        return Handle(group, node, tuple(inputs), conditions)

    def _context(
        self,
        position: Position,
        argument: ContextArgument,
        conditions: Conditions,
        inputs: list[Resolution],
        setters: set[Group],
    ) -> EntryContext:
        """Have an argument's value fetched at the object further up that sets its context."""
        setter = setter_of(self._graph, position, argument.context)
        if setter is None:
            raise PlanningError(f"no object above {position.type_name} sets the context {argument.context} here")
        if (group := self._needs.typename(setter)) is not None:
            setters.add(group)
        selection = self._field_sets.selection(setter.type_name, argument.selection.selection)
        value = self._object(setter, selection, conditions, inputs, required=False)
        return EntryContext(argument.name, argument.type.text, len(setter.path(self._graph)), value)

    def _typenames(self, position: Position) -> set[Group]:
        """Have `__typename` wherever the way to a position is for some types only, and before a position's own type."""
        groups: set[Group] = set()
        current: Position | None = position
        while current is not None and current.wide.parent is not None:
            wide = current.wide
            above = wide.parent
            if current.base is not None and (group := self._needs.typename(current)) is not None:
                groups.add(group)
            if above is not None and above.base is None and wide.via is not None and above.parent is not None:
                conditional = wide.entry_types != self._graph.possible(above.type_name)
                if conditional and (group := self._needs.typename(above)) is not None:
                    groups.add(group)
            current = above
        return groups

    # ---- field sets ---------------------------------------------------------------------------------------------
    def _fields(
        self,
        position: Position,
        node: SelectionSetNode,
        conditions: Conditions,
        inputs: list[Resolution],
        *,
        required: bool,
    ) -> tuple[RepresentationField, ...]:
        selection = self._field_sets.selection(position.type_name, node)
        return self._object(position, selection, conditions, inputs, required=required).fields

    def _object(
        self,
        position: Position,
        selection: Selection,
        conditions: Conditions,
        inputs: list[Resolution],
        *,
        required: bool,
    ) -> RepresentationObject:
        fields: list[RepresentationField] = []
        abstract = self._graph.is_abstract(position.type_name)
        with_typename = False
        for selected in selection.fields:
            if selected.name == TYPENAME:
                with_typename = True
                self._needs.typename(position)
                continue
            partial = abstract and not position.types <= selected.types
            found = self._needs.need(position, selected, conditions)
            if partial or len(found) > 1:
                self._needs.typename(position)
            inner: dict[Position, RepresentationObject] = {}
            for item in found:
                inputs.append(item)
                below = None
                if item.child is not None and selected.selection is not None:
                    below = inner.get(item.child)
                    if below is None:
                        below = self._object(item.child, selected.selection, conditions, inputs, required=required)
                        inner[item.child] = below
                types = item.fetched.types if partial or len(found) > 1 else None
                fields.append(RepresentationField(selected.name, item.fetched.key, below, types, required))
        typename = None if abstract else position.type_name
        return RepresentationObject(_joined(fields), typename if with_typename else None, with_typename)


def united(
    key: tuple[RepresentationField, ...], extra: tuple[RepresentationField, ...]
) -> tuple[RepresentationField, ...]:
    """Add required fields to a key's; a field of both carries what both want, and stays required."""
    fields = {(item.name, item.source, item.types): item for item in key}
    for item in extra:
        mark = (item.name, item.source, item.types)
        known = fields.get(mark)
        if known is None:
            fields[mark] = item
        elif known.selection is not None and item.selection is not None:
            both = RepresentationObject(
                united(known.selection.fields, item.selection.fields),
                known.selection.typename or item.selection.typename,
                known.selection.with_typename or item.selection.with_typename,
            )
            fields[mark] = RepresentationField(item.name, item.source, both, item.types, known.required)
    return tuple(fields.values())


def _joined(fields: list[RepresentationField]) -> tuple[RepresentationField, ...]:
    """Join fields that differ only in their types."""
    types: dict[tuple[str, str, RepresentationObject | None, bool], frozenset[str] | None] = {}
    for item in fields:
        mark = (item.name, item.source, item.selection, item.required)
        known = types.get(mark, frozenset())
        types[mark] = None if known is None or item.types is None else known | item.types
    return tuple(
        RepresentationField(name, source, selection, kinds, required)
        for (name, source, selection, required), kinds in types.items()
    )
