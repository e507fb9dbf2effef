"""Positions: the objects that an operation visits, who can stand there, and what has been fetched there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

from router.planning.fetch_tree import FetchField, FetchNode, Group
from router.planning.places import Place
from router.planning.plan import ALWAYS, Conditions, FlattenSegment, KeySegment, PathSegment, TypeSegment
from router.planning.query_graph import QueryGraph
from router.planning.selections import SelectedField

__all__ = ["Handle", "Position", "Resolution"]


@dataclass(slots=True, eq=False)
class Handle:
    """A subgraph standing at a position: fields can be added to `node`, and come with the group's answer.

    Attributes:
        inputs: what the group's representations at this very position are made from.
        conditions: under which those inputs are fetched.
    """

    group: Group
    node: FetchNode
    inputs: tuple[Resolution, ...] = ()
    conditions: Conditions = ALWAYS


@dataclass(slots=True, eq=False)
class Resolution:
    """A field with the subgraph that was chosen for it. `child` is the position below a composite field."""

    subgraph: str
    handle: Handle
    fetched: FetchField
    child: Position | None = None


@dataclass(slots=True, eq=False)
class Position:
    """An object's position, for all the concrete types that its objects can have or (narrowed) for one of them.

    Attributes:
        types: the concrete types at issue; what some source cannot return is left out (rule 21).
        sources: the subgraphs that can stand here without an entity jump of this very position.
        via, via_types, via_key, via_conditions: the field that leads here from `parent`, for which of its types, under
            which internal key and conditions.
        own_types: the type that each subgraph's own schema gives this position, as seen from its parent.
        provided: what @provides makes resolvable here, by subgraph, for those that came down the providing field.
        base: the wider position that this one narrows.
        direct: subgraphs that stand here by coming down the fields.
        jumped: subgraphs that stand here by an entity jump of this position.
        entered: requests made for concrete types of this position, by subgraph and needs: all types share them.
        shared_children: positions below a field that several concrete types have alike.
        shared: it is one of those.
        origin: for what is deferred, the position with the data that came before: keys are taken from there.
        required: groups that compute @requires fields here, by subgraph and requirement.
    """

    type_name: str
    types: frozenset[str]
    place: Place
    sources: tuple[str, ...]
    parent: Position | None = None
    via: SelectedField | None = None
    via_types: frozenset[str] = frozenset()
    via_key: str = ""
    via_conditions: Conditions = ALWAYS
    own_types: dict[str, str] = field(default_factory=dict)
    base: Position | None = None
    provided: dict[str, tuple[SelectionSetNode, ...]] = field(default_factory=dict)
    direct: dict[str, Handle] = field(default_factory=dict)
    jumped: dict[str, Handle] = field(default_factory=dict)
    required: dict[tuple[str, str], Handle] = field(default_factory=dict)
    resolved: dict[str, list[Resolution]] = field(default_factory=dict)
    children: dict[tuple[str, frozenset[str]], Position] = field(default_factory=dict)
    narrowed: dict[str, Position] = field(default_factory=dict)
    entered: dict[tuple[str, frozenset[Group]], Group] = field(default_factory=dict)
    shared_children: dict[tuple[object, ...], Position] = field(default_factory=dict)
    shared: bool = False
    origin: Position | None = None
    typename_needed: bool = False

    @property
    def wide(self) -> Position:
        """The position itself, or the one that it narrows."""
        return self.base if self.base is not None else self

    @property
    def entry_types(self) -> frozenset[str]:
        """The parent's types whose objects have this position below them."""
        if self.shared or self.via is None:
            return self.via_types
        return self.via.types

    def likeness(self, selected: SelectedField, handle: Handle) -> tuple[object, ...]:
        """Give what has to be equal for this new position to be the same one as that below another concrete type."""
        provided = tuple((name, tuple(id(item) for item in items)) for name, items in sorted(self.provided.items()))
        own_types = tuple(sorted(self.own_types.items()))
        return id(selected), id(handle.group), self.via_key, self.type_name, self.types, own_types, provided

    def keys(self) -> tuple[str, ...]:
        """Give the internal keys that lead here, with the type where the position is narrowed: a name for choices."""
        found: list[str] = []
        position: Position | None = self
        while position is not None:
            if position.base is not None:
                found.append(f"<{position.type_name}>")
            if position.via_key:
                found.append(position.via_key)
            position = position.parent
        return tuple(reversed(found))

    def restrict(self, subgraph: str, graph: QueryGraph) -> None:
        """Leave one subgraph only that comes down the fields: below a mutation field there is no second way."""
        self.sources = tuple(name for name in self.sources if name == subgraph)
        self.types = graph.possible(self.type_name) & self.members(subgraph, graph)

    def later(self) -> Position:
        """Give the same position for what is deferred: nobody stands there yet, and entity jumps alone lead there."""
        if self.parent is None:
            return Position(self.type_name, self.types, self.place, self.sources)
        return Position(
            self.type_name,
            self.types,
            self.place,
            sources=(),
            parent=self.parent,
            via=self.via,
            via_types=self.via_types,
            via_key=self.via_key,
            via_conditions=self.via_conditions,
            own_types=self.own_types,
            shared=self.shared,
            origin=self,
        )

    def known(self, key: str) -> Iterator[Resolution]:
        """Give what has been chosen under a key here, for all types, or before what is deferred."""
        position: Position | None = self
        while position is not None:
            yield from position.resolved.get(key, ())
            if position.base is not None:
                yield from position.base.resolved.get(key, ())
            position = position.origin

    def narrow(self, concrete: str, graph: QueryGraph) -> Position:
        """Give the same position for objects of one concrete type."""
        found = self.narrowed.get(concrete)
        if found is None:
            standing = tuple(name for name in self.sources if concrete in self.members(name, graph))
            found = Position(
                concrete,
                frozenset({concrete}),
                self.place,
                standing,
                parent=self.parent,
                via=self.via,
                base=self,
                provided=self.provided,
                own_types=self.own_types,
                origin=None if self.origin is None else self.origin.narrow(concrete, graph),
            )
            self.narrowed[concrete] = found
        return found

    def members(self, subgraph: str, graph: QueryGraph) -> frozenset[str]:
        """Name the concrete types that the subgraph can return here."""
        return graph.members(subgraph, self.own_types.get(subgraph, self.type_name))

    def standing(self, subgraph: str, graph: QueryGraph) -> Handle | None:
        """Give the handle of a subgraph that stands here already."""
        found = self.direct.get(subgraph) or self.jumped.get(subgraph)
        if found is None and self.base is not None:
            found = self.base.direct.get(subgraph) or self.base.jumped.get(subgraph)
            if found is not None and self.type_name not in graph.members(subgraph, found.node.type_name):
                return None
        return found

    def standing_direct(self, subgraph: str, graph: QueryGraph) -> Handle | None:
        """As `standing`, but only where the subgraph came down the fields: there @provides counts (rule 18)."""
        found = self.direct.get(subgraph)
        if found is None and self.base is not None:
            found = self.base.direct.get(subgraph)
            if found is not None and self.type_name not in graph.members(subgraph, found.node.type_name):
                return None
        return found

    def provides(
        self, subgraph: str, concrete: str, name: str, graph: QueryGraph
    ) -> tuple[SelectionSetNode, ...] | None:
        """Give what a @provides says of a field here: the selections below it, or None where it says nothing."""
        found: list[SelectionSetNode] = []
        known = False
        for selection in self.provided.get(subgraph, ()):
            for node in _fields_for(selection, concrete, graph):
                if node.name.value == name:
                    known = True
                    if node.selection_set is not None:
                        found.append(node.selection_set)
        return tuple(found) if known else None

    def path(self, graph: QueryGraph) -> tuple[PathSegment, ...]:
        """Give the way from the root, with a type condition wherever the way is only for some types."""
        segments: list[PathSegment] = []
        position: Position | None = self
        while position is not None:
            if position.base is not None:
                segments.append(TypeSegment(position.types))
                position = position.base
            if position.parent is None or position.via is None:
                break
            if position.via.type.list_depth:
                segments.append(FlattenSegment(position.via.type.list_depth))
            segments.append(KeySegment(position.via_key))
            types = position.entry_types
            position = position.parent
            if position.base is None and types != graph.possible(position.type_name):
                segments.append(TypeSegment(types))
        segments.reverse()
        return tuple(segments)


def _fields_for(selection: SelectionSetNode, concrete: str, graph: QueryGraph) -> Iterator[FieldNode]:
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            if condition is None or concrete in graph.possible(condition.name.value):
                yield from _fields_for(node.selection_set, concrete, graph)
