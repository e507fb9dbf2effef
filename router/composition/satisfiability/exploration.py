"""From the places of a value: every subgraph that can be reached, and every field that can be had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from router.composition.field_sets import FieldSet, Selected
from router.composition.model import COMPOSITE, Kind
from router.composition.satisfiability.places import Place, Places, Resolvability
from router.composition.supergraph import MergedSupergraph


@dataclass(slots=True)
class Reach:
    """What can be had of one value.

    Attributes:
        places: all that can be reached, the first ones included.
        fields: for each field the places that resolve it with everything that it requires.
    """

    places: dict[Place, None] = field(default_factory=dict)
    fields: dict[str, dict[Place, None]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Grows with each thing found."""
        return len(self.places) + sum(map(len, self.fields.values()))


class Explorer:
    """Works out reaches; each type with the same places once.

    A reach is the least fixpoint: a field counts once its requirements do, a subgraph once one of its keys does. So
    circles of requirements come out as unsatisfied by themselves.
    """

    def __init__(self, supergraph: MergedSupergraph, resolvability: Resolvability) -> None:
        self._supergraph = supergraph
        self._resolvability = resolvability
        self._known: dict[tuple[str, Places], Reach] = {}
        self._growing: dict[tuple[str, Places], Reach] = {}

    def reach(self, type_name: str, places: Places) -> Reach:
        """Explore from the places of a value of an object type (or of an interface that only objects stand for)."""
        state = (type_name, places)
        known = self._known.get(state) or self._growing.get(state)
        if known is not None:
            return known
        reach = Reach(places=dict.fromkeys(sorted(places, key=_order)))
        is_first = not self._growing
        self._growing[state] = reach
        if is_first:
            self._grow()
        # Asked for on the way to another one, it is as yet incomplete; the first one goes on until all of them are.
        return reach

    def _grow(self) -> None:
        """Let all the reaches that depend on each other grow until none of them does."""
        size = -1
        while size != self._size():
            size = self._size()
            for (type_name, _), reach in list(self._growing.items()):
                self._add_fields(type_name, reach)
                self._add_places(type_name, reach)
        self._known |= self._growing
        self._growing.clear()

    def _size(self) -> int:
        return len(self._growing) + sum(reach.size for reach in self._growing.values())

    def _add_fields(self, type_name: str, reach: Reach) -> None:
        for place in reach.places:
            definition = self._resolvability.facts[place.subgraph].type(place.type)
            for name in definition.fields if definition is not None else ():
                if place in reach.fields.get(name, ()) or not self._resolvability.resolves(place, name):
                    continue
                if self.requirement_met(place, name, type_name):
                    reach.fields.setdefault(name, {})[place] = None

    def requirement_met(self, place: Place, name: str, type_name: str) -> bool:
        """Tell whether what a field requires can be fetched from its own subgraph, and that be entered again with it.

        What the way to this place has passed does not count: the same field has to be resolvable on every way.
        """
        required = self._resolvability.requires(place, name)
        if not required:
            return True
        own = self.reach(type_name, frozenset({place}))
        alone = Reach(fields={one: {place: None} for one, places in own.fields.items() if place in places})
        if self.obtainable(required, alone):
            return True
        keys = self._resolvability.local_keys(place.subgraph, place.type)
        return self.obtainable(required, own) and any(self.obtainable(key.fields, own) for key in keys)

    def _add_places(self, type_name: str, reach: Reach) -> None:
        for target in self.targets(type_name):
            if any((place.subgraph, place.type) == (target.subgraph, target.type) for place in reach.places):
                continue
            keys = self._resolvability.keys(target.subgraph, target.type)
            if any(self.obtainable(key.fields, reach) for key in keys):
                reach.places[target] = None

    def targets(self, type_name: str) -> list[Place]:
        """Give the places that might be entered by a key: the type, and interface objects of its interfaces."""
        interfaces = self._supergraph.types[type_name].interfaces
        return [
            Place(subgraph, name)
            for subgraph in self._resolvability.facts
            for name in (type_name, *interfaces)
            if self._resolvability.keys(subgraph, name)
            and (name == type_name or self._resolvability.is_interface_object(subgraph, name))
        ]

    def obtainable(self, selections: Iterable[Selected], reach: Reach) -> bool:
        """Tell whether everything selected can be had."""
        for selected in selections:
            if selected.name == "__typename":
                continue
            places = reach.fields.get(selected.name)
            if not places:
                return False
            if selected.children and not self._obtainable_below(selected, places):
                return False
        return True

    def _obtainable_below(self, selected: Selected, places: Iterable[Place]) -> bool:
        values = self.values(places, selected.name)
        for name, below in values.items():
            wanted: FieldSet = tuple(child for child in selected.children if self._applies(child.on, name))
            if wanted and not self.obtainable(wanted, self.reach(name, below)):
                return False
        return bool(values)

    def _applies(self, on: str, name: str) -> bool:
        return on == name or (on in self._supergraph.types and name in self._supergraph.possible_types(on))

    def values(self, places: Iterable[Place], name: str) -> Mapping[str, Places]:
        """Follow a field from all places that resolve it: the places of its values by their object type.

        A type that one of the places can not answer does not occur, as all of them are taken to answer alike. Values
        that come from interface objects get their type where the interface is at home; without any implementation the
        interface stands for itself.
        """
        direct: list[Place] = []
        objects: list[Place] = []
        for place in places:
            definition = self._resolvability.declared(place, name)
            if definition is None:
                continue
            target = Place(place.subgraph, definition.type_name, self._resolvability.below(place, name))
            is_object = self._resolvability.is_interface_object(target.subgraph, target.type)
            (objects if is_object else direct).append(target)
        return self._by_type(direct, objects)

    def _by_type(self, direct: list[Place], objects: list[Place]) -> dict[str, Places]:
        found: dict[str, set[Place]] = {}
        possible = [self._resolvability.possible_types(place.subgraph, place.type) for place in direct]
        common = frozenset.intersection(*possible) if possible else frozenset()
        for place in direct:
            for name in common:
                found.setdefault(name, set()).add(Place(place.subgraph, name, place.provided))
        for interface in dict.fromkeys(place.type for place in objects):
            here = frozenset(place for place in objects if place.type == interface)
            if not direct:
                homes = self._homes(interface, here)
                names = self._supergraph.possible_types(interface)
                for name in homes if names else {interface}:
                    found.setdefault(name, set()).update(homes.get(name, ()), here)
            else:
                for name in common & self._supergraph.possible_types(interface):
                    found[name].update(here)
        if "Query" in found:
            # Every subgraph can be entered at its query, wherever the query was come upon.
            found["Query"] = {Place(subgraph, "Query") for subgraph in self._resolvability.facts}
        return {name: frozenset(found[name]) for name in sorted(found)}

    def homeless(self, places: Iterable[Place], name: str) -> dict[str, Places]:
        """Give the interfaces whose values this field gives, by objects for them alone, and no way to their types."""
        values = {
            Place(place.subgraph, definition.type_name)
            for place in places
            if (definition := self._resolvability.declared(place, name)) is not None
        }
        if not all(self._resolvability.is_interface_object(value.subgraph, value.type) for value in values):
            return {}
        return {
            value.type: frozenset(values)
            for value in values
            if self._supergraph.possible_types(value.type) and not self._homes(value.type, frozenset(values))
        }

    def _homes(self, interface: str, here: Places) -> dict[str, set[Place]]:
        """Give the places of concrete types behind an interface object: in subgraphs that have the interface itself."""
        homes: dict[str, set[Place]] = {}
        for place in self.reach(interface, here).places:
            definition = self._resolvability.facts[place.subgraph].type(place.type)
            if definition is not None and definition.kind is Kind.INTERFACE:
                for name in self._resolvability.possible_types(place.subgraph, interface):
                    homes.setdefault(name, set()).add(Place(place.subgraph, name))
        return homes

    def is_composite(self, type_name: str) -> bool:
        """Tell whether a type of the supergraph has something to select below it."""
        return self._supergraph.types[type_name].kind in COMPOSITE if type_name in self._supergraph.types else False


def _order(place: Place) -> tuple[str, str]:
    return place.subgraph, place.type
