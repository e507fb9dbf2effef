"""Spreads a random graph over subgraphs: homes and keys, owners, @requires, @provides, @override, hidden parts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.router.oracle.blueprint import Blueprint, Kind, draw_blueprint, top_names
from tests.router.oracle.reading import named_type

__all__ = ["random_subgraphs"]

_VALUES = frozenset({"Org", "Item"})
_ENUM_AND_INPUT = "enum Colour { RED GREEN BLUE%s } input By { text: String n: Int = 4 colours: [Colour!] }"


@dataclass
class _Field:
    name: str
    type: str
    arguments: str = ""
    external: bool = False
    extra: list[str] = field(default_factory=list)


@dataclass
class _Type:
    name: str
    kind: str
    keys: list[str] = field(default_factory=list)
    fields: dict[str, _Field] = field(default_factory=dict)
    interfaces: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    interface_object: bool = False
    extension: bool = False


def random_subgraphs(draw: random.Random) -> dict[str, str]:
    """Draw subgraphs: SDLs by name. Not all of them compose."""
    spread = _Spread(draw, draw_blueprint(draw))
    spread.run()
    return spread.printed()


class _Spread:
    def __init__(self, draw: random.Random, plan: Blueprint) -> None:
        self._draw = draw
        self._plan = plan
        self._names = [f"s{number}" for number in range(draw.randint(2, 4))]
        self._types: dict[str, dict[str, _Type]] = {name: {} for name in self._names}
        self._owners: dict[tuple[str, str], list[str]] = {}
        self._added: list[tuple[_Type, str]] = []
        self._hide_enum = draw.random() < 0.15

    def _some(self, share: float) -> bool:
        return self._draw.random() < share

    def run(self) -> None:
        self._place_masks()
        for kind in self._plan.of("entity"):
            self._place_entity(kind)
        for kind in self._plan.of("entity"):
            self._give_fields(kind)
        self._add_mask_fields()
        self._add_roots()
        self._complete()
        for _ in range(self._draw.randint(0, 4)):
            self._require()
        for _ in range(self._draw.randint(0, 3)):
            self._provide()
        for _ in range(self._draw.randint(0, 2)):
            self._override()
        self._complete()
        self._narrow_types()
        self._hide()
        self._share()

    # ---- homes ------------------------------------------------------------------------------------------------------
    def _declare(self, subgraph: str, name: str) -> _Type:
        kind = self._plan.types[name]
        word = {"entity": "type", "value": "type", "mask": "interface"}.get(kind.kind, kind.kind)
        return self._types[subgraph].setdefault(name, _Type(name, word))

    def _place_masks(self) -> None:
        """Give an interface with a key its home, and others that know it as one object."""
        for kind in self._plan.of("mask"):
            home, *others = self._draw.sample(self._names, self._draw.randint(2, len(self._names)))
            own = self._declare(home, kind.name)
            self._give_home(home, own, kind)
            for subgraph in others:
                stand_in = self._types[subgraph].setdefault(kind.name, _Type(kind.name, "type"))
                stand_in.interface_object = True
                for key in self._draw.sample(kind.keys, self._draw.randint(1, len(kind.keys))):
                    self._add_key(subgraph, stand_in, kind, key)

    def _give_home(self, subgraph: str, own: _Type, kind: Kind) -> None:
        for name in kind.fields:
            self._own_field(own, kind, name)
        own.keys = [f'@key(fields: "{key}")' for key in kind.keys]
        for name in self._plan.concretes(kind.name):
            self._place_in(subgraph, self._plan.types[name], list(kind.keys))
            self._types[subgraph][name].keys = list(own.keys)

    def _key(self, key: str) -> str:
        suffix = ", resolvable: false" if self._some(0.04) else ""
        return f'@key(fields: "{key}"{suffix})'

    def _place_entity(self, kind: Kind) -> None:
        if "M" in kind.interfaces:
            places = [name for name in self._names if "M" not in self._types[name]]
            for subgraph in self._draw.sample(places, self._draw.randint(0, len(places))):
                self._place_in(subgraph, kind, ["id"])
            return
        for subgraph in self._draw.sample(self._names, self._draw.randint(1, len(self._names))):
            chosen = self._draw.sample(kind.keys, self._draw.randint(1, len(kind.keys)))
            if "id" in kind.keys and "id" not in chosen and self._some(0.6):
                chosen.append("id")
            self._place_in(subgraph, kind, chosen)

    def _place_in(self, subgraph: str, kind: Kind, keys: list[str]) -> None:
        own = self._declare(subgraph, kind.name)
        own.extension = self._some(0.05) and len(self._homes(kind.name)) > 1
        for key in keys:
            self._add_key(subgraph, own, kind, key)

    def _add_key(self, subgraph: str, own: _Type, kind: Kind, key: str) -> None:
        text = self._key(key)
        if not any(f'"{key}"' in item for item in own.keys):
            own.keys.append(text)
        for name in top_names(key):
            self._own_field(own, kind, name)
        if key == "friend { id }":
            named = named_type(kind.fields["friend"][0])
            self._ensure(subgraph, named)
            self._own_field(self._types[subgraph][named], self._plan.types[named], "id")

    def _own_field(self, own: _Type, kind: Kind, name: str) -> _Field:
        text, arguments = kind.fields[name]
        return own.fields.setdefault(name, _Field(name, text, arguments))

    def _homes(self, name: str) -> list[str]:
        return [
            subgraph
            for subgraph in self._names
            if name in self._types[subgraph] and not self._types[subgraph][name].interface_object
        ]

    def _give_fields(self, kind: Kind) -> None:
        homes = self._homes(kind.name)
        for name in kind.fields:
            if any(name in self._types[home][kind.name].fields for home in homes):
                continue
            owners = self._draw.sample(homes, min(len(homes), 2 if self._some(0.25) else 1))
            self._owners[kind.name, name] = owners
            for owner in owners:
                self._own_field(self._types[owner][kind.name], kind, name)

    def _add_mask_fields(self) -> None:
        """Let interface objects add fields of their own, of which the home knows nothing."""
        for subgraph, types in self._types.items():
            for own in [item for item in types.values() if item.interface_object]:
                for number in range(self._draw.randint(1, 2)):
                    name = f"o{subgraph[1:]}{number}"
                    text = self._draw.choice(["Int", "String", "[Int]", "M", "[M]", "E0", "[E1!]", "Org"])
                    own.fields[name] = _Field(name, text)
                    self._owners[own.name, name] = [subgraph]

    # ---- roots ------------------------------------------------------------------------------------------------------
    def _add_roots(self) -> None:
        for number, subgraph in enumerate(self._names):
            query = self._types[subgraph].setdefault("Query", _Type("Query", "type"))
            for index in range(self._draw.randint(0 if number else 1, 2)):
                name = f"q{number}{index}"
                query.fields[name] = _Field(name, self._root_type(subgraph), "n: Int" if self._some(0.2) else "")
        if self._some(0.5):
            text = self._root_type(self._names[0])
            for subgraph in self._draw.sample(self._names, 2):
                self._types[subgraph]["Query"].fields["shared"] = _Field("shared", text)
        if self._some(0.3):
            for subgraph in self._draw.sample(self._names, 2):
                mutation = self._types[subgraph].setdefault("Mutation", _Type("Mutation", "type"))
                for index in range(2):
                    name = f"m{subgraph[1:]}{index}"
                    mutation.fields[name] = _Field(name, self._root_type(subgraph), "n: Int")

    def _root_type(self, subgraph: str) -> str:
        here = [name for name in self._types[subgraph] if name in self._plan.types]
        named = self._draw.choice(here) if here and self._some(0.7) else self._draw.choice(list(self._plan.types))
        return str(self._draw.choice([named, named, f"{named}!", f"[{named}]", f"[{named}!]!", f"[[{named}!]]"]))

    # ---- completing -------------------------------------------------------------------------------------------------
    def _complete(self) -> None:
        """Declare what is named until nothing is missing."""
        grown = True
        while grown:
            grown = False
            for subgraph, types in self._types.items():
                for own in list(types.values()):
                    for item in list(own.fields.values()):
                        grown |= self._ensure(subgraph, named_type(item.type))
                    for member in (*own.members, *own.interfaces):
                        grown |= self._ensure(subgraph, member)
                    grown |= self._satisfy(subgraph, own)

    def _ensure(self, subgraph: str, name: str) -> bool:
        kind = self._plan.types.get(name)
        if kind is None or name in self._types[subgraph]:
            return False
        own = self._declare(subgraph, name)
        if kind.kind == "mask":
            if any(name in self._types[subgraph] for name in self._plan.concretes(name)):
                self._give_home(subgraph, own, kind)
            else:
                own.kind, own.interface_object = "type", True
                self._add_key(subgraph, own, kind, kind.keys[0])
        elif kind.kind == "entity" and "M" in kind.interfaces and "M" in self._types[subgraph]:
            own.keys = ['@key(fields: "id", resolvable: false)']
            self._own_field(own, kind, "id")
        elif kind.kind == "entity":
            key = self._draw.choice(kind.keys)
            self._add_key(subgraph, own, kind, key)
            if self._some(0.7):
                own.keys = [f'@key(fields: "{key}", resolvable: false)']
        elif kind.kind == "value":
            self._declare_value(own, kind)
        elif kind.kind == "union":
            own.members = self._members(kind.members)
        elif kind.kind == "interface":
            own.interfaces = list(kind.interfaces)
            some = list(kind.fields)
            for item in some if self._some(0.7) else some[:1]:
                self._own_field(own, kind, item)
        return True

    def _members(self, names: list[str]) -> list[str]:
        return sorted(self._draw.sample(names, self._draw.randint(1, len(names)))) if self._some(0.3) else list(names)

    def _declare_value(self, own: _Type, kind: Kind) -> None:
        names = list(kind.fields)
        if kind.name not in _VALUES and self._some(0.35):
            names = self._draw.sample(names, self._draw.randint(1, len(names)))
        for name in names:
            self._own_field(own, kind, name)

    def _satisfy(self, subgraph: str, own: _Type) -> bool:
        """Let objects implement the interfaces that are there, and have their fields; interfaces need someone."""
        kind = self._plan.types.get(own.name)
        if kind is None or own.interface_object:
            return False
        grown = False
        if own.kind == "type":
            for interface in kind.interfaces:
                there = self._types[subgraph].get(interface)
                if there is not None and not there.interface_object and interface not in own.interfaces:
                    own.interfaces.append(interface)
                    grown = True
        elif own.kind == "interface":
            concretes = self._plan.concretes(own.name)
            if concretes and not any(name in self._types[subgraph] for name in concretes):
                grown |= self._ensure(subgraph, self._draw.choice(concretes))
        for interface in own.interfaces:
            for name in self._types[subgraph][interface].fields if interface in self._types[subgraph] else ():
                if name not in own.fields:
                    self._add_inherited(subgraph, own, kind, name)
                    grown = True
        return grown

    def _add_inherited(self, subgraph: str, own: _Type, kind: Kind, name: str) -> None:
        item = self._own_field(own, kind, name)
        # Sometimes a field is there for the interface's sake only, and another subgraph has its value.
        owners = [home for home in self._homes(own.name) if home != subgraph and name in self._types[home][own.name].fields]
        if own.kind == "type" and kind.kind == "entity" and owners and self._some(0.5):
            item.external = True

    # ---- @requires --------------------------------------------------------------------------------------------------
    def _require(self) -> None:
        """Add a computed field, with its inputs external where it is computed."""
        places = [
            (subgraph, own)
            for subgraph, types in self._types.items()
            for own in types.values()
            if own.keys and own.kind == "type" and any("resolvable" not in key for key in own.keys)
        ]
        if not places:
            return
        subgraph, own = self._draw.choice(places)
        kind = self._plan.types[own.name]
        wanted = self._inputs(subgraph, own)
        if not wanted:
            return
        parts = [
            asked
            for name, text, arguments in self._draw.sample(wanted, min(len(wanted), self._draw.randint(1, 2)))
            if (asked := self._asked(subgraph, own, name, text, arguments)) is not None
        ]
        if not parts:
            return
        name = f"c{sum(item.startswith('c') for item in own.fields)}{subgraph[1:]}"
        text = self._draw.choice(["Int", "String", *(item for item in (own.name, "E0") if item in self._types[subgraph])])
        own.fields[name] = _Field(name, text, extra=[f'@requires(fields: "{" ".join(parts)}")'])
        self._owners[kind.name, name] = [subgraph]

    def _inputs(self, subgraph: str, own: _Type) -> list[tuple[str, str, str]]:
        """List fields of the type that others have and this subgraph has not, or has as external already."""
        found: dict[str, tuple[str, str, str]] = {}
        for other, types in self._types.items():
            there = types.get(own.name)
            if other == subgraph or there is None:
                continue
            for item in there.fields.values():
                here = own.fields.get(item.name)
                if (here is None or here.external) and not item.external:
                    found[item.name] = (item.name, item.type, item.arguments)
        return list(found.values())

    def _asked(self, subgraph: str, own: _Type, name: str, text: str, arguments: str) -> str | None:
        """Write a required field as a field set, and declare all of it here."""
        named = named_type(text)
        if self._plan.types.get(named, Kind("", "")).kind == "mask":
            return None
        mark = len(self._added)
        self._external(own, _Field(name, text, arguments))
        given = f"(n: {self._draw.choice([5, 6])})" if arguments.startswith("n: Int") and self._some(0.6) else ""
        below = self._below(subgraph, named, 2)
        if below is None:
            self._forget(mark)
            return None
        return f"{name}{given}{below}"

    def _external(self, own: _Type, item: _Field) -> None:
        if item.name not in own.fields:
            item.external = True
            own.fields[item.name] = item
            self._added.append((own, item.name))

    def _forget(self, mark: int) -> None:
        """Take back the external fields of what came to nothing."""
        while len(self._added) > mark:
            own, name = self._added.pop()
            del own.fields[name]

    def _below(self, subgraph: str, named: str, depth: int) -> str | None:
        """Write a selection on a type, declaring its fields in the subgraph; None where there is nothing to select."""
        kind = self._plan.types.get(named)
        if kind is None:
            return ""
        if depth == 0:
            return None
        self._ensure(subgraph, named)
        own = self._types[subgraph][named]
        if own.interface_object:
            return None
        if own.kind in {"union", "interface"}:
            return self._fragments(subgraph, own, depth)
        names = self._draw.sample(list(kind.fields), min(len(kind.fields), self._draw.randint(1, 2)))
        parts = []
        for name in names:
            text, arguments = kind.fields[name]
            mark = len(self._added)
            self._external(own, _Field(name, text, arguments))
            below = self._below(subgraph, named_type(text), depth - 1)
            if below is None:
                self._forget(mark)
                continue
            parts.append(f"{name}{below}")
        return f" {{ {' '.join(parts)} }}" if parts else None

    def _fragments(self, subgraph: str, own: _Type, depth: int) -> str | None:
        members = own.members or [
            other.name for other in self._types[subgraph].values() if own.name in other.interfaces and other.kind == "type"
        ]
        parts = ["__typename"] if self._some(0.2) else []
        for name in self._draw.sample(members, min(len(members), self._draw.randint(1, 2))):
            below = self._below(subgraph, name, depth)
            if below is not None:
                parts.append(f"... on {name}{below}")
        if own.kind == "interface" and own.fields and self._some(0.3):
            scalar = [item.name for item in own.fields.values() if named_type(item.type) not in self._plan.types]
            parts += scalar[:1]
        return f" {{ {' '.join(parts)} }}" if parts else None

    # ---- @provides, @override -----------------------------------------------------------------------------------
    def _provide(self) -> None:
        places = [
            (subgraph, own, item)
            for subgraph, types in self._types.items()
            for own in types.values()
            for item in own.fields.values()
            if own.kind == "type"
            and not item.external
            and not item.extra
            and self._plan.types.get(named_type(item.type), Kind("", "")).kind in {"entity", "union", "interface"}
        ]
        if not places:
            return
        subgraph, _, item = self._draw.choice(places)
        below = self._provided(subgraph, named_type(item.type), 2)
        if below is not None:
            item.extra.append(f'@provides(fields: "{below}")')

    def _provided(self, subgraph: str, named: str, depth: int) -> str | None:
        own = self._types[subgraph].get(named)
        kind = self._plan.types[named]
        if own is None or depth == 0 or own.interface_object:
            return None
        if own.kind != "type":
            members = [name for name in self._plan.concretes(named) if name in self._types[subgraph]]
            members = [name for name in members if not own.members or name in own.members]
            chosen = self._draw.sample(members, min(len(members), self._draw.randint(1, 2)))
            parts = [f"... on {name} {{ {text} }}" for name in chosen if (text := self._provided(subgraph, name, 1))]
            return " ".join(parts) or None
        parts = []
        for name, (text, arguments) in kind.fields.items():
            here = own.fields.get(name)
            if arguments or (here is not None and not here.external) or not self._some(0.5):
                continue
            nested = ""
            mark = len(self._added)
            self._external(own, _Field(name, text, arguments))
            if named_type(text) in self._plan.types:
                self._ensure(subgraph, named_type(text))
                below = self._provided(subgraph, named_type(text), depth - 1)
                if below is None:
                    self._forget(mark)
                    continue
                nested = f" {{ {below} }}"
            parts.append(f"{name}{nested}")
        return " ".join(parts) or None

    def _override(self) -> None:
        places = [
            (owners[0], subgraph, type_name, name)
            for (type_name, name), owners in self._owners.items()
            if len(owners) == 1 and type_name in self._plan.types and name in self._plan.types[type_name].fields
            for subgraph in self._homes(type_name)
            if subgraph != owners[0] and name not in self._types[subgraph][type_name].fields
        ]
        if not places:
            return
        source, subgraph, type_name, name = self._draw.choice(places)
        if self._types[source][type_name].fields[name].extra:
            return
        item = self._own_field(self._types[subgraph][type_name], self._plan.types[type_name], name)
        label = f', label: "{self._draw.choice(["new", "other"])}"' if self._some(0.5) else ""
        item.extra.append(f'@override(from: "{source}"{label})')
        self._owners[type_name, name] = [source, subgraph]

    # ---- differences and marks --------------------------------------------------------------------------------------
    def _narrow_types(self) -> None:
        """Let subgraphs differ in a field's nullability, or give an object where another gives a union."""
        for subgraph, types in self._types.items():
            for own in types.values():
                for item in own.fields.values():
                    alone = sum(own.name in other and item.name in other[own.name].fields for other in self._types.values())
                    if own.kind != "type" or own.interface_object or alone == 1 or item.type.endswith("!"):
                        continue
                    if self._is_external_somewhere(own.name, item.name):
                        continue
                    if self._some(0.15) and not item.external:
                        item.type += "!"
                    elif self._some(0.1) and item.type in {"U0", "I0"}:
                        members = [name for name in self._plan.concretes(item.type) if name in types]
                        item.type = self._draw.choice(members) if members and not item.extra else item.type

    def _is_external_somewhere(self, type_name: str, name: str) -> bool:
        found = [types[type_name].fields.get(name) for types in self._types.values() if type_name in types]
        return any(item is not None and item.external for item in found)

    def _hide(self) -> None:
        if not self._some(0.3):
            return
        places = [
            (own, item)
            for types in self._types.values()
            for own in types.values()
            for item in own.fields.values()
            if own.kind == "type" and own.name != "Query" and not own.interfaces and not item.external
        ]
        _, chosen = self._draw.choice(places) if places else (None, None)
        if chosen is not None and "@inaccessible" not in chosen.extra:
            chosen.extra.append("@inaccessible")
        concrete = [name for kind in self._plan.of("union", "interface") for name in self._plan.concretes(kind.name)]
        if concrete and self._some(0.3):
            name = self._draw.choice(concrete)
            for types in self._types.values():
                if name in types:
                    types[name].extra.append("@inaccessible")

    def _share(self) -> None:
        counts: dict[tuple[str, str], int] = {}
        for types in self._types.values():
            for own in types.values():
                for item in own.fields.values():
                    counts[own.name, item.name] = counts.get((own.name, item.name), 0) + (not item.external)
        for types in self._types.values():
            for own in types.values():
                for item in own.fields.values():
                    overridden = any("@override" in extra for extra in item.extra)
                    shared = counts[own.name, item.name] > 1 or self._is_external_somewhere(own.name, item.name)
                    if own.kind == "type" and shared and not item.external and not overridden:
                        item.extra.append("@shareable")

    # ---- text -------------------------------------------------------------------------------------------------------
    def printed(self) -> dict[str, str]:
        """Write the SDLs."""
        enum = _ENUM_AND_INPUT % (" @inaccessible" if self._hide_enum else "")
        return {
            subgraph: "\n".join([*(_print(own) for own in types.values() if own.fields or own.members), enum])
            for subgraph, types in self._types.items()
        }


def _print(own: _Type) -> str:
    if own.kind == "union":
        return f"union {own.name} {' '.join(own.extra)} = {' | '.join(own.members)}"
    implements = f" implements {' & '.join(own.interfaces)}" if own.interfaces else ""
    marks = [*own.keys, *(["@interfaceObject"] if own.interface_object else []), *own.extra]
    fields = []
    for item in own.fields.values():
        arguments = f"({item.arguments})" if item.arguments else ""
        external = ["@external"] if item.external else []
        fields.append(" ".join([f"{item.name}{arguments}: {item.type}", *external, *item.extra]))
    keyword = "extend type" if own.extension and own.kind == "type" else own.kind
    return f"{keyword} {own.name}{implements} {' '.join(marks)} {{ {'  '.join(fields)} }}"
