"""A random graph as a whole, before it is spread over subgraphs: types, keys, fields, who implements what."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

__all__ = ["Blueprint", "Kind", "draw_blueprint", "top_names"]

_KEYS = ("id", "k", "id k", "org { id }", "items { id }", "n org { id code }", "friend { id }")
_FIXED = {
    "id": "ID!",
    "k": "ID!",
    "n": "Int!",
    "org": "Org!",
    "items": "[Item!]!",
}
_SCALARS = ("Int", "Int", "String", "Float", "Boolean", "ID", "Colour")
_ARGUMENTS = ("n: Int", "n: Int = 3", "by: By", 'by: By = {text: "d"}', "c: Colour = RED", "n: Int s: [String!]")


@dataclass
class Kind:
    """A type of the whole graph.

    Attributes:
        kind: entity, value, interface, mask (an interface with a key), union.
        fields: each with its type and arguments.
        members: of a union.
    """

    name: str
    kind: str
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)
    interfaces: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@dataclass
class Blueprint:
    """All types by name."""

    types: dict[str, Kind] = field(default_factory=dict)

    def of(self, *kinds: str) -> list[Kind]:
        """List the types of some kinds."""
        return [item for item in self.types.values() if item.kind in kinds]

    def concretes(self, name: str) -> list[str]:
        """Name the objects that a type can be."""
        kind = self.types[name]
        if kind.kind == "union":
            return kind.members
        if kind.kind in {"interface", "mask"}:
            return [
                item.name
                for item in self.types.values()
                if name in item.interfaces and item.kind in {"entity", "value"}
            ]
        return [name]


def draw_blueprint(draw: random.Random) -> Blueprint:
    """Draw a graph."""
    return _Drawing(draw).run()


class _Drawing:
    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._plan = Blueprint()

    def _some(self, share: float) -> bool:
        return self._draw.random() < share

    def run(self) -> Blueprint:
        draw = self._draw
        types = self._plan.types
        types["Org"] = Kind("Org", "value", {"id": ("ID!", ""), "code": ("Int!", ""), "name": ("String", "")})
        types["Item"] = Kind("Item", "value", {"id": ("ID!", ""), "w": ("Int", "")})
        for number in range(draw.randint(2, 4)):
            types[f"E{number}"] = Kind(f"E{number}", "entity", keys=self._keys())
        for number in range(draw.randint(0, 2)):
            types[f"V{number}"] = Kind(f"V{number}", "value")
        if self._some(0.6):
            types["I0"] = Kind("I0", "interface")
        if "I0" in types and self._some(0.4):
            types["I1"] = Kind("I1", "interface", interfaces=["I0"])
        if self._some(0.35):
            self._add_mask()
        if self._some(0.6):
            concrete = [
                item.name
                for item in self._plan.of("entity", "value")
                if item.name not in {"Org", "Item"} and "M" not in item.interfaces
            ]
            types["U0"] = Kind(
                "U0", "union", members=sorted(draw.sample(concrete, min(len(concrete), draw.randint(2, 3))))
            )
        self._implement()
        self._fill()
        return self._plan

    def _keys(self) -> list[str]:
        chosen = self._draw.sample(_KEYS, self._draw.randint(1, 3))
        return chosen if "id" in chosen or not self._some(0.8) else ["id", *chosen]

    def _add_mask(self) -> None:
        types = self._plan.types
        keys = ["id"] if self._some(0.7) else ["id", "k"]
        types["M"] = Kind("M", "mask", keys=keys)
        for number in range(self._draw.randint(1, 3)):
            types[f"X{number}"] = Kind(f"X{number}", "entity", interfaces=["M"], keys=list(keys))

    def _implement(self) -> None:
        for kind in self._plan.of("entity", "value"):
            if kind.name in {"Org", "Item"} or (kind.name[0] == "X" and not self._some(0.2)):
                continue
            for interface in ("I1", "I0"):
                if interface in self._plan.types and self._some(0.5):
                    kind.interfaces += [interface, *self._plan.types[interface].interfaces]
            kind.interfaces = list(dict.fromkeys(kind.interfaces))

    def _fill(self) -> None:
        for kind in self._plan.of("interface", "mask"):
            for number in range(self._draw.randint(1, 2)):
                kind.fields[f"{kind.name.lower()}{number}"] = self._field()
        for kind in [item for item in self._plan.types.values() if item.interfaces]:
            for interface in kind.interfaces:
                inherited = self._plan.types[interface].fields
                kind.fields.update(
                    {
                        name: (self._stricter(text) if kind.kind == "entity" else text, given)
                        for name, (text, given) in inherited.items()
                    }
                )
        for kind in self._plan.of("entity", "mask"):
            for key in kind.keys:
                for name in top_names(key):
                    kind.fields[name] = (_FIXED.get(name) or f"{self._draw.choice(self._others())}!", "")
                    if kind.kind == "mask":
                        self._inherit_key(kind.name, name)
        for kind in self._plan.of("entity", "value"):
            if kind.name in {"Org", "Item"}:
                continue
            for number in range(self._draw.randint(1, 4)):
                kind.fields.setdefault(f"f{number}", self._field())

    def _inherit_key(self, mask: str, name: str) -> None:
        for concrete in self._plan.concretes(mask):
            self._plan.types[concrete].fields[name] = (_FIXED[name], "")

    def _others(self) -> list[str]:
        return [kind.name for kind in self._plan.of("entity") if "id" in kind.keys and kind.name[0] == "E"] or ["Org"]

    def _stricter(self, text: str) -> str:
        return f"{text}!" if not text.endswith("!") and self._some(0.15) else text

    def _field(self) -> tuple[str, str]:
        return self._type(), self._draw.choice(_ARGUMENTS) if self._some(0.15) else ""

    def _type(self) -> str:
        composite = [name for name in self._plan.types if name != "Item" and name[0] != "X"]
        named = self._draw.choice(composite) if self._some(0.55) else self._draw.choice(_SCALARS)
        plain = [named] * 5
        return str(
            self._draw.choice([*plain, f"{named}!", f"[{named}]", f"[{named}!]", f"[{named}!]!", f"[[{named}]]"])
        )


def top_names(key: str) -> list[str]:
    """Name the fields of a field set itself, not those below."""
    found, depth = [], 0
    for word in key.split():
        depth += (word == "{") - (word == "}")
        if word not in {"{", "}"} and depth == 0:
            found.append(word)
    return found
