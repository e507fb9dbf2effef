"""Made-up subgraphs of any size: entities that several subgraphs know by different keys, shared fields, value types."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from router.composition import SubgraphSource, compose

__all__ = ["Mesh", "Shape", "implementations", "supergraph_sdl"]

_LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@requires", "@provides", '
    '"@external", "@shareable"])\n'
)


@dataclass(frozen=True)
class Shape:
    """How large and how tangled a graph is.

    Attributes:
        homes: in how many subgraphs an entity has fields of its own, at most.
        fields: of an entity in each subgraph that it lives in.
        references: to other entities, of an entity in each subgraph.
        keys: how many keys an entity has at most; each subgraph knows some of them.
        sharing: the share of fields that several subgraphs can give.
    """

    subgraphs: int
    entities: int
    homes: int = 4
    fields: int = 5
    references: int = 2
    keys: int = 1
    sharing: float = 0.0


@dataclass
class _Part:
    """What one subgraph knows of one entity."""

    keys: list[str]
    fields: dict[str, str] = field(default_factory=dict)


class Mesh:
    """Writes the subgraphs of a graph: the same shape and seed give the same text."""

    def __init__(self, shape: Shape, seed: int) -> None:
        self._shape = shape
        self._random = random.Random(seed)
        self._names = [f"s{number}" for number in range(shape.subgraphs)]
        self._parts: dict[str, dict[str, _Part]] = {name: {} for name in self._names}
        self._roots: dict[str, list[str]] = {name: [f"ping_{name}: Int"] for name in self._names}

    def subgraphs(self) -> dict[str, str]:
        """Give the subgraphs' schemas by name."""
        for number in range(self._shape.entities):
            self._place(f"E{number}")
        return {name: self._print(name) for name in self._names}

    def _some(self, share: float) -> bool:
        return self._random.random() < share

    def _place(self, entity: str) -> None:
        shape = self._shape
        most = min(shape.homes, shape.subgraphs)
        homes = self._random.sample(self._names, self._random.randint(min(2, most), most))
        for name in homes:
            known = sorted(self._random.sample(range(shape.keys), self._random.randint(1, shape.keys)))
            # The first key is known everywhere, so that every subgraph can be entered from every other.
            keys = [f"k{key}" for key in dict.fromkeys([*known[:1], *known, 0])]
            self._parts[name][entity] = _Part(keys)
        for number, name in enumerate(homes):
            self._add_fields(entity, number, homes, name)
        for name in homes[: 1 + self._some(shape.sharing)]:
            self._roots[name].append(f"{entity.lower()}: {entity} @shareable")

    def _add_fields(self, entity: str, number: int, homes: list[str], name: str) -> None:
        shape = self._shape
        targets = self._random.choices(range(shape.entities), k=shape.references)
        kinds = [
            *["Int"] * shape.fields,
            *(self._random.choice([f"E{target}", f"[E{target}!]"]) for target in targets),
            *["Value"] * (shape.sharing > 0),
        ]
        for index, kind in enumerate(kinds):
            owners = [name]
            if self._some(shape.sharing):
                owners += [other for other in homes if other != name and self._some(0.5)]
            shared = " @shareable" if len(owners) > 1 else ""
            for owner in owners:
                self._parts[owner][entity].fields[f"f{number}_{index}"] = f"f{number}_{index}: {kind}{shared}"

    def _print(self, name: str) -> str:
        parts = self._parts[name]
        text = " ".join([*self._roots[name], *(item for part in parts.values() for item in part.fields.values())])
        words = set(text.replace("[", " ").replace("!]", " ").split())
        lines = [f"type Query {{ {' '.join(self._roots[name])} }}", "type Value @shareable { a: Int b: Int }"]
        for number in range(self._shape.entities):
            entity = f"E{number}"
            part = parts.get(entity)
            if part is not None:
                keys = " ".join(f'@key(fields: "{key}")' for key in part.keys)
                fields = " ".join([*(f"{key}: ID!" for key in part.keys), *part.fields.values()])
                lines.append(f"type {entity} {keys} {{ {fields} }}")
            elif entity in words:
                lines.append(f'type {entity} @key(fields: "k0", resolvable: false) {{ k0: ID! }}')
        return "\n".join(lines)


def supergraph_sdl(subgraphs: dict[str, str]) -> str:
    """Compose subgraphs, given by name and types.

    Raises:
        CompositionFailed: they do not fit together.
    """
    sources = [SubgraphSource(name, f"http://{name}.test/graphql", _LINK + sdl) for name, sdl in subgraphs.items()]
    return compose(sources).supergraph_sdl


def implementations(count: int, *, keys: int, subgraphs: int) -> dict[str, str]:
    """Write subgraphs with an interface that many entities implement in all of them, with two of several keys each."""
    found = {}
    for number in range(subgraphs):
        known = dict.fromkeys([f"k{number % keys}", f"k{(number + 1) % keys}"])
        applied = " ".join(f'@key(fields: "{key}")' for key in known)
        fields = " ".join(f"{key}: ID! @shareable" for key in known)
        fields += f" common: Int @shareable friend: Node @shareable own{number}: Int"
        types = [f"type T{item} implements Node {applied} {{ {fields} }}" for item in range(count)]
        interface = f"interface Node {{ common: Int friend: Node own{number}: Int }}"
        found[f"s{number}"] = "\n".join([interface, *types, f"type Query {{ node{number}: Node }}"])
    return found
