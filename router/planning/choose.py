"""Stage 5, choose: a subgraph for every field, scarcest first, by what it costs beyond what is planned already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphql.language import OperationType

from router.errors import PlanningError
from router.planning.candidates import Candidate, Candidates
from router.planning.children import Children
from router.planning.conditions import either, implies
from router.planning.deferral import DeferralFailed, DeferredSelection
from router.planning.effort import Effort
from router.planning.entries import EntryMaker
from router.planning.estimate import Estimate
from router.planning.fetch_tree import FetchField, FetchNode, Group
from router.planning.field_sets import FieldSets
from router.planning.outlook import Outlook
from router.planning.places import TYPENAME
from router.planning.plan import ALWAYS, Conditions
from router.planning.positions import Handle, Position, Resolution
from router.planning.query_graph import QueryGraph, Source
from router.planning.reach import Reach
from router.planning.selections import INTROSPECTION, SelectedField, Selection, needs_true_type
from router.planning.unresolvable import unresolvable
from router.planning.ways import Cost, Ways

__all__ = ["Choice", "Chooser", "Draft", "Preferences"]

Preferences = Mapping[tuple[str, ...], str]
"""Which subgraph to take for the field at a path, where it is a candidate."""

_LAST = 1 << 30  # the order of fields that the client did not ask for


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a field, among what."""

    path: tuple[str, ...]
    subgraph: str
    candidates: tuple[tuple[str, Cost], ...]


@dataclass(slots=True)
class Draft:
    """The outcome of choosing: the requests, the positions they fill, and every field's candidates.

    `later` are the positions that what is deferred has of its own.
    """

    root: Position
    groups: list[Group]
    choices: list[Choice] = field(default_factory=list)
    later: list[Position] = field(default_factory=list)


