"""Spreads a random graph over subgraphs: who knows which type by which keys, who owns which field, roots."""

from __future__ import annotations

import random

from tests.router.oracle.blueprint import Blueprint, Kind, top_names
from tests.router.oracle.drafts import FieldDraft, TypeDraft
from tests.router.oracle.reading import named_type

__all__ = ["Homes"]

_VALUES = frozenset({"Org", "Item"})


class Homes:
    """The first half of spreading: what is there at all. What it declares, others extend."""

    def __init__(self, draw: random.Random, plan: Blueprint) -> None:
        self.draw = draw
        self.plan = plan
        self.names = [f"s{number}" for number in range(draw.randint(2, 4))]
        self.types: dict[str, dict[str, TypeDraft]] = {name: {} for name in self.names}
        self.owners: dict[tuple[str, str], list[str]] = {}
        self.added: list[tuple[TypeDraft, str]] = []
        self.hide_enum = draw.random() < 0.15

    def some(self, share: float) -> bool:
        return self.draw.random() < share

    # ---- homes ------------------------------------------------------------------------------------------------------
    def declare(self, subgraph: str, name: str) -> TypeDraft:
        kind = self.plan.types[name]
        word = {"entity": "type", "value": "type", "mask": "interface"}.get(kind.kind, kind.kind)
        return self.types[subgraph].setdefault(name, TypeDraft(name, word))

    def place_masks(self) -> None:
        """Give an interface with a key its home, and others that know it as one object."""
        for kind in self.plan.of("mask"):
            home, *others = self.draw.sample(self.names, self.draw.randint(2, len(self.names)))
            own = self.declare(home, kind.name)
            self._give_home(home, own, kind)
            for subgraph in others:
                stand_in = self.types[subgraph].setdefault(kind.name, TypeDraft(kind.name, "type"))
                stand_in.interface_object = True
                for key in self.draw.sample(kind.keys, self.draw.randint(1, len(kind.keys))):
                    self.add_key(subgraph, stand_in, kind, key)

    def _give_home(self, subgraph: str, own: TypeDraft, kind: Kind) -> None:
        for name in kind.fields:
            self.own_field(own, kind, name)
        own.keys = [f'@key(fields: "{key}")' for key in kind.keys]
        for name in self.plan.concretes(kind.name):
            self._place_in(subgraph, self.plan.types[name], list(kind.keys))
            self.types[subgraph][name].keys = list(own.keys)

    def _key(self, key: str) -> str:
        suffix = ", resolvable: false" if self.some(0.04) else ""
        return f'@key(fields: "{key}"{suffix})'

    def place_entity(self, kind: Kind) -> None:
        if "M" in kind.interfaces:
            places = [name for name in self.names if "M" not in self.types[name]]
            for subgraph in self.draw.sample(places, self.draw.randint(0, len(places))):
                self._place_in(subgraph, kind, ["id"])
            return
        for subgraph in self.draw.sample(self.names, self.draw.randint(1, len(self.names))):
            chosen = self.draw.sample(kind.keys, self.draw.randint(1, len(kind.keys)))
            if "id" in kind.keys and "id" not in chosen and self.some(0.6):
                chosen.append("id")
            self._place_in(subgraph, kind, chosen)

    def _place_in(self, subgraph: str, kind: Kind, keys: list[str]) -> None:
        own = self.declare(subgraph, kind.name)
        own.extension = self.some(0.05) and len(self.homes(kind.name)) > 1
        for key in keys:
            self.add_key(subgraph, own, kind, key)

    def add_key(self, subgraph: str, own: TypeDraft, kind: Kind, key: str) -> None:
        text = self._key(key)
        if not any(f'"{key}"' in item for item in own.keys):
            own.keys.append(text)
        for name in top_names(key):
            self.own_field(own, kind, name)
        if key == "friend { id }":
            named = named_type(kind.fields["friend"][0])
            self.ensure(subgraph, named)
            self.own_field(self.types[subgraph][named], self.plan.types[named], "id")

    def own_field(self, own: TypeDraft, kind: Kind, name: str) -> FieldDraft:
        text, arguments = kind.fields[name]
        return own.fields.setdefault(name, FieldDraft(name, text, arguments))

    def homes(self, name: str) -> list[str]:
        return [
            subgraph
            for subgraph in self.names
            if name in self.types[subgraph] and not self.types[subgraph][name].interface_object
        ]

    def give_fields(self, kind: Kind) -> None:
        homes = self.homes(kind.name)
        for name in kind.fields:
            if any(name in self.types[home][kind.name].fields for home in homes):
                continue
            owners = self.draw.sample(homes, min(len(homes), 2 if self.some(0.25) else 1))
            self.owners[kind.name, name] = owners
            for owner in owners:
                self.own_field(self.types[owner][kind.name], kind, name)

    def add_mask_fields(self) -> None:
        """Let interface objects add fields of their own, of which the home knows nothing."""
        for subgraph, types in self.types.items():
            for own in [item for item in types.values() if item.interface_object]:
                for number in range(self.draw.randint(1, 2)):
                    name = f"o{subgraph[1:]}{number}"
                    text = self.draw.choice(["Int", "String", "[Int]", "M", "[M]", "E0", "[E1!]", "Org"])
                    own.fields[name] = FieldDraft(name, text)
                    self.owners[own.name, name] = [subgraph]

    # ---- roots ------------------------------------------------------------------------------------------------------
    def add_roots(self) -> None:
        for number, subgraph in enumerate(self.names):
            query = self.types[subgraph].setdefault("Query", TypeDraft("Query", "type"))
            for index in range(self.draw.randint(0 if number else 1, 2)):
                name = f"q{number}{index}"
                query.fields[name] = FieldDraft(name, self._root_type(subgraph), "n: Int" if self.some(0.2) else "")
        if self.some(0.5):
            text = self._root_type(self.names[0])
            for subgraph in self.draw.sample(self.names, 2):
                self.types[subgraph]["Query"].fields["shared"] = FieldDraft("shared", text)
        if self.some(0.3):
            for subgraph in self.draw.sample(self.names, 2):
                mutation = self.types[subgraph].setdefault("Mutation", TypeDraft("Mutation", "type"))
                for index in range(2):
                    name = f"m{subgraph[1:]}{index}"
                    mutation.fields[name] = FieldDraft(name, self._root_type(subgraph), "n: Int")

    def _root_type(self, subgraph: str) -> str:
        here = [name for name in self.types[subgraph] if name in self.plan.types]
        named = self.draw.choice(here) if here and self.some(0.7) else self.draw.choice(list(self.plan.types))
        return str(self.draw.choice([named, named, f"{named}!", f"[{named}]", f"[{named}!]!", f"[[{named}!]]"]))

    # ---- completing -------------------------------------------------------------------------------------------------
    def complete(self) -> None:
        """Declare what is named until nothing is missing."""
        grown = True
        while grown:
            grown = False
            for subgraph, types in self.types.items():
                for own in list(types.values()):
                    for item in list(own.fields.values()):
                        grown |= self.ensure(subgraph, named_type(item.type))
                    for member in (*own.members, *own.interfaces):
                        grown |= self.ensure(subgraph, member)
                    grown |= self._satisfy(subgraph, own)

    def ensure(self, subgraph: str, name: str) -> bool:
        kind = self.plan.types.get(name)
        if kind is None or name in self.types[subgraph]:
            return False
        own = self.declare(subgraph, name)
        if kind.kind == "mask":
            if any(name in self.types[subgraph] for name in self.plan.concretes(name)):
                self._give_home(subgraph, own, kind)
            else:
                own.kind, own.interface_object = "type", True
                self.add_key(subgraph, own, kind, kind.keys[0])
        elif kind.kind == "entity" and "M" in kind.interfaces and "M" in self.types[subgraph]:
            own.keys = ['@key(fields: "id", resolvable: false)']
            self.own_field(own, kind, "id")
        elif kind.kind == "entity":
            key = self.draw.choice(kind.keys)
            self.add_key(subgraph, own, kind, key)
            if self.some(0.7):
                own.keys = [f'@key(fields: "{key}", resolvable: false)']
        elif kind.kind == "value":
            self._declare_value(own, kind)
        elif kind.kind == "union":
            own.members = self._members(kind.members)
        elif kind.kind == "interface":
            own.interfaces = list(kind.interfaces)
            some = list(kind.fields)
            for item in some if self.some(0.7) else some[:1]:
                self.own_field(own, kind, item)
        return True

    def _members(self, names: list[str]) -> list[str]:
        return sorted(self.draw.sample(names, self.draw.randint(1, len(names)))) if self.some(0.3) else list(names)

    def _declare_value(self, own: TypeDraft, kind: Kind) -> None:
        names = list(kind.fields)
        if kind.name not in _VALUES and self.some(0.35):
            names = self.draw.sample(names, self.draw.randint(1, len(names)))
        for name in names:
            self.own_field(own, kind, name)

    def _satisfy(self, subgraph: str, own: TypeDraft) -> bool:
        """Let objects implement the interfaces that are there, and have their fields; interfaces need someone."""
        kind = self.plan.types.get(own.name)
        if kind is None or own.interface_object:
            return False
        grown = False
        if own.kind == "type":
            for interface in kind.interfaces:
                there = self.types[subgraph].get(interface)
                if there is not None and not there.interface_object and interface not in own.interfaces:
                    own.interfaces.append(interface)
                    grown = True
        elif own.kind == "interface":
            concretes = self.plan.concretes(own.name)
            if concretes and not any(name in self.types[subgraph] for name in concretes):
                grown |= self.ensure(subgraph, self.draw.choice(concretes))
        for interface in own.interfaces:
            for name in self.types[subgraph][interface].fields if interface in self.types[subgraph] else ():
                if name not in own.fields:
                    self._add_inherited(subgraph, own, kind, name)
                    grown = True
        return grown

    def _add_inherited(self, subgraph: str, own: TypeDraft, kind: Kind, name: str) -> None:
        item = self.own_field(own, kind, name)
        # Sometimes a field is there for the interface's sake only, and another subgraph has its value.
        owners = [
            home for home in self.homes(own.name) if home != subgraph and name in self.types[home][own.name].fields
        ]
        if own.kind == "type" and kind.kind == "entity" and owners and self.some(0.5):
            item.external = True
