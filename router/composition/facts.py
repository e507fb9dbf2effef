"""What follows from one subgraph's federation directives: its keys, and which fields are external, provided or used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from router.composition.field_sets import FieldSet, FieldSetReader, Selected
from router.composition.model import Directive, Field, Kind, Subgraph, TypeDefinition

_IGNORED = r"(?:[\n\r\t ,]|#[^\n\r]*(?![^\n\r]))*"
_CONTEXT = re.compile(rf"^{_IGNORED}\${_IGNORED}(?P<context>[A-Za-z_]\w*)(?P<selection>.*)$", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as one subgraph declares it."""

    text: str
    fields: FieldSet
    resolvable: bool
    in_extension: bool


class SubgraphFacts:
    """A subgraph with what follows from its directives, worked out on first need."""

    def __init__(self, subgraph: Subgraph) -> None:
        self.subgraph = subgraph
        self.reader = FieldSetReader(subgraph)

    @property
    def name(self) -> str:
        """The subgraph's name."""
        return self.subgraph.name

    def type(self, name: str) -> TypeDefinition | None:
        """Give a type of the subgraph."""
        return self.subgraph.types.get(name)

    def field(self, type_name: str, field: str) -> Field | None:
        """Give a field of the subgraph."""
        definition = self.subgraph.types.get(type_name)
        return None if definition is None else definition.fields.get(field)

    @cached_property
    def keys(self) -> Mapping[str, tuple[Key, ...]]:
        """The keys of each type that has any."""
        return {
            definition.name: tuple(self._key(definition, directive) for directive in definition.applied("key"))
            for definition in self.subgraph.types.values()
            if definition.has("key")
        }

    def _key(self, definition: TypeDefinition, directive: Directive) -> Key:
        text = directive.text("fields")
        return Key(
            text=text,
            fields=self.reader.read(text, definition.name)[0],
            resolvable=directive.value("resolvable", default=True) is not False,
            in_extension=directive.in_extension or definition.has("extends"),
        )

    @cached_property
    def key_fields(self) -> frozenset[str]:
        """The coordinates of the fields in any key; such fields are shareable without saying so."""
        return frozenset(
            coordinate
            for keys in self.keys.values()
            for key in keys
            for top in key.fields
            for selected in top.walk()
            for coordinate in self._all_of(selected)
        )

    @cached_property
    def _extension_key_fields(self) -> frozenset[str]:
        # The old way to declare a stub marks the key of an extension as external, though the subgraph does resolve it.
        return frozenset(
            selected.coordinate
            for keys in self.keys.values()
            for key in keys
            if key.in_extension
            for top in key.fields
            for selected in top.walk()
        )

    def is_external(self, type_name: str, field: str) -> bool:
        """Tell whether the subgraph declares a field without resolving it (an extension's key it does resolve)."""
        definition = self.field(type_name, field)
        if definition is None or not definition.has("external"):
            return False
        return f"{type_name}.{field}" not in self._extension_key_fields

    def is_shareable(self, type_name: str, field: str) -> bool:
        """Tell whether other subgraphs may resolve the field as well."""
        definition = self.field(type_name, field)
        if definition is None:
            return False
        at = f"{type_name}.{field}"
        return definition.has("shareable") or at in self.key_fields or at in self.provided

    def selections_of(self, directive: str) -> Iterator[tuple[TypeDefinition, Field, Directive, str]]:
        """Give each application of `requires` or `provides` with the type on which its field set selects."""
        for definition in self.subgraph.types.values():
            for field in definition.fields.values():
                for applied in field.applied(directive):
                    yield definition, field, applied, _selected_type(directive, definition, field)

    def field_set(self, directive: str, type_name: str, field: Field) -> FieldSet:
        """Give what `requires` or `provides` on a field selects; empty without one."""
        for applied in field.applied(directive):
            on = _selected_type(directive, self.subgraph.types[type_name], field)
            return self.reader.read(applied.text("fields"), on)[0]
        return ()

    @cached_property
    def provided(self) -> frozenset[str]:
        """The coordinates of external fields that some path provides."""
        return frozenset(
            coordinate
            for _, _, directive, on in self.selections_of("provides")
            for top in self.reader.read(directive.text("fields"), on)[0]
            for selected in top.walk()
            for coordinate in self._all_of(selected)
            if self.is_external(*coordinate.split("."))
        )

    @cached_property
    def used(self) -> frozenset[str]:
        """The coordinates that a key, requires, provides, context or interface of this subgraph needs declared."""
        found: set[str] = set(self.key_fields)
        for name in ("requires", "provides"):
            for _, _, directive, on in self.selections_of(name):
                for top in self.reader.read(directive.text("fields"), on)[0]:
                    found.update(coordinate for selected in top.walk() for coordinate in self._all_of(selected))
        for definition in self.subgraph.types.values():
            for interface in definition.interfaces:
                fields = self.subgraph.types[interface].fields if interface in self.subgraph.types else {}
                found.update(f"{definition.name}.{field}" for field in fields)
        found.update(self._used_by_contexts())
        return frozenset(found)

    def _used_by_contexts(self) -> Iterator[str]:
        set_on: dict[str, list[str]] = {}
        for definition in self.subgraph.types.values():
            for directive in definition.applied("context"):
                set_on.setdefault(directive.text("name"), []).append(definition.name)
        for definition in self.subgraph.types.values():
            for field in definition.fields.values():
                for argument in field.arguments.values():
                    for directive in argument.applied("fromContext"):
                        context, selection = parse_context(directive.text("field"))
                        text = selection.strip().removeprefix("{").removesuffix("}")
                        for on in set_on.get(context, ()):
                            for top in self.reader.read(text, on)[0]:
                                yield from (at for selected in top.walk() for at in self._all_of(selected))

    def _all_of(self, selected: Selected) -> Iterator[str]:
        yield selected.coordinate
        definition = self.type(selected.on)
        if definition is not None and definition.kind is Kind.INTERFACE:
            for name in self.subgraph.possible_types(selected.on):
                yield f"{name}.{selected.name}"


def parse_context(text: str) -> tuple[str, str]:
    """Give the context and the selection of a `@fromContext`, both empty where it does not begin with a context."""
    match = _CONTEXT.match(text)
    return (match["context"], match["selection"]) if match is not None else ("", "")


def _selected_type(directive: str, definition: TypeDefinition, field: Field) -> str:
    return definition.name if directive == "requires" else field.type_name