class Chooser:
    """Chooses for one operation; used once."""

    def __init__(
        self,
        graph: QueryGraph,
        reach: Reach,
        estimate: Estimate,
        *,
        field_sets: FieldSets,
        operation: OperationType,
        preferences: Preferences,
        effort: Effort,
    ) -> None:
        self._graph = graph
        self._effort = effort
        self._operation = operation
        self._preferences = preferences
        self._ways = Ways(graph, reach, effort)
        self._candidates = Candidates(graph, self._ways, estimate)
        self._outlook = Outlook(graph, reach)
        self._children = Children(graph, reach, self._ways)
        self._entries = EntryMaker(graph, self._ways, self, field_sets)
        self._groups: list[Group] = []
        self._choices: list[Choice] = []
        self._waiting: list[tuple[Position, Selection]] = []
        self._entering: set[tuple[int, str]] = set()  # the jumps whose keys are being looked for
        self._visited: dict[int, list[Position]] = {}  # by selection
        self._later: list[Position] = []  # kept, as costs are remembered by identity
        self._delivery = 0  # what is being chosen for

    def run(
        self,
        root: Position,
        selection: Selection,
        deferred: Sequence[DeferredSelection] = (),
        together: frozenset[int] = frozenset(),
    ) -> Draft:
        """Choose for a whole operation.

        Args:
            root: the position of the root object.
            selection: what is selected there and comes first.
            deferred: what comes later.
            together: deliveries that may share the requests of what comes before them.

        Raises:
            PlanningError: some field cannot be had from anywhere (rule 23).
            DeferralFailed: what comes later cannot be had by requests of its own.
        """
        if self._operation is OperationType.QUERY:
            self._waiting.append((root, selection))
        else:
            self._ways.fixed_root = True
            self._serial(root, selection)
        self._run_waiting()
        for part in deferred:
            self._delivery = part.delivery
            try:
                self._choose_later(part, together=part.delivery in together)
            except PlanningError as error:
                if error.code != PlanningError.code:
                    raise
                raise DeferralFailed(part.delivery) from error
        self._ask_typenames()
        return Draft(root, self._groups, self._choices, self._later)

    def _run_waiting(self) -> None:
        while self._waiting:
            position, selection = self._waiting.pop()
            self._visited.setdefault(id(selection), []).append(position)
            self._select(position, selection)

    # ---- what is deferred ---------------------------------------------------------------------------------------
    def _choose_later(self, part: DeferredSelection, *, together: bool) -> None:
        """Choose for what comes later: by entity jumps of its own, so that what comes first is asked for no more.

        What no jump brings comes with the data before it, and so do a key's fields: those are asked for anyway.
        """
        for position in self._visited.get(id(part.anchor), ()):
            later = position if together else position.later()
            self._later.append(later)
            if position.parent is not None and _tells_types_apart(part.selection, self._graph):
                self.typename(position)
            for selected in sorted(part.selection.fields, key=lambda item: self._scarcity(position, item)):
                if selected.name == TYPENAME:
                    self._select_typename(position, selected)
                elif selected.name not in INTROSPECTION:
                    where = later if self._candidates.come_later(position, later, selected) else position
                    self._descend(selected, self.need(where, selected, selected.conditions))
            self._run_waiting()

    def _serve(self, handle: Handle) -> None:
        if self._delivery:
            handle.group.serves.add(self._delivery)

    # ---- the client's selection ---------------------------------------------------------------------------------
    def _select(self, position: Position, selection: Selection) -> None:
        if position.parent is not None and _tells_types_apart(selection, self._graph):
            self.typename(position)
        for selected in sorted(selection.fields, key=lambda item: self._scarcity(position, item)):
            if selected.name == TYPENAME:
                self._select_typename(position, selected)
            elif selected.name not in INTROSPECTION:
                self._descend(selected, self.need(position, selected, selected.conditions))

    def _scarcity(self, position: Position, selected: SelectedField) -> tuple[int, int]:
        if selected.name == TYPENAME or selected.name in INTROSPECTION:
            return 0, selected.index
        some = min(selected.types & position.types, default=None)
        return (len(self._graph.sources(some, selected.name)) if some else 0), selected.index

    def _descend(self, selected: SelectedField, resolutions: list[Resolution]) -> None:
        children = dict.fromkeys(item.child for item in resolutions if item.child is not None)
        if selected.selection is not None:
            self._waiting += [(child, selected.selection) for child in children]

    def _select_typename(self, position: Position, selected: SelectedField) -> None:
        if position.parent is None:
            return
        if self._graph.is_abstract(position.type_name):
            self.typename(position)
        for subgraph, handle in position.direct.items():
            if not self._graph.is_interface_object(subgraph, handle.node.type_name):
                arguments = TYPENAME, TYPENAME, (), "", selected.types, selected.conditions, selected.index
                handle.node.add(FetchField(*arguments))
                break

    # ---- mutations and subscriptions ----------------------------------------------------------------------------
    def _serial(self, root: Position, selection: Selection) -> None:
        """Give each root field to one subgraph, in order; neighbours of one subgraph share a request (rule 11)."""
        last: Group | None = None
        for selected in selection.fields:
            if selected.name == TYPENAME or selected.name in INTROSPECTION:
                continue
            sources = self._graph.sources(root.type_name, selected.name)
            costs = [(self._candidates.below(root, selected, source), 1) for source in sources]
            ranked = [Candidate(source, cost, provided=False) for source, cost in zip(sources, costs, strict=True)]
            chosen = self._choose(root, selected, ranked)
            if last is None or last.subgraph != chosen.source.subgraph:
                sequence = 1 if last is None else last.sequence + 1
                last = Group(chosen.source.subgraph, self._operation, root=FetchNode(root.type_name), sequence=sequence)
                self.add_group(last)
            root.sources = (last.subgraph,)
            root.direct = {last.subgraph: Handle(last, last.root or FetchNode(root.type_name))}
            handle = root.direct[last.subgraph]
            resolution = self._emit(root, selected, selected.types, chosen.source, handle, selected.conditions)
            self._descend(selected, [resolution])

    # ---- one field ----------------------------------------------------------------------------------------------
    def need(self, position: Position, selected: SelectedField, conditions: Conditions) -> list[Resolution]:
        """Have a field fetched at a position, and say from where: once, or once for each concrete type.

        Raises:
            PlanningError: it cannot be had.
        """
        self._effort.spend(1)
        types = selected.types & position.types
        if not types:
            return []
        known = self._known(position, selected, types, conditions)
        if known is not None:
            return [known]
        if position.base is None and self._graph.is_abstract(position.type_name):
            candidates = self._candidates.uniform(position, selected, types)
            if not candidates or self._outlook.parts_serve_more(position, selected, types):
                if position.parent is not None:
                    self.typename_before_narrowing(position)
                parts = [position.narrow(concrete, self._graph) for concrete in sorted(types)]
                return [item for part in parts for item in self.need(part, selected, conditions)]
        else:
            candidates = self._candidates.of_one_type(position, selected)
        chosen = self._choose(position, selected, candidates)
        return [self._resolve(position, selected, types, chosen, conditions)]

    def _known(
        self, position: Position, selected: SelectedField, types: frozenset[str], conditions: Conditions
    ) -> Resolution | None:
        for item in position.known(self._key(position, selected)):
            fetched = item.fetched
            same = fetched.name == selected.name and fetched.argument_text == selected.argument_text
            if same and types <= fetched.types:
                fetched.conditions = either(fetched.conditions, conditions)
                if selected.key:
                    fetched.order = min(fetched.order, selected.index)
                if item.child is not None:
                    item.child.via_conditions = either(item.child.via_conditions, conditions)
                self._widen(item.handle, conditions)
                self._serve(item.handle)
                return item
        return None

    def _key(self, position: Position, selected: SelectedField) -> str:
        if selected.key:
            return selected.key
        return position.place.key_for(
            preferred=selected.name,
            name=selected.name,
            arguments=selected.argument_text,
            types=selected.types & position.types,
            shapes=selected.shapes,
        )

    # ---- choosing --------------------------------------------------------------------------------------------------
    def _choose(self, position: Position, selected: SelectedField, candidates: list[Candidate]) -> Candidate:
        if not candidates:
            raise unresolvable(self._graph, self._ways, position, selected.name)
        ranked = sorted(candidates, key=self._rank)
        chosen = ranked[0]
        if len(ranked) > 1:
            path = (*position.keys(), self._key(position, selected))
            preferred = self._preferences.get(path)
            if (id(position), preferred) not in self._entering:
                chosen = next((item for item in ranked if item.source.subgraph == preferred), chosen)
            listed = tuple((item.source.subgraph, item.cost) for item in ranked)
            self._choices.append(Choice(path, chosen.source.subgraph, listed))
        return chosen

    def _rank(self, item: Candidate) -> tuple[object, ...]:
        """At equal numbers of requests an implementation's own field comes before an interface object's (rule 32)."""
        of_interface = item.source.interface is not None
        return item.cost[0], of_interface, item.cost[1], self._graph.order[item.source.subgraph]

    # ---- resolving ----------------------------------------------------------------------------------------------
    def _resolve(
        self,
        position: Position,
        selected: SelectedField,
        types: frozenset[str],
        chosen: Candidate,
        conditions: Conditions,
    ) -> Resolution:
        source = chosen.source
        if chosen.provided:
            handle = self.reach_direct(position, source.subgraph)
        elif source.field.computed:
            handle = self._entries.required(position, selected.name, source, conditions)
            self._widen(handle, conditions)
        else:
            handle = self.reach(position, source.subgraph, conditions)
        return self._emit(position, selected, types, source, handle, conditions)

    def _emit(
        self,
        position: Position,
        selected: SelectedField,
        types: frozenset[str],
        source: Source,
        handle: Handle,
        conditions: Conditions,
        *,
        bridge: bool = False,
    ) -> Resolution:
        key = self._key(position, selected)
        composite = selected.selection is not None
        fetched = handle.node.add(
            FetchField(
                key,
                selected.name,
                selected.arguments,
                selected.argument_text,
                types,
                conditions,
                selected.index if selected.key else _LAST,
                FetchNode(source.field.type.named) if composite else None,
                bridge,
                tuple(argument.name for argument in source.field.contexts),
            )
        )
        self._serve(handle)
        resolution = Resolution(source.subgraph, handle, fetched)
        if fetched.child is not None:
            serial = position.parent is None and self._operation is not OperationType.QUERY
            child = self._children.below(
                position, selected, types, key=key, handle=handle, only=source.subgraph if serial else None
            )
            child.via_conditions = fetched.conditions
            standing = child.direct.setdefault(source.subgraph, Handle(handle.group, fetched.child))
            if child.shared:
                fetched.child = standing.node
            self._ways.forget(child)
            resolution.child = child
        position.resolved.setdefault(key, []).append(resolution)
        return resolution

    # ---- standing -----------------------------------------------------------------------------------------------
    def reach(self, position: Position, subgraph: str, conditions: Conditions) -> Handle:
        """Get a subgraph to stand at a position, in the cheapest way there is."""
        standing = position.standing(subgraph, self._graph)
        if standing is not None:
            self._widen(standing, conditions)
            return standing
        way = self._ways.at(position).get(subgraph)
        if way is None:
            raise PlanningError(f"no way leads to {position.type_name} in the subgraph {subgraph}")
        if way.entry is None:
            return self.reach_direct(position, subgraph)
        mark = (id(position), subgraph)
        if mark in self._entering:
            raise PlanningError(f"no way leads to {position.type_name} in the subgraph {subgraph}")
        self._entering.add(mark)
        handle = self._entries.jump(position, subgraph, way, conditions)
        self._entering.discard(mark)
        position.jumped[subgraph] = handle
        self._ways.forget(position)
        return handle

    def reach_direct(self, position: Position, subgraph: str) -> Handle:
        """Get a subgraph to come down the fields to a position, starting where it stands or at the root (rule 8)."""
        standing = position.standing_direct(subgraph, self._graph)
        if standing is not None:
            return standing
        wide = position.wide
        if wide.parent is None or wide.via is None:
            group = Group(subgraph, self._operation, root=FetchNode(wide.type_name))
            self.add_group(group)
            wide.direct[subgraph] = Handle(group, group.root or FetchNode(wide.type_name))
            return wide.direct[subgraph]
        concrete = min(wide.via_types)
        source = self._ways.source(wide.parent, concrete, wide.via.name, subgraph)
        if source is None:
            raise PlanningError(f"no way leads to {position.type_name} in the subgraph {subgraph}")
        plain = any(item.subgraph == subgraph for item in self._graph.sources(concrete, wide.via.name))
        conditions = wide.via_conditions
        above = self.reach(wide.parent, subgraph, conditions) if plain else self.reach_direct(wide.parent, subgraph)
        self._emit(wide.parent, wide.via, wide.via_types, source, above, conditions, bridge=True)
        self._ways.changed()
        return wide.direct[subgraph]

    def add_group(self, group: Group) -> None:
        """Take up a request that was not planned before."""
        group.delivery = self._delivery
        self._groups.append(group)
        self._ways.changed()

    def _widen(self, handle: Handle, conditions: Conditions) -> None:
        """Fetch a handle's inputs under these conditions too (rule 38)."""
        if implies(conditions, handle.conditions):
            return
        handle.conditions = either(handle.conditions, conditions)
        for item in handle.inputs:
            item.fetched.conditions = either(item.fetched.conditions, conditions)
            self._widen(item.handle, conditions)

    # ---- concrete types -----------------------------------------------------------------------------------------
    def typename(self, position: Position) -> Group | None:
        """See to it that the true `__typename` is fetched at a position; give a group that brings it."""
        wide = position.wide if position.wide.origin is None else position.wide.origin.wide
        if not self._graph.is_abstract(wide.type_name):
            return None
        wide.typename_needed = True
        standing = [*wide.direct.items(), *wide.jumped.items()]
        for subgraph, handle in standing:
            if not self._graph.is_interface_object(subgraph, handle.node.type_name):
                self._serve(handle)
                return handle.group
        ways = [
            (way.cost, self._graph.order[subgraph], subgraph)
            for subgraph, way in self._ways.at(wide).items()
            if not self._graph.is_interface_object(subgraph, wide.own_types.get(subgraph, wide.type_name))
        ]
        if not ways:
            raise PlanningError(f"no subgraph tells which type a {wide.type_name} is here")
        return self.reach(wide, min(ways)[2], ALWAYS).group

    def typename_before_narrowing(self, position: Position) -> None:
        """An interface object must be told its type before anything is asked of just one type (rules 28 and 31)."""
        standing = [*position.direct.items(), *position.jumped.items()]
        if all(self._graph.is_interface_object(name, handle.node.type_name) for name, handle in standing):
            self.typename(position)

    def _ask_typenames(self) -> None:
        for position in self._children.made:
            if not position.typename_needed:
                continue
            for subgraph, handle in (*position.direct.items(), *position.jumped.items()):
                if not self._graph.is_interface_object(subgraph, handle.node.type_name):
                    handle.node.typename = True


def _tells_types_apart(selection: Selection, graph: QueryGraph) -> bool:
    if not graph.is_abstract(selection.type_name):
        return False
    hidden = any(graph.types[name].hidden for name in selection.types)
    return hidden or any(
        item.types != selection.types or needs_true_type(graph, selection, item)
        for item in (*selection.fields, *selection.denied)
    )
