"""An oracle: made-up data behind every subgraph of a supergraph, and behind one plain schema of the same graph.

Each value follows from the entity it belongs to, the field and the arguments, so all subgraphs agree, as federation
presumes. Subgraphs are strict: they complain of documents that their own schema refuses, of external or overridden
fields that are read, of representations that name no entity, and of computed fields whose inputs are missing or wrong.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    build_schema,
    execute_sync,
    parse,
    specified_scalar_types,
    validate,
)
from graphql.utilities.print_schema import print_input_value

from router.planning.places import TYPENAME
from router.planning.query_graph import QueryGraph
from router.supergraph import JoinField, Supergraph, TypeKind

_POOL = 6


@dataclass(frozen=True)
class Thing:
    """An object: its concrete type and what tells it from others of its type."""

    typename: str
    ident: str


@dataclass(frozen=True)
class Seen:
    """A thing as a subgraph holds it.

    Attributes:
        name: the type that the subgraph takes it for.
        given: the representation that it was asked by, where it was.
        provided: what @provides makes readable of it here.
    """

    thing: Thing
    name: str
    given: Mapping[str, Any] | None = None
    provided: tuple[SelectionSetNode, ...] = ()


def _hash(*parts: object) -> int:
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=6).digest(), "big")


@dataclass
class World:
    """The data of a supergraph."""

    supergraph: Supergraph
    nulls: bool = True
    requests: list[tuple[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.graph = QueryGraph(self.supergraph)
        self.keys = self._key_fields()
        self._schemas = {name: self._subgraph_schema(name) for name in self.supergraph.subgraphs}

    # ---- data ---------------------------------------------------------------------------------------------------
    def _key_fields(self) -> set[tuple[str, str]]:
        """List all fields that are part of a key: they are never null."""
        found: set[tuple[str, str]] = set()

        def walk(type_name: str, selection: SelectionSetNode) -> None:
            for node in selection.selections:
                assert isinstance(node, FieldNode)
                for concrete in (type_name, *self.graph.possible(type_name)):
                    found.add((concrete, node.name.value))
                if node.selection_set is not None:
                    walk(self.supergraph.types[type_name].fields[node.name.value].type.named, node.selection_set)

        for kind in self.supergraph.types.values():
            for own in kind.subgraphs.values():
                for key in own.keys:
                    walk(kind.name, key.fields.selection)
        return found

    def _is_entity(self, name: str) -> bool:
        return any(own.keys for own in self.supergraph.types[name].subgraphs.values())

    def _shared(self, name: str) -> str | None:
        """Name the interface whose interface objects or keys make its implementations share their identities."""
        for interface in self.supergraph.types[name].interfaces:
            if self._is_entity(interface):
                return interface
        return name if self.supergraph.types[name].kind is TypeKind.INTERFACE and self._is_entity(name) else None

    def _pool(self, name: str) -> list[Thing]:
        interface = self._shared(name)
        if interface is None:
            return [Thing(name, str(number)) for number in range(_POOL)]
        concretes = sorted(self.graph.possible(interface))
        things = [Thing(concretes[number % len(concretes)], str(number)) for number in range(_POOL)]
        return [thing for thing in things if name in (thing.typename, interface)]

    def value(self, thing: Thing, name: str, arguments: Mapping[str, Any]) -> Any:
        """Give a field's value: leaves as JSON, objects as things."""
        definition = self.supergraph.types[thing.typename].fields[name]
        text = json.dumps(arguments, sort_keys=True) if arguments else ""
        strict = any(
            own.fields[name].type.text.endswith("!")
            for kind in (thing.typename, *self.supergraph.types[thing.typename].interfaces)
            for own in self.supergraph.types[kind].subgraphs.values()
            if name in own.fields
        )
        return self._typed(thing, name, text, definition.type.text.removesuffix("!") + "!" * strict)

    def _typed(self, thing: Thing, name: str, salt: str, text: str) -> Any:
        owner = self._owner(thing.typename, name)
        number = _hash(owner, thing.ident, name, salt)
        is_key = (thing.typename, name) in self.keys
        if not text.endswith("!") and not is_key and self.nulls and number % 7 == 0:
            return None
        text = text.removesuffix("!")
        if text.startswith("["):
            count = 1 + number % 3
            return [self._typed(thing, name, f"{salt}/{index}", text[1:-1]) for index in range(count)]
        kind = self.supergraph.types.get(text)
        if kind is not None and kind.kind is TypeKind.ENUM:
            values = [value for value, hidden in kind.enum_values.items() if not hidden]
            return values[number % len(values)]
        if kind is None or not kind.subgraphs:
            return self._leaf(text, f"{owner}:{thing.ident}.{name}{salt}", number)
        return self._object(thing, name, salt, text, number)

    def _owner(self, typename: str, name: str) -> str:
        interface = self._shared(typename)
        declares = interface is not None and name in self.supergraph.types[interface].fields
        return interface if declares and interface is not None else typename

    def _leaf(self, scalar: str, text: str, number: int) -> Any:
        match scalar:
            case "Int":
                return number % 100_000_007
            case "Float":
                return number % 1000 + 0.5
            case "Boolean":
                return number % 2 == 0
            case _:
                return text

    def _object(self, thing: Thing, name: str, salt: str, named: str, number: int) -> Thing | None:
        possible = self.graph.possible(named)
        for source in self.graph.sources(thing.typename, name):
            possible &= self.graph.members(source.subgraph, source.field.type.named)
        concretes = sorted(item for item in possible if not self.supergraph.types[item].hidden)
        if not concretes:
            return None
        if self._shared(named) == named:
            pool = [item for item in self._pool(named) if item.typename in concretes]
            return pool[number % len(pool)] if pool else None
        concrete = concretes[number % len(concretes)]
        if self._is_entity(concrete) or self._shared(concrete):
            pool = self._pool(concrete)
            return pool[number // 7 % len(pool)] if pool else None
        return Thing(concrete, f"{thing.typename}:{thing.ident}.{name}{salt}" if thing.ident else f"{name}{salt}")

    # ---- the plain schema ------------------------------------------------------------------------------------------
    def expected(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """Execute an operation on the plain schema."""

        def resolve(source: Thing, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
            return self.value(source, info.field_name, arguments)

        result = execute_sync(
            self.supergraph.api_schema,
            parse(query),
            Thing("Query", ""),
            variable_values=dict(variables or {}),
            field_resolver=resolve,
            type_resolver=lambda value, _info, _kind: value.typename,
        )
        return result.data

    # ---- subgraphs -------------------------------------------------------------------------------------------------
    def _subgraph_schema(self, subgraph: str) -> GraphQLSchema:
        lines = ["scalar _Any"]
        entities = []
        for kind in self.supergraph.types.values():
            own = kind.subgraphs.get(subgraph)
            if kind.subgraphs:
                if own is not None:
                    lines += self._composite(kind.name, subgraph)
                    if own.keys and own.kind is TypeKind.OBJECT:
                        entities.append(kind.name)
                    if own.keys and own.kind is TypeKind.INTERFACE:
                        entities += sorted(own.members)
            elif kind.kind is TypeKind.INPUT:
                fields = " ".join(f"{item.name}: {item.type.text}" for item in kind.fields.values())
                lines.append(f"input {kind.name} {{ {fields} }}")
            elif kind.kind is TypeKind.ENUM:
                lines.append(f"enum {kind.name} {{ {' '.join(kind.enum_values)} }}")
            elif kind.name not in specified_scalar_types:
                lines.append(f"scalar {kind.name}")
        if not any(line.startswith("type Query {") for line in lines):
            lines.append("type Query { _service: String }")
        if entities:
            lines.append(f"union _Entity = {' | '.join(dict.fromkeys(entities))}")
            lines.append("extend type Query { _entities(representations: [_Any!]!): [_Entity]! }")
        return build_schema("\n".join(lines))

    def _composite(self, name: str, subgraph: str) -> Iterator[str]:
        kind = self.supergraph.types[name]
        own = kind.subgraphs[subgraph]
        if own.kind is TypeKind.UNION:
            if own.members:
                yield f"union {name} = {' | '.join(sorted(own.members))}"
            return
        fields = []
        for item in own.fields.values():
            arguments = ", ".join(
                f"{argument.name}: {argument.type.text}{self._default(name, item.name, argument.name)}"
                for argument in kind.fields[item.name].arguments.values()
            )
            fields.append(f"{item.name}{f'({arguments})' if arguments else ''}: {item.type.text}")
        interfaces = [
            item
            for item in kind.interfaces
            if subgraph in self.supergraph.types[item].subgraphs
            and name in self.graph.members(subgraph, item)
            and not self.graph.is_interface_object(subgraph, item)
        ]
        implements = f" implements {' & '.join(interfaces)}" if interfaces else ""
        keyword = "type" if own.kind is TypeKind.OBJECT else "interface"
        if fields or name != "Query":
            yield f"{keyword} {name}{implements} {{ {' '.join(fields) or '_empty: String'} }}"

    def _default(self, type_name: str, field_name: str, argument: str) -> str:
        """Give an argument's default as the API schema has it."""
        kind = self.supergraph.api_schema.type_map.get(type_name)
        public = kind.fields.get(field_name) if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else None
        if public is None or argument not in public.args:
            return ""
        _, equals, default = print_input_value(argument, public.args[argument]).partition(" = ")
        return equals + default

    def answer(self, subgraph: str, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Execute a request in a subgraph."""
        self.requests.append((subgraph, document))
        schema = self._schemas[subgraph]
        parsed = parse(document)
        for error in validate(schema, parsed):
            self.complaints.append(f"{subgraph} refuses {document}: {error.message}")

        def resolve(source: Seen, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
            return self._resolve(subgraph, source, info, arguments)

        def kind_of(value: Seen, _info: GraphQLResolveInfo[Any], _kind: Any) -> str:
            return value.name

        root = Seen(Thing(self._root_name(parsed), ""), self._root_name(parsed))
        result = execute_sync(
            schema, parsed, root, variable_values=dict(variables), field_resolver=resolve, type_resolver=kind_of
        )
        for error in result.errors or ():
            self.complaints.append(f"{subgraph} fails at {error.path}: {error.message} in {document}")
        return {"data": result.data}

    def _root_name(self, parsed: Any) -> str:
        return str(self.supergraph.root_types[parsed.definitions[0].operation])

    def _resolve(self, subgraph: str, seen: Seen, info: GraphQLResolveInfo[Any], arguments: Mapping[str, Any]) -> Any:
        name = info.field_name
        if name == "_entities":
            return [self._find(subgraph, given) for given in arguments["representations"]]
        own = self.supergraph.types[seen.name].subgraphs[subgraph].fields[name]
        below = _provided(seen.provided, seen.thing.typename, name, self.graph)
        source = next((item for item in self.graph.sources(seen.name, name) if item.subgraph == subgraph), None)
        if below is None:
            if source is None:
                self.complaints.append(f"{subgraph} is asked for {seen.name}.{name}, which it cannot resolve")
            elif own.requires is not None:
                self._check_inputs(subgraph, seen, own)
        value = self.value(seen.thing, name, arguments)
        provides = (own.provides.selection,) if own.provides is not None else ()
        return self._seen(value, subgraph, own.type.named, (*provides, *(below or ())))

    def _seen(self, value: Any, subgraph: str, named: str, provided: tuple[SelectionSetNode, ...]) -> Any:
        if isinstance(value, list):
            return [self._seen(item, subgraph, named, provided) for item in value]
        if not isinstance(value, Thing):
            return value
        interface_object = self.graph.is_interface_object(subgraph, named)
        return Seen(value, named if interface_object else value.typename, provided=provided)

    def _check_inputs(self, subgraph: str, seen: Seen, own: JoinField) -> None:
        where = f"{subgraph}: {seen.name}.{own.name}"
        if own.requires is None:
            return
        if seen.given is None:
            self.complaints.append(f"{where} is computed without a representation")
        elif not self._matches(seen.thing, own.requires.selection, seen.given, partial=True):
            self.complaints.append(f"{where} got wrong inputs in {seen.given}")

    def _find(self, subgraph: str, given: Mapping[str, Any]) -> Seen | None:
        name = given[TYPENAME]
        own = self.supergraph.types[name].subgraphs.get(subgraph)
        for key in own.keys if own is not None else ():
            for thing in self._pool(name):
                if self._matches(thing, key.fields.selection, given, partial=False):
                    real = name if own is not None and own.interface_object else thing.typename
                    return Seen(thing, real, given=given)
        self.complaints.append(f"{subgraph} knows no entity {given}")
        return None

    def _matches(self, thing: Thing, selection: SelectionSetNode, given: Any, *, partial: bool) -> bool:
        if not isinstance(given, dict):
            return False
        for node in selection.selections:
            if isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                applies = condition is None or thing.typename in self.graph.possible(condition.name.value)
                if applies and not self._matches(thing, node.selection_set, given, partial=partial):
                    return False
                continue
            assert isinstance(node, FieldNode)
            if node.name.value == TYPENAME:
                continue
            if node.name.value not in given:
                return False
            arguments = {item.name.value: _literal(item.value) for item in node.arguments or ()}
            value = self.value(thing, node.name.value, arguments)
            if not self._same(value, node.selection_set, given[node.name.value], partial=partial):
                return False
        return True

    def _same(self, value: Any, selection: SelectionSetNode | None, given: Any, *, partial: bool) -> bool:
        if isinstance(value, list):
            return (
                isinstance(given, list)
                and len(given) == len(value)
                and all(
                    self._same(one, selection, other, partial=partial) for one, other in zip(value, given, strict=True)
                )
            )
        if isinstance(value, Thing):
            return selection is not None and self._matches(value, selection, given, partial=partial)
        return bool(value == given)


def _literal(node: Any) -> Any:
    value = getattr(node, "value", None)
    return int(str(value)) if node.kind == "int_value" else value


def _provided(
    selections: Sequence[SelectionSetNode], concrete: str, name: str, graph: QueryGraph
) -> tuple[SelectionSetNode, ...] | None:
    found: list[SelectionSetNode] = []
    known = False
    for selection in selections:
        for node in selection.selections:
            if isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                if condition is None or concrete in graph.possible(condition.name.value):
                    inner = _provided([node.selection_set], concrete, name, graph)
                    if inner is not None:
                        known = True
                        found += inner
            elif isinstance(node, FieldNode) and node.name.value == name:
                known = True
                if node.selection_set is not None:
                    found.append(node.selection_set)
    return tuple(found) if known else None
