"""Made-up data: each value follows from the object it belongs to, the field and the arguments.

So every subgraph says the same of the same, as federation presumes, and nothing has to be stored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import SelectionSetNode, value_from_ast_untyped
from graphql.language import FieldNode, InlineFragmentNode

from tests.router.oracle.reading import Federation, fields_of, named_type, type_name

__all__ = ["Thing", "Truth"]

_POOL = 6
_ROOTS = frozenset({"Query", "Mutation", "Subscription"})


@dataclass(frozen=True)
class Thing:
    """An object: its concrete type and what tells it from others of its type."""

    typename: str
    ident: str


def _hash(*parts: object) -> int:
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=6).digest(), "big")


class Truth:
    """The data of a federation.

    Args:
        federation: what there are types for.
        nulls: whether fields that may be null sometimes are.
        absences: whether subgraphs sometimes do not know an entity that they alone are asked for.
    """

    def __init__(self, federation: Federation, *, nulls: bool = True, absences: bool = False) -> None:
        self._federation = federation
        self._nulls = nulls
        self.impossible = False  # a field was asked for whose subgraphs have no type in common
        self._keys = self._key_fields()
        self._strangers = self._find_strangers() if absences else set()
        self._types: dict[tuple[str, str], tuple[str, frozenset[str]]] = {}

    # ---- identity -------------------------------------------------------------------------------------------------
    def _key_fields(self) -> set[tuple[str, str]]:
        """List all fields that are part of a key: they are never null."""
        found: set[tuple[str, str]] = set()

        def walk(subgraph: str, type_name: str, selection: SelectionSetNode) -> None:
            for node in fields_of(selection):
                name = node.name.value
                found.update((concrete, name) for concrete in self._federation.possible(type_name))
                own = self._federation.own[subgraph][type_name].fields.get(name)
                if node.selection_set is not None and own is not None:
                    walk(subgraph, named_type(own.type), node.selection_set)

        for subgraph, types in self._federation.own.items():
            for own in types.values():
                for key, _ in own.keys:
                    walk(subgraph, own.name, key)
        return found

    def _shared(self, name: str) -> str | None:
        """Name the interface whose key makes its implementations share their identities."""
        interfaces: list[str] = [*self._federation.interfaces.get(name, []), name]
        for interface in interfaces:
            if self._federation.kind(interface) == "interface" and self._federation.is_entity(interface):
                return interface
        return None

    def pool(self, name: str) -> list[Thing]:
        """List the entities of a type."""
        interface = self._shared(name)
        if interface is None:
            return [Thing(name, str(number)) for number in range(_POOL)]
        concretes = sorted(self._federation.possible(interface))
        things = [Thing(concretes[number % len(concretes)], str(number)) for number in range(_POOL)]
        return [thing for thing in things if name in (thing.typename, interface)]

    # ---- entities that a subgraph does not know -----------------------------------------------------------------
    def _find_strangers(self) -> set[tuple[str, str]]:
        """Find types and subgraphs that only `_entities` leads to, and whose fields nothing else depends on.

        There it makes no difference by which way the router comes: what such a subgraph does not know is null.
        """
        found = set()
        for subgraph, types in self._federation.own.items():
            returned = {
                concrete
                for own in types.values()
                for item in own.fields.values()
                for concrete in self._federation.possible_in(subgraph, named_type(item.type))
            }
            for own in types.values():
                if (
                    own.kind == "object"
                    and own.keys
                    and own.name not in returned
                    and self._is_alone(subgraph, own.name)
                ):
                    found.add((own.name, subgraph))
        return found

    def _is_alone(self, subgraph: str, type_name: str) -> bool:
        """Whether a subgraph has nothing of a type but one flat key, which others have, and what it alone has."""
        own = self._federation.own[subgraph][type_name]
        if self._shared(type_name) is not None or own.interface_object or len(own.keys) != 1:
            return False
        nodes = list(fields_of(own.keys[0][0]))
        names = {node.name.value for node in nodes}
        if any(node.selection_set is not None for node in nodes):
            return False
        if any(self._only_here(subgraph, type_name, name) for name in names):
            return False
        for name, item in own.fields.items():
            others = [home for home, _ in self._federation.declarations(type_name, name) if home != subgraph]
            is_key = (type_name, name) in self._keys
            if name not in names and (others or is_key or item.override is not None):
                return False
        return True

    def _only_here(self, subgraph: str, type_name: str, name: str) -> bool:
        return not any(
            home != subgraph and self._federation.resolves(home, type_name, name) for home in self._federation.own
        )

    def is_absent(self, thing: Thing, subgraph: str) -> bool:
        """Whether a subgraph does not know an entity."""
        return (thing.typename, subgraph) in self._strangers and _hash(thing.typename, thing.ident, subgraph) % 3 == 0

    def _is_lost(self, thing: Thing, name: str) -> bool:
        """Whether the one subgraph that has a field does not know the entity."""
        if (thing.typename, name) in self._keys:
            return False
        return any(
            name in self._federation.own[subgraph][type_name].fields
            for type_name, subgraph in self._strangers
            if type_name == thing.typename and self.is_absent(thing, subgraph)
        )

    # ---- values -----------------------------------------------------------------------------------------------------
    def value(self, thing: Thing, name: str, arguments: Mapping[str, Any]) -> Any:
        """Give a field's value: leaves as JSON, objects as things."""
        if self._is_lost(thing, name):
            return None
        text = json.dumps(arguments, sort_keys=True) if arguments else ""
        found = self._types.get((thing.typename, name))
        if found is None:
            found = self._types[thing.typename, name] = self._type_of(thing.typename, name)
        return self._typed(thing, name, text, found[0], found[1])

    def _type_of(self, concrete: str, name: str) -> tuple[str, frozenset[str]]:
        """Give a field's type with every `!` that any subgraph has, and what concrete types all of them can give."""
        declared = self._federation.declarations(concrete, name)
        interfaces = [
            types[interface].fields[name]
            for types in self._federation.own.values()
            for interface in self._federation.interfaces[concrete]
            if interface in types and name in types[interface].fields
        ]
        strict = _strictest([item.type for _, item in declared] + [item.type for item in interfaces])
        possible: frozenset[str] | None = None
        for subgraph, item in declared:
            if item.external and not self._is_provided(subgraph, name):
                continue
            here = self._federation.possible_in(subgraph, named_type(item.type))
            possible = here if possible is None else possible & here
        return strict, possible or frozenset()

    def _is_provided(self, subgraph: str, name: str) -> bool:
        return any(
            node.name.value == name
            for own in self._federation.own[subgraph].values()
            for item in own.fields.values()
            if item.provides is not None
            for node in _all_fields(item.provides)
        )

    def _typed(self, thing: Thing, name: str, salt: str, text: str, possible: frozenset[str]) -> Any:
        number = _hash(self._owner(thing.typename, name), thing.ident, name, salt)
        is_key = (thing.typename, name) in self._keys
        if not text.endswith("!") and not is_key and self._nulls and number % 7 == 0:
            return None
        text = text.removesuffix("!")
        if text.startswith("["):
            nothing = not possible and self._federation.kind(named_type(text)) not in {None, "enum"}
            count = 0 if nothing else 1 + number % 3 if is_key else number % 4
            return [self._typed(thing, name, f"{salt}/{index}", text[1:-1], possible) for index in range(count)]
        kind = self._federation.kind(text)
        if kind == "enum":
            values = sorted(
                {value for types in self._federation.own.values() if text in types for value in types[text].values}
            )
            return values[number % len(values)]
        if kind is None:
            return _leaf(text, f"{self._owner(thing.typename, name)}:{thing.ident}.{name}{salt}", number)
        return self._object(thing, name, salt, possible, number)

    def _owner(self, typename: str, name: str) -> str:
        interface = self._shared(typename)
        if interface is None:
            return typename
        declares = any(
            interface in types and name in types[interface].fields for types in self._federation.own.values()
        )
        return interface if declares else typename

    def _object(self, thing: Thing, name: str, salt: str, possible: frozenset[str], number: int) -> Thing | None:
        if not possible:
            self.impossible = True
            return None
        concrete = sorted(possible)[number % len(possible)]
        shared = self._shared(concrete)
        if shared is not None:
            pool = [item for item in self.pool(shared) if item.typename in possible]
            return pool[number // 7 % len(pool)] if pool else None
        if self._federation.is_entity(concrete):
            pool = self.pool(concrete)
            if (thing.typename, name) in self._keys and thing.ident.isdigit():
                return pool[int(thing.ident)]  # an entity that is known by another is known by that alone
            return pool[number // 7 % len(pool)]
        if concrete in _ROOTS:
            return Thing(concrete, "")
        return Thing(concrete, f"{self._owner(thing.typename, name)}:{thing.ident}.{name}{salt}"[-200:])

    # ---- comparing what the router says ---------------------------------------------------------------------------
    def agrees(self, thing: Thing, selection: SelectionSetNode, given: Any) -> bool:
        """Whether a representation has every field of a field set, each with its true value."""
        if not isinstance(given, dict):
            return False
        for node in selection.selections:
            if isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                applies = condition is None or thing.typename in self._federation.possible(condition.name.value)
                if applies and not self.agrees(thing, node.selection_set, given):
                    return False
                continue
            assert isinstance(node, FieldNode)
            name = node.name.value
            if name == "__typename":
                if given.get(name) != thing.typename:
                    return False
                continue
            if name not in given:
                return False
            arguments = {item.name.value: value_from_ast_untyped(item.value) for item in node.arguments or ()}
            if not self._same(self.value(thing, name, self.complete(thing, name, arguments)), node, given[name]):
                return False
        return True

    def _same(self, value: Any, node: FieldNode, given: Any) -> bool:
        if isinstance(value, list):
            if not isinstance(given, list) or len(given) != len(value):
                return False
            return all(self._same(one, node, other) for one, other in zip(value, given, strict=True))
        if isinstance(value, Thing):
            return node.selection_set is not None and self.agrees(value, node.selection_set, given)
        return bool(value == given)

    def complete(self, thing: Thing, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Add the defaults of arguments that are not given, and leave out hidden ones: they stay at their defaults."""
        found = dict(arguments)
        for _, item in self._federation.declarations(thing.typename, name)[:1]:
            for argument in item.arguments:
                if argument.default_value is not None:
                    found.setdefault(argument.name.value, value_from_ast_untyped(argument.default_value))
                given = found.get(argument.name.value)
                if isinstance(given, dict):
                    defaults = self._federation.input_defaults.get(type_name(argument.type), {})
                    found[argument.name.value] = {**defaults, **given}
        for _, item in self._federation.declarations(thing.typename, name):
            for argument in item.arguments:
                if any(directive.name.value == "inaccessible" for directive in argument.directives or ()):
                    found.pop(argument.name.value, None)
        return found


def _all_fields(selection: SelectionSetNode) -> list[FieldNode]:
    found = list(fields_of(selection))
    return found + [
        item for node in found if node.selection_set is not None for item in _all_fields(node.selection_set)
    ]


def _strictest(texts: list[str]) -> str:
    if any(item.endswith("!") for item in texts):
        return _strictest([item.removesuffix("!") for item in texts]) + "!"
    if any(item.startswith("[") for item in texts):
        return f"[{_strictest([item[1:-1] for item in texts if item.startswith('[')])}]"
    return texts[0]


def _leaf(scalar: str, text: str, number: int) -> Any:
    match scalar:
        case "Int":
            return number % 100_000_007
        case "Float":
            return number % 1000 + 0.5
        case "Boolean":
            return number % 2 == 0
        case _:
            return text
