"""Spreads a random graph, second half: computed fields with their inputs, what is provided, what is taken over."""

from __future__ import annotations

from tests.router.oracle.blueprint import Kind
from tests.router.oracle.drafts import FieldDraft, TypeDraft
from tests.router.oracle.homes import Homes
from tests.router.oracle.reading import named_type

__all__ = ["Inputs"]


class Inputs(Homes):
    """Adds @requires, @provides and @override to what is there."""

    # ---- @requires --------------------------------------------------------------------------------------------------
    def require(self) -> None:
        """Add a computed field, with its inputs external where it is computed."""
        places = [
            (subgraph, own)
            for subgraph, types in self.types.items()
            for own in types.values()
            if own.keys and own.kind == "type" and any("resolvable" not in key for key in own.keys)
        ]
        if not places:
            return
        subgraph, own = self.draw.choice(places)
        kind = self.plan.types[own.name]
        wanted = self._inputs(subgraph, own)
        if not wanted:
            return
        parts = [
            asked
            for name, text, arguments in self.draw.sample(wanted, min(len(wanted), self.draw.randint(1, 2)))
            if (asked := self._asked(subgraph, own, name, text, arguments)) is not None
        ]
        if not parts:
            return
        name = f"c{sum(item.startswith('c') for item in own.fields)}{subgraph[1:]}"
        text = self.draw.choice(["Int", "String", *(item for item in (own.name, "E0") if item in self.types[subgraph])])
        own.fields[name] = FieldDraft(name, text, extra=[f'@requires(fields: "{" ".join(parts)}")'])
        self.owners[kind.name, name] = [subgraph]

    def _inputs(self, subgraph: str, own: TypeDraft) -> list[tuple[str, str, str]]:
        """List fields of the type that others have and this subgraph has not, or has as external already."""
        found: dict[str, tuple[str, str, str]] = {}
        for other, types in self.types.items():
            there = types.get(own.name)
            if other == subgraph or there is None:
                continue
            for item in there.fields.values():
                here = own.fields.get(item.name)
                if (here is None or here.external) and not item.external:
                    found[item.name] = (item.name, item.type, item.arguments)
        return list(found.values())

    def _asked(self, subgraph: str, own: TypeDraft, name: str, text: str, arguments: str) -> str | None:
        """Write a required field as a field set, and declare all of it here."""
        named = named_type(text)
        if self.plan.types.get(named, Kind("", "")).kind == "mask":
            return None
        mark = len(self.added)
        self.external(own, FieldDraft(name, text, arguments))
        given = f"(n: {self.draw.choice([5, 6])})" if arguments.startswith("n: Int") and self.some(0.6) else ""
        below = self._below(subgraph, named, 2)
        if below is None:
            self.forget(mark)
            return None
        return f"{name}{given}{below}"

    def external(self, own: TypeDraft, item: FieldDraft) -> None:
        if item.name not in own.fields:
            item.external = True
            own.fields[item.name] = item
            self.added.append((own, item.name))

    def forget(self, mark: int) -> None:
        """Take back the external fields of what came to nothing."""
        while len(self.added) > mark:
            own, name = self.added.pop()
            del own.fields[name]

    def _below(self, subgraph: str, named: str, depth: int) -> str | None:
        """Write a selection on a type, declaring its fields in the subgraph; None where there is nothing to select."""
        kind = self.plan.types.get(named)
        if kind is None:
            return ""
        if depth == 0:
            return None
        self.ensure(subgraph, named)
        own = self.types[subgraph][named]
        if own.interface_object:
            return None
        if own.kind in {"union", "interface"}:
            return self._fragments(subgraph, own, depth)
        names = self.draw.sample(list(kind.fields), min(len(kind.fields), self.draw.randint(1, 2)))
        parts = []
        for name in names:
            text, arguments = kind.fields[name]
            mark = len(self.added)
            self.external(own, FieldDraft(name, text, arguments))
            below = self._below(subgraph, named_type(text), depth - 1)
            if below is None:
                self.forget(mark)
                continue
            parts.append(f"{name}{below}")
        return f" {{ {' '.join(parts)} }}" if parts else None

    def _fragments(self, subgraph: str, own: TypeDraft, depth: int) -> str | None:
        members = own.members or [
            other.name
            for other in self.types[subgraph].values()
            if own.name in other.interfaces and other.kind == "type"
        ]
        parts = ["__typename"] if self.some(0.2) else []
        for name in self.draw.sample(members, min(len(members), self.draw.randint(1, 2))):
            below = self._below(subgraph, name, depth)
            if below is not None:
                parts.append(f"... on {name}{below}")
        if own.kind == "interface" and own.fields and self.some(0.3):
            scalar = [item.name for item in own.fields.values() if named_type(item.type) not in self.plan.types]
            parts += scalar[:1]
        return f" {{ {' '.join(parts)} }}" if parts else None

    # ---- @provides, @override -----------------------------------------------------------------------------------
    def provide(self) -> None:
        places = [
            (subgraph, own, item)
            for subgraph, types in self.types.items()
            for own in types.values()
            for item in own.fields.values()
            if own.kind == "type"
            and not item.external
            and not item.extra
            and self.plan.types.get(named_type(item.type), Kind("", "")).kind in {"entity", "union", "interface"}
        ]
        if not places:
            return
        subgraph, _, item = self.draw.choice(places)
        below = self._provided(subgraph, named_type(item.type), 2)
        if below is not None:
            item.extra.append(f'@provides(fields: "{below}")')

    def _provided(self, subgraph: str, named: str, depth: int) -> str | None:
        own = self.types[subgraph].get(named)
        kind = self.plan.types[named]
        if own is None or depth == 0 or own.interface_object:
            return None
        if own.kind != "type":
            members = [name for name in self.plan.concretes(named) if name in self.types[subgraph]]
            members = [name for name in members if not own.members or name in own.members]
            chosen = self.draw.sample(members, min(len(members), self.draw.randint(1, 2)))
            parts = [f"... on {name} {{ {text} }}" for name in chosen if (text := self._provided(subgraph, name, 1))]
            return " ".join(parts) or None
        parts = []
        for name, (text, arguments) in kind.fields.items():
            here = own.fields.get(name)
            if arguments or (here is not None and not here.external) or not self.some(0.5):
                continue
            nested = ""
            mark = len(self.added)
            self.external(own, FieldDraft(name, text, arguments))
            if named_type(text) in self.plan.types:
                self.ensure(subgraph, named_type(text))
                below = self._provided(subgraph, named_type(text), depth - 1)
                if below is None:
                    self.forget(mark)
                    continue
                nested = f" {{ {below} }}"
            parts.append(f"{name}{nested}")
        return " ".join(parts) or None

    def override(self) -> None:
        places = [
            (owners[0], subgraph, type_name, name)
            for (type_name, name), owners in self.owners.items()
            if len(owners) == 1 and type_name in self.plan.types and name in self.plan.types[type_name].fields
            for subgraph in self.homes(type_name)
            if subgraph != owners[0] and name not in self.types[subgraph][type_name].fields
        ]
        if not places:
            return
        source, subgraph, type_name, name = self.draw.choice(places)
        if self.types[source][type_name].fields[name].extra:
            return
        item = self.own_field(self.types[subgraph][type_name], self.plan.types[type_name], name)
        label = f', label: "{self.draw.choice(["new", "other"])}"' if self.some(0.5) else ""
        item.extra.append(f'@override(from: "{source}"{label})')
        self.owners[type_name, name] = [source, subgraph]
