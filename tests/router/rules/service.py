"""A strict subgraph: an SDL with data written out in the test, and complaints about whatever a router must not ask.

It resolves exactly the fields that its data holds. A field without data, a document that its own schema refuses, or a
representation with anything missing or left over is a complaint, and the test fails.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    build_ast_schema,
    execute_sync,
    parse,
    validate,
)
from graphql.language import (
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    SchemaExtensionNode,
)

from tests.router.rules.representation import lacking, spare

__all__ = ["Boom", "Service", "Thing"]

Thing = Mapping[str, Any]
"""An object's fields; a value may be a function of the object (what was sent before what it has) and arguments."""

_ENTITIES = "_service: String _entities(representations: [_Any!]!): [_Entity]!"
_NO_ENTITIES = "scalar _Any type Query { _service: String }"

Entities = Mapping[str, Sequence[Thing] | Callable[[Any], Any]]


@dataclass(frozen=True)
class Boom:
    """A field or entity that fails."""

    message: str
    code: str | None = None

    def error(self) -> GraphQLError:
        return GraphQLError(self.message, extensions=None if self.code is None else {"code": self.code})


@dataclass
class Service:
    """One subgraph.

    Attributes:
        sdl: its types, without the link to the Federation specification.
        query, mutation: the root fields' data.
        events: what a subscription's root field gives, one after the other.
        entities: things by type name, found by their keys; or a function of the representation.
        keyless: types whose representations are not checked: a hand-written supergraph says more than this SDL.
    """

    sdl: str
    query: Thing = field(default_factory=dict)
    mutation: Thing = field(default_factory=dict)
    events: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    entities: Entities = field(default_factory=dict)
    keyless: frozenset[str] = frozenset()
    complaints: list[str] = field(default_factory=list)

    # ---- the schema ----------------------------------------------------------------------------------------------
    @cached_property
    def _definitions(self) -> dict[str, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode]:
        found: dict[str, Any] = {}
        for node in parse(self.sdl, no_location=True).definitions:
            if isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
                found[node.name.value] = node
            elif isinstance(node, ObjectTypeExtensionNode):
                found[node.name.value] = ObjectTypeDefinitionNode(
                    name=node.name,
                    interfaces=node.interfaces or (),
                    directives=node.directives or (),
                    fields=node.fields or (),
                )
        return found

    @cached_property
    def schema(self) -> GraphQLSchema:
        """What the service really has: its types, and the machinery of a subgraph."""
        others = [
            node
            for node in parse(self.sdl, no_location=True).definitions
            if not isinstance(node, SchemaExtensionNode | ObjectTypeExtensionNode)
            and getattr(getattr(node, "name", None), "value", None) not in self._definitions
        ]
        names = " | ".join(self._entity_types)
        machinery = f"scalar _Any union _Entity = {names} type Query {{ {_ENTITIES} }}" if names else _NO_ENTITIES
        *kept, query = parse(machinery, no_location=True).definitions
        assert isinstance(query, ObjectTypeDefinitionNode)
        own = self._definitions.get("Query")
        fields = (*((own.fields or ()) if own is not None else ()), *(query.fields or ()))
        merged = self._definitions | {"Query": ObjectTypeDefinitionNode(name=query.name, fields=fields)}
        return build_ast_schema(DocumentNode(definitions=(*others, *kept, *merged.values())), assume_valid_sdl=True)

    @cached_property
    def _entity_types(self) -> list[str]:
        found = []
        for name, node in self._definitions.items():
            keyed = bool(self._keys(name)) or any(self._keys(item.name.value) for item in node.interfaces or ())
            if keyed and isinstance(node, ObjectTypeDefinitionNode):
                found.append(name)
        return found

    def _keys(self, name: str) -> list[SelectionSetNode]:
        node = self._definitions.get(name)
        found = []
        for directive in node.directives or () if node is not None else ():
            given = {item.name.value: getattr(item.value, "value", None) for item in directive.arguments or ()}
            if directive.name.value == "key" and given.get("resolvable") is not False:
                found.append(_field_set(given["fields"]))
        return found

    def _requires(self, name: str, field_name: str) -> SelectionSetNode | None:
        for item in self._definitions[name].fields or ():
            for directive in item.directives or ():
                if item.name.value == field_name and directive.name.value == "requires":
                    return _field_set(getattr((directive.arguments or ())[0].value, "value", None))
        return None

    # ---- answering -----------------------------------------------------------------------------------------------
    def answer(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Execute a query or mutation."""
        definition = self._read(query, variables)
        if isinstance(definition, dict):
            return definition
        root = self.mutation if definition.operation is OperationType.MUTATION else self.query
        return self._execute(definition, root, variables)

    def stream(self, query: str, variables: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Give the answer to a subscription for each event."""
        definition = self._read(query, variables)
        if isinstance(definition, dict):
            yield definition
            return
        name = next(node.name.value for node in definition.selection_set.selections if isinstance(node, FieldNode))
        for event in self.events[name]:
            yield self._execute(definition, {name: event}, variables)

    def _read(self, query: str, variables: Mapping[str, Any]) -> OperationDefinitionNode | dict[str, Any]:
        document = parse(query, no_location=True)
        problems = validate(self.schema, document)
        if problems:
            self.complaints.append(f"refuses {query}: {problems[0].message}")
            return {"errors": [problem.formatted for problem in problems]}
        definition = document.definitions[0]
        assert isinstance(definition, OperationDefinitionNode)
        self._check_representations(definition, variables)
        return definition

    def _execute(
        self, definition: OperationDefinitionNode, root: Thing, variables: Mapping[str, Any]
    ) -> dict[str, Any]:
        result = execute_sync(
            self.schema,
            DocumentNode(definitions=(definition,)),
            root,
            variable_values=dict(variables),
            field_resolver=self._resolve,
            type_resolver=lambda value, _info, _kind: value["__typename"],
        )
        return dict(result.formatted)

    def _resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        if info.field_name == "_entities":
            return [self._entity(given) for given in arguments["representations"]]
        if info.field_name not in source:
            message = f"has no {info.parent_type.name}.{info.field_name}"
            self.complaints.append(message)
            raise GraphQLError(message)
        value = source[info.field_name]
        if callable(value):
            given = source.get("__given", {})
            value = value(ChainMap(given, source), **arguments)
        if isinstance(value, Boom):
            raise value.error()
        return value

    def _entity(self, given: Thing) -> Any:
        known = self.entities.get(given["__typename"], ())
        if callable(known):
            found = known(given)
        else:
            keys = self._keys(given["__typename"])
            found = next((item for item in known if any(_is(item, given, key) for key in keys)), None)
        if found is None:
            return None
        if isinstance(found, Boom):
            return found.error()
        return {"__typename": given["__typename"], **found, "__given": given}

    # ---- representations -----------------------------------------------------------------------------------------
    def _check_representations(self, definition: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
        asked = []
        for node in definition.selection_set.selections:
            if not isinstance(node, FieldNode) or node.name.value != "_entities" or node.selection_set is None:
                continue
            value = (node.arguments or ())[0].value
            assert isinstance(value, VariableNode)
            given = variables[value.name.value]
            asked.append(len(given))
            for item in given:
                self._check(item, set(_names(node.selection_set, item["__typename"])))
            if len({repr(item) for item in given}) != len(given):
                self.complaints.append(f"is asked twice for the same entity: {given}")
        if asked and not any(asked):
            self.complaints.append("is asked for no entity at all")

    def _check(self, given: Thing, names: set[str]) -> None:
        typename = given["__typename"]
        if typename in self.keyless:
            return
        wanted = [item for name in sorted(names) if (item := self._requires(typename, name)) is not None]
        reasons = []
        for key in self._keys(typename):
            without = {name: value for name, value in given.items() if name != "__typename"}
            left = spare(without, [key, *wanted])
            short = [*lacking(given, key, strict=True), *(path for item in wanted for path in lacking(given, item))]
            if not left and not short:
                return
            reasons.append(f"left over {left}, missing {short}")
        self.complaints.append(f"gets a wrong representation {given}: {'; '.join(reasons) or 'no key'}")


def _field_set(text: object) -> SelectionSetNode:
    definition = parse(f"{{{text}}}", no_location=True).definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    return definition.selection_set


def _names(selection: SelectionSetNode, typename: str) -> Iterator[str]:
    """Name the fields that are asked of an entity."""
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield node.name.value
        elif isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            if condition is None or condition.name.value == typename:
                yield from _names(node.selection_set, typename)


def _is(thing: Any, given: Any, key: SelectionSetNode) -> bool:
    """Whether a thing is the one that a representation names by a key."""
    if isinstance(given, list):
        return (
            isinstance(thing, list)
            and len(thing) == len(given)
            and all(_is(one, other, key) for one, other in zip(thing, given, strict=True))
        )
    if not isinstance(given, Mapping) or not isinstance(thing, Mapping):
        return given is None and thing is None
    for node in key.selections:
        if not isinstance(node, FieldNode) or node.name.value == "__typename":
            continue
        name = node.name.value
        if name not in given or name not in thing:
            return False
        below = node.selection_set
        if not (_is(thing[name], given[name], below) if below is not None else thing[name] == given[name]):
            return False
    return True
