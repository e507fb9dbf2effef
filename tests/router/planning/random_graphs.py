"""Random subgraphs: entities with several keys, shared and computed fields, value types, interfaces and unions.

Not everything that comes out composes; what does not is thrown away by whoever asks.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

_KEYS = ("k", "j", "k j", "org { id }")


@dataclass
class _Type:
    """A type in one subgraph, as it is being written."""

    keys: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    interfaces: list[str] = field(default_factory=list)


class RandomGraph:
    """Writes subgraphs from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._names = [f"s{number}" for number in range(self._random.randint(2, 4))]
        self._entities = [f"E{number}" for number in range(self._random.randint(2, 4))]
        self._types: dict[str, dict[str, _Type]] = {name: {} for name in self._names}
        self._kinds: dict[tuple[str, str], str] = {}
        self._owners: dict[tuple[str, str], list[str]] = {}

    def subgraphs(self) -> dict[str, str]:
        """Give the subgraphs' schemas by name."""
        self._place_entities()
        self._add_fields()
        self._add_requirements()
        self._add_provisions()
        self._add_abstract()
        self._add_roots()
        return {name: self._print(name) for name in self._names}

    def _some(self, share: float) -> bool:
        return self._random.random() < share

    def _place_entities(self) -> None:
        for entity in self._entities:
            count = self._random.randint(2, len(self._names))
            for name in self._random.sample(self._names, count):
                kind = self._types[name].setdefault(entity, _Type())
                chosen = self._random.sample(_KEYS, self._random.randint(1, 2))
                if "k" not in chosen and self._some(0.75):
                    chosen.append("k")
                for key in chosen:
                    suffix = ", resolvable: false" if self._some(0.04) else ""
                    kind.keys.append(f'@key(fields: "{key}"{suffix})')
                    self._add_key_fields(kind, key)

    def _add_key_fields(self, kind: _Type, key: str) -> None:
        if "org" in key:
            kind.fields["org"] = "org: Org @shareable"
            return
        for part in key.split():
            kind.fields[part] = f"{part}: ID! @shareable"

    def _add_fields(self) -> None:
        for entity in self._entities:
            homes = [name for name in self._names if entity in self._types[name]]
            for number in range(self._random.randint(2, 5)):
                kind = self._kind()
                owners = self._random.sample(homes, min(len(homes), 2 if self._some(0.25) else 1))
                shared = " @shareable" if len(owners) > 1 else ""
                argument = "(n: Int)" if kind in {"Int", "String"} and self._some(0.2) else ""
                self._owners[entity, f"f{number}"] = owners
                self._kinds[entity, f"f{number}"] = kind
                for owner in owners:
                    self._types[owner][entity].fields[f"f{number}"] = f"f{number}{argument}: {kind}{shared}"

    def _kind(self) -> str:
        named = self._random.choice(
            ["Int", "String", "Int", *self._entities, *self._entities, "Value", "Face", "Either"]
        )
        return self._random.choice([named, named, f"[{named}]", f"[{named}!]!" if named == "Int" else f"[{named}!]"])

    def _add_requirements(self) -> None:
        for (entity, wanted), owners in list(self._owners.items()):
            named = self._kinds[entity, wanted].strip("[]!")
            places = [name for name in self._names if entity in self._types[name] and name not in owners]
            if not places or not self._some(0.4) or named in {"Face", "Either", "Org"}:
                continue
            name = self._random.choice(places)
            kind = self._types[name][entity]
            computed = f"c{wanted}"
            arguments = "(n: Int)" if "(n: Int)" in self._types[owners[0]][entity].fields[wanted] else ""
            selection = self._selection_of(named)
            if selection is None:
                continue
            given = "(n: 5)" if arguments and self._some(0.5) else ""
            kind.fields.setdefault(wanted, f"{wanted}{arguments}: {self._kinds[entity, wanted]} @external")
            kind.fields[computed] = f'{computed}: Int @requires(fields: "{wanted}{given}{selection}")'
            self._owners[entity, computed] = [name]
            self._kinds[entity, computed] = "Int"

    def _selection_of(self, named: str) -> str | None:
        if named == "Value":
            return " { a b }"
        if named in self._entities:
            return None
        return ""

    def _add_provisions(self) -> None:
        for (entity, name), owners in self._owners.items():
            named = self._kinds[entity, name].strip("[]!")
            for owner in owners:
                here = self._types[owner].get(named)
                text = self._types[owner][entity].fields[name]
                if here is None or named not in self._entities or "@" in text or not self._some(0.4):
                    continue
                wanted = [
                    (field, where[0])
                    for (other, field), where in self._owners.items()
                    if other == named and owner not in where and field not in here.fields and len(where) == 1
                ]
                leaves = [item for item in wanted if self._kinds[named, item[0]] in {"Int", "String"}]
                if leaves:
                    chosen, home = self._random.choice(leaves)
                    there = self._types[home][named].fields
                    if "@" in there[chosen] or "(" in there[chosen]:
                        continue
                    there[chosen] += " @shareable"
                    here.fields[chosen] = f"{chosen}: {self._kinds[named, chosen]} @external"
                    self._types[owner][entity].fields[name] = f'{text} @provides(fields: "{chosen}")'

    def _add_abstract(self) -> None:
        for name in self._names:
            present = [entity for entity in self._entities if entity in self._types[name]]
            for entity in present:
                if self._some(0.6):
                    self._types[name][entity].interfaces.append("Face")

    def _add_roots(self) -> None:
        for number, name in enumerate(self._names):
            query = self._types[name].setdefault("Query", _Type())
            for index in range(self._random.randint(1, 3)):
                kind = self._kind()
                query.fields[f"q{number}{index}"] = f"q{number}{index}: {kind}"
        if self._some(0.5):
            kind = self._random.choice(["Value", "Holder"])
            for name in self._random.sample(self._names, 2):
                self._types[name]["Query"].fields["shared"] = f"shared: {kind} @shareable"

    # ---- text -------------------------------------------------------------------------------------------------------
    def _print(self, name: str) -> str:
        types = self._types[name]
        present = [entity for entity in self._entities if entity in types]
        text = "\n".join(item for kind in types.values() for item in kind.fields.values())
        lines = []
        faces = [entity for entity in present if "Face" in types[entity].interfaces]
        for entity in self._entities:
            if entity not in types and f": {entity}" in text.replace("[", ""):
                lines.append(f'type {entity} @key(fields: "k", resolvable: false) {{ k: ID! }}')
                present.append(entity)
        for kind_name, kind in types.items():
            implements = f" implements {' & '.join(kind.interfaces)}" if kind.interfaces else ""
            fields = list(kind.fields.values())
            if kind.interfaces and not any(item.startswith("tag:") for item in fields):
                fields.append("tag: String @shareable")
            lines.append(f"type {kind_name}{implements} {' '.join(kind.keys)} {{ {' '.join(fields)} }}")
        mask = "" if faces else " type Mask implements Face { tag: String @shareable }"
        lines.append(f"interface Face {{ tag: String }}{mask}")
        lines.append(f"union Either = {' | '.join(sorted(set(present)) or ['Value'])}")
        lines.append("type Value @shareable { a: Int b: String }")
        lines.append("type Org @shareable { id: ID! }")
        extra = self._random.choice(["left: Int", "right: Int", "left: Int right: Int"])
        lines.append(f"type Holder @shareable {{ {extra} value: Value }}")
        return "\n".join(lines)
