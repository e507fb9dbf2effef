"""Places: where the value at hand could have come from, and what each subgraph resolves there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from router.composition.facts import Key, SubgraphFacts
from router.composition.field_sets import FieldSet
from router.composition.merging import Overrides
from router.composition.model import Field


@dataclass(frozen=True, slots=True)
class Place:
    """A value in one subgraph.

    Attributes:
        subgraph: its name.
        type: the value's type there; an interface's name for an interface object.
        provided: what the way to this value provides of external fields, below the value.
    """

    subgraph: str
    type: str
    provided: FieldSet = ()


Places = frozenset[Place]


class Resolvability:
    """What each subgraph resolves, with certain labels of progressive overrides switched on."""

    def __init__(self, facts: Sequence[SubgraphFacts], overrides: Overrides, active: frozenset[str]) -> None:
        self.facts: Mapping[str, SubgraphFacts] = {one.name: one for one in facts}
        self._overrides = overrides
        self._active = active

    def possible_types(self, subgraph: str, name: str) -> frozenset[str]:
        """Give the object types of a value of a type, in one subgraph."""
        return self.facts[subgraph].subgraph.possible_types(name)

    def is_interface_object(self, subgraph: str, name: str) -> bool:
        """Tell whether a type is an interface object in a subgraph."""
        definition = self.facts[subgraph].type(name)
        return definition is not None and definition.is_interface_object

    def is_overridden(self, place: Place, field: str) -> bool:
        """Tell whether another subgraph has taken the field over, or this one has not yet."""
        override = self._overrides.of(place.subgraph, place.type, field)
        if override is not None and (override.label is None or override.label in self._active):
            return True
        definition = self.facts[place.subgraph].field(place.type, field)
        for directive in definition.applied("override") if definition is not None else ():
            source = self._overrides.of(directive.text("from"), place.type, field)
            if source is not None and source.label is not None and source.label not in self._active:
                return True
        return False

    def is_external(self, place: Place, field: str) -> bool:
        """Tell whether the subgraph has the field from elsewhere and nothing provides it on this way."""
        one = self.facts[place.subgraph]
        return one.is_external(place.type, field) and not list(self._provided(place, field))

    def _provided(self, place: Place, field: str) -> Iterator[FieldSet]:
        for selected in place.provided:
            if selected.name == field and (
                selected.on == place.type or place.type in self.possible_types(place.subgraph, selected.on)
            ):
                yield selected.children

    def declared(self, place: Place, field: str) -> Field | None:
        """Give a field as the subgraph declares it, resolvable or not."""
        return self.facts[place.subgraph].field(place.type, field)

    def resolves(self, place: Place, field: str) -> bool:
        """Tell whether the subgraph resolves the field here, requirements apart."""
        return (
            self.declared(place, field) is not None
            and not self.is_external(place, field)
            and not self.is_overridden(place, field)
        )

    def requires(self, place: Place, field: str) -> FieldSet:
        """Give what has to be fetched elsewhere first."""
        definition = self.declared(place, field)
        one = self.facts[place.subgraph]
        return () if definition is None else one.field_set("requires", place.type, definition)

    def below(self, place: Place, field: str) -> FieldSet:
        """Give what is provided below a field of this place."""
        definition = self.declared(place, field)
        own: FieldSet = ()
        if definition is not None:
            own = self.facts[place.subgraph].field_set("provides", place.type, definition)
        return tuple(dict.fromkeys((*own, *(one for provided in self._provided(place, field) for one in provided))))

    def keys(self, subgraph: str, name: str) -> tuple[Key, ...]:
        """Give the keys by which a subgraph can be entered at a type."""
        return tuple(key for key in self.facts[subgraph].keys.get(name, ()) if key.resolvable)

    def local_keys(self, subgraph: str, name: str) -> list[Key]:
        """Give those of the keys that a subgraph knows of its own values: without any external field."""
        one = self.facts[subgraph]
        return [
            key
            for key in self.keys(subgraph, name)
            if not any(one.is_external(part.on, part.name) for top in key.fields for part in top.walk())
        ]
