"""A subgraph that behaves like a real one, and complains of whatever a real one would refuse or answer wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLResolveInfo,
    GraphQLSchema,
    SelectionSetNode,
    build_ast_schema,
    execute_sync,
    parse,
    print_ast,
    validate,
)
from graphql.language import FieldNode, InlineFragmentNode, OperationDefinitionNode

from tests.router.oracle.reading import Federation, OwnField, fields_of, named_type
from tests.router.oracle.truth import Thing, Truth

__all__ = ["StrictSubgraph"]

_ENTITIES = "_entities"
_KEPT = frozenset({"deprecated", "specifiedBy", "oneOf"})


@dataclass(frozen=True)
class _Seen:
    """A thing as the subgraph holds it: as which type, by which representation, and what is provided of it."""

    thing: Thing
    name: str
    given: Mapping[str, Any] | None = None
    provided: tuple[SelectionSetNode, ...] = ()


class StrictSubgraph:
    """Answers requests from the truth.

    It complains of documents that its schema refuses, of external or overridden fields that are read, of
    representations that name no entity, hold more or less than a key and what is required, and of computed fields
    whose inputs are missing or wrong.
    """

    def __init__(self, name: str, sdl: str, federation: Federation, truth: Truth) -> None:
        self.name = name
        self._federation = federation
        self._truth = truth
        self._own = federation.own[name]
        self._schema = _schema_of(sdl, list(_entity_names(federation, name)))
        self.complaints: list[str] = []

    def answer(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Execute a request."""
        parsed = parse(document)
        for error in validate(self._schema, parsed):
            self.complaints.append(f"{self.name} refuses {document}: {error.message}")
        definition = parsed.definitions[0]
        assert isinstance(definition, OperationDefinitionNode)
        root = definition.operation.value.capitalize()
        result = execute_sync(
            self._schema,
            parsed,
            _Seen(Thing(root, ""), root),
            variable_values=dict(variables),
            field_resolver=self._resolve,
            type_resolver=lambda seen, _info, _kind: seen.name,
        )
        for error in result.errors or ():
            self.complaints.append(f"{self.name} fails at {error.path}: {error.message} in {document}")
        return {"data": result.data}

    # ---- fields -----------------------------------------------------------------------------------------------------
    def _resolve(self, seen: _Seen, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        name = info.field_name
        if name == _ENTITIES:
            return [self._find(given, info) for given in arguments["representations"]]
        own = self._own[seen.name].fields[name]
        below = self._provided(seen.provided, seen.thing.typename, name)
        if below is None:
            if not self._federation.resolves(self.name, seen.name, name):
                self.complaints.append(f"{self.name} is asked for {seen.name}.{name}, which it does not resolve")
            elif own.requires is not None:
                self._check_inputs(seen, own)
        value = self._truth.value(seen.thing, name, self._visible(own, arguments))
        provides = (own.provides,) if own.provides is not None else ()
        return self._as_seen(value, named_type(own.type), (*provides, *(below or ())))

    def _visible(self, own: OwnField, arguments: Mapping[str, Any]) -> dict[str, Any]:
        hidden = {
            argument.name.value
            for types in self._federation.own.values()
            for kind in types.values()
            if own.name in kind.fields
            for argument in kind.fields[own.name].arguments
            if any(directive.name.value == "inaccessible" for directive in argument.directives or ())
        }
        return {name: value for name, value in arguments.items() if name not in hidden}

    def _as_seen(self, value: Any, named: str, provided: tuple[SelectionSetNode, ...]) -> Any:
        if isinstance(value, list):
            return [self._as_seen(item, named, provided) for item in value]
        if not isinstance(value, Thing):
            return value
        own = self._own.get(named)
        stands = named if own is not None and own.interface_object else value.typename
        return _Seen(value, stands, provided=provided)

    def _provided(
        self, selections: Sequence[SelectionSetNode], concrete: str, name: str
    ) -> tuple[SelectionSetNode, ...] | None:
        found: list[SelectionSetNode] = []
        known = False
        for selection in selections:
            for node in self._applying(selection, concrete):
                if node.name.value == name:
                    known = True
                    found += [node.selection_set] if node.selection_set is not None else []
        return tuple(found) if known else None

    def _applying(self, selection: SelectionSetNode, concrete: str) -> Iterator[FieldNode]:
        for node in selection.selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                if condition is None or concrete in self._federation.possible(condition.name.value):
                    yield from self._applying(node.selection_set, concrete)

    # ---- entities ---------------------------------------------------------------------------------------------------
    def _check_inputs(self, seen: _Seen, own: OwnField) -> None:
        where = f"{self.name}: {seen.name}.{own.name}"
        if own.requires is None:
            return
        if seen.given is None:
            self.complaints.append(f"{where} is computed without a representation")
        elif not self._truth.agrees(seen.thing, own.requires, seen.given):
            self.complaints.append(f"{where} got wrong inputs in {seen.given} for {print_ast(own.requires)}")

    def _find(self, given: Any, info: GraphQLResolveInfo[Any]) -> _Seen | None:
        name = given.get("__typename") if isinstance(given, dict) else None
        own = self._own.get(name) if isinstance(name, str) else None
        if own is None or not isinstance(name, str):
            self.complaints.append(f"{self.name} knows no type {name}")
            return None
        self._check_shape(name, given, info)
        for key, resolvable in own.keys:
            for thing in self._truth.pool(name) if resolvable else ():
                if self._truth.agrees(thing, key, given):
                    if self._truth.is_absent(thing, self.name):
                        return None
                    return _Seen(thing, name if own.interface_object else thing.typename, given=given)
        self.complaints.append(f"{self.name} knows no entity {given}")
        return None

    def _check_shape(self, name: str, given: Mapping[str, Any], info: GraphQLResolveInfo[Any]) -> None:
        """Complain of a representation that holds more than one key and what the selected fields require."""
        computed = [
            self._own[name].fields[node.name.value].requires
            for root in info.field_nodes
            if root.selection_set is not None
            for node in _below(root.selection_set, name)
            if node.name.value in self._own[name].fields
        ]
        wanted = [item for item in computed if item is not None]
        keys = [key for key, resolvable in self._own[name].keys if resolvable]
        if not any(self._holds_just(given, [key, *wanted]) for key in keys):
            self.complaints.append(f"{self.name} is sent more than a key and what is required: {given}")

    def _holds_just(self, given: Any, wanted: list[SelectionSetNode]) -> bool:
        if isinstance(given, list):
            return all(self._holds_just(item, wanted) for item in given)
        if not isinstance(given, dict):
            return True
        below: dict[str, list[SelectionSetNode]] = {}
        for selection in wanted:
            for node in fields_of(selection):
                known = below.setdefault(node.name.value, [])
                known += [node.selection_set] if node.selection_set is not None else []
        extra = set(given) - set(below) - {"__typename"}
        return not extra and all(self._holds_just(given[name], below[name]) for name in given if name in below)


def _below(selection: SelectionSetNode, name: str) -> Iterator[FieldNode]:
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _below(node.selection_set, name)


def _entity_names(federation: Federation, subgraph: str) -> Iterator[str]:
    for own in federation.own[subgraph].values():
        if own.keys and own.kind == "object":
            yield own.name
        elif own.keys:
            yield from sorted(federation.possible_in(subgraph, own.name))


def _schema_of(sdl: str, entities: list[str]) -> GraphQLSchema:
    """Build the schema that the subgraph serves: without federation's directives, with `_entities`."""
    lines = ["scalar _Any"]
    has_query = False
    for node in parse(sdl, no_location=True).definitions:
        if "type_" not in node.kind:
            continue
        text = print_ast(_without_directives(node)).removeprefix("extend ")
        has_query |= text.startswith("type Query")
        lines.append(text)
    if not has_query:
        lines.append("type Query { _service: String }")
    if entities:
        lines.append(f"union _Entity = {' | '.join(dict.fromkeys(entities))}")
        lines.append("extend type Query { _entities(representations: [_Any!]!): [_Entity]! }")
    return build_ast_schema(parse("\n".join(lines)))


def _without_directives(node: Any) -> Any:
    """Copy a definition without directives, on itself and inside."""
    changes: dict[str, Any] = {}
    for key in node.keys:
        value = getattr(node, key, None)
        if key == "directives":
            changes[key] = tuple(item for item in value or () if item.name.value in _KEPT)
        elif isinstance(value, tuple | list):
            changes[key] = tuple(_without_directives(item) if hasattr(item, "keys") else item for item in value)
        else:
            changes[key] = value
    return type(node)(**changes)
